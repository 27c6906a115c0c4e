# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to find the stores of a server: the search of pos_stores against bare connections, and a whole run.

    python -m tests.bench.find_stores [--stores 100 500]

Prints medians of five, taken in turn: the search; threads that do nothing but connect and send the same last statement (the
floor); ansible-inventory without and with the cache, and the largest memory that a run took.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import queue
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import psycopg2

from ..lab.place import LabError, say
from ..lab.postgres import Cluster
from ..support.collection import make_importable

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import discovery  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.servers import read_servers  # noqa: E402

TIMES = 5
CONNECTIONS = 8
# As many modules as an Odoo knows; databases of this size are cloned in a tenth of a second.
TEMPLATE = """
CREATE TABLE ir_module_module (id serial PRIMARY KEY, name varchar NOT NULL UNIQUE, state varchar, latest_version varchar);
INSERT INTO ir_module_module (name, state) SELECT 'module_' || n, 'uninstalled' FROM generate_series(1, 700) n;
INSERT INTO ir_module_module (name, state, latest_version)
VALUES ('base', 'installed', '17.0.1.3'), ('point_of_sale', 'installed', '17.0.1.0.1');
"""


def searched(server, expected):
    """Seconds that the search takes."""
    (search,) = discovery.discover([server])
    stores = [item for item in search.found if isinstance(item, discovery.Store)]
    if len(stores) != expected:
        raise LabError("The search found %d stores of %d." % (len(stores), expected))
    return search.seconds


def bare(cluster, names):
    """Seconds that threads take which connect, send one statement and close."""
    todo = queue.SimpleQueue()
    for name in names:
        todo.put(name)

    def work():
        while True:
            try:
                name = todo.get_nowait()
            except queue.Empty:
                return
            connection = psycopg2.connect(host=cluster.host, port=cluster.port, user=cluster.user, dbname=name)
            with connection.cursor() as cursor:
                cursor.execute(discovery.STORE)
                cursor.fetchall()
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(CONNECTIONS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - started


def listed(path, expected):
    """Seconds that ansible-inventory takes."""
    program = pathlib.Path(sys.executable).parent / "ansible-inventory"
    started = time.monotonic()
    done = subprocess.run([program, "-i", path, "--list", "--export"], capture_output=True, text=True, check=False)
    seconds = time.monotonic() - started
    if done.returncode or len(json.loads(done.stdout)["_meta"]["hostvars"]) != expected:
        raise LabError("ansible-inventory did not list %d stores: %s" % (expected, done.stderr[-300:]))
    return seconds


def inventory(folder, cluster, cache):
    path = pathlib.Path(folder, "%s.pos_stores.yml" % ("cached" if cache else "plain"))
    here = {"name": "here", "login_host": cluster.host, "login_port": cluster.port, "login_user": cluster.user}
    text = {"plugin": "retailops.odoo_pos.pos_stores", "servers": [here], "include": ["store_*"], "cache": cache}
    text.update(cache_plugin="ansible.builtin.jsonfile", cache_connection=os.path.join(folder, "cache"))
    path.write_text(json.dumps(text), encoding="utf-8")
    return path


def measure(cluster, names, folder):
    """Measure with the databases that are there now; print a line each."""
    here = {"name": "here", "login_host": cluster.host, "login_port": cluster.port, "login_user": cluster.user}
    search = {"include": ["store_*"], "exclude": [], "connections": CONNECTIONS, "deadline": 120}
    (server,) = read_servers([here], {}, search)
    spent = {"search": [], "floor": [], "ansible-inventory": [], "the same, cached": []}
    plain, cached = inventory(folder, cluster, False), inventory(folder, cluster, True)
    # The cache does not know of databases that came since.
    shutil.rmtree(os.path.join(folder, "cache"), ignore_errors=True)
    listed(cached, len(names))
    for _time in range(TIMES):
        spent["search"].append(searched(server, len(names)))
        spent["floor"].append(bare(cluster, names))
        spent["ansible-inventory"].append(listed(plain, len(names)))
        spent["the same, cached"].append(listed(cached, len(names)))
    medians = {name: statistics.median(seconds) for name, seconds in spent.items()}
    for name, seconds in medians.items():
        print("%4d stores  %-18s %6.2f s" % (len(names), name, seconds), flush=True)
    print("%4d stores  search / floor     %6.2f" % (len(names), medians["search"] / medians["floor"]), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--stores", type=int, nargs="+", default=[100, 500])
    asked = parser.parse_args()
    try:
        with Cluster.temporary() as cluster, tempfile.TemporaryDirectory() as folder:
            cluster.create("tiny")
            cluster.psql("tiny", TEMPLATE)
            names = []
            for total in sorted(asked.stores):
                say("cloning %d databases" % (total - len(names)))
                for number in range(len(names), total):
                    names.append("store_%04d" % number)
                    cluster.create(names[-1], template="tiny")
                measure(cluster, names, folder)
    except LabError as error:
        print(error)
        return error.exit_code
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print("largest process of a run: %.0f MB" % largest)
    return 0


if __name__ == "__main__":
    sys.exit(main())
