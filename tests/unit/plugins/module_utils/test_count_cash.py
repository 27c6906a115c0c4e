# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A count without a server: where every series keeps it, what is refused, and what a proof wants."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import count_cash
from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Attempt
from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_plan import (
    already_counted,
    count_facts,
    prove_count,
    require_count,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import AnswerLost, OdooError, Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.one_session import Found

from .made import SERIES, ago, cash, draft, session, store
from .made_closing import Database, Server

STALE = {"moved_at": ago(minutes=1), "counted_at": ago(hours=1)}


def attempt(series, found=None, **answers):
    database = Database(series, **({} if found is None else {"counted": found}))
    going = Attempt(session(), series, Server(database, **answers), database, 1)
    going.found = database.row()
    return going


@pytest.mark.parametrize("series", SERIES)
def test_where_every_series_keeps_it(series):
    going = attempt(series)
    count_cash.store(going, D("117.50"))
    ((model, method, ids, named),) = going.odoo.sent
    if series == 14:
        assert (model, method, ids, named) == (
            "account.bank.statement",
            "write",
            [9],
            {"vals": {"balance_end_real": D("117.50")}},
        )
    else:
        assert (model, method, ids, named) == (
            "pos.session",
            "post_closing_cash_details",
            [24],
            {"counted_cash": D("117.50")},
        )
    assert going.watch.row()["counted"] == D("117.50")


@pytest.mark.parametrize(
    "answer", [{"successful": False, "message": "orders are open"}, None, OdooError("orders are open")]
)
def test_a_refusal_of_odoo_is_one_sentence(answer):
    with pytest.raises(Refused, match="The count was not stored. Odoo refused: "):
        count_cash.store(attempt(19, post_closing_cash_details=answer), D(130))


@pytest.mark.parametrize("series", [15, 19])
def test_a_count_that_arrives_elsewhere_is_taken_back(series):
    going = attempt(series, found=D(99), post_closing_cash_details={"successful": True})
    with pytest.raises(Refused, match="two stores"):
        count_cash.store(going, D(130))
    model, method, _ids, named = going.odoo.sent[-1]
    assert method == "write" and list(named["vals"].values()) == [D(99)]
    assert model == ("account.bank.statement" if series == 15 else "pos.session")


def test_a_count_that_was_too_old_does_not_come_back_as_a_new_one():
    going = attempt(19, found=D(99), post_closing_cash_details={"successful": True})
    going.session = session(cash=cash(**STALE))
    with pytest.raises(Refused, match="two stores"):
        count_cash.store(going, D(130))
    assert list(going.odoo.sent[-1][3]["vals"].values()) == [D(0)]


def test_a_lost_answer_is_looked_up():
    def lost(server):
        server.database.values["counted"] = D(130)
        raise AnswerLost("lost.")

    count_cash.store(attempt(19, post_closing_cash_details=lost), D(130))
    with pytest.raises(AnswerLost, match="Run the same task again") as caught:
        count_cash.store(attempt(19, post_closing_cash_details=AnswerLost("lost.")), D(130))
    assert caught.value.details["pending"] is False


def test_only_a_fresh_count_is_left_alone():
    assert already_counted(cash(), D(130)) and not already_counted(cash(), D(131))
    assert not already_counted(cash(**STALE), D(130)) and not already_counted(cash(counted=None), D(130))


def test_a_count_of_nothing():
    with pytest.raises(Refused, match="does not tell it from none"):
        require_count(session(), cash(), D(0))
    require_count(session(), cash(expected=D("0.004")), D(0))


@pytest.mark.parametrize("series", SERIES)
def test_odoo_takes_no_count_while_orders_are_open(series):
    found = session(
        suspects=(draft(),), suspect_count=1, orders={"draft": 1, "paid": 5, "done": 0, "invoiced": 0, "cancel": 0}
    )
    if series == 14:
        count_cash.require_no_drafts(Found(None, store(series, found), found), found)
        return
    with pytest.raises(Refused, match="takes none while orders are open") as caught:
        count_cash.require_no_drafts(Found(None, store(series, found), found), found)
    assert [f["code"] for f in caught.value.details["findings"]] == ["orders.draft"]


def test_the_plan_says_what_it_replaces():
    facts = count_facts(session(), cash(counted=None), D("117.5"))
    assert (facts["counted"], facts["expected"], facts["difference"]) == ("117.50", "130.00", "-12.50")
    assert len(facts["steps"]) == 2
    assert (
        "takes the place of 130.00, which is older than the last cash"
        in count_facts(session(), cash(**STALE), D(117))["steps"][1]
    )
    assert "takes the place of 130.00, which was stored before" in count_facts(session(), cash(), D(117))["steps"][1]


def test_the_proof():
    found = session()

    def holds(after, counted="130"):
        return [c.held for c in prove_count(found, after, D(counted))]

    assert holds(found) == [True, True, True]
    assert holds(found, "129") == [False, True, True]
    assert holds(session(cash=cash(counted=None))) == [False, True, True]
    assert holds(session(cash=cash(**STALE))) == [True, False, True]
    assert holds(replace(found, state="closing_control")) == [True, True, False]
    assert holds(session(cash=cash(counted=None, expected=D(0), moved_at=None)), "0") == [True, True, True]


def test_the_diff_shows_the_count():
    shown = count_cash.with_diff({}, session(), cash(counted=None), D(117), True)["diff"]
    assert (shown["before"]["counted"], shown["after"]["counted"]) == (None, "117.00")
    assert count_cash.with_diff({}, session(), cash(), D(117), False) == {}
