# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every finding about the drawer, rescue sessions, accounts and journals: provoked, by series, and absent next door."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose import diagnose_session
from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose_money import diagnose_till
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Observation

from .made import (
    SERIES,
    ago,
    by_card,
    card,
    cash,
    counted,
    diagnosed,
    method,
    paid,
    session,
    severities,
    store,
    till,
)

BLOCKER, WARNING = "blocker", "warning"


def everywhere(severity):
    return dict.fromkeys(SERIES, severity)


def only(severity, *series):
    return dict.fromkeys(series, severity)


def drawer(**other):
    """A session with this drawer."""
    return session(cash=cash(**other))


def with_till(amount="130.00", **other):
    """A session counted at ``amount`` on a till with these settings."""
    return counted(amount, till=till(**other))


def limited(amount, limit):
    return with_till(amount, max_difference=D(limit))


def with_cash(amount="130.00", **other):
    """A session whose cash method is like this."""
    return with_till(amount, methods=(method(**other), card()))


def with_card(**other):
    """A session whose card method is like this, and was used."""
    return with_till(methods=(method(), card(**other)))


def idle_card(**other):
    """The same, but nobody paid by card."""
    return session(till=till(methods=(method(), card(**other))), payments=(paid(),))


def rescue(payments=None, **other):
    return session(rescue=True, cash=cash(counted=None, **other), payments=payments or (paid(), by_card()))


def rounding(rounded="0", **other):
    return session(till=till(cash_rounding=True, **other), rounded=D(rounded))


def two_drawers(taken, no_register=False, **other):
    """A session in which this much was taken into a second cash drawer."""
    second = paid(method_id=3, amount=D(taken), captured=D(taken), no_register=no_register)
    methods = (method(), card(), method(id=3, journal_id=33))
    return session(till=till(methods=methods, **other), payments=(paid(), second))


# 14 posts into an archived journal without a word
FROM_15 = {**everywhere(BLOCKER), 14: WARNING}
GOOD_ROUNDING = {"rounding_id": 1, "rounding_strategy": "add_invoice_line", "rounding_accounts": 2}
BAD_STRATEGY = rounding("0.02", **{**GOOD_ROUNDING, "rounding_strategy": "biggest_tax"})
HALF_SET_UP = rounding("0.02", **{**GOOD_ROUNDING, "rounding_accounts": 1})
UNKNOWN = rounding("0.02", **{**GOOD_ROUNDING, "rounding_accounts": None})
# counted 12.50 short and 12.50 over
SHORT, OVER = "117.50", "142.50"

# code, a sick session, its healthy neighbour, and how bad it is where
CASES = [
    ("cash.not_counted", drawer(counted=None), drawer(), everywhere(WARNING)),
    ("cash.not_counted", drawer(counted=None), drawer(counted=None, expected=D(0)), everywhere(WARNING)),
    ("cash.not_counted", drawer(counted=None, expected=D("-5.00")), drawer(counted=None, expected=D("0.004")), everywhere(WARNING)),
    ("cash.not_counted", drawer(counted=None), session(cash=cash(counted=None), till=till(cash_control=False)), everywhere(WARNING)),
    ("cash.count_stale", drawer(counted=D(100), moved_at=ago(minutes=20)), drawer(counted=D(100)), everywhere(WARNING)),
    ("cash.count_stale", drawer(counted=D(100), moved_at=ago(hours=1)), drawer(counted=D(130), moved_at=ago(hours=1)), everywhere(WARNING)),
    ("cash.count_stale", drawer(counted=D(100), moved_at=ago(minutes=1)), drawer(counted=D(100), moved_at=None), everywhere(WARNING)),
    ("cash.difference", drawer(counted=D(SHORT)), drawer(), everywhere(WARNING)),
    ("cash.difference", drawer(counted=D(OVER)), drawer(counted=D("130.004")), everywhere(WARNING)),
    ("cash.difference", limited(SHORT, "12.50"), limited(SHORT, "12.49"), everywhere(WARNING)),
    ("cash.difference_above_limit", limited(SHORT, "12.49"), limited(SHORT, "12.50"), {**everywhere(WARNING), 14: BLOCKER}),
    ("cash.difference_above_limit", limited(OVER, "0"), limited("130.00", "0"), {**everywhere(WARNING), 14: BLOCKER}),
    ("cash.register_posted", drawer(register_state="posted"), drawer(register_state="open"), everywhere(BLOCKER)),
    ("cash.register_posted", drawer(register_state="confirm"), drawer(register_state=None), everywhere(BLOCKER)),
    ("cash.no_loss_account", with_cash(SHORT, loss_account_id=None), with_cash(SHORT), everywhere(BLOCKER)),
    ("cash.no_loss_account", with_cash(OVER, loss_account_id=None), with_cash(OVER, profit_account_id=None), everywhere(WARNING)),
    ("cash.no_profit_account", with_cash(OVER, profit_account_id=None), with_cash(OVER), everywhere(BLOCKER)),
    ("cash.no_profit_account", with_cash("130.00", profit_account_id=None), with_cash(SHORT, loss_account_id=None), everywhere(WARNING)),
    ("cash.no_default_account", with_cash(default_account_id=None), with_card(default_account_id=None), everywhere(BLOCKER)),
    ("cash.shared_journal", with_cash(tills_on_journal=2), with_card(tills_on_journal=2), everywhere(WARNING)),
    ("accounts.archived_account", with_cash(SHORT, archived_difference=(102,)), with_cash(SHORT, archived_difference=(999,)),
     everywhere(BLOCKER)),
    ("accounts.archived_account", with_cash(OVER, archived_difference=(102,)), with_cash(OVER), everywhere(WARNING)),
    ("accounts.archived_account", with_card(archived_accounts=("101 Receivable",)), with_card(active=False, archived_accounts=("101",)),
     everywhere(BLOCKER)),
    ("accounts.archived_account", idle_card(archived_accounts=("101 Receivable",)), idle_card(), everywhere(WARNING)),
    ("accounts.archived_journal", with_card(journal_active=False), with_card(), FROM_15),
    ("accounts.archived_journal", idle_card(journal_active=False), idle_card(journal_active=False, active=False), everywhere(WARNING)),
    ("accounts.archived_journal", with_till(sales_journal_active=False), with_till(), FROM_15),
    ("accounts.no_sales_journal", with_till(sales_journal_id=None, sales_journal_active=False), with_till(), everywhere(BLOCKER)),
    ("accounts.no_receivable", with_card(receivable_id=None), idle_card(receivable_id=None), {**everywhere(BLOCKER), 14: None}),
    ("accounts.no_receivable", with_cash(receivable_id=None), with_card(receivable_id=None, split=True), {**everywhere(BLOCKER), 14: None}),
    ("payments.no_outstanding_account", with_card(outstanding_id=None), with_cash(outstanding_id=None), only(BLOCKER, 15, 16, 17)),
    ("payments.no_outstanding_account", idle_card(outstanding_id=None), idle_card(), only(WARNING, 15, 16, 17)),
    ("payments.no_outstanding_account", with_card(outstanding_id=None, kind="terminal"), with_card(outstanding_id=None, kind="online"),
     only(BLOCKER, 15, 16, 17)),
    ("payments.method_no_journal", with_card(journal_id=None, kind="pay_later"), with_card(journal_id=None, kind="pay_later", split=True),
     {**everywhere(WARNING), 14: None}),
    ("payments.method_no_journal", with_card(journal_id=None, kind="terminal", terminal="adyen", split=True), with_card(),
     {**everywhere(WARNING), 14: None}),
    ("payments.method_no_journal", with_cash(journal_id=None), with_cash(), {**everywhere(WARNING), 14: BLOCKER}),
    ("cash.second_drawer", two_drawers(taken="20.00"), two_drawers(taken="0.00"), only(BLOCKER, 14, 15)),
    ("cash.second_drawer", two_drawers(taken="-5.00"), two_drawers(taken="20.00", cash_control=False), only(BLOCKER, 14, 15)),
    ("cash.second_drawer", two_drawers(taken="20.00"), two_drawers(taken="20.00", no_register=True), only(BLOCKER, 14, 15)),
    ("accounts.tax_no_account", session(taxes_without_account=("15%",)), session(), {**everywhere(WARNING), 14: BLOCKER}),
    ("accounts.rounding", rounding("0.02"), rounding("0.02", **GOOD_ROUNDING), everywhere(BLOCKER)),
    ("accounts.rounding", rounding(), session(till=till(cash_rounding=False)), everywhere(WARNING)),
    ("accounts.rounding", BAD_STRATEGY, rounding("0.02", **GOOD_ROUNDING), everywhere(BLOCKER)),
    ("accounts.rounding", HALF_SET_UP, UNKNOWN, everywhere(BLOCKER)),
    ("session.rescue", session(rescue=True), session(), everywhere(WARNING)),
]  # fmt: skip


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("code,sick,healthy,expected", CASES, ids=["%s-%d" % (c[0], i) for i, c in enumerate(CASES)])
def test_found_where_it_is_and_only_there(series, code, sick, healthy, expected):
    found = severities(diagnosed(series, sick))
    assert found.get(code) == expected.get(series)
    assert code not in severities(diagnosed(series, healthy))
    assert (diagnosed(series, sick).verdict == "blocked") == (BLOCKER in found.values())


@pytest.mark.parametrize("series", SERIES)
def test_a_drawer_nobody_counted_wants_a_count(series):
    """Never closable: every series from 15 on would book the whole drawer as lost."""
    assert diagnosed(series, drawer(counted=None)).verdict == "needs_count"
    assert diagnosed(series, drawer(counted=D(100), moved_at=ago(minutes=20))).verdict == "needs_count"


@pytest.mark.parametrize("series", SERIES)
def test_a_counted_difference_is_closed_but_above_the_limit_14_refuses(series):
    assert diagnosed(series, limited(SHORT, "20")).verdict == "closable"
    assert diagnosed(series, limited(SHORT, "10")).verdict == ("blocked" if series == 14 else "closable")


@pytest.mark.parametrize("series", SERIES)
def test_a_rescue_session_is_counted_from_its_payments(series):
    """14 asks a person like any other; 15 to 19 count start + payments, wrong where that is not what is expected."""
    right = rescue(start=D(100), sales=D(30), expected=D(130))
    assert diagnosed(series, right).verdict == ("needs_count" if series == 14 else "closable")
    # 16 and 17 expect the last count of the till; on any of them cash may have been moved
    wrong = rescue((paid(amount=D(20), captured=D(20)),), start=D(0), sales=D(20), expected=D(130))
    assert diagnosed(series, wrong).verdict == "needs_count"
    evidence = {f.code: f.evidence for f in diagnosed(series, wrong).findings}["session.rescue"]
    assert evidence.get("false_difference") == (None if series == 14 else "-110.00")
    assert ("cash.not_counted" in severities(diagnosed(series, wrong))) == (series == 14)


@pytest.mark.parametrize("series", SERIES)
def test_a_rescue_session_expects_the_cash_of_a_cancelled_order_up_to_18_and_never_counts_it(series):
    payments = (paid(amount=D(50), captured=D(30), cancelled=D(20)),)
    sales = D(30) if series == 19 else D(50)
    found = diagnosed(series, rescue(payments, sales=sales, expected=D(100) + sales))
    evidence = {f.code: f.evidence for f in found.findings}["session.rescue"]
    assert evidence.get("false_difference") == (None if series in (14, 19) else "-20.00")


@pytest.mark.parametrize("series", SERIES)
def test_without_orders_no_entry_is_made_and_no_sales_journal_is_missed(series):
    empty = {
        "payments": (),
        "order_count": 0,
        "orders": dict.fromkeys(("draft", "paid", "done", "invoiced", "cancel"), 0),
    }
    nothing_sold = session(till=till(sales_journal_id=None), **empty)
    assert severities(diagnosed(series, nothing_sold))["accounts.no_sales_journal"] == WARNING
    cancelled = session(
        till=till(sales_journal_id=None), **{**empty, "order_count": 1, "orders": {**empty["orders"], "cancel": 1}}
    )
    expected = BLOCKER if series <= 16 else WARNING
    assert severities(diagnosed(series, cancelled))["accounts.no_sales_journal"] == expected
    moved = session(till=till(sales_journal_id=None), cash=cash(move_count=1), **empty)
    assert severities(diagnosed(series, moved))["accounts.no_sales_journal"] == (WARNING if series <= 16 else BLOCKER)


@pytest.mark.parametrize("series", SERIES)
def test_an_unused_drawer_still_needs_its_journal_for_a_difference(series):
    broken = (method(journal_active=False), card())
    unused = session(till=till(methods=broken), payments=(by_card(),), cash=cash())
    short = session(till=till(methods=broken), payments=(by_card(),), cash=cash(counted=D(SHORT)))
    assert severities(diagnosed(series, unused))["accounts.archived_journal"] == WARNING
    assert severities(diagnosed(series, short))["accounts.archived_journal"] == FROM_15[series]


@pytest.mark.parametrize("series", SERIES)
def test_a_method_of_cancelled_orders_alone_is_used_up_to_16(series):
    found = session(
        till=till(methods=(method(), card(receivable_id=None, archived_accounts=("101 Receivable",)))),
        payments=(paid(), by_card(captured=D(0), cancelled=D(20))),
    )
    expected = BLOCKER if series <= 16 else WARNING
    assert severities(diagnosed(series, found))["accounts.archived_account"] == expected


def test_a_payment_that_was_never_captured_uses_nothing():
    cancelled = session(
        till=till(methods=(method(), card(journal_active=False))), payments=(paid(), by_card(captured=D(0)))
    )
    assert severities(diagnosed(17, cancelled))["accounts.archived_journal"] == WARNING


# --- tills, before anybody opens them ---------------------------------------------------------------------------

TILLS = [
    ("accounts.no_sales_journal", {"sales_journal_id": None}, everywhere(BLOCKER)),
    ("accounts.archived_journal", {"sales_journal_active": False}, FROM_15),
    ("accounts.archived_journal", {"methods": (method(), card(journal_active=False))}, FROM_15),
    ("accounts.archived_account", {"methods": (method(archived_accounts=("x",)),)}, everywhere(BLOCKER)),
    ("accounts.archived_account", {"methods": (method(archived_difference=(102,)),)}, everywhere(WARNING)),
    ("accounts.no_receivable", {"methods": (method(receivable_id=None),)}, {**everywhere(BLOCKER), 14: None}),
    ("payments.no_outstanding_account", {"methods": (card(outstanding_id=None),)}, only(BLOCKER, 15, 16, 17)),
    ("payments.method_no_journal", {"methods": (card(journal_id=None, kind="pay_later"),)}, {**everywhere(WARNING), 14: None}),
    ("cash.no_loss_account", {"methods": (method(loss_account_id=None),)}, everywhere(WARNING)),
    ("cash.no_profit_account", {"methods": (method(profit_account_id=None),)}, everywhere(WARNING)),
    ("cash.no_default_account", {"methods": (method(default_account_id=None),)}, everywhere(BLOCKER)),
    ("cash.shared_journal", {"methods": (method(tills_on_journal=3),)}, everywhere(WARNING)),
    ("accounts.rounding", {"cash_rounding": True}, everywhere(BLOCKER)),
]  # fmt: skip


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("code,sick,expected", TILLS, ids=["%s-%d" % (c[0], i) for i, c in enumerate(TILLS)])
def test_configuration(series, code, sick, expected):
    found = {f.code: f.severity for f in diagnose_till(till(**sick), series)}
    assert found.get(code) == expected.get(series)
    assert diagnose_till(till(), series) == ()


def test_an_archived_method_is_nobodys_fault():
    assert (
        diagnose_till(till(methods=(method(), card(active=False, journal_active=False, receivable_id=None))), 17) == ()
    )


@pytest.mark.parametrize("series", SERIES)
def test_a_locked_period_stops_14_and_only_where_there_is_something_to_book(series):
    def found(sick):
        locked = store(series, sick, observations=(Observation("lock_date", 1, "My Company", None, "2026-12-31"),))
        return {f.code: f.severity for f in diagnose_session(locked, sick).findings}.get("accounts.lock_date")

    assert found(counted("130.00")) == (BLOCKER if series == 14 else WARNING)
    elsewhere = counted("130.00", till=till(company_id=2))
    assert found(elsewhere) is None
    nothing = session(
        orders={**session().orders, "paid": 0}, order_count=0, payments=(), cash=cash(move_count=0, sales=D(0))
    )
    assert found(nothing) is None
