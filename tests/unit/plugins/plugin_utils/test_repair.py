# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fixes are asked for, in which order, and what is said of each."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import repair as module

EVERYTHING = list(module.ORDER)


def found(code):
    kind = CATALOGUE[code]
    return {"code": code, "risk": kind.risk, "severity": kind.severity, "fix": kind.fix}


def store(*codes, tills=()):
    session = {"till": {"name": "Bar"}, "findings": [found(code) for code in codes]}
    return {"sessions": [session], "tills": [{"name": "Shop", "findings": [found(code) for code in tills]}]}


def test_the_order_is_that_of_a_close():
    steps = module.steps_of(
        store("cash.not_counted", "orders.draft", "cash.no_loss_account", "session.in_use"), EVERYTHING
    )
    assert [step["role"] for step in steps] == [
        "pos_session_release",
        "pos_accounting",
        "pos_pending_orders",
        "pos_cash_balance",
        "pos_session_close",
    ]
    assert steps[2]["codes"] == ["orders.draft"] and steps[2]["tills"] == ["Bar"]


def test_what_only_an_accountant_may_answer_asks_for_no_role():
    never = [code for code, kind in CATALOGUE.items() if kind.risk == "never"]
    assert never and [step["role"] for step in module.steps_of(store(*never), EVERYTHING)] == ["pos_session_close"]


def test_a_fault_in_the_settings_is_a_step_before_anyone_opens():
    steps = module.steps_of({"sessions": [], "tills": store(tills=["cash.no_loss_account"])["tills"]}, EVERYTHING)
    assert [(step["role"], step["tills"]) for step in steps] == [("pos_accounting", ["Shop"])]
    assert module.steps_of({"sessions": [], "tills": []}, EVERYTHING) == []


def test_what_is_not_allowed_is_said():
    steps = module.steps_of(store("orders.draft"), ["pos_session_close"])
    assert [step["allowed"] for step in steps] == [False, True]
    assert module.outcome_of(steps[0], "", [])["outcome"] == module.FORBIDDEN


@pytest.mark.parametrize(
    "outcome, ends", [("would_discard", module.WOULD), ("refused", module.RAN), ("recorded", module.RAN)]
)
def test_a_change_that_was_only_foretold_stops_the_rest_whoever_asked_for_that(outcome, ends):
    (step,) = module.steps_of(store(), EVERYTHING)
    ended = module.outcome_of(step, "", [{"outcome": "unchanged"}, {"outcome": outcome}])
    assert ended["outcome"] == ends and ended["refused"] == (outcome == "refused")
    told = module.outcome_of(step, "pos_accounting", [])
    assert told["outcome"] == module.STOPPED and "pos_accounting" in told["said"] and told["refused"] is False


def test_the_lines():
    steps = [
        module.outcome_of(step, "", [{"outcome": "refused"}])
        for step in module.steps_of(store("orders.draft"), EVERYTHING)
    ]
    lines = module.repair_lines(steps, "store\x1b[31m", 100)
    assert "\x1b" not in "".join(lines) and any("1 refused" in line for line in lines)
    assert max(len(line) for line in lines) <= 100
    assert module.repair_lines([], "store", 100) == ["Store store: nothing asks for a repair."]
