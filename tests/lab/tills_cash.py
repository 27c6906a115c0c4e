# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tills whose drawer is the question."""

from __future__ import annotations

from .tills import till


def _sold(shop, key, **how):
    made = shop.till(key, **how)
    made.open()
    made.trade()
    return made


@till(says="Counted, and not a cent is missing.")
def counted_exactly(shop, key):
    _sold(shop, key).set_count(130)


@till("cash.difference", says="Two short, and the shop allows five.")
def counted_short_within(shop, key):
    _sold(shop, key, **shop.authorised(5)).set_count(128)


@till("cash.difference", "cash.difference_above_limit", says="12.50 short, and the shop allows five.")
def counted_short(shop, key):
    _sold(shop, key, **shop.authorised(5)).set_count(117.5)


@till(
    "cash.count_stale",
    "cash.difference",
    on={14: ("cash.count_stale", "cash.difference_above_limit")},
    says="Counted, then two more customers came.",
)
def counted_then_sold(shop, key):
    made = _sold(shop, key)
    made.set_count(130)
    made.sell(made.cash, times=2)


@till("cash.not_counted", says="Nobody counted, and the till waits in closing control.")
def not_counted(shop, key):
    made = _sold(shop, key)
    made.lock()


@till("cash.not_counted", says="The drawer was emptied for the bank and counted as zero.")
def counted_zero(shop, key):
    made = _sold(shop, key)
    made.set_count(0)


@till("cash.no_loss_account", "cash.difference", says="Ten short, and the cash journal has nowhere to book a loss.")
def no_loss_account(shop, key):
    made = _sold(shop, key, **shop.authorised(50))
    made.set_count(120)
    shop.odoo.write("account.journal", made.drawer, loss_account_id=False)


@till(
    "cash.no_profit_account", "cash.difference", says="Five too many, and the cash journal has nowhere to book a gain."
)
def no_profit_account(shop, key):
    made = _sold(shop, key, **shop.authorised(50))
    made.set_count(135)
    shop.odoo.write("account.journal", made.drawer, profit_account_id=False)


@till("cash.no_default_account", says="The cash journal lost its account.")
def no_default_account(shop, key):
    made = _sold(shop, key)
    shop.odoo.write("account.journal", made.drawer, default_account_id=False)


@till("cash.shared_journal", says="Two tills put their money into one cash journal.", alone=True)
def shared_journal(shop, key):
    first = _sold(shop, key)
    second = shop.till(key + "_second")
    shop.sql(
        "UPDATE pos_payment_method SET %s = :'journal'::int WHERE id = :'method'::int" % shop.journal_column,
        journal=first.drawer,
        method=second.cash,
    )
    second.open()
    second.trade()


@till(says="Float brought in, milk bought, counted.")
def cash_moves(shop, key):
    made = _sold(shop, key)
    made.move_cash(20, "float from the safe")
    made.move_cash(-25, "milk")
    made.set_count(125)


@till(
    "cash.difference",
    on={14: ("cash.difference_above_limit",)},
    says="Money was taken without saying why, and five are missing.",
)
def cash_moves_unexplained(shop, key):
    made = _sold(shop, key)
    made.move_cash(-30, shop.no_reason)
    made.set_count(95)


@till(says="A till without a drawer: cards only.")
def cards_only(shop, key):
    _sold(shop, key, cash=False)


@till(says="Opened, counted, nothing sold.")
def nothing_sold(shop, key):
    made = shop.till(key)
    made.open()
    made.set_count(100)
