# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions are tried, which count goes where, and what an answer counts as."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.asked import BadWish, Store
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.choice import Wish, choose, results_of

TILLS = [
    {"id": 1, "name": "Bar"},
    {"id": 2, "name": "Terrace"},
    {"id": 3, "name": "Twin"},
    {"id": 4, "name": "Twin"},
    {"id": 5, "name": "1"},
]


def wish_of(options, *others):
    """The wish for store_a, in a play that also has these other stores."""
    return Wish.of(options, Store("store_a", ["store_a", *others]))


def session(ident, till, verdict="needs_count", cash=True, rescue=False, findings=()):
    return {"id": ident, "name": "POS/%05d" % ident, "till": TILLS[till - 1], "verdict": verdict, "rescue": rescue,
            "cash": {"expected": "1.00"} if cash else None, "findings": list(findings)}  # fmt: skip


def store(*sessions, closed_wrongly=()):
    return {"sessions": list(sessions), "closed_wrongly": list(closed_wrongly), "tills": TILLS}


def counts(chosen):
    return {one["id"]: one["counted_cash"] for one in chosen["chosen"]}


def test_only_what_can_be_closed_is_tried_and_the_rest_is_left_with_its_reason():
    why = [{"code": "orders.draft", "severity": "blocker", "message": "Pay it."}]
    found = choose(store(session(1, 1, "closable"), session(2, 2, "blocked", findings=why), session(3, 2)), Wish())
    assert counts(found) == {1: ""}
    assert [(one["session"]["id"], one["outcome"]) for one in found["left"]] == [(2, "left_alone"), (3, "left_alone")]
    assert found["left"][0]["message"] == "Pay it."


def test_a_count_makes_a_session_tried_by_id_or_name_whatever_its_verdict():
    found = choose(store(session(1, 1), session(2, 2, "blocked")), wish_of({"counts": {1: 80, "Terrace": "0"}}))
    # the key 1 is the till with that id and the till with that name: it is not guessed
    assert counts(found) == {2: "0"}
    assert found["results"][0]["outcome"] == "refused" and "not unique" in found["results"][0]["message"]


@pytest.mark.parametrize("key, says", [("Twin", "not unique"), ("Nowhere", "no till Nowhere")])
def test_a_count_for_no_single_till_is_refused(key, says):
    found = choose(store(session(1, 3)), wish_of({"counts": {key: "5"}}))
    assert found["chosen"] == [] and says in found["results"][0]["message"]


def test_a_count_goes_to_no_rescue_session_and_to_no_two_sessions():
    beside = choose(store(session(1, 1), session(2, 1, "closable", rescue=True)), wish_of({"counts": {"Bar": "5"}}))
    assert counts(beside) == {1: "5", 2: ""}
    both = choose(store(session(1, 2), session(2, 2)), wish_of({"counts": {"Terrace": "5"}}))
    assert both["chosen"] == [] and "2 open sessions" in both["results"][0]["message"]


ASSUMED = {"cash_policy": "assume_expected", "only": ["closable", "needs_count"]}


@pytest.mark.parametrize("sessions, given, says", [
    ([session(1, 2), session(2, 2)], {"Terrace": "5"}, "2 open sessions"),
    ([session(1, 3), session(2, 4, "closable")], {"Twin": "5"}, "not unique"),
    ([session(1, 3), session(2, 4)], {"Twin": "5", "3": "5", "4": "5"}, "not unique"),
    ([session(1, 2), session(2, 1, "closable")], {"Terace": "5"}, "no till Terace"),
    ([session(1, 2)], {"Terrace": "90", "2": "130"}, "more than once, as Terrace and 2"),
    ([session(1, 2, "closable", rescue=True)], {"Terrace": "5"}, "no session open but a rescue session"),
    ([session(1, 2, "closable", cash=False)], {"Terrace": "5"}, "no drawer that Odoo counts"),
])  # fmt: skip
def test_what_a_refused_count_may_be_of_is_not_closed_as_if_nobody_had_counted(sessions, given, says):
    found = choose(store(*sessions), wish_of({"counts": given, **ASSUMED}))
    assert found["chosen"] == []
    assert found["results"][0]["outcome"] == "refused" and says in found["results"][0]["message"]
    assert len(found["left"]) == len(sessions)


def test_a_typo_holds_back_what_has_no_count_of_its_own_and_nothing_else():
    why = [{"code": "orders.draft", "severity": "blocker", "message": "Pay it."}]
    tills = store(session(1, 1), session(2, 2), session(3, 3, "blocked", findings=why))
    found = choose(tills, wish_of({"counts": {"Bar": "5", "Terace": "7"}, "cash_policy": "assume_expected"}))
    assert [(one["id"], one["counted_cash"]) for one in found["chosen"]] == [(1, "5")]
    assert [(one["session"]["id"], one["message"]) for one in found["left"]] == [
        (2, "A count is for Terace, a name that no till has, and may be of this one: correct the name first."),
        (3, "Pay it."),
    ]


def test_a_session_that_was_closed_wrongly_makes_no_till_ambiguous():
    wrong = store(session(2, 1), closed_wrongly=[session(9, 1, "closed")])
    found = choose(wrong, wish_of({"till": "1", "counted_cash": "90.00", **ASSUMED}))
    assert counts(found) == {2: "90.00", 9: ""} and found["results"] == []
    both = store(session(2, 1), session(3, 1), closed_wrongly=[session(9, 1, "closed")])
    found = choose(both, wish_of({"till": "1", "counted_cash": "90.00", **ASSUMED}))
    assert counts(found) == {9: ""} and "2 open sessions" in found["results"][0]["message"]
    assert choose(wrong, wish_of({"till": "1", "bank_counted": {"Card": "5"}}))["chosen"]


def test_a_count_of_another_till_than_the_one_to_be_closed_is_refused_beside_it():
    one = {**store(session(2, 1)), "tills": TILLS[:1]}
    found = choose(one, wish_of({"till": "Bar", "counts": {"Bar": "5", "Terrace": "7"}}))
    assert counts(found) == {2: "5"} and "Till Terrace is not the one" in found["results"][0]["message"]
    typo = choose(one, wish_of({"till": "Bar", "counts": {"Barr": "5"}, **ASSUMED}))
    assert typo["chosen"] == [] and "Barr" in typo["left"][0]["message"]


def test_a_count_of_the_session_that_is_named_is_its_own_whatever_it_is():
    rescue = store(session(2, 1, "closable", rescue=True))
    assert counts(choose(rescue, wish_of({"session": "2", "counted_cash": "5"}))) == {2: "5"}


def test_a_count_for_a_till_without_an_open_session_is_nothing_to_do():
    found = choose(store(), wish_of({"counts": {"Bar": "5"}}))
    assert found == {"chosen": [], "results": [], "left": []}


def test_who_is_named_is_tried_whatever_its_verdict_and_a_wrong_close_is_not_passed_over():
    wrong = session(9, 1, "closed")
    found = choose(
        store(session(2, 1, "blocked"), closed_wrongly=[wrong]), wish_of({"till": "Bar", "counted_cash": "7"})
    )
    assert [one["id"] for one in found["chosen"]] == [2, 9] and found["left"] == []


def test_what_is_assumed_is_not_assumed_where_somebody_counted():
    found = choose(
        store(session(1, 1), session(2, 2)), wish_of({"cash_policy": "assume_expected", "counts": {"Bar": "5"}})
    )
    assert {one["id"]: one["cash_policy"] for one in found["chosen"]} == {1: "counted", 2: "assume_expected"}


@pytest.mark.parametrize("options, says", [
    ({"counted_cash": "5"}, "one drawer"),
    ({"till": "Bar", "counted_cash": 5.5}, "quotes"),
    ({"counts": {"Bar": True}}, "quotes"),
    ({"counts": "Bar=5"}, "must map"),
    ({"counts": {"store_a": {"Bar": "5"}, "Bar": "5"}}, "stores beside tills"),
    ({"counts": {"store_a": {"Bar": 5.5}}}, "quotes"),
    ({"till": "Bar", "counted_cash": "5", "counts": {"Bar": "7"}}, "not both"),
    ({"bank_counted": {"Card": "5"}}, "one session's"),
])  # fmt: skip
def test_what_contradicts_itself_is_one_sentence(options, says):
    with pytest.raises(BadWish, match=says):
        wish_of(options)


def test_a_survey_s_text_means_what_it_says():
    wish = wish_of(
        {"counts": '{"Bar": 117.50}', "only": "closable, needs_count", "session": "", "till": None, "counted_cash": ""}
    )
    assert wish.counts == {"Bar": "117.50"} and list(wish.only) == ["closable", "needs_count"] and not wish.named
    assert wish_of({"only": ""}).only == ["closable"] and wish_of({"only": []}).only == []


ITEM = {"id": 1, "name": "POS/00001", "till": TILLS[0], "verdict": "closable"}
HELD = [{"check": "the entry is posted", "held": True, "detail": ""}]


@pytest.mark.parametrize("answer, outcome", [
    ({"changed": True, "session": {"before": {}, "after": {"state": "closed"}}, "proof": HELD}, "closed"),
    ({"changed": True, "session": {"before": {}, "after": None}}, "would_close"),
    ({"changed": False, "session": {"before": {}, "after": {}}, "proof": HELD}, "already_closed"),
    ({"changed": False, "failed": False, "refused": True, "msg": "No."}, "refused"),
    ({"changed": True, "msg": "Closed, but the proof does not hold.", "proven": False, "session": {"after": {}}}, "failed"),
    ({"changed": False, "msg": "Odoo is down.", "reachable": False}, "failed"),
])  # fmt: skip
def test_what_an_answer_counts_as(answer, outcome):
    answers = [{"item": ITEM, **answer}]
    assert [one["outcome"] for one in results_of([ITEM], answers)] == [outcome]


def test_what_has_no_answer_was_not_tried():
    (result,) = results_of([ITEM], [])
    assert result["outcome"] == "failed" and "Not tried" in result["message"]


@pytest.mark.parametrize("options, option", [
    ({"till": "Bar", "counted_cash": "5"}, "pos_session_close_counted_cash"),
    ({"counts": {"Bar": "5"}}, "pos_session_close_counts"),
    ({"counts": '{"Bar": 5}'}, "pos_session_close_counts"),
    ({"till": "Bar", "bank_counted": {"Card": "5"}}, "pos_session_close_bank_counted"),
])  # fmt: skip
def test_an_amount_of_one_store_is_not_booked_in_another_that_has_a_till_of_that_name(options, option):
    assert wish_of(options)
    with pytest.raises(BadWish, match=option + " is for one store, and this play has 2: name the store"):
        wish_of(options, "store_b")


def test_counts_by_store_are_each_store_s_own():
    counted = {"counts": {"store_a": {"Bar": "5"}, "store_b": {"Bar": "7"}}}
    assert wish_of(counted, "store_b").counts == wish_of(counted).counts == {"Bar": "5"}
    assert wish_of({"counts": {"store_b": {"Bar": "7"}}}, "store_b").counts == {}
    assert wish_of({"counts": {"store_a": {}}}, "store_b").counts == wish_of({"counts": ""}, "store_b").counts == {}
    assert wish_of({"counts": '{"store_a": {"Bar": 5.50}}'}, "store_b").counts == {"Bar": "5.50"}


def test_bank_counts_of_a_till_with_two_sessions_are_nobody_s():
    twice = store(session(1, 1, "closable"), session(2, 1, "closable", rescue=True))
    by_till = wish_of({"till": "Bar", "bank_counted": {"Card": "5"}})
    with pytest.raises(BadWish, match="has 2: name one .*POS/00001, id 1"):
        choose(twice, by_till)
    assert choose(store(session(1, 1, "closable")), by_till)["chosen"]
