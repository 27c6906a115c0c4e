# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure functions: a Session or Till as read -> findings and a verdict. No SQL, no RPC, no Ansible.

What a running Odoo answered is the measure (odoo-closing.md, "Second look"; root-causes.md 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Callable, Optional

from .diagnose_money import Case, accounts, drawer, rescue
from .diagnose_orders import cancelled, drafts, imbalance, odd_orders, payments
from .findings import BLOCKER, SEVERITIES, Finding, finding
from .store import Observation, Session, Store

CLOSABLE, NEEDS_COUNT, BLOCKED, CLOSED = "closable", "needs_count", "blocked", "closed"
IN_USE_MINUTES = 15
STALE_HOURS = 24
HUGE_ORDERS = 2000


@dataclass(frozen=True)
class Diagnosis:
    """What is to be said of one session."""

    verdict: str
    findings: tuple[Finding, ...]


def entry(case: Case) -> Iterator[Finding]:
    """C40: 14 to 19 close a session that was set back a second time, and double its entries."""
    if case.session.move_id is not None:
        yield finding("books.entry_exists")


def life(case: Case) -> Iterator[Finding]:
    """C36 to C42: where the session is in its life."""
    s = case.session
    if s.state == "closing_control":
        since = s.stopped_at or s.written_at or s.created_at
        yield finding("session.stuck_closing", since=minute(since))
    if s.state == "opening_control" and s.order_count == 0:
        yield finding("session.never_opened")
    others = [o for o in case.siblings if o.till.id == s.till.id and not o.rescue and not o.closed]
    if len(others) > 1 and not s.rescue:
        yield finding(
            "session.duplicate", number=len(others), names=[o.name for o in others], ids=[o.id for o in others]
        )
    hours = hours_open(s, case.now)
    if hours is not None and hours >= STALE_HOURS:
        yield finding("session.stale", hours=round(hours))
    if not s.user_active:
        yield finding("session.opener_inactive", login=s.user_login or "?")
    idle = idle_minutes(s, case.now)
    if idle is not None and idle < IN_USE_MINUTES:
        yield finding("session.in_use", minutes=idle)
    if s.order_count >= HUGE_ORDERS:
        yield finding("platform.huge_session", number=s.order_count)
    if s.failed_pickings:
        yield finding("stock.failed_pickings", number=s.failed_pickings)


def minute(at: Optional[datetime]) -> str:
    return "an unknown time" if at is None else at.strftime("%Y-%m-%d %H:%M UTC")


def hours_open(session: Session, now: datetime) -> Optional[float]:
    """Hours since the session was opened (or created), one decimal; None where no time is kept."""
    since = session.started_at or session.created_at
    return None if since is None else round((now - since).total_seconds() / 3600, 1)


def idle_minutes(session: Session, now: datetime) -> Optional[int]:
    """Whole minutes since the last order, payment or cash move; None where there is none."""
    last = session.last_activity_at
    return None if last is None else max(0, int((now - last).total_seconds() // 60))


def books(case: Case) -> Iterator[Finding]:
    """C18, C40 and what a forced close leaves: closed sessions whose books do not hold."""
    b, money = case.session.books, case.session.till.currency
    if b is None:
        return
    if b.unposted_orders:
        yield finding(
            "books.closed_without_entry",
            number=b.unposted_orders,
            amount=money.text(b.unposted_amount),
            currency=money.name,
        )
    if b.left_paid or b.left_draft:
        yield finding("books.orders_left_paid", paid=b.left_paid, draft=b.left_draft)
    if b.entry_state is not None and (b.entry_state != "posted" or not money.is_zero(b.balance)):
        yield finding(
            "books.entry_unbalanced",
            entry=b.entry,
            state=b.entry_state,
            balance=money.text(b.balance),
            currency=money.name,
        )
    if b.entries > b.namesakes:
        yield finding("books.closed_twice", number=b.entries, names=list(b.entry_names))
    if not money.is_zero(b.forced):
        yield finding("books.forced_balance", amount=money.text(b.forced), currency=money.name)


Check = Callable[[Case], Iterator[Finding]]
OPEN_CHECKS: tuple[Check, ...] = (
    entry, drafts, cancelled, odd_orders, imbalance, payments, drawer, rescue, accounts, life,
)  # fmt: skip


def severity_order(item: Finding) -> tuple[int, str]:
    return SEVERITIES.index(item.severity), item.code


def diagnose_session(store: Store, session: Session) -> Diagnosis:
    """All findings of one session, blockers first, and the verdict: what this very Odoo would answer to a close."""
    locks = {seen.id: seen.detail for seen in store.observations if seen.kind == "lock_date"}
    case = Case(session, store.series, store.read_at, store.sessions, locks)
    checks: tuple[Check, ...] = (books,) if session.closed else OPEN_CHECKS
    found = sorted((f for check in checks for f in check(case)), key=severity_order)
    return Diagnosis(verdict_of(session, found), tuple(found))


def verdict_of(session: Session, found: list[Finding]) -> str:
    if session.closed:
        return CLOSED
    if any(f.severity == BLOCKER for f in found):
        return BLOCKED
    return NEEDS_COUNT if any(books_false_difference(f) for f in found) else CLOSABLE


def books_false_difference(found: Finding) -> bool:
    """Whether Odoo would close and book a drawer that nobody counted, or counted wrongly by itself, as lost or gained."""
    return found.code in ("cash.not_counted", "cash.count_stale") or (
        found.code == "session.rescue" and "false_difference" in found.evidence
    )


def closed_wrongly(diagnosis: Diagnosis) -> bool:
    """Whether a closed session's books do not hold."""
    return any(f.code.startswith("books.") for f in diagnosis.findings)


def diagnose_store(store: Store) -> tuple[Finding, ...]:
    """Findings of the database itself."""
    found = [platform_finding(o) for o in store.observations]
    if store.fiscal_modules:
        found.append(finding("fiscal.protected", modules=list(store.fiscal_modules)))
    if store.customised_by:
        found.append(finding("custom.override", modules=list(store.customised_by)))
    return tuple(sorted(found, key=severity_order))


def platform_finding(seen: Observation) -> Finding:
    seconds = int(seen.amount or 0)
    if seen.kind == "lock_wait":
        return finding(
            "platform.lock_wait", pid=seen.id, blockers=seen.detail or "nobody that can be seen", seconds=seconds
        )
    if seen.kind == "long_transaction":
        return finding("platform.long_transaction", pid=seen.id, user=seen.name, state=seen.detail, seconds=seconds)
    if seen.kind == "bloat":
        return finding("platform.bloat", table=seen.name, dead=seconds, live=int(seen.detail))
    return finding("accounts.lock_date", company=seen.name, until=seen.detail)


__all__ = [
    "BLOCKED",
    "CLOSABLE",
    "CLOSED",
    "NEEDS_COUNT",
    "Diagnosis",
    "closed_wrongly",
    "diagnose_session",
    "diagnose_store",
]
