# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Healthy stores, sessions, tills and rows for the tests; a test names what is sick about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal as D

from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose import diagnose_session
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import (
    Books,
    Cash,
    Currency,
    Method,
    Order,
    Payments,
    Session,
    Store,
    Till,
)

SERIES = (14, 15, 16, 17, 18, 19)
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=timezone.utc)
USD = Currency("USD", 2, D("0.01"))


def ago(**delta):
    """A moment before NOW."""
    return NOW - timedelta(**delta)


def method(**other):
    """The drawer of the till: everything is set up."""
    return replace(
        Method(
            id=1,
            name="Cash",
            active=True,
            kind="cash",
            split=False,
            terminal=None,
            journal_id=11,
            journal="Cash journal",
            journal_active=True,
            default_account_id=101,
            loss_account_id=102,
            profit_account_id=103,
            receivable_id=104,
            outstanding_id=105,
            own_outstanding=True,
            archived_accounts=(),
            archived_difference=(),
            tills_on_journal=1,
        ),
        **other,
    )


def card(**other):
    return method(
        **{"id": 2, "name": "Card", "kind": "bank", "journal_id": 12, "journal": "Bank", "tills_on_journal": 0, **other}
    )


def till(**other):
    return replace(
        Till(
            id=7,
            name="Till 7",
            active=True,
            company_id=1,
            company="My Company",
            currency=USD,
            cash_control=True,
            max_difference=None,
            sales_journal_id=13,
            sales_journal="Point of Sale",
            sales_journal_active=True,
            cash_rounding=False,
            rounding_id=None,
            rounding_strategy=None,
            rounding_accounts=None,
            taxes_globally=False,
            taxes_included=None,
            methods=(method(), card()),
        ),
        **other,
    )


def order(**other):
    return replace(
        Order(
            id=51,
            name="Order 51",
            reference="00007-001-0051",
            state="paid",
            amount=D("10.00"),
            paid=D("10.00"),
            payments=1,
            lines=1,
            off=D(0),
            created_at=ago(hours=2),
            preset_at=None,
            no_customer=False,
            underpaid=False,
            invoice=None,
            invoice_state=None,
        ),
        **other,
    )


def draft(**other):
    """An order that nobody paid."""
    return order(**{"state": "draft", "paid": D(0), "payments": 0, **other})


def paid(**other):
    """The drawer's payments of a session."""
    return replace(
        Payments(
            method_id=1,
            method_name="Cash",
            number=3,
            amount=D("30.00"),
            captured=D("30.00"),
            cancelled=D(0),
            unconfirmed=0,
            uncaptured=0,
            removed=False,
            last_at=ago(hours=2),
        ),
        **other,
    )


def by_card(**other):
    return paid(**{"method_id": 2, "method_name": "Card", "number": 2, "amount": D(20), "captured": D(20), **other})


def cash(**other):
    """A drawer that was counted after the last sale, and is right."""
    return replace(
        Cash(
            journal_id=11,
            journal="Cash journal",
            opening=D("100.00"),
            sales=D("30.00"),
            moves=D(0),
            move_count=0,
            expected=D("130.00"),
            counted=D("130.00"),
            counted_at=ago(hours=1),
            moved_at=ago(hours=2),
            start=D("100.00"),
            previous_counted=None,
            register_state=None,
        ),
        **other,
    )


def session(**other):
    """Sold, counted, idle for two hours: nothing to be said of it."""
    return replace(
        Session(
            id=24,
            name="POS/00024",
            state="opened",
            rescue=False,
            till=till(),
            move_id=None,
            user_id=2,
            user_login="admin",
            user_active=True,
            started_at=ago(hours=9),
            stopped_at=None,
            created_at=ago(hours=9),
            written_at=ago(hours=1),
            last_activity_at=ago(hours=2),
            orders={"draft": 0, "paid": 5, "done": 0, "invoiced": 0, "cancel": 0},
            order_count=5,
            imbalance=D(0),
            rounded=D(0),
            suspects=(),
            suspect_count=0,
            payments=(paid(), by_card()),
            cash=cash(),
            failed_pickings=0,
        ),
        **other,
    )


def counted(amount, **other):
    """A session whose drawer was counted at ``amount``; 130.00 is expected."""
    return session(cash=cash(counted=D(amount)), **other)


def books(**other):
    return replace(
        Books(
            entry="POSS/1",
            entry_state="posted",
            balance=D(0),
            lines=6,
            forced=D(0),
            left_paid=0,
            left_draft=0,
            unposted_orders=0,
            unposted_amount=D(0),
            entries=1,
            namesakes=1,
            entry_names=("POSS/1",),
        ),
        **other,
    )


def closed(**other):
    """A session that is closed; ``other`` is what is wrong with its books."""
    return session(state="closed", move_id=9, stopped_at=ago(hours=1), books=books(**other))


def store(series, *sessions, **other):
    return Store(
        **{
            "database": "store_042",
            "series": series,
            "version": "%d.0.1.0.1" % series,
            "standby": False,
            "read_at": NOW,
            "fiscal_modules": (),
            "customised_by": (),
            "sessions": sessions,
            "tills": tuple({s.till.id: s.till for s in sessions}.values()),
            **other,
        }
    )


def diagnosed(series, which, *siblings):
    """The diagnosis of one session among others."""
    return diagnose_session(store(series, which, *siblings), which)


def severities(diagnosis):
    """Code -> severity. Where a code was found twice, the worse one."""
    found = {}
    for item in diagnosis.findings:
        found.setdefault(item.code, item.severity)
    return found
