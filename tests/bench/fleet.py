# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes to look at a fleet, against what else there is, side by side on this machine.

    python -m tests.bench.fleet [--stores 100] [--grow 10 100 500] [--rounds 5] [--slow 1] [--usual] [--dump FILE]

Clones the demonstration's store (17 open sessions, each broken in another way) so many times on a private PostgreSQL; --usual:
of its tills only three, as a shop has. That store has the tables that are read and no other; --dump measures a whole one instead,
from what pg_dump wrote of it (plain SQL; --usual fits the demonstration's tills only).

--slow: how often the ways that take a minute and more are run (0: not at all).
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import tempfile

from ..lab.demo_store import DATA
from ..lab.place import CannotBeHad, LabError, say
from ..lab.postgres import Cluster
from ..support.driver.place import CHECKOUT, collections_path
from . import rival
from .measure import Failed, Sample, Way, machine, run, side_by_side, table

HERE = pathlib.Path(__file__).parent
# As many threads for the floor as the scan has connections.
FORKS, THREADS = 20, 4
START, FLOOR, SCAN, DIAGNOSE = (
    "start-up (a playbook of nothing)",
    "bare psycopg2 threads (the floor)",
    "scan",
    "diagnose.yml",
)
ACTION, NOTHING, MODULE = "facts per host, action plugin", "no-op action per host", "facts per host, module"
RIVAL, LOOP = "community.postgresql, three queries", "psql in a shell loop, three queries"
# What makes a usual store of the demonstration's: three tills with an open session each, and one that was closed.
USUAL = """
CREATE TEMP TABLE gone AS SELECT s.id FROM pos_session s JOIN pos_config c ON c.id = s.config_id
 WHERE c.name NOT IN ('Till healthy', 'Till busy', 'Till draft_unpaid', 'Till closed_by_sql');
DELETE FROM pos_payment WHERE session_id IN (SELECT id FROM gone);
DELETE FROM pos_order_line WHERE order_id IN (SELECT id FROM pos_order WHERE session_id IN (SELECT id FROM gone));
DELETE FROM pos_order WHERE session_id IN (SELECT id FROM gone);
UPDATE pos_config SET active = false WHERE id IN (SELECT config_id FROM pos_session WHERE id IN (SELECT id FROM gone));
DELETE FROM pos_session WHERE id IN (SELECT id FROM gone)"""
# Playbooks of our own, each of one play over all stores.
PLAYS = {
    "nothing": [{"ansible.builtin.debug": {"msg": "nothing"}, "run_once": True}],
    "scan": [
        {"retailops.odoo_pos.pos_fleet_info": {"fail_on_unread": True}, "run_once": True, "register": "scan"},
    ],
    "noop": [{"noop": {}}],
    "controller": [{"retailops.odoo_pos.pos_session_facts": {"run_on": "controller"}}],
    "host": [{"retailops.odoo_pos.pos_session_facts": {"run_on": "host"}}],
}


class Fleet:
    """So many stores on a private server, and the files of the ways to read them."""

    def __init__(self, cluster, folder, count, dump, usual):
        self.cluster, self.folder, self.names = cluster, folder, []
        cluster.restore("model", dump)
        if usual:
            cluster.psql("model", USUAL)
        cluster.psql("model", "VACUUM ANALYZE")
        self.grow(count)
        for name, tasks in PLAYS.items():
            play = [{"name": name, "hosts": "all", "gather_facts": False, "tasks": tasks}]
            (folder / (name + ".yml")).write_text(json.dumps(play), encoding="utf-8")
        (folder / "rival.yml").write_text(json.dumps(rival.play(cluster)), encoding="utf-8")

    def grow(self, count):
        """Clone stores until there are so many."""
        if len(self.names) < count:
            say("cloning %d stores" % (count - len(self.names)))
        for number in range(len(self.names), count):
            name = "store_%03d" % number
            self.cluster.psql("postgres", 'CREATE DATABASE :"name" TEMPLATE model', name=name)
            self.names.append(name)
        self.cluster.psql("postgres", "CHECKPOINT")

    def inventory(self, count):
        """An inventory of the first so many, as pos_stores makes one (a Path)."""
        shared = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "odoo_pos_login_host": self.cluster.host,
            "odoo_pos_login_user": self.cluster.user,
        }
        hosts = {name: {"odoo_pos_login_db": name} for name in self.names[:count]}
        path = self.folder / ("stores_%d.json" % count)
        path.write_text(
            json.dumps({"all": {"vars": shared, "children": {"stores": {"hosts": hosts}}}}), encoding="utf-8"
        )
        return path

    def play(self, book, count, *words, paths=()):
        """Run a playbook over the first so many stores; a Sample."""
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([collections_path(), *map(str, paths)]),
            "ANSIBLE_ACTION_PLUGINS": str(HERE / "action_plugins"),
            "ANSIBLE_LOCALHOST_WARNING": "False",
        }
        book = book if "." in book and not book.endswith(".yml") else self.folder / book
        words = ["ansible-playbook", "-i", self.inventory(count), "-f", FORKS, book, *words]
        return run(words, environment, self.folder)

    def floor(self, count):
        """The floor's own seconds; its CPU with the start of Python."""
        words = [
            sys.executable,
            "-m",
            "tests.bench.floor",
            self.cluster.host,
            self.cluster.user,
            THREADS,
            *self.names[:count],
        ]
        sample = run(words, cwd=CHECKOUT)
        return Sample(float(sample.said), sample.cpu, sample.mb)


def compare(fleet, count, rounds, slow):
    """All the ways over so many stores; prints a table and what the bars are held against."""
    ways = [
        Way(START, lambda: fleet.play("nothing.yml", count)),
        Way(FLOOR, lambda: fleet.floor(count)),
        Way(SCAN, lambda: fleet.play("scan.yml", count)),
        Way(DIAGNOSE, lambda: fleet.play("retailops.odoo_pos.diagnose", count)),
        Way(LOOP, lambda: run(rival.loop(fleet.cluster, fleet.names[:count]))),
        Way(NOTHING, lambda: fleet.play("noop.yml", count), 3),
        Way(ACTION, lambda: fleet.play("controller.yml", count), 3),
    ]
    if slow:
        ways.append(Way(MODULE, lambda: fleet.play("host.yml", count), slow))
        others = rival.collections()
        if others is None:
            print("SKIPPED: community.postgresql cannot be had here (%s)" % rival.PACKAGE)
        else:
            ways.append(Way(RIVAL, lambda: fleet.play("rival.yml", count, paths=[others]), slow))
    done = side_by_side(ways, rounds, say)
    seconds = {name: way.median("seconds") for name, way in done.items()}
    cpu = {name: way.median("cpu") for name, way in done.items()}

    def ratio(name, to):
        return "%.1f" % (seconds[name] / seconds[to]) if to in seconds else ""

    rows = [
        (
            name,
            "%.2f" % seconds[name],
            "%.2f" % cpu[name],
            "%.0f" % way.median("mb"),
            ratio(name, FLOOR),
            ratio(RIVAL, name) if RIVAL in seconds else "",
            len(way.samples),
        )
        for name, way in done.items()
    ]
    header = (
        "%d stores" % count,
        "seconds",
        "CPU seconds",
        "MB, largest process",
        "times the floor",
        "faster than the playbook",
        "runs",
    )
    print("\n".join(["", *table(header, rows), ""]))
    allowed = 1.5 * seconds[FLOOR] + seconds[START]
    print("scan: %.2f s; 1.5 times the floor and start-up: %.2f s" % (seconds[SCAN], allowed))
    print(
        "facts per host by action plugin: %.0f ms of CPU above a no-op" % (1000 * (cpu[ACTION] - cpu[NOTHING]) / count)
    )


def growth(fleet, counts, rounds):
    """Scan and diagnose.yml by number of stores."""
    rows = []
    for count in counts:
        fleet.grow(count)
        ways = [
            Way(START, lambda count=count: fleet.play("nothing.yml", count)),
            Way(FLOOR, lambda count=count: fleet.floor(count)),
            Way(SCAN, lambda count=count: fleet.play("scan.yml", count)),
            Way(DIAGNOSE, lambda count=count: fleet.play("retailops.odoo_pos.diagnose", count)),
        ]
        done = side_by_side(ways, rounds, say)
        rows.append(
            (
                count,
                *("%.2f" % way.median("seconds") for way in done.values()),
                "%.2f" % done[SCAN].median("cpu"),
                "%.2f" % done[DIAGNOSE].median("cpu"),
                "%.0f" % max(s.mb for s in done[DIAGNOSE].samples),
            )
        )
    print(
        "\n".join(
            [
                "",
                *table(
                    (
                        "stores",
                        "start-up, s",
                        "floor, s",
                        "scan, s",
                        "diagnose.yml, s",
                        "scan, CPU s",
                        "diagnose.yml, CPU s",
                        "diagnose.yml, MB at most",
                    ),
                    rows,
                ),
                "",
            ]
        )
    )


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fleet", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--stores", type=int, default=100)
    parser.add_argument("--grow", type=int, nargs="*", default=[10, 100, 500])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--slow", type=int, default=1)
    parser.add_argument("--usual", action="store_true")
    parser.add_argument("--dump", type=pathlib.Path, default=DATA)
    asked = parser.parse_args()
    # What a server is given that holds hundreds of databases: a store's catalog alone is some megabytes.
    settings = {"max_connections": "100", "autovacuum": "off", "shared_buffers": "2GB"}
    with Cluster.temporary(settings=settings) as cluster, tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(cluster, pathlib.Path(folder), asked.stores, asked.dump, asked.usual)
        if asked.stores:
            compare(fleet, asked.stores, asked.rounds, asked.slow)
        if asked.grow:
            growth(fleet, asked.grow, min(3, asked.rounds))
    print(machine())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotBeHad as error:
        print("SKIPPED: %s" % error)
        sys.exit(error.exit_code)
    except (LabError, Failed) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
