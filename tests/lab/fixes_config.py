# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixes 5 and 6: settings of tills, journals and companies. What is set is set while the session is open, which then closes."""

from __future__ import annotations

from .closing_store import close_session
from .fixes import Case, fix, refusal
from .shop import NUMBERS

from ansible_collections.retailops.odoo_pos.plugins.module_utils.till_config import configure_till  # isort: skip

ACCOUNTING, METHODS = "pos_accounting", "pos_payment_methods"
#: The chart of accounts of the laboratory, on 14 and 19.
LOSS, PROFIT, RECEIVABLE, TAX = "642000", "442000", "101300", "251000"


def forget(till, *columns):
    """Take away accounts of the drawer's journal, past Odoo: an import did so."""
    values = ", ".join("%s = NULL" % column for column in columns)
    till.shop.sql("UPDATE account_journal SET %s WHERE id = :'id'::int" % values, id=till.drawer)
    return till


def settings(till, **options):
    return {"till": str(till.id), **options}


def case(till, close=None, **options):
    return Case(till, configure_till, settings(till, **options), close=close)


def journal_of(store, till):
    return store.one("SELECT * FROM account_journal WHERE id = %(id)s", id=till.drawer)


@fix("C15", "a drawer that is short, and no loss account", role=ACCOUNTING)
def no_loss_account(store):
    till = forget(store.traded("no_loss", **store.shop().authorised(50)), "loss_account_id")
    till.set_count(120)
    fixed = case(till, {"counted_cash": "120.00"}, loss_account=LOSS)
    fixed.after = lambda _first: _has(journal_of(store, till)["loss_account_id"])
    return fixed


@fix("C15", "a drawer that is over, and neither account", role=ACCOUNTING)
def no_profit_account(store):
    till = forget(store.traded("no_profit", **store.shop().authorised(50)), "loss_account_id", "profit_account_id")
    till.set_count(140)
    # 19 with an API key, over JSON-2
    key = {"odoo_api_key": store.key["odoo_api_key"]} if store.series >= 19 else {}
    return case(till, {"counted_cash": "140.00"}, loss_account=LOSS, profit_account=PROFIT, **key)


def _has(value):
    assert value is not None


@fix("C19", "no default receivable of the company", role=ACCOUNTING)
def no_receivable(store):
    shop = store.shop().company("Company %d without receivable" % next(NUMBERS))
    till = shop.till("no_receivable_%d" % shop.company_id)
    till.open()
    till.trade()
    shop.sql(
        "UPDATE res_company SET account_default_pos_receivable_account_id = NULL WHERE id = :'company'::int",
        company=shop.company_id,
    )
    return case(till, {"counted_cash": "130.00"}, receivable_account=RECEIVABLE)


@fix("C19", "no sales journal", role=ACCOUNTING)
def no_sales_journal(store):
    till = store.traded("no_sales")
    store.shop().sql("UPDATE pos_config SET journal_id = NULL WHERE id = :'till'::int", till=till.id)
    return case(till, {"counted_cash": "130.00"}, sales_journal="POSS")


@fix("C19", "a cash journal without an account of its own", role=ACCOUNTING)
def no_cash_account(store):
    till = store.traded("no_cash_account")
    journal = journal_of(store, till)
    account = store.shop().odoo.read("account.account", journal["default_account_id"], "code")["code"]
    forget(till, "default_account_id")
    return case(till, {"counted_cash": "130.00"}, cash_account=account)


@fix("C24", "an archived cash journal, restored by name", role=ACCOUNTING)
def archived_journal(store):
    till = store.traded("archived_journal")
    store.shop().archive("account_journal", till.drawer)
    return case(till, {"counted_cash": "130.00"}, restore_journal=[journal_of(store, till)["code"]])


@fix("C21", "a tax that says not where it is booked", role=ACCOUNTING)
def tax_no_account(store):
    till, shop = store.traded("tax_no_account"), store.shop()
    tax = shop.tax("10%% of %d" % till.id, account=None)
    till.sell(till.cash, 11, product=shop.product("Taxed snack", [tax]), tax=(tax, 1))
    return case(till, {"counted_cash": "141.00"}, tax_account=TAX)


@fix("C25", "the loss account was archived, replaced because that was asked for", role=ACCOUNTING)
def archived_loss_account(store):
    till = store.traded("archived_loss", **store.shop().authorised(50))
    account = store.shop().account("Losses %d" % till.id, "6429%d" % till.id, "expense")
    store.shop().odoo.write("account.journal", till.drawer, loss_account_id=account)
    till.set_count(120)
    store.shop().archive_account(account)
    return case(till, {"counted_cash": "120.00"}, loss_account=LOSS, replace=True)


@fix("C25", "a payment method's archived receivable, replaced before the till opens", role=METHODS)
def method_receivable(store):
    shop = store.shop()
    account = shop.account(
        "Receivable %d" % next(NUMBERS), "12190%d" % next(NUMBERS), "asset_receivable", reconcile=True
    )
    till = shop.till("method_receivable", card=shop.card_method("method_receivable", receivable_account_id=account))
    shop.archive_account(account)
    return case(till, method=str(till.card), method_receivable_account=RECEIVABLE, replace=True)


# --- refused ----------------------------------------------------------------------------------------------------------


@refusal("C15", "an account that does not exist", role=ACCOUNTING)
def unknown_account(store):
    till = forget(store.traded("unknown_account"), "loss_account_id", "profit_account_id")
    told = case(till, loss_account="999999x", profit_account=LOSS)
    # both are named at once
    told.says = ("999999x does not exist", "profit_account %s is of the type expense" % LOSS)
    return told


@refusal("C25", "an archived account", role=ACCOUNTING)
def archived_account(store):
    till, code = forget(store.traded("archived_account"), "loss_account_id"), "6428%d" % next(NUMBERS)
    store.shop().archive_account(store.shop().account("Old losses", code, "expense"))
    told = case(till, loss_account=code)
    told.says = ("loss_account %s is archived" % code,)
    return told


@refusal("C34", "an account of another company", role=ACCOUNTING)
def other_company(store):
    till, code = forget(store.traded("other_company"), "loss_account_id"), "6427%d" % next(NUMBERS)
    other = store.shop().company("Another company %d" % next(NUMBERS))
    other.account("Losses of the other", code, "expense")
    told = case(till, loss_account=code)
    told.says = ("loss_account %s belongs to another company" % code,)
    return told


@refusal("C19", "a receivable account for losses", role=ACCOUNTING)
def wrong_type(store):
    till = forget(store.traded("wrong_type"), "loss_account_id")
    told = case(till, loss_account=RECEIVABLE)
    told.says = ("is of the type asset_receivable",)
    return told


@refusal("C19", "a payment method while its session is open", role=METHODS)
def open_method(store):
    shop = store.shop()
    account = shop.account(
        "Receivable %d" % next(NUMBERS), "12180%d" % next(NUMBERS), "asset_receivable", reconcile=True
    )
    code = shop.odoo.read("account.account", account, "code")["code"]
    till = store.traded("open_method")
    told = case(till, method=str(till.card), method_receivable_account=code, replace=True)
    told.says = ("cannot be changed while sessions are open",)
    return told


@refusal("C24", "an archived sales journal is not restored by the way", role=ACCOUNTING)
def archived_sales_journal(store):
    till, shop = store.traded("archived_sales"), store.shop()
    journal = shop.odoo.create(
        "account.journal", {"name": "Old sales", "type": "sale", "code": "S%03d" % next(NUMBERS)}
    )
    code = shop.odoo.read("account.journal", journal, "code")["code"]
    shop.archive("account_journal", journal)
    told = case(till, sales_journal=code, replace=True)
    told.says = ("is archived: restore_journal restores it",)
    return told


@refusal("C23", "locked books: 14 refuses to close, and no lock date is moved", role=ACCOUNTING, series=(14,))
def locked_books(store):
    shop = store.shop().company("Company %d with locked books" % next(NUMBERS))
    till = shop.till("locked_%d" % shop.company_id)
    till.open()
    till.trade()
    shop.sql(
        "UPDATE res_company SET fiscalyear_lock_date = current_date WHERE id = :'company'::int", company=shop.company_id
    )
    return Case(
        till,
        close_session.close_session,
        {"counted_cash": "130.00", "min_idle_minutes": 0},
        says=("accounts.lock_date",),
    )
