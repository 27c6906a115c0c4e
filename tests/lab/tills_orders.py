# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tills whose orders stand in the way."""

from __future__ import annotations

import datetime

from .tills import till


def _later(days):
    """Noon in ``days`` days; for today the last minute of the day, so that it is still to come."""
    day = datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=days)
    return "%s %s" % (day, "12:00:00" if days else "23:59:00")


@till(says="An ordinary day; nobody has counted yet.")
def healthy(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()


@till("orders.draft", says="Somebody pressed New and left: an order without a line.")
def draft_empty(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(0, lines=False)


@till("orders.draft", says="A basket that nobody paid.")
def draft_unpaid(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(20)


@till("orders.draft_with_payment", says="The customer paid it all, and the order stayed open.")
def draft_paid(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(10, {made.cash: 10})


@till("orders.draft_with_payment", says="The customer paid a part, and the order stayed open.")
def draft_part_paid(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(20, {made.card: 5})


@till("orders.draft", says="An order to be fetched later today.", series=(19,))
def draft_later_today(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(20, preset_time=_later(0))


@till("orders.draft_future", says="An order to be fetched tomorrow.", series=(19,))
def draft_tomorrow(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.draft(20, preset_time=_later(1))


@till("orders.cancelled_poison", on={19: ()}, says="A basket was cancelled in the back office.")
def cancelled_draft(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    order = made.draft(20)
    shop.odoo("pos.order", "action_pos_order_cancel", [order], context={"active_ids": [order]})


@till("orders.cancelled_poison", says="A paid order was cancelled behind Odoo's back; its money is in the drawer.")
def cancelled_paid(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    order = made.sell(made.cash, 20)[0]
    shop.sql("UPDATE pos_order SET state = 'cancel' WHERE id = :'order'::int", order=order)


@till("orders.underpaid", says="Ten were sold, six were paid, and the order says paid.")
def underpaid(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    order = made.sell(made.cash)[0]
    shop.sql("UPDATE pos_payment SET amount = 6 WHERE pos_order_id = :'order'::int", order=order)


@till("orders.no_lines", says="A paid order in which nothing was sold.")
def no_lines(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    order = made.sell(made.cash)[0]
    shop.sql("DELETE FROM pos_order_line WHERE order_id = :'order'::int", order=order)


@till("invoices.unposted", says="The bookkeeper set an invoice of today back to draft.")
def unposted_invoice(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    order = made.sell(made.cash, partner_id=shop.customer, to_invoice=True)[0]
    invoice = shop.odoo.read("pos.order", order, "account_move")["account_move"][0]
    shop.unpost(invoice)


@till("orders.no_customer", on={14: ()}, says="A method that wants a customer was paid with by nobody.")
def no_customer(shop, key):
    later = shop.account_method(key, split_transactions=True)
    made = shop.till(key, methods=[later])
    made.open()
    made.trade()
    order = made.sell(later, 15, partner_id=shop.customer)[0]
    shop.sql("UPDATE pos_order SET partner_id = NULL WHERE id = :'order'::int", order=order)
