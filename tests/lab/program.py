# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Odoo's own program: fetched as a Debian package without root, unpacked, with a Python of its generation."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import pathlib
import shutil
import subprocess

from .place import CannotBeHad, LabError, cache, lock, say

HERE = pathlib.Path(__file__).parent
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclasses.dataclass(frozen=True)
class Series:
    """One Odoo: the Debian package and suite that carry it, and the Python it runs on."""

    number: int
    package: str
    suite: str
    python: str

    @property
    def requirements(self):
        """The file that pins Odoo's Python dependencies."""
        return HERE / ("requirements-odoo-%d.txt" % self.number)


SERIES = {19: Series(19, "odoo-19", "sid", "3.11"), 14: Series(14, "odoo-14", "bullseye", "3.9")}


@dataclasses.dataclass(frozen=True)
class Program:
    """An Odoo that can be run: ``command`` starts it with ``environment``."""

    series: Series
    key: str
    root: pathlib.Path
    python: pathlib.Path

    @property
    def command(self):
        """The words that run it."""
        return [str(self.python), str(self.root / "usr/bin/odoo")]

    @property
    def environment(self):
        """The variables it needs."""
        return {**os.environ, "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages")}


def program(number):
    """Return the Program of the series ``number``, fetching and installing what is missing.

    Raises CannotBeHad where this machine has no such Python or no apt that offers the package.
    """
    series = SERIES.get(number)
    if not series:
        raise LabError("The laboratory knows no Odoo %s; it has %s." % (number, ", ".join(map(str, sorted(SERIES)))))
    with lock("odoo-%d" % number):
        # Both are asked for before either is fetched.
        if not (_environment_folder(series) / "complete").exists():
            _find_python(series.python)
        root = _unpacked(series)
        python = _environment(series)
    key = hashlib.sha256(root.name.encode() + series.requirements.read_bytes()).hexdigest()[:12]
    return Program(series, key, root, python)


# --- the package ----------------------------------------------------------------------------------------------


def _unpacked(series):
    # Whatever was fetched once stays: the laboratory has one build of a series until its cache is emptied.
    kept = sorted(cache().glob(series.package + "_*"))
    kept = [path for path in kept if not path.name.endswith(".building")]
    if kept:
        return kept[-1]
    if not all(map(shutil.which, ("apt-get", "dpkg"))):
        raise CannotBeHad(
            "This machine cannot have the Odoo package: it has no apt-get or dpkg (Debian or Ubuntu needed)."
        )
    apt = cache() / ("apt-" + series.suite)
    say("fetching the package %s" % series.package)
    package = _download(series, apt)
    building = cache() / (package.stem + ".building")
    shutil.rmtree(building, ignore_errors=True)
    say("unpacking %s" % package.name)
    _run(["dpkg", "-x", str(package), str(building)], "dpkg could not unpack %s" % package.name)
    building.rename(cache() / package.stem)
    shutil.rmtree(apt, ignore_errors=True)
    return cache() / package.stem


def _download(series, apt):
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    signed = " signed-by=" + KEYRING if os.path.exists(KEYRING) else ""
    (apt / "sources.list").write_text(
        "deb [arch=amd64%s] %s %s main\n" % (signed, _mirror(), series.suite), encoding="ascii"
    )
    # A state of our own, so that neither root nor the machine's own package lists are touched.
    options = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": apt / "lists",
        "Dir::State::status": apt / "status",
        "Dir::Cache": apt / "cache",
        "Acquire::Check-Valid-Until": "false",
        "Acquire::Languages": "none",
    }
    if os.getuid() == 0:
        # apt would fetch as a user of its own, who cannot write here.
        options["APT::Sandbox::User"] = "root"
    words = [word for name, value in options.items() for word in ("-o", "%s=%s" % (name, value))]
    why = "This machine cannot have the Odoo package: apt offers no %s" % series.package
    _run(["apt-get", *words, "-q", "update"], why, cwd=apt, kind=CannotBeHad)
    _run(["apt-get", *words, "-q", "download", series.package], why, cwd=apt / "debs", kind=CannotBeHad)
    return next((apt / "debs").glob("*.deb"))


def _mirror():
    """Where this machine takes its packages from, by its own configuration."""
    found = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    mirrors = [uri for uri in found if "security" not in uri]
    if not mirrors:
        raise CannotBeHad("This machine cannot have the Odoo package: its apt is configured with no mirror.")
    return mirrors[0]


# --- the Python -----------------------------------------------------------------------------------------------


def _environment_folder(series):
    mark = hashlib.sha256(series.requirements.read_bytes()).hexdigest()[:12]
    return cache() / ("venv-%d-%s" % (series.number, mark))


def _environment(series):
    folder = _environment_folder(series)
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    base = _find_python(series.python)
    say("installing what Odoo %d imports, for Python %s" % (series.number, series.python))
    # Not built aside: a virtual environment cannot be moved. The file "complete" says that it is whole.
    shutil.rmtree(folder, ignore_errors=True)
    _run([base, "-m", "venv", str(folder)], "No virtual environment could be made with %s" % base)
    _run(
        [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--prefer-binary",
            "-r",
            str(series.requirements),
        ],
        "pip could not install %s" % series.requirements.name,
    )
    (folder / "complete").touch()
    return python


def _find_python(version):
    """Return the path of a Python ``version`` that really runs (a version manager's shim may not)."""
    chooser = pathlib.Path(__file__).parents[1] / "support" / "choose_python"
    found = subprocess.run(["sh", chooser, version.split(".")[1]], capture_output=True, text=True, check=False)
    if found.returncode:
        raise CannotBeHad(
            "This machine has no Python %s, which this Odoo needs; install it, or put it on PATH." % version
        )
    return found.stdout.strip()


def _run(command, why, cwd=None, kind=LabError):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise kind("%s (%s)." % (why, said[-1] if said else "exit %d" % done.returncode))
