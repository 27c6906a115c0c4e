# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a drawer should hold, piece by piece. Pure functions.

opening + sales + moves = expected, and counted - expected = difference, on every series: what Odoo keeps as a move of its own
when a till is opened (15 to 17) belongs to the opening here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Optional

from .store import ZERO, Cash, Session

# A reference is the last thing in a move's text, in brackets, so that 17 is found neither in 2017 nor in POS/00017.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,59}", re.ASCII)
MARKED = re.compile(r"^(?P<reason>.*?) ?\[(?P<reference>%s)\]$" % REFERENCE.pattern, re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Move:
    """One line of the drawer's statement. ``text`` is what Odoo keeps as payment_ref; below zero was taken out."""

    id: int
    amount: Decimal
    text: str
    at: Optional[datetime]
    by: Optional[str]


@dataclass(frozen=True)
class LastClosing:
    """How the session before left the drawer."""

    id: int
    name: str
    counted: Decimal
    at: Optional[datetime]


@dataclass(frozen=True)
class Suspect:
    """A payment as large as the difference."""

    order_id: int
    order: str
    method_id: int
    method: str
    amount: Decimal
    at: Optional[datetime]
    change: bool


@dataclass(frozen=True)
class Drawer:
    """A session with all that the break-down looks at. ``since`` is what was sold for cash after the count was stored;
    ``complete`` whether ``moves`` are all of them."""

    session: Session
    series: int
    last: Optional[LastClosing]
    moves: tuple[Move, ...]
    suspects: tuple[Suspect, ...]
    since: Decimal = ZERO
    complete: bool = True


@dataclass(frozen=True)
class Sums:
    """The sums of a drawer in the till's currency. ``opening_move`` is what Odoo itself booked at the opening (15 to 17);
    ``unlisted`` what is in ``moves`` and in no line: Odoo 16 and 17 start from the last count, not from the opening."""

    opening: Decimal
    sales: Decimal
    moves: Decimal
    expected: Decimal
    counted: Optional[Decimal]
    opening_move: Optional[Move]
    opening_difference: Optional[Decimal]
    unlisted: Decimal

    @property
    def difference(self) -> Optional[Decimal]:
        return None if self.counted is None else self.counted - self.expected


def mark(reference: str) -> str:
    """How a move's text ends when it carries the reference."""
    return "[%s]" % reference


def text_of(reason: str, reference: str) -> str:
    """The reason as it is given to Odoo."""
    return "%s %s" % (reason, mark(reference))


def reason_of(move: Move, session: Session, series: int) -> tuple[str, Optional[str]]:
    """(reason, reference) out of a move's text: 16 to 19 put the session and the translated type in front of it."""
    text = move.text
    if series >= 16 and text.startswith(session.name + "-"):
        text = text[len(session.name) + 1 :].partition("-")[2]
    found = MARKED.match(text)
    return (found["reason"], found["reference"]) if found else (text, None)


def opening_move(cash: Cash, session: Session, series: int, moves: Sequence[Move]) -> Optional[Move]:
    """The line that Odoo booked because the till was opened with another amount than the last closing left.

    15 names the session at its end (pos_session._post_statement_difference), 16 and 17 book start minus the last count.
    """
    if not moves or series not in (15, 16, 17):
        return None
    first = moves[0]
    if series == 15:
        named = first.text.endswith(" " + session.name)
        return first if named else None
    gap = session.till.currency.round(cash.start - (cash.previous_counted or ZERO))
    same = gap != 0 and session.till.currency.round(first.amount) == gap
    return first if same and not first.text.startswith(session.name + "-") else None


def sums_of(drawer: Drawer) -> Optional[Sums]:
    """The sums of a session's drawer; None where the session has none."""
    session, cash = drawer.session, drawer.session.cash
    if cash is None:
        return None
    booked = opening_move(cash, session, drawer.series, drawer.moves)
    extra = booked.amount if booked is not None and drawer.series == 15 else ZERO
    opening, moves = cash.opening + extra, cash.moves - extra
    listed = sum((m.amount for m in drawer.moves if m is not booked), ZERO)
    return Sums(
        opening=opening,
        sales=cash.sales,
        moves=moves,
        expected=cash.expected,
        counted=cash.counted,
        opening_move=booked,
        opening_difference=None if drawer.last is None else opening - drawer.last.counted,
        unlisted=session.till.currency.round(moves - listed) if drawer.complete else ZERO,
    )
