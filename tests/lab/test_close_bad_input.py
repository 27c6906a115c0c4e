# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input in front of a real Odoo 19: one clear line each, and not a row is written."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import ssl
import subprocess
import threading

import pytest

from .closing_store import assert_given_back, differences, errors, shop_of
from .lab import Lab
from .postgres import Cluster


@pytest.fixture(scope="module")
def store():
    return shop_of(19)


@pytest.fixture(scope="module")
def till(store):
    """A till that could be closed with 130; every test leaves it open."""
    return store.traded("bad_input")


def untouched(store, sold, words, **options):
    """Refused with the words in one line, and nothing was written."""
    before = store.session(sold.session)
    names = {"session": sold.session, "counted_cash": "130", **options}
    error = store.refuse(names.pop("session"), *words, **names)
    assert "\n" not in error.message
    assert store.session(sold.session) == before
    return error


@pytest.mark.parametrize("amount", ["12,50", "-5", "12.505", "1e3", "NaN", "Infinity", "١٢", "１２", "0x10", "1_000", "+5", ".5", "9" * 40,
                                    "12.50 USD", "1 000", "{{ 5 }}"])  # fmt: skip
def test_counted_cash_that_is_no_plain_amount(store, till, amount):
    for option in (
        {"counted_cash": amount},
        {"max_cash_difference": amount},
        {"bank_counted": {str(till.card): amount}},
    ):
        error = untouched(store, till, [list(option)[0]], **option)
        assert isinstance(error, errors.BadInput) and len(error.message) < 200


@pytest.mark.parametrize("options, words", [
    ({"session": None}, ["exactly one of session and till"]),
    ({"session": ""}, ["exactly one of session and till"]),
    ({"till": "Till bad_input"}, ["exactly one of session and till"]),
    ({"session": 987654321}, ["no session", "987654321"]),
    ({"session": "no such session"}, ["no session", "no such session"]),
    ({"session": None, "till": "no such till"}, ["no till", "no such till"]),
    ({"session": None, "till": "987654321"}, ["no till", "987654321"]),
    ({"login_db": "no_such_database"}, ["no_such_database"]),
    ({"login_db": "postgres"}, ["postgres"]),
    ({"login_user": "nobody_at_all"}, ["nobody_at_all"]),
    ({"odoo_db": "another_store"}, ["another_store", "same store"]),
    ({"balancing_account": "999"}, ["belong together"]),
    ({"max_imbalance": "5"}, ["belong together"]),
    ({"balancing_account": "999", "max_imbalance": "5", "bank_counted": {"Card": "1"}}, ["bank_counted"]),
    ({"bank_counted": {"no such method": "1"}}, ["no such method"]),
    ({"cash_policy": "assume_expected"}, ["contradict"]),
    ({"min_idle_minutes": -1}, ["min_idle_minutes"]),
    ({"connect_params": {"password": "tell nobody"}}, ["connect_params", "credentials"]),
    ({"login_db": "postgresql://me:tell nobody@here/db"}, ["login_db"]),
], ids=str)  # fmt: skip
def test_options_that_cannot_be(store, till, options, words):
    error = untouched(store, till, words, **options)
    assert "tell nobody" not in error.message


@pytest.mark.parametrize("options, words", [
    ({"odoo_url": None}, ["odoo_url is missing"]),
    ({"odoo_url": "store.example.com"}, ["http:// or https://"]),
    ({"odoo_url": "ftp://store.example.com"}, ["http:// or https://"]),
    ({"odoo_url": "http://me:tell nobody@store.example.com"}, ["must not carry credentials"]),
    ({"odoo_url": "http://store.example.com/?api_key=tell nobody"}, ["must not carry credentials"]),
    ({"odoo_user": None}, ["odoo_user"]),
    ({"odoo_password": None}, ["odoo_password"]),
    ({"odoo_password": "tell nobody"}, ["does not let admin into"]),
    ({"odoo_user": "nobody@example.com", "odoo_password": "tell nobody"}, ["does not let nobody@example.com into"]),
    ({"odoo_user": None, "odoo_password": None, "odoo_api_key": "tell nobody"}, ["does not know the API key"]),
], ids=str)  # fmt: skip
def test_an_odoo_that_does_not_let_us_in(store, till, options, words):
    error = untouched(store, till, words, **{**store.password, **options})
    assert "tell nobody" not in error.message


def test_a_till_name_that_is_not_unique(store, till):
    for _ignored in range(2):
        store.shop().till("twin")
    error = untouched(store, till, ["not unique", "by its id"], session=None, till="Till twin")
    assert isinstance(error, errors.NotFound)


# --- servers that are no Odoo -------------------------------------------------------------------------------------------


class NoOdoo(http.server.BaseHTTPRequestHandler):
    """Answers every request in the same wrong way."""

    status, headers_, body = 200, {}, b"<html>It works!</html>"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        for name, value in {"Content-Length": str(len(self.body)), **self.headers_}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_ignored):
        """Says nothing."""


@contextlib.contextmanager
def server(handler, certificate=None):
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        made.socket = context.wrap_socket(made.socket, server_side=True)
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield "%s://127.0.0.1:%d" % ("https" if certificate else "http", made.server_address[1])
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.mark.parametrize("status, body, words", [
    (200, b"<html>It works!</html>", ["check odoo_url"]),
    (200, b'{"hello": "world"}', ["check odoo_url"]),
    (200, b"[1, 2]", ["check odoo_url"]),
    (404, b"<html>Not found</html>", ["404", "check odoo_url"]),
    (501, b"", ["501", "check odoo_url"]),
    (302, b"", ["302", "odoo_url"]),
    (502, b"<html>Bad gateway</html>", ["502"]),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("key", [None, "a key"], ids=("password", "key"))
def test_a_server_that_is_no_odoo(store, till, status, body, words, key):
    # with JSON of somebody else's only the option is named
    url_is_named = not (key and body.startswith((b"{", b"[")))
    kind = type(
        "Kind",
        (NoOdoo,),
        {"status": status, "body": body, "headers_": {"Location": "http://x/"} if status == 302 else {}},
    )
    with server(kind) as url:
        words = [url, *words] if url_is_named else words
        untouched(store, till, words, odoo_url=url, odoo_user="admin", odoo_password="admin", odoo_api_key=key)


def test_a_certificate_that_nobody_vouches_for(store, till, tmp_path):
    both = tmp_path / "both.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp_path / "key", "-out", tmp_path / "crt"],
                   check=True, capture_output=True)  # fmt: skip
    both.write_bytes((tmp_path / "key").read_bytes() + (tmp_path / "crt").read_bytes())
    who = {"odoo_user": "admin", "odoo_password": "admin"}
    with server(NoOdoo, both) as url:
        error = untouched(store, till, [url, "certificate", "ca_path"], odoo_url=url, **who)
        assert error.details["reachable"] is False
        # with the authority given we get as far as finding out that it is no Odoo
        untouched(store, till, ["check odoo_url"], odoo_url=url, ca_path=str(tmp_path / "crt"), **who)


# --- two stores ---------------------------------------------------------------------------------------------------------


def restored(store, cluster):
    """Copy the store under the same name in another PostgreSQL, as a copy for tests or a standby that was promoted."""
    dump = subprocess.run(["%s/pg_dump" % store.lab.pg.bin, "--no-owner", store.database],
                          env={"PATH": "", **store.lab.pg.environment()}, capture_output=True, check=True).stdout  # fmt: skip
    cluster.create(store.database)
    text = "\n".join(line for line in dump.decode().split("\n") if not line.startswith(("\\restrict", "\\unrestrict")))
    cluster.psql(store.database, text)


def test_a_copy_of_the_store_under_the_same_name(store, till):
    """Names and data agree, and yet Odoo writes elsewhere: the first, harmless write shows it and is taken back."""
    with Cluster.temporary() as other:
        restored(store, other)
        elsewhere = {"login_host": other.host, "login_port": other.port, "login_user": other.user}
        here, there = store.everything(), other.rows(store.database, "SELECT * FROM pos_session ORDER BY id")
        error = store.refuse(till.session, "two stores", "taken back", counted_cash="130", **elsewhere)
        assert error.details["refused"] is True
        assert_given_back(here, store.everything(), till.session)
        assert other.rows(store.database, "SELECT * FROM pos_session ORDER BY id") == there
        # and a copy from which the session is gone on Odoo's side, or stands otherwise, is noticed before any write
        here = store.everything()
        other.psql(
            store.database, "UPDATE pos_session SET name = 'Till of yesterday/00001' WHERE id = %d" % till.session
        )
        store.refuse(till.session, "do not lead to the same store", counted_cash="130", **elsewhere)
        assert differences(here, store.everything()) == []
        with standby_of(other) as behind:
            elsewhere = {"login_host": behind.host, "login_port": behind.port, "login_user": behind.user}
            store.refuse(till.session, "is a standby", "primary", counted_cash="130", **elsewhere)
        assert differences(here, store.everything()) == []


@contextlib.contextmanager
def standby_of(primary):
    """A hot standby of a cluster."""
    folder = primary.folder.with_name(primary.folder.name + "-standby")
    standby = Cluster(folder)
    folder.mkdir()
    try:
        words = [
            "-D",
            str(folder / "data"),
            "-R",
            "-c",
            "fast",
            "-h",
            primary.host,
            "-p",
            str(primary.port),
            "-U",
            primary.user,
        ]
        if primary.owner:
            os.chown(folder, primary.owner.pw_uid, primary.owner.pw_gid)
        standby._run("pg_basebackup", *words)
        yield standby.start()
    finally:
        standby.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_another_store_of_the_same_odoo(store, till):
    """odoo_db must be the database that PostgreSQL's side reads."""
    lab = Lab(19)
    untouched(store, till, ["same store"], odoo_db="template_store", **store.password)
    assert lab.odoo("template_store").find("pos.session", [("state", "=", "closed")]) == []
