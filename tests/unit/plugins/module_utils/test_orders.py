# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an order is, what policy does to it, and that no policy touches one that holds a payment."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import orders as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.orders import OrderOptions

from .made import NOW, SERIES, USD, ago
from .made_orders import EVERYTHING, params, pending


def kind(series=19, **other):
    return module.kind_of(pending(**other), series, USD, NOW)


def decided(order, series=19, options=EVERYTHING):
    return module.decide(order, series, USD, NOW, options)


@pytest.mark.parametrize("series", SERIES)
@pytest.mark.parametrize("order, expected", [
    ({"lines": 0, "amount": D(0)}, "empty"),
    ({}, "unpaid"),
    ({"payments": 1, "paid": D("5.00")}, "part_paid"),
    ({"payments": 1, "paid": D("25.00")}, "part_paid"),
    ({"payments": 2, "paid": D("20.00")}, "fully_paid"),
    ({"payments": 2, "paid": D("20.004")}, "fully_paid"),
    ({"payments": 2, "paid": D(0), "lines": 0, "amount": D(0)}, "fully_paid"),
    ({"preset_at": NOW + timedelta(minutes=1)}, "for_later"),
    ({"preset_at": NOW}, "unpaid"),
    ({"preset_at": NOW + timedelta(days=1), "payments": 1, "paid": D(5)}, "part_paid"),
    ({"state": "cancel", "payments": 1, "paid": D(20)}, "cancelled_paid"),
    ({"state": "cancel", "lines": 0}, "other"),
    ({"state": "cancel", "invoiced": True}, "other"),
    ({"state": "paid", "payments": 1, "paid": D(20)}, "other"),
], ids=str)  # fmt: skip
def test_what_an_order_is(series, order, expected):
    assert kind(series, **order) == expected


@pytest.mark.parametrize("how, amount, paid, expected", [
    ("HALF-UP", "12.34", "12.35", "fully_paid"),
    ("HALF-UP", "12.34", "12.34", "fully_paid"),
    ("HALF-UP", "12.34", "12.30", "part_paid"),
    ("HALF-UP", "12.34", "12.40", "part_paid"),
    ("HALF-UP", "12.325", "12.35", "fully_paid"),
    ("HALF-UP", "-12.34", "-12.35", "fully_paid"),
    ("UP", "12.31", "12.35", "fully_paid"),
    ("UP", "12.31", "12.30", "part_paid"),
    ("UP", "-12.31", "-12.35", "fully_paid"),
    ("UP", "12.350000000000001", "12.40", "part_paid"),
    ("DOWN", "12.34", "12.30", "fully_paid"),
    ("DOWN", "12.34", "12.35", "part_paid"),
    ("sideways", "12.34", "12.35", "part_paid"),
])  # fmt: skip
def test_what_was_paid_in_cash_is_the_whole_price_where_the_till_rounds_it_so(how, amount, paid, expected):
    order = {"amount": D(amount), "paid": D(paid), "payments": 1, "step": D("0.05"), "step_how": how}
    assert kind(**order) == expected


def test_without_rounding_and_by_card_a_cent_is_a_cent():
    assert kind(amount=D("12.34"), paid=D("12.35"), payments=1) == "part_paid"
    assert kind(amount=D("12.34"), paid=D("12.35"), payments=1, step=None, step_how="HALF-UP") == "part_paid"


def test_a_settled_order_says_to_what_it_was_rounded():
    order = pending(amount=D("12.34"), paid=D("12.35"), payments=1, step=D("0.05"), step_how="HALF-UP")
    one = decided(order, options=OrderOptions(settle=True))
    assert one.action == "settle" and "(12.34 USD, rounded to 12.35, by 1 payment(s)" in one.reason


@pytest.mark.parametrize("amount, paid, says", [
    ("20", "25", "It holds payments of 25.00 and costs only 20.00: give the rest back at the till. It is never discarded."),
    ("20", "5", "take the rest or give the money back at the till"),
    ("-20", "-5", "take the rest or give the money back at the till"),
])  # fmt: skip
def test_an_order_that_holds_too_much_is_not_told_to_take_more(amount, paid, says):
    assert says in decided(pending(amount=D(amount), paid=D(paid), payments=1)).reason


@pytest.mark.parametrize(
    "series, expected", [(14, "cancelled_poison"), (16, "cancelled_poison"), (17, "other"), (19, "other")]
)
def test_a_cancelled_basket_is_poison_up_to_16(series, expected):
    assert kind(series, state="cancel") == expected


def test_no_word_is_no_action():
    for order in (
        pending(),
        pending(lines=0),
        pending(payments=1, paid=D(20)),
        pending(preset_at=NOW + timedelta(hours=1)),
    ):
        one = decided(order, options=OrderOptions())
        assert one.action is None and one.reason


@pytest.mark.parametrize("series", SERIES)
def test_no_options_discard_remove_or_detach_what_holds_a_payment(series):
    states, amounts = ("draft", "cancel", "paid", "done", "invoiced"), (D(0), D(5), D(20), D(25))
    for state, paid, lines, later in itertools.product(states, amounts, (0, 2), (None, NOW + timedelta(days=1))):
        one = decided(pending(state=state, payments=1, paid=paid, lines=lines, preset_at=later), series)
        assert one.action in (None, "settle")
        assert one.action is None or (state == "draft" and paid == D(20))


@pytest.mark.parametrize("series", SERIES)
def test_a_paid_order_is_never_touched(series):
    for state in ("paid", "done", "invoiced"):
        assert decided(pending(state=state), series).action is None


@pytest.mark.parametrize("word, order, action", [
    ({"discard": ("empty",)}, {"lines": 0}, "discard"),
    ({"discard": ("unpaid",)}, {"lines": 0}, None),
    ({"discard": ("empty",)}, {}, None),
    ({"discard": ("unpaid",)}, {}, "discard"),
    ({"settle": True}, {"payments": 1, "paid": D(20)}, "settle"),
    ({"settle": True}, {"payments": 1, "paid": D(19)}, None),
    ({"detach_future": True}, {"preset_at": NOW + timedelta(hours=2)}, "detach"),
    ({"discard": ("empty", "unpaid")}, {"preset_at": NOW + timedelta(hours=2)}, None),
    ({"remove_cancelled": True}, {"state": "cancel"}, None),
], ids=str)  # fmt: skip
def test_each_word_allows_its_own_kind(word, order, action):
    assert decided(pending(**order), 19, OrderOptions(**word)).action == action


def test_only_19_detaches_and_only_old_odoo_removes():
    later, gone = pending(preset_at=NOW + timedelta(days=1)), pending(state="cancel")
    assert [decided(later, s).action for s in SERIES] == [None, None, None, None, None, "detach"]
    assert [decided(gone, s).action for s in SERIES] == ["remove", "remove", "remove", None, None, None]
    assert "does not close before it is served" in decided(later, 18).reason


@pytest.mark.parametrize("order, says", [
    ({"transactions": 1}, "online payment"),
    ({"touched_at": ago(minutes=5)}, "too young"),
    ({"touched_at": None}, "too young"),
    ({"payments": 1, "paid": D(20), "unconfirmed": 1}, "never confirmed"),
    ({"payments": 1, "paid": D(20), "to_invoice": True}, "invoice"),
    ({"payments": 1, "paid": D(20), "lines": 0}, "nothing was sold"),
], ids=str)  # fmt: skip
def test_what_keeps_an_order_that_policy_covers(order, says):
    one = decided(pending(**order), options=replace(EVERYTHING, older_than_minutes=10))
    assert one.action is None and says in one.reason


def test_up_to_17_a_draft_is_deleted_and_then_cancelled():
    said = {s: decided(pending(), s).reason for s in SERIES}
    assert [said[s].split()[0] for s in SERIES] == ["Delete"] * 4 + ["Cancel"] * 2


def test_goods_that_stay_in_stock_are_said():
    assert "stock" in decided(pending(payments=1, paid=D(20), picked=False)).reason
    assert "stock" not in decided(pending(payments=1, paid=D(20), picked=True)).reason


@pytest.mark.parametrize("action, now, held", [
    ("discard", None, True),
    ("discard", {"state": "cancel"}, True),
    ("discard", {"state": "cancel", "payments": 1}, False),
    ("discard", {}, False),
    ("discard", {"state": "paid", "payments": 1, "paid": D(20)}, False),
    ("remove", None, True),
    ("remove", {"state": "cancel"}, False),
    ("settle", {"state": "paid"}, True),
    ("settle", {"state": "done"}, True),
    ("settle", {"state": "paid", "payments": 1}, False),
    ("settle", {"state": "paid", "paid": D(1)}, False),
    ("settle", {}, False),
    ("settle", None, False),
    ("detach", {"session_id": None}, True),
    ("detach", {"session_id": None, "state": "cancel"}, False),
    ("detach", {}, False),
    ("detach", None, False),
], ids=str)  # fmt: skip
def test_what_counts_as_resolved(action, now, held):
    assert module.resolved(action, pending(), None if now is None else pending(**now)) is held


@pytest.mark.parametrize("change", [
    {"state": "paid"}, {"session_id": 25}, {"amount": D(21)}, {"payments": 1}, {"paid": D(1)}, {"lines": 3}, {"transactions": 1},
    {"unconfirmed": 1}, {"invoiced": True}, {"preset_at": NOW}, {"step": D("0.05")},
], ids=str)  # fmt: skip
def test_an_order_that_changed_is_not_the_one_that_was_planned(change):
    assert module.unchanged_since(pending(), pending())
    assert not module.unchanged_since(pending(), pending(**change))
    assert not module.unchanged_since(pending(), None)


def test_labels():
    assert pending().label == "00007-001-0051"
    assert pending(reference=None).label == "Order 51"
    assert pending(reference=None, name="/").label == "51"


def test_options():
    assert OrderOptions.of(params()) == OrderOptions()
    given = OrderOptions.of(params(orders=[" 51", "51", ""], discard=["empty"], settle=True))
    assert given.orders == ("51",) and given.discard == ("empty",) and given.settle
    for name in ("older_than_minutes", "min_idle_minutes"):
        with pytest.raises(BadInput, match=name):
            OrderOptions.of(params(**{name: -1}))
