# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tests passed, failed and were skipped: read from what the tools wrote, never guessed."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
import xml.etree.ElementTree


@dataclasses.dataclass(frozen=True)
class Count:
    """Numbers of tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        return "%d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped)


def of_junit(*files):
    """Count the test cases of JUnit files. What ansible-test calls not applicable is no test here."""
    total = Count()
    for name in files:
        for case in xml.etree.ElementTree.parse(name).iter("testcase"):
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                total += Count(failed=1)
            elif skipped is None:
                total += Count(passed=1)
            elif "No tests applicable" not in (skipped.text or ""):
                total += Count(skipped=1)
    return total


def of_integration(output, folder):
    """Count the targets of ``ansible-test integration``.

    output: what it printed; folder: its ``tests/output/data``, whose files name the targets that passed. A target that
    was skipped says so in a line ``SKIPPED: name: reason``; a part of one in ``SKIPPED: name/part: reason``.
    """
    started = re.findall(r"^Running (\S+) integration test (?:script|role)", output, re.MULTILINE)
    good = set()
    for name in pathlib.Path(folder).glob("integration-*.json"):
        good |= set(json.loads(name.read_text(encoding="utf-8"))["targets"])
    skips = re.findall(r"^SKIPPED: ([^:\s]+): ", output, re.MULTILINE)
    skipped = {name for name in started if name in skips and name in good}
    total = Count(skipped=len(skips))
    for name in started:
        total += Count(failed=1) if name not in good else Count(passed=int(name not in skipped))
    return total
