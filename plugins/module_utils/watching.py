# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at one session in PostgreSQL while Odoo is asked to change it. Every look is a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional

from . import queries_books, queries_reset
from .database import Looks, Reader, snapshot
from .errors import NotFound
from .rows import clean, money, utc
from .schema import Schema
from .store import Session

MOST_MOVES = 60
QUIET_SECONDS = 5
LONGER_THAN_A_SALE = 1.0


@dataclass(frozen=True)
class Ledger:
    """What the books hold for a session: see queries_books.drawer and bank_differences. Amounts in the till's currency."""

    drawer_total: Decimal
    drawer_difference: Decimal
    unposted: int
    bank_differences: Mapping[int, Decimal]

    @classmethod
    def nothing(cls) -> Ledger:
        """Where only the entry is to be proven."""
        return cls(Decimal(0), Decimal(0), 0, {})


@dataclass
class Watch:
    """Looks at one session. ``options`` are the connection options, ``schema`` what the store's Odoo is.

    ``looks``: a connection for all of them; without it each has its own.
    """

    options: Mapping[str, Any]
    schema: Schema
    session_id: int
    sleep: Callable[[float], None] = field(default=time.sleep)
    looks: Optional[Looks] = None

    def look(self) -> AbstractContextManager[Reader]:
        """One transaction. Raises Unreachable."""
        return snapshot(self.options) if self.looks is None else self.looks.snapshot()

    def row(self) -> dict[str, Any]:
        """The session's state, stop_at, count, opening and notes as they stand now. Raises Unreachable."""
        with self.look() as reader:
            rows = reader.rows("session_row", queries_books.session_row(self.schema), {"session": self.session_id})
        if not rows:
            raise NotFound("Session %d is gone from %s: somebody deleted it." % (self.session_id, self.schema.database))
        row = rows[0]
        row["stop_at"] = utc(row["stop_at"])
        return row

    def sales(self, has_drawer: bool) -> tuple[int, Decimal, int]:
        """Number of orders, sum of payments, and number of cash moves (0 without a drawer) of the session so far."""
        with self.look() as reader:
            row = reader.rows("sales", queries_books.sales(self.schema), {"session": self.session_id})[0]
        return row["orders"], money(row["paid"]), row["moves"] if has_drawer else 0

    def writers(self) -> set[str]:
        """Transactions that write to sessions or the journal right now."""
        with self.look() as reader:
            return {row["writer"] for row in reader.rows("writers", queries_books.WRITERS)}

    def quiet(self, seconds: float) -> bool:
        """Wait for a moment in which nobody writes to sessions or the journal; whether it came in time."""
        deadline = time.monotonic() + seconds
        while self.writers():
            if time.monotonic() >= deadline:
                return False
            self.sleep(0.05)
        return True

    def under_way(self) -> dict[str, bool]:
        """The store's transactions that have not ended, but for backups, and whether each of them sells."""
        with self.look() as reader:
            return {row["one"]: row["sells"] for row in reader.rows("under_way", queries_reset.UNDER_WAY)}

    def outlast(self, seconds: float, seconds_for_sales: float) -> bool:
        """Wait until the transactions have ended that are under way now, which see the store as it was: ``seconds`` for those
        that do anything, ``seconds_for_sales`` for those that sell. Returns whether every sale among them has ended."""
        begun = time.monotonic()
        now = self.under_way()
        seen = set(now)
        while seen:
            sells = any(now[one] for one in seen)
            if time.monotonic() - begun >= (seconds_for_sales if sells else seconds):
                return not sells
            self.sleep(0.05)
            now = self.under_way()
            seen &= set(now)
        return True

    def at_sessions(self) -> set[str]:
        """The store's transactions that have looked at sessions and have not ended."""
        with self.look() as reader:
            return {row["one"] for row in reader.rows("at_sessions", queries_books.AT_SESSIONS)}

    def earlier_close(self, seconds: float) -> Optional[bool]:
        """Wait for what may be an earlier close that Odoo still works on: a transaction that looks at sessions for longer than
        an instant. None: there was none; True: it has ended; False: it had not after ``seconds``."""
        deadline = time.monotonic() + seconds
        seen = self.at_sessions()
        if seen:
            self.sleep(LONGER_THAN_A_SALE)
            seen &= self.at_sessions()
        if not seen:
            return None
        while seen and time.monotonic() < deadline:
            self.sleep(0.5)
            seen &= self.at_sessions()
        return not seen

    def settle(self, seconds: int, orders: int) -> tuple[str, bool]:
        """Wait until the session is closed, or until nobody has been writing for a while.

        A sale writes for an instant, a close for as long as it takes: a transaction that is seen twice in a row may be ours.
        A request may also have been sent and not begun yet, and a large close reads long before it writes, so quiet has to
        last, the longer the more orders there are. Returns (state, whether it settled).
        """
        deadline = time.monotonic() + seconds
        seen, quiet_since = self.writers(), time.monotonic()
        while True:
            state = str(self.row()["state"])
            if state == "closed":
                return state, True
            writing = self.writers()
            if seen & writing:
                quiet_since = time.monotonic()
            seen = writing
            if time.monotonic() - quiet_since >= QUIET_SECONDS + orders / 100:
                return state, True
            if time.monotonic() >= deadline:
                return state, False
            self.sleep(0.5)


def read_ledger(reader: Reader, schema: Schema, session: Session) -> Ledger:
    """Two statements more in the snapshot that read the session."""
    drawer = {"total": 0, "difference": 0, "unposted": 0}
    if session.cash is not None:
        drawer = reader.rows(
            "drawer", queries_books.drawer(schema), {"session": session.id, "journal": session.cash.journal_id}
        )[0]
    banks: list[dict[str, Any]] = []
    if schema.has("account_payment", "pos_session_id"):
        banks = reader.rows("bank_differences", queries_books.bank_differences(schema), {"session": session.id})
    return Ledger(
        drawer_total=money(drawer["total"]),
        drawer_difference=money(drawer["difference"]),
        unposted=drawer["unposted"],
        bank_differences={row["method_id"]: money(row["difference"]) for row in banks},
    )


def read_entries(reader: Reader, schema: Schema, session: Session) -> list[dict[str, Any]]:
    """The session's moves with their lines as plain JSON values; money is text in the company's currency."""
    moves: dict[int, dict[str, Any]] = {}
    parameters = {"session": session.id, "most": MOST_MOVES}
    for row in reader.rows("entries", queries_books.entries(schema), parameters):
        move = moves.setdefault(
            row["id"],
            {
                "id": row["id"],
                "name": clean(row["name"]),
                "ref": clean(row["ref"]),
                "journal": clean(row["journal"]),
                "date": row["date"].isoformat(),
                "state": row["state"],
                "lines": [],
            },
        )
        if row["debit"] is not None:
            move["lines"].append(
                {
                    "account": clean(row["account"]),
                    "label": clean(row["label"]),
                    "debit": format(money(row["debit"]), "f"),
                    "credit": format(money(row["credit"]), "f"),
                }
            )
    return list(moves.values())
