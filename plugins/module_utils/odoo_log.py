# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odoo's log, read from its end: lines -> entries -> what is told about sessions. Pure; a log is hostile text.

A line begins ``2026-11-22 07:00:00,123 4711 ERROR database logger: message`` (odoo/netsvc.py, 14.0 to 19.0) in UTC, which Odoo
makes its own time zone; lines that do not begin so belong to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from .log_causes import COMMON, Cause, cause_of
from .rows import clean

HEADER = re.compile(
    rb"(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(?P<ms>\d{3}) (?P<pid>\d+) (?P<level>[A-Z]+) (?P<database>\S+) "
    rb"(?P<logger>[\w.-]+): (?P<message>.*)",
    re.DOTALL,
)
LEVELS = (b"WARNING", b"ERROR", b"CRITICAL")
REQUESTS = b"werkzeug"
# Colours, where Odoo logged to a terminal.
COLOUR = re.compile(rb"\x1b\[[0-9;]*m")

# What is kept of an entry, and how long a line may get.
MOST_LINES = 200
MOST_FRAMES = 8
MOST_TEXT = 500

# An entry is about sessions when its text or its traceback says so, or the request that it belongs to.
ABOUT = re.compile(r"pos\.session|pos_session|point_of_sale|pos\.order\b|\bPOS/\d{3,}|PoS Session", re.IGNORECASE)
REQUEST = re.compile(r'"(?:POST|GET) (?P<path>[^" ]+)')
REQUEST_ABOUT = re.compile(r"pos\.session|pos\.order|/pos/")
SOON = timedelta(seconds=5)

SESSION_ID = re.compile(r"pos\.session\((\d+),?\)|session [^\n]{0,80}?\(ID: (\d+)\)")
SESSION_NAME = re.compile(
    r"\((RESCUE FOR [^()\n]{1,60})\)|\b(POS/\d{3,})\b|[Ss]ession:? ['\"]?([^\s'\",]{1,60}/\d{4,})"
)
EXCEPTION = re.compile(r"(?P<name>(?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?::\s*(?P<text>.*))?$")
FRAME = re.compile(r'\s+File "(?P<file>[^"]{1,400})", line (?P<line>\d+), in (?P<function>\S+)')

SECRETS = (
    # a name that says so, and what follows it: password=…, 'api_key': '…', Authorization: Bearer …
    re.compile(
        r"(?i)((?:password|passwd|pwd|api[_-]?key|secret|token|session_id|sid|authorization|cookie)['\"]?\s*[:=]\s*)"
        r"(?:b(?=['\"]))?(?:bearer\s+|basic\s+)?('[^']*'|\"[^\"]*\"|[^\s,;)}&]+)"
    ),
    re.compile(r"(?i)(\bbearer\s+)(\S+)"),
    re.compile(r"(://[^/\s:@]*:)([^@\s/]+)(?=@)"),
    # API keys and session ids: long, without a break, letters and digits
    re.compile(r"()(?<![\w/.-])(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])([A-Za-z0-9_-]{40,})(?![\w/-])"),
)
HIDDEN = "********"


@dataclass(frozen=True)
class Entry:
    """One entry as it was logged. ``more`` are the lines after the first, the newest MOST_LINES of them."""

    at: datetime
    pid: str
    level: str
    database: str
    logger: str
    message: str
    more: tuple[str, ...] = ()


@dataclass
class Told:
    """One thing that the log tells about sessions, with how often it does."""

    entry: Entry
    cause: Optional[Cause]
    exception: Optional[str]
    message: str
    session: dict[str, Any]
    frames: list[str]
    request: Optional[str]
    first_at: datetime
    times: int = 1


def text_of(raw: bytes) -> str:
    """A line as text: bytes that are no UTF-8 become a mark, control characters go."""
    return clean(raw.decode("utf-8", "replace").replace("\t", "    "))


def scrub(text: str) -> str:
    """Without what looks like a password, a key or a session's id."""
    for pattern in SECRETS:
        text = pattern.sub(lambda found: found.group(1) + HIDDEN, text)
    return text


def one_line(text: str) -> str:
    text = scrub(" ".join(text.split()))
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def entries(lines: Iterable[bytes], since: Optional[datetime] = None) -> Iterator[Entry]:
    """Warnings, errors and requests, the newest first, out of lines that are the newest first; ends at the first older one.

    Most of a log is neither: it is passed over as it is. Lines whose entry was cut off are dropped.
    """
    oldest = b"" if since is None else since.strftime("%Y-%m-%d %H:%M:%S").encode()
    more: list[bytes] = []
    for raw in lines:
        line = COLOUR.sub(b"", raw) if b"\x1b" in raw else raw
        found = HEADER.match(line)
        if found is None:
            if len(more) < MOST_LINES:
                more.append(line)
            continue
        if found["at"] < oldest:
            return
        if found["level"] in LEVELS or found["logger"] == REQUESTS:
            yield entry_of(found, more)
        more = []


def entry_of(found: re.Match[bytes], more: list[bytes]) -> Entry:
    """The entry that a first line and the lines after it (newest first) make."""
    at = datetime.strptime(found["at"].decode(), "%Y-%m-%d %H:%M:%S")
    return Entry(
        at.replace(microsecond=int(found["ms"]) * 1000, tzinfo=timezone.utc),
        found["pid"].decode(),
        found["level"].decode(),
        text_of(found["database"]),
        text_of(found["logger"]),
        text_of(found["message"]),
        tuple(text_of(line) for line in reversed(more)),
    )


@dataclass
class Listener:
    """Goes through entries, the newest first, and keeps what is told about sessions; alike ones are folded.

    ``database``: only its entries, and those that name none. ``full`` once there are as many different ones as are wanted.
    """

    database: Optional[str] = None
    most: int = 20
    seen: int = 0
    requests: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    told: dict[tuple[Any, ...], Told] = field(default_factory=dict)
    full: bool = False

    def hear(self, entry: Entry) -> None:
        self.seen += 1
        if entry.logger == "werkzeug" and entry.level == "INFO":
            self.remember(entry)
            return
        if not self.ours(entry):
            return
        told = self.understand(entry)
        if told is None:
            return
        key = (
            told.cause and told.cause.id,
            told.exception,
            entry.logger,
            re.sub(r"\d+", "#", told.message),
            entry.level,
        )
        known = self.told.get(key)
        if known is not None:
            known.times += 1
            known.first_at = entry.at
        elif len(self.told) < self.most:
            self.told[key] = told
        else:
            self.full = True

    def ours(self, entry: Entry) -> bool:
        return self.database is None or entry.database in (self.database, "?", "None")

    def remember(self, entry: Entry) -> None:
        """Odoo logs a request when it has ended: the one after an error, of the same process, is most often its own."""
        found = REQUEST.search(entry.message)
        if found is not None:
            self.requests[entry.pid] = (entry.at, found["path"])
            while len(self.requests) > 100:
                self.requests.pop(next(iter(self.requests)))

    def understand(self, entry: Entry) -> Optional[Told]:
        """What an entry tells about sessions; None for one that is not about them."""
        text = "\n".join((entry.message, *entry.more))
        ended, path = self.requests.get(entry.pid, (None, ""))
        request = path if ended is not None and ended - entry.at <= SOON and REQUEST_ABOUT.search(path) else None
        # Beside the errors of a request there are warnings that have nothing to do with it.
        its_own = entry.logger == "odoo.http" or entry.level != "WARNING"
        about = bool(ABOUT.search(text)) or (request is not None and its_own)
        known = cause_of(text)
        if not about and (known is None or known.id in COMMON):
            return None
        if entry.logger == "odoo.sql_db" and known is None:
            # The statement that failed; the error itself is logged by whoever sent it.
            return None
        exception, message = exception_of(entry)
        return Told(
            entry,
            known,
            exception,
            one_line(message),
            session_of(text),
            frames_of(entry.more),
            request and one_line(request),
            entry.at,
        )


def exception_of(entry: Entry) -> tuple[Optional[str], str]:
    """Class and text of the exception that ends an entry's last traceback; the message itself where there is none."""
    starts = [number for number, line in enumerate(entry.more) if line.startswith("Traceback ")]
    if starts:
        # below the frames, which are indented
        ended = next((line for line in entry.more[starts[-1] + 1 :] if line[:1].strip()), "")
        found = EXCEPTION.match(ended)
        return (found["name"], found["text"] or entry.message) if found is not None else (None, entry.message)
    # Odoo logs what it refuses to its user as a warning of odoo.http: its text, without a traceback (odoo/http.py).
    if entry.logger == "odoo.http" and entry.level == "WARNING":
        return "odoo.exceptions.UserError", " ".join((entry.message, *entry.more[:4]))
    detail = next((line for line in entry.more if line.startswith("ERROR: ")), None)
    return None, entry.message if detail is None else "%s … %s" % (entry.message[:120], detail)


def session_of(text: str) -> dict[str, Any]:
    """Id and name of the session, as far as the text tells."""
    ident, name = SESSION_ID.search(text), SESSION_NAME.search(text)
    return {
        "id": int(next(g for g in ident.groups() if g)) if ident else None,
        "name": next(g for g in name.groups() if g) if name else None,
    }


def frames_of(lines: Iterable[str]) -> list[str]:
    """The frames of the first traceback, where it went wrong, as 'file:line in function'; paths as Odoo's own are named."""
    frames: list[str] = []
    for line in lines:
        found = FRAME.match(line)
        if found is not None:
            path = re.split(r"/(?=odoo/addons/|addons/|odoo/)", found["file"])[-1]
            frames.append(scrub("%s:%s in %s" % (path, found["line"], found["function"])))
        elif frames and line[:1].strip():
            break
    return frames


def told_facts(told: Told) -> dict[str, Any]:
    """One entry of the result, as plain JSON values."""
    known, frames = told.cause, told.frames
    return {
        "at": told.entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "first_at": told.first_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "times": told.times,
        "level": told.entry.level,
        "logger": told.entry.logger,
        "database": None if told.entry.database in ("?", "None") else told.entry.database,
        "session": told.session,
        "exception": told.exception,
        "message": told.message,
        "request": told.request,
        "traceback": {
            "frames": len(frames),
            "last": frames[-MOST_FRAMES:],
            "point_of_sale": next((f for f in reversed(frames) if "point_of_sale" in f), None),
        },
        "cause": None if known is None else {"id": known.id, "code": known.code, "fix": known.fix},
    }
