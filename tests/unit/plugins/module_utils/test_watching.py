# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for a close whose answer was lost: until it is closed, or quiet has lasted, or patience ends."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import watching
from ansible_collections.retailops.odoo_pos.plugins.module_utils.watching import Watch


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self, monkeypatch, states, writers):
        self.now, self.states, self.who = 0.0, states, writers
        monkeypatch.setattr(watching.time, "monotonic", lambda: self.now)
        self.watch = Watch({}, None, 24, sleep=self.sleep)
        monkeypatch.setattr(Watch, "row", lambda _self: {"state": self.at(self.states)})
        monkeypatch.setattr(Watch, "writers", lambda _self: self.at(self.who))

    def sleep(self, seconds):
        self.now += seconds

    def at(self, timeline):
        """The newest value whose second has come."""
        return [value for second, value in sorted(timeline.items()) if second <= self.now][-1]


@pytest.mark.parametrize("states, writers, patience, expected, seconds", [
    ({0: "closed"}, {0: set()}, 600, ("closed", True), 0),
    ({0: "opened"}, {0: set()}, 600, ("opened", True), 5),
    ({0: "opened", 30: "closed"}, {0: {"ours"}, 30: set()}, 600, ("closed", True), 30),
    ({0: "opened"}, {0: {"ours"}, 20: set()}, 600, ("opened", True), 25),
    ({0: "opened"}, {0: {"ours"}}, 60, ("opened", False), 60),
    ({0: "opened"}, {0: set()}, 2, ("opened", False), 2),
], ids=["closed", "quiet", "closes later", "rolled back later", "never ends", "little patience"])  # fmt: skip
def test_settle(monkeypatch, states, writers, patience, expected, seconds):
    clock = Clock(monkeypatch, states, writers)
    assert clock.watch.settle(patience, 0) == expected
    assert abs(clock.now - seconds) <= 1


def test_sales_of_others_are_not_taken_for_our_close(monkeypatch):
    """Each sale is a transaction of its own and is gone at the next look."""
    clock = Clock(monkeypatch, {0: "opened"}, {second / 2: {"sale %d" % second} for second in range(200)})
    assert clock.watch.settle(600, 0) == ("opened", True)
    assert clock.now <= 8


def late(monkeypatch, transactions):
    clock = Clock(monkeypatch, {0: "opened"}, {0: set()})
    # a capital letter is a transaction that sells
    monkeypatch.setattr(Watch, "under_way", lambda _self: {one: one.isupper() for one in clock.at(transactions)})
    ended = clock.watch.outlast(5, 30)
    return clock.now if ended else -clock.now


def test_what_is_under_way_is_outlasted_and_what_begins_later_is_not_waited_for(monkeypatch):
    assert late(monkeypatch, {0: ""}) == 0
    assert 2 <= late(monkeypatch, {0: "ab", 1: "bc", 2: "cd", 3: "de"}) <= 2.1
    assert 5 <= late(monkeypatch, {0: "a"}) <= 5.1
    assert 9 <= late(monkeypatch, {0: "aB", 9: "ac"}) <= 9.1
    assert 30 <= -late(monkeypatch, {0: "aB"}) <= 30.1


def test_a_quiet_moment_is_waited_for_but_not_for_ever(monkeypatch):
    clock = Clock(monkeypatch, {0: "opened"}, {0: {"a"}, 2: {"b"}, 3: set(), 3.1: {"c"}})
    assert clock.watch.quiet(5) and 3 <= clock.now <= 3.1
    clock.now = 4
    assert not clock.watch.quiet(5) and clock.now >= 9


def earlier(monkeypatch, transactions, patience):
    clock = Clock(monkeypatch, {0: "closing_control"}, {0: set()})
    monkeypatch.setattr(Watch, "at_sessions", lambda _self: set(clock.at(transactions)))
    return clock.watch.earlier_close(patience), clock.now


def test_an_earlier_close_is_waited_for_and_somebody_who_looks_in_is_not(monkeypatch):
    assert earlier(monkeypatch, {0: ""}, 600) == (None, 0)
    assert earlier(monkeypatch, {0: "a", 0.5: "b", 1: "c"}, 600) == (None, 1)
    ended, seconds = earlier(monkeypatch, {0: "a", 20: "b", 30: ""}, 600)
    assert ended is True and 20 <= seconds <= 21
    ended, seconds = earlier(monkeypatch, {0: "a"}, 60)
    assert ended is False and 60 <= seconds <= 61
