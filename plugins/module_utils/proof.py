# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof of a close: checks that must hold in the books afterwards. Pure functions over what was read before and after."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Optional

from .plan import Plan
from .store import ZERO, Session
from .watching import Ledger


@dataclass(frozen=True)
class Check:
    """One thing that must hold, and what was found."""

    check: str
    held: bool
    detail: str


def proof_facts(checks: list[Check]) -> list[dict[str, Any]]:
    return [{"check": c.check, "held": c.held, "detail": c.detail} for c in checks]


def prove(plan: Optional[Plan], session: Session, series: int, before: Optional[Ledger], after: Ledger) -> list[Check]:
    """All checks of a closed session. ``plan`` and ``before`` are None when it was closed before we came."""
    checks = [closed(session), orders_done(session), *entry(plan, session), one_entry(session)]
    if plan is not None and before is not None:
        checks += drawer(plan, session, series, before, after) + bank(plan, session, after)
    return checks


def closed(session: Session) -> Check:
    return Check("the session is closed", session.closed and session.stopped_at is not None, "state %s" % session.state)


def orders_done(session: Session) -> Check:
    books = session.books
    left = 0 if books is None else books.left_paid + books.left_draft
    return Check("no order is left behind", left == 0, "%d order(s) left paid or in draft" % left)


def entry(plan: Optional[Plan], session: Session) -> list[Check]:
    """The closing entry is there, posted and balanced; nothing was forced but what was asked for."""
    books, money = session.books, session.till.currency
    if books is None or books.entry_state is None:
        unposted = 0 if books is None else books.unposted_orders
        return [Check("the sales are in the books", unposted == 0, "no entry; %d order(s) with an amount" % unposted)]
    asked = ZERO if plan is None or plan.forced is None else plan.forced
    checks = [
        Check(
            "the closing entry is posted", books.entry_state == "posted", "%s is %s" % (books.entry, books.entry_state)
        ),
        Check(
            "the closing entry is balanced",
            money.is_zero(books.balance),
            "sum of balances %s" % money.text(books.balance),
        ),
    ]
    if plan is not None:
        checks.append(
            Check(
                "no difference was forced beyond what was asked for",
                money.is_zero(abs(books.forced) - abs(asked)),
                "forced %s, asked for %s" % (money.text(books.forced), money.text(asked)),
            )
        )
    return checks


def one_entry(session: Session) -> Check:
    books = session.books
    surplus = 0 if books is None else max(0, books.entries - books.namesakes)
    number = 0 if books is None else books.entries
    return Check(
        "the sales are in the books once", surplus == 0, "%d entr(y/ies) with this session's reference" % number
    )


def drawer(plan: Plan, session: Session, series: int, before: Ledger, after: Ledger) -> list[Check]:
    """The count is kept, the cash journal adds up to it, and the difference went where the plan said."""
    cash, money = session.cash, session.till.currency
    if cash is None:
        return []
    counted = cash.counted if cash.counted is not None else ZERO
    # 16 and 17 carry the opening from the last close; their opening difference is a line of its own.
    base = (cash.previous_counted or ZERO) if series in (16, 17) else cash.start
    total = base + after.drawer_total
    checks = [
        Check(
            "the cash journal adds up to the count",
            money.is_zero(total - counted),
            "opening and lines make %s, counted %s" % (money.text(total), money.text(counted)),
        ),
        Check("the cash moves are posted", after.unposted == 0, "%d not posted" % after.unposted),
    ]
    if plan.counted is not None:
        checks.append(
            Check(
                "the count is the one that was given",
                money.is_zero(counted - plan.counted),
                "stored %s, given %s" % (money.text(counted), money.text(plan.counted)),
            )
        )
    booked = after.drawer_difference - before.drawer_difference
    checks.append(
        Check(
            "the cash difference is the planned one",
            money.is_zero(booked - plan.difference),
            "booked %s, planned %s" % (money.text(booked), money.text(plan.difference)),
        )
    )
    return checks


def bank(plan: Plan, session: Session, after: Ledger) -> list[Check]:
    """Each counted bank method booked its own difference, the others none."""
    money, planned = session.till.currency, dict(plan.bank_differences)
    names = {m.id: m.name for m in session.till.methods}
    checks = []
    for method_id in sorted({*planned, *after.bank_differences}):
        want: Decimal = planned.get(method_id, ZERO)
        got = after.bank_differences.get(method_id, ZERO)
        checks.append(
            Check(
                "the difference of %s is the planned one" % names.get(method_id, str(method_id)),
                money.is_zero(got - want),
                "booked %s, planned %s" % (money.text(got), money.text(want)),
            )
        )
    return checks
