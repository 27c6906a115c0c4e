# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cash move and a count, decided before anything is written, and their proof. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from .attempt import refused
from .cash import REFERENCE, Drawer, text_of
from .decisions import amount_of
from .diagnose_money import counts_drawer, drops_count, stale
from .errors import BadInput
from .proof import Check
from .store import ZERO, Cash, Currency, Session, Till

IN, OUT = "in", "out"
LONGEST_REASON = 200


@dataclass(frozen=True)
class Wish:
    """The move that a caller asks for. Money is still text: its decimals are checked against the till's currency."""

    direction: str
    amount: str
    reference: str
    reason: str
    max_amount: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Wish:
        """From module parameters. Raises BadInput."""
        wish = cls(
            params["direction"],
            *((params.get(name) or "").strip() for name in ("amount", "reference", "reason", "max_amount")),
        )
        if not REFERENCE.fullmatch(wish.reference):
            raise BadInput(
                "reference must be 1 to 60 letters, digits and . _ : / - beginning with a letter or digit, not %r."
                % wish.reference[:80]
            )
        if not any(c.isalnum() for c in wish.reason) or len(wish.reason) > LONGEST_REASON:
            raise BadInput("reason must say why, in at most %d characters." % LONGEST_REASON)
        if not wish.reason.isprintable():
            raise BadInput("reason must be one line of plain text, without control characters.")
        return wish

    def signed(self, money: Currency) -> Decimal:
        """The amount, below zero for money that is taken out. Raises BadInput, or Refused above max_amount."""
        amount = amount_of(self.amount, money, "amount")
        if not amount:
            raise BadInput("amount must be more than 0, such as 25.00.")
        most = amount_of(self.max_amount, money, "max_amount")
        if most is not None and amount > most:
            raise refused(
                "%s %s are more than max_amount allows (%s): have the amount approved, then raise max_amount."
                % (money.text(amount), money.name, money.text(most))
            )
        return amount if self.direction == IN else -amount


@dataclass(frozen=True)
class Booked:
    """A cash move of the till that carries the reference."""

    id: int
    amount: Decimal
    journal_id: int
    session_id: int
    session: str
    at: Optional[datetime]


def recorded(booked: Sequence[Booked], signed: Decimal, reference: str, till: Till) -> Optional[Booked]:
    """The one move that is already there, None where there is none. Raises Refused where it is another one, or more than one."""
    money = till.currency
    if not booked:
        return None
    if len(booked) > 1:
        raise refused(
            "Reference %s is on %d cash moves of till %s (%s) already: an accountant must reverse what is too many."
            % (reference, len(booked), till.name, ", ".join("%s in %s" % (money.text(b.amount), b.session) for b in booked))
        )  # fmt: skip
    (one,) = booked
    if not money.is_zero(one.amount - signed):
        raise refused(
            "Reference %s is recorded in session %s of till %s with %s, not %s: give this move a reference of its own, or correct "
            "the amount." % (reference, one.session, till.name, money.text(one.amount), money.text(signed))
        )
    return one


def require_drawer(session: Optional[Session], till: Till, series: int, what: str) -> tuple[Session, Cash]:
    """The open session and the drawer that a move or a count belongs to. Raises Refused."""
    why = None
    if session is None:
        why = "till %s has no open session: open it first" % till.name
    elif session.closed:
        why = "session %s is closed, and its drawer is settled: an accountant books it" % session.name
    elif session.state == "opening_control":
        why = "till %s waits for its opening count: count and open it first" % till.name
    elif session.rescue and series >= 15:
        why = (
            "session %s is a rescue session, whose cash Odoo counts by itself: use the till's next session"
            % session.name
        )
    elif session.cash is None:
        why = "till %s has no drawer that Odoo counts" % till.name
    elif not counts_drawer(session, series):
        why = "till %s has cash control switched off, so Odoo counts no drawer there" % till.name
    elif session.cash.register_state not in (None, "open"):
        why = "the cash statement of session %s is %s: have it reset to new" % (
            session.name,
            session.cash.register_state,
        )
    if why is not None or session is None or session.cash is None:
        raise refused("%s was not recorded: %s." % (what, why))
    return session, session.cash


@dataclass(frozen=True)
class MovePlan:
    """One move, decided."""

    session: Session
    series: int
    wish: Wish
    signed: Decimal
    expected: Decimal
    counted: Optional[Decimal]

    @property
    def text(self) -> str:
        """What Odoo is given as the reason."""
        return text_of(self.wish.reason, self.wish.reference)

    @property
    def drops_count(self) -> bool:
        """Whether the stored count goes, because it is older than the last cash and would look new (handshake.shake_hands)."""
        return drops_count(self.session, self.series)

    @property
    def warnings(self) -> list[str]:
        if self.counted is None:
            return []
        counted = self.session.till.currency.text(self.counted)
        if self.drops_count:
            return [
                "The stored count of %s is older than the last cash and is dropped: count the drawer again." % counted
            ]
        return [
            "The stored count of %s was made before this move is recorded: count the drawer again, or store the same count "
            "again, before the close." % counted
        ]


def plan_facts(plan: MovePlan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    session, money = plan.session, plan.session.till.currency
    after = plan.expected + plan.signed
    verb = "Put %s %s into" if plan.signed > 0 else "Take %s %s out of"
    return {
        "session": {"id": session.id, "name": session.name},
        "till": {"id": session.till.id, "name": session.till.name},
        "steps": [
            "Find no cash move of till %s with reference %s." % (session.till.name, plan.wish.reference),
            (verb + " the drawer of session %s through Odoo's API: %s.")
            % (money.text(abs(plan.signed)), money.name, session.name, plan.text),
            "Prove that it is there once, and that %s %s are expected then." % (money.text(after), money.name),
        ],
        "amount": money.text(plan.signed),
        "reference": plan.wish.reference,
        "reason": plan.wish.reason,
        "currency": money.name,
        "expected": {"before": money.text(plan.expected), "after": money.text(after)},
        "difference": None
        if plan.counted is None
        else {
            "before": money.text(plan.counted - plan.expected),
            "after": None if plan.drops_count else money.text(plan.counted - after),
        },
        "warnings": plan.warnings,
    }


def prove_recorded(booked: Sequence[Booked], signed: Decimal, money: Currency) -> list[Check]:
    """That the move is there once, with its amount."""
    amounts = ", ".join(money.text(b.amount) for b in booked) or "nothing"
    return [
        Check("one cash move has the reference", len(booked) == 1, "%d found" % len(booked)),
        Check(
            "its amount is the one that was given",
            bool(booked) and all(money.is_zero(b.amount - signed) for b in booked),
            "recorded %s, given %s" % (amounts, money.text(signed)),
        ),
    ]


def prove_move(plan: MovePlan, booked: Sequence[Booked], before: Drawer, after: Drawer) -> list[Check]:
    """That, in the drawer of the session that was meant, and that what is expected moved by exactly this amount; what the
    till sold and moved meanwhile is allowed for."""
    session, money = after.session, plan.session.till.currency
    old, new = before.session.cash, session.cash
    places = {(b.session_id, b.journal_id) for b in booked}
    checks = [
        *prove_recorded(booked, plan.signed, money),
        Check(
            "it is in this session's drawer",
            new is not None and places == {(session.id, new.journal_id)},
            ", ".join("session %s, journal %d" % (b.session, b.journal_id) for b in booked) or "nowhere",
        ),
    ]
    if session.closed:
        said = "it is closed now, and its close may have booked the same money as a difference: compare both"
        return [*checks, Check("the session is still open", False, said)]
    if old is None or new is None:
        return checks
    known = {m.id for m in before.moves} | {b.id for b in booked}
    others = sum((m.amount for m in after.moves if m.id not in known), ZERO) if after.complete else ZERO
    meanwhile = new.sales - old.sales + others
    said = "expected %s, then %s" % (money.text(old.expected), money.text(new.expected))
    if meanwhile:
        said += ", of which the till itself moved %s" % money.text(meanwhile)
    off = new.expected - old.expected - meanwhile - plan.signed
    return [*checks, Check("what is expected moved by exactly this amount", money.is_zero(off), said)]


def already_counted(cash: Cash, counted: Decimal) -> bool:
    """Whether this very count is stored, and no cash came or went since."""
    return cash.counted == counted and not stale(cash)


def require_count(session: Session, cash: Cash, counted: Decimal) -> None:
    """Raises Refused for a zero that Odoo would not tell from no count."""
    if counted == 0 and not session.till.currency.is_zero(cash.expected):
        raise refused(
            "A count of 0 was not stored: Odoo does not tell it from none. Give it to the close itself, as counted_cash."
        )


def count_facts(session: Session, cash: Cash, counted: Decimal) -> dict[str, Any]:
    """The plan of a count as plain JSON values."""
    money = session.till.currency
    steps = ["Store %s %s as the count of session %s through Odoo's API (expected %s)."
             % (money.text(counted), money.name, session.name, money.text(cash.expected))]  # fmt: skip
    if cash.counted is not None:
        age = "which is older than the last cash" if stale(cash) else "which was stored before"
        steps.append("It takes the place of %s, %s." % (money.text(cash.counted), age))
    steps.append("Leave the session %s, and see the count in PostgreSQL." % session.state)
    return {
        "session": {"id": session.id, "name": session.name},
        "till": {"id": session.till.id, "name": session.till.name},
        "steps": steps,
        "counted": money.text(counted),
        "expected": money.text(cash.expected),
        "difference": money.text(counted - cash.expected),
        "currency": money.name,
    }


def prove_count(before: Session, after: Session, counted: Decimal) -> list[Check]:
    """The count is stored, fresh, and the session is otherwise as it was."""
    cash, money = after.cash, after.till.currency
    stored = None if cash is None else cash.counted
    if stored is None and cash is not None and counted == 0 and money.is_zero(cash.expected):
        stored = ZERO
    said = "none" if stored is None else money.text(stored)
    return [
        Check(
            "the count is stored",
            stored is not None and money.is_zero(stored - counted),
            "stored %s, given %s" % (said, money.text(counted)),
        ),
        Check(
            "no cash came or went since",
            cash is not None and not stale(cash),
            "last cash %s"
            % ("never" if cash is None or cash.moved_at is None else cash.moved_at.strftime("%H:%M:%S UTC")),
        ),
        Check(
            "the session stays as it was",
            (after.state, after.stopped_at) == (before.state, before.stopped_at),
            "state %s" % after.state,
        ),
    ]


def broken(checks: Sequence[Check]) -> str:
    """What does not hold, in words; empty where everything holds."""
    return "; ".join("%s: %s" % (c.check, c.detail) for c in checks if not c.held)
