# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the databases of two real servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import psycopg2
import pytest
from conftest import BIN, HOSTILE, MARKER, NO_STORES, PASSWORD, TEMPLATE_NAME

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import discovery
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.servers import read_servers

FILE = {"include": ["*"], "exclude": [], "connections": 8, "deadline": 30}


def test_stores_become_hosts_and_the_rest_is_listed_with_why(ansible, entry, east):
    found = ansible.file(entry["east"], entry["west"]).list()
    assert found.code == 0
    # every store, and nothing but the stores
    databases = {(found.of(h, "pos_stores_server"), found.of(h, "odoo_pos_login_db")) for h in found.hosts}
    stores = {"store_19", "shared", "tiny", *HOSTILE}
    assert databases == {*(("east", name) for name in stores), ("west", "shared"), ("west", "tiny")}
    # ready for tasks
    assert os.path.samefile(found.of("store_19", "ansible_python_interpreter"), sys.executable)
    assert found.hosts["store_19"] == {
        "ansible_connection": "local",
        "ansible_python_interpreter": found.of("store_19", "ansible_python_interpreter"),
        "odoo_pos_login_db": "store_19",
        "odoo_pos_login_host": "127.0.0.1",
        "odoo_pos_login_port": east.port,
        "odoo_pos_login_user": "pos_reader",
        "pos_stores_server": "east",
        "pos_stores_odoo": "19.0",
        "pos_stores_version": found.of("store_19", "pos_stores_version"),
    }
    assert found.of("store_19", "pos_stores_version").startswith("19.0.")
    # shared names
    assert found.of("shared.east", "odoo_pos_login_port") == east.port
    assert found.of("shared.west", "odoo_pos_connect_params") == {"service": "pos_west"}
    # groups
    assert found.groups["odoo_19"] == ["store_19"] and "tiny.west" in found.groups["odoo_17"]
    assert sorted(found.groups["server_west"]) == ["shared.west", "tiny.west"]
    # what is none
    for name, (code, _text) in NO_STORES.items():
        assert found.code_of(name) == code, name
    assert found.code_of("template0") == "template" and found.code_of("postgres") == "no_odoo"
    assert found.code_of("caf\\xe9") == "bad_name"
    assert len(found.skipped) == len(NO_STORES) + 1 + 2 * 3
    # a store may be missing: that is said, once a server
    assert found.said.count("Stores of the server") == 1 and "4 of its databases could not be read" in found.said
    assert PASSWORD not in found.text + found.said


def test_a_hostile_name_is_limited_to_and_reaches_the_task_as_it_is(ansible, entry):
    found = ansible.file(entry["east"], exclude=["store_*"]).list()
    (host,) = [name for name in found.hosts if found.of(name, "odoo_pos_login_db") == TEMPLATE_NAME]
    tasks = [
        {"retailops.odoo_pos.pos_session_facts": {}, "ignore_errors": True, "register": "read"},
        ansible.note("{{ [inventory_hostname, odoo_pos_login_db, read.msg] | to_json }}"),
    ]
    done = ansible.play(tasks, "--limit", host, PGPASSWORD=PASSWORD)
    limited, database, message = json.loads(ansible.noted(done))
    # the very database was read: it is the stand-in that lacks the rest of an Odoo
    assert (limited, database) == (host, TEMPLATE_NAME) and TEMPLATE_NAME in message and "lacks" in message
    assert not os.path.exists(MARKER)


def test_what_ansible_inventory_writes_is_as_harmless_when_it_is_read_again(ansible, entry):
    text = ansible.file(entry["east"], include=["*lookup*"]).list().text
    script = ansible.folder / "again.sh"
    script.write_text("#!/bin/sh\ncat <<'END'\n%s\nEND\n" % text, encoding="utf-8")
    script.chmod(0o755)
    ansible.path = script
    done = ansible.play([ansible.note("{{ [odoo_pos_login_db, pos_stores_server] | to_json }}")])
    assert json.loads(ansible.noted(done)) == [TEMPLATE_NAME, "east"]
    assert not os.path.exists(MARKER)


def test_a_real_store_is_read_by_the_variables_alone(ansible, entry):
    """The password comes from libpq's password file."""
    passwords = ansible.folder / "pgpass"
    passwords.write_text("*:*:*:pos_reader:%s\n" % PASSWORD, encoding="ascii")
    passwords.chmod(0o600)
    tasks = [
        {"retailops.odoo_pos.pos_session_facts": {}},
        ansible.note("{{ ansible_facts['pos_store'].database }} {{ ansible_facts['pos_store'].odoo.series }}"),
    ]
    done = ansible.file(entry["east"], include=["store_*"]).play(tasks, PGPASSFILE=str(passwords))
    assert ansible.noted(done) == "store_19 19.0"


def test_servers_that_are_dead_or_never_answer_hold_nobody_up(ansible, entry, dead_port, tar_pit):
    dead = {"name": "dead", "login_host": "127.0.0.1", "login_port": dead_port}
    silent = {"name": "silent", "login_host": "127.0.0.1", "login_port": tar_pit, "deadline": 2}
    ansible.file(dead, silent, entry["west"])
    found = ansible.list()
    assert sorted(found.hosts) == ["shared", "tiny"]
    assert found.seconds < 15
    assert found.code_of(None, "dead") == "unreachable" and found.code_of(None, "silent") in ("late", "unreachable")
    assert found.said.count("was not searched, its stores are missing") == 2
    # strict: an error, and the run ends where Ansible is told to take it for one
    ansible.file(dead, entry["west"], strict_servers=True)
    assert ansible.list(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED="true").code != 0
    lenient = ansible.list()
    assert lenient.code == 0 and not lenient.hosts and "The server dead was not searched" in lenient.said


def test_a_database_that_is_locked_is_given_up_in_time(ansible, entry, east, west):
    held = threading.Event()
    free = threading.Event()

    def hold():
        connection = psycopg2.connect(host=west.host, port=west.port, user=west.user, dbname="shared")
        connection.cursor().execute("LOCK TABLE ir_module_module IN ACCESS EXCLUSIVE MODE")
        held.set()
        free.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        found = ansible.file({**entry["west"], "lock_timeout": 1}).list()
    finally:
        free.set()
        holder.join()
    assert list(found.hosts) == ["tiny"] and found.code_of("shared", "west") == "unreachable"
    assert "lock_timeout" in found.said


def test_the_cache_gives_the_same_hosts_without_a_server_and_without_a_secret(ansible, entry, east):
    folder = ansible.folder / "cache"
    options = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(folder)}
    ansible.file(entry["east"], entry["west"], **options)
    first = ansible.list()
    (kept,) = folder.iterdir()
    assert PASSWORD not in kept.read_text(encoding="utf-8")
    # nobody can log in any more: only the cache can know
    east.psql("postgres", "ALTER ROLE pos_reader NOLOGIN")
    try:
        second = ansible.list()
        assert (second.hosts, second.groups, second.skipped) == (first.hosts, first.groups, first.skipped)
        flushed = ansible.list("--flush-cache")
        assert flushed.code_of(None) == "unreachable"
    finally:
        east.psql("postgres", "ALTER ROLE pos_reader LOGIN")


def test_a_password_may_be_in_a_vault(ansible, entry):
    secret = ansible.folder / "secret"
    secret.write_text("key", encoding="ascii")
    words = ["encrypt_string", "--vault-password-file", str(secret), PASSWORD, "--name", "login_password"]
    vaulted = subprocess.run([BIN / "ansible-vault", *words], capture_output=True, text=True, check=True).stdout
    ansible.file({**entry["east"], "login_password": "HERE"}, include=["store_*"])
    lines = ansible.path.read_text(encoding="utf-8").replace(
        "login_password: HERE", vaulted.rstrip().replace("\n", "\n    ")
    )
    ansible.path.write_text(lines, encoding="utf-8")
    found = ansible.list("--vault-password-file", str(secret))
    assert list(found.hosts) == ["store_19"] and PASSWORD not in found.text + found.said, found.said


@pytest.fixture
def servers(entry):
    def read(**more):
        own = {**entry["east"], "login_password": PASSWORD, **more}
        return read_servers([own], {}, FILE)

    return read


def test_a_database_that_is_dropped_midway_is_one_that_is_missing(servers, east, monkeypatch):
    east.create("dropped", template="tiny")
    listing = discovery.list_databases

    def list_and_drop(options):
        listed = listing(options)
        east.drop("dropped")
        return listed

    monkeypatch.setattr(discovery, "list_databases", list_and_drop)
    (search,) = discovery.discover(servers(include=["dropped", "store_19"]))
    assert [getattr(item, "code", "store") for item in search.found] == ["unreachable", "store"]
    assert "does not exist" in search.found[0].reason


def test_the_connections_stay_within_the_bound(servers, east, monkeypatch):
    """PostgreSQL itself refuses the seventh; a backend may live a moment longer than its connection. The default is eight."""
    judge = discovery.judge

    def slowly(server, database, reader):
        reader.rows("wait", "SELECT pg_sleep(0.3)")
        return judge(server, database, reader)

    monkeypatch.setattr(discovery, "judge", slowly)
    for number in range(12):
        east.create("many_%02d" % number, template="tiny")
    east.psql("postgres", "ALTER ROLE pos_reader CONNECTION LIMIT 6")
    try:
        (search,) = discovery.discover(servers(include=["many_*"], connections=3))
    finally:
        east.psql("postgres", "ALTER ROLE pos_reader CONNECTION LIMIT -1")
        for number in range(12):
            east.drop("many_%02d" % number)
    assert len(search.found) == 12 and all(isinstance(item, discovery.Store) for item in search.found), search.found


def test_nothing_but_reading_is_sent(servers, east):
    """One transaction a database, read only; the second statement only where there is an Odoo."""
    sent = []
    real = discovery.Reader.rows

    def rows(self, name, text, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")
            sent.append((name, cursor.fetchone()[0]))
        return real(self, name, text, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discovery.Reader, "rows", rows)
        discovery.discover(servers(include=["store_19", "no_odoo"]))
    assert sorted(sent) == sorted([("opening", "on")] * 3 + [("databases", "on"), ("store", "on")])
