# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet of a hundred stores, five that refuse, three that hang, two that are no store, one dropped while it is read, one of
another series. The server has few connections."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import select
import socket
import subprocess
import sys
import threading
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = pathlib.Path(os.environ.get("COLLECTION") or HERE.parents[3])
sys.path.insert(0, str(COLLECTION))

import psycopg2  # noqa: E402

from tests.lab.demo_store import DATA  # noqa: E402
from tests.lab.place import CannotBeHad  # noqa: E402
from tests.lab.postgres import Cluster  # noqa: E402

# CONNECTIONS: what pos_fleet_info takes unless told otherwise.
GOOD, DATABASES, DEADLINE, CONNECTIONS, MOST = 88, 4, 8, 4, 16
PASSWORD = "Xk9-s3cret-7Q"
# host -> reason and words of the sentence; the databases and hosts are made below
FAULTS = {
    "closed_1": ("unreachable", "not currently accepting connections"),
    "closed_2": ("unreachable", "not currently accepting connections"),
    "no_right": ("unreachable", "permission denied for database"),
    "no_server_1": ("unreachable", "refused"),
    "no_server_2": ("unreachable", "refused"),
    "silent_1": ("late", "did not answer within the deadline of %d seconds" % DEADLINE),
    "silent_2": ("late", "did not answer within the deadline of %d seconds" % DEADLINE),
    "locked": ("late", "did not answer within the deadline of %d seconds" % DEADLINE),
    "empty": ("no_store", "is no Odoo database"),
    "no_pos": ("no_store", "is an Odoo without Point of Sale"),
    "dropped": ("unreachable", "Reading books failed: "),
    "odoo_20": ("no_store", "runs Odoo 20.0"),
}


@pytest.fixture(scope="module")
def cluster():
    """A server with few connections, on which a role that is no superuser reads; filled."""
    try:
        with Cluster.temporary(tcp=True, settings={"max_connections": str(MOST), "autovacuum": "off"}) as made:
            fill(made)
            yield made
    except CannotBeHad as error:
        pytest.skip(str(error))


def fill(cluster):
    """The databases: a few good stores, and those that are broken."""
    cluster.restore("model", DATA)
    cluster.psql("postgres", "CREATE ROLE pos_reader LOGIN PASSWORD '%s'" % PASSWORD)
    cluster.psql("model", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pos_reader")
    for name in [*("good_%d" % n for n in range(DATABASES)), "locked", "dropped", "odoo_20", "no_pos"]:
        cluster.create(name, "model")
    for name in ("closed_1", "closed_2", "no_right", "empty"):
        cluster.create(name)
    for name in ("closed_1", "closed_2"):
        cluster.psql("postgres", "ALTER DATABASE %s ALLOW_CONNECTIONS false" % name)
    cluster.psql("postgres", "REVOKE CONNECT ON DATABASE no_right FROM PUBLIC")
    cluster.psql("odoo_20", "UPDATE ir_module_module SET latest_version = '20.0.1.0' WHERE name = 'base'")
    cluster.psql("no_pos", "UPDATE ir_module_module SET state = 'uninstalled' WHERE name = 'point_of_sale'")


def inventory(cluster, silent):
    """A hundred hosts; those that are broken stand among the others."""
    hosts = {"store_%02d" % n: {"odoo_pos_login_db": "good_%d" % (n % DATABASES)} for n in range(GOOD)}
    hosts.update({name: {"odoo_pos_login_db": name} for name in FAULTS})
    for name in ("no_server_1", "no_server_2"):
        hosts[name].update(odoo_pos_login_host="127.0.0.1", odoo_pos_login_port=1)
    for name in ("silent_1", "silent_2"):
        hosts[name].update(odoo_pos_login_host="127.0.0.1", odoo_pos_login_port=silent)
    shared = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "odoo_pos_login_host": cluster.host,
        "odoo_pos_login_port": cluster.port,
        "odoo_pos_login_user": "pos_reader",
        "odoo_pos_login_password": PASSWORD,
        "odoo_pos_connect_timeout": 60,
        "odoo_pos_statement_timeout": 60,
        "odoo_pos_lock_timeout": 60,
    }
    names = sorted(hosts, key=lambda name: name[::-1])
    return {"all": {"vars": shared, "hosts": {name: hosts[name] for name in names}}}


@contextlib.contextmanager
def silent_server():
    """Yields the port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


@contextlib.contextmanager
def deaf_server(cluster):
    """Yields the port of one that lets everybody in and then says no word, as a pooler whose connections are all taken."""

    def relay(client):
        with client, socket.create_connection(("127.0.0.1", cluster.port)) as upstream:
            while True:
                for one in select.select([client, upstream], [], [])[0]:
                    said = one.recv(8192)
                    if not said:
                        return
                    if one is upstream:
                        client.sendall(said)
                    elif said[:1] != b"Q":
                        upstream.sendall(said)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=relay, args=(server.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def run(tmp_path):
    """Scans an inventory with a deadline; returns what pos_fleet_info returned."""

    def scanned(inventory, deadline, *words):
        stores, result = tmp_path / "stores.json", tmp_path / "scan.json"
        stores.write_text(json.dumps(inventory), encoding="utf-8")
        words = ["ansible-playbook", "-i", str(stores), str(HERE / "scan.yml"), "-e", "deadline=%d" % deadline, *words]
        done = subprocess.run(
            [*words, "-e", "result=%s" % result], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        assert PASSWORD not in done.stdout + done.stderr
        return json.loads(result.read_text(encoding="utf-8"))

    return scanned


class Around:
    """What befalls the server during the scan: locks held, a database dropped while it is read, connections counted."""

    def __init__(self, cluster):
        self.cluster, self.most, self.dropped, self.over = cluster, 0, False, threading.Event()

    def connect(self, database):
        return psycopg2.connect(host=self.cluster.host, port=self.cluster.port, user=self.cluster.user, dbname=database)

    def __enter__(self):
        self.held = [self.connect(name) for name in ("locked", "dropped")]
        for connection in self.held:
            connection.cursor().execute("LOCK TABLE pos_session IN ACCESS EXCLUSIVE MODE")
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def __exit__(self, *_ignored):
        self.over.set()
        self.thread.join()
        for connection in self.held:
            connection.close()

    def watch(self):
        watcher = self.connect("postgres")
        watcher.autocommit = True
        count = """
SELECT count(*) FILTER (WHERE usename = 'pos_reader'), bool_or(datname = 'dropped' AND wait_event_type = 'Lock')
  FROM pg_stat_activity"""
        with watcher.cursor() as cursor:
            while not self.over.wait(0.01):
                cursor.execute(count)
                number, waiting = cursor.fetchone()
                self.most = max(self.most, number)
                if waiting and not self.dropped:
                    self.dropped = True
                    cursor.execute("DROP DATABASE dropped WITH (FORCE)")
        watcher.close()


def test_a_scan_survives_every_fault_and_each_says_why(cluster, run):
    with silent_server() as port, Around(cluster) as around:
        stores = inventory(cluster, port)
        begun = time.monotonic()
        scan = run(stores, DEADLINE, "-vvv")
        # What hangs does not keep the process alive.
        assert time.monotonic() - begun < DEADLINE + 30
    entries = scan["stores"]
    assert len(entries) == 100 and list(entries) == list(stores["all"]["hosts"])

    for name, (reason, said) in FAULTS.items():
        entry = entries[name]
        assert (entry["reachable"], entry["reason"]) == (False, reason), (name, entry)
        assert said in entry["error"] and "\n" not in entry["error"], (name, entry)
        assert "summary" not in entry
    assert around.dropped
    good = [entry for name, entry in entries.items() if name not in FAULTS]
    assert len(good) == GOOD
    assert all(entry["reachable"] and entry["error"] is None and entry["summary"]["sessions"] > 10 for entry in good)
    assert scan["summary"]["read"] == GOOD and scan["summary"]["unread"] == len(FAULTS)
    assert scan["summary"]["unread_by_reason"] == {"late": 3, "no_store": 3, "unreachable": 6}

    # A backend that was left is counted for a moment longer.
    assert DEADLINE <= scan["summary"]["read_ms"] / 1000 < DEADLINE + 1
    assert 1 <= around.most <= CONNECTIONS + 2


FOLLOWED = """
- import_playbook: retailops.odoo_pos.diagnose
- hosts: pos_todo
  gather_facts: false
  tasks:
    - ansible.builtin.debug:
        msg: "work at {{ inventory_hostname }}"
"""


def test_the_playbook_goes_on_and_fails_those_that_could_not_be_read(cluster, tmp_path):
    """A play that follows has every store that needs work, however few are explained, and none that was not read."""
    book, stores = tmp_path / "followed.yml", tmp_path / "stores.json"
    book.write_text(FOLLOWED, encoding="utf-8")
    stores.write_text(json.dumps(inventory(cluster, 1)), encoding="utf-8")
    words = ["ansible-playbook", "-i", str(stores), str(book), "-e", "pos_explain=1"]
    words += ["--limit", "store_0*,empty,no_server_1", "--check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "10 stores read" in done.stdout and "2 could not be read" in done.stdout
    recap = done.stdout.partition("PLAY RECAP")[2]
    failed = {line.split()[0] for line in recap.splitlines() if "failed=1" in line}
    assert failed == {"empty", "no_server_1"}
    assert "store_11" not in done.stdout and "closed_1" not in done.stdout
    assert done.stdout.count("Store good_") == 1
    assert {line.partition("work at ")[2][:8] for line in done.stdout.splitlines() if "work at " in line} == {
        "store_%02d" % number for number in range(10)
    }


def some(cluster, hosts, **variables):
    """The inventory of a few hosts, with variables of their own."""
    return {"all": {"vars": {**inventory(cluster, 1)["all"]["vars"], **variables}, "hosts": hosts}}


def test_a_dead_server_of_many_stores_costs_a_few_time_outs_and_says_so(cluster, run):
    with silent_server() as port:
        dead = {"dead_%02d" % n: {"odoo_pos_login_host": "127.0.0.1", "odoo_pos_login_port": port} for n in range(60)}
        good = {"store_1": {"odoo_pos_login_db": "good_1"}}
        scan = run(some(cluster, {**dead, **good}, odoo_pos_connect_timeout=2), 60)
    assert scan["stores"]["store_1"]["reachable"]
    said = [scan["stores"][name]["error"] for name in dead if scan["stores"][name]["reason"] == "unreachable"]
    tried = [words for words in said if words.startswith("Cannot connect to ")]
    assert CONNECTIONS <= len(tried) < 2 * CONNECTIONS
    why = re.compile(
        r"The server localhost \(port %d\) did not answer for [4-7] stores in a row, so this one was not tried" % port
    )
    assert len([words for words in said if why.match(words)]) == len(dead) - len(tried)
    assert scan["summary"]["read_ms"] < 8000


def test_a_pooler_that_lets_everybody_in_and_never_answers_costs_a_few_statements(cluster, run):
    with deaf_server(cluster) as port:
        place = {"odoo_pos_login_host": "127.0.0.1", "odoo_pos_login_port": port, "odoo_pos_login_db": "good_0"}
        deaf = {"deaf_%02d" % n: place for n in range(20)}
        waits = {"odoo_pos_connect_timeout": 1, "odoo_pos_statement_timeout": 1}
        scan = run(some(cluster, {**deaf, "store_1": {"odoo_pos_login_db": "good_1"}}, **waits), 30)
    assert scan["stores"]["store_1"]["reachable"]
    said = [scan["stores"][name]["error"] for name in deaf if scan["stores"][name]["reason"] == "unreachable"]
    given_up = [
        words for words in said if words.startswith("Reading opening was given up: no answer came for 2 seconds")
    ]
    assert CONNECTIONS <= len(given_up) < 2 * CONNECTIONS
    assert sum("this one was not tried" in words for words in said) == len(deaf) - len(given_up)
    assert scan["summary"]["read_ms"] < 10000
    # none is left behind
    time.sleep(1)
    assert cluster.rows("postgres", "SELECT 1 FROM pg_stat_activity WHERE usename = 'pos_reader'") == []


def test_the_first_statement_is_bound_too(cluster, run):
    """VACUUM FULL of the catalogue locks it like this."""
    with contextlib.closing(Around(cluster).connect("good_1")) as holder:
        holder.cursor().execute("LOCK TABLE pg_catalog.pg_namespace IN ACCESS EXCLUSIVE MODE")
        hosts = {"statement": {"odoo_pos_statement_timeout": 1}, "lock": {"odoo_pos_lock_timeout": 1}}
        scan = run(some(cluster, hosts, odoo_pos_login_db="good_1"), 20)
        holder.rollback()
    assert scan["stores"]["statement"]["error"].startswith("Reading opening took longer than statement_timeout allows")
    assert scan["stores"]["lock"]["error"].startswith("Reading opening waited longer than lock_timeout")
    assert scan["summary"]["read_ms"] < 5000
