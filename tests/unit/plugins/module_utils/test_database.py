# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connecting: what goes to libpq, what is refused, and that no error ever shows a password."""

from __future__ import annotations

import psycopg2
import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database
from ansible_collections.retailops.odoo_pos.plugins.module_utils.database import (
    Looks,
    Reader,
    connect,
    first_line,
    snapshot,
    where,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.libpq import LIBPQ_NAMES, libpq_parameters
from ansible_collections.retailops.odoo_pos.plugins.module_utils.opening import columns_by_table, opening_parameters

SECRET = "Xk9-s3cret-7Q"
ALWAYS = {"connect_timeout": 10, "application_name": "retailops.odoo_pos", "client_encoding": "UTF8"}


def test_what_is_not_given_is_left_to_libpq():
    assert libpq_parameters({}) == ALWAYS
    nothing = dict.fromkeys(LIBPQ_NAMES)
    assert libpq_parameters({**nothing, "connect_params": None, "session_role": None, "login_host": ""}) == ALWAYS


def test_options_have_their_libpq_names():
    given = {
        "login_host": "db", "login_port": 6432, "login_user": "reader", "login_password": SECRET, "login_db": "store_042",
        "ssl_mode": "verify-full", "ca_cert": "/ca", "ssl_cert": "/cert", "ssl_key": "/key", "connect_timeout": 3,
        "connect_params": {"target_session_attrs": "any", "application_name": "mine"},
    }  # fmt: skip
    assert libpq_parameters(given) == {
        "host": "db", "port": 6432, "user": "reader", "password": SECRET, "dbname": "store_042", "sslmode": "verify-full",
        "sslrootcert": "/ca", "sslcert": "/cert", "sslkey": "/key", "connect_timeout": 3, "target_session_attrs": "any",
        "application_name": "mine", "client_encoding": "UTF8",
    }  # fmt: skip


@pytest.mark.parametrize("host,used", [(None, "/run"), ("", "/run"), ("localhost", "/run"), ("db", "db")])
def test_the_socket_stands_in_for_a_host_that_is_not_given(host, used):
    assert libpq_parameters({"login_host": host, "login_unix_socket": "/run"})["host"] == used


SMUGGLED = [
    {"login_host": "postgresql://reader:%s@db/store" % SECRET},
    {"login_host": "postgres://%s@db" % SECRET},
    {"login_host": "host=db password=%s" % SECRET},
    {"login_host": "reader:%s@db" % SECRET},
    {"login_unix_socket": "postgresql://reader:%s@db" % SECRET},
    {"login_db": "postgresql://reader:%s@db/store" % SECRET},
    {"login_db": "dbname=store password=%s" % SECRET},
    *(
        {"connect_params": parameters}
        for parameters in (
            {"password": SECRET},
            {"PassWord": SECRET},
            {"sslpassword": SECRET},
            {"passfile": "/tmp/" + SECRET},
            {"passwd": SECRET},
            {"scram_client_key": SECRET},
            {"oauth_client_secret": SECRET},
            {"dsn": "postgresql://reader:%s@db" % SECRET},
            {"dsn": "dbname=store"},
            {"dsn": SECRET},
            {"host": "postgresql://reader:%s@db" % SECRET},
            {"host": "reader:%s@db" % SECRET},
            {"dbname": "postgresql://db/store"},
            {"dbname": "user=reader"},
            {"dbname": "password = %s" % SECRET},
            {"options": "-c password=%s" % SECRET},
            {"service": "x", "options": "PASSWORD=%s" % SECRET},
            {"nested": {"dbname": "password=%s" % SECRET}},
            {"listed": ["postgresql://reader:%s@db" % SECRET]},
            {"async": 1},
            {"cursor_factory": "x"},
            {"connection_factory": "x"},
        )
    ),
]


@pytest.mark.parametrize("options", SMUGGLED, ids=str)
def test_credentials_are_refused_where_they_would_be_shown(options):
    with pytest.raises(BadInput) as refused:
        libpq_parameters(options)
    assert SECRET not in refused.value.message
    assert "\n" not in refused.value.message and refused.value.message.endswith(".")
    with pytest.raises(BadInput):
        connect(options)


@pytest.mark.parametrize(
    "options",
    [
        {"login_host": "@abstract"},
        {"login_host": "/var/run/postgresql"},
        {"login_host": "db1,db2"},
        {"login_db": "store@042"},
        {"connect_params": {"host": "@abstract", "service": "stores", "hostaddr": "::1"}},
        {"connect_params": {"options": "-c search_path=public", "sslmode": "require"}},
    ],
    ids=str,
)
def test_plain_names_pass(options):
    libpq_parameters(options)


@pytest.mark.parametrize("password", [SECRET, "odoo", "42"])
def test_a_failed_connection_is_one_line_without_the_password(tmp_path, password):
    """Nothing is blanked either: to blank the user 'odoo' for the password 'odoo' would give the password away."""
    options = {
        "login_host": str(tmp_path / "odoo-42"),
        "login_user": "odoo",
        "login_db": "odoo_42",
        "login_password": password,
    }
    with pytest.raises(Unreachable) as failed:
        connect(options)
    message = failed.value.message
    assert SECRET not in message and "***" not in message and "\n" not in message
    assert message.startswith("Cannot connect to odoo_42 on %s: " % (tmp_path / "odoo-42"))
    assert failed.value.details["reachable"] is False
    assert failed.value.__cause__ is None


@pytest.mark.parametrize(
    "parameters", [{"no_such_keyword": "x"}, {"port": "abc"}, {"sslmode": "perhaps"}, {"port": [1]}]
)
def test_what_libpq_does_not_understand_is_one_line(parameters):
    with pytest.raises((BadInput, Unreachable)) as failed:
        connect({"login_host": "/no/such/folder", "connect_params": parameters})
    assert "\n" not in failed.value.message


def test_a_refusal_in_an_unreadable_language_is_no_fault_of_the_options(monkeypatch):
    def refuse(**_ignored):
        raise UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "invalid continuation byte")

    monkeypatch.setattr(database.psycopg2, "connect", refuse)
    with pytest.raises(Unreachable, match="^Cannot connect to store on db: .* its log says why") as failed:
        connect({"login_host": "db", "login_db": "store"})
    assert "connect_params" not in failed.value.message


def test_without_psycopg2_the_first_thing_said_is_that(monkeypatch):
    monkeypatch.setattr(database, "PSYCOPG2_ERROR", "ImportError")
    with pytest.raises(
        BadInput, match="^The Python library psycopg2 is missing where this task runs: install psycopg2"
    ):
        connect({"login_host": "db"})


def test_deadlines():
    given = opening_parameters({"statement_timeout": 7, "lock_timeout": 2, "session_role": ""}, {"a": "b c", "d": ""})
    where_we_are = {"session_role": None, "tables": "a,d", "columns": "b c,"}
    assert given == {"statement_timeout": "7s", "lock_timeout": "2s", **where_we_are}
    assert opening_parameters({}, {})["statement_timeout"] == "30s"
    assert opening_parameters({"statement_timeout": 0, "lock_timeout": 0}, {})["lock_timeout"] == "5s"


class Failing:
    """A connection whose every statement fails with one error, and that says whether it was closed."""

    def __init__(self, error):
        self.error, self.closed = error, False

    def set_session(self, **_ignored):
        pass

    def fileno(self):
        return -1

    def cursor(self, **_ignored):
        raise self.error

    def close(self):
        self.closed = True


ERRORS = [
    (
        psycopg2.errors.InsufficientPrivilege("permission denied for table pos_order\nx"),
        ["pos_order", "SELECT", "orders"],
    ),
    (psycopg2.errors.QueryCanceled("canceling statement due to statement timeout"), ["statement_timeout", "orders"]),
    (psycopg2.errors.LockNotAvailable("canceling statement due to lock timeout"), ["lock_timeout", "orders"]),
    (psycopg2.errors.UndefinedColumn("column x does not exist\nLINE 1"), ["column x does not exist", "orders"]),
    (psycopg2.OperationalError("server closed the connection unexpectedly\n\tat once\n"), ["closed the connection"]),
    (psycopg2.InterfaceError("connection already closed"), ["already closed"]),
    (psycopg2.errors.CharacterNotInRepertoire("0xe9"), ["orders", "not UTF-8"]),
    (UnicodeDecodeError("ascii", b"\xe9", 0, 1, "ordinal not in range"), ["orders", "not UTF-8"]),
    (psycopg2.errors.UntranslatableCharacter("0xd8"), ["orders", "lacks a character", "give the id"]),
]


@pytest.mark.parametrize("error,words", ERRORS, ids=lambda x: type(x).__name__)
def test_what_postgresql_refuses_is_one_line(error, words):
    reader = Reader(Failing(error))
    with pytest.raises(Unreachable) as failed:
        reader.rows("orders", "SELECT 1")
    message = failed.value.message
    assert all(word in message for word in words)
    assert "\n" not in message and message.endswith(".") and "LINE" not in message
    assert reader.statements == ["orders"]


ROLE_ERRORS = [
    psycopg2.errors.InvalidParameterValue('role "nobody" does not exist'),
    psycopg2.errors.InsufficientPrivilege('permission denied to set role "nobody"'),
]


@pytest.mark.parametrize("error", ROLE_ERRORS, ids=lambda x: type(x).__name__)
def test_a_role_that_cannot_be_taken_is_named_and_the_connection_is_closed(monkeypatch, error):
    connection = Failing(error)
    monkeypatch.setattr(database, "connect", lambda options: connection)
    with pytest.raises(BadInput, match="^session_role cannot be taken .*nobody"), snapshot({}):
        pass
    assert connection.closed


def test_the_connection_is_closed_whatever_happens(monkeypatch):
    connection = Failing(psycopg2.OperationalError("gone"))
    monkeypatch.setattr(database, "connect", lambda options: connection)
    with pytest.raises(Unreachable), snapshot({}):
        pass
    assert connection.closed


def test_a_lock_that_cannot_be_asked_for_is_one_sentence(monkeypatch):
    connection = Failing(psycopg2.OperationalError("terminating connection\nserver closed it"))
    monkeypatch.setattr(database, "connect", lambda options: connection)
    with pytest.raises(Unreachable, match="^Reading alone failed: terminating connection.$"), database.alone({}, 24):
        pass
    assert connection.closed


def test_what_errors_say():
    assert first_line(Exception("  \nfirst.\nsecond")) == "first"
    assert first_line(Exception("")) == "Exception"
    assert where({}) == "the default database on libpq's default server"
    assert where({"dbname": "store", "host": "db", "password": SECRET}) == "store on db"


def test_tables_and_columns_out_of_the_text_of_the_opening():
    text = "pos_config\t23 id\t3802 odd name\npos_session\t1043 name"
    assert columns_by_table(text) == {
        "pos_config": {"id": "23", "odd name": "jsonb"},
        "pos_session": {"name": "1043"},
    }
    assert columns_by_table("") == {}


class Server:
    """Connections that answer every statement, until they are told to break; knows how many were opened and how each ended."""

    def __init__(self, monkeypatch):
        self.opened = []
        monkeypatch.setattr(database.psycopg2, "connect", self.connect)

    def connect(self, **_parameters):
        self.opened.append(Answering())
        return self.opened[-1]


class Answering:
    def __init__(self):
        self.broken, self.closed, self.rolled_back = False, False, 0
        self.description = [type("Column", (), {"name": "tables"})]

    def set_session(self, **how):
        assert how == {"isolation_level": "REPEATABLE READ", "readonly": True}

    def cursor(self):
        return self

    def fileno(self):
        return -1

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        pass

    def execute(self, _text, _parameters):
        if self.broken:
            raise psycopg2.OperationalError("server closed the connection unexpectedly")

    def fetchall(self):
        return [("",)]

    def rollback(self):
        if self.broken:
            raise psycopg2.InterfaceError("connection already closed")
        self.rolled_back += 1

    def close(self):
        self.closed = True


def test_looks_share_a_connection_and_each_is_a_transaction_of_its_own(monkeypatch):
    server, looks = Server(monkeypatch), Looks({})
    for number in (1, 2, 3):
        with looks.snapshot() as reader:
            assert reader.statements == ["opening"]
        assert server.opened[0].rolled_back == number
    with pytest.raises(ZeroDivisionError), looks.snapshot():
        raise ZeroDivisionError
    assert server.opened[0].rolled_back == 4
    looks.close()
    assert len(server.opened) == 1 and server.opened[0].closed


def test_a_connection_that_broke_between_two_looks_is_replaced_and_one_that_breaks_in_a_look_is_told(monkeypatch):
    server, looks = Server(monkeypatch), Looks({})
    with looks.snapshot():
        pass
    server.opened[0].broken = True
    with looks.snapshot() as reader:
        assert server.opened[0].closed and reader.connection is server.opened[1]
        server.opened[1].broken = True
        with pytest.raises(Unreachable):
            reader.rows("sales", "SELECT 1")
    assert server.opened[1].closed
    with looks.snapshot() as reader:
        assert reader.connection is server.opened[2]
