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
