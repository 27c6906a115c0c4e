# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a store: eight statements in one snapshot, and their rows turned into dataclasses."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from . import queries, queries_around, queries_books, queries_sales
from .database import Reader, snapshot
from .errors import BadInput, NotFound
from .forced_lines import FORCED_HEX
from .rows import DIFFERENCE, POSTED_TO, build_books, build_session, build_tills, clean
from .schema import TABLES, Schema, read_schema
from .store import OPEN_STATES, Observation, Store, Till

MOST_SUSPECTS = 200
MOST_DAYS = 36500
CLOSED = "closed"
# Of what ``queries_around.platform`` finds, what is said of the database itself.
OBSERVED = ("lock_wait", "long_transaction", "bloat", "lock_date")


@dataclass(frozen=True)
class Selection:
    """Which sessions to read. ``session`` and ``till``: digits are an id, else a name. ``closed_days``: how far back to look.
    ``openers``: whether also who opened them, which takes a twentieth of a reading."""

    session: Optional[str] = None
    till: Optional[str] = None
    states: tuple[str, ...] = OPEN_STATES
    closed_days: int = 7
    openers: bool = True

    def __post_init__(self) -> None:
        """Raises BadInput."""
        if not 0 <= self.closed_days <= MOST_DAYS:
            raise BadInput("closed_days is a number from 0 to %d; %d is not." % (MOST_DAYS, self.closed_days))

    def parameters(self, read_at: datetime) -> dict[str, Any]:
        """The bound values of every statement that selects."""
        session_id, session_name = id_or_name(self.session)
        till_id, till_name = id_or_name(self.till)
        return {
            "session_id": session_id,
            "session_name": session_name,
            "till_id": till_id,
            "till_name": till_name,
            "states": list(self.states),
            "since": (read_at - timedelta(days=self.closed_days)).replace(tzinfo=None),
            "forced": FORCED_HEX,
            "most": MOST_SUSPECTS,
        }


@dataclass
class Reading:
    """A store and how it was read."""

    store: Store
    statements: list[str] = field(default_factory=list)
    read_ms: int = 0


def id_or_name(text: Optional[str]) -> tuple[Optional[int], Optional[str]]:
    """Digits are an id (PostgreSQL's integer at most), anything else a name."""
    if text is None:
        return None, None
    if text.isascii() and text.isdigit() and int(text) < 2**31:
        return int(text), None
    return None, text


def read_store(options: Mapping[str, Any], selection: Selection) -> Reading:
    """Read one store. Raises Unreachable, NotAStore or NotFound; every error is one sentence."""
    started = datetime.now(timezone.utc)
    with snapshot(options, TABLES) as reader:
        schema = read_schema(reader)
        store = read(reader, schema, selection)
        statements = list(reader.statements)
    elapsed = datetime.now(timezone.utc) - started
    return Reading(store, statements, int(elapsed.total_seconds() * 1000))


def read(reader: Reader, schema: Schema, selection: Selection) -> Store:
    """The six statements after the schema. Raises NotFound for a session or till that is not there or not unique."""
    parameters = selection.parameters(schema.read_at)
    text = queries_books.books(schema, named=selection.session is not None)
    books = {row["id"]: row for row in reader.rows("books", text, parameters)}
    wanted = wanted_closed(selection, books)
    rows = reader.rows("sessions", queries.sessions(schema), {**parameters, "also": wanted})
    parameters["sessions"] = [row["id"] for row in rows]
    parameters["tills"] = sorted({row["till_id"] for row in rows})
    till_id, till_name = parameters["till_id"], parameters["till_name"]
    if selection.session is not None:
        till_id, till_name = rows[0]["till_id"] if rows else 0, None
    pairs = reader.rows("tills", queries_around.tills(schema), parameters)
    around = read_around(reader, schema, selection, rows, pairs)
    tills = build_tills(schema.series, pairs, around.archived, till_id, till_name)
    require_found(selection, rows, tills, schema.database)
    parameters["weighing"] = weighing([(row, tills[row["till_id"]]) for row in rows])
    parameters["unbooked"] = list(around.unbooked)
    orders: dict[int, list[dict[str, Any]]] = defaultdict(list)
    payments: dict[int, list[dict[str, Any]]] = defaultdict(list)
    # Most of a night's stores have no session left to read of.
    if rows:
        for row in reader.rows("orders", queries_sales.orders(schema), parameters):
            orders[row["session_id"]].append(row)
        for row in reader.rows("payments", queries_sales.payments(schema), parameters):
            payments[row["session_id"]].append(row)
    sessions = tuple(
        build_session(
            schema.series,
            row,
            tills[row["till_id"]],
            around.openers.get(row["user_id"], {}),
            orders[row["id"]],
            payments[row["id"]],
            named_taxes(orders[row["id"]], around.unbooked),
            build_books(books[row["id"]]) if row["state"] == CLOSED else None,
        )
        for row in rows
    )
    return Store(
        database=schema.database,
        series=schema.series,
        version=clean(schema.version),
        standby=schema.standby,
        read_at=schema.read_at,
        fiscal_modules=tuple(clean(name) for name in schema.fiscal_modules),
        customised_by=around.customised_by,
        sessions=sessions,
        tills=tuple(tills.values()),
        observations=around.observations,
    )


@dataclass(frozen=True)
class Around:
    """What stands around the sessions: archived accounts, taxes without an account and who opened, each by id, and the rest."""

    archived: Mapping[int, dict[str, Any]]
    unbooked: Mapping[int, str]
    openers: Mapping[int, dict[str, Any]]
    customised_by: tuple[str, ...]
    observations: tuple[Observation, ...]


def read_around(
    reader: Reader, schema: Schema, selection: Selection, sessions: list[dict[str, Any]], pairs: list[dict[str, Any]]
) -> Around:
    """The statement ``platform``, of these sessions and these tills with their methods."""
    users = sorted({row["user_id"] for row in sessions if row["user_id"] is not None}) if selection.openers else []
    # What is named so is about Point of Sale whatever it depends on.
    named = {i for i, name in schema.foreign_modules.items() if name.startswith("pos_")}
    others = [i for i in schema.foreign_modules if i not in named]
    accounts = {row[name] for row in pairs for name in (*POSTED_TO, *DIFFERENCE) if row[name] is not None}
    parameters = {"accounts": sorted(accounts), "users": users, "modules": others}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in reader.rows("platform", queries_around.platform(schema, bool(users), bool(others)), parameters):
        found[row["kind"]].append(row)
    on_pos = named | {row["id"] for row in found["on_pos"]}
    return Around(
        archived={row["id"]: row for row in found["archived_account"]},
        unbooked={row["id"]: clean(row["name"]) for row in found["tax_no_account"]},
        openers={row["id"]: row for row in found["opener"]},
        customised_by=tuple(sorted(clean(schema.foreign_modules[i]) for i in on_pos)),
        observations=tuple(
            Observation(kind, row["id"], clean(row["name"]), row["amount"], clean(row["detail"]))
            for kind in OBSERVED
            for row in found[kind]
        ),
    )


def weighing(sessions: list[tuple[Mapping[str, Any], Till]]) -> str:
    """By what the orders of each session are weighed: the JSON that ``queries_sales.orders`` is bound to, amounts as text.

    One text, because psycopg2 takes a third of a millisecond to write down the values of twenty sessions one by one.
    """
    return json.dumps(
        [
            {
                "id": row["id"],
                "weighed": row["state"] != CLOSED,
                "cash_rounding": till.cash_rounding,
                "rounding": str(till.currency.rounding),
                "digits": till.currency.decimals,
                "globally": till.taxes_globally,
                "includes": till.taxes_included,
            }
            for row, till in sessions
        ]
    )


def named_taxes(order_rows: list[dict[str, Any]], names: Mapping[int, str]) -> tuple[str, ...]:
    """The names of the taxes found in a session's orders, which say them by order and line."""
    found: list[list[list[int]]] = (order_rows[0]["unbooked"] or []) if order_rows else []
    return tuple(sorted({names[tax] for lines in found for taxes in lines for tax in taxes}))


def wanted_closed(selection: Selection, books: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """Closed sessions to read in full: the one asked for, else those whose books do not hold."""
    session_id, name = id_or_name(selection.session)
    if selection.session is None:
        return list(books)
    return [i for i, row in books.items() if i == session_id or row["name"] == name]


def require_found(selection: Selection, rows: list[dict[str, Any]], tills: Mapping[int, Till], database: str) -> None:
    """Raise NotFound where a session or till that was named is missing or ambiguous."""
    if selection.session is not None and not rows:
        raise NotFound(
            "There is no session %r in %s. Name it by its id or its whole name." % (clean(selection.session), database)
        )
    if selection.session is not None and len(rows) > 1:
        raise NotFound(
            "The session name %r is not unique in %s (ids %s): name it by its id."
            % (clean(selection.session), database, ", ".join(str(row["id"]) for row in rows))
        )
    if selection.till is not None and selection.session is None:
        if not tills:
            raise NotFound(
                "There is no till %r in %s. Name it by its id or its whole name." % (clean(selection.till), database)
            )
        if len(tills) > 1:
            raise NotFound(
                "The till name %r is not unique in %s (ids %s): name it by its id."
                % (clean(selection.till), database, ", ".join(str(i) for i in tills))
            )
