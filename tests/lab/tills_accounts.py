# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tills whose accounts or journals are the question."""

from __future__ import annotations

from .tills import till


def _sold(shop, key, **how):
    made = shop.till(key, **how)
    made.open()
    made.trade()
    return made


@till("accounts.no_receivable", on={14: ()}, says="The company has no receivable account for the point of sale.")
def no_receivable(shop, key):
    other = shop.company("Company without receivable")
    _sold(other, key)
    other.sql(
        "UPDATE res_company SET account_default_pos_receivable_account_id = NULL WHERE id = :'company'::int",
        company=other.company_id,
    )


@till("accounts.no_sales_journal", says="The till lost its sales journal.")
def no_sales_journal(shop, key):
    made = _sold(shop, key)
    shop.sql("UPDATE pos_config SET journal_id = NULL WHERE id = :'till'::int", till=made.id)


@till("accounts.archived_journal", says="The cash journal was archived.")
def archived_cash_journal(shop, key):
    made = _sold(shop, key)
    shop.archive("account_journal", made.drawer)


@till("accounts.archived_journal", on={14: ()}, says="The bank journal behind the card was archived.")
def archived_bank_journal(shop, key):
    journal = shop.bank_journal(key)
    _sold(shop, key, card=shop.card_method(key, journal))
    shop.archive("account_journal", journal)


@till("accounts.archived_journal", says="The sales journal was archived.")
def archived_sales_journal(shop, key):
    journal = shop.odoo.create("account.journal", {"name": "Sales " + key, "type": "general", "code": "POSX"})
    _sold(shop, key, journal_id=journal)
    shop.archive("account_journal", journal)


@till("accounts.archived_account", says="The receivable account of the card was archived.")
def archived_receivable(shop, key):
    account = shop.account("Receivable " + key, "121901", "asset_receivable", reconcile=True)
    _sold(shop, key, card=shop.card_method(key, receivable_account_id=account))
    shop.archive_account(account)


@till("accounts.archived_account", says="The account of the cash journal was archived.")
def archived_cash_account(shop, key):
    made = _sold(shop, key)
    account = shop.odoo.read("account.journal", made.drawer, "default_account_id")["default_account_id"][0]
    shop.archive_account(account)


@till("accounts.archived_account", "cash.difference", says="The account for losses was archived, and ten are missing.")
def archived_loss_account(shop, key):
    made = _sold(shop, key, **shop.authorised(50))
    account = shop.account("Losses " + key, "642901", "expense")
    shop.odoo.write("account.journal", made.drawer, loss_account_id=account)
    made.set_count(120)
    shop.archive_account(account)


@till("accounts.tax_no_account", says="A tax that says not where it is booked.")
def tax_no_account(shop, key):
    tax = shop.tax("10% " + key, account=None)
    made = _sold(shop, key)
    made.sell(made.cash, 11, product=shop.product("Taxed snack", [tax]), tax=(tax, 1))


@till(says="A tax that is booked where it should be.")
def taxed(shop, key):
    tax = shop.tax("10% " + key, account=shop.tax_account())
    made = _sold(shop, key)
    made.sell(made.cash, 11, product=shop.product("Taxed snack", [tax]), tax=(tax, 1))


@till("accounts.imbalance", on={14: ()}, says="The price of a paid order was changed afterwards.")
def imbalance_price(shop, key):
    made = _sold(shop, key)
    order = made.sell(made.cash)[0]
    shop.sql("UPDATE pos_order_line SET price_unit = price_unit - 3 WHERE order_id = :'order'::int", order=order)


@till("accounts.imbalance", on={14: ()}, says="The quantity of a paid order was changed afterwards.")
def imbalance_quantity(shop, key):
    made = _sold(shop, key)
    order = made.sell(made.card)[0]
    shop.sql("UPDATE pos_order_line SET qty = 2 WHERE order_id = :'order'::int", order=order)


@till("accounts.imbalance", on={14: ()}, says="A discount was entered on a paid order.")
def imbalance_discount(shop, key):
    made = _sold(shop, key)
    order = made.sell(made.cash)[0]
    shop.sql("UPDATE pos_order_line SET discount = 50 WHERE order_id = :'order'::int", order=order)


@till("accounts.imbalance", on={19: ()}, says="The stored subtotals of a paid order were changed afterwards.")
def imbalance_subtotal(shop, key):
    made = _sold(shop, key)
    order = made.sell(made.cash)[0]
    shop.sql(
        """UPDATE pos_order_line SET price_subtotal = price_subtotal - 3, price_subtotal_incl = price_subtotal_incl - 3
                 WHERE order_id = :'order'::int""",
        order=order,
    )


@till("accounts.lock_date", says="The books are locked up to today.")
def lock_date(shop, key):
    other = shop.company("Company with locked books")
    _sold(other, key)
    other.sql(
        "UPDATE res_company SET fiscalyear_lock_date = current_date WHERE id = :'company'::int",
        company=other.company_id,
    )


@till("accounts.rounding", says="Cash is rounded, but the rounding has no account for what it loses.")
def rounding_no_account(shop, key):
    rounding = shop.rounding(key)
    made = _sold(shop, key, cash_rounding=True, rounding_method=rounding, only_round_cash_method=True)
    made.send([made.order(9.98, {made.cash: 10})])
    shop.sql(
        """UPDATE account_cash_rounding SET strategy = 'biggest_tax' WHERE id = :'rounding'::int""", rounding=rounding
    )
    shop.forget_rounding_accounts(rounding)


@till(says="Cash is rounded to five cents, and the rounding has its accounts.")
def rounding(shop, key):
    made = _sold(shop, key, cash_rounding=True, rounding_method=shop.rounding(key), only_round_cash_method=True)
    made.send([made.order(9.98, {made.cash: 10})])


@till(says="A currency without cents.")
def no_decimals(shop, key):
    other = shop.company("Company in yen", "JPY")
    made = other.till(key, **shop.authorised(500))
    made.open(10000)
    made.sell(made.cash, 1500, times=3)
    made.sell(made.card, 2500, times=2)
    made.set_count(14400)


@till("cash.difference", says="A currency with thousandths.")
def three_decimals(shop, key):
    other = shop.company("Company in dinars", "KWD")
    made = other.till(key, **shop.authorised(1))
    made.open(50)
    made.sell(made.cash, 1.125, times=3)
    made.sell(made.card, 2.5, times=2)
    made.set_count(53.25)
