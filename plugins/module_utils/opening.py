# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first statement of every transaction: what it sets, and what it says of where we are."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

# The number of a type that PostgreSQL has built in never changes.
JSONB = {"3802": "jsonb"}

# Sets the deadlines and the role for the rest of the transaction and says where we are, in one round trip. They are set
# by a statement because a connection pooler may refuse them in the start-up packet. Compiling a statement (jit) costs more
# than it saves on statements that read a few thousand rows, and so does weighing many plans: ours are written in the order
# that serves, and look rows up by an index. The columns that are asked for are looked up one by one: to list all of a table
# is a tenth of what a whole reading costs the server. They come as one text, a line a table, which is half the price of JSON.
# PostgreSQL starts a statement's clock before it runs, so that the deadlines stand before it: SET looks nothing up, where a function
# would wait for the catalogue that somebody has locked.
OPENING = """
SET LOCAL statement_timeout = %(statement_timeout)s;
SET LOCAL lock_timeout = %(lock_timeout)s;
SELECT set_config('jit', 'off', true),
       set_config('join_collapse_limit', '3', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('role', coalesce(%(session_role)s, current_setting('role')), true),
       current_database() AS database,
       pg_is_in_recovery() AS standby,
       clock_timestamp() AS read_at,
       (SELECT string_agg(w.name || coalesce((
                 SELECT string_agg(concat(E'\\t', a.atttypid, ' ', a.attname), '')
                   FROM unnest(string_to_array(w.columns, ' ')) n(name)
                  CROSS JOIN LATERAL (SELECT a.atttypid, a.attname FROM pg_catalog.pg_attribute a
                                       WHERE a.attrelid = c.oid AND a.attname = n.name::name OFFSET 0) a), ''), E'\\n')
          FROM unnest(string_to_array(%(tables)s, ','), string_to_array(%(columns)s, ',')) w(name, columns)
         CROSS JOIN LATERAL (SELECT c.oid FROM pg_catalog.pg_class c
                              WHERE c.relname = w.name::name AND c.relkind IN ('r', 'p')
                                AND c.relnamespace = to_regnamespace('public')::oid OFFSET 0) c) AS tables
"""


@functools.lru_cache(maxsize=32)
def columns_by_table(text: str) -> Mapping[str, Mapping[str, str]]:
    """The tables that OPENING found: table -> column that was asked for -> 'jsonb', or PostgreSQL's number of any other type.

    Stores of one series have the same text, and a fleet has hundreds of them.
    """
    tables = {}
    for line in text.split("\n") if text else []:
        table, *columns = line.split("\t")
        tables[table] = {name: JSONB.get(number, number) for number, name in (c.split(" ", 1) for c in columns)}
    return tables


def opening_parameters(options: Mapping[str, Any], tables: Mapping[str, str] | None) -> dict[str, Any]:
    """What OPENING is bound to. ``tables``: the columns to look for by table, with a blank between."""
    return {
        "statement_timeout": "%ds" % (options.get("statement_timeout") or 30),
        "lock_timeout": "%ds" % (options.get("lock_timeout") or 5),
        "session_role": options.get("session_role") or None,
        "tables": ",".join(tables or ()),
        "columns": ",".join((tables or {}).values()),
    }
