# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pending orders where things go wrong: answers that are lost, a customer who pays meanwhile, a user who may not much."""

from __future__ import annotations

import pytest

from . import fixes
from .closing_proxy import BEFORE, CUT, GATEWAY, Proxy
from .closing_store import differences, shop_of
from .fixes_orders import case, discarded, order
from .test_close_decisions import cashier

from ansible_collections.retailops.odoo_pos.plugins.module_utils import order_steps  # isort: skip

# How a draft is discarded.
DISCARD = {19: "action_pos_order_cancel", 14: "unlink"}


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


@pytest.fixture
def proxy(store):
    made = Proxy(store.info["odoo"]["url"])
    with made.running() as url:
        made.url = url
        yield made


def resolve(store, till, check=False, **options):
    """What the module ends with."""
    return fixes.run(store, case(till, **options), check)


def held(told):
    assert not told.get("failed") and told["changed"], told
    assert told["proof"] and all(check["held"] for check in told["proof"]), told["proof"]
    return told


def paid(store, till):
    """The payments of the session's orders, row by row."""
    return store.rows(
        "SELECT p.* FROM pos_payment p JOIN pos_order o ON o.id = p.pos_order_id WHERE o.session_id = %(id)s ORDER BY p.id",
        id=till.session,
    )


@pytest.mark.parametrize("trouble", [GATEWAY, CUT], ids=("gateway", "cut"))
def test_a_lost_answer_is_looked_for_in_the_database(store, proxy, trouble):
    till = store.traded("orders_lost_" + trouble[:3].strip())
    first, second = till.draft(20), till.draft(5)
    proxy.trouble[DISCARD[store.series]] = trouble
    told = held(resolve(store, till, discard=["unpaid"], odoo_url=proxy.url))
    assert proxy.calls.count(DISCARD[store.series]) == 2
    assert "(lost)" in [one["call"] for one in told["answer"]]
    discarded(store, first)
    discarded(store, second)


def test_what_never_arrived_is_not_sent_again_and_the_next_run_finishes(store, proxy, monkeypatch):
    monkeypatch.setattr(order_steps, "PATIENCE", 1)
    till = store.traded("orders_before")
    first, second = till.draft(20), till.draft(5)
    proxy.trouble[DISCARD[store.series]] = BEFORE
    told = resolve(store, till, discard=["unpaid"], odoo_url=proxy.url)
    assert told["failed"] and told["pending"] and "Run the same task again" in told["msg"]
    assert DISCARD[store.series] not in proxy.calls
    assert order(store, first)["state"] == order(store, second)["state"] == "draft"
    held(resolve(store, till, discard=["unpaid"]))
    discarded(store, first)
    discarded(store, second)


def test_a_settlement_that_was_cut_in_the_middle(store, proxy, monkeypatch):
    monkeypatch.setattr(order_steps, "PATIENCE", 1)
    till = store.traded("orders_half")
    ident = till.draft(10, {till.cash: 10})
    proxy.trouble["action_pos_order_paid"] = BEFORE
    told = resolve(store, till, settle=True, odoo_url=proxy.url)
    assert told["failed"] and order(store, ident)["state"] == "draft"
    held(resolve(store, till, settle=True))
    assert order(store, ident)["state"] == "paid"
    assert resolve(store, till, settle=True)["changed"] is False


def test_a_customer_who_pays_before_we_come(store, proxy):
    """The order is complete when our read arrives: it is no longer what was planned."""
    till = store.traded("orders_paid_before")
    ident = till.draft(10)
    proxy.hooks["read"] = lambda: pay(store, till, ident)
    told = resolve(store, till, discard=["unpaid"], odoo_url=proxy.url)
    assert told["failed"] and told["refused"] and "somebody works on it" in told["msg"], told
    assert order(store, ident)["state"] == "paid" and len(paid(store, till)) == 6


def test_a_customer_who_pays_in_the_very_moment(store, proxy):
    """After our last look, before Odoo's: Odoo itself refuses (14) or leaves it alone (19); never is a payment lost."""
    till = store.traded("orders_paid_meanwhile")
    ident = till.draft(10)
    proxy.hooks[DISCARD[store.series]] = lambda: pay(store, till, ident)
    told = resolve(store, till, discard=["unpaid"], odoo_url=proxy.url)
    assert told["failed"] and not told.get("changed"), told
    assert order(store, ident)["state"] == "paid" and len(paid(store, till)) == 6
    till.close()
    store.assert_closed_once(till.session)


def test_a_card_that_is_read_in_the_very_moment(store, proxy):
    """A payment without a completion: 19 cancels such an order, so it is made a draft again; 14 does not delete it."""
    till = store.traded("orders_card_meanwhile")
    ident = till.draft(20)
    proxy.hooks[DISCARD[store.series]] = lambda: add_payment(store, till, ident, 5)
    told = resolve(store, till, discard=["unpaid"], odoo_url=proxy.url)
    assert told["failed"] and not told.get("changed"), told
    assert order(store, ident)["state"] == "draft" and len(paid(store, till)) == 6


def add_payment(store, till, ident, amount):
    values = {"pos_order_id": ident, "payment_method_id": till.card, "amount": amount}
    store.lab.odoo(store.database).create("pos.payment", values)


def pay(store, till, ident):
    """Complete a draft as the till does, over a connection of its own."""
    odoo = store.lab.odoo(store.database)
    odoo.create("pos.payment", {"pos_order_id": ident, "payment_method_id": till.cash, "amount": 10})
    odoo.write("pos.order", ident, amount_paid=10)
    odoo("pos.order", "action_pos_order_paid", [ident])


def test_a_plain_cashier_may_do_all_of_it(store):
    till = store.traded("orders_by_cashier")
    empty, unpaid, full = till.draft(0, lines=False), till.draft(20), till.draft(10, {till.cash: 10})
    who = cashier(store, "cashier-of-orders")
    told = held(resolve(store, till, discard=["empty", "unpaid"], settle=True, till_synced=True, **who))
    discarded(store, empty)
    discarded(store, unpaid)
    assert order(store, full)["state"] == "paid"
    assert [check["check"] for check in told["proof"]][-1] == "it is noted on the session"


def test_a_fiscally_certified_store_discards_nothing(store):
    till = store.traded("orders_fiscal")
    ident = till.draft(20)
    certify(store, "installed")
    try:
        before = store.everything()
        told = resolve(store, till, discard=["unpaid"])
        assert told["refused"] and "Fiscally certified" in told["msg"], told
        assert [found["code"] for found in told["findings"]] == ["fiscal.protected"]
        assert differences(before, store.everything()) == []
        assert order(store, ident)["state"] == "draft"
    finally:
        certify(store, "uninstalled")


def certify(store, state):
    """Odoo knows the module by name; what it would do itself does not matter where nothing may be sent."""
    store.sql("UPDATE ir_module_module SET state = %(state)s WHERE name = 'l10n_fr_pos_cert'", state=state)


def test_a_count_that_was_old_before_is_old_afterwards(store):
    """A write to the session would make a count look fresh that is older than the last sale; a close would book it."""
    till = store.traded("orders_old_count")
    till.count(130)
    till.sell(till.cash)
    till.draft(20)
    told = held(resolve(store, till, discard=["unpaid"], till_synced=True))
    for facts in (told["session"]["before"], told["session"]["after"]):
        assert "cash.count_stale" in [found["code"] for found in facts["findings"]]
    assert "Note it in the session's chatter." in told["plan"]["steps"]


def test_the_attestation_alone(store):
    """It is kept once in the notes; where there are none it is said that it is not."""
    till = store.traded("orders_attested")
    told = resolve(store, till, till_synced=True)
    if store.series == 14:
        assert told["changed"] is False and "is not noted" in told["plan"]["warnings"][0]
        return
    held(told)
    assert resolve(store, till, till_synced=True)["changed"] is False
    assert store.session(till.session)["closing_notes"].count("till_synced") == 1
