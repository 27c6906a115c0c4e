# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A close without a server: a database and an Odoo that do with writes what the real ones do, and answer as a test wishes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal as D

from ansible_collections.retailops.odoo_pos.plugins.module_utils.attempt import Closing
from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import utc

from .made import session, store


class Database:
    """The row that PostgreSQL shows of the session; stands in for Watch too."""

    def __init__(self, series, **other):
        self.series, self.settles = series, ("opened", True)
        self.values = {"name": "POS/00024", "state": "opened", "stop_at": None, "move_id": None, "counted": None, "start": D(100),
                       "closing_notes": None, "register_id": 9 if series <= 15 else None, **other}  # fmt: skip
        self.earlier = None
        self.sold, self.late, self.nobody_writes, self.sales_end = (5, D(50), 0), None, True, True

    def row(self):
        return dict(self.values)

    def sales(self, _has_drawer):
        return self.sold

    def outlast(self, _seconds, _seconds_for_sales):
        """Sales that began before the till was locked end now."""
        self.sold = self.late or self.sold
        return self.sales_end

    def earlier_close(self, _seconds):
        return self.earlier

    def quiet(self, _seconds):
        return self.nobody_writes

    def settle(self, _seconds, _orders):
        return self.settles


class Server:
    """A transport that does what Odoo does with the writes, and answers the rest from ``answers`` (an exception is raised)."""

    def __init__(self, database, **answers):
        self.database, self.answers, self.sent = database, answers, []

    def call(self, model, method, ids, **named):
        self.sent.append((model, method, ids, named))
        if method in self.answers:
            found = self.answers[method]
            if isinstance(found, Exception):
                raise found
            if callable(found):
                return found(self)
            return found
        return getattr(self, "do_" + method)(model, **named)

    def do_read(self, model, fields):
        if model != "pos.session":
            return [{"amount_to_balance": D("-3.0")}]
        row = self.database.values
        seen = {"name": row["name"], "state": row["state"], "config_id": [7, "Till 7"], "closing_notes": row["closing_notes"] or False,
                "stop_at": row["stop_at"].strftime("%Y-%m-%d %H:%M:%S") if row["stop_at"] else False}  # fmt: skip
        return [{name: seen[name] for name in fields}]

    def do_write(self, model, vals):
        columns = {
            "cash_register_balance_end_real": "counted",
            "balance_end_real": "counted",
            "cash_register_balance_start": "start",
        }
        for name, value in vals.items():
            if name == "stop_at":
                value = utc(datetime.fromisoformat(value)) if value else None
            if name in self.database.values or name in columns:
                self.database.values[columns.get(name, name)] = value or None if name == "closing_notes" else value
        return True

    def do_post_closing_cash_details(self, _model, counted_cash):
        self.database.values["counted"] = counted_cash
        return {"successful": True}

    def do_update_closing_control_state_session(self, _model, notes):
        # 15 and 16 keep no notes: they go into the chatter
        self.database.values.update(state="closing_control")
        if self.database.series >= 17:
            self.database.values.update(closing_notes=notes or None)

    def do_close_session_from_ui(self, _model, bank_payment_method_diff_pairs):
        self.database.values["state"] = "closed"
        return {"successful": True}

    def do_action_pos_session_closing_control(self, _model):
        self.database.values["state"] = "closing_control" if self.database.series == 14 else "closed"
        return None if self.database.series == 14 else True

    def do_action_pos_session_validate(self, _model):
        self.database.values["state"] = "closed"
        return {"type": "ir.actions.client", "tag": "reload"}

    def methods(self):
        return [method for _model, method, _ids, _named in self.sent]


def closing(series, found=None, options=None, account_id=None, row=None, **answers):
    found = found or session()
    plan = make_plan(
        store(series, found), found, CloseOptions(**{"min_idle_minutes": 0, **(options or {"counted_cash": "130"})})
    )
    database = Database(series, **(row or {}))
    database.sold = (found.order_count, sum((p.amount for p in found.payments), D(0)), 0)
    return Closing(plan, Server(database, **answers), database, account_id, patience=1)


def wizard(**other):
    return {
        "type": "ir.actions.act_window",
        "res_model": "pos.close.session.wizard",
        "res_id": 77,
        "name": "Force Close Session",
        **other,
    }
