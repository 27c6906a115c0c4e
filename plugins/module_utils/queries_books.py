# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about the books: which closed sessions do not hold, and what a close has posted.

Where a statement says LATERAL or EXISTS and OFFSET 0, a big table is looked up by its index, row by row, whatever the planner believes.
Orders of closed sessions are found by their state, not by their session: a chain closes a hundred thousand of them in a week.
"""

from __future__ import annotations

from .queries import account_code, cash_columns, column
from .queries_around import account_name
from .schema import Schema

BOOKS = """
WITH recent AS MATERIALIZED (
  SELECT s.id, s.name::text AS name, s.move_id, coalesce(s.start_at, s.create_date)::date - 1 AS opened_on,
         (SELECT c.journal_id FROM pos_config c WHERE c.id = s.config_id) AS journal_id
    FROM pos_session s
   WHERE s.state::text = 'closed'
     AND ({named}coalesce(s.stop_at, s.start_at, s.create_date) >= %(since)s)
     AND (%(till_id)s::int IS NULL OR s.config_id = %(till_id)s)
     AND (%(till_name)s::text IS NULL OR (SELECT c.name::text FROM pos_config c WHERE c.id = s.config_id) = %(till_name)s)
), left_over AS (
  SELECT o.session_id, count(*) FILTER (WHERE o.state::text = 'paid') AS paid,
         count(*) FILTER (WHERE o.state::text = 'draft' AND {due}) AS draft
    FROM pos_order o JOIN recent r ON r.id = o.session_id WHERE o.state::text IN ('draft', 'paid') GROUP BY o.session_id
), posted AS MATERIALIZED (
  SELECT m.id, m.name, m.ref, m.journal_id, m.date FROM account_move m
   WHERE m.date >= %(since)s::date - 31 AND m.move_type::text = 'entry' AND m.state::text <> 'cancel'
     AND m.journal_id = ANY(ARRAY(SELECT DISTINCT r.journal_id FROM recent r)){of_named}
), entries AS (
  SELECT r.id, count(m.id) AS entries, array_agg(m.name ORDER BY m.id) AS names,
         CASE WHEN count(m.id) > 1 THEN
           (SELECT count(*) FROM pos_session t JOIN pos_config tc ON tc.id = t.config_id AND tc.journal_id = r.journal_id
             WHERE t.name::text = r.name) ELSE 1 END AS namesakes
    FROM recent r
    JOIN posted m ON m.journal_id = r.journal_id AND m.date >= r.opened_on AND m.ref::text = r.name
   WHERE r.name <> '/' AND NOT EXISTS (SELECT 1 FROM account_move x WHERE x.reversed_entry_id = m.id AND x.state::text = 'posted')
   GROUP BY r.id, r.name, r.journal_id
)
SELECT r.id, r.name, r.move_id, g.state AS entry_state, g.name AS entry, l.balance, l.lines, l.forced,
       coalesce(f.paid, 0) AS paid, coalesce(f.draft, 0) AS draft,
       CASE WHEN o.volume > 0::numeric THEN o.unposted ELSE 0 END AS unposted_orders, o.amount AS unposted_amount,
       coalesce(e.entries, 0) AS entries, coalesce(e.namesakes, 1) AS namesakes, e.names AS entry_names
  FROM recent r
  LEFT JOIN entries e ON e.id = r.id
  LEFT JOIN LATERAL (SELECT m.state, m.name FROM account_move m WHERE m.id = r.move_id OFFSET 0) g ON true
  LEFT JOIN LATERAL (SELECT sum(l.balance) AS balance, count(*) AS lines,
                            sum(l.balance) FILTER (
                              WHERE encode(convert_to(l.name, 'UTF8'), 'hex') = ANY(string_to_array(%(forced)s, ','))) AS forced
                       FROM account_move_line l WHERE l.move_id = r.move_id) l ON true
  LEFT JOIN left_over f ON f.session_id = r.id
  LEFT JOIN LATERAL (
         SELECT count(*) AS unposted, sum(o.amount_total) AS amount, sum(abs(o.amount_total)) AS volume
           FROM pos_order o
          WHERE r.move_id IS NULL AND o.session_id = r.id AND o.state::text NOT IN ('draft', 'cancel')
            AND (o.account_move IS NULL OR EXISTS (
                  SELECT 1 FROM pos_payment y
                   WHERE y.pos_order_id = o.id AND y.amount <> 0::numeric AND {through_session}{by_index}))) o ON true
 WHERE {named_too}f.paid > 0 OR f.draft > 0 OR o.volume > 0::numeric OR g.state::text <> 'posted' OR abs(l.balance) > 0.0005
    OR l.forced <> 0::numeric OR e.entries > e.namesakes
 ORDER BY r.id"""

# A session that is asked for may have been closed long ago, and its entries be as old.
OF_NAMED = """
   UNION
  SELECT m.id, m.name, m.ref, m.journal_id, m.date
    FROM recent r JOIN account_move m ON m.journal_id = r.journal_id AND m.date >= r.opened_on AND m.ref::text = r.name
   WHERE (r.id = %(session_id)s OR r.name = %(session_name)s) AND m.move_type::text = 'entry' AND m.state::text <> 'cancel'"""


def books(schema: Schema, named: bool) -> str:
    """Closed sessions whose books do not hold, and the one that was asked for (``named``). Parameters: since, session_id,
    session_name (both NULL where not ``named``), till_id, till_name, forced (FORCED_HEX)."""
    due = (
        "(o.preset_time IS NULL OR o.preset_time::date <= current_date)"
        if schema.has("pos_order", "preset_time")
        else "true"
    )
    # An invoice on a customer's account is booked by itself: no entry of the session is missing for it.
    through_session = (
        "true"
        if schema.series == 14
        else "(SELECT m.journal_id FROM pos_payment_method m WHERE m.id = y.payment_method_id) IS NOT NULL"
    )
    return BOOKS.format(
        due=due,
        # 14 has no index on the order of a payment: to look for each order's would read the whole table once an order.
        by_index="" if schema.series == 14 else " OFFSET 0",
        through_session=through_session,
        named="s.id = %(session_id)s OR s.name::text = %(session_name)s\n          OR " if named else "",
        of_named=OF_NAMED if named else "",
        named_too="r.id = %(session_id)s OR r.name = %(session_name)s\n    OR " if named else "",
    )


def cash_lines(schema: Schema) -> str:
    """How a bank statement line belongs to a session: through the cash statement (14, 15) or by itself (16 to 19)."""
    if schema.series <= 15:
        return "l.statement_id IN (SELECT st.id FROM account_bank_statement st WHERE st.pos_session_id = %(session)s)"
    return "l.pos_session_id = %(session)s"


AMOUNT = "CASE WHEN a.currency_id IS NULL OR a.currency_id = co.currency_id THEN a.balance ELSE a.amount_currency END"


def drawer(schema: Schema) -> str:
    """What the journal of the session's drawer holds for it. Parameters: session, journal.

    ``total``: sum of its statement lines; ``difference``: what of it went to the journal's loss and profit accounts, negative
    for a loss; ``unposted``: moves that are not posted.
    """
    return """
SELECT coalesce(sum(l.amount), 0) AS total, count(*) FILTER (WHERE m.state <> 'posted') AS unposted,
       (SELECT coalesce(-sum({amount}), 0)
          FROM account_bank_statement_line l
          JOIN account_move m ON m.id = l.move_id AND m.journal_id = %(journal)s
          JOIN account_journal j ON j.id = m.journal_id
          JOIN res_company co ON co.id = j.company_id
          JOIN account_move_line a ON a.move_id = m.id AND a.account_id IN (j.loss_account_id, j.profit_account_id)
         WHERE {lines}) AS difference
  FROM account_bank_statement_line l
  JOIN account_move m ON m.id = l.move_id AND m.journal_id = %(journal)s
 WHERE {lines}""".format(amount=AMOUNT, lines=cash_lines(schema))


def bank_differences(schema: Schema) -> str:
    """By payment method, what a close booked to the loss and profit accounts of its bank journal (15 to 19). Parameter: session."""
    return """
SELECT pm.id AS method_id, coalesce(-sum({amount}), 0) AS difference
  FROM pos_session s
  JOIN pos_config_pos_payment_method_rel r ON r.pos_config_id = s.config_id
  JOIN pos_payment_method pm ON pm.id = r.pos_payment_method_id
  JOIN account_journal j ON j.id = pm.journal_id AND j.type = 'bank'
  JOIN res_company co ON co.id = j.company_id
  JOIN account_move m ON m.journal_id = j.id AND (
         m.id IN (SELECT p.move_id FROM account_payment p WHERE p.pos_session_id = s.id AND p.pos_payment_method_id = pm.id)
         OR (pm.split_transactions AND m.date >= coalesce(s.stop_at, s.start_at)::date - 1 AND strpos(m.ref, '(' || s.name || ')') > 0))
  JOIN account_move_line a ON a.move_id = m.id AND a.account_id IN (j.loss_account_id, j.profit_account_id)
 WHERE s.id = %(session)s
 GROUP BY pm.id""".format(amount=AMOUNT)


def entries(schema: Schema) -> str:
    """The closing entry and the cash and bank moves of a session with their lines. Parameters: session, most (moves)."""
    of_payments = ""
    if schema.has("account_payment", "pos_session_id"):
        of_payments = "UNION SELECT p.move_id FROM account_payment p WHERE p.pos_session_id = %(session)s"
    return """
WITH moves AS (
  SELECT m.id, m.name, m.ref, m.date, m.state, m.journal_id, m.company_id FROM account_move m WHERE m.id IN (
    SELECT s.move_id FROM pos_session s WHERE s.id = %(session)s
    UNION SELECT l.move_id FROM account_bank_statement_line l WHERE {lines}
    {of_payments})
  ORDER BY m.id LIMIT %(most)s
)
SELECT m.id, m.name, m.ref, m.date, m.state, j.code AS journal, {account} AS account, d.name AS label, d.debit, d.credit
  FROM moves m
  JOIN account_journal j ON j.id = m.journal_id
  JOIN res_company co ON co.id = m.company_id
  LEFT JOIN account_move_line d ON d.move_id = m.id
  LEFT JOIN account_account a ON a.id = d.account_id
 ORDER BY m.id, d.id""".format(lines=cash_lines(schema), of_payments=of_payments, account=account_name(schema))


def account_by_code(schema: Schema) -> str:
    """The account of a company by its code. Parameters: code, company."""
    if schema.has("account_account", "code_store"):
        return """
SELECT a.id, coalesce({active}, true) AS active FROM account_account a, res_company co
 WHERE co.id = %(company)s AND {code} = %(code)s""".format(
            active=column(schema, "account_account", "active", "a", "NOT a.deprecated"), code=account_code(schema)
        )
    return """
SELECT a.id, NOT coalesce(a.deprecated, false) AS active FROM account_account a
 WHERE a.company_id = %(company)s AND a.code = %(code)s"""


# Who writes to the sessions or the journal right now. pg_locks can be read by anybody, pg_stat_activity hides others' work.
WRITERS = """
SELECT DISTINCT l.virtualtransaction AS writer
  FROM pg_locks l
 WHERE l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   AND l.relation IN ('pos_session'::regclass, 'account_move'::regclass)
   AND l.mode = 'RowExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()"""

# Who has looked at sessions and has not ended: a close from its first moment on, long before it writes. A backup and this
# collection itself only read.
AT_SESSIONS = """
SELECT DISTINCT l.virtualtransaction AS one
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   AND l.relation = 'pos_session'::regclass AND l.granted AND l.pid <> pg_backend_pid()
   AND coalesce(a.application_name, '') NOT IN ('pg_dump', 'retailops.odoo_pos')"""


def session_row(schema: Schema) -> str:
    """What a close writes to a session, as it stands now. Parameter: session."""
    cash = cash_columns(schema)
    return """
SELECT s.id, s.name, s.state, s.stop_at, s.move_id, {counted} AS counted, {start} AS start, {notes} AS closing_notes,
       {register} AS register_id
  FROM pos_session s {statement} WHERE s.id = %(session)s""".format(
        notes=column(schema, "pos_session", "closing_notes", "s", "NULL::text"),
        register=column(schema, "pos_session", "cash_register_id", "s", "NULL::int"),
        **cash,
    )


def sales(schema: Schema) -> str:
    """How much was sold and moved in a session so far. Parameter: session."""
    cash = cash_columns(schema)
    return """
SELECT (SELECT count(*) FROM pos_order o WHERE o.session_id = s.id) AS orders,
       (SELECT coalesce(sum(p.amount), 0) FROM pos_payment p JOIN pos_order o ON o.id = p.pos_order_id WHERE o.session_id = s.id) AS paid,
       (SELECT count(*) FROM account_bank_statement_line l WHERE {moves_of}) AS moves
  FROM pos_session s WHERE s.id = %(session)s""".format(**cash)
