# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A log's lines -> what it tells about sessions. The texts are those of the real Odoo 14 and 19 of the laboratory."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.odoo_log import (
    MOST_LINES,
    Listener,
    entries,
    one_line,
    scrub,
    told_facts,
)

LOSS = "Please go on the Cash Till 7 journal and define a Loss Account. This account will be used to record cash difference."
REQUEST = '127.0.0.1 - - [22/Nov/2026 07:00:02] "POST %s HTTP/1.1" 200 - 9 0.005 0.013'
TRACEBACK = """Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/odoo/addons/base/models/ir_http.py", line 237, in _dispatch
    result = request.dispatch()
  File "/usr/lib/python3/dist-packages/odoo/addons/point_of_sale/models/pos_session.py", line 300, in _create_cash
    statement = statements_by_journal_id[payment_method.cash_journal_id.id]
Exception

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/odoo/http.py", line 639, in _handle_exception
    return super(JsonRequest, self)._handle_exception(exception)
KeyError: 30"""


def line(message, at="07:00:01", level="WARNING", logger="odoo.http", database="store_042", pid=4711):
    return "2026-11-22 %s,123 %d %s %s %s: %s " % (at, pid, level, database, logger, message)


def told(*lines, since=None, **how):
    """What a log with these lines tells, the newest first."""
    raw = [
        one.encode() if isinstance(one, str) else one
        for text in lines
        for one in (text.split("\n") if isinstance(text, str) else [text])
    ]
    listener = Listener(**how)
    for entry in entries(reversed(raw), since):
        listener.hear(entry)
    return [told_facts(one) for one in listener.told.values()]


def test_a_refusal_is_known_by_its_text():
    (found,) = told(line(LOSS))
    assert found["cause"] == {"id": "C15", "code": "cash.no_loss_account", "fix": "pos_accounting"}
    assert found["exception"] == "odoo.exceptions.UserError" and found["message"] == LOSS
    assert found["at"] == "2026-11-22T07:00:01Z" and found["database"] == "store_042" and found["times"] == 1


@pytest.mark.parametrize(
    "text, cause, code",
    [
        ("There are still orders in draft state in the session. Pay or cancel the following orders", "C01", "orders.draft"),
        ("You cannot close the POS when orders are still in draft", "C01", "orders.draft"),
        ("Your ending balance is too different from the theoretical cash closing (-20.00)", "C14", "cash.difference_above_limit"),
        ("The operation cannot be completed: Missing required account on accountable line.", "C19", "accounts.no_receivable"),
        ("Unable to close.\nPlease set corresponding tax account in each repartition line of", "C21", "accounts.tax_no_account"),
        ("You cannot post an entry in an archived journal (Cash T)", "C24", "accounts.archived_journal"),
        ("The account Cash T (101503) is deprecated.", "C25", "accounts.archived_account"),
        ("You cannot add/modify entries prior to and inclusive of the lock date 11/22/2026.", "C23", "accounts.lock_date"),
        ("Another session is already opened for this point of sale.", "C39", "session.duplicate"),
        ("You cannot close the POS when invoices are not posted.\nInvoices: INV/1 - draft", "C07", "invoices.unposted"),
    ],
)  # fmt: skip
def test_the_texts_that_are_known(text, cause, code):
    (found,) = told(line(text))
    assert (found["cause"]["id"], found["cause"]["code"]) == (cause, code)


def test_a_translated_refusal_is_found_by_its_request():
    (found,) = told(
        line("Veuillez définir un compte de perte"),
        line(REQUEST % "/jsonrpc#pos.session.close_session_from_ui", "07:00:02", "INFO", "werkzeug"),
    )
    assert found["cause"] is None and found["request"] == "/jsonrpc#pos.session.close_session_from_ui"
    assert found["message"] == "Veuillez définir un compte de perte"


@pytest.mark.parametrize(
    "after",
    [
        (REQUEST % "/web/dataset/call_kw/sale.order/write", "07:00:02", 4711),
        (REQUEST % "/web/dataset/call_kw/pos.session/read", "07:00:09", 4711),
        (REQUEST % "/web/dataset/call_kw/pos.session/read", "07:00:02", 4712),
    ],
    ids=("another model", "too late", "another process"),
)
def test_what_belongs_to_another_request_is_not_told(after):
    path, at, pid = after
    assert told(line("Nope"), line(path, at, "INFO", "werkzeug", pid=pid)) == []


def test_a_warning_beside_a_request_is_not_its_error():
    request = line(REQUEST % "/jsonrpc#pos.session.read", "07:00:02", "INFO", "werkzeug")
    assert told(line("The endpoints are deprecated", logger="odoo.addons.rpc.controllers.jsonrpc"), request) == []


def test_a_traceback_is_folded_and_its_exception_named():
    (found,) = told(line("Exception during JSON request handling.", level="ERROR") + "\n" + TRACEBACK)
    assert found["exception"] == "KeyError" and found["message"] == "30" and found["level"] == "ERROR"
    assert found["traceback"]["frames"] == 2
    assert found["traceback"]["point_of_sale"] == "addons/point_of_sale/models/pos_session.py:300 in _create_cash"


def test_a_traceback_elsewhere_is_not_told():
    assert (
        told(
            line("Exception", level="ERROR")
            + "\n"
            + TRACEBACK.replace("point_of_sale", "stock").replace("pos_session", "x")
        )
        == []
    )


def test_alike_errors_are_folded_into_the_newest():
    (found,) = told(
        line(
            "session POS/00074 (ID: 74) was closed but received order 1",
            "07:00:01",
            logger="odoo.addons.point_of_sale.x",
        ),
        line(
            "session POS/00075 (ID: 75) was closed but received order 2",
            "07:30:00",
            logger="odoo.addons.point_of_sale.x",
        ),
    )
    assert found["times"] == 2 and found["at"] == "2026-11-22T07:30:00Z" and found["first_at"] == "2026-11-22T07:00:01Z"
    assert found["session"] == {"id": 75, "name": "POS/00075"}


@pytest.mark.parametrize(
    "text, session",
    [
        ("pos.session(24,) point_of_sale", {"id": 24, "name": None}),
        ("PoS Session: Till 7/00012 point_of_sale", {"id": None, "name": None}),
        ("Session 'Shop/00012' of point_of_sale", {"id": None, "name": "Shop/00012"}),
        ("reusing recovery session (RESCUE FOR POS/00074)", {"id": None, "name": "RESCUE FOR POS/00074"}),
    ],
)
def test_the_session_where_the_text_tells(text, session):
    (found,) = told(line(text, logger="odoo.addons.point_of_sale.models.pos_order"))
    assert found["session"] == session


def test_one_database_of_many():
    lines = [line(LOSS, database=name) for name in ("store_042", "store_043", "?", "None")]
    found = told(*lines, database="store_042")
    assert found[0]["times"] == 3
    assert told(line(LOSS, database="None"))[0]["database"] is None


def test_since_ends_the_reading():
    since = datetime(2026, 11, 22, 7, 15, tzinfo=timezone.utc)
    lines = [line(LOSS, "07:00:00"), line(LOSS, "07:15:00"), line(LOSS, "07:30:00")]
    assert told(*lines, since=since)[0]["times"] == 2
    assert told(*lines)[0]["times"] == 3


def test_only_so_many_different_ones():
    listener = Listener(most=2)
    texts = ["point_of_sale %s" % name for name in ("a", "b", "c")]
    for entry in entries([line(text).encode() for text in texts]):
        listener.hear(entry)
    assert listener.full and [t.message for t in listener.told.values()] == texts[:2]


def test_lines_that_were_cut_off_are_dropped():
    assert (
        told("half a line with point_of_sale", '  File "x.py", line 1, in f', line("all is well", level="INFO")) == []
    )
    assert told(b"\xff\xfe\x00", line(LOSS))[0]["message"] == LOSS


def test_an_endless_entry_keeps_its_end():
    (found,) = told(line("point_of_sale", level="ERROR") + "\n" + "x\n" * 5000 + TRACEBACK)
    assert found["exception"] == "KeyError"
    assert len(next(entries([b"x"] * 5000 + [line("y").encode()])).more) == MOST_LINES


def test_hostile_bytes_are_made_harmless():
    (found,) = told(
        b"2026-11-22 07:00:01,123 1 ERROR db odoo.http: \x1b]0;owned\x07\xff\xfepos.session {{ lookup('pipe', 'id') }} \xe2\x80\xae"
    )
    assert found["message"] == "]0;owned��pos.session {{ lookup('pipe', 'id') }}"
    coloured = b"2026-11-22 07:00:01,123 1 \x1b[1;31m\x1b[1;49mERROR\x1b[0m db \x1b[1;32modoo.http\x1b[0m: pos.session"
    assert told(coloured)[0]["logger"] == "odoo.http"


KEY = "2b2ee204ff7db2beccf1aa27412d70d37682665a"


@pytest.mark.parametrize(
    "text",
    [
        "login with password=s3same-open ok",
        "{'password': 's3same-open', 'login': 'x'}",
        'passwd: "s3same-open"',
        "api_key=s3same-open&x=1",
        "Authorization: Bearer s3same-open",
        "authorization: basic s3same-open",
        "postgres://odoo:s3same-open@db/store",
        "session_id=s3same-open; path=/",
        "token: s3same-open",
    ],
)
def test_secrets_are_scrubbed(text):
    assert "s3same-open" not in scrub(text) and "********" in scrub(text)


def test_long_keys_are_scrubbed_and_names_are_not():
    assert KEY not in scrub("key %s used" % KEY)
    for kept in (
        "account_move_line_check_accountable_required_fields",
        "/usr/lib/python3/dist-packages/odoo/addons/point_of_sale/models/pos_session.py",
        "550e8400-e29b-41d4-a716-446655440000",
        "no session is open",
    ):
        assert scrub(kept) == kept


def test_a_message_is_one_line_and_not_endless():
    assert one_line(" a\n b  c ") == "a b c"
    assert len(one_line("x " * 5000)) == 500
