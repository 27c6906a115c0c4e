# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which calls are sent in which order, and where it stops. What a real Odoo does with them is shown in the laboratory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import order_steps as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    AnswerLost,
    OdooError,
    Refused,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.orders import OrderOptions

from .made import NOW, SERIES, cash, session
from .made_orders import EVERYTHING, pending, resolving

PAID = {"payments": 1, "paid": D(20)}


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0)


def sent(made):
    """The calls that write an order, each with its ids."""
    calls = [(method, ids, named) for model, method, ids, named in made.attempt.odoo.sent if model == "pos.order"]
    return [
        (method, ids) for method, ids, named in calls if method != "read" and "date_order" not in named.get("vals", {})
    ]


def stops(made, *words):
    with pytest.raises(Refused) as caught:
        module.carry_out(made)
    for word in words:
        assert word in caught.value.message
    return caught.value


@pytest.mark.parametrize("series", SERIES)
def test_how_a_draft_is_discarded(series):
    made = resolving(series, pending())
    module.carry_out(made)
    assert sent(made) == [("unlink" if series <= 17 else "action_pos_order_cancel", [51])]
    assert "active_ids" not in str(made.attempt.odoo.sent)
    assert module.note_left(made).held


def test_the_order_of_a_settlement():
    made = resolving(19, pending(**PAID))
    module.carry_out(made)
    assert sent(made) == [("write", [51]), ("action_pos_order_paid", [51])]
    writes = [named["vals"] for _m, method, _i, named in made.attempt.odoo.sent if method == "write"]
    assert {"amount_paid": D(20)} in writes


def test_an_order_for_later_is_written_out_of_its_session_and_never_cancelled():
    made = resolving(19, pending(preset_at=NOW + timedelta(hours=1)))
    module.carry_out(made)
    assert sent(made) == [("write", [51])] and made.watch.order(51).session_id is None


def test_a_cancelled_basket_is_deleted():
    made = resolving(14, pending(state="cancel"))
    module.carry_out(made)
    assert sent(made) == [("unlink", [51])]


def test_the_first_write_is_seen_and_taken_back():
    made = resolving(19, pending(), pending(id=52))
    module.carry_out(made)
    marks = [
        named["vals"]["date_order"]
        for _m, _c, ids, named in made.attempt.odoo.sent
        if "date_order" in named.get("vals", {})
    ]
    assert len(marks) == 2 and marks[0] != marks[1]
    assert made.watch.order(51).date_order == pending().date_order


def test_two_stores_are_noticed_before_anything_is_lost():
    made = resolving(19, pending(), write=True)
    error = stops(made, "two stores")
    assert error.details["refused"] and sent(made) == []


def test_a_session_that_odoo_does_not_know_is_another_store():
    made = resolving(19, pending(), read=[])
    stops(made, "same store")
    assert sent(made) == []


@pytest.mark.parametrize("change", [{"payments": 1}, {"state": "paid"}, {"lines": 0}, {"session_id": 9}], ids=str)
def test_an_order_that_changed_in_the_database_is_not_touched(change):
    made = resolving(19, pending())
    made.watch.change(51, **change)
    assert stops(made, "somebody works on it", "Nothing was changed").details["refused"]
    assert sent(made) == []


def test_an_order_that_odoo_shows_otherwise_is_not_touched():
    def read(server):
        row = server.database.values
        if server.sent[-1][0] == "pos.session":
            return [{**row, "config_id": [7, "Till 7"], "stop_at": False, "closing_notes": False}]
        return [{"state": "draft", "session_id": [24, "POS/00024"], "payment_ids": [1], "lines": [1, 2]}]

    made = resolving(19, pending(), read=read)
    stops(made, "draft with 1 payment(s), and PostgreSQL as draft with 0")
    assert sent(made) == []


def test_it_stops_where_somebody_works_and_says_what_was_done():
    made = resolving(19, pending(), pending(id=52, reference="R52"))

    def cancel(server):
        server.orders.change(52, payments=1)
        return server.do_action_pos_order_cancel("pos.order")

    made.attempt.odoo.answers["action_pos_order_cancel"] = cancel
    error = stops(made, "R52", "1 order(s) were resolved before")
    assert error.details["refused"] is False and error.details["changed"] is True
    assert sent(made) == [("action_pos_order_cancel", [51])]


def test_odoo_says_no():
    made = resolving(14, pending(), unlink=OdooError("In order to delete a sale, it must be new or cancelled."))
    assert stops(made, "Odoo refused to discard order 00007-001-0051: In order").details["refused"]


def test_an_answer_is_not_success():
    stops(resolving(14, pending(), unlink=True), "is now draft")


def test_an_order_that_got_a_payment_when_it_was_cancelled_is_a_draft_again():
    def cancel(server):
        server.orders.change(51, state="cancel", payments=1, paid=D(5))

    made = resolving(19, pending(), action_pos_order_cancel=cancel)
    assert stops(made, "made a draft again").details["refused"]
    assert made.watch.order(51).state == "draft"


# --- answers that are lost -----------------------------------------------------------------------------------------------


def test_a_lost_answer_is_looked_for():
    def cancel(server):
        server.do_action_pos_order_cancel("pos.order")
        raise AnswerLost("The answer was lost.")

    made = resolving(19, pending(), action_pos_order_cancel=cancel)
    module.carry_out(made)
    assert [one.order.id for one in made.done] == [51] and len(sent(made)) == 1


def test_what_is_not_seen_is_not_sent_again():
    made = resolving(19, pending(), pending(id=52), action_pos_order_cancel=AnswerLost("The answer was lost."))
    with pytest.raises(AnswerLost, match="will look first") as caught:
        module.carry_out(made)
    assert caught.value.details["pending"] and len(sent(made)) == 1 and not caught.value.details["changed"]


@pytest.mark.parametrize("method", ["read", "write"])
def test_an_answer_that_is_lost_before_anything_was_done(method):
    made = resolving(19, pending(), **{method: AnswerLost("The answer was lost.")})
    with pytest.raises(Unreachable, match="run (the same task )?again"):
        module.carry_out(made)
    assert sent(made) == []


@pytest.mark.parametrize("at, done", [("the next order's reading", 1), ("its own call", 1), ("the look after it", 0)])
def test_what_goes_away_half_way_leaves_what_was_done_in_the_trail(at, done):
    """A deleted order leaves no other trace."""
    made = resolving(17, pending(), pending(id=52, reference="R52"))
    gone, server, database = Unreachable("Gone."), made.attempt.odoo, made.watch

    def out_of_reach(_ident):
        raise gone

    def unlink(called):
        if at == "its own call" and called.sent[-1][2] == [52]:
            raise gone
        told = called.do_unlink("pos.order")
        if at == "the next order's reading":
            server.answers["read"] = gone
        if at == "the look after it":
            database.order = out_of_reach
        return told

    server.answers["unlink"] = unlink
    with pytest.raises(
        Unreachable, match=r"Gone\. %d order\(s\) were resolved before .* it will look first" % done
    ) as caught:
        module.carry_out(made)
    assert caught.value.details["changed"] is True and caught.value.details["plan"] and caught.value.details["answer"]


def test_the_date_of_the_first_write_goes_back_also_where_the_database_went_away():
    made = resolving(19, pending())
    look, looks = made.watch.order, []

    def out_of_reach(ident):
        looks.append(ident)
        if len(looks) > 1:
            raise Unreachable("Gone.")
        return look(ident)

    made.watch.order = out_of_reach
    before = look(51).date_order
    with pytest.raises(Unreachable):
        module.carry_out(made)
    assert look(51).date_order == before and sent(made) == []


# --- the note ------------------------------------------------------------------------------------------------------------


def test_notes_that_are_there_are_kept():
    made = resolving(19, pending(), row={"closing_notes": "Till was hot."})
    module.carry_out(made)
    assert made.attempt.watch.row()["closing_notes"].startswith("Till was hot.\nPending orders, by retailops")


def test_a_count_that_is_older_than_the_last_sale_keeps_its_age():
    """Nothing is written to the session itself, not even to shake hands."""
    old = session(cash=cash(counted_at=session().last_activity_at - timedelta(hours=1)))
    made = resolving(19, pending(), found=old)
    module.carry_out(made)
    wrote = [
        method for model, method, _ids, _named in made.attempt.odoo.sent if model == "pos.session" and method != "read"
    ]
    assert wrote == ["message_post"] and module.note_left(made).held


def test_a_note_that_cannot_be_left_is_found_out():
    made = resolving(14, pending(), message_post=OdooError("You may not."))
    module.carry_out(made)
    assert not module.note_left(made).held and len(made.done) == 1


def test_an_attestation_alone_touches_no_order():
    made = resolving(19, options=replace(EVERYTHING, till_synced=True))
    module.carry_out(made)
    assert sent(made) == [] and "till_synced" in made.attempt.watch.row()["closing_notes"]


def test_no_policy_no_call():
    assert resolving(19, pending(), options=OrderOptions()).plan.due == ()
