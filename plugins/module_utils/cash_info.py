# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_cash_info: the drawers of a store's open sessions, read in one snapshot and broken down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Optional

from . import queries_cash
from .arguments import DATABASE, SESSION
from .cash import Drawer, LastClosing, Move, Sums, Suspect, reason_of, sums_of
from .cash_causes import causes
from .database import Reader, snapshot
from .diagnose_money import counts_drawer, stale
from .errors import BadInput
from .facts import moment
from .reading import Selection, read
from .rows import clean, money, utc
from .schema import TABLES, Schema, read_schema
from .store import ZERO, Session

SPEC = DATABASE + SESSION
MOST_MOVES, MOST_SUSPECTS = 500, 20


def cash_info(params: Mapping[str, Any], _check_mode: bool = False, _diff: bool = False) -> dict[str, Any]:
    """Read and break down. Raises Unreachable, NotAStore, NotFound or BadInput."""
    session, till = (params.get("session") or "").strip(), (params.get("till") or "").strip()
    if session and till:
        raise BadInput("Give session or till, not both.")
    with snapshot(params, TABLES) as reader:
        schema = read_schema(reader)
        store = read(reader, schema, Selection(session=session or None, till=till or None))
        drawers = read_drawers(reader, schema, [s for s in store.sessions if not s.closed])
    facts = [drawer_facts(drawer) for drawer in drawers]
    return {"changed": False, "database": store.database, "drawers": [f for f in facts if f is not None]}


def read_drawers(reader: Reader, schema: Schema, sessions: Sequence[Session]) -> list[Drawer]:
    """The drawers of sessions, one each: two statements more in the snapshot that read them."""
    if not sessions:
        return []
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    parameters = {"sessions": [s.id for s in sessions], "most": MOST_MOVES + 1}
    for row in reader.rows("cash_moves", queries_cash.moves(schema), parameters):
        rows[row["session_id"]].append(row)
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in reader.rows("cash_suspects", queries_cash.suspects(schema), suspect_parameters(sessions)):
        found[row["session_id"]].append(row)
    return [build_drawer(schema.series, s, rows[s.id], found[s.id]) for s in sessions]


def suspect_parameters(sessions: Sequence[Session]) -> dict[str, Any]:
    """One entry of each list a session. An amount of 0 wants no payments, a method of 0 none since the count."""
    amounts: list[Decimal] = []
    counted_at, methods = [], []
    for session in sessions:
        cash, method = session.cash, session.till.cash_method
        off = ZERO if cash is None or cash.difference is None else session.till.currency.round(cash.difference)
        amounts.append(abs(off))
        methods.append(0 if method is None else method.id)
        at = None if cash is None or cash.counted is None else cash.counted_at
        counted_at.append(None if at is None else at.replace(tzinfo=None))
    return {
        "sessions": [s.id for s in sessions],
        "amounts": amounts,
        "methods": methods,
        "counted_at": counted_at,
        "most": MOST_SUSPECTS,
    }


def build_drawer(
    series: int, session: Session, moves: Sequence[Mapping[str, Any]], suspects: Sequence[Mapping[str, Any]]
) -> Drawer:
    """Rows of queries_cash.moves and queries_cash.suspects -> a drawer."""
    lines = [build_move(row) for row in moves if row["id"] is not None]
    first: Mapping[str, Any] = moves[0] if moves else {}
    last = None
    if first.get("last_id") is not None:
        counted = session.till.currency.round(money(first["last_counted"]))
        last = LastClosing(first["last_id"], clean(first["last_name"]), counted, utc(first["last_at"]))
    return Drawer(
        session=session,
        series=series,
        last=last,
        moves=tuple(lines[:MOST_MOVES]),
        suspects=tuple(build_suspect(row) for row in suspects if row["kind"] == "payment"),
        since=sum((money(row["amount"]) for row in suspects if row["kind"] == "since"), ZERO),
        complete=len(lines) <= MOST_MOVES,
    )


def build_move(row: Mapping[str, Any]) -> Move:
    text, login = clean(row["payment_ref"]), clean(row["login"]) or None
    return Move(row["id"], money(row["amount"]), text, utc(row["create_date"]), login)


def build_suspect(row: Mapping[str, Any]) -> Suspect:
    return Suspect(
        order_id=row["order_id"],
        order=order_name(row["order"], row["pos_reference"], row["order_id"]),
        method_id=row["method_id"],
        method=clean(row["method"]),
        amount=money(row["amount"]),
        at=utc(row["create_date"]),
        change=bool(row["is_change"]),
    )


def order_name(name: Any, reference: Any, ident: int) -> str:
    """What a shop calls an order: an unfinished one has no name yet."""
    named = (clean(text) for text in (name, reference))
    return next((text for text in named if text not in ("", "/")), "order %d" % ident)


def move_facts(move: Move, drawer: Drawer, sums: Sums) -> dict[str, Any]:
    """A cash move; its kind is in, out, or opening for the one that Odoo booked itself."""
    currency = drawer.session.till.currency
    reason, reference = reason_of(move, drawer.session, drawer.series)
    kind = "opening" if move is sums.opening_move else "in" if move.amount > 0 else "out"
    return {
        "id": move.id,
        "kind": kind,
        "amount": currency.text(move.amount),
        "reason": reason,
        "reference": reference,
        "at": moment(move.at),
        "by": move.by,
    }


def drawer_facts(drawer: Drawer) -> Optional[dict[str, Any]]:
    """The break-down of one session as plain JSON values; money is text, and under ``minor`` whole minor units."""
    sums, session = sums_of(drawer), drawer.session
    if sums is None or session.cash is None:
        return None
    currency, last = session.till.currency, drawer.last
    amounts: dict[str, Optional[Decimal]] = {
        "opening": sums.opening,
        "sales": sums.sales,
        "moves": sums.moves,
        "expected": sums.expected,
        "counted": sums.counted,
        "difference": None if sums.counted is None else sums.counted - sums.expected,
        "opening_difference": sums.opening_difference,
    }
    closing = None
    if last is not None:
        closing = {"id": last.id, "name": last.name, "counted": currency.text(last.counted), "at": moment(last.at)}
    return {
        "session": {"id": session.id, "name": session.name, "state": session.state, "rescue": session.rescue},
        "till": {"id": session.till.id, "name": session.till.name},
        "currency": {"name": currency.name, "decimals": currency.decimals},
        **{name: None if value is None else currency.text(value) for name, value in amounts.items()},
        "minor": {name: None if value is None else currency.minor(value) for name, value in amounts.items()},
        "counts": counts_drawer(session, drawer.series),
        "count_stale": stale(session.cash),
        "last_closing": closing,
        "cash_moves": [move_facts(m, drawer, sums) for m in drawer.moves],
        "cash_moves_complete": drawer.complete,
        "causes": [
            {
                "code": cause.code,
                "amount": None if cause.amount is None else currency.text(cause.amount),
                "explains": cause.explains,
                "message": cause.message,
                "evidence": dict(cause.evidence),
            }
            for cause in causes(drawer, sums)
        ],
    }
