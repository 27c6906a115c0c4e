# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL drops our connection in every look, the proof's too, or stays away for the rest; and drops Odoo's mid-close."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time

from .fault_ground import CLOSED, OPEN
from .fault_runs import spread
from .fault_steps import AFTER, BEFORE, DURING, ODOO, SQL, Witness, rehearse, witnessed

pytest_generate_tests = spread

#: Our connection is gone before a statement, or after it; or PostgreSQL lets us in no more from then on.
MOMENTS = DROPPED, LATER, AWAY = "dropped", "dropped after", "away"
NUMBERS = itertools.count(1)


@contextlib.contextmanager
def a_role(store):
    """A login of its own that may read everything, so that its door can be closed without anybody else noticing."""
    role = "%s_%d" % (store.database, next(NUMBERS))
    store.sql('CREATE ROLE "%s" LOGIN IN ROLE pg_read_all_data' % role)
    try:
        yield role
    finally:
        store.sql('DROP ROLE "%s"' % role)


def end_backends(store, condition, **values):
    """Terminate the store's connections that match, and wait until they are gone."""
    found = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND " + condition
    ended = store.rows("SELECT pid, pg_terminate_backend(pid) " + found, **values)
    deadline = time.monotonic() + 10
    while ended and store.rows(
        "SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%(pids)s)", pids=[r["pid"] for r in ended]
    ):
        assert time.monotonic() < deadline, "PostgreSQL does not end a connection."
        time.sleep(0.01)
    return len(ended)


def dropped(ground, run, day):
    """Our connection is dropped at one of the statements of a look; returns how the session stands."""
    store, step = ground.store, run.step
    number = run.chance().randint(step.first, step.last)

    def act(reader):
        if run.moment == AWAY:
            store.sql('ALTER ROLE "%s" NOLOGIN' % role)
        assert end_backends(store, "pid = %(pid)s", pid=reader.connection.get_backend_pid()) == 1

    with a_role(store) as role:
        untouched = ground.untouched(day)
        with witnessed(Witness(step.kind, number, AFTER if run.moment == LATER else BEFORE, act)) as witness:
            result, error = ground.attempt(day, login_user=role)
    assert witness.hit, "The step was not reached."
    before = ground.standing(day)
    # One that breaks between two looks is found where the next begins, and replaced. A lock needs no letting go that is gone.
    name = witness.of(SQL)[number].name
    survived = run.moment == DROPPED and (name == "let_go" or (number > 0 and name == "opening"))
    assert not survived or error is None, "A connection that nobody needed was missed."
    if error is None:
        # Nobody needed that connection any more.
        assert (survived or run.moment != DROPPED) and before == CLOSED and result["changed"]
    else:
        assert before == OPEN or said_to_be_unknown(error), error.message
    assert written(witness) or (before == OPEN and ground.untouched(day) == untouched), "It wrote before it had read."
    return before


def written(witness):
    """How many statements had been sent when the first write was; 0 where nothing was written."""
    events = [event.kind == ODOO and event.name.endswith(".write") for event in witness.events]
    return sum(event.kind == SQL for event in witness.events[: events.index(True)]) if True in events else 0


def dropped_and_finished(ground, run):
    """One run: our connection is dropped, look, run the task again."""
    with ground.day() as day:
        before = dropped(ground, run, day)
        ground.finish(day, before)
    return before


def dropped_again_and_again(ground, campaign, runs):
    """Runs that write nothing: one after the other on one session, which is then closed. (Where nobody needed the connection
    any more, the session is closed at once, and the next run has another.)"""
    left = list(runs)
    while left:
        with ground.day() as day:
            found = OPEN
            while left and found == OPEN:
                run = left.pop(0)
                found = campaign.try_one(run, dropped, ground, run, day)
            ground.finish(day, ground.standing(day))


def said_to_be_unknown(error):
    """A close that was made and could not be proven is no failure that can be passed over: it is said, and goes into the trail."""
    return error.details.get("changed") or error.details.get("pending")


def odoo_dropped(ground, run):
    """One run: PostgreSQL drops every connection of Odoo to the store, before a request or while Odoo is at it."""
    chance, step = run.chance(), run.step
    delay = chance.uniform(0, 1.2 * step.seconds) if run.moment == DURING else 0

    def act(_reader):
        if run.moment == DURING:
            striker.start()
        else:
            strike()

    def strike():
        time.sleep(delay)
        end_backends(ground.store, "application_name LIKE 'odoo%%' AND usename = 'odoo'")

    striker = threading.Thread(target=strike)
    with ground.day() as day:
        with witnessed(Witness(step.kind, step.first, run.moment, act)) as witness:
            result, error = ground.attempt(day)
        assert witness.hit, "The step was not reached."
        if run.moment == DURING:
            striker.join()
        ground.quiet()
        before = ground.standing(day)
        assert error is not None or (before == CLOSED and result["changed"])
        ground.finish(day, before)
    return before


def test_our_connection_is_dropped(ground, campaign):
    witness = rehearse(ground)
    first = written(witness)
    for _seed, together in itertools.groupby(
        campaign.runs("PostgreSQL", witness.looks(), MOMENTS), lambda run: run.seed
    ):
        runs = list(together)
        reading = [run for run in runs if run.step.last < first]
        dropped_again_and_again(ground, campaign, reading)
        campaign.each(runs[len(reading) :], lambda run: dropped_and_finished(ground, run))
    campaign.end()


def test_the_connection_of_odoo_is_dropped(ground, campaign):
    steps = rehearse(ground).requests()
    campaign.each(
        campaign.runs("Odoo's PostgreSQL dropped", steps, (BEFORE, DURING)), lambda run: odoo_dropped(ground, run)
    )
    campaign.end()
