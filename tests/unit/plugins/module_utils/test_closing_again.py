# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A close after one whose answer was lost, and a close in the same moment as somebody else's."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.closing import carry_out, closing_note
from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import AnswerLost, Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan

from .made import ago, cash, session, store
from .made_closing import closing


@pytest.mark.parametrize("counted", [None, "117.50"])
def test_what_an_attempt_assumed_whose_answer_was_lost_is_assumed_again_and_never_a_count(counted):
    old = {"counted_at": ago(hours=3), "moved_at": ago(hours=2)} if counted else {}
    found = session(cash=cash(counted=counted and D(counted), **old))
    made = closing(19, found, {"cash_policy": "assume_expected"}, close_session_from_ui=AnswerLost("Lost."))
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
