# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was closed, in the words of a shop: what pos_session_close prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .answers import FAILED, REFUSED
from .choice import ALREADY, CLOSED, WOULD_CLOSE
from .table import table, wrap
from .words import VERDICTS, till_cell

Result = Mapping[str, Any]

OUTCOMES = {
    FAILED: "FAILED",
    REFUSED: "refused",
    CLOSED: "closed",
    WOULD_CLOSE: "would close",
    ALREADY: "was closed",
    "left_alone": "left alone",
}
ORDER = list(OUTCOMES)


def drawer(result: Result) -> str:
    """Counted, expected and the difference, one a line."""
    if result["expected"] is None:
        return "-"
    lines = [
        "counted  %s" % ("-" if result["counted"] is None else result["counted"]),
        "expected %s" % result["expected"],
    ]
    if result["counted"] is not None:
        lines.append("differs  %s" % result["difference"])
    return "\n".join(lines)


def proof(result: Result) -> str:
    """How many of the checks of the books held."""
    checks = result["proof"]
    return "%d/%d" % (sum(bool(check["held"]) for check in checks), len(checks)) if checks else "-"


def why(result: Result) -> str:
    """The entry that was made, what a failed proof did not find, and why it was refused or failed."""
    made = ["Entry %s" % name for name in result["entries"]]
    broken = ["%s: %s" % (check["check"], check.get("detail", "")) for check in result["proof"] if not check["held"]]
    refused = [found["message"] for found in result["findings"]] or [result["message"]]
    return "\n".join([part for part in [*made, *broken, *refused] if part])


def rank(result: Result) -> tuple[int, str]:
    return ORDER.index(result["outcome"]), str(result["till"]["name"])


def closing(results: Sequence[Result], left: Sequence[Result], store: str, width: int) -> list[str]:
    """The results of a store as lines for a screen, at most ``width`` cells each; failures first."""
    everything = sorted([*results, *left], key=rank)
    if not everything:
        return wrap("Store %s: nothing to close." % store, width)
    number = Counter(result["outcome"] for result in everything)
    said = ", ".join("%d %s" % (number[outcome], OUTCOMES[outcome]) for outcome in ORDER if number[outcome])
    rows = [
        (
            till_cell(result),
            VERDICTS.get(result["before"], result["before"] or "-"),
            OUTCOMES[result["outcome"]],
            drawer(result),
            proof(result),
            why(result),
        )
        for result in everything
    ]
    header = ("till", "before", "outcome", "drawer", "proof", "entry, or why not")
    caps = (22, 14, 11, 17, 5, 0)
    return [*wrap("Store %s: %s." % (store, said), width), "", *table(header, rows, width, caps)]
