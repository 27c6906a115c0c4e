# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions about money's places: the drawer, the rescue session, and the accounts and journals of a till."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .findings import BLOCKER, WARNING, Finding, finding
from .store import ZERO, Cash, Method, Payments, Session, Till


@dataclass(frozen=True)
class Case:
    """A session in its surroundings: all that a check may look at."""

    session: Session
    series: int
    now: datetime
    siblings: tuple[Session, ...] = ()
    #: Companies whose books are locked today or later: id -> until when.
    locks: Mapping[int, str] = field(default_factory=dict)


def counts_drawer(session: Session, series: int) -> bool:
    """Whether a count by a person decides the close: a rescue session's is computed (15+), 14 may have cash control off."""
    return session.cash is not None and session.till.cash_control and not (session.rescue and series >= 15)


def stale(cash: Cash) -> bool:
    """A count is stale when cash moved at or after it was stored (up to 18 a sale writes the session in its own transaction)."""
    return (
        cash.counted is not None
        and cash.moved_at is not None
        and cash.counted_at is not None
        and cash.moved_at >= cash.counted_at
    )


def drops_count(session: Session, series: int) -> bool:
    """Whether a write to the session has to drop its count: from 16 on a count is as old as its session's last write, so that
    one that is older than the last cash sale would look new."""
    return series >= 16 and session.cash is not None and stale(session.cash)


def drawer(case: Case) -> Iterator[Finding]:
    """C13 to C15, C30: counted or not, how far off, and whether the difference has an account to go to."""
    cash, money = case.session.cash, case.session.till.currency
    if cash is None:
        return
    if cash.register_state not in (None, "open"):
        yield finding("cash.register_posted", state=cash.register_state)
    yield from other_drawers(case)
    if not counts_drawer(case.session, case.series):
        return
    if cash.counted is None:
        if not money.is_zero(cash.expected):
            yield finding("cash.not_counted", expected=money.text(cash.expected), currency=money.name)
        return
    difference = cash.counted - cash.expected
    if money.is_zero(difference):
        return
    if stale(cash):
        yield finding("cash.count_stale", counted=money.text(cash.counted), currency=money.name)
    said = {"difference": money.text(difference), "currency": money.name}
    limit = case.session.till.max_difference
    if limit is not None and abs(difference) > limit:
        # Only 14 enforces it on its server; elsewhere this collection does.
        yield finding(
            "cash.difference_above_limit",
            severity=BLOCKER if case.series == 14 else None,
            limit=money.text(limit),
            **said,
        )
    else:
        yield finding("cash.difference", counted=money.text(cash.counted), expected=money.text(cash.expected), **said)


def other_drawers(case: Case) -> Iterator[Finding]:
    """14 and 15 keep a cash statement for each cash journal and let only the first be counted: the others are set to their
    balance as it was before the sales are booked into them (_check_pos_session_balance)."""
    till, money = case.session.till, case.session.till.currency
    if case.series > 15 or not till.cash_control:
        return
    others = {m.id for m in till.methods if m.kind == "cash" and m != till.cash_method}
    paid = [
        p for p in case.session.payments if p.method_id in others and not p.no_register and not money.is_zero(p.amount)
    ]
    if paid:
        yield finding(
            "cash.second_drawer",
            amount=money.text(sum((p.amount for p in paid), ZERO)),
            currency=money.name,
            methods=[p.method_name for p in paid],
        )


def rescue(case: Case) -> Iterator[Finding]:
    """C38. From 15 on the close counts by itself; where that is not what is expected it books a false difference.

    So it does on 16 and 17 after an earlier close of the till, on 15 to 19 when cash was moved in the rescue session, and up to
    18 when an order that holds cash was cancelled: it expects that cash and does not count it.
    """
    session, money = case.session, case.session.till.currency
    if not session.rescue:
        return
    false = ZERO if session.cash is None else rescue_difference(session, case.series, session.cash.start)
    if money.is_zero(false):
        yield finding("session.rescue", why="Its cash is counted from its payments.")
        return
    yield finding(
        "session.rescue",
        why="Closed from Odoo it would book %s %s that never was there." % (money.text(false), money.name),
        false_difference=money.text(false),
    )


def rescue_difference(session: Session, series: int, start: Decimal) -> Decimal:
    """What a rescue session's close would book as its drawer's difference with this opening: it counts opening and paid orders."""
    cash, method = session.cash, session.till.cash_method
    if cash is None or method is None or series < 15:
        return ZERO
    paid = sum((p.captured for p in session.payments if p.method_id == method.id), ZERO)
    return start + paid - cash.expected


def needs_entry(session: Session, series: int) -> bool:
    """Whether a close makes an entry at all: up to 16 any order does, later those that are not drafts or cancelled."""
    if series <= 16:
        return session.order_count > 0
    sold = session.orders["paid"] + session.orders["done"] + session.orders["invoiced"]
    return sold > 0 or (session.cash is not None and session.cash.move_count > 0)


def booked(paid: Payments, series: int) -> Decimal:
    """What a close books of a method's payments: up to 16 those of cancelled orders, too (_accumulate_amounts)."""
    return paid.captured + paid.cancelled if series <= 16 else paid.captured


def used_methods(case: Case) -> frozenset[int]:
    """Methods that a close will post for: with payments, and the drawer's own when there is a difference."""
    session = case.session
    used = {p.method_id for p in session.payments if p.number and booked(p, case.series)}
    method = session.till.cash_method
    if (
        method is not None
        and counts_drawer(case.session, case.series)
        and session.cash is not None
        and session.cash.difference
    ):
        used.add(method.id)
    return frozenset(used)


def accounts(case: Case) -> Iterator[Finding]:
    """C15, C19, C24, C25, C26 for one session: a fault blocks where this close would run into it, else it is a warning."""
    session, till = case.session, case.session.till
    used = used_methods(case)
    yield from sales_journal(till, case.series, needs_entry(session, case.series))
    for method in till.methods:
        if method.active:
            yield from method_faults(method, case.series, method.id in used)
    yield from receivables(till, case.series, [m for m in till.methods if m.id in used])
    yield from difference_accounts(case)
    until = case.locks.get(till.company_id)
    if until is not None and needs_entry(session, case.series):
        # 14 refuses to book into a locked period, 16 to 19 move the entry behind it (root cause C23).
        severity = BLOCKER if case.series == 14 else WARNING
        yield finding("accounts.lock_date", severity=severity, company=till.company, until=until)
    yield from rounding(till, not till.currency.is_zero(session.rounded))
    if session.taxes_without_account:
        on_14 = case.series == 14
        yield finding(
            "accounts.tax_no_account",
            severity=BLOCKER if on_14 else WARNING,
            taxes=list(session.taxes_without_account),
            why="Odoo will refuse to close" if on_14 else "the tax would be booked to the sales account",
        )


def graded(blocks: bool) -> str:
    return BLOCKER if blocks else WARNING


def sales_journal(till: Till, series: int, blocks: bool) -> Iterator[Finding]:
    if till.sales_journal_id is None:
        yield finding("accounts.no_sales_journal", severity=graded(blocks))
    elif not till.sales_journal_active:
        yield archived_journal(series, blocks, journal=till.sales_journal, id=till.sales_journal_id)


def method_faults(method: Method, series: int, blocks: bool) -> Iterator[Finding]:
    """What is wrong with one payment method, after its fallbacks: company accounts are already resolved."""
    severity = graded(blocks)
    if method.archived_accounts:
        yield finding(
            "accounts.archived_account", severity=severity, accounts=list(method.archived_accounts), method=method.name
        )
    if method.journal_id is None:
        # A method without a journal that identifies the customer is Odoo's own 'Customer Account'; 14's cards have none.
        if method.kind == "cash" or (series > 14 and (method.terminal or not method.split)):
            broken = blocks and series == 14
            yield finding("payments.method_no_journal", severity=graded(broken), method=method.name, id=method.id)
        return
    journal: dict[str, Any] = {"journal": method.journal, "id": method.journal_id}
    if not method.journal_active:
        yield archived_journal(series, blocks, **journal)
    if method.kind == "cash":
        if method.default_account_id is None:
            yield finding("cash.no_default_account", severity=severity, **journal)
        if method.tills_on_journal > 1:
            yield finding("cash.shared_journal", tills=method.tills_on_journal, **journal)
    if series in (15, 16, 17) and method.kind in ("bank", "terminal") and method.outstanding_id is None:
        yield finding("payments.no_outstanding_account", severity=severity, method=method.name, id=method.id)


def archived_journal(series: int, blocks: bool, **journal: Any) -> Finding:
    """14 posts into an archived journal without a word, 15 to 19 refuse."""
    return finding("accounts.archived_journal", severity=graded(blocks and series > 14), **journal)


def receivables(till: Till, series: int, methods: list[Method]) -> Iterator[Finding]:
    """From 15 on a method without its own receivable uses the company's; a split one uses the customer's."""
    lacking = [m for m in methods if m.receivable_id is None and not m.split]
    if lacking and series >= 15:
        yield finding(
            "accounts.no_receivable", severity=BLOCKER, methods=[m.name for m in lacking], company=till.company
        )


def difference_accounts(case: Case) -> Iterator[Finding]:
    """The drawer's loss and profit accounts: a blocker when the count needs the one that is missing or archived."""
    method, cash = case.session.till.cash_method, case.session.cash
    if method is None or method.journal_id is None or cash is None or not counts_drawer(case.session, case.series):
        return
    yield from bookable(method, case.session.till.currency.round(cash.difference or ZERO))


def bookable(method: Method, difference: Decimal) -> Iterator[Finding]:
    """Whether a difference of the method can be booked, and what one in either direction would lack."""
    for code, account, hit in (
        ("cash.no_loss_account", method.loss_account_id, difference < 0),
        ("cash.no_profit_account", method.profit_account_id, difference > 0),
    ):
        if account is None:
            yield finding(code, severity=graded(hit), journal=method.journal, id=method.journal_id)
        elif account in method.archived_difference:
            yield finding(
                "accounts.archived_account", severity=graded(hit), accounts=["account %d" % account], method=method.name
            )


def rounding(till: Till, blocks: bool) -> Iterator[Finding]:
    """C26. Odoo books what was rounded away to the two accounts of an 'add a rounding line' method, and to nothing else."""
    if not till.cash_rounding:
        return
    why = None
    if till.rounding_id is None:
        why = "no rounding method is chosen"
    elif till.rounding_strategy != "add_invoice_line":
        why = "its strategy must be 'add a rounding line'"
    elif till.rounding_accounts is not None and till.rounding_accounts < 2:
        why = "its profit or loss account is missing"
    if why:
        yield finding("accounts.rounding", severity=graded(blocks), why=why)


def diagnose_till(till: Till, series: int) -> tuple[Finding, ...]:
    """The configuration of one till, before anybody opens it: what would block a close is a blocker."""
    methods = [m for m in till.methods if m.active]
    found = list(sales_journal(till, series, True))
    for method in methods:
        found += method_faults(method, series, True)
    found += receivables(till, series, methods)
    cash = till.cash_method
    if cash is not None and cash.journal_id is not None:
        found += bookable(cash, ZERO)
    found += rounding(till, True)
    return tuple(found)
