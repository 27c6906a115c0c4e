# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawer: a cash move that nobody recorded, and a count that is stored without closing."""

from __future__ import annotations

from decimal import Decimal

from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_info import cash_info
from ansible_collections.retailops.odoo_pos.plugins.module_utils.count_cash import count_cash
from ansible_collections.retailops.odoo_pos.plugins.module_utils.move_cash import move_cash

from .fixes import Case, fix, refusal, run

ROLE = "pos_cash_balance"
MILK = {"direction": "out", "amount": "25.00", "reference": "17", "reason": "milk for the kitchen"}


def broken_down(store, till):
    """The till's drawer as pos_cash_info shows it; its sums must be those of Odoo itself."""
    (drawer,) = cash_info({**store.pg, "session": str(till.session)})["drawers"]
    money = {name: Decimal(drawer[name]) for name in ("opening", "sales", "moves", "expected")}
    assert money["opening"] + money["sales"] + money["moves"] == money["expected"] == Decimal(str(till.expected())), (
        drawer
    )
    if drawer["counted"] is not None:
        assert Decimal(drawer["counted"]) - money["expected"] == Decimal(drawer["difference"])
    return drawer


def explaining(drawer):
    return [cause["code"] for cause in drawer["causes"] if cause["explains"]]


@fix("C14", "milk was bought out of the drawer, and nobody recorded it", ROLE)
def forgotten_cash_out(store):
    till = store.traded("forgot_out")
    # What looks like the reference and is not it.
    till.move_cash(-5, "POS/00017-x [2017]")
    till.move_cash(5, "17")
    till.set_count(105)
    assert explaining(broken_down(store, till)) == ["move_missing"]

    def after(first):
        drawer = broken_down(store, till)
        assert (drawer["difference"], drawer["count_stale"]) == ("0.00", True)
        assert [m["reason"] for m in drawer["cash_moves"] if m["reference"] == "17"] == [MILK["reason"]]
        assert first["move"]["amount"] == "-25.00" and first["answer"]

    return Case(till, move_cash, MILK, close={"counted_cash": "105.00"}, after=after)


@fix("C14", "change was brought from the safe while the till was closing", ROLE)
def forgotten_cash_in(store):
    till = store.traded("forgot_in")
    till.set_count(150)
    till.lock()
    options = {
        "direction": "in",
        "amount": "20",
        "reference": "SAFE-2026/11:22",
        "reason": "change from the safe",
        "max_amount": "20",
    }
    return Case(till, move_cash, options, close={"counted_cash": "150.00"})


@fix("C14", "milk was bought, and the drawer was counted before the last sale", ROLE)
def forgotten_after_an_old_count(store):
    till = store.traded("forgot_old")
    till.set_count(105)
    till.sell(till.cash)

    def after(_first):
        drawer = broken_down(store, till)
        # 14 keeps the count's own time, on the statement; from 16 on it would look new.
        assert (drawer["counted"], drawer["count_stale"]) == (("105.00", True) if store.series == 14 else (None, False))

    return Case(till, move_cash, MILK, close={"counted_cash": "115.00"}, after=after)


@fix("C13", "the drawer was counted, and the count is to wait for the close", ROLE)
def count_stored(store):
    till = store.traded("count_waits")

    def after(_first):
        assert store.session(till.session)["state"] == "opened"
        # the till goes on selling, and the same count is then another one
        till.sell(till.cash)
        assert broken_down(store, till)["count_stale"] is True
        again = run(store, Case(till, count_cash, {"counted_cash": "140.00"}))
        assert again["changed"] and all(check["held"] for check in again["proof"]), again

    return Case(till, count_cash, {"counted_cash": "130.00"}, close={}, after=after)


@fix("C13", "the drawer was counted again after the last sale, with the same result", ROLE)
def count_fresh_again(store):
    till = store.traded("count_again")
    till.set_count(130)
    till.sell(till.cash)
    till.refund(10)
    assert broken_down(store, till)["count_stale"] is True
    return Case(till, count_cash, {"counted_cash": "130.00"}, close={})


@refusal("C14", "the same reference with another amount", ROLE)
def same_reference_other_amount(store):
    till = store.traded("other_amount")
    till.move_cash(-20, "milk [17]")
    return Case(till, move_cash, MILK, says=("Reference 17 is recorded", "-20.00, not -25.00"))


@refusal("C14", "the same reference in the other direction", ROLE)
def same_reference_other_direction(store):
    till = store.traded("other_way")
    till.move_cash(25, "milk [17]")
    return Case(till, move_cash, MILK, says=("Reference 17 is recorded", "25.00, not -25.00"))


@refusal("C14", "one reference that is recorded twice already", ROLE)
def recorded_twice(store):
    till = store.traded("twice")
    till.move_cash(-25, "milk [17]")
    till.move_cash(-25, "milk [17]")
    return Case(till, move_cash, MILK, says=("on 2 cash moves", "an accountant must reverse"))


@refusal("C14", "more than was approved", ROLE)
def above_what_is_approved(store):
    till = store.traded("approved")
    return Case(
        till, move_cash, {**MILK, "max_amount": "24.99"}, says=("25.00 USD are more than max_amount allows (24.99)",)
    )


@refusal("C14", "a till that nobody opened yet", ROLE)
def not_opened(store):
    till = store.shop().till("not_opened")
    till.create_session()
    return Case(till, move_cash, MILK, says=("waits for its opening count",))


@refusal("C14", "a session that is closed", ROLE)
def closed_session(store):
    till = store.traded("closed")
    till.close()
    return Case(till, move_cash, MILK, says=("is closed, and its drawer is settled",))


@refusal("C14", "a till without a drawer", ROLE)
def no_drawer(store):
    till = store.traded("no_drawer", cash=False)
    return Case(till, move_cash, MILK, says=("has no drawer that Odoo counts",))


@refusal("C13", "a count of nothing, which Odoo does not tell from none", ROLE)
def count_of_nothing(store):
    till = store.traded("count_nothing")
    return Case(till, count_cash, {"counted_cash": "0"}, says=("does not tell it from none",))


@refusal("C13", "a count while orders are open", ROLE, series=(19,))
def count_with_drafts(store):
    till = store.traded("count_drafts")
    till.draft(20)
    return Case(till, count_cash, {"counted_cash": "130"}, says=("takes none while orders are open",))
