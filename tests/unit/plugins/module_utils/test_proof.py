# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the proof fails when it should, and only that one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan
from ansible_collections.retailops.odoo_pos.plugins.module_utils.proof import proof_facts, prove
from ansible_collections.retailops.odoo_pos.plugins.module_utils.watching import Ledger

from .made import SERIES, ago, books, cash, closed, session, store

BEFORE = Ledger(D(0), D(0), 0, {})
# what a close with 128 books where 130 are expected: 30 of sales, 2 lost
AFTER = Ledger(D(28), D(-2), 0, {2: D(0)})


def the_plan(series=19, **options):
    found = session(imbalance=D(-3)) if "balancing_account" in options else session()
    return make_plan(
        store(series, found), found, CloseOptions(**{"counted_cash": "128", "max_cash_difference": "5", **options})
    )


def after(**other):
    return replace(closed(), cash=cash(counted=D(128), previous_counted=D(100)), **other)


def broken(plan=None, found=None, ledger=AFTER, series=19):
    checks = prove(plan or the_plan(series), found or after(), series, BEFORE, ledger)
    assert len(checks) >= 8
    return [check.check for check in checks if not check.held]


@pytest.mark.parametrize("series", SERIES)
def test_a_close_that_holds(series):
    assert broken(series=series) == []


@pytest.mark.parametrize("found, says", [
    (after(state="opened"), "the session is closed"),
    (after(stopped_at=None), "the session is closed"),
    (after(books=books(left_paid=1)), "no order is left behind"),
    (after(books=books(left_draft=1)), "no order is left behind"),
    (after(books=books(entry_state="draft")), "the closing entry is posted"),
    (after(books=books(balance=D("0.01"))), "the closing entry is balanced"),
    (after(books=books(forced=D("0.01"))), "no difference was forced beyond what was asked for"),
    (after(books=books(entries=2)), "the sales are in the books once"),
], ids=str)  # fmt: skip
def test_the_entry(found, says):
    assert broken(found=found) == [says]


def test_a_close_without_an_entry():
    assert broken(found=after(books=books(entry=None, entry_state=None, entries=0))) == []
    lost = books(entry=None, entry_state=None, entries=0, unposted_orders=2)
    assert broken(found=after(books=lost)) == ["the sales are in the books"]


def test_two_tills_of_one_name_are_two_entries():
    assert broken(found=after(books=books(entries=2, namesakes=2))) == []


@pytest.mark.parametrize("ledger, says", [
    (replace(AFTER, drawer_total=D(27)), "the cash journal adds up to the count"),
    (replace(AFTER, unposted=1), "the cash moves are posted"),
    (replace(AFTER, drawer_difference=D(0)), "the cash difference is the planned one"),
    (replace(AFTER, drawer_difference=D(-130)), "the cash difference is the planned one"),
    (replace(AFTER, bank_differences={2: D("-2.50")}), "the difference of Card is the planned one"),
], ids=str)  # fmt: skip
def test_the_ledger(ledger, says):
    assert broken(ledger=ledger) == [says]


def test_another_count_than_the_one_that_was_given():
    found = replace(after(), cash=cash(counted=D(129), previous_counted=D(100)))
    assert broken(found=found) == ["the cash journal adds up to the count", "the count is the one that was given"]


def test_a_bank_count_must_be_booked():
    assert (
        broken(the_plan(bank_counted={"Card": "17.50"}), ledger=replace(AFTER, bank_differences={2: D("-2.50")})) == []
    )
    assert broken(the_plan(bank_counted={"Card": "17.50"})) == ["the difference of Card is the planned one"]


@pytest.mark.parametrize("booked, holds", [("3", True), ("-3", True), ("0", False), ("2.99", False)])
def test_what_was_forced_is_what_was_asked_for(booked, holds):
    plan = the_plan(balancing_account="999", max_imbalance="5")
    assert (broken(plan, after(books=books(forced=D(booked)))) == []) is holds


def test_16_and_17_start_from_the_last_close():
    found = replace(after(), cash=cash(counted=D(128), start=D(90), previous_counted=D(100)))
    assert broken(found=found, series=17) == [] and broken(found=found, series=19) != []


def test_a_session_that_somebody_else_closed_is_proven_by_its_entry_alone():
    checks = prove(None, closed(), 19, None, Ledger.nothing())
    assert [c.held for c in checks] == [True] * 5
    assert proof_facts(checks)[0] == {"check": "the session is closed", "held": True, "detail": "state closed"}
    assert not all(c.held for c in prove(None, closed(balance=D(1)), 19, None, Ledger.nothing()))


def test_without_a_drawer_only_the_entry_is_proven():
    found = session(cash=None)
    plan = make_plan(store(19, found), found, CloseOptions())
    checks = prove(plan, replace(closed(), cash=None, stopped_at=ago(hours=1)), 19, BEFORE, Ledger.nothing())
    assert all(c.held for c in checks) and not any("cash" in c.check for c in checks)
