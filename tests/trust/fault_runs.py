# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which faults are tried at which steps, by chance and by seed; what came of each; and how to play one again."""

from __future__ import annotations

import collections
import concurrent.futures
import random
import threading
import time
import traceback
from dataclasses import dataclass

from . import effort as efforts
from .fault_steps import Step

POINT = "1 faults"


@dataclass(frozen=True)
class Run:
    """One fault at one step. ``seed`` is what to give as --seed to have it again, with --step and the test's own name."""

    fault: str
    series: int
    step: Step
    seed: int
    moment: str = ""

    @property
    def row(self):
        """Its row in the table of figures."""
        return "odoo-%d %s: %s" % (self.series, self.fault, self.step.name)

    @property
    def name(self):
        return "%s, %s, seed %d" % (self.row, self.moment, self.seed)

    def chance(self):
        """Where this run's chance begins: the same for the same name."""
        return random.Random(self.name)


class Campaign:
    """The runs of one test. Goes on after a failure and fails at the end, with every run that failed."""

    def __init__(self, request, ground, effort):
        self.ground, self.effort = ground, effort
        self.test, self.only = request.node.name, request.config.getoption("--step")
        self._failed, self._table, self._lock = [], {}, threading.Lock()

    def runs(self, fault, steps, moments=("",)):
        """Every step, as often as the effort says, the moments in turn; in a short run one step, drawn by the seed."""
        series, seed = self.ground.series, self.effort.seed
        chance = random.Random("%s %d %d" % (fault, series, seed))
        if self.only:
            steps = [step for step in steps if self.only in step.name]
            assert steps, "No step of this fault holds %r." % self.only
        elif not self.effort.full:
            steps = [chance.choice(steps)]
        # The moment by the run's own seed, so that it is the same when the run is played again alone.
        seeds = range(seed, seed + self.effort.fault_rounds)
        return [Run(fault, series, step, s, moments[s % len(moments)]) for s in seeds for step in steps]

    def each(self, runs, one, workers=1):
        """Call ``one(run)``, which returns how the session stood after the fault, for every run."""
        if workers == 1:
            for run in runs:
                self.try_one(run, one, run)
            return
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda run: self.try_one(run, one, run), runs))

    def try_one(self, run, call, *arguments):
        """Keep and return what came of a run, or keep why it failed and how to play it again."""
        began = time.monotonic()
        try:
            outcome = call(*arguments)
        except Exception:
            told = "%s\n%s\nAgain: pytest tests/trust -k '%s' --seed %d --step '%s'" % (
                run.name, traceback.format_exc(), self.again(run), run.seed, run.step.name)  # fmt: skip
            print(told, flush=True)
            with self._lock:
                self._failed.append(told)
            outcome = "FAILED"
        with self._lock:
            row = self._table.setdefault(run.row, [collections.Counter(), 0.0])
            row[0][" ".join(filter(None, (run.moment, outcome)))] += 1
            row[1] += time.monotonic() - began
        return outcome

    def again(self, run):
        """What -k has to be given for the test of one run."""
        return "%s and odoo-%d" % (self.test.split("[")[0], run.series)

    def end(self):
        """Note the table; fail where a run did."""
        for row, (outcomes, seconds) in self._table.items():
            number = sum(outcomes.values())
            told = ", ".join("%d %s" % (n, what) for what, n in sorted(outcomes.items()))
            value = "%d runs: %s; %.1f s each" % (number, told, seconds / number)
            efforts.note(POINT, row, value)
            print(row, value, flush=True)
        total = sum(sum(outcomes.values()) for outcomes, _seconds in self._table.values())
        efforts.note(POINT, "%s: runs, failed" % self.test, "%d, %d" % (total, len(self._failed)))
        assert total, "No fault was tried."
        assert not self._failed, "%d of %d runs failed:\n\n%s" % (len(self._failed), total, "\n\n".join(self._failed))


def spread(metafunc):
    """``pytest_generate_tests`` of every file of faults: both series in full and where steps are named, else one by the seed."""
    option = metafunc.config.getoption
    everything = option("--full") or option("--step")
    if "ground" in metafunc.fixturenames:
        chance = random.Random("%s %d" % (metafunc.function.__name__, option("--seed")))
        series = (19, 14) if everything else (chance.choice((19, 14)),)
        metafunc.parametrize("ground", series, indirect=True, ids=["odoo-%d" % number for number in series])
