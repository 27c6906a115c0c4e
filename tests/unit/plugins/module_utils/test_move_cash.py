# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cash move without a server: what is asked for, what every series is sent, what is refused, and what a proof wants."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import move_cash
from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Attempt
from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_plan import (
    Booked,
    MovePlan,
    Wish,
    plan_facts,
    prove_move,
    recorded,
    require_drawer,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    AnswerLost,
    BadInput,
    OdooError,
    Refused,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.handshake import nobody_closes, shake_hands
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rpc import to_json

from .made import SERIES, USD, ago, cash, session, till
from .made_cash import drawer, move
from .made_closing import Database, Server

GIVEN = {"direction": "out", "amount": "25.00", "reference": "receipt/17", "reason": "milk", "max_amount": None}


def wish(**other):
    return Wish.of({**GIVEN, **other})


def plan(series, signed="-25", found=None, **other):
    found = found or session()
    return MovePlan(found, series, wish(**other), D(signed), found.cash.expected, found.cash.counted)


def booked(ident=7, amount="-25", journal=11, session_id=24):
    return Booked(ident, D(amount), journal, session_id, "POS/00024", None)


# --- what is asked for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["", "a b", "x]", "-1", "é", "1" * 61])
def test_a_reference_is_plain(reference):
    with pytest.raises(BadInput, match="reference must be"):
        wish(reference=reference)


@pytest.mark.parametrize("reason", ["", " - ", "...", "x" * 201, "milk\nhoney", "milk\x1b[31m", "milk\u202e"])
def test_a_reason_says_why_in_one_line(reason):
    with pytest.raises(BadInput, match="reason must"):
        wish(reason=reason)


@pytest.mark.parametrize("amount", ["", "0", "0.00", "-5", "5.001", "1e3", "5,00", "Infinity"])
def test_an_amount_is_plain_digits_above_zero(amount):
    with pytest.raises(BadInput):
        wish(amount=amount).signed(USD)


def test_money_that_is_taken_out_is_below_zero():
    assert wish().signed(USD) == -25 and wish(direction="in", amount="0.5").signed(USD) == D("0.50")
    assert wish(max_amount="25").signed(USD) == -25
    with pytest.raises(Refused, match="more than max_amount allows"):
        wish(max_amount="24.99").signed(USD)


# --- what stands in the way -------------------------------------------------------------------------------------


def test_a_reference_is_recorded_once():
    assert recorded([], D(-25), "17", till()) is None
    assert recorded([booked()], D(-25), "17", till()).id == 7
    for others in ([booked(amount="25")], [booked(amount="-25.01")], [booked(), booked(8)]):
        with pytest.raises(Refused):
            recorded(others, D(-25), "17", till())


@pytest.mark.parametrize(
    "found, series, words",
    [
        (None, 19, "no open session"),
        (session(state="closed"), 19, "is closed"),
        (session(state="opening_control"), 14, "waits for its opening count"),
        (session(rescue=True), 15, "a rescue session"),
        (session(cash=None), 19, "no drawer"),
        (session(till=till(cash_control=False)), 14, "cash control switched off"),
        (session(cash=cash(register_state="posted")), 15, "is posted"),
    ],
)
def test_what_no_move_can_be_recorded_in(found, series, words):
    with pytest.raises(Refused, match=words) as caught:
        require_drawer(found, till(), series, "The cash move")
    assert caught.value.details["refused"] is True


def test_a_till_in_closing_control_and_a_rescue_session_of_14_take_a_move():
    for found, series in ((session(state="closing_control"), 19), (session(rescue=True), 14)):
        assert require_drawer(found, till(), series, "The cash move") == (found, found.cash)


def test_the_plan_says_what_will_be_expected_and_that_the_count_is_older():
    facts = plan_facts(plan(19))
    assert facts["expected"] == {"before": "130.00", "after": "105.00"}
    assert facts["difference"] == {"before": "0.00", "after": "25.00"}
    assert facts["amount"] == "-25.00" and "milk [receipt/17]" in facts["steps"][1]
    assert len(facts["warnings"]) == 1 and "130.00" in facts["warnings"][0]
    assert plan_facts(plan(19, found=session(cash=cash(counted=None))))["warnings"] == []


@pytest.mark.parametrize("series", SERIES)
def test_a_count_that_is_older_than_the_last_cash_is_dropped_where_it_would_look_new(series):
    old = session(cash=cash(moved_at=ago(minutes=1), counted_at=ago(hours=1)))
    facts = plan_facts(plan(series, found=old))
    assert facts["difference"]["after"] == (None if series >= 16 else "25.00")
    assert ("is dropped" in facts["warnings"][0]) is (series >= 16)


# --- what is sent -----------------------------------------------------------------------------------------------


def attempt(series, **answers):
    database = Database(series)
    return Attempt(
        session(), series, Server(database, **{"try_cash_in_out": None, "create": 5, "run": {}, **answers}), database, 1
    )


@pytest.fixture
def there(monkeypatch):
    """What the database shows of the reference, look by look."""
    looks = []
    monkeypatch.setattr(move_cash, "booked_now", lambda *_ignored: looks.pop(0) if looks else [])
    return looks


@pytest.mark.parametrize("series", SERIES)
def test_what_every_series_is_sent(series, there):
    going = attempt(series)
    move_cash.send(going, plan(series))
    text = "milk [receipt/17]"
    if series == 14:
        context = {"active_model": "pos.session", "active_id": 24, "active_ids": [24]}
        assert going.odoo.sent == [
            ("cash.box.out", "create", [], {"vals_list": {"amount": D(-25), "name": text}, "context": context}),
            ("cash.box.out", "run", [5], {"context": context}),
        ]
        return
    ((model, method, ids, named),) = going.odoo.sent
    assert (model, method, ids) == ("pos.session", "try_cash_in_out", [24])
    extras = {"translatedType": "out", "formattedAmount": "25.00 USD"}
    partner = {"partner_id": False} if series == 19 else {}
    assert named == {"_type": "out", "amount": D(25), "reason": text, "extras": extras, **partner}
    assert '"amount": 25' in to_json(named)


def test_a_refusal_of_odoo_is_one_sentence(there):
    with pytest.raises(Refused, match="Odoo refused: no right. Nothing was booked."):
        move_cash.send(attempt(19, try_cash_in_out=OdooError("no right.")), plan(19))


def test_a_failure_after_the_booking_is_no_failure(there):
    there.append([booked()])
    going = attempt(19, try_cash_in_out=OdooError("the printer is on fire"))
    move_cash.send(going, plan(19))
    assert going.answers[-1] == {"call": "(failed)", "returned": "the printer is on fire"}


def test_a_lost_answer_is_looked_up_and_nothing_is_sent_twice(there):
    there += [[], [booked()]]
    going = attempt(19, try_cash_in_out=AnswerLost("lost."))
    move_cash.send(going, plan(19))
    assert len(going.odoo.sent) == 1 and going.answers[-1]["call"] == "(lost)"


@pytest.mark.parametrize("settled", [True, False])
def test_a_lost_answer_that_leads_to_nothing_says_whether_it_may_still_come(there, settled):
    going = attempt(19, try_cash_in_out=AnswerLost("lost."))
    going.watch.settles = ("opened", settled)
    with pytest.raises(AnswerLost, match="it will look first") as caught:
        move_cash.send(going, plan(19))
    assert caught.value.details["pending"] is not settled and len(going.odoo.sent) == 1


# --- somebody closes in the same moment ------------------------------------------------------------------------


def shaking(series=19, stale=False, at=1):
    """A handshake whose write number ``at`` was held up by a close and lands on the session that it has closed."""
    going = attempt(series)
    if stale:
        going.session = session(cash=cash(moved_at=ago(minutes=1), counted_at=ago(hours=1)))
        going.watch.values["counted"] = D(130)
    going.found = going.watch.row()
    write, writes = going.odoo.do_write, []

    def held_up(model, vals):
        writes.append(vals)
        if len(writes) == at:
            going.watch.values.update(state="closed", move_id=77, stop_at=ago(minutes=1))
        return write(model, vals)

    going.odoo.do_write = held_up
    return going


@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("at", [1, 2])
def test_a_session_that_was_closed_under_the_handshake_takes_no_move_and_keeps_what_it_was_closed_with(at, stale):
    going = shaking(stale=stale, at=at)
    with pytest.raises(Refused, match="closed by somebody else in that very moment: nothing was recorded") as caught:
        shake_hands(going)
    row = going.watch.row()
    assert row["stop_at"] is not None and row["state"] == "closed" and row["counted"] == (D(130) if stale else None)
    assert caught.value.details["changed"] is True and caught.value.details["answer"]


def test_nothing_is_sent_while_somebody_may_be_closing():
    going = attempt(19)
    going.watch.earlier = False
    with pytest.raises(Refused, match="Somebody may be closing session POS/00024 .* nothing was sent"):
        nobody_closes(going)
    for ended in (None, True):
        going.watch.earlier = ended
        nobody_closes(going)
    assert going.odoo.sent == []


def test_odoo_that_went_away(there):
    with pytest.raises(Unreachable, match="it will look first"):
        move_cash.send(attempt(19, try_cash_in_out=Unreachable("gone.")), plan(19))


# --- the proof --------------------------------------------------------------------------------------------------


def holds(found, after):
    return [c.held for c in prove_move(plan(19), found, drawer(), after)]


def test_the_proof():
    ours = move(7, "-25", "POS/00024-out-milk [receipt/17]")
    assert holds([booked()], drawer(lines=[ours])) == [True] * 4
    # what the till did meanwhile
    busy = drawer(lines=[ours, move(8, "-5")], sales=D(42), expected=D(112))
    assert holds([booked()], busy) == [True] * 4
    assert "the till itself moved 7.00" in prove_move(plan(19), [booked()], drawer(), busy)[-1].detail
    assert holds([], drawer()) == [False, False, False, False]
    assert holds([booked(), booked(8)], drawer(lines=[ours, replace(ours, id=8)]))[0] is False
    assert holds([booked(amount="-24")], drawer(lines=[ours]))[1] is False
    assert holds([booked(journal=12)], drawer(lines=[ours]))[2] is False
    assert holds([booked(session_id=23)], drawer(lines=[ours]))[2] is False
    assert holds([booked()], drawer(lines=[ours], expected=D(104)))[3] is False
    # whoever closes in the same moment has not seen it
    checks = prove_move(plan(19), [booked()], drawer(), drawer(lines=[ours], found=session(state="closed")))
    assert [c.held for c in checks] == [True, True, True, False] and "compare both" in checks[-1].detail
