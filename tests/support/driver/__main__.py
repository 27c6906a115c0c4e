# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.support.driver STAGE...``: run the stages one after the other and say what they found.

Stages: lint sanity units integration browser lab trust docs; ``all`` is every one of them. ``exec COMMAND...`` runs a command with the
virtual environment first on the PATH, ``format`` writes the Python files as ``lint`` wants them.
"""

from __future__ import annotations

import os
import sys
import time

from . import place, stages
from .counts import Count
from .laboratory import Laboratory


def main(words):
    """Run what the words say; return the exit code."""
    venv = place.virtual_environment()
    if words[:1] == ["exec"]:
        return _become(venv, words[1:])
    if words[:1] == ["format"]:
        return _become(venv, ["sh", "-c", "ruff check --fix-only --quiet . ; ruff format ."])
    names = list(stages.ALL) if words in ([], ["all"]) else words
    unknown = [name for name in names if name not in stages.ALL]
    if unknown:
        raise place.Failure("There is no stage %s; there are %s." % (", ".join(unknown), ", ".join(stages.ALL)))
    with place.tree() as tree:
        bench = stages.Bench(venv, tree)
        if {"lab", "trust"} & set(names[1:]):
            bench.laboratory = Laboratory(bench)
            bench.laboratory.warm()
        try:
            rows = [_stage(bench, name) for name in names]
        finally:
            if bench.laboratory is not None:
                bench.laboratory.down()
    return _sum_up(rows)


def _become(venv, command):
    if not command:
        raise place.Failure("Say which command to run: exec COMMAND...")
    os.chdir(place.CHECKOUT)
    os.environ["PATH"] = str(venv / "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
    os.environ.setdefault("ANSIBLE_COLLECTIONS_PATH", place.collections_path())
    os.execvp(command[0], command)


def _stage(bench, name):
    started = time.monotonic()
    print("\n=== %s: %s" % (name, stages.ALL[name].__doc__), flush=True)
    try:
        outcome = stages.ALL[name](bench)
    except (OSError, place.Failure) as error:
        print("FAILED  %s" % error)
        outcome = stages.Outcome(Count(failed=1))
    seconds = time.monotonic() - started
    print("--- %s took %.0f s: %s" % (name, seconds, outcome.count), flush=True)
    return name, seconds, outcome


def _verdict(count):
    if count.failed:
        return "FAILED"
    if count.passed:
        return "passed, but see SKIPPED below" if count.skipped else "passed"
    return "SKIPPED" if count.skipped else "FAILED: it ran nothing"


def _sum_up(rows):
    total = sum((outcome.count for _name, _seconds, outcome in rows), Count())
    print("\n%-12s %8s %8s %8s %8s  %s" % ("stage", "seconds", "passed", "failed", "skipped", "verdict"))
    for name, seconds, outcome in rows:
        count = outcome.count
        print(
            "%-12s %8.0f %8d %8d %8d  %s" % (name, seconds, count.passed, count.failed, count.skipped, _verdict(count))
        )
    for name, _seconds, outcome in rows:
        for reason in outcome.reasons:
            print("*** %s: %s" % (name, reason if reason.startswith("SKIPPED") else "SKIPPED: " + reason))
    print("\n%s" % total, flush=True)
    return int(any(_verdict(outcome.count).startswith("FAILED") for _name, _seconds, outcome in rows))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except place.Failure as problem:
        print("%s\n\n0 passed, 1 failed, 0 skipped" % problem, file=sys.stdout)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
