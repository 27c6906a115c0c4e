# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Money in plans and facts, for any amounts and any currency: nothing is rounded away, lost or added, and text is exact."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose import diagnose_session
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import session_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan, plan_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Currency

from .made import NOW, by_card, cash, paid, session, store, till

CURRENCIES = tuple(Currency("XX%d" % digits, digits, D(1).scaleb(-digits)) for digits in (0, 2, 3))
MOST = 10**11


@st.composite
def sessions(draw):
    """(a session, what is counted, what the bank counted), in whole steps of a currency with 0, 2 or 3 decimals."""
    money = draw(st.sampled_from(CURRENCIES))
    amount = st.integers(-MOST, MOST).map(lambda steps: steps * money.rounding)
    positive = st.integers(0, MOST).map(lambda steps: steps * money.rounding)
    expected, counted, cards, bank = draw(positive), draw(positive), draw(positive.filter(bool)), draw(positive)
    sold = draw(amount)
    drawer = cash(expected=expected, sales=sold, counted=None, counted_at=None)
    found = session(till=till(currency=money), cash=drawer,
                    payments=(paid(amount=sold, captured=sold), by_card(amount=cards, captured=cards)))  # fmt: skip
    return found, counted, bank, sold, cards


def text(amount):
    return format(amount, "f")


@given(sessions())
def test_what_a_plan_would_post_is_what_was_taken_and_what_was_counted(drawn):
    found, counted, bank, sold, cards = drawn
    options = {"counted_cash": text(counted), "max_cash_difference": text(abs(counted - found.cash.expected)),
               "bank_counted": {"Card": text(bank)}, "min_idle_minutes": 0}  # fmt: skip
    plan = make_plan(store(19, found), found, CloseOptions(**options))
    told = plan_facts(plan)
    posted = {one["what"]: D(one["amount"]) for one in told["postings"]}
    difference = counted - found.cash.expected
    assert D(told["difference"]) == plan.difference == difference and D(told["counted"]) == counted
    assert posted.get("Payments by Cash", 0) == sold and posted["Payments by Card"] == cards
    assert posted.get("Difference of Card", 0) == bank - cards
    assert sum(posted.values()) == sold + difference + bank


@given(sessions())
def test_a_step_beyond_the_limit_is_refused(drawn):
    found, counted, _bank, _sold, _cards = drawn
    step, difference = found.till.currency.rounding, abs(counted - found.cash.expected)
    if not difference:
        return
    options = CloseOptions(counted_cash=text(counted), max_cash_difference=text(difference - step), min_idle_minutes=0)
    with pytest.raises(Refused) as caught:
        make_plan(store(19, found), found, options)
    assert "cash.difference_above_limit" in {one["code"] for one in caught.value.details["findings"]}


@given(sessions())
def test_facts_are_exact_text(drawn):
    found, counted, _bank, sold, cards = drawn
    found = replace(found, cash=replace(found.cash, counted=counted))
    told = session_facts(found, diagnose_session(store(19, found), found), NOW)
    drawer, minor = told["cash"], told["cash"]["minor"]
    assert (D(drawer["expected"]), D(drawer["counted"]), D(drawer["sales"])) == (found.cash.expected, counted, sold)
    assert D(drawer["counted"]) - D(drawer["expected"]) == D(drawer["difference"])
    assert minor["counted"] - minor["expected"] == minor["difference"]
    assert [D(one["expected"]) for one in told["payments"]] == [sold, cards]
    assert no_float({**told, "hours_open": None})


def no_float(value):
    if isinstance(value, dict):
        return all(no_float(one) for one in value.values())
    if isinstance(value, list):
        return all(no_float(one) for one in value)
    return not isinstance(value, float)
