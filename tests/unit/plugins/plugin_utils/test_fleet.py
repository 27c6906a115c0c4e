# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scan of a fleet: every store is read once, never too many at once, nobody waits beyond the deadline, errors are sentences."""

from __future__ import annotations

import re
import threading
import time

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    BadInput,
    NoAnswer,
    NotAStore,
    NotFound,
    PosError,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet import (
    Asked,
    Bounds,
    Scan,
    ordered,
    totals,
    within,
)

SUMMARY = {"sessions": 2, "closable": 1, "needs_count": 1, "blocked": 0, "closed_wrongly": 0}


def asked(host, server="east", **options):
    return Asked(host, {"login_host": server, "login_db": host, **options})


def scanned(read, stores, threads=8, connections=4, deadline=30):
    scan = Scan(read, Bounds(threads, connections, deadline))
    for store in stores:
        scan.put(store)
    return scan.end()


class Counting:
    """A reading that knows how many of it ran at once, by server."""

    def __init__(self, seconds=0.005):
        self.seconds, self.now, self.most, self.read, self.lock = seconds, {}, {}, [], threading.Lock()

    def __call__(self, options):
        server = options["login_host"]
        with self.lock:
            self.read.append(options["login_db"])
            for key in (server, "all"):
                self.now[key] = self.now.get(key, 0) + 1
                self.most[key] = max(self.most.get(key, 0), self.now[key])
        time.sleep(self.seconds)
        with self.lock:
            for key in (server, "all"):
                self.now[key] -= 1
        return {"summary": SUMMARY}


def test_every_store_is_read_once_and_no_bound_is_passed():
    read = Counting()
    stores = [asked("s%d" % n, "server %d" % (n % 3)) for n in range(60)]
    entries = scanned(read, stores, threads=5, connections=2)
    assert sorted(read.read) == sorted(store.host for store in stores)
    assert list(entries) == [store.host for store in stores]
    assert all(e["reachable"] and e["reason"] == "read" and e["error"] is None for e in entries.values())
    assert read.most["all"] <= 5 and all(read.most["server %d" % n] <= 2 for n in range(3))


def test_a_store_that_comes_too_late_to_be_asked_is_entered_so():
    scan = Scan(Counting(), Bounds(2, 2, 0.01))
    assert not scan.over
    time.sleep(0.02)
    assert scan.over
    scan.skip("s1")
    entry = scan.end()["s1"]
    assert (entry["reason"], entry["error"]) == (
        "late",
        "Its turn did not come within the deadline of 0.01 seconds.",
    )


def test_a_server_with_many_stores_does_not_hold_up_the_others():
    read = Counting(0.02)
    stores = [asked("a%02d" % n, "big") for n in range(40)] + [asked("b%d" % n, "small") for n in range(4)]
    scan = Scan(read, Bounds(4, 2, 30))
    with scan._lock:  # nobody begins before all of them are queued
        for store in stores:
            scan.put(store)
    scan.end()
    assert max(read.read.index("b%d" % n) for n in range(4)) < 20
    assert read.most["big"] == 2


def test_one_thread_is_enough_for_all():
    assert len(scanned(Counting(0), [asked("s%d" % n) for n in range(20)], threads=1, connections=1)) == 20


def test_what_hangs_is_late_and_holds_nobody():
    hold = threading.Event()

    def read(options):
        if options["login_db"].startswith("hangs"):
            hold.wait(20)
        return {"summary": SUMMARY}

    stores = [asked("hangs_%d" % n, "a") for n in range(2)] + [asked("good_%d" % n, "b") for n in range(5)]
    stores += [asked("behind", "a")]
    begun = time.monotonic()
    entries = scanned(read, stores, threads=8, connections=2, deadline=2)
    assert time.monotonic() - begun < 10
    assert all(entries["good_%d" % n]["reachable"] for n in range(5))
    late = [entries[name] for name in ("hangs_0", "hangs_1", "behind")]
    assert [entry["reason"] for entry in late] == ["late"] * 3
    assert late[0]["error"] == "It did not answer within the deadline of 2 seconds." and late[0]["read_ms"] >= 1500
    assert late[2]["error"] == "Its turn did not come within the deadline of 2 seconds." and late[2]["read_ms"] == 0
    kept = dict(entries["hangs_0"])
    hold.set()
    time.sleep(0.05)
    # What comes later is dropped.
    assert entries["hangs_0"] == kept


def test_two_stores_that_come_at_once_have_two_threads():
    """A thread that rests is woken once: the second store is not left to it, behind a first that hangs."""
    hold, read = threading.Event(), threading.Event()

    def reading(options):
        if options["login_db"] == "hangs":
            hold.wait(20)
        if options["login_db"] == "good":
            read.set()
        return {"summary": SUMMARY}

    scan = Scan(reading, Bounds(4, 4, 30))
    scan.put(asked("first"))
    while not scan._idle:
        time.sleep(0.001)
    with scan._lock:
        scan.put(asked("hangs"))
        scan.put(asked("good"))
    begun_beside = read.wait(5)
    hold.set()
    scan.end()
    assert begun_beside


class Failing:
    """A reading where the stores of the server ``east`` fail, and that knows which were tried."""

    def __init__(self, *errors):
        self.errors, self.tried, self.lock = list(errors), [], threading.Lock()

    def __call__(self, options):
        with self.lock:
            self.tried.append(options["login_db"])
            error = None
            if options["login_host"] == "east":
                error = self.errors.pop(0) if len(self.errors) > 1 else self.errors[0]
        time.sleep(0.005)
        if error:
            raise error
        return {"summary": SUMMARY}


def test_a_server_that_never_answers_costs_a_few_time_outs_and_the_rest_is_told_why():
    read = Failing(NoAnswer("Cannot connect: timeout expired."))
    stores = [asked("s%02d" % n) for n in range(40)] + [asked("good", "west")]
    entries = scanned(read, stores)
    assert entries["good"]["reachable"]
    failed = [entry["error"] for host, entry in entries.items() if host != "good" and entry["reason"] == "unreachable"]
    said = [re.sub("for [4-7] stores", "for N stores", error) for error in failed if "Cannot connect" not in error]
    assert set(said) == {
        "The server east (port 5432) did not answer for N stores in a row, so this one was not tried: see whether the server is up "
        "and can be reached from here."
    }
    # four at once, and those that begun before the fourth was back
    assert len(failed) == 40 and 4 <= len(failed) - len(said) == len(read.tried) - 1 <= 7


def test_a_store_that_is_put_after_its_server_was_given_up_is_told_so_too():
    read = Failing(NoAnswer("No."))
    scan = Scan(read, Bounds(8, 1, 30))
    for n in range(5):
        scan.put(asked("s%d" % n))
    while not all(scan.entries.values()):
        time.sleep(0.001)
    scan.put(asked("later"))
    # one silent store alone proves little, however few connections there are
    assert "for 2 stores in a row" in scan.end()["later"]["error"] and len(read.tried) == 2


@pytest.mark.parametrize(
    "errors",
    [
        (Unreachable("Cannot connect: the database does not exist."),),
        (Unreachable("Cannot connect: too many connections."), NoAnswer("Cannot connect: timeout expired.")),
    ],
)
def test_a_server_that_answered_once_if_only_with_a_refusal_is_tried_for_every_store(errors):
    read = Failing(*errors)
    entries = scanned(read, [asked("s%02d" % n) for n in range(20)])
    assert len(read.tried) == 20 and all("Cannot connect" in entry["error"] for entry in entries.values())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unreachable("No way."), "unreachable"),
        (NotAStore("No store."), "no_store"),
        (NotFound("No till."), "not_found"),
        (BadInput("No such option."), "bad_input"),
        (PosError("Something."), "failed"),
    ],
)
def test_an_error_is_the_entry_of_its_store_only(error, reason):
    def read(options):
        if options["login_db"] == "bad":
            raise error
        return {"summary": SUMMARY}

    entries = scanned(read, [asked("good"), asked("bad")])
    assert entries["bad"] == {
        "reachable": False, "reason": reason, "error": error.message, "read_ms": entries["bad"]["read_ms"],
        "standing": "unread",
    }  # fmt: skip
    assert entries["good"]["reachable"]


def test_a_surprise_is_told_without_its_text_and_hostile_text_is_cleaned():
    def read(options):
        if options["login_db"] == "surprise":
            raise KeyError("secret")
        raise Unreachable("\x1b[31mred\u202e.")

    entries = scanned(read, [asked("surprise"), asked("hostile")])
    assert entries["surprise"]["error"] == "Reading it failed (KeyError)."
    assert entries["hostile"]["error"] == "[31mred."


def test_a_store_that_cannot_be_asked_has_its_place_in_the_order():
    scan = Scan(Counting(0), Bounds(2, 2, 30))
    scan.put(asked("a"))
    scan.give_up("b", "bad_input", "Its variables are wrong.")
    scan.put(asked("c"))
    assert list(ordered("abc", scan.end())) == ["a", "b", "c"]
    assert scan.entries["b"]["reason"] == "bad_input"


def test_nothing_to_read_is_no_wait():
    assert scanned(Counting(), [], deadline=30) == {}


def test_no_timeout_is_longer_than_what_is_left():
    options = {"connect_timeout": 10, "statement_timeout": 30, "lock_timeout": 5, "login_db": "s"}
    assert within(options, 7.2) == {**options, "connect_timeout": 8, "statement_timeout": 8}
    assert within(options, -1)["lock_timeout"] == 1


def test_the_totals_count_what_was_read():
    entries = {
        "a": {"reachable": True, "reason": "read", "summary": SUMMARY},
        "b": {"reachable": True, "reason": "read", "summary": {**SUMMARY, "blocked": 3, "closed_wrongly": 1}},
        "c": {"reachable": False, "reason": "late"},
        "d": {"reachable": False, "reason": "late"},
    }
    assert totals(entries, 1.25) == {
        "stores": 4, "read": 2, "unread": 2, "unread_by_reason": {"late": 2}, "sessions": 4, "closable": 2,
        "needs_count": 2, "blocked": 3, "closed_wrongly": 1, "read_ms": 1250,
    }  # fmt: skip
