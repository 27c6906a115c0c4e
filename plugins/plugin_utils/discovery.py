# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the stores of PostgreSQL servers: all servers at once, a bounded number of connections to each, a deadline for each."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Union

from ansible_collections.retailops.odoo_pos.plugins.module_utils.database import Reader, snapshot
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, NotAStore, PosError
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import series_of

Options = Mapping[str, Any]

# Why something is no host. The first five are answers; the rest mean that nobody knows what is in there.
TEMPLATE, CLOSED, NO_ODOO, NO_POS, UNKNOWN_SERIES = "template", "closed", "no_odoo", "no_pos", "unknown_series"
UNREADABLE, BAD_NAME, UNREACHABLE, LATE, NAME_TAKEN = "unreadable", "bad_name", "unreachable", "late", "name_taken"
UNKNOWN = (UNREADABLE, BAD_NAME, UNREACHABLE, LATE, NAME_TAKEN)
# What may be another way in a minute, so that it is not worth keeping in a cache.
PASSING = (UNREACHABLE, LATE)


@dataclass(frozen=True)
class Server:
    """One PostgreSQL server. ``options`` are connection options; ``deadline`` is in seconds and for the whole server.

    ``include`` and ``exclude`` are the patterns that ``wanted`` was made of.
    """

    name: str
    options: Options
    wanted: Callable[[str], Any] = bool
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    connections: int = 8
    deadline: float = 60


@dataclass(frozen=True)
class Store:
    """A database with Point of Sale of a series that is known. ``odoo`` is such as '17.0', ``version`` that of point_of_sale."""

    server: str
    database: str
    odoo: str
    version: str


@dataclass(frozen=True)
class Skipped:
    """What did not become a host, and why: a code of above and a sentence. ``database`` is None for the server itself."""

    server: str
    database: str | None
    code: str
    reason: str


Found = Union[Store, Skipped]

# The names as bytes: a server carries names of any encoding side by side, and one that is no UTF-8 must not spoil the list.
DATABASES = """
SELECT namesend(d.datname) AS name,
       d.datistemplate AS template,
       d.datallowconn AND d.datconnlimit <> -2 AS opens,
       has_database_privilege(session_user, d.oid, 'CONNECT') AS allowed
  FROM pg_catalog.pg_database d
 ORDER BY d.datname
"""

# ir_module_module has a unique index on name.
STORE = """
SELECT m.name, coalesce(m.latest_version, '') AS version
  FROM public.ir_module_module m
 WHERE m.name IN ('base', 'point_of_sale') AND m.state IN ('installed', 'to upgrade', 'to remove')
"""
MODULES = "ir_module_module"


def list_databases(options: Options) -> list[dict[str, Any]]:
    """The databases of a server: name (bytes), template, opens, allowed. Raises PosError."""
    with snapshot(options) as reader:
        return [{**row, "name": bytes(row["name"])} for row in reader.rows("databases", DATABASES)]


def look_into(server: str, options: Options, database: str) -> Found:
    """Whether a database is a store. One transaction of two statements; the second only where there is an Odoo."""
    try:
        with snapshot({**options, "login_db": database}, {MODULES: ""}) as reader:
            return judge(server, database, reader)
    except PosError as error:
        # PostgreSQL refused the statement itself (class 42: rights, missing columns): asking again would change nothing.
        refused = str(getattr(error.__cause__, "pgcode", None) or "").startswith("42")
        code = BAD_NAME if isinstance(error, BadInput) else UNREADABLE if refused else UNREACHABLE
        return Skipped(server, database, code, error.message)


def judge(server: str, database: str, reader: Reader) -> Found:
    """What an open database is."""
    if MODULES not in reader.opening["tables"]:
        return Skipped(server, database, NO_ODOO, "It is no Odoo: there is no table ir_module_module.")
    versions = {row["name"]: row["version"] for row in reader.rows("store", STORE)}
    if "base" not in versions:
        return Skipped(server, database, NO_ODOO, "It is no initialised Odoo: the module base is not installed.")
    if "point_of_sale" not in versions:
        return Skipped(server, database, NO_POS, "It is an Odoo without Point of Sale.")
    try:
        series = series_of(versions["base"] or "unknown", database)
    except NotAStore as error:
        return Skipped(server, database, UNKNOWN_SERIES, error.message)
    return Store(server, database, "%d.0" % series, clean(versions["point_of_sale"]))


@dataclass
class Search:
    """The search of one server: a thread lists its databases, a few more look into them, and nobody waits for a thread.

    The threads are daemons: one that hangs in libpq holds neither the others nor the end of the program.
    """

    server: Server
    found: list[Found] = field(default_factory=list)
    seconds: float = 0.0
    _open: set[str] = field(default_factory=set)
    _todo: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _done: threading.Event = field(default_factory=threading.Event)
    _listed: bool = False
    _ended: bool = False

    def start(self) -> None:
        self._started = time.monotonic()
        self._options = within(self.server.options, self.server.deadline)
        threading.Thread(target=self._list, daemon=True).start()

    def end(self) -> Search:
        """Wait until the search is over or its deadline is. What is still open then is late; what comes later is dropped."""
        self._done.wait(max(0.0, self._started + self.server.deadline - time.monotonic()))
        with self._lock:
            self._ended = True
            self.seconds = self.seconds or time.monotonic() - self._started
            said = "within the deadline of %g seconds" % self.server.deadline
            if not self._listed:
                self.found.append(self._skipped(None, LATE, "It did not list its databases %s." % said))
            self.found += [self._skipped(name, LATE, "It did not answer %s." % said) for name in self._open]
        self.found.sort(key=lambda found: found.database or "")
        return self

    @property
    def complete(self) -> bool:
        """Whether nothing was missed that another try could find."""
        return not any(isinstance(found, Skipped) and found.code in PASSING for found in self.found)

    def _skipped(self, database: str | None, code: str, reason: str) -> Skipped:
        return Skipped(self.server.name, database, code, reason)

    def _list(self) -> None:
        names: list[str] = []
        found: list[Found] = []
        try:
            for row in list_databases(self._options):
                name = row["name"].decode("utf-8", "backslashreplace")
                why = refusal(row)
                if why is None and self.server.wanted(name):
                    names.append(name)
                elif why and self.server.wanted(name):
                    found.append(self._skipped(name, *why))
        except Exception as error:
            found = [self._skipped(None, UNREACHABLE, words_of(error))]
            names = []
        with self._lock:
            if self._ended:
                return
            self._listed = True
            self._open.update(names)
            self._add(*found)
        for name in names:
            self._todo.put(name)
        for _number in range(min(self.server.connections, len(names))):
            threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            try:
                name = self._todo.get_nowait()
            except queue.Empty:
                return
            try:
                found = look_into(self.server.name, self._options, name)
            except Exception as error:
                # Nothing that a database holds may stop the search of the others.
                found = self._skipped(name, UNREADABLE, words_of(error))
            with self._lock:
                if self._ended:
                    # Whoever waited has gone: the databases that are still waiting are left alone, too.
                    return
                self._open.discard(name)
                self._add(found)

    def _add(self, *found: Found) -> None:
        """Take what was found; the search is over when nothing is open any more. Called with the lock held."""
        self.found += found
        if not self._open:
            self.seconds = time.monotonic() - self._started
            self._done.set()


def refusal(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Why there is no use in connecting to a database, as its entry in pg_database has it."""
    if row["template"]:
        return TEMPLATE, "It is a template."
    if not row["opens"]:
        return CLOSED, "It allows no connections."
    if not row["allowed"]:
        return CLOSED, "The database user has no right to connect to it."
    try:
        row["name"].decode("utf-8")
    except UnicodeDecodeError:
        return BAD_NAME, "Its name is no UTF-8."
    return None


def words_of(error: Exception) -> str:
    if isinstance(error, PosError):
        return error.message
    return "Looking at it failed (%s)." % type(error).__name__


def within(options: Options, deadline: float) -> dict[str, Any]:
    """The options with no timeout longer than the deadline (seconds), so that what is abandoned ends soon, too."""
    limit = max(1, math.ceil(deadline))
    names = ("connect_timeout", "statement_timeout", "lock_timeout")
    return {**options, **{name: min(options[name], limit) for name in names if options.get(name)}}


def discover(servers: Sequence[Server]) -> list[Search]:
    """Search all servers side by side; returns the finished searches, in the order of the servers.

    Raises nothing: what went wrong is in the searches, as Skipped.
    """
    searches = [Search(server) for server in servers]
    for search in searches:
        search.start()
    return [search.end() for search in searches]
