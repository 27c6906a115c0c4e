# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the laboratory keeps its things, how it says what it does, and how it says that it cannot."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import sys
import threading
import time

#: Exit code for "this machine cannot have it", so that a caller can skip loudly (automake's convention).
CANNOT_BE_HAD = 77

_STARTED = time.monotonic()


class LabError(Exception):
    """The laboratory failed. One sentence: what is wrong, where, what to do."""

    exit_code = 1


class CannotBeHad(LabError):
    """This machine cannot have what was asked for (no package, no Python of that age)."""

    exit_code = CANNOT_BE_HAD


def say(text):
    """Print one line of progress with the seconds since the start."""
    print("[%6.1f s] %s" % (time.monotonic() - _STARTED, text), file=sys.stderr, flush=True)


def cache():
    """Return the laboratory's folder (a Path, made when missing).

    ``POS_LAB_CACHE`` wins, then ``XDG_CACHE_HOME``, then ``~/.cache``. PostgreSQL refuses to run as root and then
    runs as another user, who cannot enter root's home: so root's default is below /var/tmp.
    """
    chosen = os.environ.get("POS_LAB_CACHE")
    if not chosen:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        if os.getuid() == 0 and not _everybody_may_enter(base):
            base = "/var/tmp"
        chosen = os.path.join(base, "retailops-odoo-pos")
    folder = pathlib.Path(chosen).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _everybody_may_enter(path):
    path = pathlib.Path(path).absolute()
    return all(not step.exists() or step.stat().st_mode & 0o001 for step in [path, *path.parents])


#: The locks that a thread of this process holds: asking again for one of them is no waiting for oneself.
_HELD = set()


@contextlib.contextmanager
def lock(name, seconds=900):
    """Hold the lock ``name`` of the cache; wait up to ``seconds`` for another run. Raises LabError."""
    mine = (name, threading.get_ident())
    if mine in _HELD:
        yield
        return
    path = cache() / (name + ".lock")
    with open(path, "w", encoding="ascii") as handle:
        _wait(handle, path, seconds)
        _HELD.add(mine)
        try:
            yield
        finally:
            _HELD.discard(mine)


def _wait(handle, path, seconds):
    deadline, told = time.monotonic() + seconds, False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise LabError("Another run holds %s for more than %d s; end it first." % (path, seconds)) from None
            if not told:
                say("waiting for another run of the laboratory")
                told = True
            time.sleep(0.2)


def boot():
    """Return a text that changes when the machine starts anew ("" where the system does not tell)."""
    with contextlib.suppress(OSError):
        return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""
