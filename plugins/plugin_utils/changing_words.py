# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of sessions that were released or reset, as results and in the words of a shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .answers import FAILED, REFUSED, stopped
from .table import table, wrap
from .words import till_cell

Facts = Mapping[str, Any]
LEFT = "unchanged"
ORDER = (FAILED, REFUSED)


def results_of(chosen: Sequence[Facts], answers: Sequence[Facts], done: str, would: str) -> list[dict[str, Any]]:
    """One entry a session: the registered answers of a loop over ``chosen`` (id, name, till), or of one task.

    ``done`` is the outcome of a change, such as released, and ``would`` that of one in check mode. A session without an answer
    was not tried.
    """
    if len(answers) == 1 and "ansible_loop_var" not in answers[0]:
        return [answered(item, answers[0], done, would) for item in chosen]
    by_id = {answer[answer["ansible_loop_var"]]["id"]: answer for answer in answers if "ansible_loop_var" in answer}
    return [
        answered(item, by_id[item["id"]], done, would)
        if item["id"] in by_id
        else answered(item, {"failed": True, "msg": "Not tried: see the error above."}, done, would)
        for item in chosen
    ]


def answered(item: Facts, answer: Facts, done: str, would: str) -> dict[str, Any]:
    """A module's result in one entry."""
    session = answer.get("session") or {}
    before, after, plan = session.get("before") or {}, session.get("after") or {}, answer.get("plan") or {}
    proof = [dict(check) for check in answer.get("proof") or []]
    changed = done if after else would
    outcome = stopped(answer) or (changed if answer.get("changed") else LEFT)
    return {
        "till": dict(before.get("till") or item["till"]),
        "session": {"id": before.get("id", item.get("id")), "name": before.get("name", item.get("name"))},
        "before": before.get("state") or item.get("state") or "",
        "after": after.get("state") or "",
        "outcome": outcome,
        "message": str(answer.get("msg", "")),
        "findings": [dict(found) for found in answer.get("findings") or []],
        "steps": [str(step) for step in plan.get("steps") or []],
        "next": [str(step) for step in plan.get("next") or []],
        "explanation": [str(line) for line in answer.get("explanation") or []],
        "in_use": answer.get("in_use"),
        "pre_image": answer.get("pre_image"),
        "proof": proof,
        "proof_held": all(check["held"] for check in proof) if proof else None,
    }


def told(result: Facts) -> str:
    """Everything a person wants to know of one result."""
    broken = ["%s: %s" % (check["check"], check.get("detail", "")) for check in result["proof"] if not check["held"]]
    lines = [result["message"], *result["explanation"], *broken]
    if result["outcome"].startswith("would"):
        lines += result["steps"]
    if not result["message"]:
        lines += ["Next: " + step for step in result["next"]]
    return "\n".join(line for line in lines if line)


def states(result: Facts) -> str:
    """The state, or how it changed."""
    before, after = result["before"] or "-", result["after"]
    return "%s -> %s" % (before, after) if after and after != before else before


def rank(result: Facts) -> tuple[int, str]:
    outcome = result["outcome"]
    return ORDER.index(outcome) if outcome in ORDER else len(ORDER), str(result["till"]["name"])


def changing(results: Sequence[Facts], store: str, width: int) -> list[str]:
    """The results of a store as lines for a screen, at most ``width`` cells each; failures first."""
    if not results:
        return wrap("Store %s: no open session." % store, width)
    number = Counter(result["outcome"] for result in results)
    said = ", ".join("%d %s" % (count, outcome.replace("_", " ")) for outcome, count in sorted(number.items()))
    rows = [
        (
            till_cell(result),
            states(result),
            result["outcome"].replace("_", " ").replace(FAILED, "FAILED"),
            told(result) or "-",
        )
        for result in sorted(results, key=rank)
    ]
    heading = wrap("Store %s: %s." % (store, said), width)
    columns = ("till", "session", "outcome", "what is known, and why")
    lines = [*heading, "", *table(columns, rows, width, (22, 17, 13, 0))]
    for image in [result["pre_image"] for result in results if result["pre_image"]]:
        # A path is to be copied, so it is not broken into lines.
        lines += ["", "Pre-image (sha256 %s):" % image["sha256"], clean(image["path"])]
    return lines
