# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is never reset, what is written, and when Odoo counts as down. What it does to a store is shown on real ones."""

from __future__ import annotations

import errno
import socket
from decimal import Decimal as D
from urllib.error import URLError

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import queries_reset, reset, reset_session
from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Attempt
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Refused, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.one_session import Found
from ansible_collections.retailops.odoo_pos.plugins.module_utils.pre_image import Kept

from .made import SERIES, ago, cash, closed, session, store
from .made_closing import Database, Server


@pytest.mark.parametrize("series", SERIES)
def test_a_closed_session_is_refused_on_every_series(series):
    for no_entry in (True, False):
        found = closed()
        with pytest.raises(Refused, match="second time and double its entries") as caught:
            reset.refuse_never(store(series, found), found, no_entry, [])
        assert caught.value.details["refused"] is True


def test_every_reason_at_once_and_none_where_there_is_none():
    found = session(state="closing_control")
    reset.refuse_never(store(19, found), found, True, [])
    with pytest.raises(Refused, match="booked twice.*fiscally certified \\(l10n_fr_pos_cert\\)") as caught:
        reset.refuse_never(store(19, found, fiscal_modules=("l10n_fr_pos_cert",)), found, False, [])
    assert [f["code"] for f in caught.value.details["findings"]] == ["fiscal.protected"]
    prepared = session(state="opening_control")
    with pytest.raises(Refused, match="never opened"):
        reset.refuse_never(store(19, prepared), prepared, True, [])
    # but it may be handed over
    reset.refuse_never(store(19, prepared), prepared, True, [], "released")


@pytest.mark.parametrize("series", SERIES)
def test_a_stale_count_is_dropped_where_the_write_would_make_it_look_new(series):
    stale = session(cash=cash(counted_at=ago(hours=3), moved_at=ago(hours=2)))
    made = reset.decide(stale, series, "opened", None)
    assert made.drops_count is (series >= 16)
    assert made.values() == {"state": "opened", "stop_at": False,
                             **({"cash_register_balance_end_real": D(0)} if series >= 16 else {})}  # fmt: skip
    assert reset.decide(session(), series, "opened", None).drops_count is False
    assert reset.decide(session(cash=None), series, "opened", None).drops_count is False


def test_what_stands():
    made = reset.decide(session(), 19, "closing_control", ago(minutes=1))
    assert made.stands({"state": "closing_control", "stop_at": ago(minutes=1)})
    assert not made.stands({"state": "opened", "stop_at": ago(minutes=1)})
    assert not made.stands({"state": "closing_control", "stop_at": None})
    assert made.values()["stop_at"] == "2026-11-22 06:59:00"


def test_the_guard_stands_in_the_update_itself():
    text = queries_reset.CHANGE
    for guard in (
        "s.state = %(seen)s",
        "s.state <> 'closed'",
        "s.move_id IS NULL",
        "NOT EXISTS",
        "s.write_date IS NOT DISTINCT",
    ):
        assert guard in text
    assert text.count("SET state = %(state)s, stop_at = %(stop_at)s") == 1
    assert "FOR UPDATE NOWAIT" in queries_reset.LOCK


def writing(monkeypatch, now, **row):
    """A write of state ``opened`` after which the session stands as ``now``; what is sent to Odoo, and the error it ends with."""
    database = Database(19, state="closing_control", **row)
    attempt = Attempt(session(state="closing_control"), 19, Server(database), Looking(database))
    monkeypatch.setattr(reset, "standing", lambda _options, _session: now)
    opened = {"state": "opened", "stop_at": False}
    error = None
    try:
        reset.write_seen(attempt, opened, {"state": "closing_control"}, lambda seen: seen["state"] == "opened")
    except Refused as refused:
        error = refused.message
    return [named["vals"] for _model, _method, _ids, named in attempt.odoo.sent], error


class Looking:
    """A Watch of a database without a server."""

    def __init__(self, database):
        self.row, self.options = database.row, {}


def test_a_session_that_a_close_has_ended_in_the_moment_of_the_write_stays_closed(monkeypatch):
    sent, error = writing(monkeypatch, {"state": "opened", "no_entry": True})
    assert error is None and len(sent) == 1
    # the write came first: what it is now is no second store
    for now in ({"state": "closed", "no_entry": False}, {"state": "closed", "no_entry": True}):
        sent, error = writing(monkeypatch, now)
        assert len(sent) == 1 and "was closed by somebody else in that very moment and stays closed" in error
    # the close came first, and Odoo tried the write again
    sent, error = writing(monkeypatch, {"state": "opened", "no_entry": False}, move_id=77)
    assert sent[-1]["state"] == "closed" and sent[-1]["stop_at"] and "stays closed" in error
    sent, error = writing(monkeypatch, {"state": "closing_control", "no_entry": True})
    assert sent[-1] == {"state": "closing_control"} and "two" in error.lower()


def test_a_database_that_goes_away_after_the_write_leaves_it_in_the_trail(monkeypatch):
    database = Database(19, state="closing_control")
    attempt = Attempt(session(state="closing_control"), 19, Server(database), Looking(database))

    def gone(_options, _session):
        raise Unreachable("PostgreSQL is gone.")

    monkeypatch.setattr(reset, "standing", gone)
    with pytest.raises(Unreachable) as caught:
        reset.write_seen(attempt, {"state": "opened"}, {}, lambda _seen: True)
    assert caught.value.details["changed"] is True and caught.value.details["answer"] == attempt.answers != []


def chained(*causes):
    """An Unreachable as transport raises it: the reasons are behind it."""
    try:
        try:
            raise causes[-1]
        except OSError:
            raise Unreachable("Cannot reach Odoo") from None
    except Unreachable as error:
        return error


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d" % free.getsockname()[1]


@pytest.mark.parametrize(
    "reason", [ConnectionRefusedError(errno.ECONNREFUSED, "refused"), OSError(errno.EHOSTUNREACH, "no route")]
)
def test_down_is_a_connection_that_nobody_takes(reason):
    assert reset.is_down(closed_port(), chained(URLError(reason)))
    assert reset.is_down(closed_port(), chained(reason))


@pytest.mark.parametrize("reason", [socket.gaierror(-2, "no such name"), socket.timeout("timed out"), ConnectionResetError(104, "x"),
                                    OSError("certificate")])  # fmt: skip
def test_anything_else_is_not_down(reason):
    assert not reset.is_down(closed_port(), chained(URLError(reason)))


def test_not_down_where_somebody_listens_although_a_proxy_refused():
    with socket.socket() as odoo:
        odoo.bind(("127.0.0.1", 0))
        odoo.listen()
        url = "http://127.0.0.1:%d" % odoo.getsockname()[1]
        assert not reset.is_down(url, chained(URLError(ConnectionRefusedError(errno.ECONNREFUSED, "proxy"))))


# --- the module's own decisions ------------------------------------------------------------------------------


def kept(**other):
    return Kept(**{"path": "/x.json", "sha256": "", "database": "store_042", "session_id": 24, "name": "POS/00024",
                   "state": "closing_control", "stop_at": ago(hours=1), "left_state": "opened", "left_stop_at": None,
                   "rows": {"pos_order": [{"id": 1}]}, **other})  # fmt: skip


def found(which=None):
    which = which or session()
    return Found(None, store(19, which), which)


@pytest.mark.parametrize("said", ["", " ", "POS/0002", "pos/00024", "24", "POS/00024x"])
def test_the_name_is_repeated_to_the_letter(said):
    with pytest.raises(Refused, match="name repeated"):
        reset_session.require_confirmed(session(), {"confirm": said})
    reset_session.require_confirmed(session(), {"confirm": " POS/00024 "})


def test_an_undo_takes_state_and_closing_time_of_the_pre_image():
    made = reset_session.wanted({}, found(), session(), kept())
    assert (made.state, made.stop_at) == ("closing_control", ago(hours=1))


@pytest.mark.parametrize("wrong", [{"database": "store_043"}, {"session_id": 25}, {"name": "POS/00025"}], ids=str)
def test_an_undo_of_another_session(wrong):
    with pytest.raises(BadInput, match="session's own"):
        reset_session.wanted({}, found(), session(), kept(**wrong))


@pytest.mark.parametrize("state", ["closed", "opening_control", "'; DROP TABLE pos_session"])
def test_an_undo_never_sets_another_state(state):
    with pytest.raises(Refused, match="no reset does"):
        reset_session.wanted({}, found(), session(), kept(state=state))


def test_an_undo_wants_the_session_as_it_was_left():
    rows = {"pos_order": [{"id": 1}]}
    as_left = {"state": "opened", "stop_at": None}
    reset_session.require_as_left(kept(), found(), as_left, rows)
    for row, now, says in (
        ({**as_left, "state": "closing_control"}, rows, "no longer as the reset left it"),
        ({**as_left, "stop_at": ago(hours=1)}, rows, "no longer as the reset left it"),
        (as_left, {"pos_order": [{"id": 1}, {"id": 2}]}, "worked in since"),
        (as_left, {"pos_order": []}, "worked in since"),
        (as_left, {**rows, "pos_payment": [{"id": 7}]}, "worked in since"),
    ):
        with pytest.raises(Refused, match=says):
            reset_session.require_as_left(kept(), found(), row, now)


def test_the_proof_notices_what_was_not_to_change():
    made = reset.decide(session(state="closing_control"), 19, "opened", None)
    before = {
        "pos_session": [{"id": 24, "state": "closing_control", "stop_at": "x", "move_id": None}],
        "pos_order": [{"id": 1}],
    }
    right = {
        "pos_session": [{"id": 24, "state": "opened", "stop_at": None, "move_id": None}],
        "pos_order": [{"id": 1}, {"id": 2}],
    }
    row = {"state": "opened", "stop_at": None, "no_entry": True}
    assert all(check.held for check in reset_session.prove(made, row, before, right))
    for changed, at in (
        (({**row, "state": "closing_control"}, right), 0),
        (({**row, "no_entry": False}, right), 1),
        ((row, {**right, "pos_session": [{**right["pos_session"][0], "move_id": 9}]}), 2),
        ((row, {**right, "pos_order": []}), 3),
    ):
        held = [check.held for check in reset_session.prove(made, changed[0], before, changed[1])]
        assert held == [number != at for number in range(4)]
