# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two private PostgreSQL servers with stores and with what is none, two that are no help, and Ansible as a person runs it."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = pathlib.Path(os.environ.get("COLLECTION") or HERE.parents[3])
sys.path.insert(0, str(COLLECTION))

from tests.lab.place import CannotBeHad  # noqa: E402
from tests.lab.postgres import Cluster  # noqa: E402
from tests.support.collection import make_importable  # noqa: E402

make_importable()

PASSWORD = "Xk9-s3cret-7Q"
REAL_STORE = COLLECTION / "tests/lab/data/store-19.sql.gz"
BIN = pathlib.Path(sys.executable).parent

# The table by which a store is known, as Odoo has it, with two modules.
ODOO = """
CREATE TABLE ir_module_module
    (id serial PRIMARY KEY, name varchar NOT NULL UNIQUE, state varchar, latest_version varchar, author varchar);
INSERT INTO ir_module_module (name, state, latest_version)
VALUES ('base', 'installed', '17.0.1.3'), ('point_of_sale', 'installed', '17.0.1.0.1'), ('sale', 'uninstalled', NULL);
GRANT SELECT ON ir_module_module TO pos_reader;
"""
MARKER = "/tmp/pos-stores-owned"
# PostgreSQL cuts a name after 63 bytes.
TEMPLATE_NAME = "{{ lookup('pipe', 'touch %s') }}" % MARKER
HOSTILE = [
    TEMPLATE_NAME,
    "a b,c:!d",
    'x\'; DROP DATABASE "store_19" --',
    "../up",
    "-i",
    "Filiale München",
    "back\\slash",
]
# What is no store, by the code that says so, and the SQL that makes it of a store (or of nothing).
NO_STORES = {
    "a_template": ("template", "ALTER DATABASE a_template IS_TEMPLATE true"),
    "no_connections": ("closed", None),
    "no_right": ("closed", "REVOKE CONNECT ON DATABASE no_right FROM PUBLIC"),
    "no_odoo": ("no_odoo", "DROP TABLE ir_module_module"),
    "not_initialised": ("no_odoo", "DELETE FROM ir_module_module"),
    "no_pos": ("no_pos", "UPDATE ir_module_module SET state = 'uninstalled' WHERE name = 'point_of_sale'"),
    "odoo_13": ("unknown_series", "UPDATE ir_module_module SET latest_version = '13.0.1.3' WHERE name = 'base'"),
    "odoo_20": ("unknown_series", "UPDATE ir_module_module SET latest_version = '20.0.1.3' WHERE name = 'base'"),
    "not_granted": ("unreadable", "REVOKE ALL ON ir_module_module FROM pos_reader"),
    "no_column": ("unreadable", "ALTER TABLE ir_module_module DROP COLUMN latest_version"),
    "a=b": ("bad_name", None),
}


def no_utf8(cluster):
    """A database whose name is Latin-1, as a server that is old enough has some."""
    cluster.psql("postgres", "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII'")
    cluster.psql("ascii", "SET client_encoding = 'SQL_ASCII'; DO $$ BEGIN END $$;")
    command = [os.path.join(cluster.bin, "psql"), "-X", "-q", "-d", "ascii"]
    subprocess.run(
        command,
        input=b'CREATE DATABASE "caf\xe9" TEMPLATE template0;',
        check=True,
        env={**os.environ, **cluster.environment(), "PGCLIENTENCODING": "SQL_ASCII"},
    )
    cluster.drop("ascii")


def make(name, **options):
    cluster = Cluster.temporary(tcp=True, **options)
    try:
        made = cluster.__enter__()
    except CannotBeHad as error:
        pytest.skip(str(error))
    made.psql("postgres", "CREATE ROLE pos_reader LOGIN PASSWORD :'password'", password=PASSWORD)
    made.create("tiny")
    made.psql("tiny", ODOO)
    return cluster, made


@pytest.fixture(scope="session")
def east():
    """Asks for a password; has a real store and everything that is none."""
    manager, cluster = make("east", auth="scram-sha-256", password="of-the-superuser")
    try:
        cluster.restore("store_19", REAL_STORE)
        cluster.psql("store_19", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pos_reader")
        for name in ["shared", *HOSTILE, *NO_STORES]:
            cluster.create(name, template="tiny")
        for name, (_code, text) in NO_STORES.items():
            if text:
                cluster.psql(name, text)
        cluster.psql("postgres", "ALTER DATABASE no_connections ALLOW_CONNECTIONS false")
        no_utf8(cluster)
        yield cluster
    finally:
        manager.__exit__(None, None, None)


@pytest.fixture(scope="session")
def west():
    """Lets everybody in; shares a name with the other."""
    manager, cluster = make("west")
    try:
        cluster.create("shared", template="tiny")
        yield cluster
    finally:
        manager.__exit__(None, None, None)


@pytest.fixture
def tar_pit():
    """The port of a server that takes a connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(20)
        yield listening.getsockname()[1]


@pytest.fixture
def dead_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


class Result:
    """What ansible-inventory printed."""

    def __init__(self, done, seconds):
        self.code, self.said, self.seconds = done.returncode, " ".join(done.stderr.split()), seconds
        self.text = done.stdout
        listed = json.loads(done.stdout) if done.stdout.startswith("{") else {}
        self.hosts = listed.get("_meta", {}).get("hostvars", {})
        self.groups = {name: group.get("hosts", []) for name, group in listed.items() if name != "_meta"}
        skipped = listed.get("all", {}).get("vars", {}).get("pos_stores_skipped", [])
        self.skipped = [{name: plain(value) for name, value in entry.items()} for entry in skipped]

    def code_of(self, database, server="east"):
        (entry,) = [e for e in self.skipped if (e["server"], e["database"]) == (server, database)]
        assert entry["reason"].endswith(".")
        return entry["code"]

    def of(self, host, name):
        return plain(self.hosts[host][name])


def plain(value):
    """A text that ansible-inventory marks as unsafe, as it is."""
    return value["__ansible_unsafe"] if isinstance(value, dict) and "__ansible_unsafe" in value else value


class Ansible:
    """Writes an inventory file and runs Ansible's programs with it."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "stores.pos_stores.yml"

    def file(self, *servers, **options):
        text = yaml.safe_dump({"plugin": "retailops.odoo_pos.pos_stores", "servers": list(servers), **options})
        self.path.write_text(text, encoding="utf-8")
        return self

    def run(self, program, *words, environment=None):
        started = time.monotonic()
        done = subprocess.run(
            [BIN / program, "-i", self.path, *words],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1", "COLUMNS": "4000", **(environment or {})},
        )
        return done, time.monotonic() - started

    def list(self, *words, **environment):
        return Result(*self.run("ansible-inventory", "--list", "--export", *words, environment=environment))

    def note(self, text):
        """A task that writes what a template makes to a file, and not to a screen where it would be quoted."""
        return {"ansible.builtin.copy": {"content": text, "dest": str(self.folder / "noted")}}

    def noted(self, done):
        assert done.returncode == 0, done.stdout + done.stderr
        return (self.folder / "noted").read_text(encoding="utf-8")

    def play(self, tasks, *words, **environment):
        path = self.folder / "play.yml"
        defaults = {
            name: "{{ odoo_pos_%s | default(omit) }}" % name for name in ("login_host", "login_port", "login_user")
        }
        defaults.update(
            login_db="{{ odoo_pos_login_db }}", connect_params="{{ odoo_pos_connect_params | default(omit) }}"
        )
        play = {
            "hosts": "pos_stores",
            "gather_facts": False,
            "module_defaults": {"group/retailops.odoo_pos.pos": defaults},
            "tasks": tasks,
        }
        path.write_text(json.dumps([play]), encoding="utf-8")
        return self.run("ansible-playbook", path, *words, environment=environment)[0]


@pytest.fixture
def ansible(tmp_path):
    return Ansible(tmp_path)


@pytest.fixture
def entry(east, west, tmp_path, monkeypatch):
    """The entries of the two servers in an inventory file: one by options, the other by a service of libpq."""
    service = tmp_path / "pg_service.conf"
    service.write_text("[pos_west]\nhost=%s\nport=%s\nuser=pos_reader\n" % (west.host, west.port), encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(service))
    monkeypatch.setenv("EAST_PASSWORD", PASSWORD)
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    by_options = {
        "name": "east",
        "login_host": "127.0.0.1",
        "login_port": east.port,
        "login_user": "pos_reader",
        "login_password": "{{ lookup('ansible.builtin.env', 'EAST_PASSWORD') }}",
    }
    return {"east": by_options, "west": {"name": "west", "service": "pos_west"}}
