# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A till, worked through Odoo's ordinary API as a cashier's browser works it.

Amounts are plain numbers: they go into JSON, and what they become is Odoo's affair.
"""

from __future__ import annotations

import datetime
import uuid


def now():
    """This moment, as Odoo writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def link(*ids):
    """The value that makes a many2many hold exactly these ids."""
    return [(6, 0, list(ids))]


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
        line = {
            "product_id": product or self.shop.snack,
            "qty": 1,
            "price_unit": amount - tax_amount,
            "discount": 0,
            "price_subtotal": amount - tax_amount,
            "price_subtotal_incl": amount,
            "tax_ids": link(*taxes),
            "uuid": str(uuid.uuid4()),
            "full_product_name": "Snack",
        }
        payments = [
            {
                "payment_method_id": method,
                "amount": part,
                "payment_date": now(),
                "uuid": str(uuid.uuid4()),
                **(payment or {}),
            }
            for method, part in paid.items()
        ]
        return {
            "uuid": str(uuid.uuid4()),
            "access_token": str(uuid.uuid4()),
            "session_id": self.session,
            "config_id": self.id,
            "company_id": self.shop.company_id,
            "user_id": self.odoo.uid(),
            "partner_id": False,
            "state": state,
            "date_order": now(),
            "amount_total": amount,
            "amount_tax": tax_amount,
            "amount_paid": sum(paid.values()),
            "amount_return": 0,
            "to_invoice": False,
            "fiscal_position_id": False,
            "pricelist_id": False,
            "lines": [[0, 0, line]] if lines else [],
            "payment_ids": [[0, 0, one] for one in payments],
            **values,
        }

    def send(self, orders):
        """Send orders to the server; return their ids."""
        # Without a printer of PDFs: the invoice is wanted, its paper is not.
        found = self.odoo("pos.order", "sync_from_ui", orders, context={"generate_pdf": False})
        return [order["id"] for order in found["pos.order"]]

    def multiply(self, factor):
        """Copy every order of the session with its line and payment by SQL until there are ``factor`` times as many."""
        columns = {}
        for table in ("pos_order", "pos_order_line", "pos_payment"):
            found = self.shop.cluster.rows(
                self.odoo.database,
                """SELECT column_name AS name FROM information_schema.columns
                    WHERE table_schema = 'public' AND table_name = :'table' ORDER BY ordinal_position""",
                table=table,
            )
            columns[table] = [row["name"] for row in found]
        # What may be there only once.
        fresh = {
            "uuid": "gen_random_uuid()",
            "access_token": "gen_random_uuid()",
            "id": "nextval('%s_id_seq')",
            "name": "x.name || '-' || g.n",
            "pos_reference": "x.pos_reference || '-' || g.n",
        }
        text = [
            "BEGIN; CREATE TEMP TABLE twin ON COMMIT DROP AS SELECT o.id AS old, g.n, nextval('pos_order_id_seq') AS new"
            " FROM pos_order o, generate_series(2, :'factor'::int) AS g(n) WHERE o.session_id = :'session'::int;"
        ]
        for table, key in (("pos_order", "id"), ("pos_order_line", "order_id"), ("pos_payment", "pos_order_id")):
            once = {
                name: fresh[name]
                for name in (("uuid", "access_token", "name", "pos_reference") if key == "id" else ("uuid", "id"))
                if name in columns[table]
            }
            once[key] = "g.new"
            values = [
                once[name] % table if "%s" in once.get(name, "") else once.get(name, "x." + name)
                for name in columns[table]
            ]
            text.append(
                "INSERT INTO %s (%s) SELECT %s FROM %s x JOIN twin g ON g.old = x.%s;"
                % (table, ", ".join(columns[table]), ", ".join(values), table, key)
            )
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
        extras = {"translatedType": kind, "formattedAmount": str(abs(amount))}
        self.call("try_cash_in_out", kind, abs(amount), reason, False, extras)

    def set_count(self, amount):
        """Store a count as a plain write, which asks nothing (what a half-done close leaves behind)."""
        self.odoo.write("pos.session", self.session, cash_register_balance_end_real=amount)

    def close_again(self):
        """Close a session that was set back, from the back office."""
        return self.call("action_pos_session_closing_control")

    def misprice(self, order):
        """Change a paid order so that its entry no longer adds up."""
        self.shop.sql(
            "UPDATE pos_order_line SET price_unit = price_unit - 3 WHERE order_id = :'order'::int", order=order
        )

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
        self.odoo(
            "pos.config",
            "write",
            [self.id],
            {"payment_method_ids": [(3, method)]},
            context={"bypass_payment_method_ids_forbidden_change": True},
        )

    def sell_with_change(self, amount, given):
        """Sell for cash and give change."""
        return self.send([self.order(amount, {self.cash: given}, amount_return=amount - given)])

    def refund(self, amount, method=None):
        """Take a thing back, for cash unless told otherwise."""
        order = self.order(-amount, {method or self.cash: -amount})
        order["lines"][0][2].update(qty=-1, price_unit=amount)
        return self.send([order])
