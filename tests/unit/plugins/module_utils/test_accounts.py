# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings are changed, which stay, and everything that makes a wish impossible. Real accounts are in the laboratory."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.accounts import decide
from ansible_collections.retailops.odoo_pos.plugins.module_utils.till_settings import (
    Account,
    Configuration,
    Journal,
    MethodSettings,
    wish_of,
)

from .made import SERIES, card, method, till

NOTHING = {"default_account_id": None, "loss_account_id": None, "profit_account_id": None}


def account(ident, code, kind, **other):
    return dataclasses.replace(Account(ident, code, "Name of " + code, True, kind, False, True), **other)


ACCOUNTS = (
    account(1, "642000", "expense"),
    account(2, "442000", "income"),
    account(3, "450000", "income_other"),
    account(4, "101300", "asset_receivable", reconcile=True),
    account(5, "121000", "asset_receivable"),
    account(6, "101500", "asset_cash"),
    account(7, "101403", "asset_current", reconcile=True),
    account(8, "251000", "liability_current"),
    account(9, "642999", "expense", active=False),
    account(10, "642777", "expense", ours=False),
    account(11, "201000", "liability_credit_card"),
)
JOURNALS = (
    Journal(11, "CSH1", "Cash", "cash", True, 1, NOTHING),
    Journal(12, "BNK1", "Bank", "bank", True, 1, NOTHING),
    Journal(13, "POSS", "Point of Sale", "general", True, 1, NOTHING),
    Journal(14, "INV", "Sales", "sale", True, 1, NOTHING),
    Journal(15, "OLD", "Old", "sale", False, 1, NOTHING),
    Journal(16, "CSH1", "Cash of the other", "cash", True, 2, NOTHING),
    Journal(17, "OTH", "Sales of the other", "sale", True, 2, NOTHING),
)
METHODS = (
    MethodSettings(1, "Cash", 11, {"receivable_account_id": None, "outstanding_account_id": None}, ()),
    MethodSettings(2, "Card", 12, {"receivable_account_id": None, "outstanding_account_id": None}, ("POS/00024",)),
    MethodSettings(3, "Twin", None, {"receivable_account_id": None, "outstanding_account_id": None}, ()),
    MethodSettings(4, "Twin", None, {"receivable_account_id": None, "outstanding_account_id": None}, ()),
)
COMPANY = {"account_default_pos_receivable_account_id": None, "account_journal_payment_debit_account_id": None}


def config(series=19, **other):
    return dataclasses.replace(Configuration(series, till(), COMPANY, JOURNALS, METHODS, ACCOUNTS), **other)


def decided(given, series=19, **other):
    return decide(wish_of({"till": "7", **given}), config(series, **other))


def fields(decision):
    return [(c.model, c.id, c.field, c.value) for c in decision.changes]


@pytest.mark.parametrize("series", SERIES)
def test_what_is_missing_is_filled(series):
    decision = decided(
        {
            "loss_account": "642000",
            "profit_account": "450000",
            "cash_account": "101500",
            "receivable_account": "101300",
        },
        series,
    )
    assert decision.problems == [] and decision.kept == []
    assert fields(decision) == [
        ("account.journal", 11, "loss_account_id", 1),
        ("account.journal", 11, "profit_account_id", 3),
        ("account.journal", 11, "default_account_id", 6),
        ("res.company", 1, "account_default_pos_receivable_account_id", 4),
    ]
    assert decision.changes[0].step == "Set the loss account of journal Cash (CSH1) to 642000 Name of 642000."
    assert decision.changes[0].answers == "cash.no_loss_account" and decision.changes[0].about == 11


@pytest.mark.parametrize(
    "given, journal",
    [({}, 11), ({"journal": "BNK1"}, 12), ({"journal": "12"}, 12), ({"method": "Card"}, 12), ({"method": "2"}, 12)],
    ids=str,
)
def test_the_journal_that_is_meant(given, journal):
    assert fields(decided({"loss_account": "642000", **given})) == [("account.journal", journal, "loss_account_id", 1)]


def test_a_bank_journal_may_have_a_credit_card_account_and_a_drawer_not():
    assert fields(decided({"cash_account": "201000", "journal": "BNK1"})) == [
        ("account.journal", 12, "default_account_id", 11)
    ]
    assert "wants asset_cash here" in decided({"cash_account": "201000"}).problems[0]


@pytest.mark.parametrize(
    "given, problem",
    [
        ({"loss_account": "999999"}, "loss_account 999999 does not exist"),
        ({"loss_account": "642999"}, "loss_account 642999 is archived"),
        ({"loss_account": "642777"}, "loss_account 642777 belongs to another company than My Company"),
        ({"loss_account": "101300"}, "is of the type asset_receivable, and Odoo wants expense here"),
        ({"profit_account": "642000"}, "is of the type expense, and Odoo wants income or income_other here"),
        ({"receivable_account": "642000"}, "wants asset_receivable here"),
        ({"receivable_account": "121000"}, "does not allow reconciliation"),
        ({"loss_account": "642000", "journal": "NONE"}, "journal NONE does not exist"),
        ({"loss_account": "642000", "journal": "OTH"}, "journal OTH belongs to another company"),
        ({"loss_account": "642000", "journal": "16"}, "journal 16 belongs to another company"),
        ({"loss_account": "642000", "journal": "POSS"}, "is of the type general"),
        ({"loss_account": "642000", "method": "Gone"}, "method Gone is not on till Till 7"),
        ({"loss_account": "642000", "method": "Twin"}, "method Twin is not unique"),
        ({"loss_account": "642000", "method": "3"}, "has no journal"),
        ({"outstanding_account": "101403"}, "Odoo 19 has no outstanding account of the company"),
        ({"sales_journal": "OLD"}, "sales_journal Old (OLD) is archived: restore_journal restores it"),
        ({"sales_journal": "CSH1"}, "is of the type cash, and Odoo wants general or sale here"),
        ({"sales_journal": "NONE"}, "sales_journal NONE does not exist"),
        ({"restore_journal": ["NONE"]}, "restore_journal NONE does not exist"),
        ({"method_receivable_account": "101300"}, "method_receivable_account needs method"),
        ({"method_receivable_account": "101300", "method": "Card"}, "cannot be changed while sessions are open (POS/00024)"),
        ({"tax_account": "101300"}, "no tax is booked there"),
        ({"tax_account": "251000", "taxes": ["10%"]}, "tax 10% does not exist"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be(given, problem):
    decision = decided(given)
    assert len(decision.problems) == 1 and problem in decision.problems[0], decision.problems


def test_everything_that_is_wrong_is_named_at_once():
    decision = decided(
        {"loss_account": "999999", "profit_account": "642999", "receivable_account": "642777", "sales_journal": "OTH"}
    )
    assert len(decision.problems) == 4


def test_a_value_stays_unless_it_may_be_replaced():
    set_already = tuple(dataclasses.replace(j, accounts={**NOTHING, "loss_account_id": 9}) for j in JOURNALS[:1])
    kept = decided({"loss_account": "642000"}, journals=set_already)
    assert kept.changes == [] and "stays 642999 Name of 642999" in kept.kept[0]
    replaced = decided({"loss_account": "642000", "replace": True}, journals=set_already)
    assert fields(replaced) == [("account.journal", 11, "loss_account_id", 1)]
    assert replaced.changes[0].before == 9 and "(was 642999" in replaced.changes[0].step


@pytest.mark.parametrize("replace", (False, True))
def test_what_is_right_already_is_no_change(replace):
    right = tuple(dataclasses.replace(j, accounts={**NOTHING, "loss_account_id": 1}) for j in JOURNALS[:1])
    decision = decided({"loss_account": "642000", "replace": replace}, journals=right)
    assert decision.changes == [] and decision.kept == [] and decision.problems == []


def test_only_15_to_17_have_a_company_outstanding_account():
    for series in SERIES:
        decision = decided({"outstanding_account": "101403"}, series)
        assert bool(decision.changes) == (series in (15, 16, 17)) != bool(decision.problems)


def test_14_wants_a_journal_of_sales():
    nowhere = dataclasses.replace(till(), sales_journal_id=None)
    assert fields(decided({"sales_journal": "POSS"}, 19, till=nowhere)) == [("pos.config", 7, "journal_id", 13)]
    assert fields(decided({"sales_journal": "INV"}, 14, till=nowhere)) == [("pos.config", 7, "journal_id", 14)]
    assert "wants sale here" in decided({"sales_journal": "POSS"}, 14, till=nowhere).problems[0]


def test_a_journal_is_restored_only_by_name_and_before_it_is_used():
    nowhere = dataclasses.replace(till(), sales_journal_id=None)
    decision = decided({"sales_journal": "OLD", "restore_journal": ["OLD"]}, till=nowhere)
    assert fields(decision) == [("account.journal", 15, "active", True), ("pos.config", 7, "journal_id", 15)]
    assert decided({"restore_journal": ["CSH1"]}).changes == []


def test_a_method_without_open_sessions_can_be_set():
    decision = decided(
        {"method": "Cash", "method_receivable_account": "101300", "method_outstanding_account": "101403"}
    )
    assert fields(decision) == [
        ("pos.payment.method", 1, "receivable_account_id", 4),
        ("pos.payment.method", 1, "outstanding_account_id", 7),
    ]
    assert (
        "Odoo 14 has no outstanding"
        in decided({"method": "Cash", "method_outstanding_account": "101403"}, 14).problems[0]
    )


def test_a_drawer_that_is_missing_is_named():
    no_cash = dataclasses.replace(till(), methods=(card(),))
    assert "the drawer of till Till 7 has no journal" in decided({"loss_account": "642000"}, till=no_cash).problems[0]
    archived = dataclasses.replace(till(), methods=(method(active=False),))
    assert decided({"loss_account": "642000"}, till=archived).problems


def test_lines_of_taxes_without_an_account_are_filled():
    decision = decided({"tax_account": "251000", "replace": True}, tax_lines=((31, "10%"), (32, "10%")))
    assert [(c.id, c.before, c.about) for c in decision.changes] == [(31, None, "10%"), (32, None, "10%")]
    named = decided({"tax_account": "251000", "taxes": ["10%", "5"]}, known_taxes=((4, "10%"), (5, "20%")))
    assert named.problems == [] and named.changes == []


def test_empty_text_is_no_wish():
    wish = wish_of(
        {"till": " 7 ", "loss_account": " ", "journal": "", "restore_journal": [" ", "A", "A"], "replace": None}
    )
    assert wish.till == "7" and dict(wish.accounts) == {} and wish.journal is None
    assert wish.restore_journal == ("A",) and wish.replace is False
