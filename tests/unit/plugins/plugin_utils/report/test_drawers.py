# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawers: one session counts once, over runs and days; files of others do no harm."""

from __future__ import annotations

import json
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report import drawers, history, output
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.drawers import Drawer

from .made_fleet import report


def drawer(minor=-1250, **other):
    return Drawer(
        **{
            "store": "a", "session_id": 1, "session": "POS/1", "till": "Till 7", "day": "2026-11-22", "currency": "USD",
            "decimals": 2, "minor": minor, **other,
        }
    )  # fmt: skip


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_minor_units_are_money_and_back(minor, decimals):
    assert drawers.minor_of(drawers.text(minor, decimals)) == (minor, decimals)


@pytest.mark.parametrize("text", ["", "many", "NaN", "Infinity", "1e5"])
def test_what_is_no_amount_is_none(text):
    assert drawers.minor_of(text) is None


@given(st.lists(st.integers(-(10**9), 10**9), max_size=30))
def test_short_and_over_add_up_to_the_net(amounts):
    found = drawers.totals(drawer(minor, session_id=n) for n, minor in enumerate(amounts))
    assert len(found) == bool(amounts)
    for total in found:
        assert total["minor"]["net"] == total["minor"]["short"] + total["minor"]["over"] == sum(amounts)
        assert total["minor"]["short"] <= 0 <= total["minor"]["over"]
        assert total["drawers"] == len(amounts)


def test_currencies_are_never_added():
    found = drawers.totals([drawer(), drawer(300, session_id=2, currency="JPY", decimals=0)])
    assert [(t["currency"], t["net"]) for t in found] == [("JPY", "300"), ("USD", "-12.50")]


def test_a_session_counts_once_as_it_was_seen_last():
    found = drawers.merged([drawer(), drawer(5, session_id=2)], [drawer(-1000)])
    assert [d.minor for d in found] == [-1000, 5]


def test_the_largest_differences_come_first_and_exact_drawers_not_at_all():
    found = drawers.by_store(
        [
            drawer(0, store="exact"),
            drawer(100, store="b"),
            drawer(-300, store="c"),
            drawer(250, store="b", session_id=2),
        ]
    )
    assert [(row["store"], row["net"]) for row in found] == [("b", "3.50"), ("c", "-3.00")]


def test_a_store_has_its_own_days_and_the_last_of_them():
    found = [
        drawer(day="2026-%02d-%02d" % (month, day), session_id=100 * month + day)
        for month in (9, 10)
        for day in range(1, 29)
    ]
    days = drawers.days_of_stores([*found, drawer(0, store="exact"), drawer(5, session_id=2), drawer(-5, session_id=3)])
    assert days["exact"] == []
    assert len(days["a"]) == drawers.MOST_DAYS
    assert days["a"][-1] == {"day": "2026-10-28", "currency": "USD", "net": "-12.50", "minor": -1250}


def test_a_count_of_this_run_is_newer_than_what_was_read():
    entry = next(s for s in report(12)["stores"] if any(r["outcome"] == "closed" for r in s["results"]))
    closed = {r["session"]["id"] for r in entry["results"] if r["outcome"] == "closed"}
    assert {d.minor for d in drawers.drawers(entry) if d.session_id in closed} == {-1250}


def test_days_are_kept_once_and_old_ones_go(tmp_path):
    for day in ("2026-01-01", "2026-11-20", "2026-11-21"):
        assert history.keep(tmp_path, [drawer(day=day, session_id=int(day[-2:]))], day, 30, 0o640)
    assert not history.keep(tmp_path, [drawer(day="2026-11-21", session_id=21)], "2026-11-21", 30, 0o640)
    assert [path.name for _day, path in history.files(tmp_path)] == [
        "drawers-2026-11-20.json",
        "drawers-2026-11-21.json",
    ]
    # a slice of the same fleet adds its own
    assert history.keep(tmp_path, [drawer(store="b")], "2026-11-21", 30, 0o640)
    found, faults = history.read(tmp_path, 30, "2026-11-22")
    assert [(d.store, d.session_id) for d in found] == [("a", 20), ("a", 21), ("b", 1)] and faults == []
    assert history.read(tmp_path, 1, "2026-11-22")[0] == found[1:]
    assert (tmp_path / "drawers-2026-11-21.json").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"drawers": 3}', '{"drawers": [3]}', '{"drawers": [{"store": "a"}]}',
        json.dumps({"drawers": [{**drawer().facts(), "minor": "5"}]}), json.dumps({"drawers": [{**drawer().facts(), "minor": True}]}),
    ],
)  # fmt: skip
def test_a_file_that_is_no_history_is_said_and_left_out(tmp_path, text):
    history.keep(tmp_path, [drawer()], "2026-11-21", 30, 0o600)
    (tmp_path / "drawers-2026-11-20.json").write_text(text, encoding="utf-8")
    (tmp_path / "drawers-notaday.json").write_text("{}", encoding="utf-8")
    found, faults = history.read(tmp_path, 30, "2026-11-22")
    assert [d.minor for d in found] == [-1250]
    assert len(faults) == 1 and faults[0].startswith("drawers-2026-11-20.json")


def place(folder, **other):
    return output.Place(
        **{
            "folder": folder, "name": "pos-report", "formats": tuple(output.RENDER), "mode": 0o640, "history": folder / "history",
            "history_days": 90, "check_mode": False, **other,
        }
    )  # fmt: skip


def test_files_are_written_once(tmp_path):
    first = output.put(report(12), place(tmp_path))
    assert first["changed"] and set(first["paths"]) == {"html", "json", "csv", "junit"}
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    assert not output.put(report(12), place(tmp_path))["changed"]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before
    assert all(path.stat().st_mode & 0o777 == 0o640 for path in map(pathlib.Path, first["paths"].values()))
    assert not list(tmp_path.rglob(".pos-report*"))


def test_check_mode_writes_nothing(tmp_path):
    assert output.put(report(3), place(tmp_path / "x", check_mode=True))["changed"]
    assert list(tmp_path.iterdir()) == []
    output.put(report(3), place(tmp_path / "x"))
    assert not output.put(report(3), place(tmp_path / "x", check_mode=True))["changed"]


def test_what_fails_is_said_in_a_sentence(tmp_path):
    found = output.put(report(40), place(tmp_path, formats=("json",), history=None))
    assert found["msg"].startswith("%d of 41 store(s) fail: store_001 (could not be read" % len(found["failing"]))
    assert "and %d more" % (len(found["failing"]) - 5) in found["msg"]
    assert (
        output.put(report(40, "never"), place(tmp_path, formats=("json",)))["msg"]
        == "No store of 41 fails (fail_on is never)."
    )


def test_a_broken_trail_fails_but_where_nothing_fails(tmp_path):
    trail = {"exists": True, "lines": 3, "last_hash": "ab", "broken": ["line 3 was altered"]}
    found = output.put(report(1, trail=trail), place(tmp_path, formats=("html",)))
    assert found["trail_broken"] == ["line 3 was altered"] and "the trail of changes is broken" in found["msg"]
    assert output.put(report(1, "never", trail=trail), place(tmp_path, formats=("html",)))["trail_broken"] == []
