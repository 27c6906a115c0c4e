# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole run over a fleet: what is written, told and remembered, once and then again; and what goes wrong beside it."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta

import pytest

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor import run, webhook
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import Wanted, monitor
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.webhook import Undelivered, Webhook

from ...module_utils.made import NOW, counted, session
from .made_monitor import HOSTILE, read, settings, sick, unread

SECRET = "https://chat.example/T0/very-secret"


@pytest.fixture(name="chat")
def _chat(monkeypatch):
    """What a chat was told; what it is to raise."""

    class Told(list):
        error = None

    said = Told()

    def send(_webhook, payload):
        if said.error:
            raise Undelivered(said.error)
        said.append(payload["text"].split("\n")[1:])

    monkeypatch.setattr(run, "send", send)
    assert webhook.send is not send
    return said


@pytest.fixture(name="wanted")
def _wanted(tmp_path):
    (tmp_path / "metrics").mkdir()

    def make(**more):
        folders = {"metrics_dir": str(tmp_path / "metrics"), "state_dir": str(tmp_path / "state")}
        return Wanted(**{**folders, "webhook": Webhook(SECRET), **more})

    return make


def go(scan, wanted, now=NOW, **more):
    return monitor(scan, {host: settings(**more) for host in scan}, wanted, now)


def snapshot(folder):
    return {
        os.path.join(base, name): open(os.path.join(base, name), encoding="utf-8").read()
        for base, _folders, names in os.walk(folder)
        for name in names
    }


def test_once_is_enough(wanted, chat, tmp_path):
    scan = {"a": read(*sick()), "b": unread()}
    first = go(scan, wanted())
    assert first["changed"] and first["summary"] == {
        "stores": 2, "unreachable": 1, "critical": 3, "warning": 3, "info": 0, "silenced": 0, "new": 6, "over": 0,
    }  # fmt: skip
    assert first["webhook"] == {"wanted": True, "alerts": 6, "over": 0, "sent": True} and len(chat) == 1
    written = snapshot(tmp_path)
    assert sorted(os.path.basename(name) for name in written) == [
        "a.json", "b.json", "odoo_pos_a.prom", "odoo_pos_b.prom",
    ]  # fmt: skip
    second = go(scan, wanted(), NOW + timedelta(minutes=5))
    assert not second["changed"] and second["written"] == [] and len(chat) == 1
    assert snapshot(tmp_path) == written
    assert second["summary"]["new"] == 0 and "since" in second["lines"][2]


def test_check_mode_writes_nothing_tells_nobody_and_says_what_it_would(wanted, chat, tmp_path):
    found = go({"a": read(*sick())}, wanted(check_mode=True, diff=True))
    assert snapshot(tmp_path) == {} and not (tmp_path / "state").exists() and chat == []
    assert found["changed"] and not found["webhook"]["sent"] and len(found["written"]) == 3
    assert [one["before"] for one in found["diff"]] == ["", ""]
    assert 'odoo_pos_store_up{store="a"} 1' in found["diff"][0]["after"]
    go({"a": read(*sick())}, wanted())
    assert not go({"a": read(*sick())}, wanted(check_mode=True))["changed"]


def test_a_file_that_stays_is_touched_so_that_somebody_looked(wanted, chat, tmp_path):
    go({"a": read(session())}, wanted())
    path = tmp_path / "metrics" / "odoo_pos_a.prom"
    os.utime(path, (1, 1))
    assert not go({"a": read(session())}, wanted(check_mode=True))["changed"] and path.stat().st_mtime == 1
    assert not go({"a": read(session())}, wanted())["changed"]
    assert abs(path.stat().st_mtime - time.time()) < 60
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_chat_hears_what_is_new_and_what_is_over(wanted, chat):
    go({"a": read(counted("100.00")), "b": read(session())}, wanted())
    go({"a": read(counted("100.00")), "b": read(counted("99.00"))}, wanted())
    go({"a": read(session()), "b": read(counted("98.00"))}, wanted())
    go({"a": read(session()), "b": read(counted("98.00"))}, wanted())
    assert [[line[2:].split(" (")[0] for line in lines] for lines in chat] == [
        ["a: Till 7: the drawer differs by -30.00 USD"],
        ["b: Till 7: the drawer differs by -31.00 USD"],
        ["a: over: Till 7: the drawer differs by -30.00 USD"],
    ]


def test_a_chat_may_want_to_hear_it_always(wanted, chat):
    for _time in range(2):
        assert go({"a": read(counted("100.00"))}, wanted(webhook_on="always"))["changed"]
    assert not go({"b": read(session())}, wanted(webhook_on="always"))["webhook"]["sent"]
    assert len(chat) == 2


def test_what_could_not_be_told_is_told_next_time(wanted, chat):
    chat.error = "The webhook did not take the message (it answers 502)."
    failed = go({"a": read(counted("100.00"))}, wanted())
    assert [fault["what"] for fault in failed["faults"]] == ["webhook"] and not failed["webhook"]["sent"]
    assert "webhook" not in failed["written"]
    chat.error = None
    assert go({"a": read(counted("100.00"))}, wanted())["webhook"]["sent"]
    chat.error = "Again."
    go({"a": read(session())}, wanted())
    chat.error = None
    assert go({"a": read(session())}, wanted())["over"] and chat[-1][0].endswith("(session POS/00024).")


def test_silenced_alerts_are_kept_and_told_to_nobody(wanted, chat):
    found = go({"a": read(counted("100.00"))}, wanted(), silence=[{"rule": "*", "reason": "known"}])
    assert chat == [] and found["summary"]["silenced"] == 1 and found["summary"]["warning"] == 0
    assert found["alerts"][0]["silenced"] == "silenced: known"
    assert found["lines"] == ["1 store: nothing to worry about; 1 silenced."]


def test_what_goes_wrong_stops_nothing_else(wanted, chat, tmp_path):
    (tmp_path / "metrics").rmdir()
    (tmp_path / "state").write_text("a file")
    extra = [{"name": "mine", "when": "abs(host)", "severity": "info", "message": "x"}, {"name": "typo"}]
    found = go(
        {h: read(counted("100.00")) for h in "abcde"},
        wanted(),
        extra=extra,
        silence=[{"rule": "no"}],
        limits={"x": "y"},
    )
    assert sorted({fault["what"] for fault in found["faults"]}) == ["limit", "metrics", "rule", "silence", "state"]
    (mine,) = [fault for fault in found["faults"] if fault["name"] == "mine"]
    assert mine["stores"] == list("abcde")
    assert found["summary"]["warning"] == 5 and len(chat) == 1
    assert any("(a, b, c and 2 more)" in line for line in found["lines"])
    assert SECRET not in json.dumps(found)


def test_a_damaged_state_is_said_once_and_then_whole(wanted, chat, tmp_path):
    go({"a": read(counted("100.00"))}, wanted())
    (tmp_path / "state" / "a.json").write_text("{")
    assert "damaged" in go({"a": read(counted("100.00"))}, wanted())["faults"][0]["message"]
    assert go({"a": read(counted("100.00"))}, wanted())["faults"] == []


def test_without_folders_and_webhook_it_only_says(wanted, chat, tmp_path):
    found = go({"a": read(counted("100.00"))}, Wanted())
    assert not found["changed"] and snapshot(tmp_path) == {} and found["summary"]["new"] == 1


def test_each_store_is_held_to_its_own_settings(wanted, chat):
    scan = {"a": read(counted("100.00")), "b": read(counted("100.00"))}
    found = monitor(scan, {"a": settings(), "b": settings(limits={"drawer_difference": "50"})}, Wanted(), NOW)
    assert [alert["store"] for alert in found["alerts"]] == ["a"]


def test_a_scan_without_details_is_no_healthy_fleet():
    found = go({"a": {"reachable": True, "error": None, "summary": {}}}, Wanted())
    assert "detail=full" in found["alerts"][0]["message"]


def test_the_screen_is_never_too_wide_and_never_endless(wanted, chat):
    scan = {"store_%03d" % i: read(counted("100.00")) for i in range(100)}
    scan[HOSTILE] = read(counted("1.00"))
    lines = go(scan, Wanted(width=80))["lines"]
    assert "and 41 more." in lines and max(map(len, lines)) <= 80 and not any("\n" in line for line in lines)
