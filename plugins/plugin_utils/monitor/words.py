# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run over the fleet as lines for a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..table import indented, table, wrap
from .rules import SEVERITIES

# More than anybody reads on a screen; all of them are in the result.
MOST_ROWS = 60


def since(alert: Mapping[str, Any]) -> str:
    """'2026-11-22T07:14:38Z' as '11-22 07:14', or that it is new."""
    return "new" if alert["new"] else str(alert["since"])[5:16].replace("T", " ")


def heading(summary: Mapping[str, int]) -> str:
    """The run in one line."""
    numbers = ["%d %s" % (summary[severity], severity) for severity in SEVERITIES if summary[severity]]
    text = "%d store%s: %s" % (
        summary["stores"],
        "" if summary["stores"] == 1 else "s",
        ", ".join(numbers) or "nothing to worry about",
    )
    more = [
        (summary["new"], "new"),
        (summary["over"], "over"),
        (summary["silenced"], "silenced"),
        (summary["unreachable"], "not read"),
    ]
    return text + "".join("; %d %s" % one for one in more if one[0]) + "."


def lines_of(
    summary: Mapping[str, int],
    alerts: Sequence[Mapping[str, Any]],
    over: Sequence[Mapping[str, Any]],
    faults: Sequence[Mapping[str, Any]],
    width: int,
) -> list[str]:
    """What is the matter, what is over, and what could not be done."""
    lines = wrap(heading(summary), width)
    heard = [a for a in alerts if a["silenced"] is None]
    if heard:
        rows = [(a["severity"], a["store"], since(a), a["message"]) for a in heard[:MOST_ROWS]]
        lines += ["", *table(("severity", "store", "since (UTC)", "what is the matter"), rows, width, (8, 24, 11, 0))]
        if len(heard) > MOST_ROWS:
            lines += ["", "and %d more." % (len(heard) - MOST_ROWS)]
    if over:
        lines += ["", "Over"]
        for one in over[:MOST_ROWS]:
            lines += indented("%s: %s" % (one["store"], one["message"]), width)
    if faults:
        lines += ["", "What could not be done"]
        for fault in faults:
            stores = list(fault["stores"])
            among = (
                " (%s%s)" % (", ".join(stores[:3]), " and %d more" % (len(stores) - 3) if len(stores) > 3 else "")
                if stores
                else ""
            )
            lines += indented(fault["message"] + among, width)
    return lines
