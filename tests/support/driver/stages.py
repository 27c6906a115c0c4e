# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages: what each one runs, and how its results are counted."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

from . import place
from .counts import Count, of_integration, of_junit
from .laboratory import COMMAND_SECONDS, Laboratory

#: Ours, and pytest's.
SKIP_LINE = re.compile(r"^SKIPPED: .+$|^SKIPPED \[\d+\] .+$", re.MULTILINE)

#: All of what tests/trust can try.
TRUST_SECONDS = 4 * 3600


@dataclasses.dataclass
class Outcome:
    """What a stage found: its count, and the reasons of what it skipped."""

    count: Count = dataclasses.field(default_factory=Count)
    reasons: list = dataclasses.field(default_factory=list)


class Bench:
    """What every stage works with: the virtual environment, the tree, the environment, the place for results."""

    def __init__(self, venv, tree, mark=""):
        #: What the lines of a command begin with, where two run side by side.
        self.mark = mark
        self.process = None
        self.venv, self.tree = venv, tree
        self.environment = place.environment(venv)
        self.python = "3.%d" % sys.version_info[1]
        place.BUILD.mkdir(exist_ok=True)
        #: The laboratory where it is being started already.
        self.laboratory = None

    def run(self, *command, cwd=None, environment=None, seconds=COMMAND_SECONDS):
        """Run a command, show what it prints as it comes; return its exit code and its output.

        A command that hangs is ended, with everything that it started, after so many seconds.
        """
        words = [str(word) for word in command]
        print(self.mark + "$ " + " ".join(words), flush=True)
        lines = []
        with subprocess.Popen(
            words,
            cwd=cwd or self.tree,
            env=environment or self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as self.process:
            process = self.process
            watch = threading.Timer(seconds, os.killpg, (process.pid, signal.SIGKILL))
            watch.start()
            try:
                for line in process.stdout:
                    lines.append(line)
                    # pip's complaints about its own settings are no result
                    if not line.startswith("WARNING: Location "):
                        print(self.mark + line, end="", flush=True)
            except KeyboardInterrupt:
                self.interrupt()
                raise
            finally:
                watch.cancel()
        return process.returncode, "".join(lines)

    def interrupt(self):
        """Tell the command that runs, and everything that it started, to end."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)

    def check(self, *command, **options):
        """Run a command that is one check; return its count."""
        code, _output = self.run(*command, **options)
        return Count(failed=1) if code else Count(passed=1)

    def junit(self, name):
        """Return an empty folder for the JUnit files of a stage."""
        folder = place.BUILD / "junit" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def pytest(self, name, *words, environment, seconds=COMMAND_SECONDS):
        """Run pytest in the checkout; return what it found."""
        report = self.junit(name) / (name + ".xml")
        command = ("python", "-m", "pytest", *words, "-q", "-rs", "--junitxml", report)
        code, text = self.run(*command, cwd=place.CHECKOUT, environment=environment, seconds=seconds)
        count = of_junit(report) if report.exists() else Count()
        return Outcome(_failed_at_least_once(code, count), SKIP_LINE.findall(text))

    def ansible_test(self, name, *words):
        """Run ansible-test in the tree; return its exit code, output and the JUnit files."""
        output = self.tree / "tests/output"
        shutil.rmtree(output, ignore_errors=True)
        code, text = self.run("ansible-test", *words)
        folder = self.junit(name)
        for path in sorted(output.glob("junit/*.xml")):
            shutil.copy(path, folder)
        return code, text, sorted(folder.glob("*.xml"))


def _failed_at_least_once(code, count):
    """A tool that failed without a failed test has failed all the same."""
    return count + Count(failed=1) if code and not count.failed else count


def lint(bench):
    """Style, types, Ansible's own rules, shell scripts, changelog fragments."""
    scripts = [path for path in sorted(bench.tree.rglob("*")) if path.is_file() and _is_shell(path)]
    count = bench.check("ruff", "check", "--no-cache", "--output-format", "concise", ".")
    count += bench.check("ruff", "format", "--no-cache", "--check", "--output-format", "concise", ".")
    count += bench.check(
        "mypy",
        "--config-file",
        bench.tree / "pyproject.toml",
        "--cache-dir",
        place.cache() / "mypy",
        "-p",
        "ansible_collections.retailops.odoo_pos.plugins",
        cwd=bench.tree.parents[2],
    )
    paths = {**bench.environment, "ANSIBLE_COLLECTIONS_PATH": str(bench.tree.parents[2])}
    count += bench.check("ansible-lint", "--offline", "--profile", "production", environment=paths)
    count += bench.check("shellcheck", "-x", *[path.relative_to(bench.tree) for path in scripts])
    count += bench.check("antsibull-changelog", "lint")
    return Outcome(count)


def _is_shell(path):
    with open(path, "rb") as handle:
        first = handle.readline(80)
    return path.suffix == ".sh" or re.match(rb"#!.*\b(ba)?sh\b", first) is not None


def sanity(bench):
    """ansible-test sanity on this Python, and compiling and importing on 3.9, the oldest that modules may meet."""
    outcome = Outcome()
    # The virtual environments of the single tests are made on the first run, one run at a time.
    with place.lock("sanity"):
        code, _text, files = bench.ansible_test("sanity", "sanity", "--local", "--python", bench.python, "--junit")
        outcome.count = _failed_at_least_once(code, of_junit(*files))
        if shutil.which("python3.9", path=bench.environment["PATH"]):
            code, _text, files = bench.ansible_test(
                "sanity-3.9", "sanity", "--local", "--python", "3.9", "--test", "compile", "--test", "import", "--junit"
            )
            outcome.count += _failed_at_least_once(code, of_junit(*files))
        else:
            outcome.count += Count(skipped=1)
            outcome.reasons.append("sanity on Python 3.9: no such Python runs here")
    return outcome


def units(bench):
    """ansible-test units."""
    code, _text, files = bench.ansible_test("units", "units", "--local", "--python", bench.python)
    return Outcome(_failed_at_least_once(code, of_junit(*files)))


def integration(bench):
    """ansible-test integration, half of the targets beside the other half; ONLY names the targets, otherwise all of them."""
    folder = bench.tree / "tests/integration/targets"
    names = os.environ.get("ONLY", "").split() or sorted(path.parent.name for path in folder.glob("*/aliases"))
    # Where a target is, ansible-test leaves its results: the other half has a tree of its own.
    with place.tree() as second:
        halves = [Bench(bench.venv, bench.tree, "1| "), Bench(bench.venv, second, "2| ")]
        with concurrent.futures.ThreadPoolExecutor(len(halves)) as pool:
            try:
                outcomes = list(pool.map(_targets, halves, (names[::2], names[1::2])))
            except KeyboardInterrupt:
                for half in halves:
                    half.interrupt()
                raise
    return Outcome(sum((o.count for o in outcomes), Count()), [reason for o in outcomes for reason in o.reasons])


def _targets(bench, names):
    """The targets of these names, one after the other."""
    if not names:
        return Outcome()
    words = ("integration", "--local", "--python", bench.python, "--continue-on-error", *names)
    code, text, _files = bench.ansible_test("integration-" + bench.mark[0], *words)
    count = of_integration(text, bench.tree / "tests/output/data")
    return Outcome(_failed_at_least_once(code, count), SKIP_LINE.findall(text))


def lab(bench):
    """The laboratory: a real Odoo of the newest and of the oldest series, and the tests that work on them."""
    outcome = Outcome()
    laboratory = bench.laboratory or Laboratory(bench)
    try:
        laboratory.up(outcome)
        # Three workers: while one waits for Odoo the others read. Which tests share one is said in tests/lab/conftest.py.
        for name, dist in (("lab", "loadgroup"), ("awx", "loadfile")):
            words = ("tests/" + name, "-n", "3", "--dist", dist)
            found = bench.pytest(name, *words, environment=laboratory.environment)
            outcome.count += found.count
            outcome.reasons += found.reasons
        if not outcome.count.skipped:
            outcome.count += scenarios(bench, laboratory.environment)
    finally:
        # One that was being started already is stopped at the end of all the stages.
        if bench.laboratory is None:
            laboratory.down()
    return outcome


def trust(bench):
    """Faults, rivals, hostile input, few rights, other versions, money: a little of each; TRUST=--full tries all of it."""
    outcome = Outcome()
    laboratory = bench.laboratory or Laboratory(bench)
    try:
        laboratory.up(outcome)
        words = ("tests/trust", *os.environ.get("TRUST", "").split(), "-n", "3", "--dist", "loadfile")
        found = bench.pytest("trust", *words, seconds=TRUST_SECONDS, environment=laboratory.environment)
        outcome.count += found.count
        outcome.reasons += found.reasons
    finally:
        if bench.laboratory is None:
            laboratory.down()
    return outcome


def scenarios(bench, environment):
    """Every role's scenario of Molecule, two at a time; shows the output of those that fail."""
    folder = bench.tree / "extensions"
    names = sorted(path.parent.name for path in folder.glob("molecule/*/molecule.yml"))

    def one(name):
        words = ["molecule", "test", "--scenario-name", name]
        done = subprocess.run(
            words, cwd=folder, env={**environment, "NO_COLOR": "1"}, capture_output=True, text=True, check=False
        )
        print("%s  molecule test -s %s" % ("FAILED" if done.returncode else "ok    ", name), flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
        return Count(failed=1) if done.returncode else Count(passed=1)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, names), Count())


def browser(bench):
    """The report's page, opened and clicked in a headless browser, which is fetched where this machine has none."""
    return bench.pytest("browser", "tests/browser", environment=_own(bench))


def docs(bench):
    """The documentation: held to the tree, its site built; the archive imported, and installed for somebody who has nothing."""
    environment = {**bench.environment, **place.here()}
    return bench.pytest("docs", "tests/docs", "-n", "2", "--dist", "loadfile", environment=environment)


def _own(bench):
    """The user's own environment with our tools: browsers and laboratories are kept in the user's own home."""
    paths = {"PATH": bench.environment["PATH"], "ANSIBLE_COLLECTIONS_PATH": str(bench.tree.parents[2])}
    return {**os.environ, **paths}


ALL = {
    "lint": lint,
    "sanity": sanity,
    "units": units,
    "integration": integration,
    "browser": browser,
    "lab": lab,
    "trust": trust,
    "docs": docs,
}
