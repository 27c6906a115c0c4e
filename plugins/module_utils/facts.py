# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagnosed store as plain JSON values: what pos_session_facts returns as ansible_facts.pos_store (design 3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from .diagnose import CLOSED, Diagnosis, closed_wrongly, diagnose_session, diagnose_store, hours_open, idle_minutes
from .diagnose_money import diagnose_till
from .findings import Finding
from .store import ZERO, Cash, Currency, Order, Payments, Session, Store, Till


def moment(at: Optional[datetime]) -> Optional[str]:
    """ISO 8601 in UTC, whole seconds."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def finding_facts(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "risk": found.risk,
        "fix": found.fix,
        "message": found.message,
        "evidence": dict(found.evidence),
    }


def cash_facts(cash: Optional[Cash], till: Till) -> Optional[dict[str, Any]]:
    """The drawer as text, and under ``minor`` the same amounts as whole minor units, which rules can compare."""
    if cash is None:
        return None
    money = till.currency
    amounts: dict[str, Optional[Decimal]] = {
        "opening": cash.opening,
        "sales": cash.sales,
        "moves": cash.moves,
        "expected": cash.expected,
        "counted": cash.counted,
        "difference": cash.difference,
        "authorised_difference": till.max_difference,
    }
    return {
        "journal": {"id": cash.journal_id, "name": cash.journal},
        **{name: None if value is None else money.text(value) for name, value in amounts.items()},
        "minor": {name: None if value is None else money.minor(value) for name, value in amounts.items()},
    }


def order_facts(order: Order, money: Currency) -> dict[str, Any]:
    return {
        "id": order.id,
        "name": order.name,
        "reference": order.reference,
        "amount": money.text(order.amount),
        "paid": money.text(order.paid),
        "payments": order.payments,
        "created_at": moment(order.created_at),
        "preset_at": moment(order.preset_at),
    }


def payments_facts(paid: Payments, till: Till) -> dict[str, Any]:
    method = next((m for m in till.methods if m.id == paid.method_id), None)
    return {
        "method": {"id": paid.method_id, "name": paid.method_name, "kind": method.kind if method else "removed"},
        "count": paid.number,
        "expected": till.currency.text(paid.captured),
        "unconfirmed": paid.unconfirmed + paid.uncaptured,
    }


def session_outline(session: Session, diagnosis: Diagnosis, now: datetime) -> dict[str, Any]:
    """What a choice among many sessions rests on: which it is, how it stands, and why."""
    return {
        "id": session.id,
        "name": session.name,
        "state": session.state,
        "verdict": diagnosis.verdict,
        "till": {"id": session.till.id, "name": session.till.name},
        "hours_open": None if session.closed else hours_open(session, now),
        "idle_minutes": None if session.closed else idle_minutes(session, now),
        "findings": [finding_facts(f) for f in diagnosis.findings],
    }


def session_facts(session: Session, diagnosis: Diagnosis, now: datetime) -> dict[str, Any]:
    """All that is said of a session: its outline, and what it is made of."""
    money = session.till.currency
    return {
        **session_outline(session, diagnosis, now),
        "rescue": session.rescue,
        "company": {"id": session.till.company_id, "name": session.till.company},
        "currency": {"name": money.name, "decimals": money.decimals},
        "opened_by": {"id": session.user_id, "login": session.user_login, "active": session.user_active},
        "started_at": moment(session.started_at),
        "stopped_at": moment(session.stopped_at),
        "last_activity_at": moment(session.last_activity_at),
        "orders": dict(session.orders),
        "pending_orders": [order_facts(o, money) for o in session.suspects if o.state == "draft"],
        "payments": [payments_facts(p, session.till) for p in session.payments],
        "cash": cash_facts(session.cash, session.till),
        "fingerprint": fingerprint(session),
    }


def fingerprint(session: Session) -> str:
    """A hash over everything that a plan rests on: state, entry, orders, payments, drawer, and what is odd about orders."""
    cash = session.cash
    basis = [
        session.id, session.name, session.state, session.rescue, session.move_id, session.till.id,
        sorted(session.orders.items()), session.order_count, session.imbalance, session.suspect_count,
        [[o.id, o.state, o.amount, o.paid, o.payments, o.lines] for o in session.suspects],
        [[p.method_id, p.number, p.amount, p.captured, p.unconfirmed, p.uncaptured] for p in session.payments],
        None if cash is None else [cash.journal_id, cash.start, cash.expected, cash.counted, cash.move_count],
        moment(session.last_activity_at),
    ]  # fmt: skip
    text = json.dumps(basis, default=str_exact, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def str_exact(value: Any) -> str:
    """Decimals without trailing zeros: 10 and 10.00 are one amount."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


OfSession = Callable[[Session, Diagnosis, datetime], dict[str, Any]]


def store_facts(store: Store, read_ms: int = 0, of_session: OfSession = session_facts) -> dict[str, Any]:
    """The whole of ansible_facts.pos_store; with ``session_outline`` what a look at hundreds of stores needs of it."""
    diagnosed = [(session, diagnose_session(store, session)) for session in store.sessions]
    shown = [(s, d) for s, d in diagnosed if not (s.closed and closed_wrongly(d))]
    wrongly = [(s, d) for s, d in diagnosed if s.closed and closed_wrongly(d)]
    return {
        "database": store.database,
        "odoo": {
            "series": "%d.0" % store.series,
            "version": store.version,
            "fiscal_modules": list(store.fiscal_modules),
            "customised_by": list(store.customised_by),
        },
        "read_at": moment(store.read_at),
        "read_ms": read_ms,
        "summary": summary(shown, wrongly),
        "sessions": [of_session(s, d, store.read_at) for s, d in shown],
        "closed_wrongly": [of_session(s, d, store.read_at) for s, d in wrongly],
        "tills": [
            {"id": t.id, "name": t.name, "findings": [finding_facts(f) for f in diagnose_till(t, store.series)]}
            for t in store.tills
        ],
        "findings": [finding_facts(f) for f in diagnose_store(store)],
    }


def summary(shown: list[tuple[Session, Diagnosis]], wrongly: list[tuple[Session, Diagnosis]]) -> dict[str, Any]:
    """Counts by verdict over the sessions that are not closed, and the sum of drawer differences.

    ``drawer_difference`` is None where the sessions' currencies differ: they cannot be added.
    """
    verdicts = [d.verdict for _s, d in shown if d.verdict != CLOSED]
    counted = [s for s, _d in shown if not s.closed and s.cash is not None and s.cash.difference is not None]
    currencies = {s.till.currency for s in counted}
    total: Optional[str] = "0"
    if len(currencies) == 1:
        total = currencies.pop().text(sum((s.cash.difference or ZERO for s in counted if s.cash), ZERO))
    elif currencies:
        total = None
    return {
        "sessions": len(verdicts),
        "closable": verdicts.count("closable"),
        "needs_count": verdicts.count("needs_count"),
        "blocked": verdicts.count("blocked"),
        "closed_wrongly": len(wrongly),
        "drawer_difference": total,
    }
