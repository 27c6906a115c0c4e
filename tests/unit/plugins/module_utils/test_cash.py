# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sums of a drawer are consistent on every series, and each cause has its amount."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash import (
    REFERENCE,
    mark,
    reason_of,
    sums_of,
    text_of,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_info import drawer_facts

from .made import SERIES, ago, by_card, paid, session, till
from .made_cash import drawer, found, messages, move, suspect

amounts = st.decimals(min_value=-5000, max_value=5000, places=2).filter(bool)


def test_a_drawer_that_is_right_has_no_cause():
    assert found(drawer()) == {}


@given(st.lists(amounts, max_size=5), amounts)
def test_the_sums_are_consistent(moved, counted):
    which = drawer(lines=[move(i, amount) for i, amount in enumerate(moved)], counted=counted)
    sums = sums_of(which)
    assert sums.opening + sums.sales + sums.moves == sums.expected == D(130) + sum(moved, D(0))
    assert sums.unlisted == 0
    facts = drawer_facts(which)
    assert facts["minor"]["counted"] - facts["minor"]["expected"] == facts["minor"]["difference"]
    if facts["minor"]["difference"]:
        assert D(facts["causes"][-1]["amount"]) == counted - sums.expected
        assert facts["causes"][-1]["code"] == "move_missing"
    for cause in facts["causes"]:
        assert cause["explains"] is (cause["amount"] == facts["difference"])


def test_what_15_books_at_the_opening_belongs_to_the_opening():
    line = move(1, "100", "Opening Balance difference for POS/00024")
    which = drawer(
        15, [line, move(2, "-5", "bank drop")], opening=D(0), start=D(0), moves=D(95), expected=D(125), counted=D(125)
    )
    sums = sums_of(which)
    assert (sums.opening, sums.moves, sums.expected, sums.unlisted) == (100, -5, 125, 0)
    assert [m["kind"] for m in drawer_facts(which)["cash_moves"]] == ["opening", "out"]
    # What a cashier writes is no opening, and neither is the line of the sales.
    for text in ("for POS/00024-x", "POS/00024"):
        assert sums_of(drawer(15, [replace(line, text=text)], opening=D(0), moves=D(100), expected=D(130))).opening == 0


@pytest.mark.parametrize("series", [16, 17])
def test_what_16_and_17_book_at_the_opening_is_no_move(series):
    line = move(1, "-10", "Cash difference observed during the counting (Loss) - opening")
    inside = {
        "opening": D(100),
        "start": D(100),
        "previous_counted": D(110),
        "expected": D(125),
        "moves": D(-5),
        "counted": D(125),
    }
    which = drawer(series, [line, move(2, "-5")], last="110", **inside)
    sums = sums_of(which)
    assert (sums.opening, sums.moves, sums.unlisted, sums.opening_difference) == (100, -5, 0, -10)
    assert found(which) == {"opening": (10, False)}


@pytest.mark.parametrize("series", [16, 17])
def test_16_and_17_expect_the_last_count_where_no_opening_difference_was_booked(series):
    inside = {
        "start": D(50),
        "opening": D(50),
        "previous_counted": D(110),
        "expected": D(140),
        "moves": D(60),
        "counted": D(80),
    }
    which = drawer(series, **inside)
    assert found(which) == {"other_start": (-60, True), "move_missing": (-60, True)}
    assert "not from the 50.00 USD it was opened with: 60.00 USD more" in messages(which)["other_start"]


def test_the_opening_against_the_last_closing():
    which = drawer(last="110", counted=D(140))
    assert found(which) == {"opening": (10, True), "move_missing": (10, True)}
    said = messages(which)["opening"]
    assert said.startswith(
        "The till was opened with 100.00 USD, but its last closing (POS/00023) counted 110.00 USD: 10.00 USD less."
    )
    assert said.endswith("That is the whole difference.")
    assert found(drawer(last="100")) == {} and found(drawer(last="90")) == {"opening": (-10, False)}


def test_nobody_counted():
    which = drawer(counted=None)
    assert found(which) == {"not_counted": (None, False)}
    assert "130.00 USD" in messages(which)["not_counted"]
    # A rescue session is counted by Odoo.
    assert found(drawer(counted=None, found=session(rescue=True))) == {}


def test_counted_before_the_last_cash():
    late = move(9, "-4", at=ago(minutes=5))
    which = drawer(
        lines=[late], since="24", counted=D(110), counted_at=ago(minutes=30), moved_at=ago(minutes=5), expected=D(130)
    )
    assert found(which)["count_stale"] == (-20, True)
    assert "20.00 USD came in since" in messages(which)["count_stale"]


@pytest.mark.parametrize(
    "series, text",
    [(19, "POS/00024-out-"), (16, "POS/00024-sortie- - "), (14, "-"), (15, ""), (19, "POS/00024-out- [r-1]")],
)
def test_a_move_without_a_reason(series, text):
    which = drawer(series, [move(1, "-30", text)], counted=D(95), expected=D(100))
    assert found(which)["move_without_reason"] == (30, False)
    assert "30.00 USD were taken out without a reason by admin." in messages(which)["move_without_reason"]


def test_one_move_entered_twice():
    pair = [move(1, "-9"), move(2, "-9")]
    assert found(drawer(lines=pair, counted=D(121)))["duplicate_move"] == (9, True)
    apart = [pair[0], replace(pair[1], at=ago(hours=2))]
    assert "duplicate_move" not in found(drawer(lines=apart, counted=D(121)))
    two = [replace(m, text="POS/00024-out-milk [r-%d]" % m.id) for m in pair]
    assert "duplicate_move" not in found(drawer(lines=two, counted=D(121)))


def test_a_sale_in_the_wrong_method():
    both = [suspect(1, "12.5"), suspect(2, "12.5", method=2)]
    short, many = drawer(counted=D("117.5"), suspects=both), drawer(counted=D("142.5"), suspects=both)
    assert found(short)["wrong_method"] == (D("-12.5"), True) and found(many)["wrong_method"] == (D("12.5"), True)
    assert "paid in another way (Order 1 (Cash))" in messages(short)["wrong_method"]
    assert "recorded in another way (Order 2 (Card))" in messages(many)["wrong_method"]
    several = drawer(counted=D("117.5"), suspects=[suspect(i, "12.5") for i in range(5)])
    assert "and 2 more" in messages(several)["wrong_method"]


def test_a_sale_entered_twice():
    pair = [suspect(1, "10"), suspect(2, "10", at=ago(hours=3, minutes=5, seconds=20))]
    assert found(drawer(counted=D(120), suspects=pair))["duplicate_payment"] == (-10, True)
    assert "duplicate_payment" not in found(drawer(counted=D(120), suspects=[suspect(1, "10"), suspect(2, "10")]))


def test_change_and_returns():
    change = drawer(counted=D(137), suspects=[suspect(1, "-7", change=True)])
    assert found(change)["change_or_return"] == (7, True)
    assert "was change of that amount never given back (Order 1 (Cash))" in messages(change)["change_or_return"]
    returned = drawer(counted=D(123), suspects=[suspect(1, "-7")])
    assert "money for a return of that amount given back twice" in messages(returned)["change_or_return"]


def test_rounding():
    rounded = session(till=till(cash_rounding=True), rounded=D("0.03"))
    assert found(drawer(counted=D("129.97"), found=rounded))["rounding"] == (D("-0.03"), True)
    assert "rounding" not in found(drawer(counted=D("129.96"), found=rounded))


@pytest.mark.parametrize("series", SERIES)
def test_cash_of_orders_that_were_never_completed(series):
    held = session(payments=(paid(amount=D(40), captured=D(30)), by_card()))
    codes = found(drawer(series, counted=D(120), found=held))
    assert ("unfinished_orders" in codes) is (series <= 18)


def test_what_explains_everything_comes_first_and_a_missing_move_last():
    which = drawer(lines=[move(1, "-30", "POS/00024-out-")], last="90", counted=D(130), expected=D(100))
    assert found(which) == {"move_without_reason": (30, True), "opening": (-10, False), "move_missing": (30, True)}
    assert list(found(which)) == ["move_without_reason", "opening", "move_missing"]


def test_a_session_without_a_drawer():
    assert sums_of(replace(drawer(), session=session(cash=None))) is None
    assert drawer_facts(replace(drawer(), session=session(cash=None))) is None


@given(st.from_regex(REFERENCE, fullmatch=True), st.text(min_size=1, max_size=30).filter(str.isprintable))
def test_a_reference_is_read_as_it_was_written(reference, reason):
    for series, text in ((14, text_of(reason, reference)), (19, "POS/00024-out-" + text_of(reason, reference))):
        read = reason_of(move(1, "5", text), session(), series)
        assert read[1] == reference
        assert text.endswith(" " + mark(reference))


@pytest.mark.parametrize(
    "text", ["POS/00017-out-milk", "milk [2017]", "milk [17] again", "17", "milk 17]", "milk [x-17]"]
)
def test_what_only_looks_like_the_reference(text):
    assert not text.endswith(" " + mark("17"))
    assert reason_of(move(1, "5", text), session(), 14)[1] != "17"
