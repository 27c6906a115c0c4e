# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered: since when, whether a chat was told, and what each till's drawer usually differs by."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor import state
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.drawers import (
    MOST_COUNTS,
    counts_in,
    median,
    money,
    remember,
    usual,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.files import safe_name, write_whole
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.judge import NOTHING, Memory, Store, judge
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.limits import read_limits

from ...module_utils.made import NOW, cash, counted, session, till
from .made_monitor import facts, judged, rules_of, watch

LIMITS = read_limits({})[0]
AFTER = NOW + timedelta(hours=1)


def history(*differences, first=1000):
    """The drawers after a session of till 7 for each difference, in minor units."""
    drawers = {}
    for at, units in enumerate(differences):
        amount = Decimal(13000 + units).scaleb(-2)
        drawers = remember(drawers, counts_in(facts(counted(str(amount), id=first + at))))
    return drawers


def test_a_sessions_newest_count_is_kept_once_in_the_order_of_sessions():
    drawers = remember(history(-100, 0, 250), counts_in(facts(counted("129.50", id=1001))))
    assert [[entry[0], entry[2]] for entry in drawers["7"]["counts"]] == [[1000, -100], [1001, -50], [1002, 250]]
    again = remember(json.loads(json.dumps(drawers)), counts_in(facts(counted("129.50", id=1001))))
    assert again == drawers and list(again) == list(drawers)


def test_what_is_no_count_is_no_history():
    rescue = session(id=5, rescue=True)
    uncounted = session(id=6, cash=cash(counted=None))
    assert remember({}, counts_in(facts(rescue, uncounted, session(id=8, cash=None)))) == {}


def test_history_is_bounded():
    drawers = history(*range(MOST_COUNTS + 5))
    assert len(drawers["7"]["counts"]) == MOST_COUNTS and drawers["7"]["counts"][-1][2] == MOST_COUNTS + 4


def test_tills_stay_in_one_order_however_they_were_read():
    drawers = remember(
        {}, counts_in(facts(counted("1.00", id=1, till=till(id=13)), counted("1.00", id=2, till=till(id=4))))
    )
    assert list(drawers) == ["4", "13"]


def test_usual_is_known_from_enough_other_counts():
    one = facts(counted("130.00", id=9999))["sessions"][0]
    assert usual(history(*[0] * 7), one, LIMITS) is None
    known = usual(history(*[0] * 8), one, LIMITS)
    assert known["counts"] == 8 and known["minor"] == {"median": 0, "spread": 0, "allowed": 200, "off": 0}
    # its own count is not among them
    assert usual(history(*[0] * 8), {**one, "id": 1003}, LIMITS) is None


def test_usual_is_median_and_median_absolute_deviation():
    # by hand: sorted -300 -200 -100 -100 0 100 100 500, median -50; deviations 250 150 50 50 50 150 150 550, median 150
    one = facts(counted("117.50", id=9999))["sessions"][0]
    known = usual(history(-300, 100, -200, 0, -100, 500, 100, -100), one, LIMITS)
    assert known["minor"] == {"median": -50, "spread": 223, "allowed": 890, "off": 1200}
    assert (known["median"], known["spread"], known["allowed"], known["off"]) == ("-0.50", "2.23", "8.90", "12.00")


@pytest.mark.parametrize(("amount", "found"), [("121.11", False), ("120.59", True), ("138.41", True)])
def test_a_drawer_is_unusual_beyond_its_tills_own_spread(amount, found):
    memory = Memory(drawers=history(-300, 100, -200, 0, -100, 500, 100, -100))
    one = judged(counted(amount, id=9999), memory=memory, held_to=watch(limits={"drawer_difference": "1000"}))
    assert ("drawer_unusual" in rules_of(one)) is found


def test_a_till_that_changed_its_currency_is_not_compared():
    one = {**facts(counted("130.00", id=9999))["sessions"][0], "currency": {"name": "JPY", "decimals": 0}}
    assert usual(history(*[0] * 9), one, LIMITS) is None


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30), st.integers(0, 3))
def test_money_is_exact(units, decimals):
    assert median([Decimal(u) for u in units]) * 2 == sum(
        sorted(units)[(len(units) - 1) // 2 : len(units) // 2 + 1]
    ) * (1 if len(units) % 2 == 0 else 2)
    assert Decimal(money(units[0], decimals)).scaleb(decimals) == units[0]


def test_an_alert_keeps_its_beginning_and_is_new_once():
    first = judged(counted("100.00"))
    second = judged(counted("99.00"), memory=first.memory(told=False, webhook=True), now=AFTER)
    (before,), (after,) = first.alerts, second.alerts
    stamp = AFTER.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert before.shown(before.since)["new"] and not after.shown(stamp)["new"]
    assert after.since == before.since and "31.00" in after.message
    assert second.memory(False, True).alerts == first.memory(False, True).alerts


def test_what_is_over_is_remembered_until_it_was_told():
    was = judged(counted("100.00")).memory(told=True, webhook=True)
    now = judged(session(), memory=was, now=AFTER)
    assert list(now.over) == ["drawer_difference session 24"]
    assert now.memory(told=False, webhook=True).alerts == was.alerts
    assert now.memory(told=True, webhook=True).alerts == {}
    assert now.memory(told=False, webhook=False).alerts == {}
    never_told = judged(counted("100.00")).memory(told=False, webhook=True)
    assert judged(session(), memory=never_told, now=AFTER).over == {}


def test_nothing_is_over_in_a_store_that_cannot_be_read_or_for_a_rule_that_fails():
    was = judged(counted("100.00")).memory(told=True, webhook=True)
    gone = judge(Store("store_042", False, "Gone.", NOTHING), watch(), was, AFTER)
    assert gone.over == {} and [alert.rule for alert in gone.alerts] == ["store_unreachable"]
    assert "drawer_difference session 24" in gone.memory(True, True).alerts and gone.drawers == was.drawers
    broken = {"name": "drawer_difference", "when": "abs(sessions)", "severity": "info", "message": "x"}
    failed = judged(session(), memory=was, now=AFTER, held_to=watch(extra=[broken]))
    assert failed.over == {} and "drawer_difference session 24" in failed.memory(True, True).alerts


def test_a_rule_that_was_taken_away_is_not_reported_as_over():
    was = judged(counted("100.00")).memory(told=True, webhook=True)
    assert judged(session(), memory=was, now=AFTER, held_to=watch(rules=[])).over == {}


def test_a_silenced_alert_is_told_when_its_silence_ends():
    quiet = judged(counted("100.00"), held_to=watch(silence=[{"rule": "*", "until": "2026-11-22"}]))
    was = quiet.memory(told=True, webhook=True)
    (alert,) = judged(counted("100.00"), memory=was, now=NOW + timedelta(days=1)).alerts
    assert alert.silenced is None and not alert.told


def test_the_state_comes_back_as_it_was_written(tmp_path):
    folder = str(tmp_path / "deep" / "state")
    memory = judged(counted("100.00")).memory(told=True, webhook=True)
    assert state.save(folder, "a/b", memory, check_mode=True) and not os.path.exists(folder)
    assert state.save(folder, "a/b", memory, check_mode=False)
    assert not state.save(folder, "a/b", memory, check_mode=False)
    back = state.load(folder, "a/b")
    assert back == Memory(memory.alerts, memory.drawers)
    (name,) = os.listdir(folder)
    assert os.stat(os.path.join(folder, name)).st_mode & 0o777 == 0o600
    assert os.stat(folder).st_mode & 0o077 == 0
    assert state.load(folder, "other") == Memory()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "alerts": {"x": 3}, "drawers": {}}',
                                  '{"version": 1, "alerts": {}, "drawers": {"7": {"counts": [[1, null, "1.5"]]}}}', "\x00"])  # fmt: skip
def test_a_damaged_state_is_said_and_begun_anew(tmp_path, text):
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(state.BadState, match="damaged"):
        state.load(str(tmp_path), "s")


@pytest.mark.parametrize(
    "host", ["store_042", "../../etc/passwd", "..", ".", "a b", "a/b", "a_b", "\u00e4", "x" * 300, "\n"]
)
def test_a_host_is_a_file_name_of_its_own(host):
    name = safe_name(host)
    assert "/" not in name and not name.startswith(".") and len(name) < 120 and name.isascii()
    assert (name == host) == (host in ("store_042", "a_b"))


def test_a_file_is_whole_or_not_there_and_leaves_nothing_beside_it(tmp_path, monkeypatch):
    path = str(tmp_path / "x.prom")
    write_whole(path, "one\n", 0o644)

    def broken(*_words):
        assert [name.endswith(".prom") for name in sorted(os.listdir(tmp_path))] == [False, True]
        raise OSError(28, "no room")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="no room"):
        write_whole(path, "two\n", 0o644)
    assert os.listdir(tmp_path) == ["x.prom"] and (tmp_path / "x.prom").read_text() == "one\n"
    assert os.stat(path).st_mode & 0o777 == 0o644
