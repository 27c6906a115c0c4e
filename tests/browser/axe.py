# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""axe-core, the judge of accessibility: fetched once by npm into the cache of the tests' tools."""

from __future__ import annotations

import shutil
import subprocess

from ..support.driver.place import cache, lock
from .chromium import Missing

VERSION = "4.14.1"
RUN = "return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


def script():
    """Return the text of axe-core. Raises Missing."""
    folder = cache() / ("axe-core-" + VERSION)
    file = folder / "node_modules" / "axe-core" / "axe.min.js"
    with lock("axe-core"):
        if not file.exists():
            if not shutil.which("npm"):
                raise Missing("there is no npm here to fetch axe-core with")
            folder.mkdir(exist_ok=True)
            command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                [*command, "axe-core@" + VERSION], capture_output=True, text=True, timeout=300, check=False
            )
            if done.returncode:
                raise Missing("npm cannot fetch axe-core: %s" % (done.stderr.strip().splitlines() or ["no reason"])[-1])
    return file.read_text(encoding="utf-8")


def faults(window, text, least=("moderate", "serious", "critical")):
    """What axe-core finds in the page as it is now, as lines: the rule, how bad, and where."""
    window.run(text + "; window.axe = axe;")
    return [
        "%s (%s): %s" % (found["id"], found["impact"], node["html"][:160])
        for found in window.run(RUN)
        for node in found["nodes"]
        if found["impact"] in least
    ]
