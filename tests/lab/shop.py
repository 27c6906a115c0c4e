# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shop: the company, journals, methods and products that its tills need, through Odoo's ordinary API.

``Shop`` and ``Till`` speak Odoo 19; shop14.py says what Odoo 14 does otherwise.
"""

from __future__ import annotations

import copy
import itertools

from .till import Till, link

#: Journals, accounts and terminals want codes of their own.
NUMBERS = itertools.count(1)


class Shop:
    """One company of one database. ``odoo`` calls as its manager, ``sql`` goes past Odoo."""

    series = 19

    def __init__(self, odoo, cluster):
        self.odoo, self.cluster = odoo, cluster
        self.tills = []
        self._enter(odoo.ref("base.main_company"))

    @property
    def till_class(self):
        """What ``till`` makes."""
        return Till

    def _enter(self, company):
        """Work in ``company``: what a shop needs there, found or made."""
        self.company_id = company
        self.odoo.context["allowed_company_ids"] = [company]
        self.bank = self.odoo.find("account.journal", [("type", "=", "bank"), ("company_id", "=", company)])[0]
        self.snack = self.product("Snack")
        self.customer = self.odoo.create("res.partner", {"name": "Frequent customer"})

    def company(self, name, currency=None):
        """Found another company, so that what is broken there harms no other till; return its Shop."""
        other = copy.copy(self)
        other.odoo = copy.copy(self.odoo)
        other.odoo.context = dict(self.odoo.context)
        made = self.odoo.create("res.company", {"name": name, **self._company_values()})
        other.odoo.context["allowed_company_ids"] = [made]
        other.load_chart(made)
        if currency:
            # After the chart, which brings its own.
            self.odoo.write("res.company", made, currency_id=self._currency(currency))
        other._enter(made)
        return other

    def _company_values(self):
        return {"country_id": self.odoo.ref("base.us")}

    def _currency(self, name):
        found = self.odoo.find("res.currency", [("name", "=", name)], context={"active_test": False})[0]
        self.odoo.write("res.currency", found, active=True)
        return found

    def load_chart(self, company):
        """Give a new company its accounts."""
        self.odoo("account.chart.template", "try_loading", [], "generic_coa", company, False)

    # --- things -----------------------------------------------------------------------------------------------

    def product(self, name, taxes=(), **values):
        """A product at 10.00; return its id."""
        values = {
            "name": name,
            "type": "service",
            "list_price": 10,
            "taxes_id": link(*taxes),
            "available_in_pos": True,
            **values,
        }
        return self.odoo.create("product.product", values)

    def account(self, name, code, kind="asset_current", **values):
        """An account of its own; return its id."""
        return self.odoo.create("account.account", {"name": name, "code": code, "account_type": kind, **values})

    def outstanding(self):
        """The account where card money waits for the bank."""
        return self.odoo.ref("account.%d_account_journal_payment_debit_account_id" % self.company_id)

    def cash_journal(self, name):
        """A cash journal with its accounts; return its id."""
        return self.odoo.create(
            "account.journal",
            {"name": "Cash " + name, "type": "cash", "code": "C%03d" % next(NUMBERS), "company_id": self.company_id},
        )

    def bank_journal(self, name):
        """A bank journal; return its id."""
        return self.odoo.create(
            "account.journal",
            {"name": "Bank " + name, "type": "bank", "code": "K%03d" % next(NUMBERS), "company_id": self.company_id},
        )

    def cash_method(self, name, journal):
        """A payment method that fills the drawer; return its id."""
        return self.odoo.create(
            "pos.payment.method", {"name": "Cash " + name, "journal_id": journal, "company_id": self.company_id}
        )

    def card_method(self, name, journal=None, **values):
        """A payment method of the bank; return its id."""
        values = {
            "name": "Card " + name,
            "journal_id": journal or self.bank,
            "company_id": self.company_id,
            "outstanding_account_id": self.outstanding(),
            **values,
        }
        return self.odoo.create("pos.payment.method", values)

    def account_method(self, name, **values):
        """A payment method that lets a customer pay later; return its id."""
        return self.odoo.create(
            "pos.payment.method", {"name": "Customer account " + name, "company_id": self.company_id, **values}
        )

    def till(self, name, cash=True, card=True, methods=(), **config):
        """Set up a till with a drawer of its own; return the Till."""
        till = self.till_class(self, name)
        chosen = list(methods)
        if card:
            till.card = card if card is not True else self.card_method(name)
            chosen.insert(0, till.card)
        if cash:
            till.drawer = self.cash_journal(name)
            till.cash = self.cash_method(name, till.drawer)
            chosen.insert(0, till.cash)
        till.id = self.odoo.create(
            "pos.config",
            {
                "name": till.name,
                "company_id": self.company_id,
                "payment_method_ids": link(*chosen),
                **self.config_values(cash),
                **config,
            },
        )
        self.tills.append(till)
        return till

    def config_values(self, cash):
        """What a till's settings need beside its name and methods."""
        return {}

    #: Where a payment method says which cash journal it fills.
    journal_column = "journal_id"
    #: What a cashier gives as a reason who gives none.
    no_reason = ""

    def authorised(self, amount):
        """The settings of a till that allows a cash difference up to ``amount``."""
        return {"set_maximum_difference": True, "amount_authorized_diff": amount}

    def terminal(self):
        """The settings of a card method that asks a terminal (the module pos_adyen is installed)."""
        return {
            "payment_method_type": "terminal",
            "use_payment_terminal": "adyen",
            "adyen_api_key": "none",
            "adyen_terminal_identifier": "T-%d" % next(NUMBERS),
        }

    def tracked(self):
        """The settings of a product that leaves the stock by lots."""
        return {"type": "consu", "is_storable": True, "tracking": "lot"}

    def stock_at_once(self, wanted=True):
        """Whether sessions opened from now on move the stock with each sale, or when they close."""
        self.odoo.write(
            "res.company", self.company_id, point_of_sale_update_stock_quantities="real" if wanted else "closing"
        )

    def tax_account(self):
        """The account where a tax is booked."""
        return self.odoo.find("account.account", [("code", "=", "251000")])[0]

    def tax(self, name, account):
        """A sales tax of 10 % on top; return its id. account: where it is booked, None for nowhere."""
        line = {"repartition_type": "tax", "factor_percent": 100, "account_id": account or False}
        both = [(5,), (0, 0, {"repartition_type": "base", "factor_percent": 100}), (0, 0, line)]
        return self.odoo.create(
            "account.tax",
            {
                "name": name,
                "amount": 10,
                "type_tax_use": "sale",
                "invoice_repartition_line_ids": both,
                "refund_repartition_line_ids": both,
            },
        )

    def rounding(self, name):
        """Rounding of cash to 0.05 by a line of its own; return its id."""
        return self.odoo.create(
            "account.cash.rounding",
            {
                "name": name,
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "rounding_method": "HALF-UP",
                "profit_account_id": self.account("Rounded up", "4429%02d" % next(NUMBERS), "income"),
                "loss_account_id": self.account("Rounded down", "6429%02d" % next(NUMBERS), "expense"),
            },
        )

    def forget_rounding_accounts(self, rounding):
        """Take away the accounts of a rounding (19 keeps them by company, in the row itself)."""
        self.sql(
            "UPDATE account_cash_rounding SET profit_account_id = NULL, loss_account_id = NULL WHERE id = :'id'::int",
            id=rounding,
        )

    def archive(self, table, ident):
        """Archive a record where Odoo lets nobody do it any more (an import, a script)."""
        self.sql("UPDATE :\"table\" SET active = false WHERE id = :'id'::int", table=table, id=ident)

    def archive_account(self, ident):
        """Archive an account."""
        self.archive("account_account", ident)

    def unpost(self, invoice):
        """Set an invoice back to draft; 19 refuses that by now while the session is open, older builds did not."""
        self.sql(
            """UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = :'move'::int;
                    UPDATE account_move SET state = 'draft' WHERE id = :'move'::int;""",
            move=invoice,
        )

    def sql(self, text, **values):
        """Go past Odoo, as the field does."""
        return self.cluster.psql(self.odoo.database, text, **values)
