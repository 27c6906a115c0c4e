# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: each with one clear line, nothing written, and no secret anywhere, as Ansible prints it at -vvvv."""

from __future__ import annotations

import json
import os
import socket
import sys

import pytest
from conftest import COLLECTION, PASSWORD, restored

from tests.lab.postgres import Cluster

HOSTILE = "{{ lookup('pipe','id') }}"
ESCAPES = "\x1b[31m\x1b]0;owned\x07\u202egnp.exe"


@pytest.fixture(scope="module")
def guarded():
    """A server that wants passwords, over TCP."""
    with Cluster.temporary(tcp=True, auth="scram-sha-256", password=PASSWORD) as made:
        yield made


@pytest.fixture(scope="module")
def nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def odoo_of(cluster, name, sql):
    """A copy of the store that is a little less of a store."""
    cluster.clone("store_19", name)
    cluster.psql(name, sql)
    return name


VERSION = "UPDATE ir_module_module SET latest_version = '%s' WHERE name = 'base'"
LESSER_STORES = {
    "no_pos": (
        "UPDATE ir_module_module SET state = 'uninstalled' WHERE name = 'point_of_sale'",
        "without Point of Sale",
    ),
    "odoo_20": (VERSION % "20.0.1.3", "runs Odoo 20.0, which closes sessions in another way"),
    "odoo_13": (VERSION % "13.0.1.3", "runs Odoo 13.0, which this collection does not know: it knows 14.0 to 19.0"),
    "odoo_saas": (VERSION % "saas~19.2.1.3", "runs Odoo saas~19.2, which this collection does not know"),
    "no_base": (
        "UPDATE ir_module_module SET state = 'uninstalled' WHERE name = 'base'",
        "no initialised Odoo database",
    ),
    "hybrid": ("ALTER TABLE pos_session DROP COLUMN move_id CASCADE", "lacks pos_session.move_id"),
    "half": ("DROP TABLE account_tax_pos_order_line_rel CASCADE", "lacks account_tax_pos_order_line_rel"),
    "no_odoo": ("DROP TABLE ir_module_module CASCADE", "is no Odoo database"),
}


@pytest.fixture(scope="module")
def bad_input(cluster, guarded, nobody_listens):
    """Options and what must be said."""
    here = {"login_host": cluster.host, "login_port": cluster.port, "login_user": cluster.user, "login_db": "store_19"}
    there = {"login_host": "127.0.0.1", "login_port": guarded.port, "login_user": "postgres", "login_db": "postgres"}
    url = "postgresql://admin:%s@db/store" % PASSWORD
    return [
        ({**here, "session": "987654321"}, "There is no session '987654321' in store_19"),
        ({**here, "session": "POS/99999"}, "There is no session 'POS/99999' in store_19"),
        ({**here, "session": ESCAPES}, "There is no session '"),
        ({**here, "till": "no such till"}, "There is no till 'no such till' in store_19"),
        ({**here, "till": "987654321"}, "There is no till '987654321' in store_19"),
        (
            {**here, "login_db": "ambiguous", "till": "Till healthy"},
            "The till name 'Till healthy' is not unique in ambiguous (ids ",
        ),
        ({**here, "login_db": "ambiguous", "session": "/"}, "The session name '/' is not unique in ambiguous (ids "),
        ({**here, "login_db": "no_such_store"}, 'database "no_such_store" does not exist'),
        ({**here, "login_user": "nobody_here"}, 'role "nobody_here" does not exist'),
        ({**here, "session_role": "no_such_role"}, "session_role cannot be taken"),
        ({**there, "login_password": "Wr0ng-" + PASSWORD}, 'password authentication failed for user "postgres"'),
        ({**there}, "no password supplied"),
        ({**here, "login_host": "127.0.0.1", "login_port": nobody_listens}, "Connection refused"),
        ({**here, "login_host": "/no/such/folder"}, "No such file or directory"),
        ({**here, "login_host": "no-such-host.invalid"}, "could not translate host name"),
        ({**here, "login_host": url}, "login_host must be a plain name"),
        ({**here, "login_host": "admin:%s@db" % PASSWORD}, "login_host must be a plain name"),
        ({**here, "login_db": url}, "login_db must be a plain name"),
        ({**here, "login_db": "dbname=x password=" + PASSWORD}, "login_db must be a plain name"),
        ({**here, "connect_params": {"password": PASSWORD}}, "connect_params must not carry credentials (password)"),
        ({**here, "connect_params": {"host": url}}, "connect_params must not carry credentials (host)"),
        (
            {**here, "connect_params": {"options": "-c x.password=" + PASSWORD}},
            "connect_params must not carry credentials",
        ),
        ({**here, "connect_params": {"no_such_keyword": "1"}}, "no_such_keyword"),
        ({**here, "connect_params": {"sslmode": "perhaps"}}, "sslmode"),
        *(({**here, "login_db": name}, says) for name, (_sql, says) in LESSER_STORES.items()),
    ]


@pytest.fixture(scope="module")
def lesser_stores(cluster):
    restored(cluster, 19, "store_19")
    for name, (sql, _says) in LESSER_STORES.items():
        odoo_of(cluster, name, sql)
    odoo_of(
        cluster,
        "ambiguous",
        """UPDATE pos_config SET name = 'Till healthy' WHERE name = 'Till imbalance';
           UPDATE pos_session SET name = '/' WHERE state = 'opened'""",
    )
    yield
    for name in (*LESSER_STORES, "ambiguous"):
        cluster.drop(name)


def test_each_is_refused_in_one_clear_line(bad_input, lesser_stores, ansible):
    results, printed = ansible.run([options for options, _says in bad_input])
    for (options, says), result in zip(bad_input, results):
        message = result["msg"]
        assert result["failed"] and not result["changed"], options
        assert says in message, message
        assert "\n" not in message and "\x1b" not in message and message.rstrip().endswith("."), message
        assert "Traceback" not in message and "ansible_facts" not in result
    assert "Traceback" not in printed
    assert PASSWORD not in json.dumps(results)
    assert printed.count('"module_args"') == len(results)
    assert PASSWORD not in printed


@pytest.mark.parametrize("password", ["admin", "odoo", "42", PASSWORD])
def test_no_secret_is_shown_and_no_datum_blanked(guarded, ansible, password):
    """The login is admin, a till is called 'odoo 42': they stay, whatever the password."""
    restored(guarded, 19, "secrets")
    guarded.psql(
        "secrets",
        """UPDATE pos_config SET name = 'odoo 42 admin' WHERE name = 'Till healthy'""",
    )
    if not guarded.rows("secrets", "SELECT 1 FROM pg_roles WHERE rolname = 'admin'"):
        guarded.psql("secrets", "CREATE ROLE admin LOGIN SUPERUSER")
    guarded.psql("secrets", "ALTER ROLE admin PASSWORD :'password'", password=password)
    asked = {"login_host": "127.0.0.1", "login_port": guarded.port, "login_user": "admin", "login_db": "secrets"}
    (facts, refused), printed = ansible.run(
        [{**asked, "login_password": password}, {**asked, "login_password": password, "login_db": "odoo_42"}]
    )
    read = facts["ansible_facts"]["pos_store"]
    text = json.dumps(read)
    assert "odoo 42 admin" in {each["till"]["name"] for each in read["sessions"]}
    assert "admin" in {each["opened_by"]["login"] for each in read["sessions"]}
    assert "***" not in text and "VALUE_SPECIFIED" not in text and "NO_LOG" not in text
    assert 'database "odoo_42" does not exist' in refused["msg"] and "***" not in refused["msg"]
    # the options as Ansible shows them: only the password is hidden
    assert printed.count('"login_password": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"') == 2
    assert printed.count('"login_user": "admin"') == 2 and printed.count('"login_port": %d' % guarded.port) == 2
    assert '"login_password": "%s"' % password not in printed
    if password == PASSWORD:
        assert PASSWORD not in printed and PASSWORD not in json.dumps([facts, refused])


def test_a_hostile_name_comes_out_as_dead_text(cluster, copy, options, ansible):
    cluster.psql(
        copy,
        """UPDATE pos_config SET name = :'name' WHERE name = 'Till healthy';
           UPDATE pos_order SET pos_reference = :'name', name = :'name';
           UPDATE res_users SET login = :'name' || id;
           UPDATE pos_session SET name = :'name' || id;
           UPDATE res_company SET name = :'name' || id;
           UPDATE res_currency SET name = :'three' || id;
           UPDATE ir_module_module SET author = 'Mallory', name = 'pos_' || :'name' WHERE name = 'pos_restaurant'""",
        name=HOSTILE + ESCAPES,
        three="\x1b",
    )
    (facts,), printed = ansible.run([options(copy)])
    text = json.dumps(facts["ansible_facts"], ensure_ascii=False)
    assert HOSTILE in {
        each["till"]["name"].replace("[31m]0;ownedgnp.exe", "")
        for each in facts["ansible_facts"]["pos_store"]["sessions"]
    }
    assert "uid=" not in printed and "uid=" not in text
    for character in ("\x1b", "\x07", "\u202e", "\\u001b", "\\u0007", "\\u202e"):
        assert character not in text, ascii(character)
    assert "\x07" not in printed and "\u202e" not in printed


def test_without_psycopg2_it_says_so(store_19, options, ansible, tmp_path):
    """An interpreter that has everything but psycopg2."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "psycopg2.py").write_text("raise ImportError('No module named psycopg2')\n", encoding="utf-8")
    (result,), printed = ansible.run([options(store_19)], environment={"PYTHONPATH": str(hidden)})
    assert result["msg"].startswith("The Python library psycopg2 is missing where this task runs: install psycopg2")
    assert "\n" not in result["msg"] and "Traceback" not in printed


def test_a_store_without_anything_in_it_is_read(cluster, copy, options, ansible):
    cluster.psql(copy, "UPDATE pos_session SET state = 'closed', stop_at = '2020-01-01'")
    (facts,), _printed = ansible.run([options(copy)])
    store = facts["ansible_facts"]["pos_store"]
    assert store["sessions"] == [] and store["summary"]["sessions"] == 0 and store["tills"]


def test_the_collection_is_the_one_under_test():
    from ansible_collections.retailops.odoo_pos.plugins.module_utils import facts

    assert os.path.realpath(facts.__file__).startswith(os.path.realpath(COLLECTION)), sys.path
