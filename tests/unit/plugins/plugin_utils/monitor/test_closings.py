# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was counted at a close comes out of the trail of changes."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.retailops.odoo_pos.plugins.module_utils.decisions import CloseOptions
from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import session_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.plan import make_plan, plan_facts
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import trail
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import record_of
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor import closings as closings_module
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.closings import closings
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import Wanted, monitor

from ...module_utils.made import NOW, counted, diagnosed, session, store, till
from .made_monitor import read, settings


def close(path, host, found, module="retailops.odoo_pos.pos_session_close", **options):
    """Put a close into the trail, as the action does."""
    wish = CloseOptions(**{"min_idle_minutes": 0, "max_cash_difference": "99", **options})
    told = {
        "session": {"before": session_facts(found, diagnosed(19, found), NOW)},
        "plan": plan_facts(make_plan(store(19, found), found, wish)),
    }
    trail.append(str(path), record_of(module, {}, {"inventory_hostname": host}, told))


def units(found, host="a"):
    return [(count.session, count.till, count.units, count.decimals, count.currency) for count in found.get(host, [])]


def test_the_counts_of_closes_are_found_by_host(tmp_path):
    path = tmp_path / "trail.jsonl"
    close(path, "a", session(id=1, name="POS/1"), counted_cash="117.50")
    close(path, "b", session(id=1, name="POS/1", till=till(id=8, name="Eight")), counted_cash="131")
    close(path, "a", counted("129.99", id=2, name="POS/2"))
    found = closings(str(path))
    assert units(found) == [(1, 7, -1250, 2, "USD"), (2, 7, -1, 2, "USD")]
    assert units(found, "b") == [(1, 8, 100, 2, "USD")]


def test_what_nobody_counted_or_what_failed_is_no_count(tmp_path):
    path = tmp_path / "trail.jsonl"
    close(path, "a", session(id=1), counted_cash="120", module="retailops.odoo_pos.pos_cash_count")
    close(path, "a", session(id=2, cash=None))
    uncounted = session(id=3)
    close(path, "a", session(id=3, cash=replace(uncounted.cash, counted=None)), cash_policy="assume_expected")
    trail.append(str(path), {"module": "pos_session_close", "failed": True, "plan": None, "session": None})
    with open(path, "ab") as handle:
        handle.write(b'{"record": {"module": "pos_session_close", "plan": {"cou')
    assert closings(str(path)) == {}
    assert closings(str(tmp_path / "none")) == {} == closings("")


def test_only_the_end_of_a_long_trail_is_read(tmp_path, monkeypatch):
    path = tmp_path / "trail.jsonl"
    for number in range(1, 6):
        close(path, "a", session(id=number), counted_cash="130.0%d" % number)
    size = path.stat().st_size
    monkeypatch.setattr(closings_module, "TAIL", size * 3 // 5 - 10)
    assert [count.session for count in closings(str(path))["a"]] == [4, 5]


def test_a_run_remembers_them_once(tmp_path):
    path = tmp_path / "trail.jsonl"
    for number in range(1, 10):
        close(path, "a", session(id=number), counted_cash="130.00")
    wanted = Wanted(state_dir=str(tmp_path / "state"), trail=str(path))
    scan, held_to = {"a": read(counted("120.50", id=99))}, {"a": settings()}
    first = monitor(scan, held_to, wanted, NOW)
    assert [alert["rule"] for alert in first["alerts"]] == ["drawer_unusual"]
    assert "over the last 9 counts it was 0.00 give or take 2.00" in first["alerts"][0]["message"]
    assert first["changed"] and not monitor(scan, held_to, wanted, NOW)["changed"]
    path.unlink()
    again = monitor(scan, held_to, wanted, NOW)
    assert again["alerts"] and not again["changed"] and not again["faults"]


def test_a_trail_that_cannot_be_read_is_said(tmp_path):
    wanted = Wanted(state_dir=str(tmp_path / "state"), trail=str(tmp_path))
    found = monitor({"a": read(session())}, {"a": settings()}, wanted, NOW)
    assert [fault["what"] for fault in found["faults"]] == ["trail"]
