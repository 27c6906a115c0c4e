# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make what was just sold look as old as it is meant to be, and keep it that old when a database is used later."""

from __future__ import annotations

# What carries a moment, and by which way it belongs to a session.
TABLES = {
    "pos_session": ("id", ("start_at", "stop_at", "create_date", "write_date")),
    "pos_order": ("session_id", ("date_order", "create_date", "write_date")),
    "pos_payment": ("session_id", ("payment_date", "create_date", "write_date")),
}
BY_SERIES = {
    14: {"account_bank_statement": ("pos_session_id", ("create_date", "write_date"))},
    19: {"account_bank_statement_line": ("pos_session_id", ("create_date", "write_date"))},
}
LINES_14 = """UPDATE account_bank_statement_line l SET create_date = l.create_date - :'by'::interval,
       write_date = l.write_date - :'by'::interval FROM account_bank_statement s
 WHERE s.id = l.statement_id AND (:'only' = '' OR s.pos_session_id::text = ANY (string_to_array(:'only', ',')));"""
BUILT = "retailops_lab.built_at"


def age(cluster, database, series, seconds, sessions=()):
    """Move everything that sessions did ``seconds`` back (all sessions where none are named)."""
    text = []
    for table, (key, columns) in {**TABLES, **BY_SERIES[series]}.items():
        changes = ", ".join("%s = %s - :'by'::interval" % (column, column) for column in columns)
        text.append(
            "UPDATE %s SET %s WHERE %s IS NOT NULL AND (:'only' = '' OR %s::text = ANY (string_to_array(:'only', ',')));"
            % (table, changes, key, key)
        )
    if series == 14:
        text.append(LINES_14)
    cluster.psql(
        database, "BEGIN;" + "\n".join(text) + "COMMIT;", by="%d seconds" % seconds, only=",".join(map(str, sessions))
    )


def built_now(cluster, database):
    """Note in the database that it is meant for this moment."""
    cluster.psql(
        database,
        """INSERT INTO ir_config_parameter (key, value) VALUES (:'key', now() AT TIME ZONE 'UTC')
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value;""",
        key=BUILT,
    )


def refresh(cluster, database, series):
    """Bring a database that was built earlier to this moment: whoever was selling then is selling now.

    Nothing is done within four minutes. Orders for a later day stay for a later day.
    """
    found = cluster.rows(
        database,
        """SELECT extract(epoch FROM now() AT TIME ZONE 'UTC' - value::timestamp)::bigint AS seconds,
                                             (now() AT TIME ZONE 'UTC')::date - value::timestamp::date AS days
                                        FROM ir_config_parameter WHERE key = :'key'""",
        key=BUILT,
    )
    if not found or found[0]["seconds"] < 240:
        return
    age(cluster, database, series, -found[0]["seconds"])
    if series >= 19 and found[0]["days"]:
        cluster.psql(
            database,
            "UPDATE pos_order SET preset_time = preset_time + :'by'::interval WHERE preset_time IS NOT NULL",
            by="%d days" % found[0]["days"],
        )
    built_now(cluster, database)
