# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much is tried: a little on every run of the tests, all of it with ``make test-trust``; and the figures that came out."""

from __future__ import annotations

import dataclasses
import json
import pathlib

#: Where the figures of a run are gathered, a line each.
FIGURES = pathlib.Path(__file__).resolve().parents[2] / ".build" / "trust" / "figures.jsonl"


@dataclasses.dataclass(frozen=True)
class Effort:
    """full: all of it. seed: where chance begins; a run is played again by its seed. The rest: numbers of runs."""

    full: bool
    seed: int
    fault_rounds: int = 1
    input_cases: int = 300
    baskets: int = 3


def effort(full, seed):
    """The Effort of a short run or of a full one."""
    return Effort(full, seed, fault_rounds=15, input_cases=10000, baskets=60) if full else Effort(full, seed)


def note(point, what, value):
    """Note a figure: the point of the list it belongs to, what was counted or measured, and its value."""
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    with open(FIGURES, "a", encoding="utf-8") as lines:
        lines.write(json.dumps([point, what, value]) + "\n")


def noted():
    """All the figures of this run."""
    return [json.loads(line) for line in FIGURES.read_text(encoding="utf-8").splitlines()] if FIGURES.exists() else []
