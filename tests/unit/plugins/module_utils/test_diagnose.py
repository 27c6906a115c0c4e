# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every finding about orders, payments, the session's life and the books: provoked, by series, and absent next door."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose import (
    closed_wrongly,
    diagnose_store,
    hours_open,
    idle_minutes,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Observation

from .made import (
    NOW,
    SERIES,
    ago,
    by_card,
    cash,
    closed,
    counted,
    diagnosed,
    draft,
    order,
    paid,
    session,
    severities,
    store,
    till,
)

BLOCKER, WARNING, INFO = "blocker", "warning", "info"


def everywhere(severity):
    return dict.fromkeys(SERIES, severity)


def since(first, severity):
    return {series: severity for series in SERIES if series >= first}


def orders(*suspects, **other):
    return session(suspects=suspects, suspect_count=len(suspects), **other)


TOMORROW, TODAY = ago(hours=-20), ago(hours=-3)

# code, a sick session, its healthy neighbour, and how bad it is where
CASES = [
    ("orders.draft", orders(draft()), orders(order()), everywhere(BLOCKER)),
    ("orders.draft", orders(draft(lines=0)), orders(draft(lines=0, state="paid")), everywhere(BLOCKER)),
    ("orders.draft", orders(draft(preset_at=TODAY)), orders(order(preset_at=TODAY)), everywhere(BLOCKER)),
    (
        "orders.draft",
        orders(draft(preset_at=TOMORROW)),
        orders(order(preset_at=TOMORROW)),
        {series: BLOCKER for series in SERIES if series < 19},
    ),
    ("orders.draft_with_payment", orders(draft(payments=1, paid=D(10))), orders(draft()), everywhere(BLOCKER)),
    ("orders.draft_future", orders(draft(preset_at=TOMORROW)), orders(draft(preset_at=TODAY)), since(19, INFO)),
    (
        "orders.cancelled_poison",
        orders(order(state="cancel")),
        orders(order(state="cancel", lines=0, payments=0, paid=D(0))),
        {**everywhere(WARNING), 17: BLOCKER, 18: BLOCKER},
    ),
    (
        "orders.cancelled_poison",
        orders(draft(state="cancel", off=D(-10))),
        orders(draft(state="cancel", lines=0)),
        {14: BLOCKER, 15: BLOCKER, 16: BLOCKER},
    ),
    (
        "orders.cancelled_poison",
        orders(order(state="cancel", off=D("-2.00"))),
        orders(order(state="cancel", payments=2, paid=D(0))),
        {**everywhere(BLOCKER), 19: WARNING},
    ),
    ("orders.underpaid", orders(order(underpaid=True)), orders(order()), everywhere(WARNING)),
    ("orders.no_lines", orders(order(lines=0)), orders(order(lines=1)), everywhere(WARNING)),
    ("orders.no_customer", orders(order(no_customer=True)), orders(order()), since(15, BLOCKER)),
    ("invoices.unposted", orders(order(invoice="INV/1", invoice_state="draft")), orders(order()), everywhere(BLOCKER)),
    ("invoices.unposted", orders(order(invoice="INV/1", invoice_state="cancel")), orders(order()), everywhere(BLOCKER)),
    (
        "orders.uncaptured",
        session(payments=(by_card(uncaptured=1),)),
        session(payments=(by_card(),)),
        everywhere(WARNING),
    ),
    (
        "payments.unconfirmed",
        session(payments=(paid(), by_card(unconfirmed=2))),
        session(payments=(paid(), by_card(uncaptured=2))),
        everywhere(WARNING),
    ),
    (
        "cash.no_register",
        session(payments=(paid(no_register=True),)),
        session(payments=(paid(no_register=True, number=0),)),
        everywhere(BLOCKER),
    ),
    (
        "payments.method_removed",
        session(payments=(paid(removed=True),)),
        session(payments=(paid(),)),
        everywhere(WARNING),
    ),
    (
        "accounts.imbalance",
        orders(order(off=D("2.00")), imbalance=D("2.00")),
        orders(order(off=D("0.004")), imbalance=D("0.004")),
        everywhere(BLOCKER),
    ),
    (
        "accounts.imbalance",
        session(imbalance=D("-0.01")),
        session(imbalance=D("-0.0049")),
        everywhere(BLOCKER),
    ),
    (
        "session.stuck_closing",
        session(state="closing_control", stopped_at=ago(hours=1)),
        session(state="opened"),
        everywhere(WARNING),
    ),
    (
        "session.never_opened",
        session(state="opening_control", order_count=0),
        session(state="opening_control", order_count=1),
        everywhere(INFO),
    ),
    ("session.stale", session(started_at=ago(hours=24)), session(started_at=ago(hours=23, minutes=56)), everywhere(WARNING)),
    ("session.stale", session(started_at=None, created_at=ago(days=9)), session(started_at=None, created_at=None), everywhere(WARNING)),
    ("session.opener_inactive", session(user_active=False), session(), everywhere(INFO)),
    ("session.opener_inactive", session(user_active=False, user_login=None), session(user_login=None), everywhere(INFO)),
    ("session.in_use", session(last_activity_at=ago(seconds=899)), session(last_activity_at=ago(seconds=900)), everywhere(WARNING)),
    ("session.in_use", session(last_activity_at=ago(minutes=-1)), session(last_activity_at=None), everywhere(WARNING)),
    ("platform.huge_session", session(order_count=2000), session(order_count=1999), everywhere(WARNING)),
    ("stock.failed_pickings", session(failed_pickings=1), session(), everywhere(WARNING)),
    ("books.closed_without_entry", closed(unposted_orders=2, unposted_amount=D(5), entry_state=None), closed(), everywhere(BLOCKER)),
    ("books.orders_left_paid", closed(left_paid=1), closed(), everywhere(BLOCKER)),
    ("books.orders_left_paid", closed(left_draft=1), closed(), everywhere(BLOCKER)),
    ("books.entry_unbalanced", closed(entry_state="draft"), closed(entry_state="posted"), everywhere(BLOCKER)),
    ("books.entry_unbalanced", closed(balance=D("0.01")), closed(balance=D("0.001")), everywhere(BLOCKER)),
    ("books.closed_twice", closed(entries=2, entry_names=("A", "B")), closed(entries=2, namesakes=2), everywhere(BLOCKER)),
    ("books.entry_exists", session(move_id=77), session(), everywhere(BLOCKER)),
    ("books.entry_exists", session(state="closing_control", move_id=77), session(state="closing_control"), everywhere(BLOCKER)),
    ("books.forced_balance", closed(forced=D("-2.00")), closed(forced=D("0.00")), everywhere(WARNING)),
]  # fmt: skip


@pytest.mark.parametrize("series", SERIES)
def test_of_a_healthy_session_nothing_is_said(series):
    assert diagnosed(series, session()).findings == ()
    assert diagnosed(series, session()).verdict == "closable"
    assert diagnosed(series, closed()).findings == ()
    assert diagnosed(series, closed()).verdict == "closed"


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("code,sick,healthy,expected", CASES, ids=["%s-%d" % (c[0], i) for i, c in enumerate(CASES)])
def test_found_where_it_is_and_only_there(series, code, sick, healthy, expected):
    found = severities(diagnosed(series, sick))
    assert found.get(code) == expected.get(series)
    assert code not in severities(diagnosed(series, healthy))
    if not sick.closed:
        assert (diagnosed(series, sick).verdict == "blocked") == (BLOCKER in found.values())


@pytest.mark.parametrize("series", SERIES)
def test_a_draft_is_said_once_and_a_future_one_apart(series):
    four = orders(draft(id=1), draft(id=2, payments=1), draft(id=3, preset_at=TOMORROW), draft(id=4))
    found = {f.code: f.evidence["ids"] for f in diagnosed(series, four).findings}
    plain = [1, 4] if series == 19 else [1, 3, 4]
    future = {"orders.draft_future": [3]} if series == 19 else {}
    assert found == {"orders.draft": plain, "orders.draft_with_payment": [2], **future}


def test_only_drafts_without_anything_in_them_are_safe_to_discard():
    risks = [diagnosed(17, orders(draft(id=1, lines=0), d)).findings[0].risk for d in (draft(lines=0), draft(lines=1))]
    assert risks == ["safe", "human"]


@pytest.mark.parametrize("series", SERIES)
def test_two_open_sessions_of_a_till_are_duplicates(series):
    one, two = session(id=1, name="A"), session(id=2, name="B")
    assert "session.duplicate" in severities(diagnosed(series, one, two))
    assert diagnosed(series, one, two).verdict == "closable"
    for other in (session(id=2, rescue=True), session(id=2, state="closed"), session(id=2, till=till(id=8))):
        assert "session.duplicate" not in severities(diagnosed(series, one, other))
    rescued = session(id=3, rescue=True)
    assert "session.duplicate" not in severities(diagnosed(series, rescued, one, two))


def test_blockers_come_first():
    sick = orders(draft(), order(underpaid=True), user_active=False, started_at=ago(days=2))
    ranks = [("blocker", "warning", "info").index(f.severity) for f in diagnosed(17, sick).findings]
    assert ranks == sorted(ranks) and len(set(ranks)) == 3


@pytest.mark.parametrize("series", SERIES)
def test_a_closed_session_is_judged_by_its_books_alone(series):
    sick = closed(left_paid=1)
    assert list(severities(diagnosed(series, sick))) == ["books.orders_left_paid"]
    assert closed_wrongly(diagnosed(series, sick)) and not closed_wrongly(diagnosed(series, closed()))


@pytest.mark.parametrize("series", SERIES)
def test_verdicts(series):
    assert diagnosed(series, session()).verdict == "closable"
    assert diagnosed(series, counted("130.00", suspects=(order(underpaid=True),))).verdict == "closable"
    assert diagnosed(series, session(cash=cash(counted=None))).verdict == "needs_count"
    assert diagnosed(series, session(cash=cash(counted=None), suspects=(draft(),))).verdict == "blocked"
    assert diagnosed(series, session(cash=None)).verdict == "closable"


def test_unknown_times_are_said_so():
    nothing = session(state="closing_control", started_at=None, created_at=None, written_at=None, last_activity_at=None)
    assert hours_open(nothing, NOW) is None and idle_minutes(nothing, NOW) is None
    assert "since an unknown time" in diagnosed(17, nothing).findings[0].message
    assert hours_open(session(started_at=ago(hours=9, minutes=24)), NOW) == 9.4
    assert idle_minutes(session(last_activity_at=ago(minutes=-5)), NOW) == 0


OBSERVED = [
    (Observation("lock_wait", 42, "odoo", D("7.9"), "41, 40"), "platform.lock_wait", WARNING, ["42", "41, 40", "7 s"]),
    (Observation("lock_wait", 42, "odoo", D("7"), ""), "platform.lock_wait", WARNING, ["nobody that can be seen"]),
    (Observation("long_transaction", 43, "odoo", D(400), "idle in it"), "platform.long_transaction", WARNING,
     ["43", "odoo", "idle in it", "400 s"]),
    (Observation("bloat", 0, "pos_order", D(20000), "500"), "platform.bloat", INFO, ["pos_order", "20000", "500"]),
    (Observation("lock_date", 1, "My Company", None, "2026-12-31"), "accounts.lock_date", WARNING, ["My Company", "2026-12-31"]),
]  # fmt: skip


@pytest.mark.parametrize(
    "seen,code,severity,words", OBSERVED, ids=["%s-%d" % (o[1], i) for i, o in enumerate(OBSERVED)]
)
def test_the_store_itself(seen, code, severity, words):
    (found,) = diagnose_store(store(17, observations=(seen,)))
    assert (found.code, found.severity) == (code, severity)
    assert all(word in found.message for word in words)


def test_modules_of_the_store():
    assert diagnose_store(store(17)) == ()
    found = diagnose_store(store(17, fiscal_modules=("l10n_fr_pos_cert",), customised_by=("pos_mine",)))
    assert [(f.code, f.severity, f.risk) for f in found] == [
        ("custom.override", WARNING, "human"),
        ("fiscal.protected", INFO, "never"),
    ]
