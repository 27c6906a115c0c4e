# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people do without this collection: a playbook of community.postgresql, and a shell loop of psql, with three queries."""

from __future__ import annotations

import subprocess
import sys
import zipfile

from ..support.driver.place import cache

#: The package that carries community.postgresql; only that collection is taken out of it, into the tests' cache.
PACKAGE = "ansible==14.5.0"
WANTED = "ansible_collections/community/postgresql/"
#: What guides tell people to look at: sessions that are open, orders that stop a close, payments by session.
QUERIES = (
    "SELECT id, name, state, start_at FROM pos_session WHERE state <> 'closed'",
    "SELECT o.session_id, o.state, count(*) FROM pos_order o JOIN pos_session s ON s.id = o.session_id"
    " WHERE s.state <> 'closed' GROUP BY o.session_id, o.state",
    "SELECT o.session_id, p.payment_method_id, sum(p.amount) FROM pos_payment p JOIN pos_order o ON o.id = p.pos_order_id"
    " JOIN pos_session s ON s.id = o.session_id WHERE s.state <> 'closed' GROUP BY o.session_id, p.payment_method_id",
)


def collections():
    """Return the folder that holds community.postgresql (a Path), fetched once; None where it cannot be had."""
    folder = cache() / "bench"
    if not (folder / WANTED / "plugins").exists():
        folder.mkdir(exist_ok=True)
        words = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--only-binary=:all:", PACKAGE]
        if subprocess.run([*words, "-d", str(folder)], stdin=subprocess.DEVNULL, check=False).returncode:
            return None
        wheel = next(folder.glob("ansible-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder, [name for name in archive.namelist() if name.startswith(WANTED)])
        wheel.unlink()
    return folder


def play(cluster):
    """The playbook: three tasks a store, as the documentation of community.postgresql writes them."""
    where = {"login_host": cluster.host, "login_user": cluster.user, "login_db": "{{ inventory_hostname }}"}
    tasks = [
        {"name": "Query %d" % number, "community.postgresql.postgresql_query": {**where, "query": query}}
        for number, query in enumerate(QUERIES, 1)
    ]
    return [{"name": "Read the stores", "hosts": "all", "gather_facts": False, "tasks": tasks}]


def loop(cluster, databases):
    """The shell loop, as words of a command."""
    queries = " ".join('-c "%s"' % query for query in QUERIES)
    text = "set -e; for d in %s; do psql -X -q -A -t -d $d %s >/dev/null; done" % (" ".join(databases), queries)
    return [
        "env",
        "PGHOST=%s" % cluster.host,
        "PGUSER=%s" % cluster.user,
        "PATH=%s:/usr/bin:/bin" % cluster.bin,
        "sh",
        "-c",
        text,
    ]
