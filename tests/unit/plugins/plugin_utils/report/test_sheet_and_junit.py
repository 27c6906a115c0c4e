# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs read: CSV that no spreadsheet runs, JUnit whose cases keep their names."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.junit import CHECKS, junit
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.model import build
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.sheet import COLUMNS, cell, sheet

from .made_fleet import HOSTILE, fleet, report


def rows(found):
    return list(csv.DictReader(io.StringIO(sheet(found).removeprefix("\ufeff"), newline="")))


@given(st.text())
def test_no_cell_is_a_formula(text):
    found = cell(text)
    assert found.replace("'", "") == text.replace("'", "")
    if found[:1] in tuple("=+@\t\r＝＋－＠"):
        raise AssertionError(found)
    if found.startswith("-"):
        Decimal(found)


@pytest.mark.parametrize("text", ["-12.50", "0", "117.50", "-5", "12", "Till 7", "a=b", "x; y", "3-4"])
def test_amounts_and_plain_words_are_left_alone(text):
    assert cell(text) == text


@pytest.mark.parametrize(
    "text, safe",
    [
        ("=1+1", "'=1+1"),
        ("-1+1|x", "'-1+1|x"),
        ("+3", "'+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("a;=1+1", "a;'=1+1"),
        (" =1", " '=1"),
        ("-", "'-"),
    ],
)
def test_formulas_get_an_apostrophe(text, safe):
    assert cell(text) == safe


def test_the_sheet_has_a_line_a_session_and_adds_up():
    found = report(40)
    lines = rows(found)
    assert tuple(lines[0]) == COLUMNS
    assert sheet(found).startswith("\ufeffstore,") and "\r\n" in sheet(found)
    sessions = [s for store in found["stores"] for s in [*store["sessions"], *store["closed_wrongly"]]]
    assert len(lines) == len(sessions) + found["summary"]["unread"]
    assert sum(line["verdict"] == "blocked" for line in lines) == found["summary"]["blocked"]
    total = sum(Decimal(line["difference"]) for line in lines if line["difference"] and line["outcome"] != "refused")
    assert total == total.quantize(Decimal("0.01"))
    assert not any("\n" in value for line in lines for value in line.values())


def test_a_line_of_a_store_that_was_not_read_says_why():
    line = next(line for line in rows(report(12)) if line["verdict"] == "unread")
    assert "refuses connections" in line["in_the_way"]


def test_what_was_closed_is_not_in_the_way_and_has_its_proof():
    line = next(line for line in rows(report(12)) if line["outcome"] == "closed")
    assert (line["verdict"], line["codes"], line["next"], line["proof"]) == ("closed", "", "", "3 of 3 held")
    assert line["difference"] == "-12.50"


def test_a_session_that_is_gone_from_the_reading_has_its_line():
    found = report(12)
    store = next(s for s in found["stores"] if any(r["outcome"] == "closed" for r in s["results"]))
    store["sessions"] = []
    assert [line["outcome"] for line in rows(found) if line["store"] == store["name"]] == [
        r["outcome"] for r in store["results"]
    ]


def test_every_check_of_every_store_is_a_case_with_the_same_name_in_every_run():
    def names(found):
        return [(c.get("classname"), c.get("name")) for c in ElementTree.fromstring(junit(found)).iter("testcase")]

    calm = build([r.__class__(r.name, None, "Gone.") for r in fleet(12)], "T", "never")
    assert names(report(12)) == names(calm)
    assert len(set(names(report(12)))) == 13 * len(CHECKS)


@pytest.mark.parametrize("fail_on", ["blocked", "warning", "never"])
def test_junit_counts_what_it_holds(fail_on):
    suites = ElementTree.fromstring(junit(report(12, fail_on)))
    for element in [suites, *suites]:
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.get(count)) == len(element.findall(".//" + tag)), (element.get("name"), count)
    assert int(suites.get("errors")) == 1
    assert all(failure.get("message") and failure.text for failure in suites.iter("failure"))


def test_warnings_fail_a_case_where_the_report_fails_on_warnings():
    def failing(fail_on):
        return {
            (c.get("classname"), c.get("name"))
            for c in ElementTree.fromstring(junit(report(12, fail_on))).iter("testcase")
            if c.find("failure") is not None
        }

    assert failing("never") == failing("blocked") < failing("warning")
    assert {name for _store, name in failing("blocked")} >= {"orders", "books"}
    assert ("pos.store_002", "cash") in failing("warning")


def test_an_unread_store_is_an_error_and_its_other_checks_are_skipped():
    suite = next(s for s in ElementTree.fromstring(junit(report(12))) if s.get("name") == "store_001")
    assert suite[0].find("error").get("message") == "The database store_001 refuses connections."
    assert (suite.get("errors"), suite.get("skipped")) == ("1", str(len(CHECKS) - 1))


def test_a_check_of_the_books_that_did_not_hold_fails():
    found = report(12)
    store = next(s for s in found["stores"] if any(r["proof"] for r in s["results"]))
    result = next(r for r in store["results"] if r["proof"])
    result["proof"][0]["held"] = False
    case = next(
        c
        for c in ElementTree.fromstring(junit(found)).iter("testcase")
        if c.get("classname").endswith(store["name"]) and c.get("name") == "run"
    )
    assert "does not hold" in case.find("failure").text


@given(st.text())
def test_any_name_can_be_carried_by_xml_and_json(text):
    found = report(1)
    found["stores"][-1]["sessions"][0]["findings"][0]["message"] = text
    found["stores"][-1]["sessions"][0]["till"]["name"] = text
    ElementTree.fromstring(junit(found).encode("utf-8", errors="replace"))
    json.loads(json.dumps(found))
    assert rows(found)


def test_hostile_names_are_in_the_sheet_as_text():
    tills = [line["till"] for line in rows(report(1)) if line["store"] == "store_hostile"]
    assert tills == [cell(name.replace("\u2028", "")) for name in HOSTILE]
    assert "'=cmd|'/C calc'!A0" in tills
