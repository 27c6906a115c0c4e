# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A session's orders as PostgreSQL shows them, before and after: what is pending, and that nothing else changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional

from . import queries_orders
from .database import Reader, snapshot
from .orders import Decision, Pending, resolved
from .proof import Check
from .reading import id_or_name
from .rows import clean, money, utc
from .schema import Schema
from .store import ZERO, Currency


@dataclass(frozen=True)
class Standing:
    """One order in one line, and its payments: what must not change where nothing was to be done to it."""

    standing: str
    number: int
    amount: Decimal
    payments: str


def build_pending(row: Mapping[str, Any]) -> Pending:
    return Pending(
        id=row["id"],
        name=clean(row["name"]),
        reference=clean(row["reference"]) or None,
        state=row["state"],
        session_id=row["session_id"],
        session_name=clean(row["session_name"]) or None,
        amount=money(row["amount"]),
        paid=money(row["paid"]),
        payments=row["payments"],
        lines=row["lines"],
        unconfirmed=row["unconfirmed"],
        transactions=row["transactions"],
        invoiced=row["invoiced"],
        to_invoice=row["to_invoice"],
        picked=row["picked"],
        created_at=utc(row["created_at"]),
        touched_at=utc(row["touched_at"]),
        preset_at=utc(row["preset_at"]),
        date_order=utc(row["date_order"]),
        step=None if row["step"] is None else money(row["step"]),
        step_how=row["step_how"],
    )


@dataclass(frozen=True)
class Ledger:
    """The orders of one session at one moment. ``online``: whether online payments are known to this Odoo."""

    pending: tuple[Pending, ...]
    standings: Mapping[int, Standing]
    online: bool


def read_ledger(reader: Reader, schema: Schema, session_id: int, ids: Iterable[int] = ()) -> Ledger:
    """Three statements in the snapshot that reads the session. ``ids`` are orders that are read wherever they are."""
    online = bool(reader.rows("online_payments", queries_orders.ONLINE)[0]["online"])
    values = {"session": session_id, "ids": list(ids)}
    rows = reader.rows("pending_orders", queries_orders.orders(schema, online), values)
    standings = {
        row["id"]: Standing(row["standing"], row["number"], money(row["amount"]), row["payments"])
        for row in reader.rows("order_ledger", queries_orders.LEDGER, values)
    }
    return Ledger(tuple(build_pending(row) for row in rows), standings, online)


def read_named(reader: Reader, schema: Schema, online: bool, names: Sequence[str]) -> dict[str, list[Pending]]:
    """Every order that carries one of the ids or references that were given, wherever it is; an empty list for none."""
    if not names:
        return {}
    ids = [number for number, _text in map(id_or_name, names) if number is not None]
    texts = [text for _number, text in map(id_or_name, names) if text is not None]
    hits = reader.rows("named_orders", queries_orders.NAMED, {"ids": ids, "names": texts})
    values = {"session": 0, "ids": [row["id"] for row in hits]}
    orders = {
        row["id"]: build_pending(row)
        for row in reader.rows("pending_orders", queries_orders.orders(schema, online), values)
    }
    return {
        name: [orders[r["id"]] for r in hits if id_or_name(name)[0] == r["id"] or name in (r["reference"], r["name"])]
        for name in names
    }


@dataclass
class OrderWatch:
    """Looks at single orders while Odoo is asked to change them. Every look is a transaction of its own."""

    options: Mapping[str, Any]
    schema: Schema
    online: bool
    sleep: Callable[[float], None] = field(default=time.sleep)

    def pause(self) -> None:
        self.sleep(0.5)

    def order(self, order_id: int) -> Optional[Pending]:
        """The order as it stands now; None when it is gone. Raises Unreachable."""
        with snapshot(self.options) as reader:
            text = queries_orders.orders(self.schema, self.online)
            rows = reader.rows("pending_orders", text, {"session": 0, "ids": [order_id]})
        return build_pending(rows[0]) if rows else None


def prove(done: Sequence[Decision], before: Ledger, after: Ledger, currency: Currency) -> list[Check]:
    """Each order stands as planned, no payment changed, and no other order of the session either.

    Orders that came in meanwhile are not looked at: a till that sells again is no fault of this.
    """
    now = {order.id: order for order in after.pending}
    checks = [standing_as_planned(one, now.get(one.order.id)) for one in done]
    return [*checks, payments_kept(before, after, currency), others_kept(done, before, after)]


def standing_as_planned(decision: Decision, now: Optional[Pending]) -> Check:
    order, action = decision.order, str(decision.action)
    if now is None:
        found = "gone"
    elif now.session_id is None:
        found = "%s, in no session" % now.state
    else:
        found = "%s with %d payment(s)" % (now.state, now.payments)
    return Check("order %s: %s" % (order.label, action), resolved(action, order, now), found)


def payments_kept(before: Ledger, after: Ledger, currency: Currency) -> Check:
    """Every payment of every order that was there is still there, by id, method and amount."""

    def side(ledger: Ledger) -> tuple[int, Decimal]:
        rows = [ledger.standings[i] for i in before.standings if i in ledger.standings]
        return sum(row.number for row in rows), sum((row.amount for row in rows), ZERO)

    held = all(
        row.payments == (after.standings[i].payments if i in after.standings else "")
        for i, row in before.standings.items()
    )
    detail = "%d payment(s), %s before; %d, %s after" % (
        side(before)[0],
        currency.text(side(before)[1]),
        side(after)[0],
        currency.text(side(after)[1]),
    )
    return Check("the session's payments are the same", held, detail)


def others_kept(done: Sequence[Decision], before: Ledger, after: Ledger) -> Check:
    ours = {one.order.id for one in done}
    others = {i: row for i, row in before.standings.items() if i not in ours}
    changed = [i for i, row in others.items() if after.standings.get(i) != row]
    shown = ", ".join(str(i) for i in changed[:5])
    detail = "%d other order(s)%s" % (len(others), ", changed: %s" % shown if changed else ", none changed")
    return Check("no other order of the session changed", not changed, detail)
