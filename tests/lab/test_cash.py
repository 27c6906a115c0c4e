# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cash moves and counts on a real Odoo where something goes wrong on the way, the causes of a difference, and the role."""

from __future__ import annotations

import concurrent.futures
import json
import os
import subprocess
import sys

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_info import cash_info
from ansible_collections.retailops.odoo_pos.plugins.module_utils.count_cash import count_cash
from ansible_collections.retailops.odoo_pos.plugins.module_utils.move_cash import move_cash

from .closing_proxy import BEFORE, CUT, GATEWAY, SLOW, Proxy
from .closing_store import DEFAULTS, errors, shop_of, watching

# What books the move.
SEND = {19: "try_cash_in_out", 14: "run"}
MILK = {"direction": "out", "amount": "25.00", "reference": "receipt/17", "reason": "milk", "max_amount": None}


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


@pytest.fixture
def proxy(store):
    made = Proxy(store.info["odoo"]["url"])
    with made.running() as url:
        made.url = url
        yield made


def options(store, where, **other):
    return {**DEFAULTS, **store.pg, **store.password, "session": str(where.session), **MILK, **other}


def move(store, where, **other):
    return move_cash(options(store, where, **other), False, False)


def attempt(store, where, **other):
    """(result, None) or (None, error)."""
    try:
        return move(store, where, **other), None
    except errors.PosError as error:
        assert "Traceback" not in error.message
        return None, error


def lines(store, till):
    """Amounts of the till's cash moves that carry the reference."""
    found = store.rows("SELECT l.amount FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id"
                       " WHERE m.journal_id = %(journal)s AND l.payment_ref LIKE '%% [receipt/17]'", journal=till.drawer)  # fmt: skip
    return [row["amount"] for row in found]


def drawer(store, till):
    (found,) = cash_info({**store.pg, "session": str(till.session)})["drawers"]
    assert found["minor"]["opening"] + found["minor"]["sales"] + found["minor"]["moves"] == found["minor"]["expected"]
    assert found["minor"]["expected"] == round(till.expected() * 100)
    return found


def causes(store, till):
    """{code: amount} of what explains all of the difference, and of the rest."""
    found = drawer(store, till)["causes"]
    return tuple({c["code"]: c["amount"] for c in found if c["explains"] is wanted} for wanted in (True, False))


def proven(result):
    return result["changed"] and result["proof"] and all(check["held"] for check in result["proof"])


@pytest.mark.parametrize("trouble", [GATEWAY, CUT], ids=lambda trouble: trouble.replace(" ", "-"))
def test_a_move_whose_answer_is_lost_is_found_and_sent_once(store, proxy, trouble):
    till = store.traded("cash_lost_" + trouble.replace(" ", "_"))
    proxy.trouble[SEND[store.series]] = trouble
    result, error = attempt(store, till, odoo_url=proxy.url)
    assert error is None, error
    assert proven(result) and result["answer"][-1]["call"] == "(lost)"
    assert proxy.calls.count(SEND[store.series]) == 1
    assert move(store, till)["changed"] is False
    assert lines(store, till) == [-25]


def test_an_answer_later_than_odoo_timeout(store, proxy):
    till = store.traded("cash_late")
    proxy.trouble[SEND[store.series]] = SLOW
    result, error = attempt(store, till, odoo_url=proxy.url, odoo_timeout=2)
    assert error is None and proven(result), error
    assert lines(store, till) == [-25]


@pytest.mark.parametrize("step", ["write", "send", "create"])
def test_a_move_that_never_reached_odoo_is_not_recorded_until_it_is_run_again(store, proxy, monkeypatch, step):
    if step == "create" and store.series != 14:
        step = "send"
    monkeypatch.setattr(watching, "QUIET_SECONDS", 1)
    till = store.traded("cash_never_" + step)
    proxy.trouble[SEND[store.series] if step == "send" else step] = BEFORE
    result, error = attempt(store, till, odoo_url=proxy.url)
    assert result is None and isinstance(error, errors.AnswerLost), error
    assert lines(store, till) == []
    assert proven(move(store, till)) and lines(store, till) == [-25]


def test_two_at_once_record_it_once(store):
    till = store.traded("cash_two_at_once")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda _number: attempt(store, till), range(4)))
    assert sum(bool(result and result["changed"]) for result, _error in ended) == 1
    for _result, error in ended:
        assert error is None or error.details["refused"], error
    assert lines(store, till) == [-25]


def test_the_till_sells_and_moves_while_it_is_recorded(store, proxy):
    till = store.traded("cash_busy")

    def meanwhile():
        till.sell(till.cash)
        till.move_cash(-25, "milk")

    proxy.hooks[SEND[store.series]] = meanwhile
    result = move(store, till, odoo_url=proxy.url)
    assert proven(result)
    assert "the till itself moved -15.00" in result["proof"][-1]["detail"]


def test_recorded_is_recorded_for_ever(store):
    till = store.traded("cash_for_ever")
    assert proven(move(store, till))
    till.close()
    closed = till.session
    assert move(store, till)["changed"] is False
    named = {"session": None, "till": till.name}
    # No session is open, and a reference that is not there cannot be recorded.
    assert move(store, till, **named)["changed"] is False
    _result, error = attempt(store, till, **named, reference="18")
    assert "has no open session" in error.message and error.details["refused"]
    till.open(105)
    again = move(store, till, **named)
    assert again["changed"] is False and again["move"]["session"]["id"] == closed
    assert lines(store, till) == [-25]


def test_odoo_refuses_and_nothing_is_booked(store):
    till = store.traded("cash_refused")
    odoo = store.lab.odoo(store.database)
    group = "group_ids" if store.series >= 19 else "groups_id"
    login, rights = "cash-stranger", [(6, 0, [odoo.ref("base.group_user")])]
    odoo.create("res.users", {"name": "Stranger", "login": login, "password": "stranger-1", group: rights})
    before = written(store)
    _result, error = attempt(store, till, odoo_user=login, odoo_password="stranger-1")
    assert error is not None and lines(store, till) == []
    assert written(store) == before
    assert proven(move(store, till))


def test_a_cashier_with_the_rights_that_are_documented(store):
    till = store.traded("cash_rights")
    odoo = store.lab.odoo(store.database)
    group = "group_ids" if store.series >= 19 else "groups_id"
    rights = ["base.group_user", "point_of_sale.group_pos_user", "account.group_account_invoice"]
    values = {"name": "Cashier", "login": "cash-rights", "email": "cashier@example.com", "password": "cashier-1"}
    odoo.create("res.users", {**values, group: [(6, 0, [odoo.ref(right) for right in rights])]})
    who = {"odoo_user": "cash-rights", "odoo_password": "cashier-1"}
    assert proven(move(store, till, **who))
    assert proven(count_cash({**options(store, till, **who), "counted_cash": "105.00"}, False, False))


def test_the_same_over_json_2():
    store = shop_of(19)
    till = store.traded("cash_json_2")
    key = {"odoo_user": None, "odoo_password": None, "odoo_api_key": store.key["odoo_api_key"]}
    assert proven(move(store, till, **key))
    assert proven(count_cash({**options(store, till, **key), "counted_cash": "105.00"}, False, False))
    assert store.close(till.session)["changed"]


# --- what may be behind a difference ------------------------------------------------------------------------------------------


def test_the_opening_was_counted_wrong(store):
    till = store.traded("cash_opening")
    till.close()
    till.open(120)
    till.sell(till.cash)
    till.set_count(140)
    explains, _rest = causes(store, till)
    assert explains == {"opening": "10.00", "move_missing": "10.00"}
    found = drawer(store, till)
    assert (found["last_closing"]["counted"], found["opening_difference"]) == ("130.00", "-10.00")


def test_a_sale_in_the_wrong_method(store):
    till = store.traded("cash_method")
    (order,) = till.sell(till.cash, 17)
    (other,) = till.sell(till.card, 17)
    till.set_count(130)
    found = drawer(store, till)
    (cause,) = [c for c in found["causes"] if c["code"] == "wrong_method"]
    assert (cause["amount"], cause["explains"]) == ("-17.00", True)
    assert [o["id"] for o in cause["evidence"]["orders"]] == [order]
    till.set_count(164)
    (cause,) = [c for c in drawer(store, till)["causes"] if c["code"] == "wrong_method"]
    assert cause["amount"] == "17.00" and [o["id"] for o in cause["evidence"]["orders"]] == [other]


def test_a_move_without_a_reason_and_one_entered_twice(store):
    till = store.traded("cash_moves")
    till.move_cash(-8, store.shop().no_reason)
    till.move_cash(-9, "stamps")
    till.move_cash(-9, "stamps")
    till.set_count(112)
    explains, rest = causes(store, till)
    assert explains == {"move_without_reason": "8.00", "move_missing": "8.00"} and rest == {"duplicate_move": "9.00"}
    till.set_count(113)
    explains, rest = causes(store, till)
    assert explains == {"duplicate_move": "9.00", "move_missing": "9.00"} and rest == {"move_without_reason": "8.00"}


def test_change_returns_and_a_count_that_is_too_old(store):
    till = store.traded("cash_change")
    till.sell(till.cash, 22)
    till.refund(22)
    till.set_count(108)
    explains, _rest = causes(store, till)
    assert explains.pop("wrong_method") == explains.pop("change_or_return") == explains.pop("move_missing") == "-22.00"
    assert explains == {}
    till.set_count(130)
    till.sell(till.cash, 6)
    explains, _rest = causes(store, till)
    assert explains["count_stale"] == "-6.00"


# --- the role -----------------------------------------------------------------------------------------------------------------

PLAY = """
- hosts: localhost
  gather_facts: false
  roles:
    - role: retailops.odoo_pos.pos_cash_balance
  post_tasks:
    - ansible.builtin.copy:
        content: "{{ {'results': pos_cash_balance_results, 'drawers': pos_cash_balance_found.drawers} | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
      check_mode: false
      changed_when: false
      no_log: true
"""


def play(tmp_path, *words):
    command = [os.path.join(os.path.dirname(sys.executable), "ansible-playbook"), "-i", "localhost,", "-c", "local",
               "-e", "ansible_python_interpreter=" + sys.executable, "-e", "@values.json", *words, "play.yml"]  # fmt: skip
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout, json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))


def written(store):
    """Every row of what a cash move or a count touches. (That the modules write nothing else, the table of fixes shows.)"""
    tables = (
        "pos_session",
        "account_bank_statement",
        "account_bank_statement_line",
        "account_move",
        "account_move_line",
    )
    return {table: store.rows("SELECT to_jsonb(t)::text AS row FROM %s t ORDER BY 1" % table) for table in tables}


def test_the_role_twice(tmp_path, store):
    till = store.traded("cash_role")
    till.set_count(105)
    moves = [{"till": till.name, "direction": "out", "amount": "25.00", "reference": "receipt/17", "reason": "milk"}]
    values = {
        **{"odoo_pos_" + name.replace("odoo_", ""): value for name, value in {**store.pg, **store.password}.items()},
        "odoo_pos_trail": str(tmp_path / "trail.jsonl"),
        "pos_cash_balance_till": till.name,
        "pos_cash_balance_moves": moves,
        "pos_cash_balance_counts": {till.name: "105.00"},
        "result": str(tmp_path / "result.json"),
    }
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    (tmp_path / "values.json").write_text(json.dumps(values), encoding="utf-8")

    rows = written(store)
    said, told = play(tmp_path, "--check", "--diff")
    # The same count is there and fresh; check mode does not see that the move before it makes it old.
    assert [r["outcome"] for r in told["results"]] == ["would_record", "already_stored"]
    assert told["drawers"][0]["difference"] == "-25.00" and "were 25.00 USD taken out" in said
    assert written(store) == rows

    said, told = play(tmp_path)
    assert [(r["outcome"], r["proof_held"]) for r in told["results"]] == [("recorded", True), ("stored", True)]
    assert "milk [receipt/17]" in said and "It is right." in said and "changed=2" in said

    rows = written(store)
    said, told = play(tmp_path)
    assert [r["outcome"] for r in told["results"]] == ["already_recorded", "already_stored"]
    assert "changed=0" in said and written(store) == rows

    closed = store.close(till.session)
    assert proven(closed) and closed["plan"]["difference"] == "0.00"
    assert store.booked_difference(till) == 0
