# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency reset: both ways, through Odoo and past it, and what is never reset."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import types

from .closing_store import make_importable
from .fixes import Case, fix, refusal

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils.reset_session import reset_session  # noqa: E402

ROLE = "pos_emergency_reset"
COUNTED = types.MappingProxyType({"counted_cash": "130.00"})
# Pre-images of all the cases, gone at the end.
IMAGES = tempfile.TemporaryDirectory(prefix="pos-pre-image-")


def nobody():
    """An address where nobody takes the connection."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return "http://127.0.0.1:%d" % free.getsockname()[1]


def case(store, till, close=COUNTED, says=(), after=None, **options):
    given = {
        "confirm": store.session(till.session)["name"],
        "pre_image": IMAGES.name + "/",
    }
    return Case(till, work=reset_session, options={**given, **options}, close=close, says=says, after=after)


def image_of(told, session):
    """The pre-image that a reset returned, checked: for its owner alone, and with every row."""
    path = told["pre_image"]["path"]
    assert os.stat(path).st_mode & 0o777 == 0o600
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    rows = content["rows"]
    assert rows["pos_session"][0]["id"] == session and len(rows["pos_order"]) == len(rows["pos_payment"]) == 5
    assert rows["pos_payment"][0]["amount"] in ("10.00", "10.0", 10), rows["pos_payment"][0]
    assert "access_token" not in json.dumps(content)
    return content


def locked(store, name):
    till = store.traded(name)
    till.lock()
    return till


@fix("C36", "a till stuck in closing is given back", ROLE)
def stuck(store):
    till = locked(store, "reset_stuck")

    def after(told):
        assert told["plan"]["way"] == "odoo" and told["answer"][-1]["call"] == "pos.session.write"
        assert image_of(told, till.session)["rows"]["pos_session"][0]["state"] == "closing_control"
        row = store.session(till.session)
        assert row["state"] == "opened" and row["stop_at"] is None
        # the shop goes on selling; five sales and one more
        till.sell(till.cash)

    return case(store, till, close={"counted_cash": "140.00"}, state="opened", after=after)


@fix("C36", "the same while Odoo is down, by one guarded UPDATE", ROLE)
def stuck_and_down(store):
    till = locked(store, "reset_stuck_sql")

    def after(told):
        assert told["plan"]["way"] == "sql"
        image_of(told, till.session)
        row = store.session(till.session)
        assert row["state"] == "opened" and row["stop_at"] is None

    return case(store, till, state="opened", allow_sql=True, odoo_url=nobody(), after=after)


@fix("C36", "a till that nobody can reach is locked for the close, which still wants a count", ROLE)
def forwards(store):
    till = store.traded("reset_forwards")

    def after(told):
        assert any("counted" in words for words in told["plan"]["next"])
        row = store.session(till.session)
        assert row["state"] == "closing_control" and row["stop_at"] is not None
        store.refuse(till.session, "Count it")

    return case(store, till, state="closing_control", after=after)


@fix("C36", "the same by SQL", ROLE)
def forwards_and_down(store):
    till = store.traded("reset_forwards_sql")

    def after(told):
        assert told["plan"]["way"] == "sql"
        store.refuse(till.session, "Count it")

    return case(store, till, state="closing_control", allow_sql=True, odoo_url=nobody(), after=after)


@fix("C13", "a count that is older than the last sale does not look new afterwards", ROLE)
def stale_count(store):
    till = store.traded("reset_stale")
    till.set_count(130)
    till.sell(till.cash, amount=20)

    def after(told):
        assert told["plan"]["drops_count"] is (store.series >= 16)
        store.refuse(till.session, "ount it", max_cash_difference="50")

    return case(store, till, close={"counted_cash": "150.00"}, state="closing_control", after=after)


@fix("C36", "a reset is taken back", ROLE)
def undone(store):
    till = locked(store, "reset_undone")
    stop_at = store.session(till.session)["stop_at"]
    first = case(store, till, state="opened")
    told = reset_now(store, till, first)

    def after(_told):
        row = store.session(till.session)
        assert row["state"] == "closing_control" and row["stop_at"] == stop_at

    return case(store, till, undo=told["pre_image"]["path"], after=after)


@fix("C36", "a reset by SQL is taken back by SQL", ROLE)
def undone_and_down(store):
    till = store.traded("reset_undone_sql")
    told = reset_now(store, till, case(store, till, state="closing_control", allow_sql=True, odoo_url=nobody()))

    def after(_told):
        row = store.session(till.session)
        assert row["state"] == "opened" and row["stop_at"] is None

    return case(store, till, undo=told["pre_image"]["path"], allow_sql=True, odoo_url=nobody(), after=after)


def reset_now(store, till, first):
    """Run a case's module for real, before the case that is to be held."""
    from .fixes import run

    told = run(store, first)
    assert told.get("changed") and not told.get("failed"), told
    return told


# --- never -------------------------------------------------------------------------------------------------------


@refusal("C40", "a closed session is never opened again", ROLE)
def closed(store):
    till = store.traded("reset_closed")
    store.close(till.session, counted_cash="130")
    return case(store, till, close=None, state="closing_control", allow_sql=True, says=("closed", "second time"))


@refusal("C40", "not while Odoo is down either", ROLE)
def closed_and_down(store):
    till = store.traded("reset_closed_sql")
    store.close(till.session, counted_cash="130")
    return case(
        store, till, close=None, state="opened", allow_sql=True, odoo_url=nobody(), says=("double its entries",)
    )


@refusal("C40", "a closed session that somebody set back by SQL has its entry, and is not touched", ROLE)
def has_entry(store):
    till = store.traded("reset_entry")
    store.close(till.session, counted_cash="130")
    store.sql("UPDATE pos_session SET state = 'closing_control' WHERE id = %(id)s", id=till.session)
    return case(store, till, close=None, state="opened", allow_sql=True, odoo_url=nobody(), says=("booked twice",))


@refusal("C40", "nor where that somebody also emptied move_id", ROLE)
def has_hidden_entry(store):
    till = store.traded("reset_hidden")
    store.close(till.session, counted_cash="130")
    store.sql("UPDATE pos_session SET state = 'closing_control', move_id = NULL WHERE id = %(id)s", id=till.session)
    return case(store, till, close=None, state="opened", says=("booked twice",))


@refusal("C36", "another name than the session's", ROLE)
def wrong_name(store):
    till = locked(store, "reset_name")
    return case(store, till, close=None, state="opened", confirm="POS/99999", says=("name repeated",))


@refusal("C37", "a session that was never opened needs no reset", ROLE)
def never_opened(store):
    till = store.shop().till("reset_never")
    till.create_session()
    return case(store, till, close=None, state="closing_control", says=("never opened",))


@refusal("C36", "an undo after the shop sold", ROLE)
def undo_too_late(store):
    till = locked(store, "reset_late")
    told = reset_now(store, till, case(store, till, state="opened"))
    till.sell(till.cash)
    return case(store, till, close=None, undo=told["pre_image"]["path"], says=("worked in since", "not undone"))


@refusal("C36", "an undo with another session's pre-image", ROLE)
def undo_of_another(store):
    other = locked(store, "reset_another")
    told = reset_now(store, other, case(store, other, state="opened"))
    till = store.traded("reset_mine")
    return case(store, till, close=None, undo=told["pre_image"]["path"], says=("the session's own",))
