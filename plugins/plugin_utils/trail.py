# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trail: one line of JSON for every change, on the controller, each carrying the SHA-256 of the line before it.

Whoever alters, drops or inserts a line breaks the chain from there on. (Cutting lines off the end leaves a whole chain: keep the
last hash elsewhere, such as in the report.) Hosts that run side by side take turns by a lock on the file.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import pathlib
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

FIRST = "0" * 64
# A change with its answers, entries and proof takes a few kilobytes.
ENOUGH_BYTES = 1 << 20
BLOCK = 1 << 16


class TrailError(Exception):
    """The trail cannot be written or read; one sentence."""


@dataclass(frozen=True)
class Verdict:
    """How a trail stands: its whole lines, the last hash, and what is wrong, line by line."""

    lines: int
    last: str
    broken: tuple[str, ...]


def default_path(environment: Mapping[str, str]) -> str:
    """Where the trail is when nobody says so: ``ODOO_POS_TRAIL``, else in the state folder of the user."""
    state = environment.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return environment.get("ODOO_POS_TRAIL") or os.path.join(state, "retailops.odoo_pos", "trail.jsonl")


def require_room(path: str) -> None:
    """To be called before anything is changed. Raises TrailError where a line could not be appended."""
    try:
        with opened(path) as handle:
            room, size = os.fstatvfs(handle.fileno()), handle.seek(0, os.SEEK_END)
    except OSError as error:
        raise TrailError(
            "The trail %s cannot be written (%s), so nothing was done: set odoo_pos_trail to a file that can."
            % (path, error.strerror)
        ) from None
    if room.f_bavail * room.f_frsize < ENOUGH_BYTES:
        raise TrailError(
            "The disk of the trail %s is full, so nothing was done: make room, or set odoo_pos_trail to another." % path
        )
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    if most != resource.RLIM_INFINITY and size + ENOUGH_BYTES > most:
        raise TrailError(
            "The trail %s would grow beyond the %d bytes that files of this process may have, so nothing was done: raise that "
            "limit (ulimit -f), or set odoo_pos_trail to another file." % (path, most)
        )


def append(path: str, record: Mapping[str, Any]) -> str:
    """Append one line and return its hash; the line is on the disk when this returns. Raises TrailError."""
    try:
        with opened(path) as handle:
            previous, torn = last_hash(handle)
            text = canonical({**record, "previous": previous})
            found = digest(text)
            line = json.dumps({"record": json.loads(text), "hash": found}, sort_keys=True, ensure_ascii=True)
            # a line that a crash left torn stays as it is, and is reported
            handle.write((b"\n" if torn else b"") + line.encode() + b"\n")
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        raise TrailError("The trail %s could not be written: %s." % (path, error.strerror)) from None
    return found


def verify(path: str) -> Verdict:
    """Walk the chain from its first line. Raises TrailError for a file that cannot be read."""
    previous, broken, number = FIRST, [], 0
    if not os.path.isfile(path):
        raise TrailError("The trail %s cannot be read: it is no file." % path)
    try:
        with open(path, "rb") as handle:
            for number, line in enumerate(handle, 1):
                told = broken_line(line, previous)
                if told:
                    broken.append("line %d %s" % (number, told))
                previous = hash_of(line) or previous
    except OSError as error:
        raise TrailError("The trail %s cannot be read: %s." % (path, error.strerror)) from None
    return Verdict(number, previous, tuple(broken))


def broken_line(line: bytes, previous: str) -> str:
    """What is wrong with a line, given the hash of the one before; empty where nothing is."""
    entry = parsed(line)
    if entry is None:
        return "is torn or is no line of a trail"
    if digest(canonical(entry["record"])) != entry["hash"]:
        return "was altered after it was written"
    if entry["record"].get("previous") != previous:
        return "does not follow the one before it: lines were taken out, put in or altered there"
    return ""


def parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(entry, dict) and isinstance(entry.get("record"), dict) and isinstance(entry.get("hash"), str)
    return entry if whole else None


def hash_of(line: bytes) -> str:
    entry = parsed(line)
    return "" if entry is None else str(entry["hash"])


def canonical(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """The file for appending, locked until it is closed; made, for its owner only, where it is not there."""
    pathlib.Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def last_hash(handle: IO[bytes]) -> tuple[str, bool]:
    """The hash of the last whole line, found from the end, and whether the file ends in a torn one."""
    position, tail = handle.seek(0, os.SEEK_END), b""
    torn: bool | None = None
    while position:
        step = min(BLOCK, position)
        position -= step
        handle.seek(position)
        tail = handle.read(step) + tail
        torn = not tail.endswith(b"\n") if torn is None else torn
        lines = tail.split(b"\n")
        # the first piece may be the end of a line that begins further ahead
        for line in reversed(lines[1:] if position else lines):
            if hash_of(line):
                return hash_of(line), torn
        tail = lines[0]
    return FIRST, bool(torn)
