# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both connections are verified unless somebody chose otherwise: PostgreSQL elsewhere, and Odoo over HTTPS."""

from __future__ import annotations

import os
import ssl

import pytest

from ..lab import demo_store
from ..lab.closing_proxy import Proxy
from ..lab.closing_store import DEFAULTS, arguments, close_session, errors, reading, shop_of
from ..lab.place import CannotBeHad
from ..lab.postgres import Cluster
from .certificates import WRONG, Authority

#: Reaches this machine, and is no loopback address: libpq and the collection take it for a server elsewhere.
ELSEWHERE = "0.0.0.0"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authorities")
    return Authority(folder, "known"), Authority(folder, "unknown")


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("PG", "SSL_CERT")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


class Server:
    """A PostgreSQL that speaks TLS, with a certificate that can be changed."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.here = {"login_port": cluster.port, "login_user": cluster.user, "login_db": "store"}

    def present(self, certificate, key):
        data = self.cluster.folder / "data"
        for name, content in (("server.crt", certificate), ("server.key", key)):
            (data / name).write_bytes(content)
            (data / name).chmod(0o600)
            if self.cluster.owner:
                os.chown(data / name, self.cluster.owner.pw_uid, self.cluster.owner.pw_gid)
        self.switch("on")

    def switch(self, state):
        self.cluster.psql("postgres", "ALTER SYSTEM SET ssl = %s" % state)
        self.cluster.psql("postgres", "SELECT pg_reload_conf()")
        for _ignored in range(100):
            if self.cluster.psql("postgres", "SHOW ssl").strip() == state:
                return
        raise AssertionError("PostgreSQL does not take its certificate")

    def read(self, **options):
        return reading.read_store({"login_host": ELSEWHERE, **self.here, **options}, reading.Selection()).store

    def refuse(self, *words, **options):
        with pytest.raises(errors.Unreachable) as caught:
            self.read(**options)
        for word in (*words, "ssl_mode", "ca_cert"):
            assert word in caught.value.message, caught.value.message
        assert "\n" not in caught.value.message


@pytest.fixture(scope="module")
def server():
    try:
        with Cluster.temporary(tcp=True) as cluster:
            with open(cluster.folder / "data" / "pg_hba.conf", "a", encoding="ascii") as rules:
                rules.write("host all all 0.0.0.0/0 trust\n")
            demo_store.restore(cluster, "store")
            yield Server(cluster)
    except CannotBeHad as error:
        pytest.skip(str(error))


def test_postgresql_is_verified(server, authorities):
    known, unknown = authorities
    server.present(*known.sign(ELSEWHERE))
    assert server.read(ca_cert=str(known.path)).database == "store"
    assert server.read(ca_cert=str(known.path), ssl_mode="verify-full").database == "store"
    # nobody vouches for it, or somebody else does
    server.refuse("certificate")
    server.refuse("certificate", ca_cert=str(unknown.path))
    # what somebody chose is done
    assert server.read(ssl_mode="require").database == "store"
    assert server.read(connect_params={"sslmode": "prefer"}).database == "store"
    # and this machine needs no proof of itself
    for host in ("127.0.0.1", "localhost", server.cluster.host):
        assert server.read(login_host=host).database == "store"


@pytest.mark.parametrize("wrong", WRONG)
def test_postgresql_with_a_certificate_that_is_wrong(server, authorities, wrong):
    server.present(*WRONG[wrong](*authorities, ELSEWHERE))
    server.refuse(ca_cert=str(authorities[0].path))
    server.refuse()
    assert server.read(ssl_mode="require").database == "store"


def test_postgresql_without_encryption(server):
    server.switch("off")
    server.refuse("SSL")
    assert server.read(ssl_mode="prefer").database == "store"


# --- Odoo ---------------------------------------------------------------------------------------------------------------


def context(tmp_path, certificate, key):
    both = tmp_path / "both.pem"
    both.write_bytes(key + certificate)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(both)
    return made


@pytest.fixture(scope="module")
def store():
    return shop_of(19)


def close(store, till, **options):
    """The result of the module, warnings and all."""
    args = {**{k: v for k, v in DEFAULTS.items() if v is not None}, **store.pg, **store.password, **options}
    args.update(session=str(till.session), counted_cash="130")
    return arguments.run_here(close_session.SPEC, close_session.close_session, args, False, False)


def test_odoo_is_verified(store, authorities, tmp_path):
    known, unknown = authorities
    till, proxy = store.traded("tls"), Proxy(store.info["odoo"]["url"])
    before = store.session(till.session)
    for wrong, made in WRONG.items():
        with proxy.running(context(tmp_path, *made(known, unknown, "127.0.0.1"))) as url:
            told = close(store, till, odoo_url=url, ca_path=str(known.path))
        assert told["failed"] and told["reachable"] is False and "\n" not in told["msg"], wrong
        assert url in told["msg"] and "certificate" in told["msg"].lower(), told["msg"]
    with proxy.running(context(tmp_path, *unknown.sign("192.0.2.1"))) as url:
        assert close(store, till, odoo_url=url)["reachable"] is False
        # not even the password was sent, nor a row written
        assert proxy.calls == [] and store.session(till.session) == before
        told = close(store, till, odoo_url=url, validate_certs=False, odoo_password="a wrong one")
        assert proxy.calls == ["authenticate"] and store.session(till.session) == before
        assert ["validate_certs" in warning for warning in told["warnings"]] == [True]
    with proxy.running(context(tmp_path, *known.sign("127.0.0.1"))) as url:
        told = close(store, till, odoo_url=url, ca_path=str(known.path))
    assert told["changed"] and "warnings" not in told, told.get("msg")
    store.assert_closed_once(till.session, "130")
