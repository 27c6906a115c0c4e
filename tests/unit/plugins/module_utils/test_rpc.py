# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON without floats, addresses without credentials, and what is made of every kind of answer."""

from __future__ import annotations

import io
import json
import socket
import ssl
from decimal import Decimal as D
from email.message import Message
from urllib.error import HTTPError, URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils import odoo_address, rpc
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    AnswerLost,
    BadInput,
    OdooError,
    Unreachable,
)

OPTIONS = {"odoo_url": "http://odoo", "odoo_timeout": 5, "validate_certs": True}


@given(amount=st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_a_decimal_arrives_with_its_own_digits(amount):
    assert json.loads(rpc.to_json([amount]), parse_float=D, parse_int=D) == [amount]
    assert "e" not in rpc.to_json(amount).lower()


def test_everything_else_is_ordinary_json():
    value = {"a": [1, None, True, 'é\n"', {"b": (D("0.10"), D("1E+3"))}], 5: False}
    assert rpc.to_json(value) == '{"a": [1, null, true, "\\u00e9\\n\\"", {"b": [0.10, 1000]}], "5": false}'


@pytest.mark.parametrize(
    "url", [None, "", "odoo", "ftp://odoo", "http://", "http://me:hush@odoo", "https://odoo/?token=hush"]
)
def test_addresses_that_are_refused(url):
    with pytest.raises(BadInput) as caught:
        odoo_address.check_url(url)
    assert "odoo_url" in caught.value.message and "hush" not in caught.value.message


def test_which_transport_is_chosen():
    assert isinstance(rpc.transport({**OPTIONS, "odoo_api_key": "k"}, "db", 19), rpc.Json2)
    old = rpc.transport({**OPTIONS, "odoo_user": "u", "odoo_api_key": "k", "odoo_password": "p"}, "db", 18)
    assert isinstance(old, rpc.JsonRpc) and old.secret == "k"
    assert isinstance(rpc.transport({**OPTIONS, "odoo_user": "u", "odoo_password": "p"}, "db", 19), rpc.JsonRpc)
    for lacking in ({"odoo_user": "u"}, {"odoo_password": "p"}, {"odoo_api_key": "k"}):
        with pytest.raises(BadInput):
            rpc.transport({**OPTIONS, **lacking}, "db", 18)


class Answer(io.BytesIO):
    status = 200


def wire(monkeypatch, answer):
    """Let every request end so; returns the list of what was sent."""
    sent = []

    def open_url(url, **named):
        sent.append((url, json.loads(named["data"]), named))
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    monkeypatch.setattr(rpc, "open_url", open_url)
    return sent


def http_error(code, body=b"<html/>"):
    return HTTPError("http://odoo", code, "x", Message(), io.BytesIO(body))


@pytest.mark.parametrize("answer, kind", [
    (http_error(502), AnswerLost), (http_error(503), AnswerLost), (http_error(504), AnswerLost), (http_error(500), AnswerLost),
    (http_error(524), AnswerLost), (http_error(520), AnswerLost), (http_error(408), AnswerLost), (http_error(499), AnswerLost),
    (http_error(302), Unreachable), (http_error(404), Unreachable), (http_error(401), Unreachable),
    (URLError(ConnectionRefusedError("no")), Unreachable), (URLError(socket.gaierror("no")), Unreachable),
    (URLError(ssl.SSLCertVerificationError("no")), Unreachable), (URLError(ConnectionResetError("no")), AnswerLost),
    (socket.timeout("late"), AnswerLost), (ConnectionResetError("no"), AnswerLost),
    (b'{"cut sho', AnswerLost), (b"", AnswerLost),
    (http_error(422, b'{"name": "odoo.exceptions.UserError", "message": "No."}'), OdooError),
    (http_error(403, b'{"name": "odoo.exceptions.AccessError", "message": "No."}'), OdooError),
], ids=str)  # fmt: skip
def test_what_is_made_of_an_answer_of_json_2(monkeypatch, answer, kind):
    wire(monkeypatch, answer)
    with pytest.raises(kind) as caught:
        rpc.Json2(rpc.Http("http://odoo", 5), "db", "hush").call("pos.session", "read", [1])
    assert "hush" not in caught.value.message and "\n" not in caught.value.message


def test_json_2_sends_names_and_the_key_in_a_header(monkeypatch):
    sent = wire(monkeypatch, True)
    made = rpc.Json2(rpc.Http("http://odoo", 5), "db", "hush")
    assert made.call("pos.session", "post_closing_cash_details", [7], counted_cash=D("0.10"), context={"x": 1}) is True
    url, body, named = sent[0]
    assert url == "http://odoo/json/2/pos.session/post_closing_cash_details"
    assert body == {"counted_cash": 0.1, "ids": [7], "context": {"lang": "en_US", "x": 1}}
    assert b'"counted_cash": 0.10' in named["data"]
    assert named["headers"]["Authorization"] == "bearer hush" and named["headers"]["X-Odoo-Database"] == "db"
    assert named["follow_redirects"] == "none" and named["use_netrc"] is False


def test_json_rpc_signs_in_once_and_puts_arguments_where_old_decorators_want_them(monkeypatch):
    sent = wire(monkeypatch, {"jsonrpc": "2.0", "result": 5})
    made = rpc.JsonRpc(rpc.Http("http://odoo", 5), "db", "me", "hush")
    made.call("pos.session", "write", [7], vals={"a": 1})
    made.call("wizard", "create", [], vals_list={}, context={"session_id": 7})
    assert [body["params"]["method"] for _url, body, _named in sent] == ["authenticate", "execute_kw", "execute_kw"]
    assert sent[1][1]["params"]["args"] == [
        "db",
        5,
        "hush",
        "pos.session",
        "write",
        [[7], {"a": 1}],
        {"context": {"lang": "en_US"}},
    ]
    assert sent[2][1]["params"]["args"][5:] == [[{}], {"context": {"lang": "en_US", "session_id": 7}}]


def test_json_rpc_leaves_the_result_out_when_a_method_returns_nothing(monkeypatch):
    wire(monkeypatch, {"jsonrpc": "2.0", "id": 1})
    assert rpc.JsonRpc(rpc.Http("http://odoo", 5), "db", "me", "p", uid=2).call("pos.session", "x", [1]) is None


def test_an_error_of_odoo_is_one_line_without_traceback_or_secret(monkeypatch):
    error = {
        "data": {
            "name": "odoo.exceptions.UserError",
            "message": "No\nbecause hush-hush-hush-hush-hush",
            "debug": "Traceback",
        }
    }
    wire(monkeypatch, {"jsonrpc": "2.0", "error": error})
    with pytest.raises(OdooError) as caught:
        rpc.JsonRpc(rpc.Http("http://odoo", 5, secrets=["hush-hush-hush-hush-hush"]), "db", "me", "hush", uid=2).call(
            "pos.session", "x", [1]
        )
    assert caught.value.message == "No because ********" and caught.value.kind == "odoo.exceptions.UserError"


@pytest.mark.parametrize(
    "answer", [{"jsonrpc": "2.0", "result": False}, {"jsonrpc": "2.0", "error": {"message": "no such database"}}]
)
def test_who_is_not_let_in(monkeypatch, answer):
    wire(monkeypatch, answer)
    with pytest.raises(Unreachable) as caught:
        rpc.JsonRpc(rpc.Http("http://odoo", 5), "db", "me", "hush").call("pos.session", "x", [1])
    assert caught.value.details["reachable"] is False


def test_json_of_somebody_else(monkeypatch):
    wire(monkeypatch, {"hello": "world"})
    with pytest.raises(Unreachable, match="check odoo_url"):
        rpc.JsonRpc(rpc.Http("http://odoo", 5), "db", "me", "p").call("pos.session", "x", [1])


@pytest.mark.parametrize("options, words", [
    ({"ca_path": "/nowhere/ca.pem"}, "ca_path /nowhere/ca.pem cannot be read"), ({"ca_path": "/"}, "cannot be read"),
    ({"ca_path": __file__}, "no certificates in PEM"),
    ({"odoo_timeout": 0}, "odoo_timeout"), ({"odoo_timeout": 10**12}, "odoo_timeout"),
    ({"odoo_api_key": "hush\r\nX-Other: 1"}, "odoo_api_key holds characters"), ({"odoo_api_key": "h\u00fcsh"}, "odoo_api_key holds"),
    ({"odoo_url": "http://[::1"}, "must begin with"), ({"odoo_url": "http://a b/"}, "printable ASCII"),
    ({"odoo_url": "http://st\u00f6re/"}, "printable ASCII"), ({"odoo_url": "http://store/\r\nX: 1"}, "printable ASCII"),
    ({"odoo_url": "http://odoo:99999"}, "port"), ({"odoo_url": "http://odoo:x"}, "port"),
    ({"odoo_url": "http://%s.example.com" % ("a" * 70)}, "name a host"),
], ids=str)  # fmt: skip
def test_what_cannot_be_sent_is_refused_before_anything_is(options, words):
    given = {"odoo_url": "https://odoo", "odoo_timeout": 5, "validate_certs": True, "odoo_api_key": "k", **options}
    with pytest.raises(BadInput) as caught:
        rpc.transport(given, "store", 19)
    assert words in caught.value.message and "hush" not in caught.value.message


@pytest.mark.parametrize("options, words", [
    ({"odoo_url": "https://odoo", "validate_certs": False}, ["not checked"]), ({"odoo_url": "http://odoo:8069"}, ["without encryption"]),
    ({"odoo_url": "https://odoo"}, []), ({"odoo_url": "http://127.0.0.1:8069"}, []), ({"odoo_url": None}, []),
], ids=str)  # fmt: skip
def test_what_somebody_in_between_could_use_is_warned_of(options, words):
    warnings = odoo_address.insecure({"validate_certs": True, **options})
    assert len(warnings) == len(words) and all(word in warning for word, warning in zip(words, warnings))


def test_a_right_that_is_missing_is_told_with_the_group_that_gives_it():
    said = "You are not allowed to modify 'Journal' (account.journal) records.\n\nThis operation is allowed for the following groups:\n"
    groups = "\t- Accounting/Administrator\n\t- Invoicing/Billing\n\nContact your administrator to request access if necessary."
    error = rpc.odoo_error(rpc.Http("http://odoo"), "odoo.exceptions.AccessError", said + groups)
    assert "needs the group Accounting/Administrator or Invoicing/Billing, see docs/least-privilege.md" in error.message
    assert "Contact your" not in error.message and error.kind == "odoo.exceptions.AccessError"
    other = rpc.odoo_error(
        rpc.Http("http://odoo"), "odoo.exceptions.AccessError", "No group currently allows this operation."
    )
    assert "docs/least-privilege.md" in other.message
