# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pending orders, and an Odoo and a database that do with them what the real ones do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal as D

from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Attempt
from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_ledger import Ledger, Standing
from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_plan import make_plan
from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_steps import Resolving
from ansible_collections.retailops.odoo_pos.plugins.module_utils.orders import OrderOptions, Pending
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import utc

from .made import ago, session, store
from .made_closing import Database, Server

#: Whatever may be allowed, is.
EVERYTHING = OrderOptions(
    discard=("empty", "unpaid"), settle=True, detach_future=True, remove_cancelled=True, min_idle_minutes=0
)


def params(**other):
    """The module's own options, as it gets them."""
    return {"discard": [], "older_than_minutes": 0, "settle": False, "detach_future": False, "remove_cancelled": False,
            "orders": [], "till_synced": False, "min_idle_minutes": 15, **other}  # fmt: skip


def pending(**other):
    """A basket of 20.00 that nobody paid."""
    return replace(
        Pending(
            id=51,
            name="Order 51",
            reference="00007-001-0051",
            state="draft",
            session_id=24,
            session_name="POS/00024",
            amount=D("20.00"),
            paid=D(0),
            payments=0,
            lines=2,
            unconfirmed=0,
            transactions=0,
            invoiced=False,
            to_invoice=False,
            picked=True,
            created_at=ago(hours=3),
            touched_at=ago(hours=2),
            preset_at=None,
            date_order=ago(hours=3),
        ),
        **other,
    )


def ledger(*orders, **standings):
    """A session of three orders: 49 and 50, paid with 10.00 each, and 51. ``o49=None`` leaves one out."""
    rows = {
        49: Standing("paid 24 10.00", 1, D("10.00"), "1:1:10.00"),
        50: Standing("paid 24 10.00", 1, D("10.00"), "2:1:10.00"),
        51: Standing("draft 24 20.00", 0, D(0), ""),
    }
    rows.update({int(name[1:]): row for name, row in standings.items()})
    return Ledger(tuple(orders), {i: row for i, row in rows.items() if row is not None}, False)


class Orders:
    """The orders that PostgreSQL shows; stands in for OrderWatch too."""

    def __init__(self, *orders):
        self.rows = {order.id: order for order in orders}
        self.pauses = 0

    def order(self, ident):
        return self.rows.get(ident)

    def change(self, ident, **values):
        self.rows[ident] = replace(self.rows[ident], **values)

    def pause(self):
        self.pauses += 1


class OrderServer(Server):
    """Does with orders what Odoo does; ``answers`` take the place of a method, as in Server."""

    def __init__(self, database, orders, **answers):
        super().__init__(database, **answers)
        self.orders = orders

    def call(self, model, method, ids, **named):
        self.ids = ids
        return super().call(model, method, ids, **named)

    def do_read(self, model, fields):
        if model != "pos.order":
            return super().do_read(model, fields)
        rows = [self.orders.order(i) for i in self.ids]
        return [
            {"state": o.state, "session_id": [o.session_id, o.session_name] if o.session_id else False,
             "payment_ids": list(range(o.payments)), "lines": list(range(o.lines))}
            for o in rows if o is not None
        ]  # fmt: skip

    def do_write(self, model, vals):
        if model != "pos.order":
            return super().do_write(model, vals)
        known = {
            "date_order": lambda text: utc(datetime.fromisoformat(text)),
            "state": str,
            "session_id": lambda value: value or None,
        }
        for ident in self.ids:
            self.orders.change(ident, **{name: known[name](value) for name, value in vals.items() if name in known})
        return True

    def do_unlink(self, _model):
        for ident in self.ids:
            del self.orders.rows[ident]
        return True

    def do_action_pos_order_cancel(self, _model):
        for ident in self.ids:
            if self.orders.order(ident).state == "draft":
                self.orders.change(ident, state="cancel")
        return {"pos.order": [{"id": i} for i in self.ids]}

    def do_action_pos_order_paid(self, _model):
        for ident in self.ids:
            self.orders.change(ident, state="paid")
        return True

    def do_message_post(self, _model, body):
        return 900


def resolving(series, *orders, options=EVERYTHING, found=None, notes=None, row=None, **answers):
    """A plan for these orders and a server to carry it out on."""
    found = found or session()
    plan = make_plan(store(series, found), found, orders, {}, options, notes)
    database, rows = Database(series, **(row or {})), Orders(*orders)
    attempt = Attempt(found, series, OrderServer(database, rows, **answers), database, patience=1)
    return Resolving(plan, attempt, rows)
