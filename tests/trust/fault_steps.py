# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a close, as a close without faults takes them: every request to Odoo, every statement to PostgreSQL.

Nothing is listed by hand. What goes out is seen where it goes out, so a step that is added to a close is a step here.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ..lab.closing_store import make_importable

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database, rpc  # noqa: E402

ODOO, SQL = "odoo", "sql"
BEFORE, DURING, AFTER = "before", "during", "after"
MOMENTS = (BEFORE, DURING, AFTER)

#: The Witness of the thread that is at work, and what it does when a request has been sent and no answer been read.
_here = threading.local()


@dataclass(frozen=True)
class Event:
    """Something that went out. ``look``: statements of one number share a connection."""

    kind: str
    name: str
    look: int
    seconds: float


@dataclass(frozen=True)
class Step:
    """A request to Odoo, or a look (all the statements of one connection to PostgreSQL): ``first`` to ``last`` of its kind.

    Requests and statements are counted apart, because waiting takes more statements one time than another.
    """

    kind: str
    name: str
    first: int
    last: int
    seconds: float


@dataclass
class Witness:
    """Sees what its thread sends, in order. ``act(reader)`` is called at one moment of the event ``number`` of its kind.

    DURING a request to Odoo is when it has been sent and its answer has not been read; DURING a statement is up to ``act``,
    which is called just before. ``then`` is called when the event has ended well, whatever the moment.
    """

    kind: str = ODOO
    number: int = -1
    moment: str = BEFORE
    act: Optional[Callable[[Any], None]] = None
    then: Optional[Callable[[], None]] = None
    events: list[Event] = field(default_factory=list)
    hit: bool = False
    transport: Optional[str] = None
    _looks: list[Any] = field(default_factory=list)

    def step(self, kind, name, go, reader=None):
        """Let one thing go out."""
        if reader is not None and not any(reader is known for known in self._looks):
            self._looks.append(reader)
        here = self.act is not None and kind == self.kind and len(self.of(kind)) == self.number
        at, began = len(self.events), time.monotonic()
        self.events.append(Event(kind, name, len(self._looks), 0))
        if here and (self.moment == BEFORE or (self.moment == DURING and kind == SQL)):
            self._do(reader)
        if here and self.moment == DURING and kind == ODOO:
            _here.sent = lambda: self._do(None)
        try:
            found = go()
        finally:
            _here.sent = None
        self.events[at] = Event(kind, name, len(self._looks), time.monotonic() - began)
        if here and self.moment == AFTER:
            self._do(reader)
        if here and self.then is not None:
            self.then()
        return found

    def of(self, kind):
        """The events of a kind so far."""
        return [event for event in self.events if event.kind == kind]

    def _do(self, reader):
        self.hit = True
        self.act(reader)

    # --- the steps ------------------------------------------------------------------------------------------------

    def requests(self):
        """The requests to Odoo as Steps; the second of a name is numbered."""
        return self._named([Step(ODOO, e.name, n, n, e.seconds) for n, e in enumerate(self.of(ODOO))])

    def looks(self):
        """The looks as Steps, named by what is asked in them last."""
        found, events = [], self.of(SQL)
        for look in sorted({e.look for e in events}):
            at = [n for n, e in enumerate(events) if e.look == look]
            name = "look %d (%s)" % (look, events[at[-1]].name)
            found.append(Step(SQL, name, at[0], at[-1], sum(events[n].seconds for n in at)))
        return found

    @staticmethod
    def _named(steps):
        seen, found = {}, []
        for step in steps:
            seen[step.name] = seen.get(step.name, 0) + 1
            number = "" if seen[step.name] == 1 else " %d" % seen[step.name]
            found.append(Step(step.kind, step.name + number, step.first, step.last, step.seconds))
        return found


def call_name(path, body):
    """The model and method that a request calls."""
    if path.startswith("/json/2/"):
        return ".".join(path.split("/")[-2:])
    params = body["params"]
    return "%s.%s" % tuple(params["args"][3:5]) if params["service"] == "object" else params["method"]


@contextlib.contextmanager
def witnessed(witness):
    """What this thread sends is seen by the witness."""
    _install()
    _here.witness = witness
    try:
        yield witness
    finally:
        _here.witness = None


_installed = []


def _install():
    """Put ourselves where things go out; threads without a witness notice nothing."""
    if _installed:
        return
    _installed.append(True)
    post, rows, response = rpc.Http.post, database.Reader.rows, http.client.HTTPConnection.getresponse

    def seen_post(self, path, body, headers=None):
        witness = getattr(_here, "witness", None)
        if witness is None:
            return post(self, path, body, headers)
        return witness.step(ODOO, call_name(path, body), lambda: post(self, path, body, headers))

    def seen_rows(self, name, text, parameters=None):
        witness = getattr(_here, "witness", None)
        if witness is None:
            return rows(self, name, text, parameters)
        return witness.step(SQL, name, lambda: rows(self, name, text, parameters), self)

    def seen_response(self):
        sent = getattr(_here, "sent", None)
        if sent is not None:
            _here.sent = None
            sent()
        return response(self)

    rpc.Http.post, database.Reader.rows, http.client.HTTPConnection.getresponse = seen_post, seen_rows, seen_response


_rehearsed: dict[Any, Witness] = {}


def rehearse(ground, transport=None):
    """Close a day without any fault; returns the Witness that knows the steps. Once for a ground and transport."""
    if (ground, transport) not in _rehearsed:
        with ground.day() as day, witnessed(Witness(transport=transport)) as witness:
            result = ground.close(day, **ground.who(transport))
            assert result["changed"] and all(check["held"] for check in result["proof"])
        _rehearsed[ground, transport] = witness
    return _rehearsed[ground, transport]
