# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""make demo: a real store with broken tills is explained, what can be closed is closed and proven, the rest is shown.

Where this machine cannot have Odoo, the diagnosis is shown on a store that is restored from data (demo_store.py made it).
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import time

from .demo_store import DATA, STORE, fresh_store, restore
from .lab import Lab
from .place import CannotBeHad, LabError, cache, say
from .postgres import Cluster

PLAY = "retailops.odoo_pos."
#: The night's policy of the demonstration: what may be missing or over in a drawer.
TOLERANCE = "5.00"


def main():
    """Run the demonstration; return the exit code."""
    started = time.monotonic()
    try:
        # The demonstration has its own few tills, and does without the laboratory's many.
        lab = Lab(19)
        shown = lab.up()
    except CannotBeHad as error:
        return only_diagnosis(str(error))
    fresh_store(lab)
    with inventory(shown["pg"], shown["odoo"]) as hosts:
        code = everything(hosts)
    print(
        "\nThat took %.0f s. Odoo goes on running (%s, database %s, admin/admin): make lab-down stops it."
        % (time.monotonic() - started, shown["odoo"]["url"], STORE)
    )
    return code


def everything(hosts):
    """Diagnose, close what the night may close, close one till with a count, and do it again."""
    night = ["-e", "pos_session_close_on_refusal=report", "-e", "pos_session_close_max_cash_difference=" + TOLERANCE]
    one = ["-e", "pos_session_close_till='Till healthy'", "-e", "pos_session_close_counted_cash='130.00'"]
    codes = [
        step("What is in the way of each till?", hosts, "diagnose"),
        step(
            "One till with a counted drawer: what would closing it do? (--check writes nothing)",
            hosts,
            "close",
            "--check",
            "--diff",
            "-e",
            "pos_diagnose_show=false",
            *one,
        ),
        step("Close it.", hosts, "close", "-e", "pos_diagnose_show=false", *one),
        step(
            "The night: close what can be closed and differs by %s at most, prove it, report the rest." % TOLERANCE,
            hosts,
            "close",
            "-e",
            "pos_diagnose_show=false",
            *night,
        ),
        step(
            "The same again: nothing is left to do, and nothing changes.",
            hosts,
            "close",
            "-e",
            "pos_diagnose_show=false",
            "-e",
            "pos_session_close_show=false",
            *night,
        ),
    ]
    return max(codes)


def only_diagnosis(reason):
    """Say what cannot be shown here, and show the diagnosis on restored data."""
    print("%s\nSo nothing can be closed here. The diagnosis of a store restored from %s:" % (reason, DATA.name))
    with Cluster.temporary() as pg:
        restore(pg, STORE)
        with inventory({"host": pg.host, "port": pg.port, "user": pg.user}, None) as hosts:
            return step("What is in the way of each till?", hosts, "diagnose")


def step(title, hosts, playbook, *words):
    """Announce and run one playbook; return its exit code."""
    command = ["ansible-playbook", PLAY + playbook, "-i", hosts, *words]
    print("\n%s\n=== %s\n$ %s" % ("=" * 120, title, shlex.join(command)), flush=True)
    return subprocess.run(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        check=False,
        env={
            **os.environ,
            "ANSIBLE_DEPRECATION_WARNINGS": "false",
            "ODOO_POS_TRAIL": str(cache() / "demo-trail.jsonl"),
        },
    ).returncode


@contextlib.contextmanager
def inventory(pg, odoo, database=STORE):
    """An inventory that holds the one store, as a file that is gone afterwards; yields its name."""
    variables = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "odoo_pos_login_host": pg["host"],
        "odoo_pos_login_port": pg["port"],
        "odoo_pos_login_user": pg["user"],
        "odoo_pos_login_db": database,
    }
    if odoo:
        variables.update(odoo_pos_url=odoo["url"], odoo_pos_user=odoo["user"], odoo_pos_password=odoo["password"])
    with tempfile.TemporaryDirectory(prefix="pos-demo-") as folder:
        path = pathlib.Path(folder, "stores.json")
        path.write_text(json.dumps({"all": {"hosts": {database: variables}}}, indent=1), encoding="utf-8")
        path.chmod(0o600)
        yield str(path)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LabError as problem:
        say(str(problem))
        sys.exit(problem.exit_code)
