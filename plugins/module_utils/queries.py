# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL text that reads sessions, and the fragments that the other texts share. One statement, one function, one name.

The texts are built of constants and of what ``schema`` found, never of data; values are bound. Where text or numeric is compared,
both sides say their type (``state::text = 'paid'``, ``amount <> 0::numeric``): else a fresh connection looks some eighty casts up in
the catalog before it finds the operator that is meant, for every pair of types, and a scan has a connection for each store.
Sources: odoo-closing.md 1 and point_of_sale/models/pos_session.py of 14.0 and 19.0 (_compute_cash_balance).
"""

from __future__ import annotations

from typing import Optional

from .schema import Schema


def label(schema: Schema, alias: str, table: str, column: str = "name") -> str:
    """A name as text: jsonb by language from 16 on, plain before."""
    reference = "%s.%s" % (alias, column)
    if not schema.is_json(table, column):
        return reference
    return "coalesce(%s->>'en_US', (SELECT t.v FROM jsonb_each_text(%s) AS t(k, v) LIMIT 1))" % (reference, reference)


def usable(schema: Schema, alias: str) -> str:
    """Whether an account may be posted to: NOT deprecated up to 18, active from 19 on."""
    return (
        "coalesce(%s.active, true)" % alias
        if schema.has("account_account", "active")
        else "NOT coalesce(%s.deprecated, false)" % alias
    )


def code_root(schema: Schema) -> Optional[str]:
    """From 18 on accounts keep their codes by root company, which the path of a company (co) begins with; None before."""
    if not schema.has("account_account", "code_store"):
        return None
    return "split_part(%s, '/', 1)" % column(schema, "res_company", "parent_path", "co", "co.id::text || '/'")


def account_code(schema: Schema) -> str:
    """The code of an account (a) in a company (co)."""
    root = code_root(schema)
    return "(a.code_store->>%s)" % root if root else "a.code"


def column(schema: Schema, table: str, name: str, alias: str, otherwise: str = "NULL") -> str:
    """A column where this store has it, else a constant."""
    return "%s.%s" % (alias, name) if schema.has(table, name) else otherwise


def cash_columns(schema: Schema) -> dict[str, str]:
    """Where opening, count and cash moves are kept: on a bank statement (14, 15) or on the session (16 to 19)."""
    if schema.series <= 15:
        return {
            "statement": "LEFT JOIN account_bank_statement st ON st.id = s.cash_register_id",
            "start": "st.balance_start",
            "counted": "st.balance_end_real",
            "counted_at": "st.write_date",
            "register_state": "st.state",
            "moves_of": "l.statement_id = s.cash_register_id",
            "settled": "s.cash_real_expected",
            "previous": "NULL::numeric",
        }
    return {
        "statement": "",
        "start": "s.cash_register_balance_start",
        "counted": "s.cash_register_balance_end_real",
        "counted_at": "s.write_date",
        "register_state": "NULL::varchar",
        "moves_of": "l.pos_session_id = s.id",
        "settled": "s.cash_real_transaction",
        "previous": "p.cash_register_balance_end_real",
    }


# The sessions that may be read. What is kept without an index on its session is gathered for all of them in one go: to look
# for each session's own would read the whole table once a session.
WANTED = "(SELECT w.id FROM pos_session w WHERE w.id = ANY(%(also)s) OR w.state::text = ANY(%(states)s))"


def cash_moves(schema: Schema) -> str:
    """The join to the cash moves of a session. 16 to 18 have no index on the session of a statement line."""
    sums = (
        "sum(l.amount) AS amount, count(*) AS number, max(l.create_date) AS last_at FROM account_bank_statement_line l"
    )
    if schema.series in (16, 17, 18):
        grouped = "SELECT l.pos_session_id, %s WHERE l.pos_session_id IN %s GROUP BY l.pos_session_id" % (sums, WANTED)
        return "LEFT JOIN (%s) moves ON moves.pos_session_id = s.id" % grouped
    return "LEFT JOIN LATERAL (SELECT %s WHERE %s) moves ON true" % (sums, cash_columns(schema)["moves_of"])


OPEN_PICKING = "k.state::text NOT IN ('done', 'cancel')"


def pickings(schema: Schema) -> str:
    """The number of a session's pickings that are not done."""
    if schema.series == 14:
        return "coalesce(pending.number, 0)"
    return "(SELECT count(*) FROM stock_picking k WHERE k.pos_session_id = s.id AND %s)" % OPEN_PICKING


def left_pickings(schema: Schema) -> str:
    """The join that ``pickings`` needs: 14 has no index on the session of a picking."""
    if schema.series != 14:
        return ""
    return (
        "LEFT JOIN (SELECT k.pos_session_id, count(*) AS number FROM stock_picking k WHERE %s AND k.pos_session_id IN %s"
        " GROUP BY k.pos_session_id) pending ON pending.pos_session_id = s.id" % (OPEN_PICKING, WANTED)
    )


def sessions(schema: Schema) -> str:
    """Sessions with their drawer. Parameters: states, session_id, session_name, till_id, till_name, also (ids)."""
    return """
SELECT s.id, s.name, s.state, coalesce(s.rescue, false) AS rescue, s.config_id AS till_id, s.start_at, s.stop_at,
       s.create_date, s.write_date, s.move_id, s.cash_journal_id, s.user_id,
       {start} AS start, {counted} AS counted, {counted_at} AS counted_at, {register_state} AS register_state,
       {settled} AS settled, before.id AS previous_id, before.counted AS previous_counted,
       moves.amount AS moves, coalesce(moves.number, 0) AS move_count, moves.last_at AS moved_at,
       {pickings} AS failed_pickings
  FROM pos_session s
  {statement}
  {left}
  LEFT JOIN LATERAL (SELECT p.id, {previous} AS counted FROM pos_session p
                      WHERE p.config_id = s.config_id AND p.id < s.id ORDER BY p.id DESC LIMIT 1) before ON true
  {moves}
 WHERE s.id = ANY(%(also)s)
    OR (s.state::text = ANY(%(states)s)
        AND (%(session_id)s::int IS NULL OR s.id = %(session_id)s)
        AND (%(session_name)s::text IS NULL OR s.name::text = %(session_name)s)
        AND (%(till_id)s::int IS NULL OR s.config_id = %(till_id)s)
        AND (%(till_name)s::text IS NULL OR (SELECT c.name::text FROM pos_config c WHERE c.id = s.config_id) = %(till_name)s))
 ORDER BY s.id""".format(
        moves=cash_moves(schema), pickings=pickings(schema), left=left_pickings(schema), **cash_columns(schema)
    )
