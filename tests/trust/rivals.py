# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several at one session in the same moment: tasks of the collection, and a cashier who goes on selling."""

from __future__ import annotations

import contextlib
import copy
import random
import threading
import time
from decimal import Decimal

from ..lab.client import Refused
from ..lab.closing_store import arguments, close_session, facts, reading

LONGEST = 120


def chance(effort, round_number, *what):
    """Chance that begins where the seed, the round and the test say."""
    return random.Random(" ".join(map(str, (effort.seed, round_number, *what))))


def task(store, work, till, **options):
    """What a task ends with when the action plugin runs it here: ``work`` is the function behind the module."""
    spec = __import__("sys").modules[work.__module__].SPEC
    who = store.password if "odoo_url" in spec.options else {}
    return arguments.run_here(spec, work, {**store.pg, **who, "session": str(till.session), **options}, False, False)


def closing(store, till, **options):
    """A task that closes the till's session."""
    return lambda: task(store, close_session.close_session, till, **{"min_idle_minutes": 0, **options})


def at_once(works, delays=()):
    """Run all at the same moment, each a delay after it; what each returned, in order. Raises what one of them raised."""
    delays = [*delays, *[0] * (len(works) - len(delays))]
    start, ended = threading.Barrier(len(works)), [None] * len(works)

    def run(number):
        try:
            start.wait(LONGEST)
            time.sleep(delays[number])
            ended[number] = works[number]()
        except BaseException as error:  # told below, where the test can see it
            ended[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    for result in ended:
        if isinstance(result, BaseException):
            raise result
    return ended


def sorted_out(results):
    """(those that changed something, those that found nothing to do, those that were refused); nothing else may come out."""
    changed, unchanged, refused = [], [], []
    for told in results:
        if told.get("failed"):
            assert_clear(told)
            assert told.get("refused") and not told.get("changed"), told
            refused.append(told)
        else:
            (changed if told["changed"] else unchanged).append(told)
    return changed, unchanged, refused


def assert_clear(told):
    """One or two sentences that say which session and what to do, and no traceback."""
    said = told["msg"]
    assert "Traceback" not in said and "psycopg2" not in said and len(said) < 600, said
    assert said[0].isupper() and ("ession" in said or "Odoo" in said), said


def proof_held(told):
    assert told["proof"] and all(check["held"] for check in told["proof"]), told["proof"]


class Cashier(threading.Thread):
    """Sells on a till through Odoo's own API until it has sold ``number`` times; what Odoo did not take is not sold.

    ``sold`` holds (what identifies the order in its row, cash or card, amount) of each.
    """

    def __init__(self, store, till, number, luck, pause):
        super().__init__(name="cashier")
        self.till, self.number, self.luck, self.pause = copy.copy(till), number, luck, pause
        self.till.odoo = store.lab.odoo(store.database)
        self.till.odoo.context.update(till.odoo.context)
        self.till.odoo.uid()
        self.sold, self.turned_away, self.problem = [], [], None

    def run(self):
        with contextlib.suppress(Refused):
            while len(self.sold) + len(self.turned_away) < self.number:
                self.sell()
                time.sleep(self.luck.uniform(0, self.pause))

    def sell(self):
        """One sale in cash or by card. Odoo says no where the session is closed and it makes no rescue session (19)."""
        how, amount = self.luck.choice(("cash", "card")), self.luck.randint(1, 40) * 5
        order = self.till.order(amount, {getattr(self.till, how): amount})
        known = order.get("uuid") or order["data"]["name"]
        sale = (known, how, Decimal(amount))
        try:
            self.till.send([order])
            self.sold.append(sale)
        except Refused as no:
            self.turned_away.append((*sale, str(no)))


def orders_of(store, till):
    """Every order of the till in any session: what identifies it, its session and how that stands, and its payments."""
    known = "o.pos_reference" if store.series == 14 else "o.uuid"
    return store.rows(
        """SELECT {known} AS known, o.id, o.state, o.amount_total, s.id AS session, s.state AS session_state, s.move_id,
                  m.state AS entry_state, (SELECT sum(p.amount) FROM pos_payment p WHERE p.pos_order_id = o.id) AS paid
             FROM pos_order o JOIN pos_session s ON s.id = o.session_id LEFT JOIN account_move m ON m.id = s.move_id
            WHERE s.config_id = %(till)s""".format(known=known),
        till=till.id,
    )


def booked_sales(store, session):
    """(what the session's posted entry holds as income, what it holds as received), both positive."""
    income = (
        "t.internal_group = 'income'"
        if store.series == 14
        else "split_part(a.account_type, '_', 1) = 'income'"
    )  # fmt: skip
    types = "JOIN account_account_type t ON t.id = a.user_type_id" if store.series == 14 else ""
    row = store.one(
        """SELECT coalesce(-sum(l.balance) FILTER (WHERE {income}), 0) AS income,
                  coalesce(sum(l.balance) FILTER (WHERE NOT ({income})), 0) AS received
             FROM pos_session s JOIN account_move m ON m.id = s.move_id AND m.state = 'posted'
             JOIN account_move_line l ON l.move_id = m.id JOIN account_account a ON a.id = l.account_id {types}
            WHERE s.id = %(id)s""".format(income=income, types=types),
        id=session,
    )
    return row["income"], row["received"]


def found_wrong(store, till):
    """The sessions of the till that pos_session_facts says were closed wrongly: {id: codes}."""
    seen = facts.store_facts(reading.read_store(store.pg, reading.Selection(till=str(till.id), closed_days=7)).store)
    return {one["id"]: {found["code"] for found in one["findings"]} for one in seen["closed_wrongly"]}


def sessions_of(store, till):
    return store.rows("SELECT id, state, move_id FROM pos_session WHERE config_id = %(till)s ORDER BY id", till=till.id)
