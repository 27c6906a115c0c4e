# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search of servers: what each database is, and that nothing holds the rest up.

On a real PostgreSQL: the integration target inventory_pos_stores.
"""

from __future__ import annotations

import threading
import time

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import discovery
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.discovery import Server, Skipped, Store, discover


def row(name, template=False, opens=True, allowed=True):
    name = name if isinstance(name, bytes) else name.encode()
    return {"name": name, "template": template, "opens": opens, "allowed": allowed}


class FakeServers:
    """Stands in for PostgreSQL: databases by server; a database is a function, or a store."""

    def __init__(self, monkeypatch):
        self.databases = {}
        self.most = self.now = 0
        self.lock = threading.Lock()
        monkeypatch.setattr(discovery, "list_databases", self.list)
        monkeypatch.setattr(discovery, "look_into", self.look)

    def list(self, options):
        listed = self.databases[options["login_host"]]
        return listed() if callable(listed) else [row(name) for name in listed]

    def look(self, server, options, database):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            act = self.databases[options["login_host"]][database]
            return act() if act else Store(server, database, "17.0", "17.0.1.0.1")
        finally:
            with self.lock:
                self.now -= 1


@pytest.fixture
def servers(monkeypatch):
    return FakeServers(monkeypatch)


@pytest.fixture
def hang():
    """A function that returns only when the test is over."""
    over = threading.Event()
    yield lambda: over.wait(30)
    over.set()


def server(name, **more):
    more.setdefault("deadline", 30)
    return Server(name, {"login_host": name, "login_db": "postgres", "connect_timeout": 10}, **more)


def shape(search):
    return [(f.database, getattr(f, "code", "store")) for f in search.found]


def test_one_bad_database_never_stops_the_rest(servers):
    def broken():
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")

    servers.databases["east"] = {"a": None, "b": broken, "c": None}
    (search,) = discover([server("east")])
    assert shape(search) == [("a", "store"), ("b", "unreadable"), ("c", "store")]
    assert "UnicodeDecodeError" in search.found[1].reason


def test_a_server_that_hangs_holds_neither_the_rest_nor_the_end(servers, hang):
    servers.databases = {"dead": hang, "slow": {"a": None, "b": hang}, "east": {"c": None}}
    started = time.monotonic()
    dead, slow, east = discover([server("dead", deadline=0.5), server("slow", deadline=0.5), server("east")])
    assert time.monotonic() - started < 5
    assert shape(dead) == [(None, "late")] and shape(slow) == [("a", "store"), ("b", "late")]
    assert shape(east) == [("c", "store")]
    assert (dead.complete, slow.complete, east.complete) == (False, False, True)
    assert "0.5 seconds" in dead.found[0].reason


def test_what_comes_after_the_deadline_is_dropped(servers):
    go = threading.Event()
    servers.databases["east"] = {"a": lambda: go.wait(30) and Store("east", "a", "17.0", ""), "b": None}
    (search,) = discover([server("east", deadline=0.3, connections=1)])
    go.set()
    time.sleep(0.2)
    # with one connection the second was never looked at
    assert shape(search) == [("a", "late"), ("b", "late")]


def test_a_server_that_refuses_is_said_and_the_rest_arrives(servers):
    def refuse():
        raise Unreachable("Cannot connect to it.")

    servers.databases = {"dead": refuse, "east": {"a": None}}
    dead, east = discover([server("dead"), server("east")])
    assert dead.found == [Skipped("dead", None, "unreachable", "Cannot connect to it.")] and not dead.complete
    assert shape(east) == [("a", "store")]


def test_the_connections_of_a_server_are_bounded(servers):
    def slowly():
        time.sleep(0.01)
        return Store("east", "x", "17.0", "")

    servers.databases["east"] = {"d%02d" % number: slowly for number in range(20)}
    discover([server("east", connections=3)])
    assert 1 < servers.most <= 3


def test_a_server_without_any_database_is_searched_at_once(servers):
    servers.databases["east"] = {}
    (search,) = discover([server("east")])
    assert search.found == [] and search.complete and search.seconds < 5


@pytest.mark.parametrize(
    ("listed", "code", "word"),
    [
        (row("t", template=True, opens=False), "template", "template"),
        (row("t", opens=False), "closed", "allows no connections"),
        (row("t", allowed=False), "closed", "no right to connect"),
        (row(b"caf\xe9"), "bad_name", "no UTF-8"),
    ],
)
def test_what_pg_database_says_is_enough_to_skip(servers, listed, code, word):
    servers.databases["east"] = lambda: [listed]
    (search,) = discover([server("east")])
    (found,) = search.found
    assert found.code == code and word in found.reason


def test_what_the_patterns_leave_out_is_neither_looked_at_nor_listed(servers):
    servers.databases["east"] = lambda: [row("a", template=True), row("b", opens=False)]
    (search,) = discover([server("east", wanted=lambda name: name == "z")])
    assert search.found == []


class FakeReader:
    def __init__(self, modules):
        self.opening = {"tables": {} if modules is None else {"ir_module_module": {"name": "varchar"}}}
        self.modules = modules

    def rows(self, name, text, parameters=None):
        assert name == "store"
        return [{"name": module, "version": version} for module, version in self.modules.items()]


@pytest.mark.parametrize(
    ("modules", "expected"),
    [
        (None, "no_odoo"),
        ({}, "no_odoo"),
        ({"point_of_sale": "17.0.1"}, "no_odoo"),
        ({"base": "17.0.1.3"}, "no_pos"),
        ({"base": "13.0.1.3", "point_of_sale": "13.0.1"}, "unknown_series"),
        ({"base": "20.0.1.3", "point_of_sale": "20.0.1"}, "unknown_series"),
        ({"base": "saas~17.2.1.3", "point_of_sale": ""}, "unknown_series"),
        ({"base": "", "point_of_sale": ""}, "unknown_series"),
        ({"base": "14.0.1.3", "point_of_sale": "14.0.1.0.1"}, "14.0"),
        ({"base": "19.0.1.3", "point_of_sale": ""}, "19.0"),
    ],
)
def test_what_a_database_is(modules, expected):
    found = discovery.judge("east", "db", FakeReader(modules))
    assert expected == (found.odoo if isinstance(found, Store) else found.code)
    assert isinstance(found, Store) or found.reason.endswith(".")


def test_a_version_cannot_steer_a_terminal():
    found = discovery.judge("east", "db", FakeReader({"base": "17.0.1", "point_of_sale": "17.0\x1b[2J"}))
    assert found.version == "17.0[2J"


class FromPostgres(Exception):
    def __init__(self, pgcode):
        super().__init__(pgcode)
        self.pgcode = pgcode


@pytest.mark.parametrize(
    ("error", "cause", "code"),
    [
        (Unreachable("No grant."), FromPostgres("42501"), "unreadable"),
        (Unreachable("No column."), FromPostgres("42703"), "unreadable"),
        (Unreachable("Too slow."), FromPostgres("57014"), "unreachable"),
        (Unreachable("Locked."), FromPostgres("55P03"), "unreachable"),
        (Unreachable("Gone."), FromPostgres(None), "unreachable"),
        (Unreachable("Refused."), None, "unreachable"),
        (BadInput("login_db must be a plain name."), None, "bad_name"),
    ],
)
def test_only_what_may_pass_is_worth_another_try(monkeypatch, error, cause, code):
    def fail(options, tables):
        assert options["login_db"] == "db"
        raise error from cause

    monkeypatch.setattr(discovery, "snapshot", fail)
    assert discovery.look_into("east", {"login_db": "postgres"}, "db") == Skipped("east", "db", code, error.message)


def test_no_timeout_is_longer_than_the_deadline():
    given = {"connect_timeout": 10, "statement_timeout": 30, "lock_timeout": 5, "login_host": "h"}
    assert discovery.within(given, 7.5) == {**given, "connect_timeout": 8, "statement_timeout": 8, "lock_timeout": 5}
