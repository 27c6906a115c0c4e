# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a store in the words of a shop: what pos_accounting and pos_payment_methods print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .settings import FAILED, LEFT, REFUSED, SET, UNCHANGED, WOULD_SET
from .table import indented, table, wrap

Facts = Mapping[str, Any]

OUTCOMES = {
    FAILED: "FAILED",
    REFUSED: "refused",
    SET: "set",
    WOULD_SET: "to set",
    UNCHANGED: "unchanged",
    LEFT: "left",
}


def lines_of(results: Sequence[Facts], store: str, log: Sequence[Facts] | None, width: int) -> list[str]:
    """Results and log as lines for a screen, at most ``width`` cells each."""
    if results:
        number = Counter(result["outcome"] for result in results)
        said = ", ".join("%d %s" % (number[outcome], words) for outcome, words in OUTCOMES.items() if number[outcome])
        rows = [
            (result["till"]["name"] or "-", OUTCOMES[result["outcome"]], what(result), why(result))
            for result in results
        ]
        lines = [*wrap("Store %s: %s." % (store, said), width), ""]
        lines += table(("till", "outcome", "what", "proof, or what to do"), rows, width, (22, 9, 0, 0))
    else:
        lines = wrap("Store %s: nothing is wrong with its settings." % store, width)
    if log is not None:
        lines += (
            ["", "The log of Odoo about sessions"] if log else ["", "The log of Odoo tells nothing about sessions."]
        )
        for entry in log:
            lines += indented(log_line(entry), width)
    return lines


def what(result: Facts) -> str:
    """What is set, else what was found."""
    if result["settings"] and result["outcome"] in (SET, WOULD_SET):
        return "\n".join("%s: %s" % (s["what"], s["after"]) for s in result["settings"])
    return (
        "\n".join(found["message"] for found in result["findings"])
        or "\n".join(result["kept"])
        or "as it was asked for"
    )


def why(result: Facts) -> str:
    if result["message"]:
        return str(result["message"])
    held = sum(bool(check["held"]) for check in result["proof"])
    return "proof %d/%d" % (held, len(result["proof"])) if result["proof"] else "-"


def log_line(entry: Facts) -> str:
    cause = entry["cause"] or {}
    times = " (%d times)" % entry["times"] if entry["times"] > 1 else ""
    session = entry["session"]["name"] or entry["session"]["id"]
    known = (
        " [%s]" % " ".join(str(part) for part in (cause.get("id"), cause.get("code"), cause.get("fix")) if part)
        if cause
        else ""
    )
    return "%s%s%s: %s: %s%s" % (
        entry["at"][:16].replace("T", " "),
        times,
        ", session %s" % session if session else "",
        (entry["exception"] or entry["level"]).split(".")[-1],
        entry["message"],
        known,
    )
