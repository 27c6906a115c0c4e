# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about what was sold and paid in sessions, and whether it adds up.

Sources: odoo-closing.md 1 to 5 and point_of_sale/models/pos_session.py of 14.0 and 19.0 (_accumulate_amounts).
"""

from __future__ import annotations

from .queries import column, label
from .schema import Schema

# What the closing entry is made of. Up to 17 the stored subtotal plus tax worked out anew; from 18 on everything anew.
# A stored amount is believed where it agrees with today's taxes within their rounding; taxes that are not plain
# percentages, and orders with a fiscal position, are believed as stored. Where a company rounds taxes over the whole document
# (19 does unless told otherwise), and only there, lines do not add up to their order: its total is believed where their
# roundings explain it, because the till and the closing entry work it out by the same functions.
STORED_LINE = "x.stored_base + x.stored_tax"
AMOUNT = "coalesce(CASE WHEN o.globally AND abs(o.amount_total - l.worked_out) <= l.slack THEN o.amount_total ELSE l.worked_out END, 0)"


def included(schema: Schema) -> str:
    """Whether a tax is included in the price: a column of its own up to 17, an override of the company's setting after."""
    if schema.has("account_tax", "price_include_override"):
        return "coalesce(t.price_include_override, line.includes, 'tax_excluded')::text = 'tax_included'"
    return "coalesce(t.price_include, false)"


def orders(schema: Schema) -> str:
    """Orders by session: counts, imbalance of the closing entry, and those that need a look, one row each (``id`` is NULL where a
    session has none).

    Parameters: sessions, weighing (by what each of them is weighed, see ``reading.weighing``), most, and unbooked (taxes that say
    not where they are booked: ``unbooked`` lists by order and line which of them the session has).

    Orders of closed sessions are not weighed against their lines: their entry is there, and ``books`` judges that.

    ``most`` limits those of each state, what stops a close first, so that none hides behind hundreds of harmless ones.
    OFFSET 0 within ``judged`` keeps the planner from working ``off`` out anew wherever it is named.
    """
    counted_states = "o.state <> 'draft'" if schema.series <= 16 else "o.state NOT IN ('draft', 'cancel')"
    if schema.series <= 17:
        live, untaxed = "x.stored_base + x.live_base * x.rate", "x.stored_base"
        sold = AMOUNT + " + CASE WHEN o.cash_rounding THEN o.amount_paid - o.amount_total ELSE 0 END"
    else:
        live, untaxed = "x.live_base * (1::numeric + x.rate)", "round(x.gross, x.digits)"
        sold = "CASE WHEN o.cash_rounding THEN o.amount_paid ELSE %s END" % AMOUNT
    invoiced = (
        "coalesce(p.paid, 0) - CASE WHEN o.cash_rounding THEN o.amount_paid ELSE o.amount_total END"
        if schema.series == 14
        else "0"
    )
    return """
WITH s AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(weighing)s::json)
             AS s(id int, weighed boolean, cash_rounding boolean, rounding numeric, digits int, globally boolean, includes text)
), o AS MATERIALIZED (
  SELECT o.id, o.session_id, o.name, o.pos_reference, o.state::text AS state, o.amount_total, o.amount_paid, o.partner_id, o.account_move,
         o.fiscal_position_id, o.create_date, greatest(o.create_date, o.write_date) AS touched_at, {preset_at} AS preset_at,
         s.cash_rounding, s.rounding, s.digits, s.globally, s.includes, s.weighed
    FROM s JOIN pos_order o ON o.session_id = s.id
   WHERE o.session_id = ANY(%(sessions)s)
), p AS (
  SELECT p.pos_order_id, count(*) AS number, sum(p.amount) AS paid,
         bool_or(m.split_transactions AND p.amount <> 0::numeric) AS is_split,
         bool_or(m.split_transactions AND p.amount <> 0::numeric AND NOT ({pay_later})) AS is_split_now
    FROM pos_payment p
    JOIN pos_payment_method m ON m.id = p.payment_method_id
   WHERE {payments_of}
   GROUP BY p.pos_order_id
), line AS MATERIALIZED (
  SELECT n.id, n.order_id, o.fiscal_position_id, o.digits, o.rounding, o.includes,
         n.price_unit * n.qty * (1::numeric - coalesce(n.discount, 0) * 0.01) AS gross,
         n.price_subtotal AS stored_base, n.price_subtotal_incl - n.price_subtotal AS stored_tax
    FROM o JOIN pos_order_line n ON n.order_id = o.id
   WHERE o.weighed
), tax AS (
  SELECT line.id, count(*) AS taxes,
         bool_and(t.amount_type::text = 'percent' AND NOT coalesce(t.include_base_amount, false)) AS plain,
         sum(t.amount) FILTER (WHERE t.amount_type::text = 'percent') / 100.0 AS rate,
         coalesce(sum(t.amount) FILTER (WHERE t.amount_type::text = 'percent' AND {included}), 0) / 100.0 AS included_rate,
         json_agg(t.id) FILTER (WHERE t.id = ANY(%(unbooked)s::int[])) AS unbooked
    FROM line
    JOIN account_tax_pos_order_line_rel r ON r.pos_order_line_id = line.id
    JOIN account_tax t ON t.id = r.account_tax_id
   GROUP BY line.id
), l AS (
  SELECT x.order_id, count(*) AS lines,
         sum(CASE WHEN x.taxes IS NULL THEN {untaxed}
                  WHEN NOT x.plain OR x.fiscal_position_id IS NOT NULL THEN {stored}
                  WHEN abs({live} - ({stored})) <= x.rounding * (1 + x.taxes)::numeric / 2.0 THEN {stored}
                  ELSE {live} END) AS worked_out,
         sum(x.rounding * (1 + coalesce(x.taxes, 0))::numeric / 2.0) AS slack,
         json_agg(x.unbooked) FILTER (WHERE x.unbooked IS NOT NULL) AS unbooked
    FROM (SELECT line.*, tax.taxes, tax.plain, tax.rate, tax.unbooked,
                 line.gross / (1::numeric + coalesce(tax.included_rate, 0)) AS live_base
            FROM line LEFT JOIN tax ON tax.id = line.id) x
   GROUP BY x.order_id
), judged AS MATERIALIZED (
  SELECT j.*, j.state IN ('draft', 'cancel') OR abs(j.off) >= j.rounding / 2::numeric OR j.underpaid OR j.invoice_state IS NOT NULL
           OR j.no_customer OR (j.weighed AND j.lines = 0) AS suspect
    FROM (SELECT o.*, coalesce(p.number, 0) AS payments, coalesce(p.paid, 0) AS paid, coalesce(l.lines, 0) AS lines,
                 o.partner_id IS NULL AND coalesce(CASE WHEN o.account_move IS NULL THEN p.is_split ELSE p.is_split_now END, false)
                   AS no_customer,
                 l.unbooked,
                 CASE WHEN NOT ({counted_states} AND o.weighed) THEN 0
                      WHEN o.account_move IS NOT NULL THEN {invoiced}
                      ELSE coalesce(p.paid, 0) - ({sold})
                 END AS off,
                 o.state IN ('paid', 'done', 'invoiced') AND NOT o.cash_rounding
                   AND abs(o.amount_total - coalesce(p.paid, 0)) >= o.rounding / 2::numeric AS underpaid,
                 CASE WHEN o.state NOT IN ('draft', 'cancel') AND v.state::text <> 'posted' THEN v.state END AS invoice_state,
                 v.name AS invoice
            FROM o
            LEFT JOIN p ON p.pos_order_id = o.id
            LEFT JOIN l ON l.order_id = o.id
            LEFT JOIN LATERAL (SELECT v.name, v.state FROM account_move v
                                WHERE o.account_move IS NOT NULL AND v.id = o.account_move OFFSET 0) v ON true
          OFFSET 0) j
), counted AS (
  SELECT r.session_id, count(*) AS number, max(r.touched_at) AS touched_at, sum(r.off) AS imbalance,
         count(*) FILTER (WHERE r.state = 'draft') AS draft, count(*) FILTER (WHERE r.state = 'paid') AS paid,
         count(*) FILTER (WHERE r.state = 'done') AS done, count(*) FILTER (WHERE r.state = 'invoiced') AS invoiced,
         count(*) FILTER (WHERE r.state = 'cancel') AS cancel, count(*) FILTER (WHERE r.suspect) AS suspects,
         sum(abs(r.amount_paid - r.amount_total)) FILTER (WHERE r.state NOT IN ('draft', 'cancel')) AS rounded,
         json_agg(r.unbooked) FILTER (WHERE r.state <> 'draft' AND r.unbooked IS NOT NULL) AS unbooked
    FROM judged r GROUP BY r.session_id
)
SELECT c.*, n.*
  FROM counted c
  LEFT JOIN (SELECT r.session_id AS of_session, r.id, r.name, r.pos_reference AS reference, r.state, r.amount_total AS amount,
                    r.paid AS received, r.payments, r.lines, r.off, r.create_date AS created_at, r.preset_at, r.no_customer,
                    r.underpaid, r.invoice, r.invoice_state,
                    row_number() OVER (
                      PARTITION BY r.session_id, r.state
                      ORDER BY r.preset_at NULLS FIRST, r.invoice_state IS NULL AND NOT r.no_customer, r.payments = 0, r.lines = 0,
                               r.id) AS rank
               FROM judged r WHERE r.suspect) n ON n.of_session = c.session_id AND n.rank <= %(most)s
 ORDER BY n.id""".format(
        preset_at=column(schema, "pos_order", "preset_time", "o", "NULL::timestamp"),
        pay_later="false" if schema.series == 14 else "m.journal_id IS NULL",
        # 14 has no index on the session of a payment.
        payments_of="p.pos_order_id IN (SELECT o.id FROM o)"
        if schema.series == 14
        else "p.session_id = ANY(%(sessions)s)",
        counted_states=counted_states,
        included=included(schema),
        untaxed=untaxed,
        stored=STORED_LINE,
        live=live,
        sold=sold,
        invoiced=invoiced,
    )


def no_register(schema: Schema) -> str:
    """Whether a cash method's journal has no statement in the session: up to 15 Odoo breaks off there with a KeyError."""
    if schema.series > 15:
        return "false"
    journal = "cash_journal_id" if schema.series == 14 else "journal_id"
    return (
        "coalesce(m.is_cash_count, false) AND NOT EXISTS (SELECT 1 FROM account_bank_statement st"
        " WHERE st.pos_session_id = o.session_id AND st.journal_id = m.%s)" % journal
    )


def payments(schema: Schema) -> str:
    """Payments by session and method. Parameter: sessions."""
    finished = "coalesce(p.payment_status::text, '') IN ('', 'done', 'reversed')"
    return """
SELECT p.session_id, p.payment_method_id AS method_id, {name} AS method_name, m.active AS method_active,
       count(*) AS number, sum(p.amount) AS amount,
       sum(p.amount) FILTER (WHERE o.state::text IN ('paid', 'done', 'invoiced')) AS captured,
       coalesce(sum(p.amount) FILTER (WHERE o.state::text = 'cancel'), 0) AS cancelled,
       count(*) FILTER (WHERE NOT {finished} AND p.payment_status::text <> 'waitingCapture') AS unconfirmed,
       count(*) FILTER (WHERE p.payment_status::text = 'waitingCapture') AS uncaptured,
       max(p.create_date) AS last_at, {no_register} AS no_register
  FROM pos_payment p
  JOIN pos_order o ON o.id = p.pos_order_id
  JOIN pos_payment_method m ON m.id = p.payment_method_id
 WHERE o.session_id = ANY(%(sessions)s) AND {of_payment}
 GROUP BY p.session_id, o.session_id, p.payment_method_id, m.id
 ORDER BY p.session_id, p.payment_method_id""".format(
        name=label(schema, "m", "pos_payment_method"),
        finished=finished,
        no_register=no_register(schema),
        # The same sessions twice, so that neither table is read from end to end; 14 has no index on the payment's.
        of_payment="true" if schema.series == 14 else "p.session_id = ANY(%(sessions)s)",
    )
