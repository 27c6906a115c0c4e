# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is at a session: who sold last, who sits at a browser, and who waits on whom in PostgreSQL.

Odoo has no session lock: any Point of Sale user may enter or close any session, and ``user_id`` only says who opened it
(root-causes.md S3; point_of_sale/controllers/main.py of 14.0 to 19.0). What can hold a session is a transaction that was left
open. A plain database role sees that somebody waits and for whom, but not what they do; pg_read_all_stats shows that.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Optional

from . import queries_reset
from .database import Reader, snapshot
from .errors import BadInput, PosError, Unreachable
from .facts import moment
from .reset import NO_RIGHT
from .rows import clean, latest, utc
from .store import Session, Store

SHORTEST_BOUND = 300
ENDS_WITHIN_SECONDS = 10
LEFT_OPEN = ("idle in transaction", "idle in transaction (aborted)")


@dataclass(frozen=True)
class Process:
    """A database process that waits, is waited for, or holds the session's row. ``state`` None: hidden from us."""

    pid: int
    login: str
    application: str
    state: Optional[str]
    started: Optional[datetime]
    began: Optional[datetime]
    still_seconds: Optional[int]
    blocks: tuple[int, ...]
    waits_for: tuple[int, ...]
    holds_session: bool

    def facts(self) -> dict[str, Any]:
        return {
            "pid": self.pid,
            "login": self.login,
            "application": self.application,
            "state": self.state,
            "idle_seconds": self.still_seconds if self.state in LEFT_OPEN else None,
            "blocks": list(self.blocks),
            "waits_for": list(self.waits_for),
            "holds_session": self.holds_session,
        }


@dataclass(frozen=True)
class Use:
    """Who is at a session. ``since`` is the last order, payment, move or closing time; ``present`` login -> when last seen.

    ``sees_all``: what others do is shown to us; ``sees_holders``: who holds the session's row is.
    """

    by: Optional[str]
    since: Optional[datetime]
    idle_minutes: Optional[int]
    last_order: Optional[str]
    present: Optional[tuple[tuple[str, Optional[datetime], bool], ...]]
    processes: tuple[Process, ...]
    sees_all: bool
    sees_holders: bool

    def facts(self) -> dict[str, Any]:
        """in_use as the module returns it."""
        present = None
        if self.present is not None:
            present = [{"login": login, "at": moment(at), "online": online} for login, at, online in self.present]
        return {
            "by": self.by,
            "since": moment(self.since),
            "idle_minutes": self.idle_minutes,
            "last_order": self.last_order,
            "present": present,
            "waiting": [p.facts() for p in self.processes],
            "sees_all": self.sees_all and self.sees_holders,
        }


def read_use(reader: Reader, store: Store, session: Session) -> Use:
    """Three or four statements more in the snapshot that read the session."""
    parameters = {"session": session.id}
    orders = reader.rows("last_order", queries_reset.LAST_ORDER, parameters)
    tables = {row["name"] for row in reader.rows("readable_tables", queries_reset.READABLE_TABLES)}
    sees_holders = "pos_session" in tables
    present = None
    for table in sorted(tables - {"pos_session"}):
        rows = reader.rows("presence", queries_reset.presence(table), parameters)
        seen = tuple((clean(row["login"]), utc(row["at"]), bool(row["online"])) for row in rows)
        present = (present or ()) + seen
    waiting = reader.rows("waiting", queries_reset.waiting(sees_holders), parameters)
    since = session.last_activity_at
    if session.state == "closing_control":
        since = latest(since, session.stopped_at)
    return Use(
        by=clean(orders[0]["login"]) if orders and orders[0]["login"] else session.user_login,
        since=since,
        idle_minutes=None if since is None else max(0, int((store.read_at - since).total_seconds() // 60)),
        last_order=clean(orders[0]["name"]) if orders else None,
        present=present,
        processes=tuple(process_of(row) for row in waiting),
        sees_all=all(row["sees_all"] for row in waiting),
        sees_holders=sees_holders,
    )


def process_of(row: Mapping[str, Any]) -> Process:
    return Process(
        pid=row["pid"],
        login=clean(row["login"]),
        application=clean(row["application"]),
        state=row["state"],
        started=row["backend_start"],
        began=row["xact_start"],
        still_seconds=row["still_seconds"],
        blocks=tuple(row["blocks"]),
        waits_for=tuple(row["waits_for"]),
        holds_session=row["holds_session"],
    )


def explain(session: Session, use: Use) -> list[str]:
    """Who is at the session, in sentences."""
    lines = ["Opened by %s; %s." % (session.user_login or "nobody known", session.state.replace("_", " "))]
    if use.since is not None:
        what = "order %s, sold by %s" % (use.last_order, use.by) if use.last_order else "nothing sold yet"
        lines.append("Last used %d minute(s) ago, at %s (%s)." % (use.idle_minutes or 0, moment(use.since), what))
    for login, at, online in use.present or ():
        lines.append(
            "%s was last at a browser of Odoo at %s%s." % (login, moment(at), ", and is online" if online else "")
        )
    lines += [spoken(process) for process in use.processes]
    if not use.sees_holders:
        lines.append("Who holds the session's row is hidden: SELECT on all of pos_session would show it.")
    if not use.processes:
        lines.append("In PostgreSQL nobody waits for a lock, and nobody is seen to hold the session.")
    elif not use.sees_all:
        lines.append("What others do is hidden from this database user: pg_read_all_stats would show it.")
    return lines


def spoken(process: Process) -> str:
    """One process in a sentence."""
    does = [
        "waits for %s" % ", ".join(map(str, process.waits_for)) if process.waits_for else "",
        "is waited for by %s" % ", ".join(map(str, process.blocks)) if process.blocks else "",
        "holds the session's row" if process.holds_session else "",
    ]
    state = process.state or "its state is hidden"
    if process.state in LEFT_OPEN:
        state += " for %d s" % (process.still_seconds or 0)
    who = process.application or process.login or "unknown"
    return "Database process %d (%s; %s) %s." % (process.pid, who, state, " and ".join(d for d in does if d))


# --- transactions that were left open ------------------------------------------------------------------------


def blockers(use: Use, seconds: Optional[int]) -> list[Process]:
    """What may be ended: left open in a transaction for longer than the bound, and in somebody's or the session's way."""
    if not seconds:
        return []
    return [
        p
        for p in use.processes
        if p.state in LEFT_OPEN and (p.still_seconds or 0) >= seconds and (p.blocks or p.holds_session)
    ]


def check_bound(seconds: Optional[int]) -> None:
    """Raises BadInput for a bound that could hit somebody who is only slow."""
    if seconds is not None and 0 != seconds < SHORTEST_BOUND:
        raise BadInput(
            "end_blockers_older_than must be at least %d seconds (or 0 for never): a shorter one could end a sale or a close "
            "that is under way." % SHORTEST_BOUND
        )


def end(options: Mapping[str, Any], session: Session, use: Use, process: Process, seconds: int) -> bool:
    """End one process, if in that very moment it still is what was seen; returns whether it was. Raises BadInput or Unreachable."""
    parameters = {
        "session": session.id,
        "pid": process.pid,
        "started": process.started,
        "began": process.began,
        "seconds": seconds,
    }
    try:
        with snapshot(options) as reader:
            ended = reader.rows("end_blocker", queries_reset.end_blocker(use.sees_holders), parameters)
    except Unreachable as error:
        raise not_allowed(process, error) from None
    if not ended or not ended[0]["ended"]:
        return False
    deadline = time.monotonic() + ENDS_WITHIN_SECONDS
    while there(options, process) and time.monotonic() < deadline:
        time.sleep(0.1)
    return True


def there(options: Mapping[str, Any], process: Process) -> bool:
    with snapshot(options) as reader:
        parameters = {"pid": process.pid, "started": process.started}
        return bool(reader.rows("still_there", queries_reset.STILL_THERE, parameters))


def not_allowed(process: Process, error: Unreachable) -> PosError:
    if getattr(error.__cause__, "pgcode", None) != NO_RIGHT:
        return error
    return BadInput(
        "The database user may not end process %d of %s: grant it pg_signal_backend, or log in as that role."
        % (process.pid, process.login)
    )


# --- handing over --------------------------------------------------------------------------------------------


def recipient(reader: Reader, session: Session, login: str) -> int:
    """The id of the user who takes the session over. Raises BadInput where they are not there, archived or may not sell."""
    parameters = {"login": login, "company": session.till.company_id}
    rows = reader.rows("recipient", queries_reset.RECIPIENT, parameters)
    if not rows:
        raise BadInput("hand_over_to: there is no user %r in this store." % clean(login)[:60])
    user, problem = rows[0], ""
    if not user["active"]:
        problem = "is archived, or no internal user"
    elif not user["in_company"]:
        problem = "does not belong to company %s" % session.till.company
    elif not user["sells"]:
        problem = "is no Point of Sale user"
    if problem:
        raise BadInput("hand_over_to: %s %s." % (clean(user["login"]), problem))
    return int(user["id"])
