# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What drawers were counted at when this collection closed them, out of the trail of changes: by then they are no longer open."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .drawers import Count

CLOSES = b"pos_session_close"
# Some thousand closes; what is older has been seen by an earlier run.
TAIL = 16 << 20


def closings(path: str) -> dict[str, list[Count]]:
    """The counts of the closes at the end of the trail, by host; none where there is no trail. Raises OSError."""
    found: dict[str, list[Count]] = {}
    for line in last_lines(path):
        for host, count in counted_in(line):
            found.setdefault(host, []).append(count)
    return found


def last_lines(path: str) -> Iterator[bytes]:
    """The lines that may be closes; the first may be half a one."""
    if not path or not os.path.exists(path):
        return
    with open(path, "rb") as handle:
        handle.seek(max(0, os.fstat(handle.fileno()).st_size - TAIL))
        yield from (line for line in handle if CLOSES in line)


def counted_in(line: bytes) -> Iterator[tuple[str, Count]]:
    """The host and the count of a close that was carried out with what somebody counted."""
    try:
        record = json.loads(line)["record"]
        plan, session = record["plan"], record["session"]
        if record["failed"] or not str(record["module"]).endswith("pos_session_close") or plan["assumed"]:
            return
        counted, expected = Decimal(plan["counted"]), Decimal(plan["expected"])
        decimals = len(plan["counted"].partition(".")[2])
        units = int((counted - expected).scaleb(decimals))
        host, at = str(record["store"]["host"]), str(record["at"])
        yield host, count_of(session, str(plan["currency"]), decimals, at, units)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation):
        # Torn, of another kind, or closed without a count.
        return


def count_of(session: Mapping[str, Any], currency: str, decimals: int, at: str | None, units: int) -> Count:
    return Count(
        int(session["id"]), int(session["till"]["id"]), str(session["till"]["name"]), currency, decimals, at, units
    )
