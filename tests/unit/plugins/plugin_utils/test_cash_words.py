# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pos_cash_balance is asked for, what became of it, and what it prints."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.filter.cash_lines import FilterModule as Lines
from ansible_collections.retailops.odoo_pos.plugins.filter.cash_results import FilterModule as Results
from ansible_collections.retailops.odoo_pos.plugins.filter.cash_wishes import FilterModule as Wishes

LINES, RESULTS, WISHES = (
    Lines().filters()["cash_lines"],
    Results().filters()["cash_results"],
    Wishes().filters()["cash_wishes"],
)
ALONE = {"host": "store_a", "hosts": ["store_a"]}
AMONG = {"host": "store_a", "hosts": ["store_a", "store_b"]}
MOVE = {"till": "Till 7", "direction": "out", "amount": "25.00", "reference": "17", "reason": "milk"}
FACTS = {"id": 24, "name": "POS/00024", "till": {"id": 7, "name": "Till 7"}}
HELD = [{"check": "one cash move has the reference", "held": True, "detail": "1 found"}]


def drawer(**other):
    return {
        "session": {"id": 24, "name": "POS/00024", "state": "opened", "rescue": False}, "till": {"id": 7, "name": "Till 7"},
        "currency": {"name": "USD", "decimals": 2}, "opening": "100.00", "sales": "30.00", "moves": "-5.00", "expected": "125.00",
        "counted": "125.00", "difference": "0.00", "minor": {"difference": 0}, "counts": True, "causes": [], "cash_moves": [], **other,
    }  # fmt: skip


def short(**other):
    causes = [{"message": "Cause %d." % number} for number in range(7)]
    return drawer(counted="120.00", difference="-5.00", minor={"difference": -500}, causes=causes, **other)


def test_amounts_are_text():
    wishes = WISHES([{**MOVE, "amount": 25}], {"Till 7": "117.50", "Till 8": "", 9: 80}, **ALONE)
    assert wishes["moves"][0]["amount"] == "25"
    assert wishes["counts"] == [{"till": "Till 7", "counted_cash": "117.50"}, {"till": "9", "counted_cash": "80"}]
    assert WISHES([], '{"Till 7": 117.50}', **ALONE)["counts"] == [{"till": "Till 7", "counted_cash": "117.50"}]
    assert WISHES([], "", **ALONE)["counts"] == []
    for moves, counts in (([{**MOVE, "amount": 25.5}], {}), ([], {"Till 7": 117.5})):
        with pytest.raises(AnsibleFilterError, match="put the amount in quotes"):
            WISHES(moves, counts, **ALONE)
    with pytest.raises(AnsibleFilterError, match="must map tills to amounts"):
        WISHES([], "Till 7", **ALONE)


def test_a_cash_move_and_a_count_are_recorded_in_the_store_that_they_name():
    here, there = {**MOVE, "store": "store_a"}, {**MOVE, "store": "store_b", "reference": "18"}
    counted = {"store_a": {"Till 7": "117.50"}, "store_b": {"Till 7": "90.00"}}
    for place in (ALONE, AMONG):
        wishes = WISHES([here, there], counted, **place)
        assert [move["reference"] for move in wishes["moves"]] == ["17"]
        assert wishes["counts"] == [{"till": "Till 7", "counted_cash": "117.50"}]
    with pytest.raises(AnsibleFilterError, match=r"pos_cash_balance_moves\[1\] is for one store, and this play has 2"):
        WISHES([here, MOVE], {}, **AMONG)
    with pytest.raises(AnsibleFilterError, match="pos_cash_balance_counts is for one store"):
        WISHES([], {"Till 7": "117.50"}, **AMONG)


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ({"changed": True, "session": {"before": FACTS, "after": FACTS}, "proof": HELD}, "recorded"),
        ({"changed": True, "session": {"before": FACTS, "after": None}, "proof": []}, "would_record"),
        ({"changed": False, "session": {"before": FACTS, "after": FACTS}, "proof": HELD}, "already_recorded"),
        ({"changed": False, "session": {"before": None, "after": None}, "proof": HELD}, "already_recorded"),
        ({"changed": False, "msg": "No.", "refused": True, "findings": []}, "refused"),
        (
            {"changed": True, "msg": "Not proven.", "proven": False, "session": {"before": FACTS, "after": FACTS}},
            "failed",
        ),
        ({"changed": False, "msg": "Gone.", "reachable": False}, "failed"),
    ],
)
def test_what_became_of_a_move(answer, outcome):
    (result,) = RESULTS([MOVE], {"results": [answer]}, "move")
    assert (result["outcome"], result["till"]["name"], result["amount"]) == (outcome, "Till 7", "-25.00")
    assert result["proof_held"] is (True if answer.get("proof") else None)


def test_what_was_never_tried_has_failed():
    items = [{"till": "Till 7", "counted_cash": "5"}, {"till": "Till 8", "counted_cash": "6"}]
    done = {"changed": True, "session": {"before": FACTS, "after": FACTS}, "proof": HELD}
    assert [r["outcome"] for r in RESULTS(items, {"results": [done]}, "count")] == ["stored", "failed"]
    assert [r["outcome"] for r in RESULTS(items, {}, "count")] == ["failed", "failed"]


def test_what_is_off_comes_first_and_nothing_is_wider_than_the_screen():
    hostile = short(till={"id": 8, "name": "Till \x1b[31m{{ 7 * 7 }}"}, cash_moves=[
        {"kind": "opening", "at": None, "amount": "100.00", "reason": "Opening", "reference": None},
        {"kind": "out", "at": "2026-11-22T07:14:38Z", "amount": "-5.00", "reason": "milk", "reference": "17"},
        {"kind": "in", "at": None, "amount": "1.00", "reason": "", "reference": None}])  # fmt: skip
    blank = drawer(counted=None, difference=None, minor={"difference": None})
    results = RESULTS(
        [MOVE], {"results": [{"changed": True, "session": {"before": FACTS, "after": FACTS}, "proof": HELD}]}, "move"
    )
    lines = LINES([drawer(), blank, hostile], "store_042", results, 90)
    said = "\n".join(lines)
    assert lines[0] == "Store store_042: 3 open drawers (1 off, 1 not counted)."
    assert said.index("{{ 7 * 7 }}") < said.index("Till 7") and "\x1b" not in said
    assert max(map(len, lines)) <= 90
    assert "07:14 -5.00 milk [17]" in said and "--:-- 1.00 (no reason)" in said and "100.00 Opening" not in said
    assert "and 2 more" in said and "Cause 4." in said and "Cause 5." not in said
    assert "It is right." in said and "difference -5.00" in said and "1 of 1 checks held" in said


def test_nothing_is_open():
    assert LINES([], "store_042") == ["Store store_042: 0 open drawers."]
