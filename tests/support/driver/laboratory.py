# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory as the stages use it: started early, waited for, and stopped if it did not run before."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import signal
import subprocess

from . import place
from .counts import Count

#: What automake and the laboratory answer when this machine cannot have what was asked for.
CANNOT_BE_HAD = 77
#: No command takes longer, unless it hangs: the first start of the laboratory needs some six minutes.
COMMAND_SECONDS = 1200
#: The Odoo series: the newest and the oldest.
SERIES = ("19", "14")


class Laboratory:
    """The real Odoo of the newest and of the oldest series. Its first start takes minutes, so ``warm`` begins it early."""

    def __init__(self, bench):
        self.bench = bench
        # In the checkout and with the user's own home: the laboratory keeps its downloads and databases there.
        self.environment = {
            **os.environ,
            "PATH": str(bench.venv / "bin") + os.pathsep + os.environ.get("PATH", os.defpath),
            "ANSIBLE_COLLECTIONS_PATH": str(bench.tree.parents[2]),
            "PYTHONUNBUFFERED": "1",
        }
        self.warming = None
        text = subprocess.run(
            self.words("status"), cwd=place.CHECKOUT, env=self.environment, capture_output=True, text=True, check=False
        )
        self.running = re.findall(r"^Odoo (\d+): http", text.stdout, re.MULTILINE)

    def words(self, *words):
        return ["python", "-m", "tests.lab", *words]

    def run(self, *words):
        return self.bench.run(*self.words(*words), cwd=place.CHECKOUT, environment=self.environment)

    def warm(self):
        """Start it in the background; ``up`` waits for that, and says what came of it."""
        both = "; ".join(shlex.join(self.words("up", series)) for series in SERIES)
        with open(place.BUILD / "lab-up.log", "wb") as log:
            self.warming = subprocess.Popen(
                ["sh", "-c", both],
                cwd=place.CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def up(self, outcome):
        if self.warming is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.warming.wait(COMMAND_SECONDS)
        for series in SERIES:
            code, text = self.run("up", series)
            if code == CANNOT_BE_HAD:
                outcome.count += Count(skipped=1)
                why = (
                    re.findall(r"^tests\.lab: (.+)$", text, re.MULTILINE) or text.strip().splitlines() or ["no reason"]
                )
                outcome.reasons.append("Odoo %s: %s" % (series, why[-1]))
            elif code:
                outcome.count += Count(failed=1)

    def down(self):
        """Only what was started here is stopped: a developer's own laboratory goes on."""
        if self.warming is not None and self.warming.poll() is None:
            os.killpg(self.warming.pid, signal.SIGTERM)
            self.warming.wait()
        for series in set(SERIES) - set(self.running):
            self.run("down", series)
