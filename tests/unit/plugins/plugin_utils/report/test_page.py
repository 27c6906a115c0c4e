# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page: one file, its own script only, whatever a name tries. (tests/browser opens it in a browser.)"""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report import charts, drawers
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.model import build, with_history
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.page import embedded, lead, page, source_hash

from .made_fleet import HOSTILE, earlier, report

# A name, not an address: nothing is fetched from it.
NAMESPACE = "http://www.w3.org/2000/svg"
VOID = {"meta", "input", "rect", "line"}


class Elements(HTMLParser):
    """Every element with its text, and whether each that began has ended in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.text = [], [], {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID or not self.get_starttag_text().endswith("/>") and tag == "rect":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def tags(self, name):
        return [attrs for tag, attrs in self.seen if tag == name]


@pytest.fixture(scope="module")
def text():
    return page(with_history(report(40), earlier()))


def test_it_needs_nothing_but_itself(text):
    elements = Elements(text)
    assert "http" not in text.replace("http-equiv", "").replace(NAMESPACE, "")
    for tag in ("link", "img", "iframe", "object", "embed", "base", "form") + ("a",):
        for attrs in elements.tags(tag):
            assert not {"src", "action"} & set(attrs) and attrs.get("href", "#").startswith("#")
    assert not [attrs for _tag, attrs in elements.seen if {"src", "style", "srcset"} & set(attrs)]
    assert not [name for _tag, attrs in elements.seen for name in attrs if name.startswith("on")]


def test_the_policy_names_the_script_and_the_style_of_this_page(text):
    elements = Elements(text)
    policy = next(m["content"] for m in elements.tags("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    _data, script = elements.text["script"]
    assert "script-src '%s';" % source_hash(script) in policy
    assert "style-src '%s';" % source_hash(elements.text["style"][0]) in policy


def test_names_stay_names(text):
    elements = Elements(page({**report(3), "title": HOSTILE[1]}))
    assert len(elements.tags("script")) == 2 and not elements.tags("img")
    assert elements.text["title"] == [HOSTILE[1]] == elements.text["h1"]
    data = json.loads(elements.text["script"][0])
    tills = [
        s["till"]["name"] for store in data["stores"] if store["name"] == "store_hostile" for s in store["sessions"]
    ]
    assert tills == [name.replace("\u2028", "") for name in HOSTILE]


@given(st.text() | st.sampled_from(["</script>", "<!--<script>", "]]>", "\u2028", "&lt;"]))
def test_data_never_leaves_its_element(name):
    said = embedded({name: [name]})
    assert not set("<>&\u2028\u2029") & set(said)
    assert json.loads(said) == {name: [name]}


def test_the_numbers_are_there_without_a_script(text):
    summary = report(40)["summary"]
    shown = re.sub(r"<[^>]+>", " ", text.split("<main>")[1].split('id="stores"')[0])
    shown = re.sub(r"\s+", " ", shown)
    assert "%d of %d tills can be opened" % (summary["tills_can_open"], summary["tills"]) in shown
    assert "%d sessions will not close" % summary["blocked"] in shown
    assert "%d stores could not be read" % summary["unread"] in shown
    for cause in report(40)["causes"]:
        assert cause["title"] in shown


def test_it_has_landmarks_and_headers(text):
    elements = Elements(text)
    assert elements.tags("html") == [{"lang": "en"}]
    assert [len(elements.tags(tag)) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    assert all("scope" in attrs for attrs in elements.tags("th"))
    labelled = {attrs["for"] for attrs in elements.tags("label")}
    assert {attrs["id"] for tag in ("input", "select") for attrs in elements.tags(tag)} == labelled
    images = [attrs for attrs in elements.tags("svg") if attrs.get("role") == "img"]
    assert len(images) == 1 and images[0]["aria-label"].startswith("Drawer differences from 2026-10-23 to 2026-11-22: ")


def test_the_first_sentence_is_the_answer():
    assert lead(report(40)["summary"]).startswith("12 tills cannot be opened, 12 sessions will not close, ")
    calm = build([], "T", "never")["summary"]
    assert lead(calm) == "Every till can be opened, and every open session can be closed."


def test_bars_are_as_long_as_what_they_show():
    (row,) = drawers.by_store(
        [
            drawers.Drawer("a", 1, "s", "t", "2026-11-22", "USD", 2, -3000),
            drawers.Drawer("a", 2, "s", "t", "2026-11-22", "USD", 2, 1000),
        ]
    )
    svg = charts.one_bar(row["minor"], 3000, 4000)
    assert 'class="short" x="0%" width="75%"' in svg and 'class="over" x="75%" width="25%"' in svg


def test_every_day_has_its_place_and_days_without_a_drawer_too():
    days = [d for d in drawers.by_day(earlier(30, 2)) if d["day"] in ("2026-10-23", "2026-10-30", "2026-11-05")]
    said = charts.day_chart(days, "USD", 2)
    assert charts.every_day("2026-10-23", "2026-11-05")[7] == "2026-10-30"
    assert said.count("<title>") == sum((d["minor"]["over"] > 0) + (d["minor"]["short"] < 0) for d in days)
    assert "several days" in charts.day_chart(days[:1], "USD", 2)


def test_currencies_have_charts_of_their_own():
    rows = [
        drawers.Drawer("a", n, "s", "t", "2026-11-22", currency, 2, -5) for n, currency in enumerate(("EUR", "USD"))
    ]
    said = charts.charts(drawers.by_store(rows), drawers.by_day(rows))
    assert said.count("By store, EUR") == said.count("By store, USD") == 1
    assert charts.charts([], []) == '<p class="note">No drawer that was counted differs.</p>'
