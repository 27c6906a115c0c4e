# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller decides: an approved plan, a forced imbalance, bank counts, an assumed drawer, a limit that is passed."""

from __future__ import annotations

import contextlib
import threading
from decimal import Decimal

import pytest

from .client import Odoo, Refused
from .closing_store import assert_given_back, differences, errors, shop_of


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


@pytest.fixture(scope="module")
def store19():
    return shop_of(19)


@pytest.fixture(scope="module")
def store14():
    return shop_of(14)


def held(result):
    assert result["proof"] and all(check["held"] for check in result["proof"]), result["proof"]
    return result


def planned(store, till, **options):
    return store.close(till.session, check=True, **options)["plan"]["hash"]


# --- an approved plan -----------------------------------------------------------------------------------------------


def test_the_plan_that_check_mode_showed_closes(store):
    till = store.traded("approved")
    approved = planned(store, till, counted_cash="128", max_cash_difference="5")
    before = store.everything()
    for other in (
        {"counted_cash": "129"},
        {"max_cash_difference": "6"},
        {"cash_policy": "assume_expected", "counted_cash": ""},
    ):
        options = {"counted_cash": "128", "max_cash_difference": "5", **other}
        assert store.refuse(till.session, "approved", approved_plan=approved, **options).details["refused"]
    assert differences(before, store.everything()) == []
    held(store.close(till.session, counted_cash="128", max_cash_difference="5", approved_plan=approved, note="says nothing of money",
                     min_idle_minutes=0))  # fmt: skip
    store.assert_closed_once(till.session, "128")


def test_a_plan_is_no_longer_approved_after_another_sale(store):
    till = store.traded("approved_sold")
    approved = planned(store, till, cash_policy="assume_expected")
    till.sell(till.cash)
    store.refuse(till.session, "approved", approved_plan=approved, cash_policy="assume_expected")
    store.assert_open(till.session)


# --- the drawer -----------------------------------------------------------------------------------------------------


def test_nobody_counted(store):
    till = store.traded("uncounted")
    before = store.everything()
    for given in (None, "", "  "):
        error = store.refuse(till.session, "130.00", "Count it", counted_cash=given, max_cash_difference="1000")
        assert [found["code"] for found in error.details["findings"]] == ["cash.not_counted"]
    assert differences(before, store.everything()) == []


def test_zero_is_a_count(store):
    till = store.traded("counted_zero")
    held(store.close(till.session, counted_cash="0", max_cash_difference="130"))
    store.assert_closed_once(till.session, "0")
    assert store.booked_difference(till) == -130


def test_a_fresh_count_of_the_same_amount_answers_a_stale_one(store):
    till = store.traded("recounted", **store.shop().authorised(50))
    till.set_count(130)
    till.sell(till.cash, times=2)
    store.refuse(till.session, "cash.count_stale", max_cash_difference="50")
    held(store.close(till.session, counted_cash="130", max_cash_difference="50"))
    store.assert_closed_once(till.session, "130")
    assert store.booked_difference(till) == -20


def test_an_assumed_drawer_says_so(store19):
    till = store19.traded("assumed")
    result = held(store19.close(till.session, cash_policy="assume_expected", note="Night of the fair."))
    assert result["plan"]["assumed"] is True and store19.booked_difference(till) == 0
    notes = store19.session(till.session)["closing_notes"]
    assert "assumed" in notes and "Night of the fair." in notes and result["plan"]["hash"][:12] in notes


# --- forced imbalance and bank counts ---------------------------------------------------------------------------------


def unbalanced(store, name):
    """A till on which an order lost 3.00 of its lines after it was paid."""
    till = store.traded(name)
    till.misprice(till.sell(till.cash)[0])
    return till


def test_an_imbalance_is_forced_onto_the_account_that_was_named(store19):
    till = unbalanced(store19, "forced")
    store19.refuse(till.session, "accounts.imbalance", counted_cash="140")
    before = store19.everything()
    store19.refuse(
        till.session, "accounts.imbalance", counted_cash="140", balancing_account="999001", max_imbalance="2.99"
    )
    assert differences(before, store19.everything()) == []
    account = store19.shop().account("Imbalances", "999001", "expense")
    result = held(store19.close(till.session, counted_cash="140", balancing_account="999001", max_imbalance="3"))
    store19.assert_closed_once(till.session, "140")
    lines = store19.rows("SELECT l.balance FROM account_move_line l JOIN pos_session s ON s.move_id = l.move_id"
                         " WHERE s.id = %(id)s AND l.account_id = %(account)s", id=till.session, account=account)  # fmt: skip
    (forced,) = [p["amount"] for p in result["plan"]["postings"] if p["what"].startswith("Forced")]
    assert [abs(line["balance"]) for line in lines] == [abs(Decimal(forced))] == [Decimal(3)]
    assert "999001" in store19.session(till.session)["closing_notes"]


@pytest.mark.parametrize("account, says", [("000000", "does not exist"), ("999002", "is archived"), ("999003", "does not exist")],
                         ids=("unknown", "archived", "of another company"))  # fmt: skip
def test_an_account_that_cannot_take_the_imbalance(store19, account, says):
    till = unbalanced(store19, "account_" + account)
    if account == "999002":
        store19.sql("UPDATE account_account SET active = false WHERE id = %(id)s",
                    id=store19.shop().account("Old imbalances", "999002", "expense"))  # fmt: skip
    if account == "999003":
        store19.shop().company("Somebody else").account("Their imbalances", "999003", "expense")
    before = store19.everything()
    store19.refuse(till.session, account, says, counted_cash="140", balancing_account=account, max_imbalance="3")
    assert differences(before, store19.everything()) == []


def test_on_14_an_imbalance_is_never_forced(store14):
    till = store14.traded("forced_14")
    till.misprice(till.sell(till.cash)[0])
    before = store14.everything()
    store14.refuse(
        till.session, "accounts.imbalance", counted_cash="140", balancing_account="101000", max_imbalance="100"
    )
    assert differences(before, store14.everything()) == []


@pytest.mark.parametrize("slip, booked", [("17.50", Decimal("-2.50")), ("21", Decimal(1))], ids=("short", "over"))
def test_a_bank_count_is_booked_in_the_bank_journal(store19, slip, booked):
    till = store19.traded("slip_" + slip[:2])
    result = held(store19.close(till.session, counted_cash="130", bank_counted={str(till.card): slip}))
    assert any("difference of" in check["check"] for check in result["proof"])
    row = store19.one("""SELECT coalesce(-sum(l.balance), 0) AS booked FROM account_payment p
                           JOIN account_move_line l ON l.move_id = p.move_id JOIN account_journal j ON j.id = l.journal_id
                            AND l.account_id IN (j.loss_account_id, j.profit_account_id) WHERE p.pos_session_id = %(id)s""",
                      id=till.session)  # fmt: skip
    assert row["booked"] == booked
    store19.assert_closed_once(till.session, "130")


def test_a_bank_count_that_odoo_19_trips_over_is_refused_before_anything_is_written(store19):
    """More was given back to cards than paid by them."""
    till = store19.traded("slip_refunds")
    till.refund(35, till.card)
    before = store19.everything()
    for slip in ("0", "5"):
        store19.refuse(
            till.session, "more was given back than paid", counted_cash="130", bank_counted={str(till.card): slip}
        )
    assert differences(before, store19.everything()) == []
    till.count(130)
    till.lock()
    with pytest.raises(Refused, match="singleton"):
        till.call("close_session_from_ui", [[till.card, 15]])
    held(store19.close(till.session, counted_cash="130"))
    store19.assert_closed_once(till.session, "130")


# --- who may ----------------------------------------------------------------------------------------------------------


def cashier(store, login):
    """A user who may sell and nothing else; returns what the module needs to be that user."""
    odoo = store.lab.odoo(store.database)
    group = "group_ids" if store.series >= 19 else "groups_id"
    odoo.create("res.users", {"name": login, "login": login, "password": login, "email": login + "@example.com",
                              group: [(6, 0, [odoo.ref("base.group_user"), odoo.ref("point_of_sale.group_pos_user")])]})  # fmt: skip
    return {**store.password, "odoo_user": login, "odoo_password": login}


def test_a_plain_cashier_can_close(store):
    till = store.traded("by_cashier")
    held(store.close(till.session, counted_cash="130", **cashier(store, "cashier-who-closes")))
    store.assert_closed_once(till.session, "130")


def test_above_the_limit_of_14_it_takes_a_manager(store14):
    till = store14.traded("limit", **store14.shop().authorised(5))
    before = store14.everything()
    store14.refuse(till.session, "cash.difference_above_limit", counted_cash="110")
    assert differences(before, store14.everything()) == []
    error = store14.refuse(till.session, "Odoo refused", "stands as it was found", counted_cash="110", max_cash_difference="20",
                           **cashier(store14, "cashier-above"))  # fmt: skip
    assert error.details["refused"]
    # making the user wrote rows of its own elsewhere
    assert_given_back(before, store14.everything(), till.session, store14.session(till.session)["cash_register_id"])
    held(store14.close(till.session, counted_cash="110", max_cash_difference="20"))
    store14.assert_closed_once(till.session, "110")
    assert store14.booked_difference(till) == -20


# --- others at work ---------------------------------------------------------------------------------------------------


def test_two_closers_at_once_make_one_entry(store):
    till = store.traded("two_closers")
    outcomes, start = [], threading.Barrier(2)

    def close():
        start.wait()
        try:
            outcomes.append(store.close(till.session, counted_cash="128", max_cash_difference="5")["changed"])
        except errors.Refused as error:
            outcomes.append(error.message)

    threads = [threading.Thread(target=close) for _ignored in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2 and outcomes.count(True) == 1, outcomes
    store.assert_closed_once(till.session, "128")
    assert store.booked_difference(till) == -2


def test_a_till_that_goes_on_selling(store):
    """Refused, or closed with every proof: what was sold is in the entry or in the open session, never lost."""
    till = store.traded("selling")
    stop, sold = threading.Event(), []
    # a connection of its own: the shop's is not made for two threads
    till.odoo = Odoo(store.info["odoo"]["url"], store.database)

    def sell():
        while not stop.is_set() and len(sold) < 60:
            try:
                sold.extend(till.sell(till.cash))
            except Exception as error:  # the session may be closed under the cashier's hands
                sold.append(repr(error))
                return

    cashier_thread = threading.Thread(target=sell)
    cashier_thread.start()
    result = None
    try:
        for _ignored in range(6):
            with contextlib.suppress(errors.Refused):
                result = store.close(till.session, cash_policy="assume_expected")
                break
    finally:
        stop.set()
        cashier_thread.join()
    if result is None:
        store.assert_open(till.session)
    else:
        held(result)
        store.assert_closed_once(till.session)
    assert store.booked_difference(till) == 0
