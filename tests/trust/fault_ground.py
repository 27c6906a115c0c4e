# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store to break things in: tills that trade again and again, the one task that closes them, and what must hold in between."""

from __future__ import annotations

import atexit
import contextlib
import queue
import threading
import time
from dataclasses import dataclass
from decimal import Decimal

from ..lab.client import Odoo
from ..lab.closing_store import copy_of, errors
from ..lab.shop import Shop
from ..lab.shop14 import Shop14

#: The drawer held 100, took 30, and 128 are counted: 2 are missing, and are to be booked as lost, once.
TASK = {"counted_cash": "128", "max_cash_difference": "5"}
LOST, TAKEN, BY_CARD = Decimal(-2), Decimal(30), Decimal(20)
OPEN, CLOSED = "open", "closed"
PASSWORD, KEY = "json-rpc", "json-2"

#: All that the books say of a session, in one statement: Odoo may be at work on it. An entry without lines counts, too.
BOOKS = """
SELECT s.state, s.stop_at, s.move_id, {counted} AS counted,
       (SELECT json_agg(json_build_array(m.id, m.state, (SELECT coalesce(sum(l.balance), 0)::text FROM account_move_line l
                                                          WHERE l.move_id = m.id)))
          FROM account_move m WHERE m.journal_id = c.journal_id AND m.ref = s.name AND m.move_type = 'entry') AS entries,
       (SELECT json_agg(l.amount::text) FROM account_bank_statement_line l WHERE {lines}) AS lines,
       (SELECT json_agg(p.amount::text) FROM account_payment p WHERE {payments}) AS payments,
       (SELECT json_agg(DISTINCT o.state) FROM pos_order o WHERE o.session_id = s.id) AS orders,
       (SELECT coalesce(-sum(l.balance), 0) FROM account_move_line l JOIN account_journal j
            ON j.id = l.journal_id AND l.account_id IN (j.loss_account_id, j.profit_account_id)
         WHERE j.id = %(journal)s AND l.parent_state = 'posted') AS booked
  FROM pos_session s JOIN pos_config c ON c.id = s.config_id WHERE s.id = %(session)s"""
#: 14 keeps the count and the lines of the drawer with a statement, and what is paid by card in the entry alone.
WHERE = {
    19: {"counted": "s.cash_register_balance_end_real", "lines": "l.pos_session_id = s.id", "payments": "p.pos_session_id = s.id"},
    14: {"counted": "(SELECT b.balance_end_real FROM account_bank_statement b WHERE b.id = s.cash_register_id)",
         "lines": "l.statement_id = s.cash_register_id", "payments": "false"},
}  # fmt: skip


class Web(Odoo):
    """Signed in as a browser is: the password is looked at once, not for every call."""

    def __call__(self, model, method, *arguments, **named):
        self.uid()
        named["context"] = {**self.context, **(named.get("context") or {})}
        values = {"model": model, "method": method, "args": list(arguments), "kwargs": named}
        return self.post("/web/dataset/call_kw/%s/%s" % (model, method), values)

    def uid(self):
        if self._uid is None:
            values = {"db": self.database, "login": self.user, "password": self.password}
            self._uid = self.first(lambda: self.post("/web/session/authenticate", values))["uid"]
        return self._uid


@dataclass
class Day:
    """One session of a till, sold on and not closed. ``booked`` is what the till's journal had lost before."""

    till: object
    session: int
    booked: Decimal


class Ground:
    """A Store with tills that are used again. Safe for several threads, each with a Day of its own."""

    def __init__(self, store):
        self.store, self.series = store, store.series
        make = Shop14 if self.series == 14 else Shop
        self.shop = make(Web(store.info["odoo"]["url"], store.database), store.lab.pg)
        self._tills, self._lock, self._made = queue.SimpleQueue(), threading.Lock(), 0

    # --- days ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def day(self):
        """A till that was opened with 100 and took 30 in cash and 20 by card. It trades again when its session is closed."""
        till = self._till()
        till.open()
        cash, card = till.cash, till.card
        till.send([till.order(10, {cash: 10}), till.order(20, {cash: 20}), till.order(20, {card: 20})])
        yield Day(till, till.session, self.store.booked_difference(till))
        # One whose run failed is left as it is, to be looked at.
        self._tills.put(till)

    def _till(self):
        with contextlib.suppress(queue.Empty):
            return self._tills.get_nowait()
        with self._lock:
            self._made += 1
            return self.shop.till("of faults %d" % self._made)

    # --- the task -----------------------------------------------------------------------------------------------

    def who(self, transport=None, url=None):
        """How the task signs in: with an API key where this Odoo takes one, unless told otherwise."""
        keyed = transport == KEY or (transport is None and self.series >= 19)
        found = self.store.key if keyed else self.store.password
        nobody = {"odoo_user": None, "odoo_password": None, "odoo_api_key": None}
        return {**nobody, **found, "odoo_url": url or found["odoo_url"]}

    def close(self, day, **options):
        """The task; returns its result or raises PosError."""
        return self.store.close(day.session, **{**TASK, **self.who(), **options})

    def attempt(self, day, **options):
        """The task with a fault in its way: (result, None) or (None, error), which is one clear sentence."""
        try:
            return self.close(day, **options), None
        except errors.PosError as error:
            assert error.message.strip() and "Traceback" not in error.message, error.message
            return None, error

    # --- what must hold -----------------------------------------------------------------------------------------

    def standing(self, day):
        """CLOSED or OPEN. Fails for anything between the two, and for a cent that is doubled, lost or made up."""
        seen = self.store.one(BOOKS.format(**WHERE[self.series]), session=day.session, journal=day.till.drawer)
        entries, lines = seen["entries"] or [], sorted(map(Decimal, seen["lines"] or []))
        payments, booked = list(map(Decimal, seen["payments"] or [])), seen["booked"] - day.booked
        if seen["state"] == "closed":
            assert [(move, state, Decimal(total)) for move, state, total in entries] == [
                (seen["move_id"], "posted", 0)
            ], entries
            assert seen["stop_at"] is not None and seen["orders"] == ["done"], seen
            assert seen["counted"] == Decimal(TASK["counted_cash"]), seen["counted"]
            assert (lines, booked) == ([LOST, TAKEN], LOST), (lines, booked)
            assert payments == ([BY_CARD] if self.series >= 19 else []), payments
            return CLOSED
        # A till is locked for sales by a call of its own; whoever closes next goes on from there.
        assert seen["state"] in ("opened", "closing_control"), seen["state"]
        assert (seen["move_id"], entries, lines, payments, booked) == (None, [], [], [], 0), seen
        assert seen["orders"] == ["paid"], seen["orders"]
        return OPEN

    def untouched(self, day):
        """Everything of the session that a task could have written, to be compared."""
        return self.store.session(day.session), self.store.count(day.session)

    def quiet(self, seconds=60):
        """Wait until no transaction is open in the store: whatever nobody waits for any more has ended."""
        query = """SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
                   AND backend_type = 'client backend' AND state <> 'idle'"""
        deadline, still = time.monotonic() + seconds, 0
        while still < 4:
            still = 0 if self.store.rows(query) else still + 1
            assert time.monotonic() < deadline, "The store does not come to rest."
            time.sleep(0.05)

    def finish(self, day, before, overlapping=False):
        """The same task without the fault closes what is open, proves what is closed, and a third run changes nothing.

        before: how the session stood. overlapping: Odoo may still be at what it was sent; the first run after the fault may
        then be refused, and the next one finishes.
        """
        if overlapping:
            _result, error = self.attempt(day)
            self.quiet()
            before = self.standing(day)
            assert error is None or before in (OPEN, CLOSED)
        result = self.close(day)
        assert result["changed"] is (before == OPEN), (result["changed"], before)
        assert result["proof"] and all(check["held"] for check in result["proof"]), result["proof"]
        assert self.standing(day) == CLOSED
        again = self.close(day)
        assert again["changed"] is False and all(check["held"] for check in again["proof"])
        assert self.standing(day) == CLOSED
        if self.series >= 17:
            assert self.store.session(day.session)["closing_notes"].count("Closed by retailops.odoo_pos") == 1


_GROUNDS, _UNTIL_THE_END = {}, contextlib.ExitStack()
atexit.register(_UNTIL_THE_END.close)


def grounds(series):
    """The Ground of a series, one for all the tests of a process; gone at its end."""
    if series not in _GROUNDS:
        _GROUNDS[series] = Ground(_UNTIL_THE_END.enter_context(copy_of(series, "faults")))
    return _GROUNDS[series]
