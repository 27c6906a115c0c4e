# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about pending orders: what they hold, and whether the rest of the session stayed as it was.

Sources: point_of_sale/models/pos_order.py and pos_payment.py of 14.0 and 19.0, pos_online_payment/models/payment_transaction.py.
"""

from __future__ import annotations

from .queries import column
from .schema import Schema

# Online payments are a module of their own, and their table belongs to another one yet.
ONLINE = """
SELECT count(*) > 0 AS online
  FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = to_regclass('public.payment_transaction') AND a.attname = 'pos_order_id' AND NOT a.attisdropped"""

# One that is done has left its payment on the order, unless Odoo has not come to that yet.
UNDER_WAY = """(SELECT count(*) FROM payment_transaction t
          WHERE t.pos_order_id = o.id AND t.state NOT IN ('cancel', 'error') AND (t.state <> 'done' OR p.number IS NULL))"""


def orders(schema: Schema, online: bool) -> str:
    """Drafts and cancelled orders of a session, and orders by id. Parameters: session, ids.

    ``online``: whether payment_transaction knows orders. ``picked``: goods leave the stock at the close, or have left it.
    ``step``: what the till rounds a price to that is paid by cash alone.
    """
    picked = (
        "EXISTS (SELECT 1 FROM stock_picking k WHERE k.pos_order_id = o.id)"
        if schema.has("stock_picking", "pos_order_id")
        else "false"
    )
    rounds = schema.has("account_cash_rounding")
    return """
WITH o AS MATERIALIZED (
  SELECT o.id, o.name, o.pos_reference, o.state, o.session_id, o.amount_total, o.account_move, o.create_date, o.write_date,
         o.date_order, {to_invoice} AS to_invoice, {preset_at} AS preset_at
    FROM pos_order o
   WHERE o.id = ANY(%(ids)s) OR (o.session_id = %(session)s AND o.state IN ('draft', 'cancel'))
), p AS (
  SELECT p.pos_order_id, count(*) AS number, sum(p.amount) AS paid,
         count(*) FILTER (WHERE coalesce(p.payment_status, '') NOT IN ('', 'done', 'reversed')) AS unconfirmed,
         bool_and(coalesce(m.is_cash_count, false)) AS by_cash
    FROM pos_payment p JOIN o ON o.id = p.pos_order_id JOIN pos_payment_method m ON m.id = p.payment_method_id GROUP BY p.pos_order_id
), n AS (
  SELECT n.order_id, count(*) AS number, max(greatest(n.create_date, n.write_date)) AS touched_at
    FROM pos_order_line n JOIN o ON o.id = n.order_id GROUP BY n.order_id
)
SELECT o.id, o.name, o.pos_reference AS reference, o.state, o.session_id, s.name AS session_name, o.amount_total AS amount,
       coalesce(p.paid, 0) AS paid, coalesce(p.number, 0) AS payments, coalesce(n.number, 0) AS lines,
       coalesce(p.unconfirmed, 0) AS unconfirmed, {transactions} AS transactions, o.account_move IS NOT NULL AS invoiced,
       coalesce(o.to_invoice, false) AS to_invoice, coalesce({at_closing}, true) OR {picked} AS picked,
       o.create_date AS created_at, greatest(o.create_date, o.write_date, n.touched_at) AS touched_at, o.preset_at, o.date_order,
       {step}
  FROM o
  LEFT JOIN pos_session s ON s.id = o.session_id
  {rounding}
  LEFT JOIN p ON p.pos_order_id = o.id
  LEFT JOIN n ON n.order_id = o.id
 ORDER BY o.id""".format(
        to_invoice=column(schema, "pos_order", "to_invoice", "o", "false"),
        preset_at=column(schema, "pos_order", "preset_time", "o", "NULL::timestamp"),
        at_closing=column(schema, "pos_session", "update_stock_at_closing", "s", "true"),
        transactions=UNDER_WAY if online else "0",
        picked=picked,
        step="CASE WHEN c.cash_rounding AND p.by_cash THEN r.rounding::numeric END AS step, r.rounding_method::text AS step_how"
        if rounds
        else "NULL::numeric AS step, NULL::text AS step_how",
        rounding="LEFT JOIN pos_config c ON c.id = s.config_id LEFT JOIN account_cash_rounding r ON r.id = c.rounding_method"
        if rounds
        else "",
    )


# Orders by their ids or by what their receipts say, wherever they are. Parameters: ids, names.
NAMED = """
SELECT o.id, o.name, o.pos_reference AS reference
  FROM pos_order o
 WHERE o.id = ANY(%(ids)s) OR o.pos_reference = ANY(%(names)s) OR o.name = ANY(%(names)s)
 ORDER BY o.id"""

# Every order of a session as a line to compare, with all its payments. Parameters: session, ids (orders that were in it).
LEDGER = """
WITH o AS MATERIALIZED (
  SELECT o.id, o.state, o.session_id, o.amount_total, o.amount_paid, o.partner_id, o.account_move
    FROM pos_order o WHERE o.session_id = %(session)s OR o.id = ANY(%(ids)s)
), p AS (
  SELECT p.pos_order_id, count(*) AS number, sum(p.amount) AS amount,
         string_agg(concat_ws(':', p.id, p.payment_method_id, p.amount), ',' ORDER BY p.id) AS payments
    FROM pos_payment p JOIN o ON o.id = p.pos_order_id GROUP BY p.pos_order_id
), n AS (
  SELECT n.order_id, count(*) AS lines FROM pos_order_line n JOIN o ON o.id = n.order_id GROUP BY n.order_id
)
SELECT o.id, concat_ws(' ', o.state, o.session_id, o.amount_total, o.amount_paid, o.partner_id, o.account_move,
                       coalesce(n.lines, 0)) AS standing,
       coalesce(p.number, 0) AS number, coalesce(p.amount, 0) AS amount, coalesce(p.payments, '') AS payments
  FROM o LEFT JOIN p ON p.pos_order_id = o.id LEFT JOIN n ON n.order_id = o.id
 ORDER BY o.id"""
