# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A close after one whose answer was lost, and a close in the same moment as somebody else's."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.closing import carry_out, closing_note
from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import AnswerLost, OdooError, Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan

from .made import SERIES, ago, cash, session, store
from .made_closing import closing


@pytest.mark.parametrize("counted", [None, "117.50"])
def test_what_an_attempt_assumed_whose_answer_was_lost_is_assumed_again_and_never_a_count(counted):
    old = {"counted_at": ago(hours=3), "moved_at": ago(hours=2)} if counted else {}
    found = session(cash=cash(counted=counted and D(counted), **old))
    row, lost = {"counted": found.cash.counted}, AnswerLost("Lost.")
    made = closing(19, found, {"cash_policy": "assume_expected"}, row=row, close_session_from_ui=lost)
    with pytest.raises(AnswerLost):
        carry_out(made)
    left, seen = made.watch.row(), "Somebody had counted 117.50" if counted else "Nobody counted the drawer"
    assert left["counted"] == D(130) and seen in left["closing_notes"]
    again = session(state="closing_control", cash=cash(counted=left["counted"]))
    with pytest.raises(Refused) as caught:
        make_plan(store(19, again), again, CloseOptions(min_idle_minutes=0), left["closing_notes"])
    assert [f["code"] for f in caught.value.details["findings"]] == ["cash.not_counted"]
    options = CloseOptions(cash_policy="assume_expected", min_idle_minutes=0)
    plan = make_plan(store(19, again), again, options, left["closing_notes"])
    assert plan.assumed and seen + ": it was assumed" in closing_note(plan, left["closing_notes"])
    # A person who counted another amount, and one who counts now, have counted.
    other = session(cash=cash(counted=D(129)))
    assert not make_plan(
        store(19, other), other, CloseOptions(max_cash_difference="5", min_idle_minutes=0), left["closing_notes"]
    ).assumed
    given = make_plan(
        store(19, again), again, CloseOptions(counted_cash="130", min_idle_minutes=0), left["closing_notes"]
    )
    assert not given.assumed and "assumed" not in closing_note(given, left["closing_notes"])


# --- somebody else's close ends in between -----------------------------------------------------------------------


def closes(server, notes=None, count=None):
    """The cashier's own Close, as the browser sends it."""
    row = server.database.values
    row.update(state="closed", move_id=77, stop_at=ago(minutes=1), closing_notes=notes or row["closing_notes"])
    row.update({} if count is None else {"counted": count})


@pytest.mark.parametrize(
    "notes, count, left, said",
    [(None, None, "Mind the safe", "is 128.00, the one of this task"),
     ("Mind the rain", D("117.50"), "Mind the rain", "is 117.50, not the one of this task")],
)  # fmt: skip
def test_a_session_that_somebody_else_closed_after_we_had_begun_does_not_name_us_and_it_is_said_which_count_stands(
    notes, count, left, said
):
    def close(server, **_named):
        closes(server, notes, count)
        raise OdooError("This session is already closed.")

    options = {"counted_cash": "128", "max_cash_difference": "5"}
    made = closing(19, options=options, row={"closing_notes": "Mind the safe"}, close_session_from_ui=close)
    with pytest.raises(Refused, match=said) as caught:
        carry_out(made)
    assert made.watch.row()["closing_notes"] == left and made.watch.row()["state"] == "closed"
    details = caught.value.details
    assert details["changed"] is True and details["refused"] is False and len(details["answer"]) > 2


@pytest.mark.parametrize("series", SERIES)
def test_nothing_more_is_written_to_a_session_that_a_close_ended_under_our_first_write(series):
    old = cash(counted=D(130), counted_at=ago(hours=3), moved_at=ago(hours=2))
    made = closing(series, session(cash=old), row={"counted": D(130)})
    write, writes = made.odoo.do_write, []

    def held_up(model, vals):
        writes.append(model)
        if len(writes) == 1:
            closes(made.odoo)
        return write(model, vals)

    made.odoo.do_write = held_up
    with pytest.raises(Refused, match="closed by somebody else meanwhile") as caught:
        carry_out(made)
    row = made.watch.row()
    assert (row["state"], row["counted"], row["closing_notes"]) == ("closed", D(130), None)
    assert set(made.odoo.methods()) == {"read", "write"} and set(writes) == {"pos.session"}
    assert caught.value.details["changed"] is True


def test_a_session_that_somebody_else_closed_before_we_wrote_was_not_changed():
    made = closing(19, write=OdooError("This session is already closed."))
    looks, look = [], made.watch.row

    def row():
        looks.append(1)
        return {**look(), **({"state": "closed"} if len(looks) > 1 else {})}

    made.watch.row = row
    with pytest.raises(Refused, match="closed by somebody else") as caught:
        carry_out(made)
    assert caught.value.details["refused"] is True and caught.value.details["changed"] is False


def test_notes_that_cannot_be_written_any_more_are_said_to_name_us():
    def close(server, **_named):
        closes(server)
        server.answers["write"] = OdooError("No.")
        raise OdooError("This session is already closed.")

    with pytest.raises(Refused, match=r"closing notes still name this task \(No\)"):
        carry_out(closing(19, close_session_from_ui=close))


# --- somebody counts in between ----------------------------------------------------------------------------------

OLD = {"counted_at": ago(hours=3), "moved_at": ago(hours=2)}


def test_a_count_that_somebody_stored_after_the_plan_is_not_overwritten():
    made = closing(19, options={"max_cash_difference": "50"}, row={"counted": D("117.50")})
    with pytest.raises(Refused, match="somebody stored 117.50 as its count .* Nothing was changed"):
        carry_out(made)
    assert made.odoo.methods() == ["read"] and made.watch.row()["counted"] == D("117.50")
    # who gives the count has counted
    made = closing(19, row={"counted": D("117.50")})
    carry_out(made)
    assert made.watch.row()["counted"] == D(130)


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("old", [False, True], ids=["fresh", "stale"])
def test_a_count_that_somebody_stores_while_the_close_is_prepared_stays(series, old):
    found = session(cash=cash(counted=D(130), **(OLD if old else {})))
    made = closing(series, found, {"cash_policy": "assume_expected"}, row={"counted": D(130)})
    write = made.odoo.do_write

    def counted_right_after(model, vals):
        write(model, vals)
        if len(made.odoo.sent) == 2:
            made.watch.values["counted"] = D("117.50")
        return True

    made.odoo.do_write = counted_right_after
    with pytest.raises(Refused, match="somebody stored 117.50 as its count .* It stands as it was found") as caught:
        carry_out(made)
    row = made.watch.row()
    assert (row["state"], row["counted"], row["closing_notes"]) == ("opened", D("117.50"), None)
    assert caught.value.details["refused"] is True
