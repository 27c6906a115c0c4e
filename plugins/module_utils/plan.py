# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a close would do, worked out before anything is written, or why it will not be done. Pure functions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Optional

from .decisions import CloseOptions, amount_of, bank_differences, decide_count, without_assumption
from .diagnose import Diagnosis, diagnose_session, idle_minutes
from .diagnose_money import booked, counts_drawer, rescue_difference
from .errors import Refused
from .facts import finding_facts, fingerprint
from .findings import BLOCKER, WARNING, Finding, finding
from .store import ZERO, Session, Store


@dataclass(frozen=True)
class Posting:
    what: str
    amount: Decimal


@dataclass(frozen=True)
class Plan:
    """One close, decided. ``counted`` is None where Odoo counts by itself or there is no drawer; ``forced`` where nothing is forced.

    ``given``: the caller gave the count; else the plan rests on what was ``stored``, 0 where nothing was. ``cure_start`` is what
    a rescue session's opening must be set to first (16, 17).
    """

    session: Session
    series: int
    hash: str
    counted: Optional[Decimal]
    given: bool
    stored: Decimal
    assumed: bool
    difference: Decimal
    bank_differences: tuple[tuple[int, Decimal], ...]
    forced: Optional[Decimal]
    balancing_account: str
    max_imbalance: Optional[Decimal]
    cure_start: Optional[Decimal]
    may_exceed_limit: bool
    note: str
    steps: tuple[str, ...]
    postings: tuple[Posting, ...]
    warnings: tuple[Finding, ...]


def make_plan(store: Store, session: Session, options: CloseOptions, notes: Optional[str] = None) -> Plan:
    """Decide the close of a session that is not closed. Raises BadInput, or Refused with every blocker at once.

    ``notes`` are the session's closing notes.
    """
    stored = ZERO if session.cash is None else session.cash.counted or ZERO
    session = without_assumption(session, notes)
    money = session.till.currency
    given = amount_of(options.counted_cash, money, "counted_cash")
    limit = amount_of(options.max_cash_difference, money, "max_cash_difference")
    max_imbalance = amount_of(options.max_imbalance, money, "max_imbalance")
    bank = bank_differences(session, store.series, options.bank_counted)
    counted, assumed = decide_count(session, store.series, given, options.cash_policy)
    planned = with_count(session, counted, fresh=given is not None or assumed)
    diagnosis = diagnose_session(store, planned)
    difference = planned_difference(planned, store.series)
    cure = cure_start(planned, store.series)
    forced = money.round(session.imbalance) if forces(session, store.series, options, max_imbalance) else None
    blockers = [
        *(f for f in diagnosis.findings if f.severity == BLOCKER and not answered(f, forced, limit)),
        *own_blockers(planned, store, diagnosis, difference, limit, cure, options),
        *bank_blockers(session, bank),
    ]
    plan_hash = hash_of(store, session, options, counted)
    plan = Plan(
        session=session,
        series=store.series,
        hash=plan_hash,
        counted=counted,
        given=given is not None,
        stored=stored,
        assumed=assumed,
        difference=difference,
        bank_differences=tuple(bank.items()),
        forced=forced,
        balancing_account=options.balancing_account,
        max_imbalance=max_imbalance,
        cure_start=cure,
        may_exceed_limit=limit is not None,
        note=options.note,
        steps=(),
        postings=tuple(postings(planned, store.series, difference, bank, forced, options)),
        warnings=tuple(f for f in diagnosis.findings if f.severity == WARNING),
    )
    plan = replace(plan, steps=tuple(steps(plan)))
    if blockers:
        raise Refused(
            refusal(session, blockers),
            refused=True,
            findings=[finding_facts(f) for f in blockers],
            plan=plan_facts(plan),
        )
    if options.approved_plan and options.approved_plan != plan_hash:
        raise Refused(
            "Session %s or the options that decide money have changed since plan %s was approved (it is now %s): "
            "look at the new plan and approve that." % (session.name, options.approved_plan[:12], plan_hash[:12]),
            refused=True,
            findings=[],
            plan=plan_facts(plan),
        )
    return plan


def refusal(session: Session, blockers: list[Finding]) -> str:
    """Every blocker at once, each on a line with the role that answers it."""
    lines = "\n".join("- %s (%s; answered by %s)" % (f.message, f.code, f.fix) for f in blockers)
    return "Session %s of till %s was not closed, nothing was changed:\n%s" % (session.name, session.till.name, lines)


def with_count(session: Session, counted: Optional[Decimal], fresh: bool) -> Session:
    """The session as it will be when the count is stored. Only a stored count that is kept keeps its age: whoever counts
    the same amount again has counted."""
    cash = session.cash
    if cash is None or counted is None or (counted == cash.counted and not fresh):
        return session
    return replace(session, cash=replace(cash, counted=counted, counted_at=None))


def planned_difference(session: Session, series: int) -> Decimal:
    """What will be booked as the drawer's difference: nothing where Odoo counts by itself, whatever is stored."""
    cash = session.cash
    if cash is None or cash.difference is None or not counts_drawer(session, series):
        return ZERO
    return session.till.currency.round(cash.difference)


def cure_start(session: Session, series: int) -> Optional[Decimal]:
    """16 and 17 count a rescue session from its own opening but expect it from the last close: make the one the other first."""
    cash = session.cash
    if cash is None or not session.rescue or series not in (16, 17) or cash.previous_counted is None:
        return None
    if cash.move_count or cash.start == cash.previous_counted:
        return None
    if not session.till.currency.is_zero(rescue_difference(session, series, cash.previous_counted)):
        return None
    return cash.previous_counted


def forces(session: Session, series: int, options: CloseOptions, most: Optional[Decimal]) -> bool:
    """Whether the imbalance may be forced: account and limit given, within the limit, and Odoo lets one choose (15 to 19)."""
    money = session.till.currency
    if series == 14 or most is None or money.is_zero(session.imbalance):
        return False
    return bool(options.balancing_account) and abs(money.round(session.imbalance)) <= most


def answered(found: Finding, forced: Optional[Decimal], limit: Optional[Decimal]) -> bool:
    """Blockers that the caller's options answer: an imbalance that is forced; 14's limit, which ours replaces."""
    return (found.code == "accounts.imbalance" and forced is not None) or found.code == "cash.difference_above_limit"


def own_blockers(
    session: Session,
    store: Store,
    diagnosis: Diagnosis,
    difference: Decimal,
    limit: Optional[Decimal],
    cure: Optional[Decimal],
    options: CloseOptions,
) -> list[Finding]:
    """What Odoo would let pass and we do not: an uncounted drawer, or one without a journal, a difference above the limit, a
    till in use."""
    money, found = session.till.currency, []
    for seen in diagnosis.findings:
        if seen.code in ("cash.not_counted", "cash.count_stale"):
            found.append(replace(seen, severity=BLOCKER))
        if seen.code == "session.rescue" and "false_difference" in seen.evidence and cure is None:
            found.append(replace(seen, severity=BLOCKER))
        if seen.code == "payments.method_no_journal" and seen.severity != BLOCKER and loses_drawer(session, seen):
            found.append(replace(seen, severity=BLOCKER))
    till_limit = session.till.max_difference if session.till.max_difference is not None else ZERO
    most = limit if limit is not None else till_limit
    if counts_drawer(session, store.series) and abs(difference) > most:
        found.append(
            finding(
                "cash.difference_above_limit",
                severity=BLOCKER,
                difference=money.text(difference),
                currency=money.name,
                limit=money.text(most),
            )
        )
    idle = idle_minutes(session, store.read_at)
    if idle is not None and idle < options.min_idle_minutes:
        busy = finding("session.in_use", severity=BLOCKER, minutes=idle)
        how = " Wait, or set min_idle_minutes to %d or less when you know that nobody sells." % idle
        found.append(replace(busy, message=busy.message + how))
    return found


def loses_drawer(session: Session, seen: Finding) -> bool:
    """Whether the drawer's own method has lost its journal: Odoo would close and leave the cash with the customers (19)."""
    method = session.till.cash_method
    return session.cash is not None and method is not None and seen.evidence.get("id") == method.id


# No role sets it: which bank journal may book a loss is said by name.
UNBOOKABLE = (
    "Journal %s has no %s account: what payment method %s differs by cannot be booked. "
    "Set %s_account with pos_till_config and method %s."
)


def bank_blockers(session: Session, differences: Mapping[int, Decimal]) -> list[Finding]:
    """C16: a bank difference needs the loss or profit account of its journal."""
    found = []
    for method in session.till.methods:
        difference = differences.get(method.id, ZERO)
        for code, which, lacks in (
            ("cash.no_loss_account", "loss", difference < 0 and method.loss_account_id is None),
            ("cash.no_profit_account", "profit", difference > 0 and method.profit_account_id is None),
        ):
            if lacks:
                one = finding(code, severity=BLOCKER, journal=method.journal, id=method.journal_id)
                found.append(
                    replace(one, message=UNBOOKABLE % (method.journal, which, method.name, which, method.name))
                )
    return found


def hash_of(store: Store, session: Session, options: CloseOptions, counted: Optional[Decimal]) -> str:
    """The approval hash: the session's state and every option that decides money."""
    basis = [
        store.database, store.series, fingerprint(session), options.counted_cash, options.cash_policy, str(counted),
        options.max_cash_difference, sorted(options.bank_counted.items()), options.balancing_account, options.max_imbalance,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(basis).encode()).hexdigest()


def postings(
    session: Session,
    series: int,
    difference: Decimal,
    bank: Mapping[int, Decimal],
    forced: Optional[Decimal],
    options: CloseOptions,
) -> list[Posting]:
    """What the books will show: payments by method, differences, and what is forced."""
    names = {m.id: m.name for m in session.till.methods}
    taken = [(p.method_name, booked(p, series)) for p in session.payments]
    rows = [Posting("Payments by %s" % name, amount) for name, amount in taken if amount]
    if difference:
        rows.append(Posting("Cash difference (%s)" % ("loss" if difference < 0 else "profit"), difference))
    rows += [Posting("Difference of %s" % names.get(i, str(i)), amount) for i, amount in bank.items()]
    if forced is not None:
        rows.append(Posting("Forced imbalance on account %s" % options.balancing_account, forced))
    return rows


def steps(plan: Plan) -> list[str]:
    """The plan in sentences, in the order they will be carried out."""
    money, cash = plan.session.till.currency, plan.session.cash
    said = []
    if plan.cure_start is not None:
        said.append("Set the rescue session's opening to %s, as the last close left it." % money.text(plan.cure_start))
    if plan.counted is not None and cash is not None:
        how = "assumed to be what is expected" if plan.assumed else "counted"
        said.append(
            "Store %s %s as the drawer (%s; expected %s)."
            % (money.text(plan.counted), money.name, how, money.text(cash.expected))
        )
    said.append("Close session %s of till %s through Odoo's API." % (plan.session.name, plan.session.till.name))
    if plan.forced is not None:
        said.append(
            "Force the imbalance of %s %s onto account %s."
            % (money.text(plan.forced), money.name, plan.balancing_account)
        )
    said.append("Prove it in the books.")
    return said


def plan_facts(plan: Plan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    money, cash = plan.session.till.currency, plan.session.cash
    return {
        "session": {"id": plan.session.id, "name": plan.session.name},
        "till": {"id": plan.session.till.id, "name": plan.session.till.name},
        "hash": plan.hash,
        "steps": list(plan.steps),
        "counted": None if plan.counted is None else money.text(plan.counted),
        "assumed": plan.assumed,
        "expected": None if cash is None else money.text(cash.expected),
        "difference": money.text(plan.difference),
        "currency": money.name,
        "postings": [{"what": p.what, "amount": money.text(p.amount)} for p in plan.postings],
        "warnings": [finding_facts(f) for f in plan.warnings],
    }
