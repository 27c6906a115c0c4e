# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that share a server share the bound on its connections, however each of them spells it."""

from __future__ import annotations

import builtins
import os

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.server_key import server_of

SERVICES = """
[store_1]
host=db
dbname=store_1
[store_2]
host = db
port = 5432
dbname=store_2
[elsewhere]
host=db2
[by_address]
hostaddr=10.0.0.5
"""


@pytest.fixture(autouse=True)
def services(tmp_path, monkeypatch):
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "pg_service.conf"
    path.write_text(SERVICES, encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(path))
    return path


def service(name, **more):
    return {"connect_params": {"service": name, **more}}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"login_host": "db"}, {"login_host": "db", "login_port": 5432}, True),
        ({"login_host": "db"}, {"login_host": "DB"}, True),
        ({"login_host": "db"}, {"login_host": "db", "login_port": 5433}, False),
        ({"login_host": "db", "login_user": "a"}, {"login_host": "db", "login_user": "b"}, True),
        ({"login_unix_socket": "/run"}, {"login_host": "/run"}, True),
        ({}, {"login_db": "other"}, True),
        # this machine
        ({}, {"login_host": "localhost"}, True),
        ({"login_host": "127.0.0.1"}, {"login_host": "::1"}, True),
        ({"login_host": "localhost"}, {"login_host": "localhost", "login_unix_socket": "/run"}, True),
        ({"login_host": "localhost"}, {"login_host": "localhost", "login_port": 5433}, False),
        # what wins in libpq
        ({"login_host": "db"}, {"login_host": "other", "connect_params": {"host": "db"}}, True),
        ({"login_port": 5433}, {"login_port": 5432, "connect_params": {"port": 5433}}, True),
        ({"login_host": "db", "connect_params": {"hostaddr": "10.0.0.5"}}, {"login_host": "10.0.0.5"}, True),
        # services
        (service("store_1"), service("store_2"), True),
        (service("store_1"), {"login_host": "db"}, True),
        (service("store_1"), service("elsewhere"), False),
        (service("store_1", host="db2"), service("elsewhere"), True),
        (service("unseen_1"), service("unseen_2"), False),
        (service("unseen_1"), {}, False),
        (service("by_address"), {"login_host": "10.0.0.5"}, True),
    ],
)  # fmt: skip
def test_who_shares_a_server(one, other, same):
    assert (server_of(one) == server_of(other)) is same


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        ({"PGHOST": "db", "PGPORT": "5433"}, {"login_host": "db", "login_port": 5433}),
        ({"PGSERVICE": "store_1"}, {"login_host": "db"}),
        ({"PGHOSTADDR": "10.0.0.5"}, {"login_host": "10.0.0.5"}),
    ],
)
def test_the_environment_is_a_server_too(monkeypatch, environment, options):
    expected = server_of(options)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert server_of({}) == expected


def test_a_file_of_services_is_read_once_until_it_changes(services, monkeypatch):
    opened, real = [], builtins.open
    monkeypatch.setattr(builtins, "open", lambda path, *a, **k: opened.append(str(path)) or real(path, *a, **k))
    for name in ("store_1", "store_2", "elsewhere") * 5:
        server_of(service(name))
    assert opened.count(str(services)) == 1
    services.write_text("[store_1]\nhost=moved\n", encoding="utf-8")
    os.utime(services, (1, 1))
    assert server_of(service("store_1")) == ("moved", "5432")


def test_options_that_libpq_is_not_given_are_refused():
    with pytest.raises(BadInput):
        server_of({"login_host": "postgresql://db"})
