# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows into dataclasses: hostile names, times, money of whatever type, and the drawer as each series computes it."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import (
    build_cash,
    build_payments,
    build_session,
    build_till,
    build_tills,
    clean,
    kind_of,
    latest,
    money,
    tills_by_cash_journal,
    utc,
)

from .made import NOW, SERIES, ago, method, paid, till

HOSTILE = [
    "\x1b[31mred\x1b[0m", "bell\x07", "back\b\b\bspace", "nul\x00", "line\nbreak\r\n", "tab\t", "\x9b31m", "\x7f",
    "rtl\u202etxt.exe", "bidi\u2066x\u2069", "zero\u200bwidth", "bom\ufeff", "soft\u00adhyphen", "line\u2028sep\u2029",
    "lone\ud800surrogate", "\udfff", "tag\U000e0041",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_nothing_that_moves_a_cursor_survives(text):
    cleaned = clean(text)
    assert cleaned != text
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in cleaned)
    cleaned.encode("utf-8")


@given(st.text())
def test_what_is_printable_stays_as_it_is(text):
    kept = [c for c in text if unicodedata.category(c)[0] in "LMNPS" or c == " "]
    assert [c for c in clean(text) if unicodedata.category(c)[0] in "LMNPS" or c == " "] == kept
    assert clean(clean(text)) == clean(text)


def test_dead_text_is_not_rewritten():
    for text in ("{{ lookup('pipe','id') }}", "=1+1", "<b>", "Café 日本 \u2018x\u2019 €", "a' OR 1=1 --", "%s {0}"):
        assert clean(text) == text
    assert clean(None) == "" and clean("") == ""


def test_times_are_aware_and_utc():
    naive = datetime(2026, 11, 22, 7, 0)
    assert utc(naive) == NOW and utc(naive).tzinfo is timezone.utc
    assert utc(datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=2)))) == NOW
    assert utc(None) is None
    assert latest(None, ago(hours=2), ago(hours=1), None) == ago(hours=1) and latest(None) is None and latest() is None


@pytest.mark.parametrize(
    "value,amount",
    [(None, D(0)), (D("1.10"), D("1.10")), ("12.50", D("12.50")), (3, D(3)), (12.35, D("12.35")), (0.1, D("0.1"))],
)
def test_money_is_decimal_and_as_written(value, amount):
    assert money(value) == amount and isinstance(money(value), D)


def test_a_limit_that_odoo_keeps_as_floating_point_is_met_exactly():
    built = build_till(17, [till_row(has_limit=True, max_difference=12.35)], {}, {})
    assert built.max_difference == D("12.35")


def till_row(**other):
    return {
        "till_id": 7, "till_name": "Till\x1b 7", "till_active": True, "company_id": 1, "company_name": "My\nCompany", "root": None,
        "currency": "USD", "digits": 2, "rounding": D("0.010000"), "cash_control": True, "has_limit": False,
        "max_difference": D(0), "sales_journal_id": 13, "sales_journal": "Sales\u202e", "sales_journal_active": True,
        "cash_rounding": False, "rounding_id": None, "rounding_strategy": None, "rounding_accounts": None,
        "taxes_globally": False, "taxes_included": None, "method_id": None, **other,
    }  # fmt: skip


def test_a_till_without_methods():
    built = build_till(17, [till_row()], {}, {})
    assert (built.name, built.company, built.sales_journal) == ("Till 7", "MyCompany", "Sales")
    assert built.methods == () and built.cash_method is None and built.max_difference is None
    assert built.currency.rounding == D("0.01") and built.currency.text(D(1)) == "1.00"
    assert build_till(17, [till_row(digits=None, sales_journal=None)], {}, {}).currency.decimals == 2


KINDS = [
    ({"is_cash": True}, "cash", "cash"),
    ({"is_online": True}, "online", "online"),
    ({"terminal": "adyen"}, "terminal", "terminal"),
    ({"journal_id": None}, "bank", "pay_later"),
    ({}, "bank", "bank"),
    ({"is_cash": True, "journal_id": None}, "cash", "cash"),
]


@pytest.mark.parametrize("row,on_14,after", KINDS, ids=str)
def test_kinds_of_methods(row, on_14, after):
    whole = {"is_cash": False, "is_online": False, "terminal": None, "journal_id": 12, **row}
    assert [kind_of(series, whole) for series in SERIES] == [on_14] + [after] * 5


def with_method(till_id, **other):
    """A row of a till with an active cash method on the journal 11."""
    return till_row(**{
        "till_id": till_id, "till_name": "Till %d" % till_id, "method_id": 3, "method_name": "Cash", "method_active": True,
        "is_cash": True, "is_split": False, "is_online": False, "terminal": None, "journal_id": 11,
        "journal_name": "Cash", "journal_type": "cash", "journal_active": True, "default_account_id": 1, "loss_account_id": 2,
        "profit_account_id": 3, "receivable_id": 4, "outstanding_id": None, "own_outstanding_id": None, **other,
    })  # fmt: skip


def test_archived_accounts_are_named_by_the_code_of_the_root_company():
    """What a method posts to, apart from where its drawer's difference goes; an account that is both is named once."""
    archived = {
        1: {"detail": '{"1": "101000", "7": "999"}', "name": "Cash\x1b"},
        2: {"detail": "null", "name": "Loss"},
        4: {"detail": "null", "name": "Receivable"},
    }
    row = with_method(7, root="1", own_outstanding_id=4)
    (method,) = build_till(19, [row], archived, {}).methods
    assert method.archived_accounts == ("101000 Cash", "Receivable") and method.archived_difference == (2,)
    assert method.own_outstanding
    old = {1: {"detail": "101000", "name": "Cash"}, 4: {"detail": None, "name": None}}
    (method,) = build_till(17, [with_method(7)], old, {}).methods
    assert method.archived_accounts == ("101000 Cash", "") and method.archived_difference == ()
    assert not method.own_outstanding


def test_who_shares_a_cash_journal_is_counted_over_all_tills_also_where_one_is_asked_for():
    rows = [
        with_method(7),
        with_method(7, method_id=4),
        with_method(8),
        with_method(9, till_active=False),
        with_method(10, method_active=False),
        with_method(10, method_id=5, journal_id=12, journal_type="bank"),
        till_row(till_id=11, method_active=True, journal_id=None, journal_type=None),
    ]
    assert tills_by_cash_journal(rows) == {11: 2}
    assert {t.id: [m.tills_on_journal for m in t.methods] for t in build_tills(17, rows, {}).values()} == {
        7: [2, 2], 8: [2], 9: [2], 10: [2, 0], 11: []
    }  # fmt: skip
    assert list(build_tills(17, rows, {}, till_id=8)) == list(build_tills(17, rows, {}, till_name="Till 8")) == [8]
    assert build_tills(17, rows, {}, till_id=8)[8].methods[0].tills_on_journal == 2
    assert build_tills(17, rows, {}, till_id=0) == build_tills(17, rows, {}, till_name="till 8") == {}


def test_a_method_that_the_till_has_not_or_that_is_archived_is_removed():
    row = {
        "method_id": 3, "method_name": "Cash", "method_active": True, "number": 1, "amount": D(5), "captured": D(5),
        "cancelled": D(0), "unconfirmed": 0, "uncaptured": 0, "no_register": False, "last_at": None,
    }  # fmt: skip
    kept, other = till(methods=(method(id=2), method(id=3))), till(methods=(method(id=2),))
    assert not build_payments(row, kept).removed and not build_payments({**row, "method_active": None}, kept).removed
    assert build_payments(row, other).removed and build_payments({**row, "method_active": False}, kept).removed


def drawer_row(**other):
    """Opened with 100, the till's last count was 110, 5 were moved in; when closed, 7 had been settled."""
    return {
        "state": "opened", "start": D(100), "counted": D("0"), "counted_at": None, "register_state": None, "settled": D(7),
        "previous_id": 23, "previous_counted": D(110), "moves": D(5), "move_count": 1, "moved_at": None, "cash_journal_id": 11,
        **other,
    }  # fmt: skip


SOLD = (paid(amount=D(30), captured=D(20)),)


def drawer(series, payments=SOLD, **other):
    return build_cash(series, drawer_row(**other), till(), payments)


@pytest.mark.parametrize(
    "series,expected,when_closed",
    [(14, 135, 7), (15, 135, 7), (16, 145, 147), (17, 145, 147), (18, 135, 137), (19, 125, 127)],
)
def test_what_should_be_in_the_drawer(series, expected, when_closed):
    """14, 15: statement; 16, 17: from the till's last count; 18: from the opening; 19: only payments of finished orders."""
    cash = drawer(series)
    assert cash.expected == expected and cash.counted is None
    assert cash.opening + cash.sales + cash.moves == cash.expected
    assert drawer(series, state="closed", counted=D(1)).expected == when_closed
    assert drawer(series, state="closed").counted == 0


@pytest.mark.parametrize("series", SERIES)
def test_zero_counts_as_not_counted_where_money_is_expected(series):
    assert drawer(series, counted=D(0)).counted is None
    assert drawer(series, counted=D("130.004")).counted == D("130.00")
    empty = {"start": D(0), "previous_counted": D(0), "moves": None}
    assert drawer(series, (), counted=D(0), **empty).counted == 0
    assert drawer(series, (), counted=None, **empty).counted is None
    assert drawer(series, (), counted=D(0), **empty).expected == 0


@pytest.mark.parametrize("series", SERIES)
def test_where_there_is_no_drawer(series):
    assert build_cash(series, drawer_row(), till(methods=(method(kind="bank"),)), ()) is None
    assert build_cash(series, drawer_row(cash_journal_id=None), till(methods=(method(journal_id=None),)), ()) is None
    kept = build_cash(series, drawer_row(), till(methods=(method(journal_id=None, journal=None),)), ())
    assert (kept.journal_id, kept.journal) == (11, "")
    without_statement = drawer(series, start=None)
    assert (without_statement is None) == (series <= 15)


def test_a_drawer_moves_with_its_last_payment_or_move():
    row = drawer_row(moved_at=ago(minutes=5).replace(tzinfo=None))
    assert build_cash(17, row, till(), (paid(last_at=ago(minutes=9)),)).moved_at == ago(minutes=5)
    assert build_cash(17, row, till(), (paid(last_at=ago(minutes=1)),)).moved_at == ago(minutes=1)
    assert build_cash(17, drawer_row(), till(), ()).moved_at is None
    assert build_cash(17, drawer_row(previous_id=None, previous_counted=None), till(), ()).previous_counted is None


def test_who_has_just_opened_a_till_is_using_it():
    row = dict.fromkeys(
        (
            "id",
            "name",
            "state",
            "rescue",
            "move_id",
            "user_id",
            "stop_at",
            "create_date",
            "write_date",
            "cash_journal_id",
        ),
    )
    row |= dict.fromkeys(
        ("start", "moves", "move_count", "moved_at", "counted", "counted_at", "previous_id", "previous_counted")
    )
    row |= {
        "state": "opened",
        "start_at": NOW.replace(tzinfo=None),
        "register_state": None,
        "settled": None,
        "failed_pickings": 0,
    }
    made = build_session(19, row, till(methods=()), {}, [], [], (), None)
    assert made.last_activity_at == NOW
    never = build_session(19, {**row, "start_at": None}, till(methods=()), {}, [], [], (), None)
    assert never.last_activity_at is None
