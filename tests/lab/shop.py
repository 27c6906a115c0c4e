# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A shop and its tills, worked through Odoo's ordinary API as a cashier's browser works them.

``Shop`` and ``Till`` speak Odoo 19; shop14.py says what Odoo 14 does otherwise. Amounts are plain numbers: they go
into JSON, and what they become is Odoo's affair.
"""

from __future__ import annotations

import copy
import datetime
import itertools
import uuid


#: Journals, accounts and terminals want codes of their own.
NUMBERS = itertools.count(1)


def now():
    """This moment, as Odoo writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def link(*ids):
    """The value that makes a many2many hold exactly these ids."""
    return [(6, 0, list(ids))]


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
        values = {"name": name, "type": "service", "list_price": 10, "taxes_id": link(*taxes), "available_in_pos": True, **values}
        return self.odoo.create("product.product", values)

    def account(self, name, code, kind="asset_current", **values):
        """An account of its own; return its id."""
        return self.odoo.create("account.account", {"name": name, "code": code, "account_type": kind, **values})

    def outstanding(self):
        """The account where card money waits for the bank."""
        return self.odoo.ref("account.%d_account_journal_payment_debit_account_id" % self.company_id)

    def cash_journal(self, name):
        """A cash journal with its accounts; return its id."""
        return self.odoo.create("account.journal", {"name": "Cash " + name, "type": "cash", "code": "C%03d" % next(NUMBERS),
                                                    "company_id": self.company_id})

    def bank_journal(self, name):
        """A bank journal; return its id."""
        return self.odoo.create("account.journal", {"name": "Bank " + name, "type": "bank", "code": "K%03d" % next(NUMBERS),
                                                    "company_id": self.company_id})

    def cash_method(self, name, journal):
        """A payment method that fills the drawer; return its id."""
        return self.odoo.create("pos.payment.method", {"name": "Cash " + name, "journal_id": journal,
                                                       "company_id": self.company_id})

    def card_method(self, name, journal=None, **values):
        """A payment method of the bank; return its id."""
        values = {"name": "Card " + name, "journal_id": journal or self.bank, "company_id": self.company_id,
                  "outstanding_account_id": self.outstanding(), **values}
        return self.odoo.create("pos.payment.method", values)

    def account_method(self, name, **values):
        """A payment method that lets a customer pay later; return its id."""
        return self.odoo.create("pos.payment.method", {"name": "Customer account " + name, "company_id": self.company_id,
                                                       **values})

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
        till.id = self.odoo.create("pos.config", {"name": till.name, "company_id": self.company_id,
                                                  "payment_method_ids": link(*chosen), **self.config_values(cash), **config})
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
        return {"payment_method_type": "terminal", "use_payment_terminal": "adyen", "adyen_api_key": "none",
                "adyen_terminal_identifier": "T-%d" % next(NUMBERS)}

    def tracked(self):
        """The settings of a product that leaves the stock by lots."""
        return {"type": "consu", "is_storable": True, "tracking": "lot"}

    def stock_at_once(self, wanted=True):
        """Whether sessions opened from now on move the stock with each sale, or when they close."""
        self.odoo.write("res.company", self.company_id, point_of_sale_update_stock_quantities="real" if wanted else "closing")

    def tax_account(self):
        """The account where a tax is booked."""
        return self.odoo.find("account.account", [("code", "=", "251000")])[0]

    def tax(self, name, account):
        """A sales tax of 10 % on top; return its id. account: where it is booked, None for nowhere."""
        line = {"repartition_type": "tax", "factor_percent": 100, "account_id": account or False}
        both = [(5,), (0, 0, {"repartition_type": "base", "factor_percent": 100}), (0, 0, line)]
        return self.odoo.create("account.tax", {"name": name, "amount": 10, "type_tax_use": "sale",
                                                "invoice_repartition_line_ids": both, "refund_repartition_line_ids": both})

    def rounding(self, name):
        """Rounding of cash to 0.05 by a line of its own; return its id."""
        return self.odoo.create("account.cash.rounding", {
            "name": name, "rounding": 0.05, "strategy": "add_invoice_line", "rounding_method": "HALF-UP",
            "profit_account_id": self.account("Rounded up", "4429%02d" % next(NUMBERS), "income"),
            "loss_account_id": self.account("Rounded down", "6429%02d" % next(NUMBERS), "expense")})

    def forget_rounding_accounts(self, rounding):
        """Take away the accounts of a rounding (19 keeps them by company, in the row itself)."""
        self.sql("UPDATE account_cash_rounding SET profit_account_id = NULL, loss_account_id = NULL WHERE id = :'id'::int",
                 id=rounding)

    def archive(self, table, ident):
        """Archive a record where Odoo lets nobody do it any more (an import, a script)."""
        self.sql('UPDATE :"table" SET active = false WHERE id = :\'id\'::int', table=table, id=ident)

    def archive_account(self, ident):
        """Archive an account."""
        self.archive("account_account", ident)

    def unpost(self, invoice):
        """Set an invoice back to draft; 19 refuses that by now while the session is open, older builds did not."""
        self.sql("""UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = :'move'::int;
                    UPDATE account_move SET state = 'draft' WHERE id = :'move'::int;""", move=invoice)

    def sql(self, text, **values):
        """Go past Odoo, as the field does."""
        return self.cluster.psql(self.odoo.database, text, **values)


class Till:
    """One till: opened, sold on, counted, closed. ``session`` is its latest session."""

    def __init__(self, shop, name):
        self.shop, self.odoo = shop, shop.odoo
        self.name = name if name.startswith(("{", "\x1b")) else "Till " + name
        self.id = self.cash = self.card = self.drawer = self.session = None
        self.hours_old = 3

    def call(self, method, *arguments, **named):
        """Call a method of the session."""
        return self.odoo("pos.session", method, [self.session], *arguments, **named)

    def create_session(self, **values):
        """Begin a session, as pressing Open does; it waits for its opening count."""
        self.session = self.odoo.create("pos.session", {"config_id": self.id, **values})
        return self.session

    def open(self, opening=100):
        """Begin a session and count the drawer at opening."""
        self.create_session()
        self.call("set_opening_control", opening, "")
        return self.session

    # --- selling ----------------------------------------------------------------------------------------------

    def trade(self):
        """The day that every till has: five sales of 10, three in cash, two by card where there is one."""
        self.sell(self.cash or self.card, times=3)
        if self.card:
            self.sell(self.card, times=2)
        return self

    def sell(self, method, amount=10, times=1, **values):
        """Sell for ``amount``, paid by ``method``, ``times`` over; return the ids of the orders."""
        return self.send([self.order(amount, {method: amount}, **values) for _ignored in range(times)])

    def draft(self, amount=10, paid=None, **values):
        """Leave an order open, with the payments ``paid`` ({method: amount}); return its id."""
        return self.send([self.order(amount, paid or {}, state="draft", **values)])[0]

    def order(self, amount, paid, state="paid", product=None, lines=True, tax=None, payment=None, **values):
        """One order as the browser sends it. tax: (tax id, its amount); payment: more fields of the payments."""
        taxes, tax_amount = ([tax[0]], tax[1]) if tax else ([], 0)
        line = {"product_id": product or self.shop.snack, "qty": 1, "price_unit": amount - tax_amount, "discount": 0,
                "price_subtotal": amount - tax_amount, "price_subtotal_incl": amount, "tax_ids": link(*taxes),
                "uuid": str(uuid.uuid4()), "full_product_name": "Snack"}
        payments = [{"payment_method_id": method, "amount": part, "payment_date": now(), "uuid": str(uuid.uuid4()),
                     **(payment or {})} for method, part in paid.items()]
        return {"uuid": str(uuid.uuid4()), "access_token": str(uuid.uuid4()), "session_id": self.session, "config_id": self.id,
                "company_id": self.shop.company_id, "user_id": self.odoo.uid(), "partner_id": False, "state": state,
                "date_order": now(), "amount_total": amount, "amount_tax": tax_amount, "amount_paid": sum(paid.values()),
                "amount_return": 0, "to_invoice": False, "fiscal_position_id": False, "pricelist_id": False,
                "lines": [[0, 0, line]] if lines else [], "payment_ids": [[0, 0, one] for one in payments], **values}

    def send(self, orders):
        """Send orders to the server; return their ids."""
        # Without a printer of PDFs: the invoice is wanted, its paper is not.
        found = self.odoo("pos.order", "sync_from_ui", orders, context={"generate_pdf": False})
        return [order["id"] for order in found["pos.order"]]

    def multiply(self, factor):
        """Copy every order of the session with its line and payment by SQL until there are ``factor`` times as many."""
        columns = {}
        for table in ("pos_order", "pos_order_line", "pos_payment"):
            found = self.shop.cluster.rows(self.odoo.database, """SELECT column_name AS name FROM information_schema.columns
                    WHERE table_schema = 'public' AND table_name = :'table' ORDER BY ordinal_position""", table=table)
            columns[table] = [row["name"] for row in found]
        # What may be there only once.
        fresh = {"uuid": "gen_random_uuid()", "access_token": "gen_random_uuid()", "id": "nextval('%s_id_seq')",
                 "name": "x.name || '-' || g.n", "pos_reference": "x.pos_reference || '-' || g.n"}
        text = ["BEGIN; CREATE TEMP TABLE twin ON COMMIT DROP AS SELECT o.id AS old, g.n, nextval('pos_order_id_seq') AS new"
                " FROM pos_order o, generate_series(2, :'factor'::int) AS g(n) WHERE o.session_id = :'session'::int;"]
        for table, key in (("pos_order", "id"), ("pos_order_line", "order_id"), ("pos_payment", "pos_order_id")):
            once = {name: fresh[name] for name in (("uuid", "access_token", "name", "pos_reference") if key == "id" else
                                                   ("uuid", "id")) if name in columns[table]}
            once[key] = "g.new"
            values = [once[name] % table if "%s" in once.get(name, "") else once.get(name, "x." + name) for name in columns[table]]
            text.append("INSERT INTO %s (%s) SELECT %s FROM %s x JOIN twin g ON g.old = x.%s;"
                        % (table, ", ".join(columns[table]), ", ".join(values), table, key))
        self.shop.sql("".join(text) + "COMMIT;", factor=factor, session=self.session)

    # --- counting and closing -----------------------------------------------------------------------------------

    def expected(self):
        """What Odoo expects in the drawer."""
        return self.odoo.read("pos.session", self.session, "cash_register_balance_end")["cash_register_balance_end"]

    def count(self, amount):
        """Store what was counted."""
        return self.call("post_closing_cash_details", amount)

    def lock(self):
        """Put the session into closing control, as the browser does before it closes."""
        self.call("update_closing_control_state_session", "")

    def close(self, counted=None):
        """Close as the browser does; return what Odoo returned. Raises Refused."""
        if self.cash:
            self.count(self.expected() if counted is None else counted)
        self.lock()
        return self.call("close_session_from_ui", [])

    def move_cash(self, amount, reason):
        """Put money in (or take it out, below zero)."""
        kind = "in" if amount > 0 else "out"
        self.call("try_cash_in_out", kind, abs(amount), reason, False, {"translatedType": kind, "formattedAmount": str(abs(amount))})

    def set_count(self, amount):
        """Store a count as a plain write, which asks nothing (what a half-done close leaves behind)."""
        self.odoo.write("pos.session", self.session, cash_register_balance_end_real=amount)

    def close_again(self):
        """Close a session that was set back, from the back office."""
        return self.call("action_pos_session_closing_control")

    def misprice(self, order):
        """Change a paid order so that its entry no longer adds up."""
        self.shop.sql("UPDATE pos_order_line SET price_unit = price_unit - 3 WHERE order_id = :'order'::int", order=order)

    def force_close(self):
        """Close with the difference forced onto an account, by Odoo's wizard."""
        self.count(self.expected())
        action = self.call("action_pos_session_closing_control")
        return self.odoo("pos.close.session.wizard", "close_session", [action["res_id"]], context=action["context"])

    # --- less common --------------------------------------------------------------------------------------------

    def rescue(self):
        """Have a rescue session with two sales. 19 makes none itself any more: this is one that an upgrade left."""
        self.create_session(rescue=True)
        name = "(RESCUE FOR %s)" % self.name
        self.odoo.write("pos.session", self.session, state="opened", start_at=now(), name=name)
        self.sell(self.cash, times=2)

    def remove_method(self, method):
        """Take a payment method off the till while a session is open, as the settings page does."""
        self.odoo("pos.config", "write", [self.id], {"payment_method_ids": [(3, method)]},
                  context={"bypass_payment_method_ids_forbidden_change": True})

    def sell_with_change(self, amount, given):
        """Sell for cash and give change."""
        return self.send([self.order(amount, {self.cash: given}, amount_return=amount - given)])

    def refund(self, amount):
        """Take a thing back for cash."""
        order = self.order(-amount, {self.cash: -amount})
        order["lines"][0][2].update(qty=-1, price_unit=amount)
        return self.send([order])
