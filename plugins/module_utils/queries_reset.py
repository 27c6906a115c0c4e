# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts of the reset and the release: how a session stands, its pre-image, the one guarded UPDATE, who waits on whom.

The texts are built of constants and of what ``schema`` found, never of data; values are bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .queries_books import cash_lines
from .schema import Schema

# What docs/least-privilege.md leaves out of the reader's grants, too.
SECRET_COLUMN = re.compile(r"password|passwd|secret|token|api_key|_key$|totp|signature")

# A session that has its entry was closed once: closed again it would be booked twice (odoo-closing.md, "Reset of a closed
# session"). Somebody may have emptied move_id, so the journal is asked as well. The entry is never dated before the opening.
NO_ENTRY = """(s.move_id IS NULL AND NOT EXISTS (
         SELECT 1 FROM pos_config c
           JOIN account_move m ON m.journal_id = c.journal_id AND m.ref = s.name AND m.move_type = 'entry' AND m.state <> 'cancel'
            AND m.date >= coalesce(s.start_at, s.create_date)::date - 1
          WHERE c.id = s.config_id))"""

# How a session stands. Parameter: session.
STANDING = """
SELECT s.id, s.name, s.state, s.stop_at, s.write_date, s.user_id, u.login, {no_entry} AS no_entry
  FROM pos_session s LEFT JOIN res_users u ON u.id = s.user_id WHERE s.id = %(session)s""".format(no_entry=NO_ENTRY)

# Whoever sells in the session, or closes it, holds its row. Parameter: session.
LOCK = """
SELECT s.id FROM pos_session s WHERE s.id = %(session)s FOR UPDATE NOWAIT"""

# The whole guard stands in the statement that writes. Parameters: session, state, stop_at, seen, stopped, written.
CHANGE = """
UPDATE pos_session s SET state = %(state)s, stop_at = %(stop_at)s
 WHERE s.id = %(session)s
   AND s.state = %(seen)s AND s.state IN ('opened', 'closing_control') AND s.state <> 'closed'
   AND s.stop_at IS NOT DISTINCT FROM %(stopped)s AND s.write_date IS NOT DISTINCT FROM %(written)s
   AND {no_entry}
RETURNING s.id, s.state, s.stop_at""".format(no_entry=NO_ENTRY)

# Every other transaction that has so much as read sessions: a close reads long before it writes. pg_locks shows everybody's;
# a backup only reads, and says so.
AT_WORK = """
SELECT l.pid, max(coalesce(a.usename, '')) AS login, max(coalesce(a.application_name, '')) AS application,
       bool_or(l.mode = 'RowExclusiveLock') AS writes
  FROM pg_locks l
  LEFT JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   AND l.relation = 'pos_session'::regclass AND l.granted AND l.mode <> 'ShareUpdateExclusiveLock'
   AND l.pid <> pg_backend_pid() AND coalesce(a.application_name, '') <> 'pg_dump'
 GROUP BY l.pid
 ORDER BY l.pid"""

# The transactions of this store that have not ended, whatever they have done so far: in REPEATABLE READ, which Odoo uses, each
# goes on seeing the moment of its first statement. A backup only reads, and says so; autovacuum has no name. A sale writes orders
# and no session; the close of another till writes both.
UNDER_WAY = """
SELECT l.virtualtransaction AS one,
       EXISTS (SELECT 1 FROM pg_locks o WHERE o.virtualtransaction = l.virtualtransaction AND o.mode = 'RowExclusiveLock'
                AND o.relation = 'pos_order'::regclass)
       AND NOT EXISTS (SELECT 1 FROM pg_locks s WHERE s.virtualtransaction = l.virtualtransaction AND s.mode = 'RowExclusiveLock'
                AND s.relation = 'pos_session'::regclass) AS sells
  FROM pg_locks l
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
   AND a.datname = current_database() AND a.usename IS NOT NULL AND coalesce(a.application_name, '') <> 'pg_dump'"""


# Every column of tables. Parameter: tables (names).
COLUMNS = """
SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attname) AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relname::text = ANY(%(tables)s) AND c.relnamespace = to_regnamespace('public')::oid
 GROUP BY c.relname"""


def readable(columns: Iterable[str]) -> str:
    """The columns of a table without keys and tokens, as a list for SELECT."""
    names = [name for name in sorted(columns) if not SECRET_COLUMN.search(name)]
    return ", ".join('t."%s"' % name.replace('"', '""').replace("%", "%%") for name in names)


def image_tables(schema: Schema) -> dict[str, str]:
    """Table -> which of its rows belong to a session, for ``image``."""
    tables = {
        "pos_session": "t.id = %(session)s",
        "pos_order": "t.session_id = %(session)s",
        "pos_order_line": "t.order_id IN (SELECT o.id FROM orders o)",
        "pos_payment": "t.pos_order_id IN (SELECT o.id FROM orders o)",
        "account_bank_statement_line": "t.id IN (SELECT l.id FROM cash l)",
        "account_move": "t.id IN (SELECT m.id FROM moves m)",
        "account_move_line": "t.move_id IN (SELECT m.id FROM moves m)",
    }
    if schema.has("account_bank_statement", "pos_session_id"):
        tables["account_bank_statement"] = "t.pos_session_id = %(session)s"
    if schema.has("account_payment", "pos_session_id"):
        tables["account_payment"] = "t.pos_session_id = %(session)s"
    return tables


def image(schema: Schema, columns: Mapping[str, Iterable[str]]) -> str:
    """All rows of a session, its orders, payments, lines, statements and moves, each as JSON text. Parameter: session.

    ``columns``: those of each table, as COLUMNS finds them.

    JSON writes a numeric with its own digits and a timestamp as Odoo keeps it, which is UTC.
    """
    payments = ""
    if schema.has("account_payment", "pos_session_id"):
        payments = "UNION SELECT p.move_id FROM account_payment p WHERE p.pos_session_id = %(session)s"
    parts = [
        "SELECT '%s' AS relation, x.id, to_jsonb(x)::text AS row FROM (SELECT %s FROM %s t WHERE %s) x"
        % (table, readable(columns[table]), table, which)
        for table, which in image_tables(schema).items()
    ]
    return """
WITH orders AS MATERIALIZED (
  SELECT o.id, o.account_move FROM pos_order o WHERE o.session_id = %(session)s
), cash AS MATERIALIZED (
  SELECT l.id, l.move_id FROM account_bank_statement_line l WHERE {lines}
), moves AS MATERIALIZED (
  SELECT s.move_id AS id FROM pos_session s WHERE s.id = %(session)s
  UNION SELECT o.account_move FROM orders o
  UNION SELECT l.move_id FROM cash l
  {payments}
)
{parts}
 ORDER BY relation, id""".format(lines=cash_lines(schema), payments=payments, parts="\nUNION ALL\n".join(parts))


# --- who is at it --------------------------------------------------------------------------------------------

# The last order of a session and who sold it. Parameter: session.
LAST_ORDER = """
SELECT o.name, u.login, greatest(o.create_date, o.write_date) AS at
  FROM pos_order o LEFT JOIN res_users u ON u.id = o.user_id
 WHERE o.session_id = %(session)s ORDER BY 3 DESC LIMIT 1"""

# What of these this user may read as a whole: where Odoo keeps who is at a browser (bus up to 18, mail from 19 on), and the
# sessions, because a grant by columns does not cover xmax.
READABLE_TABLES = """
SELECT t.name FROM unnest(ARRAY['bus_presence', 'mail_presence', 'pos_session']) AS t(name)
 WHERE to_regclass('public.' || t.name) IS NOT NULL AND has_table_privilege(to_regclass('public.' || t.name), 'SELECT')"""


def presence(table: str) -> str:
    """The opener and the sellers of a session who were at a browser of Odoo in the last day. Parameter: session."""
    return """
SELECT u.login, max(p.last_presence) AS at, bool_or(p.status = 'online') AS online
  FROM {table} p
  JOIN res_users u ON u.id = p.user_id
 WHERE p.last_poll > (clock_timestamp() AT TIME ZONE 'UTC') - interval '1 day'
   AND p.user_id IN (SELECT s.user_id FROM pos_session s WHERE s.id = %(session)s
                     UNION SELECT o.user_id FROM pos_order o WHERE o.session_id = %(session)s)
 GROUP BY u.login ORDER BY u.login""".format(table=table)


HOLDERS = """SELECT l.pid FROM pos_session s
    JOIN pg_locks l ON l.locktype = 'transactionid' AND l.granted AND l.transactionid = s.xmax
   WHERE s.id = %(session)s"""


def knot(sees_holders: bool) -> str:
    """Who waits on whom: pg_locks and pg_blocking_pids can be read by anybody. Parameter: session.

    ``holders`` have written or locked the session's row and not ended; several who share a lock on it cannot be told apart, so
    they are not found.
    """
    return """
WITH pairs AS MATERIALIZED (
  SELECT w.pid, b.pid AS blocker
    FROM (SELECT DISTINCT l.pid FROM pg_locks l WHERE NOT l.granted) w
   CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b(pid)
), holders AS MATERIALIZED (
  {holders}
)""".format(holders=HOLDERS if sees_holders else "SELECT NULL::int AS pid WHERE false")


def waiting(sees_holders: bool) -> str:
    """Processes that wait, are waited for, or hold the session's row. What is hidden of others is NULL: a plain role sees only
    its own. Parameter: session."""
    return (
        knot(sees_holders)
        + """
SELECT a.pid, coalesce(a.usename, '') AS login, coalesce(a.application_name, '') AS application, a.state,
       a.backend_start, a.xact_start, extract(epoch FROM clock_timestamp() - a.state_change)::int AS still_seconds,
       ARRAY(SELECT p.pid FROM pairs p WHERE p.blocker = a.pid ORDER BY 1) AS blocks,
       ARRAY(SELECT p.blocker FROM pairs p WHERE p.pid = a.pid ORDER BY 1) AS waits_for,
       EXISTS (SELECT 1 FROM holders h WHERE h.pid = a.pid) AS holds_session,
       pg_has_role('pg_read_all_stats', 'USAGE') AS sees_all
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
   AND a.pid IN (SELECT p.pid FROM pairs p UNION SELECT p.blocker FROM pairs p UNION SELECT h.pid FROM holders h)
 ORDER BY a.pid"""
    )


def end_blocker(sees_holders: bool) -> str:
    """Ends one process if it is still the very same one and still deserves it. Parameters: session, pid, started, began, seconds."""
    return (
        knot(sees_holders)
        + """, doomed AS MATERIALIZED (
  SELECT a.pid FROM pg_stat_activity a
   WHERE a.pid = %(pid)s AND a.backend_start = %(started)s AND a.xact_start = %(began)s
     AND a.datname = current_database() AND a.backend_type = 'client backend' AND a.pid <> pg_backend_pid()
     AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
     AND a.state_change <= clock_timestamp() - make_interval(secs => %(seconds)s)
     AND (EXISTS (SELECT 1 FROM pairs p WHERE p.blocker = a.pid) OR EXISTS (SELECT 1 FROM holders h WHERE h.pid = a.pid))
)
SELECT d.pid, pg_terminate_backend(d.pid) AS ended FROM doomed d"""
    )


# Whether a process is still there. Parameters: pid, started.
STILL_THERE = """
SELECT 1 AS there FROM pg_stat_activity a WHERE a.pid = %(pid)s AND a.backend_start = %(started)s"""

# --- handing over --------------------------------------------------------------------------------------------

# A user, whether active, in the company, and a Point of Sale user. Up to 18 a group's implied groups are stored with the user,
# from 19 on they are not. Parameters: login, company.
RECIPIENT = """
WITH RECURSIVE person AS (
  SELECT u.id, u.login, u.active, u.share FROM res_users u WHERE u.login = %(login)s
), groups AS (
  SELECT r.gid FROM res_groups_users_rel r JOIN person ON person.id = r.uid
  UNION SELECT i.hid FROM res_groups_implied_rel i JOIN groups g ON g.gid = i.gid
)
SELECT p.id, p.login, coalesce(p.active, false) AND NOT coalesce(p.share, false) AS active,
       EXISTS (SELECT 1 FROM res_company_users_rel c WHERE c.user_id = p.id AND c.cid = %(company)s) AS in_company,
       EXISTS (SELECT 1 FROM ir_model_data d JOIN groups g ON g.gid = d.res_id
                WHERE d.module = 'point_of_sale' AND d.name IN ('group_pos_user', 'group_pos_manager')) AS sells
  FROM person p"""
