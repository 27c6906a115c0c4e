# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about a drawer: its cash moves, the till's last closing, payments that may explain a difference, a reference."""

from __future__ import annotations

from .queries import cash_columns, label
from .schema import Schema


def session_of_line(schema: Schema) -> str:
    """The join from a statement line ``l`` to its session ``s``: by the statement (14, 15), else a column of the line's own."""
    return "s.cash_register_id = l.statement_id" if schema.series <= 15 else "s.id = l.pos_session_id"


def last_counted(schema: Schema) -> tuple[str, str]:
    """Where the count of an earlier session ``p`` is kept: (join, expression)."""
    if schema.series <= 15:
        return "LEFT JOIN account_bank_statement pst ON pst.id = p.cash_register_id", "pst.balance_end_real"
    return "", "p.cash_register_balance_end_real"


def moves(schema: Schema) -> str:
    """Every session with its cash moves, the oldest first, one row a move, and the till's last closing before it; a session
    without moves has one row. Parameters: sessions, most (moves of a session)."""
    join, counted = last_counted(schema)
    return """
SELECT s.id AS session_id, s.name AS session, last.id AS last_id, last.name AS last_name, last.counted AS last_counted,
       last.stop_at AS last_at, line.id, line.amount, line.payment_ref, line.create_date, line.login
  FROM pos_session s
  LEFT JOIN LATERAL (SELECT p.id, p.name, p.stop_at, {counted} AS counted FROM pos_session p {join}
                      WHERE p.config_id = s.config_id AND p.id < s.id AND p.state = 'closed'
                        AND NOT coalesce(p.rescue, false) AND p.cash_journal_id IS NOT NULL
                      ORDER BY p.stop_at DESC NULLS LAST, p.id DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (SELECT l.id, l.amount, l.payment_ref, l.create_date, u.login
                       FROM account_bank_statement_line l LEFT JOIN res_users u ON u.id = l.create_uid
                      WHERE {moves_of} ORDER BY l.id LIMIT %(most)s) line ON true
 WHERE s.id = ANY(%(sessions)s)
 ORDER BY s.id, line.id""".format(counted=counted, join=join, moves_of=cash_columns(schema)["moves_of"])


def suspects(schema: Schema) -> str:
    """Payments as large as the drawer's difference (rank at most ``most`` a session), and in rows of kind 'since' what was paid
    through the drawer's method since the count.

    Parameters: sessions, amounts (how large, 0 for none), methods (the drawer's), counted_at (of each session), most.
    """
    return """
WITH wanted AS MATERIALIZED (
  SELECT * FROM unnest(%(sessions)s::int[], %(amounts)s::numeric[], %(methods)s::int[], %(counted_at)s::timestamp[])
             AS w(session_id, amount, method_id, counted_at)
), paid AS MATERIALIZED (
  SELECT w.session_id, w.amount AS wanted, w.method_id AS drawer, w.counted_at, o.id AS order_id, o.name AS "order",
         o.pos_reference, o.state, p.payment_method_id AS method_id, p.amount, p.create_date,
         coalesce(p.is_change, false) AS is_change,
         row_number() OVER (PARTITION BY w.session_id, abs(p.amount) = w.amount ORDER BY p.id DESC) AS rank
    FROM wanted w
    JOIN pos_order o ON o.session_id = w.session_id
    JOIN pos_payment p ON p.pos_order_id = o.id
   WHERE o.state <> 'cancel' AND {of_payment}
)
SELECT 'payment' AS kind, p.session_id, p.order_id, p."order", p.pos_reference, p.method_id,
       {method} AS method, p.amount, p.create_date, p.is_change
  FROM paid p JOIN pos_payment_method m ON m.id = p.method_id
 WHERE p.wanted > 0 AND abs(p.amount) = p.wanted AND p.rank <= %(most)s
UNION ALL
SELECT 'since', p.session_id, NULL, NULL, NULL, NULL, NULL, sum(p.amount), max(p.create_date), false
  FROM paid p WHERE p.method_id = p.drawer AND p.create_date >= p.counted_at {captured}
 GROUP BY p.session_id
 ORDER BY 1, 2, 3""".format(
        method=label(schema, "m", "pos_payment_method"),
        # The same sessions twice, so that neither table is read from end to end; 14 has no index on the payment's.
        of_payment="true" if schema.series == 14 else "p.session_id = ANY(%(sessions)s)",
        captured="AND p.state IN ('paid', 'done', 'invoiced')" if schema.series >= 19 else "",
    )


def by_reference(schema: Schema) -> str:
    """Cash moves of a till, of any session, whose text ends with a reference. Parameters: till, mark, most."""
    return """
SELECT l.id, l.amount, l.payment_ref, l.create_date, m.journal_id, s.id AS session_id, s.name AS session
  FROM pos_session s
  JOIN account_bank_statement_line l ON {session_of_line}
  JOIN account_move m ON m.id = l.move_id
 WHERE s.config_id = %(till)s AND right(l.payment_ref, length(%(mark)s)) = %(mark)s
 ORDER BY l.id LIMIT %(most)s""".format(session_of_line=session_of_line(schema))
