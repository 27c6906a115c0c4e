# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session is meant, and what is said when there is nothing to do. The rest is shown on a real Odoo."""

from __future__ import annotations

import types

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import close_session as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Closing
from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import AnswerLost, NotProven
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan

from .made import closed, session, store


def test_a_till_without_an_open_session_is_left_alone():
    told = module.nothing_open(store(19, closed()))
    assert told["changed"] is False and told["session"] == {"before": None, "after": None}


@pytest.mark.parametrize("wrong", [{"entries": 2}, {"left_paid": 1}, {"entry_state": "draft"}], ids=str)
def test_books_that_are_not_right_are_never_called_closed(wrong):
    found = closed(**wrong)
    with pytest.raises(NotProven, match="accountant") as caught:
        module.require_proof(store(19, found), found, [])
    assert caught.value.details["proven"] is False and "changed" not in caught.value.details
    with pytest.raises(NotProven):
        module.nothing_open(store(19, found))


def test_a_diff_shows_the_session_and_the_postings():
    found = session()
    plan = make_plan(store(19, found), found, CloseOptions(counted_cash="128", max_cash_difference="5"))
    facts = module.facts_of(store(19, found), found)
    told = module.with_diff({"session": {"after": None}}, plan, facts, True)["diff"]
    assert (
        told["before"]["state"] == "opened"
        and told["after"]["state"] == "closed"
        and told["after"]["counted"] == "128.00"
    )
    assert {"what": "Cash difference (loss)", "amount": "-2.00"} in told["after"]["postings"]
    assert "diff" not in module.with_diff({"session": {"after": None}}, plan, facts, False)


@pytest.mark.parametrize("ended", [None, True, False])
def test_an_earlier_close_is_not_begun_beside(ended):
    found = session(state="closing_control")
    plan = make_plan(store(19, found), found, CloseOptions(counted_cash="130"))
    watch = types.SimpleNamespace(earlier_close=lambda seconds: ended, options={})
    closing = Closing(plan, None, watch, patience=60)
    if ended is False:
        with pytest.raises(
            AnswerLost, match="still be at work on an earlier close .* after 60 s: nothing was sent"
        ) as caught:
            module.waited_for_earlier(closing)
        assert caught.value.details["pending"] and not caught.value.details["refused"]
    else:
        assert module.waited_for_earlier(closing) is bool(ended)


def test_what_is_being_done_names_the_session_and_its_size():
    assert module.at_work(session(), 600).startswith("Odoo is closing session POS/00024 with ")
