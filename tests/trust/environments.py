# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Python of this machine, every ansible-core that the collection allows, and virtual environments that hold them."""

from __future__ import annotations

import functools
import os
import pathlib
import re
import shutil
import subprocess

from ..lab.place import CannotBeHad, cache, lock, say
from ..support.driver.place import CHECKOUT

#: The managed side begins with 3.9; where Python will end nobody knows.
MINORS = range(9, 21)
QUIET = ("-q", "--disable-pip-version-check")


@functools.lru_cache
def pythons():
    """{minor: interpreter} of every Python 3 here that can make a virtual environment."""
    found = {}
    for minor in MINORS:
        choose = [str(CHECKOUT / "tests" / "support" / "choose_python"), str(minor)]
        done = subprocess.run(choose, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found[minor] = done.stdout.strip()
    return found


@functools.lru_cache
def floor():
    """The minor version of the oldest ansible-core that meta/runtime.yml names, such as 19."""
    text = (CHECKOUT / "meta" / "runtime.yml").read_text(encoding="utf-8")
    return int(re.search(r"requires_ansible: *'>=2\.(\d+)", text).group(1))


@functools.lru_cache
def cores(python):
    """The minor versions of ansible-core, from the floor on, that the package index has for Python 3.``python``."""
    words = [pythons()[python], "-m", "pip", "index", "versions", "--disable-pip-version-check", "ansible-core"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    offered = re.search(r"Available versions: (.*)", done.stdout)
    if not offered:
        raise CannotBeHad(
            "The versions of ansible-core cannot be listed with Python 3.%d: %s" % (python, done.stderr[-300:])
        )
    known = {int(minor) for minor in re.findall(r"\b2\.(\d+)\.\d+(?=,|$)", offered.group(1))}
    return sorted(minor for minor in known if minor >= floor())


def oldest_python():
    """The oldest Python of a controller for the oldest ansible-core: 2.19 takes 3.11 and newer."""
    return min(minor for minor in pythons() if minor >= 11)


def environment(name, python, *packages, fresh=False):
    """A virtual environment (a Path) of the cache with these packages. fresh: look for newer ones. Raises CannotBeHad."""
    folder = cache() / "matrix" / name
    program = folder / "bin" / "python"
    with lock("matrix-" + name):
        if fresh or not (folder / "complete").exists():
            say("making %s" % folder)
            if not (folder / "complete").exists():
                shutil.rmtree(folder, ignore_errors=True)
                _must([pythons()[python], "-m", "venv", str(folder)], name)
            _must([str(program), "-m", "pip", "install", *QUIET, "--upgrade", *packages], name)
            (folder / "complete").touch()
    return folder


def _must(words, name):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotBeHad("The environment %s cannot be made: %s" % (name, done.stderr.strip()[-300:]))


def core_environment(core, python, fresh=False):
    """A controller: ansible-core 2.``core``, the newest of its patches, and what the collection needs."""
    packages = ("ansible-core~=2.%d.0" % core, "psycopg2-binary", "jmespath")
    return environment("core-2.%d-python-3.%d" % (core, python), python, *packages, fresh=fresh)


def managed_environment(python, fresh=False):
    """A managed side: nothing but psycopg2."""
    return environment("managed-python-3.%d" % python, python, "psycopg2-binary", fresh=fresh)


def version_of(folder, package):
    """The version of an installed package."""
    (found,) = pathlib.Path(folder).glob("lib/python3*/site-packages/%s-*.dist-info" % package.replace("-", "_"))
    return found.name.partition("-")[2].removesuffix(".dist-info")


def run(folder, program, *words, cwd, extra=None):
    """Run a program of an environment in ``cwd``; returns what it printed. Raises AssertionError with it where it failed."""
    variables = {
        **os.environ,
        "PATH": "%s:%s" % (folder / "bin", os.environ["PATH"]),
        "ANSIBLE_HOME": str(pathlib.Path(cwd) / "home"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ODOO_POS_TRAIL": str(pathlib.Path(cwd) / "trail.jsonl"),
        "LC_ALL": "C.UTF-8",
        **(extra or {}),
    }
    # What the tests themselves run in is no part of the environment.
    for name in ("PYTHONPATH", "ANSIBLE_CONFIG"):
        variables.pop(name, None)
    done = subprocess.run(
        [str(folder / "bin" / program), *words],
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout
