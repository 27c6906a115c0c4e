# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions about a session's orders and payments: what is not finished, what does not add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .diagnose_money import Case
from .findings import BLOCKER, WARNING, Finding, finding
from .store import Order


def names(orders: list[Order]) -> list[str]:
    return [o.reference or o.name for o in orders]


def is_future(order: Order, today: date) -> bool:
    """19 leaves orders for a later day alone; one for later today still blocks in the builds that compare dates."""
    return order.preset_at is not None and order.preset_at.date() > today


def drafts(case: Case) -> Iterator[Finding]:
    """C01 to C04. Drafts with payments are a customer's money, whatever else they are."""
    draft = [o for o in case.session.suspects if o.state == "draft"]
    future = [o for o in draft if case.series >= 19 and is_future(o, case.now.date())]
    due = [o for o in draft if o not in future]
    paid = [o for o in due if o.payments]
    plain = [o for o in due if not o.payments]
    if paid:
        yield finding("orders.draft_with_payment", number=len(paid), names=names(paid), ids=[o.id for o in paid])
    if plain:
        empty = all(o.lines == 0 for o in plain)
        yield finding(
            "orders.draft",
            risk="safe" if empty else None,
            number=len(plain),
            names=names(plain),
            ids=[o.id for o in plain],
        )
    if future:
        yield finding("orders.draft_future", number=len(future), names=names(future), ids=[o.id for o in future])


def cancelled(case: Case) -> Iterator[Finding]:
    """Cancelled orders: up to 16 they are booked like any other; on 17 and 18 their cash is expected but never booked.

    Up to 16 a cancelled order whose payments are complete is booked in full, so that no money is wrong; one without tips the
    entry over (accounts.imbalance says by how much).
    """
    money = case.session.till.currency
    orders = [o for o in case.session.suspects if o.state == "cancel"]
    paid = [o for o in orders if o.payments and not money.is_zero(o.paid)]
    if case.series <= 16:
        harmful, why = [o for o in orders if not money.is_zero(o.off)], "delete them before the close"
    elif case.series <= 18:
        harmful, why = paid, "their payments are in no entry; find out whether the customer has the money back"
    else:
        harmful, why = (
            paid,
            "their payments are left out of the books; find out whether the customer has the money back",
        )
    booked = [o for o in paid if o not in harmful]
    if booked:
        why = "they were paid, so their sale is booked as if it had not been cancelled"
        yield finding(
            "orders.cancelled_poison",
            severity=WARNING,
            number=len(booked),
            names=names(booked),
            ids=[o.id for o in booked],
            why=why,
        )
    if harmful:
        yield finding(
            "orders.cancelled_poison",
            severity=BLOCKER if case.series <= 18 else WARNING,
            number=len(harmful),
            names=names(harmful),
            ids=[o.id for o in harmful],
            why=why,
        )


def odd_orders(case: Case) -> Iterator[Finding]:
    """C05, C06, C08 and C07: underpaid, without lines, without customer, invoice not posted."""
    done = [o for o in case.session.suspects if o.state not in ("draft", "cancel")]
    underpaid = [o for o in done if o.underpaid]
    if underpaid:
        yield finding("orders.underpaid", number=len(underpaid), names=names(underpaid), ids=[o.id for o in underpaid])
    empty = [o for o in done if o.lines == 0]
    if empty:
        yield finding("orders.no_lines", number=len(empty), names=names(empty), ids=[o.id for o in empty])
    nobody = [o for o in done if o.no_customer]
    if nobody and case.series >= 15:
        yield finding("orders.no_customer", number=len(nobody), names=names(nobody), ids=[o.id for o in nobody])
    unposted = [o for o in done if o.invoice_state]
    if unposted:
        yield finding(
            "invoices.unposted",
            number=len(unposted),
            names=["%s %s" % (o.invoice or "/", o.invoice_state) for o in unposted],
            ids=[o.id for o in unposted],
        )


def imbalance(case: Case) -> Iterator[Finding]:
    """C17: the closing entry would not balance. 15 to 19 ask for the Force Close wizard, 14 books it silently."""
    money = case.session.till.currency
    if money.is_zero(case.session.imbalance):
        return
    off = [o for o in case.session.suspects if not money.is_zero(o.off)]
    yield finding(
        "accounts.imbalance",
        difference=money.text(case.session.imbalance),
        currency=money.name,
        names=names(off),
        ids=[o.id for o in off],
        why="this Odoo would hide it in the receivable account"
        if case.series == 14
        else "Odoo will ask to force the close",
    )


def payments(case: Case) -> Iterator[Finding]:
    """C11, C12: unconfirmed, authorised only, or by a method that is gone from the till."""
    rows = case.session.payments
    for code, count in (("payments.unconfirmed", "unconfirmed"), ("orders.uncaptured", "uncaptured")):
        hit = [p for p in rows if getattr(p, count)]
        if hit:
            yield finding(code, number=sum(getattr(p, count) for p in hit), methods=[p.method_name for p in hit])
    missing = [p for p in rows if p.no_register and p.number]
    if missing:
        yield finding("cash.no_register", methods=[p.method_name for p in missing], ids=[p.method_id for p in missing])
    removed = [p for p in rows if p.removed]
    if removed:
        yield finding(
            "payments.method_removed",
            number=sum(p.number for p in removed),
            methods=[p.method_name for p in removed],
            ids=[p.method_id for p in removed],
        )
