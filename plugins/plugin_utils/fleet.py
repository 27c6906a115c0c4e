# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many stores side by side: bounded threads, bounded connections to a server, one deadline. Knows no Ansible."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    BadInput,
    NoAnswer,
    NotAStore,
    NotFound,
    PosError,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .server_key import server_of

Options = Mapping[str, Any]
# What became of a store: read, or why not.
READ, BAD_INPUT, NOT_FOUND, NO_STORE, UNREACHABLE, LATE, FAILED = (
    "read", "bad_input", "not_found", "no_store", "unreachable", "late", "failed",
)  # fmt: skip
REASONS: Mapping[type[PosError], str] = {
    BadInput: BAD_INPUT,
    NotFound: NOT_FOUND,
    NotAStore: NO_STORE,
    Unreachable: UNREACHABLE,
}
SILENT = (
    "The server %s (port %s) did not answer for %d stores in a row, so this one was not tried: see whether the server is up and can be "
    "reached from here."
)
TIMEOUTS = ("connect_timeout", "statement_timeout", "lock_timeout")


@dataclass(frozen=True)
class Asked:
    """One store to read: its inventory host and its connection options."""

    host: str
    options: Options


@dataclass(frozen=True)
class Bounds:
    """How much at once: threads in all, connections to one server, and seconds for everything."""

    threads: int
    connections: int
    deadline: float


@dataclass
class Scan:
    """The reading of a fleet. ``read`` turns connection options into the entry's content and may raise PosError; ``accept`` may
    take out of an entry what is not for the result, and sees none that came too late.

    The threads are daemons: one that hangs in libpq holds neither the others nor the end of the process. What they bring after
    the deadline is dropped. A thread takes the next store of any server that has a connection to spare, servers in turn. A server
    that never answers costs two rounds of time-outs at most, not one for each of its stores.
    """

    read: Callable[[Options], dict[str, Any]]
    bounds: Bounds
    accept: Callable[[str, dict[str, Any]], dict[str, Any]] = lambda _host, entry: entry
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    _waiting: dict[tuple[str, str], deque[Asked]] = field(default_factory=dict)
    _busy: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: Any = field(default_factory=threading.RLock)
    _begun: dict[str, float] = field(default_factory=dict)
    _answered: set[tuple[str, str]] = field(default_factory=set)
    _silent: Counter[tuple[str, str]] = field(default_factory=Counter)
    _threads: int = 0
    _idle: int = 0
    _over: bool = False

    def __post_init__(self) -> None:
        self._started = time.monotonic()
        # Threads without work wait for a store, who called ``end`` waits for the last of them.
        self._store, self._last = threading.Condition(self._lock), threading.Condition(self._lock)

    def put(self, asked: Asked) -> None:
        """Queue a store; another thread is started where all are at work and the bound allows it. Raises BadInput."""
        server = server_of(asked.options)
        with self._lock:
            self.entries[asked.host] = {}
            self._waiting.setdefault(server, deque()).append(asked)
            self._give_up_silent(server)
            if self._idle:
                # Counted out here: until it runs, the next store that is put would be left to the same thread.
                self._idle -= 1
                self._store.notify()
            elif self._threads < self.bounds.threads:
                self._threads += 1
                threading.Thread(target=self._work, daemon=True).start()

    def give_up(self, host: str, reason: str, sentence: str) -> None:
        """Enter a store that cannot even be asked."""
        with self._lock:
            self.entries[host] = unread(reason, sentence, 0)

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self._left() <= 0

    def skip(self, host: str) -> None:
        """Enter a store whose turn did not come."""
        with self._lock:
            self.entries[host] = self._late(host)

    def end(self) -> dict[str, dict[str, Any]]:
        """Wait until every store is read or the deadline is over; return the entries by host, in the order of ``put``."""
        with self._lock:
            self._last.wait_for(self._complete, max(0.0, self._left()))
            self._over = True
            self._store.notify_all()
            for host, entry in self.entries.items():
                if not entry:
                    self.entries[host] = self._late(host)
            return self.entries

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def _left(self) -> float:
        return self._started + self.bounds.deadline - time.monotonic()

    def _complete(self) -> bool:
        return not self._busy.total() and not any(self._waiting.values())

    def _late(self, host: str) -> dict[str, Any]:
        begun = self._begun.get(host)
        words = "It did not answer" if begun is not None else "Its turn did not come"
        spent = 0 if begun is None else milliseconds(begun)
        return unread(LATE, "%s within the deadline of %g seconds." % (words, self.bounds.deadline), spent)

    def _next(self) -> tuple[tuple[str, str], Asked] | None:
        """A store whose server has a connection to spare; None when the scan is over. Called with the lock held."""
        while not self._over:
            for server, waiting in self._waiting.items():
                if waiting and self._busy[server] < self.bounds.connections:
                    # Behind the others: servers take turns.
                    self._waiting[server] = self._waiting.pop(server)
                    self._busy[server] += 1
                    return server, waiting.popleft()
            self._idle += 1
            self._store.wait()
        return None

    def _work(self) -> None:
        while True:
            with self._lock:
                found = self._next()
                if found is None:
                    return
                server, asked = found
                self._begun[asked.host] = time.monotonic()
            answered, entry = self._read(asked)
            with self._lock:
                self._busy[server] -= 1
                if not self._over:
                    self.entries[asked.host] = self.accept(asked.host, entry)
                    self._heard(server, answered)
                # No thread is woken: the connection that came free here is taken by this one, in its next round.
                if self._complete():
                    self._last.notify_all()

    def _heard(self, server: tuple[str, str], answered: bool) -> None:
        """Remember whether a server answers at all. Called with the lock held."""
        if answered:
            self._answered.add(server)
        else:
            self._silent[server] += 1
        self._give_up_silent(server)

    def _give_up_silent(self, server: tuple[str, str]) -> None:
        """Enter the stores that wait for a server that nobody has heard of yet. Called with the lock held."""
        tried = self._silent[server]
        # One alone proves little. What has answered once, if only with a refusal, is tried for every store.
        enough = max(2, min(self.bounds.threads, self.bounds.connections))
        if tried >= enough and server not in self._answered:
            for asked in self._waiting.pop(server, ()):
                self.entries[asked.host] = unread(UNREACHABLE, SILENT % (*server, tried), 0)

    def _read(self, asked: Asked) -> tuple[bool, dict[str, Any]]:
        """Whether the server answered, and the store's entry."""
        begun = self._begun[asked.host]
        try:
            found = self.read(within(asked.options, self._left()))
            return True, {"reachable": True, "reason": READ, "error": None, "read_ms": 0, **found}
        except PosError as error:
            reason = next((code for kind, code in REASONS.items() if isinstance(error, kind)), FAILED)
            return not isinstance(error, NoAnswer), unread(reason, error.message, milliseconds(begun))
        except Exception as error:
            # Nothing that a database holds may stop the reading of the others.
            return True, unread(FAILED, "Reading it failed (%s)." % type(error).__name__, milliseconds(begun))


def milliseconds(since: float) -> int:
    return int(1000 * (time.monotonic() - since))


def unread(reason: str, sentence: str, spent: int) -> dict[str, Any]:
    """The entry of a store that was not read, and why, in one sentence."""
    return {"reachable": False, "reason": reason, "error": clean(sentence), "read_ms": spent, "standing": "unread"}


def within(options: Options, seconds: float) -> dict[str, Any]:
    """The options with no timeout longer than what is left, so that PostgreSQL lets go of what is abandoned here."""
    limit = max(1, math.ceil(seconds))
    return {**options, **{name: min(options[name], limit) for name in TIMEOUTS if options.get(name)}}


def totals(entries: Mapping[str, Mapping[str, Any]], seconds: float) -> dict[str, Any]:
    """The fleet in numbers: stores by how they were read, sessions by verdict, and how long all of it took (ms)."""
    read = [entry["summary"] for entry in entries.values() if entry["reachable"]]
    unread_by = Counter(entry["reason"] for entry in entries.values() if not entry["reachable"])
    verdicts = ("sessions", "closable", "needs_count", "blocked", "closed_wrongly")
    return {
        "stores": len(entries),
        "read": len(read),
        "unread": len(entries) - len(read),
        "unread_by_reason": dict(sorted(unread_by.items())),
        **{name: sum(summary[name] for summary in read) for name in verdicts},
        "read_ms": int(1000 * seconds),
    }


def ordered(hosts: Iterable[str], entries: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries in the order of the inventory."""
    return {host: entries[host] for host in hosts}
