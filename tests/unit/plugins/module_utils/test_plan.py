# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: what blocks, what it would book, and a hash that changes with everything that decides money and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan, plan_facts

from .made import ago, by_card, card, cash, counted, draft, method, paid, session, store, till

SHORT = {"counted_cash": "117.50", "max_cash_difference": "15"}


def plan(found, series=19, **options):
    return make_plan(store(series, found), found, CloseOptions(**{"min_idle_minutes": 0, **options}))


def refused(found, series=19, **options):
    """The codes of a refusal."""
    with pytest.raises(Refused) as caught:
        plan(found, series, **options)
    assert caught.value.details["refused"] is True
    return {f["code"] for f in caught.value.details["findings"]}


def test_a_plan_says_what_it_will_do():
    facts = plan_facts(plan(session(), **SHORT))
    assert facts["difference"] == "-12.50" and facts["expected"] == "130.00" and facts["counted"] == "117.50"
    assert {"what": "Cash difference (loss)", "amount": "-12.50"} in facts["postings"]
    assert facts["steps"][0] == "Store 117.50 USD as the drawer (counted; expected 130.00)."


@pytest.mark.parametrize("series, booked", [(14, "35.00"), (15, "35.00"), (16, "35.00"), (17, "20.00"), (19, "20.00")])
def test_the_payments_of_cancelled_orders_are_among_the_postings_up_to_16(series, booked):
    found = session(payments=(paid(), by_card(amount=D(35), captured=D(20), cancelled=D(15))))
    assert {"what": "Payments by Card", "amount": booked} in plan_facts(plan(found, series))["postings"]


@pytest.mark.parametrize("other", [
    {"state": "closing_control"}, {"order_count": 6}, {"move_id": 3}, {"imbalance": D("0.01")}, {"rescue": True},
    {"payments": (paid(amount=D(31)), by_card())}, {"payments": (paid(), by_card(captured=D(21)))},
    {"cash": cash(counted=D(129))}, {"cash": cash(expected=D(131))}, {"cash": cash(move_count=1)},
    {"last_activity_at": ago(hours=1)},
], ids="".join)  # fmt: skip
def test_the_hash_changes_with_the_session(other):
    options = {"counted_cash": "130", "max_cash_difference": "15", "balancing_account": "1", "max_imbalance": "1"}
    changed = replace(session(), **other)
    if changed.rescue:
        options.pop("counted_cash")
    assert hash_even_if_refused(changed, **options) != hash_even_if_refused(session(), **options)


def hash_even_if_refused(found, **options):
    try:
        return plan(found, **options).hash
    except Refused as error:
        return error.details["plan"]["hash"]


@pytest.mark.parametrize("other", [
    {"counted_cash": "118"}, {"max_cash_difference": "16"}, {"bank_counted": {"Card": "20"}},
    {"balancing_account": "1", "max_imbalance": "1"}, {"counted_cash": "", "cash_policy": "assume_expected"},
], ids="".join)  # fmt: skip
def test_the_hash_changes_with_options_that_decide_money(other):
    assert hash_even_if_refused(session(), **{**SHORT, **other}) != plan(session(), **SHORT).hash


@pytest.mark.parametrize("other", [{"note": "x"}, {"min_idle_minutes": 3}], ids="".join)
def test_the_hash_does_not_change_with_what_decides_no_money(other):
    first = plan(session(), **SHORT)
    assert plan(session(), **{**SHORT, **other}).hash == first.hash
    assert plan(session(), **SHORT, approved_plan=first.hash).hash == first.hash
    later = replace(store(19, session()), read_at=store(19, session()).read_at + timedelta(hours=1))
    assert make_plan(later, session(), CloseOptions(min_idle_minutes=0, **SHORT)).hash == first.hash


def test_another_plan_than_the_approved_one_is_refused():
    assert refused(session(), **SHORT, approved_plan="0" * 64) == set()


@pytest.mark.parametrize("series", (14, 15, 16, 17, 18, 19))
def test_nobody_counted(series):
    assert "cash.not_counted" in refused(session(cash=cash(counted=None)), series, max_cash_difference="1000")


def test_a_stale_count_is_refused_and_a_fresh_one_of_the_same_amount_is_not():
    stale = session(cash=cash(expected=D(150), moved_at=ago(minutes=30)))
    assert "cash.count_stale" in refused(stale, max_cash_difference="50")
    assert plan(stale, counted_cash="130", max_cash_difference="50").difference == D(-20)


@pytest.mark.parametrize("own, given, refuses", [
    (None, "", True), (None, "12.49", True), (None, "12.50", False), (D(20), "", False), (D(20), "5", True), (D(5), "20", False),
])  # fmt: skip
def test_the_limit_that_was_given_wins_over_the_tills(own, given, refuses):
    found = replace(counted("117.50"), till=till(max_difference=own))
    if refuses:
        assert refused(found, max_cash_difference=given) == {"cash.difference_above_limit"}
    else:
        assert plan(found, max_cash_difference=given).difference == D("-12.50")


def test_a_till_in_use_is_refused_and_the_refusal_says_how_to_override():
    busy = session(last_activity_at=ago(minutes=3))
    with pytest.raises(Refused, match="set min_idle_minutes to 3"):
        plan(busy, min_idle_minutes=15)
    assert plan(busy, min_idle_minutes=3)


def test_every_blocker_is_named_at_once():
    found = session(cash=cash(counted=None), suspects=(draft(),), suspect_count=1, last_activity_at=ago(minutes=1))
    assert refused(found, min_idle_minutes=15) == {"cash.not_counted", "orders.draft", "session.in_use"}


@pytest.mark.parametrize("series", (15, 16, 17, 18, 19))
@pytest.mark.parametrize("most, forces", [("2.99", False), ("3", True)])
def test_an_imbalance_is_forced_within_the_cap_only(series, most, forces):
    found = session(imbalance=D(-3))
    assert "accounts.imbalance" in refused(found, series)
    if forces:
        made = plan(found, series, balancing_account="999", max_imbalance=most)
        assert made.forced == D(-3) and made.balancing_account == "999"
    else:
        assert "accounts.imbalance" in refused(found, series, balancing_account="999", max_imbalance=most)


def test_on_14_nothing_is_forced():
    assert "accounts.imbalance" in refused(session(imbalance=D(-3)), 14, balancing_account="999", max_imbalance="100")


def test_a_bank_difference_needs_its_account():
    found = session(till=till(methods=(method(), card(loss_account_id=None, profit_account_id=None))))
    assert refused(found, bank_counted={"Card": "19"}) == {"cash.no_loss_account"}
    assert refused(found, bank_counted={"Card": "21"}) == {"cash.no_profit_account"}
    with pytest.raises(Refused, match="Set loss_account with pos_till_config and method Card"):
        plan(found, bank_counted={"Card": "19"})


@pytest.mark.parametrize("series", (16, 17))
def test_a_rescue_session_is_cured_from_the_last_close(series):
    found = session(rescue=True, cash=cash(start=D(0), previous_counted=D(100), counted=None))
    made = plan(found, series)
    assert made.cure_start == D(100) and made.counted is None
    assert made.steps[0].startswith("Set the rescue session's opening to 100.00")


@pytest.mark.parametrize("series", (15, 16, 17, 18))
def test_a_rescue_session_with_the_cash_of_a_cancelled_order_is_refused_and_not_cured(series):
    taken = (paid(amount=D(50), captured=D(30), cancelled=D(20)),)
    drawer = cash(
        start=D(0) if series in (16, 17) else D(100),
        previous_counted=D(100),
        sales=D(50),
        expected=D(150),
        counted=None,
    )
    assert "session.rescue" in refused(session(rescue=True, payments=taken, cash=drawer), series)


@pytest.mark.parametrize("series", (15, 16, 17, 18, 19))
def test_a_drawer_without_a_journal_is_refused(series):
    found = session(till=till(methods=(method(journal_id=None), card())))
    assert "payments.method_no_journal" in refused(found, series, counted_cash="130")
