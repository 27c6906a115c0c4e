# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a command and knowing what it took: seconds, CPU of all its processes (the server left out), peak memory."""

from __future__ import annotations

import os
import pathlib
import platform
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One run. seconds: on the clock; cpu: user and system, of the command and all that it waited for; mb: its largest process."""

    seconds: float
    cpu: float
    mb: float
    said: str = ""


class Failed(Exception):
    """A command that was to be measured failed: nothing it took means anything."""


def run(words, environment=None, cwd=None):
    """Run a command; returns a Sample with what it printed. Raises Failed."""
    with tempfile.TemporaryFile("w+") as said:
        begun = os.times().elapsed
        process = subprocess.Popen(
            [str(word) for word in words],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
        )
        # Of the process and of all that it has waited for, which is every worker of Ansible.
        _pid, status, used = os.wait4(process.pid, 0)
        seconds = os.times().elapsed - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if process.returncode:
        raise Failed("%s ended with %d:\n%s" % (" ".join(map(str, words)), process.returncode, text[-3000:]))
    return Sample(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, text)


@dataclass
class Way:
    """One way of doing a thing: a name, what runs it once and returns a Sample, and how often at most."""

    name: str
    once: object
    rounds: int = 99
    samples: list = field(default_factory=list)

    def median(self, what):
        return statistics.median(getattr(sample, what) for sample in self.samples)


def side_by_side(ways, rounds, say):
    """Run every way once, then all of them again: A B A B. What is slow on this machine at some time is so for all of them."""
    for number in range(rounds):
        for way in ways:
            if number < way.rounds:
                way.samples.append(way.once())
                say("%d/%d  %-44s %6.2f s" % (number + 1, min(rounds, way.rounds), way.name, way.samples[-1].seconds))
    return {way.name: way for way in ways}


def table(header, rows):
    """Lines of a Markdown table."""
    return ["| %s |" % " | ".join(header), "| %s |" % " | ".join(["---"] * len(header))] + [
        "| %s |" % " | ".join(str(cell) for cell in row) for row in rows
    ]


def machine():
    """What this ran on, in one line, and how busy it was."""
    system = "Linux"
    release = pathlib.Path("/etc/os-release")
    if release.exists():
        names = dict(line.split("=", 1) for line in release.read_text(encoding="utf-8").splitlines() if "=" in line)
        system = names.get("PRETTY_NAME", system).strip('"')
    return "%d cores, %s, Python %s; load %.1f when it ended" % (
        len(os.sched_getaffinity(0)),
        system,
        platform.python_version(),
        os.getloadavg()[0],
    )
