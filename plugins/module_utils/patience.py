# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an answer is waited for on this side: a host that vanished and a pooler without a free connection keep no deadline."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from .errors import NoAnswer

# How often it is looked who waits too long.
ROUND = 0.5


@dataclass(eq=False)
class Wait:
    """Somebody who waits for an answer, on which socket and until when; whether that was too long."""

    number: int
    until: float
    over: bool = False


class Watch:
    """One thread for all connections of the process, while anybody waits. It shuts the socket of who waits too long: libpq, which
    knows no time-out after the login, then says that the connection is lost, its thread is free, and the server is told."""

    def __init__(self) -> None:
        self._lock, self._runs = threading.Lock(), False
        self._waits: set[Wait] = set()

    def add(self, wait: Wait) -> None:
        with self._lock:
            self._waits.add(wait)
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, daemon=True).start()

    def remove(self, wait: Wait) -> None:
        """Afterwards the socket is not touched any more."""
        with self._lock:
            self._waits.discard(wait)

    def _run(self) -> None:
        while True:
            time.sleep(ROUND)
            with self._lock:
                for wait in self._waits:
                    if not wait.over and time.monotonic() > wait.until:
                        wait.over = True
                        shut(wait.number)
                self._runs = bool(self._waits)
                if not self._runs:
                    return


def shut(number: int) -> None:
    """Shut a socket that belongs to somebody else, who is to close it."""
    with suppress(OSError), socket.socket(fileno=os.dup(number)) as ours:
        ours.shutdown(socket.SHUT_RDWR)


_watch = Watch()


def _afresh() -> None:
    """A process that was forked has neither the thread nor the waits of its parent, and its lock may be held by nobody there."""
    global _watch
    _watch = Watch()


os.register_at_fork(after_in_child=_afresh)


@contextmanager
def patience(connection: Any, seconds: float | None, doing: str) -> Iterator[None]:
    """Wait for the answer of a connection that long, or for ever with None. Raises NoAnswer; the connection is broken then."""
    if seconds is None:
        yield
        return
    wait, watch = Wait(connection.fileno(), time.monotonic() + seconds), _watch
    watch.add(wait)
    try:
        yield
    except Exception as error:
        if wait.over:
            raise NoAnswer(
                "%s was given up: no answer came for %g seconds, although statement_timeout is less: see whether the server, a pooler "
                "before it or the network is stuck." % (doing, seconds)
            ) from error
        raise
    finally:
        watch.remove(wait)
