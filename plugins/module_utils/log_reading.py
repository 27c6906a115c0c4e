# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a log, the newest first, however large it is: of a file, or of a unit's journal."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO, Optional

from .errors import BadInput, Unreachable

BLOCK = 256 * 1024
# More of a line is not kept: what it begins with says what it is.
LONGEST_LINE = 8 * 1024
UNIT = re.compile(r"[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*")


@dataclass
class Budget:
    """How many bytes may be read; ``cut`` once there was more."""

    most: int
    read: int = 0
    cut: bool = False

    @property
    def left(self) -> int:
        return max(0, self.most - self.read)


def lines_of_file(path: str, budget: Budget) -> Iterator[bytes]:
    """The lines of a file from its end on, in memory that does not grow with it. Raises BadInput for a file that cannot be read."""
    if path.endswith((".gz", ".xz", ".bz2", ".zst")):
        raise BadInput("path %s is compressed: give the log that Odoo writes to now." % path)
    try:
        with open(path, "rb") as log:
            if not log.seekable() or not os.path.isfile(path):
                raise BadInput("path %s is no file that can be read from its end." % path)
            yield from lines_backwards(log, budget)
    except OSError as error:
        raise BadInput(
            "path %s cannot be read (%s): give Odoo's logfile, and become a user who may read it."
            % (path, error.strerror)
        ) from None


def lines_backwards(log: BinaryIO, budget: Budget) -> Iterator[bytes]:
    """Block by block from the end; a line that is longer than LONGEST_LINE keeps its beginning."""
    position, head = log.seek(0, os.SEEK_END), b""
    while position:
        size = min(BLOCK, position, budget.left)
        if not size:
            budget.cut = True
            return
        position -= size
        log.seek(position)
        block = log.read(size)
        budget.read += len(block)
        lines = block.split(b"\n")
        lines[-1] = (lines[-1] + head)[:LONGEST_LINE]
        head = lines.pop(0)
        for line in reversed(lines):
            yield line[:LONGEST_LINE].rstrip(b"\r")
        head = head[:LONGEST_LINE]
    if head:
        yield head.rstrip(b"\r")


def lines_of_journal(unit: str, since: Optional[datetime], budget: Budget) -> Iterator[bytes]:
    """The lines that a systemd unit wrote, the newest first. Raises BadInput or Unreachable."""
    if not UNIT.fullmatch(unit):
        raise BadInput("journald_unit %s is no name of a unit, such as odoo.service." % unit)
    program = shutil.which("journalctl")
    if program is None:
        raise BadInput("There is no journalctl where this task runs: give path, or run it on the host of Odoo.")
    command = [program, "--unit", unit, "--reverse", "--output", "json", "--all", "--no-pager", "--quiet"]
    if since is not None:
        command += ["--since", "@%d" % int(since.timestamp())]
    # Its output is read as it comes and left when enough was seen, which run_command of a module cannot do.
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as journal:  # pylint: disable=ansible-bad-function
        try:
            yield from lines_of_records(journal.stdout or io.BytesIO(), budget)
            if budget.cut:
                return
            said = (journal.stderr or io.BytesIO()).read(LONGEST_LINE).decode("utf-8", "replace").split("\n")[0]
            if journal.wait():
                raise Unreachable("journalctl does not show the unit %s: %s." % (unit, said.rstrip(".") or "it failed"))
        finally:
            journal.kill()


def lines_of_records(records: IO[bytes], budget: Budget) -> Iterator[bytes]:
    """The lines of journald's records, one record a line."""
    while raw := records.readline(BLOCK):
        budget.read += len(raw)
        if budget.read > budget.most:
            budget.cut = True
            return
        yield from reversed(message_of(raw))


def message_of(raw: bytes) -> list[bytes]:
    """The lines of one record; journald gives bytes that are no text as a list of numbers. A record that was cut off has none."""
    try:
        message: Any = json.loads(raw).get("MESSAGE")
    except (ValueError, AttributeError):
        return []
    if isinstance(message, list):
        message = bytes(n for n in message if isinstance(n, int) and 0 <= n < 256)
    text = message if isinstance(message, bytes) else str(message or "").encode("utf-8", "replace")
    return [line[:LONGEST_LINE] for line in text.split(b"\n")]
