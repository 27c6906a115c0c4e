# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setting an open session's state back or forth, guarded: through Odoo's API, or by one UPDATE where Odoo is down.

Only ``opened`` and ``closing_control`` are ever written. A session that is closed or has its entry is never touched: closed
again it would be booked twice (root-causes.md C40, on every series 14 to 19).
"""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Optional
from urllib.error import URLError
from urllib.parse import urlsplit

from . import queries_reset
from .attempt import Attempt, closed_meanwhile, odoo_time, require_not_closed, saying_what_was_sent
from .database import Reader, change, snapshot
from .diagnose_money import drops_count
from .errors import AnswerLost, BadInput, NotFound, OdooError, PosError, Refused, Unreachable
from .facts import finding_facts, moment
from .findings import BLOCKER, Finding, finding
from .handshake import TWO_STORES
from .rows import clean, utc
from .store import Session, Store

OPENED, CLOSING = "opened", "closing_control"
PATIENCE_SECONDS = 10
DOWN = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN)
LOCKED, NO_RIGHT = "55P03", "42501"


@dataclass(frozen=True)
class Reset:
    """One reset, decided. ``drops_count``: the stored count is older than the last cash sale, and the write would make it
    look new, because from 16 on a count is as old as its session's last write."""

    session: Session
    state: str
    stop_at: Optional[datetime]
    drops_count: bool

    def values(self) -> dict[str, Any]:
        """What is written through Odoo."""
        values: dict[str, Any] = {"state": self.state, "stop_at": odoo_time(self.stop_at)}
        if self.drops_count:
            values["cash_register_balance_end_real"] = Decimal(0)
        return values

    def stands(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of the session is as this reset leaves it."""
        return bool(row["state"] == self.state and odoo_time(row["stop_at"]) == odoo_time(self.stop_at))


def decide(session: Session, series: int, state: str, stop_at: Optional[datetime]) -> Reset:
    """The reset of a session that may be reset."""
    return Reset(session, state, stop_at, drops_count(session, series))


def why_never(store: Store, session: Session, no_entry: bool) -> list[str]:
    """Why nobody may write to this session, in sentences; empty where it may be written to."""
    reasons = []
    if session.closed:
        reasons.append(
            "It is closed: opened again, Odoo would close it a second time and double its entries and its cash. What is wrong "
            "with it is for an accountant to correct"
        )
    elif not no_entry:
        reasons.append(
            "Its entry is in the journal already: closed again it would be booked twice. An accountant must look at it"
        )
    if store.fiscal_modules:
        reasons.append(
            "The store is fiscally certified (%s), where a session is only ever closed, as Odoo means it"
            % ", ".join(store.fiscal_modules)
        )
    return reasons


def refuse_never(store: Store, session: Session, no_entry: bool, serious: list[Finding], deed: str = "reset") -> None:
    """Raises Refused with every reason at once; ``serious`` is what the diagnosis has found of the session."""
    reasons = why_never(store, session, no_entry)
    if deed == "reset" and session.state == "opening_control":
        reasons.append("It was never opened, and its till can be entered as it is: there is nothing to reset")
    if not reasons:
        return
    found = [f for f in serious if f.severity == BLOCKER]
    if store.fiscal_modules:
        found.append(finding("fiscal.protected", severity=BLOCKER, modules=list(store.fiscal_modules)))
    raise Refused(
        "Session %s is not %s. %s." % (session.name, deed, ". ".join(reasons)),
        refused=True,
        findings=[finding_facts(f) for f in found],
    )


# --- looking -----------------------------------------------------------------------------------------------------


def standing(options: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """How the session stands at this moment; see ``standing_in``."""
    with snapshot(options) as reader:
        return standing_in(reader, session)


def standing_in(reader: Reader, session: Session) -> dict[str, Any]:
    """The session's row in the caller's snapshot, and whether it has no entry. Raises NotFound."""
    rows = reader.rows("standing", queries_reset.STANDING, {"session": session.id})
    if not rows:
        raise NotFound("Session %s is gone: somebody deleted it." % session.name)
    return {**rows[0], "stop_at": utc(rows[0]["stop_at"])}


def at_work(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Other transactions that have touched sessions and not ended."""
    with snapshot(options) as reader:
        return reader.rows("at_work", queries_reset.AT_WORK)


def still(
    options: Mapping[str, Any], session: Session, seen: Mapping[str, Any], sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait for a moment in which no other transaction is at the sessions, and see that this one stands as it was seen.

    A close that began before and ends after our write would make an open session of a closed one; one that begins later is
    turned away by PostgreSQL and tried again by Odoo. Raises Refused.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        busy = at_work(options)
        if not busy:
            break
        if time.monotonic() >= deadline:
            raise not_reset(
                session, "%s may be closing it or selling in it. Run again when it has ended" % people(busy)
            )
        sleep(0.1)
    now = standing(options, session)
    if changed_since(seen, now):
        raise not_reset(session, "Somebody changed it meanwhile (it is %s now). Run again" % now["state"])


def changed_since(seen: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return any(seen[name] != now[name] for name in ("state", "stop_at", "write_date")) or not now["no_entry"]


def people(busy: list[dict[str, Any]]) -> str:
    """Transactions in words."""
    named = ", ".join(
        "%d (%s)" % (one["pid"], clean(one["application"] or one["login"]) or "unknown") for one in busy[:5]
    )
    return "%s %s" % ("Database process" if len(busy) == 1 else "Each of the database processes", named)


def not_reset(session: Session, why: str) -> Refused:
    return Refused(
        "Session %s was not reset. %s. Nothing was changed." % (session.name, why), refused=True, findings=[]
    )


# --- through Odoo ------------------------------------------------------------------------------------------------


def write_seen(
    attempt: Attempt, values: dict[str, Any], back: dict[str, Any], arrived: Callable[[Mapping[str, Any]], bool]
) -> None:
    """Write to the session through Odoo and see it in PostgreSQL, else write ``back``. Raises Refused or AnswerLost.

    ``arrived`` judges a row of ``standing``. ``same_session`` must have been called.
    """
    session, options = attempt.session, attempt.watch.options
    try:
        attempt.ask("write", vals=values)
    except AnswerLost as lost:
        attempt.answers.append({"call": "(lost)", "returned": lost.message})
        with saying_what_was_sent(attempt):
            if not seen_within(options, session, arrived, PATIENCE_SECONDS):
                raise AnswerLost(
                    "%s Session %s is %s. Run the same task again; it will look first."
                    % (lost.message, session.name, standing(options, session)["state"]),
                    pending=True,
                    answer=attempt.answers,
                ) from None
            require_not_closed(attempt, values)
        return
    except OdooError as error:
        raise not_reset(session, "Odoo refused: %s" % error.message.rstrip(".")) from None
    except Unreachable as error:
        raise Unreachable("%s Nothing was changed." % error.message) from None
    with saying_what_was_sent(attempt):
        now = standing(options, session)
        if not arrived(now):
            if now["state"] == "closed" or not now["no_entry"]:
                raise closed_meanwhile(session)
            attempt.ask("write", vals=back)
            raise Refused(TWO_STORES, refused=True, findings=[])
        require_not_closed(attempt, values)


def seen_within(
    options: Mapping[str, Any], session: Session, arrived: Callable[[Mapping[str, Any]], bool], seconds: float
) -> bool:
    """Whether a write whose answer was lost arrives in time."""
    deadline = time.monotonic() + seconds
    while not arrived(standing(options, session)):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.2)
    return True


def by_odoo(attempt: Attempt, reset: Reset, seen: Mapping[str, Any]) -> None:
    """The reset through Odoo's API. ``seen`` is the row that the pre-image holds."""
    still(attempt.watch.options, attempt.session, seen)
    back = {"state": attempt.found["state"], "stop_at": odoo_time(attempt.found["stop_at"])}
    if reset.drops_count:
        back["cash_register_balance_end_real"] = attempt.found["counted"] or Decimal(0)
    write_seen(attempt, reset.values(), back, reset.stands)


# --- past Odoo ---------------------------------------------------------------------------------------------------


def is_down(url: str, error: PosError) -> bool:
    """Whether Odoo is down: nobody takes the connection. An error, a lost answer, a wrong name or certificate is not that."""
    cause: Optional[BaseException] = error
    refused = False
    while cause is not None:
        reason = cause.reason if isinstance(cause, URLError) else cause
        refused = refused or getattr(reason, "errno", None) in DOWN
        cause = cause.__cause__ or cause.__context__
    return refused and not takes_connections(url)


def takes_connections(url: str) -> bool:
    """Whether somebody listens there; asked directly, because a proxy that is down is not Odoo."""
    parts = urlsplit(url)
    try:
        with socket.create_connection(
            (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)), 5
        ):
            return True
    except OSError as error:
        return error.errno not in DOWN


def by_sql(options: Mapping[str, Any], reset: Reset, seen: Mapping[str, Any]) -> None:
    """The reset by one guarded UPDATE of state and stop_at, in a transaction that holds the row. Raises Refused or BadInput.

    The row keeps its write_date, so that a stored count stays as old as it is.
    """
    session = reset.session
    naive = None if reset.stop_at is None else reset.stop_at.replace(tzinfo=None)
    parameters = {
        "session": session.id,
        "state": reset.state,
        "stop_at": naive,
        "seen": seen["state"],
        "stopped": None if seen["stop_at"] is None else seen["stop_at"].replace(tzinfo=None),
        "written": seen["write_date"],
    }
    try:
        with change(options) as writer:
            writer.rows("lock_session", queries_reset.LOCK, {"session": session.id})
            busy = writer.rows("at_work", queries_reset.AT_WORK)
            if busy:
                raise not_reset(session, "%s is at the sessions, although Odoo does not answer" % people(busy))
            changed = writer.rows("reset", queries_reset.CHANGE, parameters)
            if len(changed) != 1:
                raise not_reset(session, "It no longer is what was seen, or has its entry by now. Run again")
    except Unreachable as error:
        raise sql_refused(session, error) from None


def sql_refused(session: Session, error: Unreachable) -> PosError:
    """What PostgreSQL's own refusal means here."""
    code = getattr(error.__cause__, "pgcode", None)
    if code == LOCKED:
        return not_reset(session, "Somebody holds its row in PostgreSQL: a sale or a close may be under way. Run again")
    if code == NO_RIGHT:
        return BadInput(
            "The database user may not write sessions: log in as Odoo's own role, or give session_role. Nothing was changed."
        )
    return error


def said(reset: Reset) -> str:
    """The reset as a step of a plan."""
    when = "no closing time" if reset.stop_at is None else "closing time %s" % moment(reset.stop_at)
    return "Set session %s of till %s from %s to %s, with %s." % (
        reset.session.name, reset.session.till.name, reset.session.state, reset.state, when)  # fmt: skip
