# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rivals: whoever comes in the same moment, one wins, the others change nothing, and no cent is lost or doubled."""

from __future__ import annotations

import functools
import threading
import time
from decimal import Decimal

import pytest

from ..lab.closing_proxy import Proxy
from ..lab.closing_store import copy_of
from ..lab.fixes_reset import nobody
from .effort import note
from .rivals import (
    Cashier,
    assert_clear,
    at_once,
    booked_sales,
    chance,
    closing,
    found_wrong,
    orders_of,
    proof_held,
    sessions_of,
    sorted_out,
    task,
)

from ansible_collections.retailops.odoo_pos.plugins.module_utils import (  # isort: skip
    move_cash,
    release_session,
    reset_session,
    resolve_orders,
)

POINT = "2 concurrency"
CLOSERS = 16
#: What a short run tries on Odoo 19; the rest of it on 14. A full one tries all on both.
SHORT_ON_19 = ("goes_on_selling", "last_look", "reset_or_release", "one_cash_move", "not_committed")
#: Odoo's close has written the session and takes its time before it commits.
SLOW = """CREATE FUNCTION slow_{n}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$;
CREATE TRIGGER slow_{n} AFTER UPDATE ON pos_session FOR EACH ROW WHEN (NEW.state = 'closed' AND NEW.id = {n})
  EXECUTE FUNCTION slow_{n}()"""


def pytest_generate_tests(metafunc):
    if "store" in metafunc.fixturenames:
        short = (19,) if any(words in metafunc.function.__name__ for words in SHORT_ON_19) else (14,)
        series = (19, 14) if metafunc.config.getoption("--full") else short
        metafunc.parametrize("store", series, indirect=True, scope="module", ids=["odoo-%d" % one for one in series])


@pytest.fixture(scope="module")
def store(request):
    with copy_of(request.param, "trust_rivals") as made:
        yield made


def delays(luck, number, longest):
    return [luck.uniform(0, longest) for _ignored in range(number)]


# --- many closers ---------------------------------------------------------------------------------------------------


def test_sixteen_closers_on_one_session(store, effort, round_number):
    """In every second round each has counted another amount: one wins, and nothing of the others is booked."""
    luck = chance(effort, round_number, "closers", store.series)
    till = store.traded("closers_%d" % round_number)
    differ = (round_number + store.series) % 2 == 0
    counts = [str(130 - (number if differ else 0)) for number in range(CLOSERS)]
    luck.shuffle(counts)
    works = [closing(store, till, counted_cash=count, max_cash_difference="20") for count in counts]
    results = at_once(works, delays(luck, CLOSERS, luck.choice((0, 0.1, 0.5, 2))))
    changed, unchanged, refused = sorted_out(results)
    assert len(changed) == 1, [told.get("msg") for told in results]
    proof_held(changed[0])
    won = changed[0]["plan"]["counted"]
    store.assert_closed_once(till.session, won)
    assert store.booked_difference(till) == Decimal(won) - 130
    note(POINT, "closers at once on Odoo %d: won / found it closed / refused" % store.series,
         "%d / %d / %d" % (len(changed), len(unchanged), len(refused)))  # fmt: skip


# --- a till that goes on selling ------------------------------------------------------------------------------------


def test_closers_against_a_till_that_goes_on_selling(store, effort, round_number):
    luck = chance(effort, round_number, "selling", store.series)
    till = store.traded("selling_%d" % round_number)
    cashier = Cashier(
        store, till, 12 if effort.full else 8, luck, luck.choice((0.05, 0.3, 0.8) if effort.full else (0.3,))
    )
    told, stop = [], threading.Event()

    def try_on(pause):
        while not stop.is_set():
            told.append(closing(store, till, cash_policy="assume_expected")())
            if not told[-1].get("failed"):
                return
            time.sleep(pause)

    closers = [threading.Thread(target=try_on, args=(luck.uniform(0.05, 0.4),)) for _ignored in range(2)]
    for thread in (cashier, *closers):
        thread.start()
    cashier.join()
    stop.set()
    for thread in closers:
        thread.join()
    assert cashier.problem is None
    every_sale_is_somewhere(store, till, cashier, told)


def test_a_sale_after_the_last_look_comes_into_no_close(store, effort):
    """Somebody sells in the moment before the close reaches Odoo: 19 turns the sale away, 14 keeps it in a rescue session."""
    till = store.traded("last_moment")
    cashier = Cashier(store, till, 1, chance(effort, 0, "last", store.series), 0)
    proxy = Proxy(store.info["odoo"]["url"])
    proxy.hooks["action_pos_session_validate" if store.series == 14 else "close_session_from_ui"] = cashier.sell
    with proxy.running() as url:
        told = closing(store, till, cash_policy="assume_expected", odoo_url=url)()
    assert not told.get("failed") and told["changed"], told["msg"]
    store.assert_closed_once(till.session, "130")
    every_sale_is_somewhere(store, till, cashier, [told])
    assert (len(cashier.sold), len(cashier.turned_away)) == ((1, 0) if store.series == 14 else (0, 1))


def every_sale_is_somewhere(store, till, cashier, told):
    """Each sale that Odoo took is in one posted entry or in a session that is open; what is not right was said aloud."""
    rows = orders_of(store, till)
    by_name = {row["known"]: row for row in rows}
    assert len(by_name) == len(rows) == 5 + len(cashier.sold), "an order is there twice, or not at all"
    for known, _how, amount in cashier.sold:
        assert by_name[known]["paid"] == by_name[known]["amount_total"] == amount
    loud = [one for one in told if one.get("failed") and not one.get("refused")]
    for session in sessions_of(store, till):
        orders = [row for row in rows if row["session"] == session["id"]]
        if session["state"] != "closed":
            assert session["move_id"] is None
            continue
        # Odoo 19 by itself lets a sale into a session that another transaction is closing: it would stay paid, in no entry.
        assert {row["state"] for row in orders} == {"done"}
        total = sum((row["paid"] for row in orders), Decimal(0))
        assert booked_sales(store, session["id"]) == (total, total)
    # The till is locked before the last look, so that no sale can come into the close: nothing was to be said aloud.
    assert store.booked_difference(till) == 0 and loud == [] and found_wrong(store, till) == {}
    won = sum(1 for one in told if not one.get("failed") and one["changed"])
    assert won <= 1
    note(POINT, "till that goes on selling, Odoo %d: sales taken / turned away / attempts to close / closed" % store.series,
         "%d / %d / %d / %d" % (len(cashier.sold), len(cashier.turned_away), len(told), won))  # fmt: skip


# --- a reset, a release and a close ---------------------------------------------------------------------------------


def locked(store, name):
    till = store.traded(name)
    till.lock()
    return till


def stands_as_told(store, till, close, others, state):
    """Closed once where a close said so; else open, without an entry, and as whoever changed it said."""
    sorted_out([close, *others])
    if not close.get("failed"):
        proof_held(close)
        store.assert_closed_once(till.session, "130")
        assert store.booked_difference(till) == 0
    else:
        changed = any(not one.get("failed") and one["changed"] for one in others)
        store.assert_open(till.session, state if changed else "closing_control")


@pytest.mark.parametrize("rival", ["reset", "release"])
def test_a_reset_or_release_against_a_close(store, effort, round_number, tmp_path, rival):
    luck = chance(effort, round_number, rival, store.series)
    till = locked(store, "%s_%d" % (rival, round_number))
    if rival == "reset":
        options = {"state": "opened", "confirm": store.session(till.session)["name"], "pre_image": str(tmp_path) + "/"}
        work = reset_session.reset_session
    else:
        options, work = {"give_back": True, "min_idle_minutes": 0}, release_session.release_session
    close, other = at_once(
        [closing(store, till, counted_cash="130"), lambda: task(store, work, till, **options)], delays(luck, 2, 0.6)
    )
    stands_as_told(store, till, close, [other], "opened")
    note(POINT, "close against %s, Odoo %d: closed / %s" % (rival, store.series, rival),
         "%s / %s" % tuple("refused" if one.get("failed") else one["changed"] for one in (close, other)))  # fmt: skip


def test_a_reset_past_odoo_while_odoo_closes(store, effort, round_number, tmp_path):
    """Nobody of ours closes, but Odoo does, for somebody at the till; a reset by SQL comes into it at any moment."""
    luck = chance(effort, round_number, "past", store.series)
    till = locked(store, "past_%d" % round_number)
    till.set_count(130)
    options = {"state": "opened", "confirm": store.session(till.session)["name"], "pre_image": str(tmp_path) + "/",
               "allow_sql": True, "odoo_url": nobody()}  # fmt: skip
    last = ["action_pos_session_validate"] if store.series == 14 else ["close_session_from_ui", []]
    _odoo, told = at_once(
        [lambda: till.call(*last), lambda: task(store, reset_session.reset_session, till, **options)],
        delays(luck, 2, 0.5),
    )
    sorted_out([told])
    session = store.session(till.session)
    if session["state"] == "closed" and session["stop_at"] is None:
        # The reset came first and took the closing time away, which 14 had set a step earlier: closed from a form that was old.
        assert store.series == 14 and told["changed"]
        ((entry, state, balance),) = [(one["id"], one["state"], one["balance"]) for one in store.entries(till.session)]
        assert (entry, state, balance, store.count(till.session)) == (session["move_id"], "posted", 0, 130)
    elif session["state"] == "closed":
        store.assert_closed_once(till.session, "130")
    else:
        assert told.get("changed"), told
        store.assert_open(till.session, "opened")
    note(POINT, "reset by SQL into Odoo's own close, Odoo %d: reset / session" % store.series,
         "%s / %s" % ("refused" if told.get("failed") else "done", session["state"]))  # fmt: skip


# --- two of the same kind -------------------------------------------------------------------------------------------


def test_two_of_one_cash_move(store, effort, round_number):
    luck = chance(effort, round_number, "move", store.series)
    till = store.traded("moves_%d" % round_number)
    options = {"direction": "out", "amount": "25.00", "reference": "R%d" % round_number, "reason": "milk"}
    work = functools.partial(task, store, move_cash.move_cash, till, **options)
    changed, _unchanged, _refused = sorted_out(at_once([work] * 3, delays(luck, 3, 0.4)))
    assert len(changed) == 1
    proof_held(changed[0])
    assert Decimal(str(till.expected())) == 105
    lines = store.one("SELECT count(*) AS n, sum(l.amount) AS amount FROM account_bank_statement_line l JOIN account_move m"
                      " ON m.id = l.move_id WHERE m.journal_id = %(journal)s AND l.amount = -25", journal=till.drawer)  # fmt: skip
    assert (lines["n"], lines["amount"]) == (1, -25)


def test_a_cash_move_against_a_close(store, effort, round_number):
    luck = chance(effort, round_number, "move_close", store.series)
    till = store.traded("move_close_%d" % round_number)
    options = {"direction": "in", "amount": "7.00", "reference": "M%d" % round_number, "reason": "change"}
    close, move = at_once(
        [
            closing(store, till, cash_policy="assume_expected"),
            lambda: task(store, move_cash.move_cash, till, **options),
        ],
        delays(luck, 2, 0.5),
    )
    sorted_out([close, move])
    moved = 0 if move.get("failed") else 7
    if not close.get("failed"):
        proof_held(close)
        store.assert_closed_once(till.session, 130 + moved)
        assert store.booked_difference(till) == 0
    else:
        store.assert_open(till.session)
        assert Decimal(str(till.expected())) == 130 + moved


@pytest.mark.parametrize("late", [False, True], ids=["before the first look", "after the last look"])
def test_a_cash_move_against_a_close_that_has_not_committed(store, monkeypatch, late):
    """Somebody has taken 25 out, counted 105 and closed: the move comes too late, and the 25 are booked already."""
    till = store.traded("not_committed_%d" % late)
    if store.series == 14:
        till.lock()
    till.set_count(105)
    store.sql(SLOW.format(n=till.session))
    if late:
        # As a close that begins after the task has looked for one: its writes are held up.
        monkeypatch.setattr(move_cash, "nobody_closes", lambda _attempt: None)
    last = "action_pos_session_validate" if store.series == 14 else "action_pos_session_closing_control"
    options = {"direction": "out", "amount": "25.00", "reference": "L%d" % late, "reason": "milk"}
    _odoo, move = at_once(
        [lambda: till.call(last), lambda: task(store, move_cash.move_cash, till, **options)], (0, 1.5)
    )
    assert move.get("failed") and move.get("refused") is not bool(move.get("changed")), move
    assert_clear(move)
    store.assert_closed_once(till.session, 105)
    assert store.booked_difference(till) == -25
    drawn = store.rows("SELECT id FROM account_bank_statement_line WHERE payment_ref LIKE %(mark)s",
                       mark="%%[L%d]" % late)  # fmt: skip
    assert drawn == []


def test_two_that_resolve_the_same_orders(store, effort, round_number):
    luck = chance(effort, round_number, "orders", store.series)
    till = store.traded("orders_%d" % round_number)
    unpaid, paid = till.draft(20), till.draft(15, paid={till.cash: 15})
    options = {"discard": ["unpaid"], "settle": True, "min_idle_minutes": 0}
    work = functools.partial(task, store, resolve_orders.resolve_orders, till, **options)
    changed, _unchanged, _refused = sorted_out(at_once([work] * 3, delays(luck, 3, 0.4)))
    assert len(changed) == 1
    proof_held(changed[0])
    rows = {row["id"]: row for row in orders_of(store, till)}
    assert rows[paid]["state"] == "paid" and rows[paid]["paid"] == 15
    assert unpaid not in rows or rows[unpaid]["state"] == "cancel"
    assert Decimal(str(till.expected())) == 145
