# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private PostgreSQL from a shell: python3 -m tests.lab.postgres start, restore, clone, sql, drop, stop."""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys
import tempfile

from .place import LabError
from .postgres import Cluster


def main():
    """Run one command; an error is one line."""
    try:
        _answer(_asked())
    except LabError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)


def _asked():
    parser = argparse.ArgumentParser(prog="python3 -m tests.lab.postgres", description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "--folder", default=os.environ.get("PGLAB"), help="of the cluster (default: PGLAB, or a new one)"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="start, and print the variables that find it")
    start.add_argument("--tcp", action="store_true")
    start.add_argument("--auth", default="trust")
    commands.add_parser("stop").add_argument("where", nargs="?")
    commands.add_parser("drop").add_argument("database")
    for name, words in (
        ("restore", ("database", "dump")),
        ("clone", ("source", "target")),
        ("sql", ("database", "text")),
    ):
        for word in words:
            commands.choices.get(name, None) or commands.add_parser(name)
            commands.choices[name].add_argument(word)
    return parser.parse_args()


def _answer(asked):
    if asked.command == "start":
        base = "/var/tmp" if os.getuid() == 0 else None
        folder = asked.folder or tempfile.mkdtemp(prefix="pos-lab-pg-", dir=base)
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o755)
        cluster = Cluster(folder, tcp=asked.tcp, auth=asked.auth).start()
        for name, value in {**cluster.environment(), "PGLAB": folder}.items():
            print("export %s='%s'" % (name, value))
        return
    folder = getattr(asked, "where", None) or asked.folder
    if not folder:
        raise LabError("Say which cluster: --folder, or the variable PGLAB that `start` prints.")
    cluster = Cluster(folder)
    if asked.command == "stop":
        cluster.stop()
        # Only what `start` made by itself is taken away.
        if pathlib.Path(folder).name.startswith("pos-lab-pg-"):
            shutil.rmtree(folder, ignore_errors=True)
    elif asked.command == "restore":
        cluster.restore(asked.database, asked.dump)
    elif asked.command == "clone":
        cluster.clone(asked.source, asked.target)
    elif asked.command == "drop":
        cluster.drop(asked.database)
    else:
        print(cluster.psql(asked.database, asked.text), end="")
