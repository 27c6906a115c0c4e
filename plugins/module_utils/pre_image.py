# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pre-image of a session: every row that belongs to it, on disk before anything is changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Optional

from . import queries_reset
from .database import Reader
from .errors import BadInput
from .facts import moment
from .rows import utc
from .schema import Schema

FORMAT = 1
Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Written:
    """A pre-image on disk."""

    path: str
    sha256: str
    rows: Rows

    def facts(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "sha256": self.sha256,
            "rows": {name: len(found) for name, found in self.rows.items()},
        }


@dataclass(frozen=True)
class Kept:
    """A pre-image as it is read for an undo. ``state`` and ``stop_at`` are how the session was; ``left`` how the reset left it."""

    path: str
    sha256: str
    database: str
    session_id: int
    name: str
    state: str
    stop_at: Optional[datetime]
    left_state: str
    left_stop_at: Optional[datetime]
    rows: Rows


def read_rows(reader: Reader, schema: Schema, session_id: int) -> Rows:
    """Table -> its rows that belong to the session. A number with a point is kept as text: it is exact."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in queries_reset.image_tables(schema)}
    there = reader.rows("columns", queries_reset.COLUMNS, {"tables": list(rows)})
    columns = {found["name"]: found["columns"] for found in there}
    for found in reader.rows("image", queries_reset.image(schema, columns), {"session": session_id}):
        rows[found["relation"]].append(json.loads(found["row"], parse_float=str))
    return rows


def differing(before: Rows, after: Rows) -> list[str]:
    """The rows of a pre-image that are gone or changed since, as 'table id'; the session's own row is not looked at."""
    found = []
    for table, rows in before.items():
        if table != "pos_session":
            now = {row["id"]: row for row in after.get(table, [])}
            found += ["%s %s" % (table, row["id"]) for row in rows if now.get(row["id"]) != row]
    return found


def default_folder() -> str:
    """XDG_STATE_HOME or ~/.local/state, and our name below it."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(home, "retailops.odoo_pos")


def target(wish: Optional[str], database: str, session_id: int, now: datetime) -> str:
    """Where a pre-image goes: the file that was named, or a new one in the folder that was. Raises BadInput."""
    folder = wish or default_folder()
    if wish and not (os.path.isdir(wish) or wish.endswith(os.sep)):
        if os.path.lexists(wish):
            raise BadInput(
                "pre_image %s exists already and is never overwritten: name another file, or a folder." % wish
            )
        return wish
    name = "%s-session-%d-%s.json" % (re.sub(r"[^\w.-]", "_", database), session_id, now.strftime("%Y%m%dT%H%M%S.%fZ"))
    return os.path.join(folder, name)


def write(path: str, content: Mapping[str, Any], rows: Rows, own_folder: bool) -> Written:
    """Write atomically and durably: a temporary file, fsync, rename, fsync of the folder. Raises BadInput, leaving nothing."""
    text = json.dumps({**content, "rows": rows}, indent=1, sort_keys=True).encode() + b"\n"
    folder = os.path.dirname(os.path.abspath(path))
    temporary = None
    try:
        if own_folder:
            os.makedirs(folder, mode=0o700, exist_ok=True)
        # mkstemp makes the file for its owner alone (0600), and follows no link.
        handle, temporary = tempfile.mkstemp(prefix=".pre-image-", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, path)
        temporary = path
        sync_folder(folder)
    except OSError as error:
        with contextlib.suppress(OSError, TypeError):
            os.unlink(temporary)  # type: ignore[arg-type]
        raise BadInput(
            "The pre-image cannot be written to %s (%s), so nothing was changed: give pre_image a folder that can be written "
            "and has room." % (path, error.strerror or error)
        ) from None
    return Written(path, hashlib.sha256(text).hexdigest(), rows)


def sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_of(
    schema: Schema, session: Mapping[str, Any], state: str, stop_at: Optional[datetime], now: datetime
) -> dict[str, Any]:
    """What stands in the file beside the rows: which store and session, when, and how the reset is to leave it."""
    return {
        "format": FORMAT,
        "written_by": "retailops.odoo_pos",
        "written_at": moment(now.astimezone(timezone.utc)),
        "database": schema.database,
        "series": "%d.0" % schema.series,
        "session": {"id": session["id"], "name": session["name"]},
        "left": {"state": state, "stop_at": moment(stop_at)},
    }


def read(path: str) -> Kept:
    """Read a pre-image for an undo. Raises BadInput for one that cannot be read or is none."""
    try:
        with open(path, "rb") as file:
            text = file.read()
        content = json.loads(text)
        row = content["rows"]["pos_session"][0]
        if content["format"] != FORMAT:
            raise ValueError("format %s" % content["format"])
        return Kept(
            path=path,
            sha256=hashlib.sha256(text).hexdigest(),
            database=str(content["database"]),
            session_id=int(content["session"]["id"]),
            name=str(content["session"]["name"]),
            state=str(row["state"]),
            stop_at=to_second(row["stop_at"]),
            left_state=str(content["left"]["state"]),
            left_stop_at=to_second(content["left"]["stop_at"]),
            rows=content["rows"],
        )
    except OSError as error:
        raise BadInput("The pre-image %s cannot be read (%s)." % (path, error.strerror or error)) from None
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise BadInput(
            "%s is no pre-image that this collection wrote: name the file that the reset returned." % path
        ) from None


def to_second(text: Optional[str]) -> Optional[datetime]:
    """A time out of a pre-image; Odoo keeps whole seconds."""
    return None if text is None else utc(datetime.fromisoformat(str(text)[:19]))
