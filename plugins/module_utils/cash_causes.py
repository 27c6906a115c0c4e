# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be behind a drawer's difference, each with its amount. Pure functions; a new cause is one function and one entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from typing import Any, Callable, Optional

from .cash import Drawer, Move, Sums, Suspect, reason_of
from .diagnose_money import counts_drawer, stale
from .facts import moment
from .store import ZERO

#: Causes that have an amount of their own; the others are looked for by the amount of the difference.
OWN_AMOUNT = ("count_stale", "opening", "other_start", "move_without_reason", "duplicate_move", "unfinished_orders")
#: So close together that one thing may have been entered twice.
TWICE_SECONDS = 60


@dataclass(frozen=True)
class Cause:
    """``amount`` is what it would account for, in the direction of the difference; None where that cannot be told.
    ``explains``: it would account for all of the difference."""

    code: str
    amount: Optional[Decimal]
    explains: bool
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """A drawer and its sums. ``off`` is the difference, zero where nobody counted."""

    drawer: Drawer
    sums: Sums
    off: Decimal

    def money(self, amount: Decimal) -> str:
        currency = self.drawer.session.till.currency
        return "%s %s" % (currency.text(abs(amount)), currency.name)

    def cause(self, code: str, amount: Decimal, message: str, **evidence: Any) -> Cause:
        currency = self.drawer.session.till.currency
        explains = self.off != 0 and currency.is_zero(amount - self.off)
        tail = " That is the whole difference." if explains and code in OWN_AMOUNT else ""
        return Cause(code, currency.round(amount), explains, message + tail, evidence)

    @property
    def off_words(self) -> str:
        return "%s %s" % (self.money(self.off), "are missing" if self.off < 0 else "are too many")


def causes(drawer: Drawer, sums: Sums) -> list[Cause]:
    """The likely causes: those that explain all of the difference first, a move that nobody recorded last."""
    currency = drawer.session.till.currency
    off = ZERO if sums.counted is None else currency.round(sums.counted - sums.expected)
    look = Look(drawer, sums, off)
    found = [cause for check in CHECKS for cause in check(look)]
    return sorted(found, key=lambda c: (c.code == "move_missing", not c.explains))


def not_counted(look: Look) -> Iterator[Cause]:
    if look.sums.counted is None and counts_drawer(look.drawer.session, look.drawer.series):
        said = "Nobody counted the drawer yet: it should hold %s." % look.money(look.sums.expected)
        yield Cause("not_counted", None, False, said)


def count_stale(look: Look) -> Iterator[Cause]:
    """Cash that came or went after the count was stored."""
    cash = look.drawer.session.cash
    if cash is None or not stale(cash) or cash.counted_at is None:
        return
    moved = [m for m in look.drawer.moves if m.at is not None and m.at >= cash.counted_at]
    since = look.drawer.since + sum((m.amount for m in moved), ZERO)
    yield look.cause(
        "count_stale",
        -since,
        "The drawer was counted before its last cash: %s %s since. Count it again."
        % (look.money(since), "came in" if since >= 0 else "went out"),
        counted_at=moment(cash.counted_at),
        sold=look.drawer.session.till.currency.text(look.drawer.since),
        moves=[m.id for m in moved],
    )


def opening(look: Look) -> Iterator[Cause]:
    """The till was opened with another amount than the last closing left in it."""
    gap, last = look.sums.opening_difference, look.drawer.last
    if gap is None or last is None or look.drawer.session.till.currency.is_zero(gap):
        return
    yield look.cause(
        "opening",
        -gap,
        "The till was opened with %s, but its last closing (%s) counted %s: %s %s."
        % (look.money(look.sums.opening), last.name, look.money(last.counted), look.money(gap), "less" if gap < 0 else "more"),
        last_session=last.name,
        last_counted=look.drawer.session.till.currency.text(last.counted),
    )  # fmt: skip


def other_start(look: Look) -> Iterator[Cause]:
    """16 and 17 expect the last count of the till, whatever it was opened with, where no opening difference was booked."""
    if look.sums.unlisted and look.drawer.series in (16, 17):
        yield look.cause(
            "other_start",
            -look.sums.unlisted,
            "Odoo expects from what the till's last session counted, not from the %s it was opened with: %s %s."
            % (look.money(look.sums.opening), look.money(look.sums.unlisted), "more" if look.sums.unlisted > 0 else "less"),
        )  # fmt: skip


def real_moves(look: Look) -> list[Move]:
    return [m for m in look.drawer.moves if m is not look.sums.opening_move]


def no_reason(look: Look) -> Iterator[Cause]:
    """Money was put in or taken out, and nobody said why."""
    for move in real_moves(look):
        reason, _reference = reason_of(move, look.drawer.session, look.drawer.series)
        if not any(c.isalnum() for c in reason):
            yield look.cause(
                "move_without_reason",
                -move.amount,
                "%s %s without a reason%s." % (look.money(move.amount), way(move), by(move)),
                move=move.id,
                at=moment(move.at),
            )


def way(move: Move) -> str:
    return "were put in" if move.amount > 0 else "were taken out"


def by(move: Move) -> str:
    return " by %s" % move.by if move.by else ""


def duplicate_moves(look: Look) -> Iterator[Cause]:
    """The same amount moved twice within a minute. Two references are two moves."""
    for first, second in combinations(real_moves(look), 2):
        references = {reason_of(m, look.drawer.session, look.drawer.series)[1] for m in (first, second)}
        if first.amount == second.amount and near(first.at, second.at) and len(references - {None}) < 2:
            yield look.cause(
                "duplicate_move",
                -second.amount,
                "%s %s twice within a minute: was one move entered twice?" % (look.money(second.amount), way(second)),
                moves=[first.id, second.id],
            )


def near(first: Optional[datetime], second: Optional[datetime]) -> bool:
    return first is not None and second is not None and abs((second - first).total_seconds()) <= TWICE_SECONDS


def drawer_method(look: Look) -> Optional[int]:
    method = look.drawer.session.till.cash_method
    return None if method is None else method.id


def wrong_method(look: Look) -> Iterator[Cause]:
    """A sale as large as the difference: recorded as cash and paid otherwise, or the other way round."""
    cash = drawer_method(look)
    short = look.off < 0
    found = [s for s in look.drawer.suspects if (s.method_id == cash) is short and s.amount > 0 and look.off]
    if found:
        said = "recorded as cash and paid in another way" if short else "paid in cash and recorded in another way"
        text = "%s: was a sale of that amount %s (%s)?" % (look.off_words, said, named(found))
        yield look.cause("wrong_method", look.off, text, orders=evidence_of(look, found))


def twice_sold(look: Look) -> Iterator[Cause]:
    """Two cash payments as large as what is missing, within a minute."""
    cash = drawer_method(look)
    paid = [s for s in look.drawer.suspects if s.method_id == cash and s.amount > 0 and look.off < 0]
    for first, second in combinations(paid, 2):
        if first.amount == second.amount and near(first.at, second.at):
            yield look.cause(
                "duplicate_payment",
                -second.amount,
                "%s: was one sale entered twice (%s and %s, %s each within a minute)?"
                % (look.off_words, first.order, second.order, look.money(second.amount)),
                orders=evidence_of(look, [first, second]),
            )
            return


def given_back(look: Look) -> Iterator[Cause]:
    """Change or a return as large as the difference."""
    cash = drawer_method(look)
    found = [s for s in look.drawer.suspects if s.method_id == cash and s.amount < 0 and look.off]
    if found:
        said = "given back twice" if look.off < 0 else "never given back"
        what = "change" if all(s.change for s in found) else "money for a return"
        yield look.cause(
            "change_or_return",
            look.off,
            "%s: was %s of that amount %s (%s)?" % (look.off_words, what, said, named(found)),
            orders=evidence_of(look, found),
        )


def rounding(look: Look) -> Iterator[Cause]:
    """Cash rounding as large as the difference."""
    rounded = look.drawer.session.rounded
    if look.off and look.drawer.session.till.cash_rounding and abs(look.off) == abs(rounded):
        said = "%s, as much as was rounded off on cash payments altogether." % look.off_words
        yield look.cause("rounding", look.off, said)


def unfinished(look: Look) -> Iterator[Cause]:
    """Up to 18 Odoo expects the cash of orders that were never completed too."""
    cash, session = drawer_method(look), look.drawer.session
    paid = next((p for p in session.payments if p.method_id == cash), None)
    open_amount = ZERO if paid is None or look.drawer.series >= 19 else paid.amount - paid.captured
    if session.till.currency.is_zero(open_amount):
        return
    yield look.cause(
        "unfinished_orders",
        -open_amount,
        "%s of what is expected was paid on orders that were never completed." % look.money(open_amount),
        orders=[
            {"id": o.id, "name": o.name, "reference": o.reference}
            for o in session.suspects
            if o.state in ("draft", "cancel") and o.payments
        ],
    )


def missing_move(look: Look) -> Iterator[Cause]:
    """Always possible: nobody recorded a move of just that amount."""
    if look.off:
        said = "taken out" if look.off < 0 else "put in"
        yield look.cause(
            "move_missing",
            look.off,
            "%s: were %s %s without being recorded?" % (look.off_words, look.money(look.off), said),
            direction="out" if look.off < 0 else "in",
        )


def named(found: Sequence[Suspect]) -> str:
    """'Order 1 (Card), Order 2 (Card)', three at most."""
    names = ["%s (%s)" % (s.order, s.method) for s in found[:3]]
    return ", ".join(names) + (" and %d more" % (len(found) - 3) if len(found) > 3 else "")


def evidence_of(look: Look, found: Sequence[Suspect]) -> list[dict[str, Any]]:
    text = look.drawer.session.till.currency.text
    return [
        {"id": s.order_id, "name": s.order, "method": s.method, "amount": text(s.amount), "at": moment(s.at)}
        for s in found
    ]


CHECKS: tuple[Callable[[Look], Iterator[Cause]], ...] = (
    not_counted, count_stale, opening, other_start, no_reason, duplicate_moves, unfinished, wrong_method, twice_sold,
    given_back, rounding, missing_move,
)  # fmt: skip
