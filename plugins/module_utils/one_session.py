# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module shares that changes one session: which one, read how, both sides the same store, nobody else at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Optional

from .attempt import Attempt, refused
from .database import Looks, Reader, alone, snapshot
from .diagnose import diagnose_session
from .errors import BadInput, NotFound
from .facts import session_facts
from .odoo_address import check_url
from .reading import Selection, read
from .rpc import transport
from .schema import TABLES, Schema, read_schema
from .store import Session, Store
from .watching import Watch


@dataclass(frozen=True)
class Found:
    """A store and the session that is meant; None where a till was named that has no open one."""

    schema: Schema
    store: Store
    session: Optional[Session]


@contextmanager
def looking(params: Mapping[str, Any], looks: Optional[Looks] = None) -> Iterator[tuple[Reader, Found]]:
    """Read the session that ``session`` or ``till`` name, and keep the snapshot open for what else has to be read with it.

    ``looks``: the connection to read over, where it will be looked again. Raises BadInput, NotFound, NotAStore or Unreachable.
    """
    selection = selection_of(params)
    if params.get("odoo_url"):
        check_url(params["odoo_url"])
    with looks.snapshot(TABLES) if looks else snapshot(params, TABLES) as reader:
        schema = read_schema(reader)
        require_same_names(params, schema)
        store = read(reader, schema, selection)
        yield reader, Found(schema, store, choose(store, selection))


def find(params: Mapping[str, Any]) -> Found:
    """As ``looking``, for whom one reading is enough."""
    with looking(params) as (_reader, found):
        return found


def read_again(params: Mapping[str, Any], session: Session) -> Found:
    """The same session as it stands now."""
    return find({**params, "session": str(session.id), "till": None})


def selection_of(params: Mapping[str, Any]) -> Selection:
    """Exactly one of session and till. Raises BadInput."""
    session, till = (params.get("session") or "").strip(), (params.get("till") or "").strip()
    if bool(session) == bool(till):
        raise BadInput("Give exactly one of session and till.")
    return Selection(session=session or None, till=till or None)


def require_same_names(params: Mapping[str, Any], schema: Schema) -> None:
    """odoo_db defaults to the database we are in and must be it. Raises BadInput."""
    name = params.get("odoo_db")
    if name and name != schema.database:
        raise BadInput(
            "odoo_db is %s but PostgreSQL's database is %s: both must be the same store." % (name, schema.database)
        )


def choose(store: Store, selection: Selection) -> Optional[Session]:
    """The session that is meant; None when a till has no open one. Raises NotFound for a till with several."""
    if selection.session is not None:
        return store.sessions[0]
    still_open = [s for s in store.sessions if not s.closed]
    if len(still_open) > 1:
        names = ", ".join("%s (%d)" % (s.name, s.id) for s in still_open)
        raise NotFound(
            "Till %s has %d open sessions: %s. Name one by its id, the older first."
            % (selection.till, len(still_open), names)
        )
    return still_open[0] if still_open else None


def require_primary(store: Store) -> None:
    """Raises BadInput for a standby: what is written through Odoo could not be seen there in time."""
    if store.standby:
        raise BadInput("%s is a standby: give login_host of the primary to change a session." % store.database)


def begin(params: Mapping[str, Any], found: Found, session: Session) -> Attempt:
    """An attempt on the session through Odoo's API; nothing is sent yet. Raises BadInput."""
    require_primary(found.store)
    odoo = transport(dict(params), found.store.database, found.store.series)
    watch = Watch(params, found.schema, session.id)
    return Attempt(session, found.store.series, odoo, watch, params["odoo_timeout"])


@contextmanager
def held(params: Mapping[str, Any], session: Session, **details: Any) -> Iterator[None]:
    """Hold the session against other tasks of this collection. Raises Refused, with ``details``, where one is at it."""
    with alone(params, session.id) as nobody_else:
        if not nobody_else:
            error = refused(
                "Another task is at work on session %s right now; run again when it has ended." % session.name
            )
            error.details.update(details)
            raise error
        yield


def facts_of(store: Store, session: Session) -> dict[str, Any]:
    """The session as pos_session_facts shows it."""
    return session_facts(session, diagnose_session(store, session), store.read_at)
