# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tills whose payments or payment methods are the question."""

from __future__ import annotations

from .tills import till


@till(says="Cash, card, and one customer who pays at the end of the month.", series=(19,))
def customer_account(shop, key):
    later = shop.account_method(key, split_transactions=True)
    made = shop.till(key, methods=[later])
    made.open()
    made.trade()
    made.sell(later, 25, partner_id=shop.customer)


@till("payments.unconfirmed", says="The card terminal never answered; the cashier went on.")
def terminal_pending(shop, key):
    made = shop.till(key, card=shop.card_method(key, **shop.terminal()))
    made.open()
    made.trade()
    made.sell(made.card, 30, payment={"payment_status": "pending"})


@till("payments.unconfirmed", says="The cashier forced the payment by hand, the terminal gave no number.")
def terminal_forced(shop, key):
    made = shop.till(key, card=shop.card_method(key, **shop.terminal()))
    made.open()
    made.trade()
    made.sell(made.card, 30, payment={"payment_status": "force_done"})


@till("orders.uncaptured", says="A tab was opened on a card and never captured.")
def terminal_uncaptured(shop, key):
    made = shop.till(key, card=shop.card_method(key, **shop.terminal()))
    made.open()
    made.trade()
    made.sell(made.card, 30, payment={"payment_status": "waitingCapture", "transaction_id": "T-1"})


@till(
    "orders.draft_with_payment",
    "payments.unconfirmed",
    says="The terminal is still asked for the money of an open order.",
)
def draft_on_terminal(shop, key):
    made = shop.till(key, card=shop.card_method(key, **shop.terminal()))
    made.open()
    made.trade()
    made.draft(30, {made.card: 30}, payment={"payment_status": "waitingCard"})


@till(says="Every card payment was confirmed by the terminal.")
def terminal_confirmed(shop, key):
    made = shop.till(key, card=shop.card_method(key, **shop.terminal()))
    made.open()
    made.sell(made.cash, times=3)
    made.sell(made.card, times=2, payment={"payment_status": "done", "transaction_id": "T-2"})


@till("payments.method_removed", says="Somebody took the card off the till after it had been paid with.")
def card_removed(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.remove_method(made.card)


@till("payments.method_removed", says="Somebody took cash off the till while there was money in the drawer.")
def cash_removed(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.remove_method(made.cash)


@till(
    "payments.method_no_journal",
    says="The card's journal was taken away: its money stays with the customers.",
    series=(19,),
)
def card_no_journal(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    shop.sql("UPDATE pos_payment_method SET journal_id = NULL WHERE id = :'method'::int", method=made.card)


@till(
    "payments.method_no_journal",
    on={14: ("payments.method_no_journal", "cash.no_register")},
    says="Cash without a cash journal: Odoo thinks there is no drawer.",
)
def cash_no_journal(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    shop.sql(
        "UPDATE pos_payment_method SET %s = NULL WHERE id = :'method'::int" % shop.journal_column, method=made.cash
    )


@till(says="The card says not where its money waits.", series=(19,))
def card_no_outstanding(shop, key):
    made = shop.till(key, card=shop.card_method(key, outstanding_account_id=False))
    made.open()
    made.trade()


@till(on={14: ("cash.second_drawer",)}, says="Euros in one drawer, a second drawer for the terrace.")
def two_drawers(shop, key):
    terrace = shop.cash_method(key + " terrace", shop.cash_journal(key + " terrace"))
    made = shop.till(key, methods=[terrace])
    made.open()
    made.trade()
    made.sell(terrace, times=2)


@till(says="One order paid half in cash and half by card, one with change, one brought back.")
def mixed_payments(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.send([made.order(20, {made.cash: 10, made.card: 10})])
    made.sell_with_change(10, 50)
    made.refund(10)
