# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions of the caller: amounts are plain digits or refused, counts and policies say what they mean."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import (
    CloseOptions,
    amount_of,
    bank_differences,
    decide_count,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Currency

from .made import USD, by_card, card, cash, method, paid, session, till

settings.register_profile("calm", deadline=None, max_examples=100)
settings.load_profile("calm")
KWD, JPY, CHF = Currency("KWD", 3, D("0.001")), Currency("JPY", 0, D(1)), Currency("CHF", 2, D("0.05"))
PARAMS = {"cash_policy": "counted", "min_idle_minutes": 15}


@given(cents=st.integers(min_value=0, max_value=10**14))
def test_every_amount_of_the_currency_is_taken_exactly(cents):
    amount = D(cents).scaleb(-2)
    assert amount_of(format(amount, "f"), USD, "counted_cash") == amount


@given(text=st.text(min_size=1, max_size=20))
def test_anything_else_is_refused_or_is_that_very_number(text):
    try:
        amount = amount_of(text, USD, "counted_cash")
    except BadInput as error:
        assert "counted_cash" in error.message
    else:
        assert text.isascii() and D(text) == amount >= 0


@pytest.mark.parametrize("money, good, bad", [(USD, "1.50", "1.505"), (KWD, "1.505", "1.5055"), (JPY, "15", "1.5"), (CHF, "1.05", "1.01")],
                         ids=lambda v: getattr(v, "name", v))  # fmt: skip
def test_decimals_are_those_of_the_currency(money, good, bad):
    assert amount_of(good, money, "x") == D(good)
    with pytest.raises(BadInput, match="more decimals"):
        amount_of(bad, money, "x")


def test_an_empty_amount_is_none_and_zero_is_a_count():
    assert amount_of("", USD, "x") is None
    assert amount_of("0", USD, "x") == 0


@pytest.mark.parametrize("params, says", [
    ({"counted_cash": "1", "cash_policy": "assume_expected"}, "contradict"),
    ({"balancing_account": "1"}, "belong together"),
    ({"max_imbalance": "1"}, "belong together"),
    ({"balancing_account": "1", "max_imbalance": "1", "bank_counted": {"a": "1"}}, "bank_counted"),
    ({"min_idle_minutes": -1}, "negative"),
])  # fmt: skip
def test_options_that_contradict_each_other(params, says):
    with pytest.raises(BadInput, match=says):
        CloseOptions.of({**PARAMS, **params})


def test_spaces_around_an_option_say_nothing():
    assert CloseOptions.of({**PARAMS, "counted_cash": " ", "note": " x "}) == CloseOptions(note="x")


@pytest.mark.parametrize("found, series, given_, policy, counted", [
    (session(), 19, D(5), "counted", (D(5), False)),
    (session(), 19, None, "counted", (D("130.00"), False)),
    (session(cash=cash(counted=None)), 19, None, "counted", (None, False)),
    (session(cash=cash(counted=None)), 19, None, "assume_expected", (D("130.00"), True)),
    (session(cash=cash(counted=D("117.50"))), 19, None, "assume_expected", (D("117.50"), False)),
    (session(cash=cash(counted=None, expected=D(0))), 19, None, "counted", (D(0), False)),
    (session(cash=None), 19, None, "counted", (None, False)),
    (session(rescue=True), 19, None, "assume_expected", (None, False)),
    (session(rescue=True), 14, None, "counted", (D("130.00"), False)),
    (session(till=till(cash_control=False)), 14, None, "counted", (None, False)),
])  # fmt: skip
def test_what_counts_as_counted(found, series, given_, policy, counted):
    assert decide_count(found, series, given_, policy) == counted


@pytest.mark.parametrize("found, series", [
    (session(cash=None), 19), (session(rescue=True), 17), (session(till=till(cash_control=False)), 14),
])  # fmt: skip
def test_a_count_that_odoo_would_drop_is_refused(found, series):
    with pytest.raises(BadInput, match="counted_cash"):
        decide_count(found, series, D(5), "counted")


def test_bank_counts_by_id_and_name():
    assert bank_differences(session(), 19, {"2": "17.50"}) == {2: D("-2.50")}
    assert bank_differences(session(), 19, {"Card": "20"}) == {}
    assert bank_differences(session(), 19, {"Card": ""}) == {}


@pytest.mark.parametrize("found, series, key, says", [
    (session(), 19, "Cheque", "is not"),
    (session(), 19, "Cash", "no bank method"),
    (session(), 14, "Card", "not possible on Odoo 14"),
    (session(till=till(methods=(method(), card(own_outstanding=False)))), 18, "Card", "drops the count"),
    (session(till=till(methods=(card(), card(id=3)))), 19, "Card", "not the only"),
    (session(payments=(paid(),)), 19, "Card", "no payments"),
    (session(payments=(paid(), by_card(amount=D(-15), captured=D(-15)))), 19, "Card", "leave its count out"),
    (session(rescue=True), 15, "Card", "rescue session without bank counts"),
    (session(rescue=True), 19, "Card", "rescue session without bank counts"),
])  # fmt: skip
def test_bank_counts_that_odoo_would_not_book(found, series, key, says):
    with pytest.raises(BadInput, match=says):
        bank_differences(found, series, {key: "1"})


@pytest.mark.parametrize("second", ["20.00", "25.00"])
def test_a_bank_method_is_counted_once(second):
    with pytest.raises(BadInput, match="Card is counted twice, as Card and as 2: give one count"):
        bank_differences(session(), 19, {"Card": "25.00", "2": second})
    assert bank_differences(session(), 19, {"Card": "25.00", "2": ""}) == {2: D("5.00")}


@pytest.mark.parametrize("series, difference", [(15, {2: D(-5)}), (16, {2: D(-5)}), (17, {2: D(10)}), (19, {2: D(10)})])
def test_the_cards_of_cancelled_orders_are_recorded_up_to_16(series, difference):
    found = session(payments=(paid(), by_card(amount=D(35), captured=D(20), cancelled=D(15))))
    assert bank_differences(found, series, {"Card": "30"}) == difference


def test_a_bank_count_of_18_with_an_account_of_its_own():
    found = replace(session(), payments=(paid(), by_card()))
    assert bank_differences(found, 18, {"Card": "21"}) == {2: D("1.00")}
