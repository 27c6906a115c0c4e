# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of a close, series by series, in their order and with their arguments; and what is taken back when Odoo refuses.

Only what the real Odoo of the laboratory cannot be made to show: series it does not have, and answers it does not give.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.closing import carry_out, closing_note
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    AnswerLost,
    OdooError,
    Refused,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import utc

from .made import SERIES, ago, cash, session, till
from .made_closing import closing, wizard

CLOSE, LOCK = "action_pos_session_closing_control", "update_closing_control_state_session"


@pytest.mark.parametrize("series", (15, 16, 17, 18, 19))
def test_15_to_19_close_as_the_browser_does(series):
    made = closing(series, options={"counted_cash": "130", "bank_counted": {"Card": "17.5"}})
    carry_out(made)
    assert made.odoo.methods() == [
        "read",
        "write",
        "post_closing_cash_details",
        LOCK,
        "close_session_from_ui",
    ]
    models, ids = {call[0] for call in made.odoo.sent}, {tuple(call[2]) for call in made.odoo.sent}
    assert models == {"pos.session"} and ids == {(24,)}
    announced = made.odoo.sent[1][3]["vals"]
    assert set(announced) == ({"stop_at", "closing_notes"} if series >= 17 else {"stop_at"})
    assert made.odoo.sent[2][3] == {"counted_cash": D("130")}
    assert made.odoo.sent[-1][3] == {"bank_payment_method_diff_pairs": [[2, D("-2.50")]]}


def test_14_stores_the_count_on_the_statement_and_validates():
    made = closing(14)
    carry_out(made)
    assert made.odoo.methods() == ["read", "write", "write", CLOSE, "action_pos_session_validate"]
    assert made.odoo.sent[2][0] == "account.bank.statement" and made.odoo.sent[2][2:] == (
        [9],
        {"vals": {"balance_end_real": D("130")}},
    )


def test_14_above_the_limit_a_manager_confirms():
    def confirm(server):
        server.database.values["state"] = "closed"

    made = closing(14, options={"counted_cash": "110", "max_cash_difference": "20"}, create=5, confirm_closing_balance=confirm,
                   action_pos_session_validate={"res_model": "closing.balance.confirm.wizard"})  # fmt: skip
    carry_out(made)
    assert made.odoo.methods()[-3:] == ["action_pos_session_validate", "create", "confirm_closing_balance"]
    assert made.odoo.sent[-2][3] == {"vals_list": {}, "context": {"session_id": 24}}
    assert made.odoo.sent[-1][2:] == ([5], {"context": {"session_id": 24}})


@pytest.mark.parametrize("series", (15, 16, 17, 18, 19))
def test_a_rescue_session_is_closed_from_the_back_office_and_16_and_17_are_cured_first(series):
    cured = series in (16, 17)
    drawer = cash(start=D(0) if cured else D(100), previous_counted=D(100), counted=None)
    made = closing(series, session(rescue=True, cash=drawer), {"max_cash_difference": "0"}, row={"start": D(0)})
    carry_out(made)
    assert made.odoo.methods() == ["read", "write", *(["write"] if cured else []), LOCK, CLOSE]
    if cured:
        assert made.odoo.sent[2][3] == {"vals": {"cash_register_balance_start": D(100)}}


def forced(series, **answers):
    def close(server):
        server.database.values["state"] = "closed"
        return True

    options = {"counted_cash": "130", "balancing_account": "999", "max_imbalance": "5"}
    return closing(
        series, session(imbalance=D(-3)), options, 61, **{CLOSE: wizard(), "close_session": close, **answers}
    )


@pytest.mark.parametrize("series", (15, 16, 17, 18, 19))
def test_a_forced_close_names_the_account_and_the_session(series):
    made = forced(series)
    carry_out(made)
    assert made.odoo.methods() == [
        "read",
        "write",
        "post_closing_cash_details",
        LOCK,
        CLOSE,
        "read",
        "write",
        "close_session",
    ]
    assert made.odoo.sent[-2][:3] == ("pos.close.session.wizard", "write", [77]) and made.odoo.sent[-2][3] == {
        "vals": {"account_id": 61}
    }
    assert made.odoo.sent[-1][3]["context"] == {"active_ids": [24], "active_id": 24, "active_model": "pos.session"}


def amount(value):
    def read(server):
        last = server.sent[-1]
        return server.do_read(last[0], **last[3]) if last[0] == "pos.session" else [{"amount_to_balance": value}]

    return read


@pytest.mark.parametrize("series, answers, says", [
    (19, {"close_session": wizard(res_id=78)}, "forcing the close answered"),
    (19, {CLOSE: wizard(res_model="something.else")}, "was not allowed"),
    (19, {"read": amount(D("5.01"))}, "more than max_imbalance allows"),
    (19, {"read": amount(D("4.00"))}, "3.00 were planned"),
])  # fmt: skip
def test_a_forced_close_that_is_not_what_was_allowed_is_given_back(series, answers, says):
    made = forced(series, **answers)
    with pytest.raises(Refused, match=says) as caught:
        carry_out(made)
    assert caught.value.details["refused"] is True and "as it was found" in caught.value.message
    assert made.watch.values["state"] == "opened" and made.watch.values["stop_at"] is None


@pytest.mark.parametrize("answer, says", [
    ({"successful": False, "message": "Force Close Session", "redirect": True}, "Force Close Session"),
    ({"successful": False}, "it answered"), ({"message": "no word of success"}, "no word of success"), (wizard(), "it answered"),
    (None, "it answered"), (True, "it answered"), ({"successful": 1, "message": "almost"}, "almost"),
    ({"successful": True}, "reported success, but the session is closing_control"),
    (OdooError("No loss account"), "No loss account"),
], ids=str)  # fmt: skip
def test_an_answer_that_is_no_success_gives_the_till_back(answer, says):
    row = {"stop_at": utc(datetime(2026, 11, 20, 5, 6, 7)), "counted": D(120), "closing_notes": "Mind the safe"}
    made = closing(19, row=row, close_session_from_ui=answer)
    before = made.watch.row()
    with pytest.raises(Refused, match=says) as caught:
        carry_out(made)
    assert made.watch.row() == before
    assert caught.value.details == {**caught.value.details, "refused": True, "changed": False}


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("state", ("opened", "closing_control", "opening_control"))
def test_what_is_given_back(series, state):
    step = "action_pos_session_validate" if series == 14 else "close_session_from_ui"
    notes = {"closing_notes": "Mind the safe"} if series >= 17 else {}
    made = closing(
        series, session(state=state), row={"state": state, "counted": D(129), **notes}, **{step: OdooError("No.")}
    )
    before = made.watch.row()
    with pytest.raises(Refused, match="stands as it was found"):
        carry_out(made)
    assert made.watch.row() == before


def test_a_till_that_cannot_be_given_back_is_said_to_be_changed():
    made = closing(14, action_pos_session_validate=OdooError("No."))
    writes = made.odoo.do_write

    def write(server):
        _model, _method, _ids, named = server.sent[-1]
        if "action_pos_session_validate" in server.methods():
            raise Unreachable("Odoo is gone.")
        return writes(_model, **named)

    made.odoo.answers["write"] = write
    with pytest.raises(Refused, match="could NOT be given back and is now closing_control") as caught:
        carry_out(made)
    assert caught.value.details["refused"] is False and caught.value.details["changed"] is True


@pytest.mark.parametrize("when", ["before the close is refused", "while it is given back"])
def test_a_session_that_somebody_else_closed_is_never_opened_again(when):
    def refuse(server):
        server.database.values["state"] = "closed"
        raise OdooError("This session is already closed.")

    made = closing(19, close_session_from_ui=refuse)
    if when == "while it is given back":
        # Found, announced, counted and about to be locked; locked; asked; the last one before the state would be written back.
        rows = iter(["opened"] * 4 + ["closing_control"] * 3)
        look = made.watch.row
        made.odoo.answers["close_session_from_ui"] = OdooError("Could not serialize.")
        made.watch.row = lambda: {**look(), "state": next(rows, "closed")}
    with pytest.raises(Refused, match="closed by somebody else") as caught:
        carry_out(made)
    assert caught.value.details["refused"] is False and caught.value.details["changed"] is True
    written = [call[3]["vals"] for call in made.odoo.sent if call[1] == "write"]
    assert all("state" not in values for values in written) and written[1:] == [{"closing_notes": False}]


def test_the_first_write_must_be_seen_in_postgresql():
    made = closing(19, write=True)
    with pytest.raises(Refused, match="two stores"):
        carry_out(made)
    assert made.odoo.methods() == ["read", "write", "write"]


@pytest.mark.parametrize("other", [{"name": "POS/00025"}, {"state": "closing_control"},
                                   {"config_id": [8, "x"]}, {"stop_at": "2026-01-01 00:00:00"},
                                   {"closing_notes": "theirs"}], ids=str)  # fmt: skip
def test_another_session_on_odoos_side_is_noticed_before_any_write(other):
    made = closing(19)
    seen = made.odoo.do_read("pos.session", ["name", "state", "config_id", "stop_at", "closing_notes"])[0]
    made.odoo.answers["read"] = [{**seen, **other}]
    with pytest.raises(Refused, match="same store"):
        carry_out(made)
    assert made.odoo.methods() == ["read"]


@pytest.mark.parametrize("rows", [None, {}, "x", 5, [1]], ids=str)
def test_what_is_no_odoo_at_all(rows):
    made = closing(19, read=rows)
    with pytest.raises(Unreachable, match="odoo_url"):
        carry_out(made)


@pytest.mark.parametrize("sold", [(6, D(50), 0), (5, D(51), 0), (5, D(50), 1)], ids=("order", "payment", "move"))
def test_a_sale_while_the_close_is_prepared_stops_it(sold):
    made = closing(19)
    made.watch.sold = sold
    with pytest.raises(Refused, match="somebody sold or moved cash"):
        carry_out(made)
    assert "close_session_from_ui" not in made.odoo.methods()


@pytest.mark.parametrize("series, step", [(19, "close_session_from_ui"), (14, "action_pos_session_validate")])
def test_a_sale_that_was_under_way_when_the_till_was_locked_stops_it(series, step):
    made = closing(series, row={"counted": D(129)})
    before, made.watch.late = made.watch.row(), (6, D(60), 0)
    with pytest.raises(Refused, match="somebody sold or moved cash .* as it was found"):
        carry_out(made)
    assert step not in made.odoo.methods() and made.watch.row() == {**before, "counted": D(0)}


@pytest.mark.parametrize("series", SERIES)
def test_a_sale_that_does_not_end_is_not_closed_over(series):
    made = closing(series, row={"counted": D(129)})
    made.watch.sales_end = False
    with pytest.raises(Refused, match="a sale that began before the till was locked has not ended .* was dropped"):
        carry_out(made)
    assert {"close_session_from_ui", "action_pos_session_validate"}.isdisjoint(made.odoo.methods())
    assert (made.watch.values["state"], made.watch.values["counted"]) == ("opened", D(0))


def test_a_count_that_somebody_sold_after_does_not_look_new_when_the_till_is_given_back():
    made = closing(19, session(cash=cash(counted=D(130))), {"max_cash_difference": "0"}, row={"counted": D(130)})
    made.watch.sold = (6, D(60), 0)
    with pytest.raises(Refused, match="as it was found, but for the stored count, which is older than the last sale"):
        carry_out(made)
    assert made.watch.values["counted"] == D(0)


def test_14_without_cash_control_is_locked_before_its_one_call():
    found = session(till=till(cash_control=False))
    made = closing(14, found, {}, **{CLOSE: lambda server: server.database.values.update(state="closed")})
    carry_out(made)
    assert made.odoo.methods() == ["read", "write", "write", CLOSE]
    assert made.odoo.sent[2][3] == {"vals": {"state": "closing_control"}}
    made = closing(14, found, {})
    made.watch.late = (6, D(60), 0)
    with pytest.raises(Refused, match="somebody sold or moved cash .* as it was found"):
        carry_out(made)
    assert CLOSE not in made.odoo.methods() and made.watch.values["state"] == "opened"


@pytest.mark.parametrize("series", (14, 19))
def test_a_session_that_somebody_closed_in_that_very_moment_stays_closed(series):
    """Odoo tries a write again that a close held up: it then opens what was closed."""
    if series == 14:
        made, opens = closing(14, session(till=till(cash_control=False)), {}), "closing_control"
    else:
        made, opens = closing(19, close_session_from_ui=OdooError("No.")), "opened"
    write = made.odoo.do_write

    def rival(model, vals):
        write(model, vals)
        if vals.get("state") == opens:
            made.watch.values["move_id"] = 77

    made.odoo.do_write = rival
    with pytest.raises(Refused, match="was closed by somebody else meanwhile; run again"):
        carry_out(made)
    assert made.watch.values["state"] == "closed" and made.watch.values["stop_at"] is not None


def test_a_till_that_does_not_lock_is_not_closed():
    made = closing(19, update_closing_control_state_session=None)
    with pytest.raises(Refused, match="was to be locked for sales, but the session is opened"):
        carry_out(made)
    assert "close_session_from_ui" not in made.odoo.methods()


def test_the_state_is_not_written_back_under_somebody_who_may_be_closing():
    made = closing(19, close_session_from_ui=OdooError("No."))
    made.watch.nobody_writes = False
    with pytest.raises(Refused, match="others write .* could NOT be given back and is now closing_control"):
        carry_out(made)


def test_a_count_that_is_stored_otherwise_stops_it():
    made = closing(19, post_closing_cash_details={"successful": True})
    with pytest.raises(Refused, match="sent as 130"):
        carry_out(made)


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("state, settled", [("closed", True), ("opened", True), ("opened", False)])
def test_after_a_lost_answer_nothing_more_is_sent(series, state, settled):
    step = "action_pos_session_validate" if series == 14 else "close_session_from_ui"
    made = closing(series, **{step: AnswerLost("Lost.")})
    made.watch.settles = (state, settled)
    if state == "closed":
        carry_out(made)
    else:
        with pytest.raises(AnswerLost, match="Run the same task again") as caught:
            carry_out(made)
        assert caught.value.details["pending"] is not settled and caught.value.details["changed"] is True
    assert made.odoo.methods()[-1] == step and made.odoo.methods().count(step) == 1


@pytest.mark.parametrize("when", ["before", "after a lost answer", "after a refusal"])
def test_a_database_that_goes_away_leaves_it_unknown_and_says_what_was_written(when):
    answers = {"after a lost answer": AnswerLost("It was lost."), "after a refusal": OdooError("no")}
    made = closing(17, **({"post_closing_cash_details": answers[when]} if when in answers else {}))
    looks = []

    def gone(*_ignored):
        looks.append(1)
        if len(looks) > (2 if when in answers else 1):
            raise Unreachable("PostgreSQL is gone.")
        return dict(made.watch.values)

    made.watch.row = made.watch.settle = gone
    with pytest.raises(
        Unreachable, match="PostgreSQL is gone. What became of session .* is not known; run the same task again"
    ) as told:
        carry_out(made)
    assert told.value.details["changed"] is True and told.value.details["answer"][0]["call"] == "pos.session.write"
    assert told.value.details["reachable"] is False


def test_an_odoo_that_is_gone_before_the_first_write_has_changed_nothing():
    made = closing(17, write=Unreachable("Nobody answers."))
    with pytest.raises(Unreachable, match="Nobody answers") as told:
        carry_out(made)
    assert told.value.details["changed"] is False


def test_the_note_says_what_was_decided():
    assumed = closing(19, session(cash=cash(counted=None)), {"cash_policy": "assume_expected", "note": "Fair."}).plan
    assert "Nobody counted the drawer" in closing_note(assumed) and closing_note(assumed).endswith("Fair.")
    before = cash(counted=D("117.50"), counted_at=ago(hours=3), moved_at=ago(hours=2))
    known = closing(19, session(cash=before), {"cash_policy": "assume_expected"}).plan
    assert "Somebody had counted 117.50" in closing_note(known) and known.assumed
    assert "account 999" in closing_note(forced(19).plan)
