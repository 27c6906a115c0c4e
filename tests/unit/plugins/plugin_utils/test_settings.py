# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings a role sets and which it leaves, what became of them, and how that is said."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import settings as module
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import settings_words as words

ACCOUNTING, METHODS = module.ACCOUNTING, module.METHODS
TILL, OTHER = {"id": 7, "name": "Till 7"}, {"id": 8, "name": "Till 8"}


def finding(code, severity="warning", risk="safe", fix=ACCOUNTING, message="It is wrong.", **evidence):
    return {"code": code, "severity": severity, "risk": risk, "fix": fix, "message": message, "evidence": evidence}


NO_LOSS = finding("cash.no_loss_account", journal="Cash", id=11)
NO_PROFIT = finding("cash.no_profit_account", journal="Cash", id=11)
NO_RECEIVABLE = finding("accounts.no_receivable", "blocker", company="My Company", methods=["Card"])
NO_SALES = finding("accounts.no_sales_journal")
ARCHIVED = finding("accounts.archived_journal", risk="human", journal="Cash", id=11)
NO_TAX = finding("accounts.tax_no_account", taxes=["10%"])
LOCKED = finding("accounts.lock_date", risk="human", company="My Company")
NEVER = finding("books.closed_twice", "blocker", "never")


def store(tills=(), sessions=(), wrongly=(), findings=()):
    def session(till, *found):
        return {"till": till, "findings": list(found)}

    return {
        "database": "store_042",
        "tills": [{**till, "findings": list(found)} for till, *found in tills],
        "sessions": [session(*one) for one in sessions],
        "closed_wrongly": [session(*one) for one in wrongly],
        "findings": list(findings),
    }


def chosen(*args, role=ACCOUNTING, **options):
    return module.choose(store(*args), role, options)


def tasks(choice):
    return [(task["till"]["id"], task["options"]) for task in choice["chosen"]]


def test_what_has_an_account_is_set_and_the_rest_is_left():
    choice = chosen([(TILL, NO_LOSS, NO_PROFIT, NO_SALES)], accounts={"loss": "642000", "sales_journal": "POSS"})
    assert tasks(choice) == [(7, {"journal": "11", "loss_account": "642000"}), (7, {"sales_journal": "POSS"})] or tasks(
        choice
    ) == [
        (7, {"sales_journal": "POSS"}),
        (7, {"journal": "11", "loss_account": "642000"}),
    ]
    (left,) = choice["left"]
    assert left["outcome"] == "left" and left["message"] == "Give its account in pos_accounting_accounts.profit."


def test_both_accounts_of_a_journal_are_one_task():
    choice = chosen([(TILL, NO_LOSS, NO_PROFIT)], accounts={"loss": "642000", "profit": "442000"})
    assert tasks(choice) == [(7, {"journal": "11", "loss_account": "642000", "profit_account": "442000"})]


def test_a_fault_of_a_till_and_of_its_session_is_one():
    worse = {**NO_LOSS, "severity": "blocker"}
    choice = chosen([(TILL, NO_LOSS)], [(TILL, worse)], accounts={})
    assert [left["findings"][0]["severity"] for left in choice["left"]] == ["blocker"]
    assert len(tasks(chosen([(TILL, NO_LOSS)], [(TILL, worse)], accounts={"loss": "642000"}))) == 1


def test_what_tills_share_is_set_once():
    shared = [(TILL, NO_RECEIVABLE, NO_LOSS, NO_SALES), (OTHER, NO_RECEIVABLE, NO_LOSS, NO_SALES)]
    choice = chosen(shared, accounts={"receivable": "101300", "loss": "642000", "sales_journal": "POSS"})
    options = [set(options) for _till, options in tasks(choice)]
    assert sum("receivable_account" in one for one in options) == 1
    assert sum("loss_account" in one for one in options) == 1
    assert sum("sales_journal" in one for one in options) == 2


def test_accounts_by_till():
    cash = (
        finding("cash.no_default_account", journal="Cash", id=11),
        finding("cash.no_default_account", journal="Cash 8", id=12),
    )
    choice = chosen([(TILL, cash[0]), (OTHER, cash[1])], accounts={"cash": {"Till 7": "101507", 8: "101508"}})
    assert [options["cash_account"] for _till, options in tasks(choice)] == ["101507", "101508"]


@pytest.mark.parametrize(
    "names, set_it", [([], False), (["Cash"], True), (["11"], True), ("Cash, Bank", True), (["Bank"], False)], ids=str
)
def test_an_archived_journal_only_by_name(names, set_it):
    choice = chosen([(TILL, ARCHIVED)], restore_journals=names)
    assert tasks(choice) == ([(7, {"restore_journal": ["11"]})] if set_it else [])
    assert set_it or "pos_accounting_restore_journals" in choice["left"][0]["message"]


def test_what_nobody_sets_is_explained():
    choice = chosen([], [(TILL, NO_TAX)], [(OTHER, NEVER)], [LOCKED], accounts={"loss": "642000"})
    said = {left["findings"][0]["code"]: left["message"] for left in choice["left"]}
    assert choice["chosen"] == []
    assert said["books.closed_twice"] == "An accountant decides."
    assert "never moved" in said["accounts.lock_date"]
    assert "does not stop the close" in said["accounts.tax_no_account"]


def test_a_tax_without_an_account_is_set_only_where_it_stops_the_close():
    blocker = {**NO_TAX, "severity": "blocker"}
    assert tasks(chosen([], [(TILL, blocker)], accounts={"tax": "251000"})) == [(7, {"tax_account": "251000"})]
    assert tasks(chosen([], [(TILL, NO_TAX)], accounts={"tax": "251000"})) == []
    assert chosen([], [(TILL, blocker)])["left"][0]["message"].endswith("pos_accounting_accounts.tax.")


def test_only_the_roles_own_findings_and_one_till():
    faults = [(TILL, finding("payments.unconfirmed", fix=METHODS), NO_LOSS), (OTHER, NO_LOSS)]
    assert [left["till"]["id"] for left in chosen(faults, till="Till 7")["left"]] == [7]
    (left,) = chosen(faults, role=METHODS)["left"]
    assert "never changed" in left["message"]


def test_a_lint_sets_nothing():
    choice = chosen([(TILL, NO_LOSS)], accounts={"loss": "642000"}, repair=False)
    assert choice["chosen"] == [] and len(choice["left"]) == 1


def test_methods_that_were_asked_for():
    wishes = [
        {"till": "Till 7", "method": "Card", "receivable": "101300"},
        {"till": 9, "method": 2, "outstanding": "101402"},
    ]
    choice = chosen([(TILL,)], role=METHODS, wishes=wishes)
    assert tasks(choice) == [
        (7, {"method": "Card", "method_receivable_account": "101300"}),
        ("9", {"method": "2", "method_outstanding_account": "101402"}),
    ]
    assert (
        tasks(chosen([(TILL,)], role=METHODS, wishes='[{"till": "7", "method": "Card", "receivable": 101300}]'))
        == tasks(choice)[:1]
    )


@pytest.mark.parametrize(
    "options, words_of_it",
    [
        ({"accounts": {"lose": "1"}}, "knows cash, loss, profit, receivable, sales_journal, tax, not lose"),
        ({"accounts": ["642000"]}, "must map"),
        ({"accounts": {"loss": 642.5}}, "must be a code in quotes"),
        ({"accounts": {"loss": True}}, "must be a code in quotes"),
        ({"wishes": [{"till": "7"}]}, "needs till and method"),
        ({"wishes": [{"till": "7", "method": "Card"}]}, "needs till and method"),
    ],
    ids=str,
)
def test_what_cannot_be_understood(options, words_of_it):
    with pytest.raises(module.BadMap, match=words_of_it):
        chosen([(TILL, NO_LOSS)], **options)


# --- results ----------------------------------------------------------------------------------------------------------

PLAN = {"settings": [{"what": "loss account of journal Cash", "after": "642000 Losses"}], "kept": []}
PROOF = [{"check": "a", "held": True, "detail": ""}, {"check": "b", "held": True, "detail": ""}]


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ({"changed": True, "plan": PLAN, "proof": PROOF}, "set"),
        ({"changed": True, "plan": PLAN, "proof": []}, "would_set"),
        ({"changed": False, "plan": {"settings": [], "kept": ["It stays."]}, "proof": []}, "unchanged"),
        ({"failed": False, "refused": True, "msg": "Nothing was set."}, "refused"),
        ({"failed": True, "msg": "Gone."}, "failed"),
        (
            {"failed": True, "plan": PLAN, "changed": True, "proof": [{"check": "a", "held": False, "detail": "x"}]},
            "failed",
        ),
        (None, "failed"),
    ],
    ids=str,
)
def test_outcomes(answer, outcome):
    choice = chosen([(TILL, NO_LOSS, NO_PROFIT)], accounts={"loss": "642000"})
    answers = [] if answer is None else [{"ansible_loop_var": "one", "one": {"number": 0}, **answer}]
    first, left = module.results_of(choice, answers)
    assert (first["outcome"], left["outcome"]) == (outcome, "left")
    lines = words.lines_of([first, left], "store_042", None, 120)
    assert lines[0].startswith("Store store_042: 1 ") and lines[0].endswith("1 left.")


def test_what_is_too_bad():
    blocker, warning = {**NO_RECEIVABLE}, NO_LOSS
    results = [
        {**module.result_of(TILL, "left"), "findings": [blocker]},
        {**module.result_of(TILL, "refused"), "findings": [warning]},
        {**module.result_of(OTHER, "set"), "findings": [blocker]},
        {**module.result_of(OTHER, "would_set"), "findings": [blocker]},
    ]
    assert [bad["code"] for bad in module.too_bad(results, "blocker")] == ["accounts.no_receivable"]
    assert len(module.too_bad(results, "warning")) == 2
    assert module.too_bad(results, "never") == []


def test_nothing_wrong_and_a_log_in_words():
    assert words.lines_of([], "store_042", None, 120) == ["Store store_042: nothing is wrong with its settings."]
    assert words.lines_of([], "store_042", [], 120)[-1] == "The log of Odoo tells nothing about sessions."
    entry = {"at": "2026-11-22T07:00:00Z", "times": 3, "session": {"id": None, "name": "POS/00024"}, "level": "WARNING",
             "exception": "odoo.exceptions.UserError", "message": "No\x1b[31m loss account",
             "cause": {"id": "C15", "code": "cash.no_loss_account", "fix": "pos_accounting"}}  # fmt: skip
    assert words.lines_of([], "s", [entry], 200)[-1] == (
        "  - 2026-11-22 07:00 (3 times), session POS/00024: UserError: No[31m loss account [C15 cash.no_loss_account pos_accounting]"
    )
