# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is not this machine is verified unless somebody chose otherwise, wherever they said so."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import tls

FULL = {"sslmode": "verify-full"}
SERVICES = """# ours
[away]
host=db.example.com
sslmode = require

[near]
host=/run/postgresql
[plain]
host=db.example.com
#sslmode=disable
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".pg_service.conf").write_text(SERVICES, encoding="utf-8")
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").write_text("", encoding="ascii")
    return tmp_path


@pytest.mark.parametrize(
    "host", ["", "/run/postgresql", "@abstract", "localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1"]
)
def test_what_stays_on_this_machine_is_left_to_libpq(home, host):
    assert tls.verification({"host": host} if host else {}, 170000, {}) == {}


@pytest.mark.parametrize("parameters, environment", [
    ({"host": "db.example.com"}, {}), ({"host": "10.0.0.5"}, {}), ({"host": "localhost.example.com"}, {}),
    ({"host": "127.0.0.1.example.com"}, {}), ({"host": "localhost,db.example.com"}, {}),
    ({"host": "localhost", "hostaddr": "10.0.0.5"}, {}), ({}, {"PGHOST": "db.example.com"}), ({}, {"PGHOSTADDR": "10.0.0.5"}),
    ({"service": "plain"}, {}), ({}, {"PGSERVICE": "plain"}), ({"service": "unknown"}, {}),
    ({"service": "unknown", "host": "db.example.com"}, {}),
], ids=str)  # fmt: skip
def test_a_server_elsewhere_is_verified(home, parameters, environment):
    assert tls.verification(parameters, 170000, environment) == FULL


@pytest.mark.parametrize("parameters, environment", [
    ({"host": "db.example.com", "sslmode": "disable"}, {}), ({"host": "db.example.com"}, {"PGSSLMODE": "prefer"}),
    ({"service": "away"}, {}), ({}, {"PGSERVICE": "away"}), ({"service": "near"}, {"PGHOST": "db.example.com"}),
    ({"host": "localhost"}, {"PGHOST": "db.example.com"}),
], ids=str)  # fmt: skip
def test_what_somebody_chose_stays(home, parameters, environment):
    assert tls.verification(parameters, 170000, environment) == {}


def test_the_system_is_trusted_where_no_authority_is_named(home):
    (home / ".postgresql" / "root.crt").unlink()
    there = {"host": "db.example.com"}
    assert tls.verification(there, 170000, {}) == {**FULL, "sslrootcert": "system"}
    # an older libpq does not know the word, and says which file it misses
    assert tls.verification(there, 150000, {}) == FULL
    assert tls.verification({**there, "sslrootcert": "/ca"}, 170000, {}) == FULL
    assert tls.verification(there, 170000, {"PGSSLROOTCERT": "/ca"}) == FULL


def test_a_service_is_found_where_libpq_looks(home, tmp_path):
    other = tmp_path / "etc"
    other.mkdir()
    (other / "pg_service.conf").write_text("[there]\nhost=db\nsslmode=require\n", encoding="utf-8")
    assert tls.service_of({"service": "there"}, {"PGSYSCONFDIR": str(other)}) == {"host": "db", "sslmode": "require"}
    assert (
        tls.service_of({"service": "there"}, {"PGSERVICEFILE": str(other / "pg_service.conf")})["sslmode"] == "require"
    )
    assert tls.service_of({}, {}) == {}
