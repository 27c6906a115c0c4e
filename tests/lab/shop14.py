# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Odoo 14 does otherwise: bank statements, no browser close, no method journals, another order format."""

from __future__ import annotations

from .shop import NUMBERS, Shop
from .till import Till, link, now

KINDS = {
    "asset_current": "account.data_account_type_current_assets",
    "asset_receivable": "account.data_account_type_receivable",
    "income": "account.data_account_type_revenue",
    "expense": "account.data_account_type_expenses",
}


class Shop14(Shop):
    """One company of one Odoo 14 database."""

    series = 14
    journal_column = "cash_journal_id"
    # 14 wants a reason.
    no_reason = "-"

    @property
    def till_class(self):
        return Till14

    def _enter(self, company):
        super()._enter(company)
        self.receivable = self.odoo.read("res.company", company, "account_default_pos_receivable_account_id")
        self.receivable = self.receivable["account_default_pos_receivable_account_id"][0]
        currency = self.odoo.read("res.company", company, "currency_id")["currency_id"][0]
        self.pricelist = self.odoo.create(
            "product.pricelist", {"name": "Laboratory", "currency_id": currency, "company_id": company}
        )
        # A company that is founded later gets no sales journal for the point of sale by itself.
        self.sales = (
            self.odoo.find("account.journal", [("code", "=", "POSS"), ("company_id", "=", company)], limit=1)
            or [
                self.odoo.create(
                    "account.journal",
                    {"name": "Point of Sale", "code": "POSS", "type": "general", "company_id": company},
                )
            ]
        )[0]

    def load_chart(self, company):
        self.odoo(
            "account.chart.template", "try_loading", [self.odoo.ref("l10n_generic_coa.configurable_chart_template")]
        )

    def product(self, name, taxes=(), **values):
        if values.pop("is_storable", None):
            values["type"] = "product"
        return super().product(name, taxes, **values)

    def account(self, name, code, kind="asset_current", **values):
        return self.odoo.create(
            "account.account",
            {
                "name": name,
                "code": code,
                "user_type_id": self.odoo.ref(KINDS[kind]),
                "company_id": self.company_id,
                **values,
            },
        )

    def cash_method(self, name, journal):
        return self.odoo.create(
            "pos.payment.method",
            {
                "name": "Cash " + name,
                "is_cash_count": True,
                "cash_journal_id": journal,
                "receivable_account_id": self.receivable,
                "company_id": self.company_id,
            },
        )

    def card_method(self, name, journal=None, **values):
        # 14 leaves card money on the receivable; no journal is asked for.
        return self.account_method(name, **values)

    def account_method(self, name, **values):
        return self.odoo.create(
            "pos.payment.method",
            {"name": "Card " + name, "receivable_account_id": self.receivable, "company_id": self.company_id, **values},
        )

    def terminal(self):
        found = super().terminal()
        found.pop("payment_method_type")
        return found

    def config_values(self, cash):
        return {
            "cash_control": bool(cash),
            "journal_id": self.sales,
            "pricelist_id": self.pricelist,
            "available_pricelist_ids": link(self.pricelist),
        }

    def authorised(self, amount):
        return {"amount_authorized_diff": amount}

    def archive_account(self, ident):
        self.sql("UPDATE account_account SET deprecated = true WHERE id = :'id'::int", id=ident)

    def forget_rounding_accounts(self, rounding):
        self.sql("DELETE FROM ir_property WHERE res_id = 'account.cash.rounding,' || :'id'", id=rounding)

    def unpost(self, invoice):
        self.odoo("account.move", "button_draft", [invoice])


class Till14(Till):
    """One till of Odoo 14. The count lies on a bank statement; the session only shows it."""

    def open(self, opening=100):
        self.create_session()
        if self.odoo.read("pos.session", self.session, "state")["state"] == "opening_control":
            self.call("set_cashbox_pos", opening, "")
        return self.session

    def order(self, amount, paid, state="paid", product=None, lines=True, tax=None, payment=None, **values):
        found = super().order(amount, paid, state, product, lines, tax, payment)
        number = "%05d-001-%04d" % (self.session, next(NUMBERS))
        data = {
            "name": "Order " + number,
            "uid": number,
            "pos_session_id": self.session,
            "user_id": found["user_id"],
            "partner_id": False,
            "fiscal_position_id": False,
            "pricelist_id": self.shop.pricelist,
            "sequence_number": 1,
            "creation_date": now(),
            "lines": found["lines"],
            "to_invoice": False,
            "amount_total": amount,
            "amount_tax": found["amount_tax"],
            "amount_paid": found["amount_paid"],
            "amount_return": 0,
            "statement_ids": [[0, 0, {**one[2], "name": now()}] for one in found["payment_ids"]],
            **values,
        }
        return {"id": number, "data": data, "to_invoice": data["to_invoice"], "draft": state == "draft"}

    def send(self, orders):
        # One call says for all its orders whether they are drafts; nobody here mixes them.
        drafts = [order.pop("draft") for order in orders]
        return [order["id"] for order in self.odoo("pos.order", "create_from_ui", orders, all(drafts))]

    def statement(self):
        """The bank statement that holds the count."""
        return self.odoo.read("pos.session", self.session, "cash_register_id")["cash_register_id"][0]

    def count(self, amount):
        self.odoo.write("account.bank.statement", self.statement(), balance_end_real=amount)

    set_count = count

    def lock(self):
        self.call("action_pos_session_closing_control")

    def close(self, counted=None):
        expected = self.expected()
        self.lock()
        if not self.cash:
            return None
        self.count(expected if counted is None else counted)
        return self.call("action_pos_session_validate")

    def misprice(self, order):
        self.shop.sql(
            """UPDATE pos_order_line SET price_subtotal = price_subtotal - 3,
                         price_subtotal_incl = price_subtotal_incl - 3 WHERE order_id = :'order'::int""",
            order=order,
        )

    def force_close(self):
        # 14 asks nobody: it balances by a line of its own.
        return self.close()

    def move_cash(self, amount, reason):
        context = {"active_model": "pos.session", "active_ids": [self.session]}
        box = self.odoo.create("cash.box.out", {"amount": amount, "name": reason}, context=context)
        self.odoo("cash.box.out", "run", [box], context=context)

    def rescue(self):
        if self.session:
            # Odoo makes the rescue session by itself when an order arrives for a closed one.
            self.sell(self.cash, times=2)
            self.session = self.odoo.find("pos.session", [("config_id", "=", self.id), ("rescue", "=", True)])[0]
        else:
            self.create_session(rescue=True)
            self.sell(self.cash, times=2)

    def remove_method(self, method):
        # 14 refuses it while a session is open, and has no way round.
        self.shop.sql(
            """DELETE FROM pos_config_pos_payment_method_rel
                          WHERE pos_config_id = :'till'::int AND pos_payment_method_id = :'method'::int""",
            till=self.id,
            method=method,
        )

    def sell_with_change(self, amount, given):
        return self.send([self.order(amount, {self.cash: given}, amount_return=given - amount)])

    def refund(self, amount):
        order = self.order(-amount, {self.cash: -amount})
        order["data"]["lines"][0][2].update(qty=-1, price_unit=amount)
        return self.send([order])
