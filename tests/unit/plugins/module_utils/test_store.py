# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money: rounded as Odoo does, written without surprises, never a float."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Currency

from .made import cash, method, session, store, till

# A busy machine is no failure.
settings.register_profile("calm", deadline=None, max_examples=60)
settings.load_profile("calm")

CURRENCIES = [
    Currency("USD", 2, Decimal("0.01")),
    Currency("JPY", 0, Decimal(1)),
    Currency("KWD", 3, Decimal("0.001")),
    Currency("CHF", 2, Decimal("0.05")),
    Currency("HUF", 0, Decimal("5")),
    # as rows.build_till makes them: normalised
    Currency("CLF", 0, Decimal("100").normalize()),
    # what somebody typed by hand: the digits shown are fewer than those booked
    Currency("ODD", 2, Decimal("0.001")),
]
AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, allow_nan=False, allow_infinity=False, places=None).filter(
    lambda amount: amount == 0 or abs(amount) > Decimal("1e-12")
)
currencies = pytest.mark.parametrize("money", CURRENCIES, ids=lambda c: c.name)


@currencies
@given(amount=AMOUNTS)
def test_rounded_to_the_nearest_step_away_from_zero(money, amount):
    rounded = money.round(amount)
    assert isinstance(rounded, Decimal)
    assert rounded % money.rounding == 0
    assert abs(rounded - amount) <= money.rounding / 2
    assert money.round(rounded) == rounded
    assert money.round(-amount) == -rounded
    if abs(rounded - amount) == money.rounding / 2:
        assert abs(rounded) > abs(amount)


@currencies
@given(amount=AMOUNTS)
def test_text_is_plain_and_says_the_same_as_minor(money, amount):
    text = money.text(amount)
    digits = r"\.\d{%d}" % money.decimals if money.decimals else ""
    assert re.fullmatch(r"-?(0|[1-9]\d*)%s" % digits, text)
    assert not (text.startswith("-") and Decimal(text) == 0)
    minor = money.minor(amount)
    assert isinstance(minor, int) and not isinstance(minor, bool)
    assert Decimal(minor).scaleb(-money.decimals) == Decimal(text)


@currencies
@given(amounts=st.lists(AMOUNTS.map(lambda a: a.quantize(Decimal("0.01"))), max_size=30))
def test_a_sum_of_rounded_amounts_needs_no_rounding(money, amounts):
    total = sum((money.round(a) for a in amounts), Decimal(0))
    assert money.round(total) == total
    assert sum(money.minor(money.round(a)) for a in amounts) == money.minor(total) or money.name == "ODD"


@currencies
@given(amount=AMOUNTS)
def test_zero_is_what_rounds_to_zero(money, amount):
    assert money.is_zero(amount) == (abs(amount) < money.rounding / 2)
    assert money.is_zero(None)


@pytest.mark.parametrize(
    "amount,text",
    [
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("-0.004", "0.00"),
        ("-0.005", "-0.01"),
        ("0", "0.00"),
        ("-0", "0.00"),
        ("1E+3", "1000.00"),
        ("12.5", "12.50"),
        ("1E-9", "0.00"),
    ],
)
def test_cents_as_a_shop_writes_them(amount, text):
    assert CURRENCIES[0].text(Decimal(amount)) == text


@pytest.mark.parametrize("amount,text", [("0.02", "0.00"), ("0.025", "0.05"), ("12.43", "12.45"), ("-7.52", "-7.50")])
def test_five_rappen(amount, text):
    assert CURRENCIES[3].text(Decimal(amount)) == text


def test_the_first_active_cash_method_is_the_drawer():
    archived, drawer, other = method(id=1, active=False), method(id=3), method(id=4)
    assert till(methods=(archived, drawer, other)).cash_method == drawer
    assert till(methods=(method(kind="bank"),)).cash_method is None


def test_an_uncounted_drawer_has_no_difference():
    assert cash(counted=None).difference is None
    assert cash(counted=Decimal("117.50")).difference == Decimal("-12.50")


def test_sessions_are_found_by_id():
    one, two = session(id=1), session(id=2, state="closed")
    assert store(17, one, two).session(2) is two
    assert store(17, one, two).session(3) is None
    assert two.closed and not one.closed
