# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private copy of a laboratory's store: close sessions in it, and see what became of every row."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
from decimal import Decimal
from unittest import mock

import psycopg2
import pytest

from ..support.collection import make_importable
from .lab import BROKEN, TEMPLATE, Lab
from .place import cache
from .shop import Shop
from .shop14 import Shop14

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils import (  # noqa: E402
    arguments,
    close_session,
    errors,
    facts,
    reading,
    watching,
)

# The tests take the collection's modules from here, where it has been made importable.
__all__ = ["MODULE_DEFAULTS", "Store", "arguments", "assert_given_back", "broken_copy", "close_session", "copy_of", "differences",
           "errors", "facts", "laboratory", "reading", "shop_of", "watching"]  # fmt: skip

#: The options of the module with their defaults; a test names what it gives.
DEFAULTS = {
    "odoo_url": None, "odoo_user": None, "odoo_password": None, "odoo_api_key": None, "odoo_db": None, "odoo_timeout": 120,
    "validate_certs": True, "ca_path": None, "session": None, "till": None, "counted_cash": None, "cash_policy": "counted",
    "max_cash_difference": None, "bank_counted": None, "balancing_account": None, "max_imbalance": None,
    "min_idle_minutes": 0, "approved_plan": None, "note": None,
}  # fmt: skip


#: For a play over stores whose variables are ``pg`` (Store.pg) and ``odoo`` (Store.password).
MODULE_DEFAULTS = """  module_defaults:
    group/retailops.odoo_pos.pos: {login_host: "{{ pg.login_host }}", login_port: "{{ pg.login_port }}",
                                   login_user: "{{ pg.login_user }}", login_db: "{{ pg.login_db }}"}
    group/retailops.odoo_pos.pos_odoo: {odoo_url: "{{ odoo.odoo_url }}", odoo_user: "{{ odoo.odoo_user }}",
                                        odoo_password: "{{ odoo.odoo_password }}"}
"""


def laboratory(series):
    """The running laboratory of a series; skips the test, loudly, where there is none."""
    known = cache() / ("lab-%d.json" % series)
    lab = Lab(series) if known.exists() else None
    if lab is None or not lab.running():
        pytest.skip("Odoo %d is not up, so nothing was proven on it: python3 -m tests.lab up %d" % (series, series))
    return lab


@contextlib.contextmanager
def copy_of(series, name, source=TEMPLATE):
    """A Store that is gone afterwards. source: the template (a shop without tills) or the database of broken tills."""
    # Without a terminal ps cuts its lines at 80 columns, and the laboratory knows its server by its command line.
    with mock.patch.dict(os.environ, COLUMNS="1000"):
        lab = laboratory(series)
        if not lab.built(source):
            pytest.skip("Odoo %d's %s is being built anew, so nothing was proven on it" % (series, source))
        database = lab.clone("%s_%d" % (name, os.getpid()), source)
    try:
        yield Store(lab, database)
    finally:
        with mock.patch.dict(os.environ, COLUMNS="1000"):
            lab.drop(database)


def broken_copy(series, name):
    """A copy of the store with all the broken tills."""
    return copy_of(series, name, BROKEN)


_SHARED, _UNTIL_THE_END = {}, contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


def shop_of(series):
    """A shop without tills for all the tests of one run: each makes tills of its own. Copied once, gone at the end."""
    if series not in _SHARED:
        _SHARED[series] = _UNTIL_THE_END.enter_context(copy_of(series, "close_shop"))
    return _SHARED[series]


class Store:
    """One database of a laboratory. Every write of the tests goes through Odoo or ``sql``."""

    def __init__(self, lab, database):
        self.lab, self.database, self.series = lab, database, lab.number
        self.info = lab.describe()
        self.pg = {
            "login_host": lab.pg.host,
            "login_port": lab.pg.port,
            "login_user": lab.pg.user,
            "login_db": database,
        }
        self.password = {"odoo_url": self.info["odoo"]["url"], "odoo_user": "admin", "odoo_password": "admin"}
        self.key = {"odoo_url": self.info["odoo"]["url"], "odoo_api_key": self.info["odoo"]["api_key"]}

    def shop(self):
        """A cashier's view of the store, to make tills and sell with."""
        return (Shop14 if self.series == 14 else Shop)(self.lab.odoo(self.database), self.lab.pg)

    def traded(self, name, **config):
        """A till that was opened with 100 and took 30 in cash and 20 by card: 130 are expected."""
        till = self.shop().till(name, **config)
        till.open()
        till.trade()
        return till

    def close(self, session, check=False, diff=False, **options):
        """What the module does; returns its result or raises PosError. Signs in with the password unless told otherwise."""
        who = {} if "odoo_url" in options or "odoo_api_key" in options else self.password
        named = {"session": None if session is None else str(session)}
        return close_session.close_session({**DEFAULTS, **self.pg, **who, **named, **options}, check, diff)

    def refuse(self, session, *words, **options):
        """Try to close, which must fail with one clear sentence that holds the words; returns the error."""
        with pytest.raises(errors.PosError) as caught:
            self.close(session, **options)
        said = caught.value.message
        for word in words:
            assert word in said, said
        assert "Traceback" not in said
        return caught.value

    # --- looking ----------------------------------------------------------------------------------------------

    def rows(self, query, **values):
        """Rows as dicts; numbers are Decimal."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor.fetchall()]

    def one(self, query, **values):
        (row,) = self.rows(query, **values)
        return row

    def sql(self, text, **values):
        """Go past Odoo."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(text, values)
            connection.commit()

    @contextlib.contextmanager
    def connection(self):
        connection = psycopg2.connect(
            host=self.lab.pg.host, port=self.lab.pg.port, user=self.lab.pg.user, dbname=self.database
        )
        try:
            yield connection
        finally:
            connection.close()

    def everything(self):
        """Every row of every pos_* and account_* table: {table: {key: {column: value as text}}}."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
                           " AND (c.relname LIKE 'pos\\_%%' OR c.relname LIKE 'account\\_%%') ORDER BY 1")  # fmt: skip
            found = {}
            for (table,) in cursor.fetchall():
                cursor.execute('SELECT to_jsonb(t)::text FROM "%s" t ORDER BY 1' % table)
                rows = [json.loads(text, parse_float=str) for (text,) in cursor.fetchall()]
                found[table] = {row.get("id") or json.dumps(row, sort_keys=True): row for row in rows}
            assert len(found) > 100
            return found

    def dump(self):
        """The bytes of pg_dump for the same tables."""
        program = os.path.join(self.lab.pg.bin, "pg_dump")
        words = [program, "--data-only", "-t", "pos_*", "-t", "account_*", self.database]
        text = subprocess.run(
            words, env={**os.environ, **self.lab.pg.environment()}, capture_output=True, check=True
        ).stdout
        # pg_dump puts a random key into its first and last lines, against smuggled psql commands
        return b"\n".join(line for line in text.split(b"\n") if not line.startswith((b"\\restrict", b"\\unrestrict")))

    def session(self, ident):
        return self.one("SELECT * FROM pos_session WHERE id = %(id)s", id=ident)

    def count(self, ident):
        """The stored count, wherever this series keeps it."""
        if self.series == 14:
            return self.one("SELECT b.balance_end_real AS counted FROM pos_session s JOIN account_bank_statement b"
                            " ON b.id = s.cash_register_id WHERE s.id = %(id)s", id=ident)["counted"]  # fmt: skip
        return self.session(ident)["cash_register_balance_end_real"]

    def entries(self, ident):
        """The entries in the journal that carry the session's name: state, and the sum of their balances."""
        return self.rows(
            """SELECT m.id, m.state, sum(l.balance) AS balance, count(*) AS lines
                              FROM pos_session s JOIN pos_config c ON c.id = s.config_id
                              JOIN account_move m ON m.journal_id = c.journal_id AND m.ref = s.name AND m.move_type = 'entry'
                              JOIN account_move_line l ON l.move_id = m.id WHERE s.id = %(id)s GROUP BY m.id""",
            id=ident,
        )

    def booked_difference(self, till):
        """What the till's cash journal booked to its loss and profit accounts; negative is lost."""
        row = self.one(
            """SELECT coalesce(-sum(l.balance), 0) AS booked FROM account_move_line l JOIN account_journal j
                            ON j.id = l.journal_id AND l.account_id IN (j.loss_account_id, j.profit_account_id)
                           WHERE j.id = %(journal)s AND l.parent_state = 'posted'""",
            journal=till.drawer,
        )
        return row["booked"]

    def assert_closed_once(self, ident, counted=None):
        """Closed, one posted and balanced entry that is the session's own, no order left, and cash as counted."""
        session, entries = self.session(ident), self.entries(ident)
        assert session["state"] == "closed" and session["stop_at"] is not None
        assert [(e["id"], e["state"], e["balance"]) for e in entries] == [(session["move_id"], "posted", Decimal(0))]
        left = self.one(
            "SELECT count(*) AS n FROM pos_order WHERE session_id = %(id)s AND state IN ('draft', 'paid')", id=ident
        )
        assert left["n"] == 0
        if counted is not None:
            assert self.count(ident) == Decimal(counted)

    def assert_open(self, ident, state="opened"):
        """Open, and nothing was booked for it."""
        session = self.session(ident)
        assert session["state"] == state and session["move_id"] is None
        assert self.entries(ident) == []


def differences(before, after):
    """What changed between two ``everything``: (table, key, column, before, after); a whole row has the column '*'."""
    found = []
    for table in sorted({*before, *after}):
        old, new = before.get(table, {}), after.get(table, {})
        for key in sorted({*old, *new}, key=str):
            if key not in old or key not in new:
                found.append((table, key, "*", old.get(key), new.get(key)))
            elif old[key] != new[key]:
                found += [(table, key, c, old[key][c], new[key][c]) for c in old[key] if old[key][c] != new[key][c]]
    return found


def assert_given_back(before, after, session, statement=None):
    """After a refusal by Odoo nothing differs but this, in the rows of the one session (and, on 14, of its statement):
    write_date and write_uid, because Odoo wrote there, and a count that was NULL and is 0, which Odoo does not tell apart."""
    for table, key, column, old, new in differences(before, after):
        assert (table, key) in (("pos_session", session), ("account_bank_statement", statement)), (
            table,
            key,
            column,
            old,
            new,
        )
        counts = ("cash_register_balance_end_real", "balance_end_real")
        harmless = column in ("write_date", "write_uid") or (column in counts and old is None and Decimal(new) == 0)
        assert harmless, (table, key, column, old, new)
