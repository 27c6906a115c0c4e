# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions are looked into, what an answer counts as, and what a shop reads."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_plan import UNSEEN
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.pending import choose, lines_of, results_of


def session(ident, till=1, draft=0, state="opened", findings=()):
    return {"id": ident, "name": "POS/%05d" % ident, "till": {"id": till, "name": "Till %d" % till}, "state": state,
            "orders": {"draft": draft, "cancel": 0}, "findings": [{"code": code} for code in findings]}  # fmt: skip


def order(action=None, **other):
    return {"id": 51, "label": "00007-001-0051", "kind": "unpaid", "action": action, "amount": "20.00", "paid": "0.00", "payments": 0,
            "reason": "Because.", **other}  # fmt: skip


def answer(ident=5, orders=(), warnings=(UNSEEN,), **other):
    plan = {"orders": list(orders), "currency": "USD", "steps": [], "note": "", "warnings": list(warnings)}
    return {
        "ansible_loop_var": "one",
        "one": {"id": ident},
        "changed": False,
        "session": {"after": {"id": ident}},
        "plan": plan,
        "proof": [],
        **other,
    }


def result(**other):
    (one,) = results_of([session(5)], [answer(**other)])
    return one


def test_sessions_with_pending_orders_are_chosen_the_oldest_of_a_till_first():
    store = {"sessions": [session(9, 2, draft=1), session(8, 2), session(4, 2, findings=["orders.cancelled_poison"]),
                          session(7, 1, draft=2), session(3, 1, draft=1, state="closed")]}  # fmt: skip
    assert [one["id"] for one in choose(store, False, False)] == [7, 4, 9]
    assert [one["id"] for one in choose(store, True, False)] == [7, 4, 8, 9]
    assert [one["id"] for one in choose(store, False, True)] == [7, 4, 8, 9]


@pytest.mark.parametrize("told, outcome", [
    ({"changed": True, "session": {"after": {"id": 5}}}, "resolved"),
    ({"changed": True, "session": {"after": None}}, "would_resolve"),
    ({"orders": [order()]}, "left"),
    ({}, "nothing"),
    ({"msg": "No.", "refused": True}, "refused"),
    ({"msg": "Broken."}, "failed"),
    ({"proven": False}, "failed"),
], ids=str)  # fmt: skip
def test_what_an_answer_counts_as(told, outcome):
    assert result(**told)["outcome"] == outcome


def test_a_session_that_was_not_asked_failed():
    (one,) = results_of([session(5)], [])
    assert one["outcome"] == "failed" and "Not tried" in one["message"] and one["orders"] == []


def test_the_proof_is_summed_up():
    assert result()["proof_held"] is None
    assert result(proof=[{"check": "a", "held": True}, {"check": "b", "held": False}])["proof_held"] is False


def test_what_a_shop_reads():
    resolved = result(orders=[order("discard"), order(id=52, label="R52", payments=1, paid="5.00")], changed=True)
    lines = lines_of([resolved], "store_042", 120)
    assert lines[0] == "Store store_042: 1 discarded, 1 left."
    assert any("00007-001-0051" in line and "discarded" in line and "Because." in line for line in lines)
    assert any("paid 5.00" in line for line in lines)
    assert lines[-1] == UNSEEN


def test_what_would_be_done_is_told_from_what_was():
    planned = result(orders=[order("settle"), order("detach"), order("remove")], changed=True, session={"after": None})
    assert lines_of([planned], "s", 120)[0] == "Store s: 1 to settle, 1 to take out, 1 to delete."


def test_failures_and_refusals_come_first_with_their_reason():
    refused = {**result(orders=[order()], msg="The till is busy.", refused=True), "till": {"id": 2, "name": "Till 2"}}
    failed = {**result(msg="Odoo is down."), "till": {"id": 3, "name": "Till 3"}}
    lines = lines_of([result(orders=[order()]), refused, failed], "s", 120)
    assert lines[0] == "Store s: 1 FAILED, 1 refused, 2 left."
    text = "\n".join(lines)
    assert text.index("Till 3") < text.index("Till 2") < text.index("Till 1")
    assert "The till is busy." in text and "Odoo is down." in text


def test_no_pending_order_and_the_attestation():
    assert lines_of([], "s", 120) == ["Store s: no pending order.", "", UNSEEN]
    attested = result(warnings=())
    assert lines_of([attested], "s", 120) == ["Store s: no pending order."]


def test_hostile_names_are_dead_text():
    lines = lines_of([result(orders=[order(label="\x1b[31m{{ 1 }}", reason="a\u202eb")])], "s\x1b", 120)
    assert "\x1b" not in "".join(lines) and "\u202e" not in "".join(lines)
