# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus text as Prometheus' own parser reads it, and the alert rules and the dashboard over its names."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.judge import Memory, Store, judge
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.metrics import (
    METRICS,
    PREFIX,
    Sample,
    of_store,
    render,
)

from ...module_utils.made import NOW, counted, draft, session, till
from .made_monitor import HOSTILE, ROLE, facts, judged, sick, watch
from .test_memory import history

NOTHING = {"database": None, "sessions": [], "closed_wrongly": [], "tills": [], "findings": [], "summary": {}}
# Written by node_exporter itself.
FOREIGN = {"node_textfile_mtime_seconds"}


def text_of(one, held_to=None):
    return render(of_store(one, held_to or watch()))


def parsed(text):
    """Labels and values by metric; a series that is there twice is an error, as it is to node_exporter."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge" and family.documentation
        for sample in family.samples:
            series = found.setdefault(sample.name, {})
            key = tuple(sorted(sample.labels.items()))
            assert key not in series
            series[key] = sample.value
    return found


def values(found, metric, **labels):
    return [value for key, value in found.get(PREFIX + metric, {}).items() if labels.items() <= dict(key).items()]


def test_a_store_in_numbers():
    found = parsed(text_of(judged(*sick(), counted("117.50", id=9, name="POS/00009", till=till(id=9, name="Nine")))))
    assert values(found, "store_up") == [1]
    assert values(found, "store_info", database="store_042", series="19.0") == [1]
    assert values(found, "sessions", verdict="closable") == [5] and values(found, "sessions", verdict="blocked") == [0]
    assert values(found, "sessions_closed_wrongly") == [1]
    assert values(found, "session_drawer_difference", session="POS/00009", currency="USD") == [-12.5]
    assert values(found, "session_expected_cash", session="POS/00009") == [130]
    assert values(found, "session_started_timestamp_seconds", session="POS/00009") == [NOW.timestamp() - 9 * 3600]
    assert values(found, "session_info", session="POS/00002", state="closing_control", rescue="false") == [1]
    assert values(found, "alerts", rule="drawer_difference", severity="warning", silenced="false") == [2]
    assert values(found, "alerts", rule="lock_wait") == [0]
    assert values(found, "faults") == [0]
    assert values(found, "findings", code="books.closed_without_entry", severity="blocker") == [1]


def test_a_store_that_cannot_be_read_says_only_that():
    found = parsed(text_of(judge(Store("gone", False, "Gone.", NOTHING), watch(), Memory(drawers=history(1, 2)), NOW)))
    assert set(found) == {PREFIX + name for name in ("store_up", "alerts", "faults")}
    assert values(found, "store_up", store="gone") == [0] and values(found, "alerts", rule="store_unreachable") == [1]


def test_silenced_alerts_stand_apart():
    held_to = watch(silence=[{"rule": "drawer_difference"}])
    found = parsed(text_of(judged(counted("100.00"), held_to=held_to), held_to))
    assert values(found, "alerts", rule="drawer_difference", silenced="true") == [1]
    assert values(found, "alerts", rule="drawer_difference", silenced="false") == [0]


def test_the_text_is_the_same_while_the_store_is_and_whenever_it_is_read():
    later = NOW.replace(hour=8)
    draws = history(*range(9))
    once = judged(session(), memory=Memory(drawers=draws))
    text = text_of(once)
    again = judged(session(), memory=json_of(once.memory(True, True)), now=later)
    assert text_of(again) == text
    older = json.loads(json.dumps(facts(session())).replace('"hours_open": 9.0', '"hours_open": 9.9'))
    assert older != facts(session())
    assert text_of(judge(Store("store_042", True, "", older), watch(), once.memory(True, True), later)) == text


def json_of(memory):
    return Memory(json.loads(json.dumps(memory.alerts)), json.loads(json.dumps(memory.drawers)))


def test_what_is_usual_is_said_till_by_till():
    found = parsed(text_of(judged(memory=Memory(drawers=history(-300, 100, -200, 0, -100, 500, 100, -100)))))
    assert values(found, "till_counts", till_id="7") == [8]
    assert values(found, "till_usual_difference", currency="USD") == [-0.5]
    assert values(found, "till_usual_spread") == [2.23]


def test_hostile_names_stay_labels():
    one = judged(session(till=till(name=HOSTILE), name='x"} 1\nodoo_pos_store_up{store="evil"} 1\\'))
    text = text_of(one)
    assert "evil" in text and not re.search(r"^odoo_pos_store_up.*evil", text, re.MULTILINE)
    found = parsed(text)
    ((key, _value),) = found[PREFIX + "session_info"].items()
    assert dict(key)["till"] == HOSTILE.replace("\n", "")


@given(st.text(), st.text())
def test_any_label_survives_the_round_trip_without_what_steers(name, other):
    (family,) = text_string_to_metric_families(render([Sample("store_info", {"store": name, "database": other}, 1)]))
    labels = family.samples[0].labels
    assert all(c.isprintable() or not c.isascii() for value in labels.values() for c in value)
    if name.isprintable():
        assert labels["store"] == name


def test_sessions_of_one_name_are_told_apart():
    parsed(text_of(judged(session(id=1, name="/"), session(id=2, name="/"), session(id=3, suspects=(draft(),)))))


def test_every_metric_that_is_named_is_declared_and_every_metric_is_written_by_somebody():
    everything = judged(*sick(), memory=Memory(drawers=history(*range(9))))
    assert {name.removeprefix(PREFIX) for name in parsed(text_of(everything))} == set(METRICS)


def expressions():
    for group in yaml.safe_load((ROLE / "files/pos-alerts.rules.yml").read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            yield "rule %s" % rule["alert"], rule["expr"]
    board = json.loads((ROLE / "files/grafana-dashboard.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield "panel %s" % panel["title"], target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield "variable", variable["definition"]


@pytest.mark.parametrize(("where", "expression"), list(expressions()))
def test_rules_and_dashboard_ask_for_metrics_and_labels_that_exist(where, expression):
    named = set(re.findall(r"\b(?:odoo_pos|node)_[a-z_]+", re.sub(r'"[^"]*"', "", expression)))
    assert named and named <= {PREFIX + name for name in METRICS} | FOREIGN, where
    found = parsed(text_of(judged(*sick(), memory=Memory(drawers=history(*range(9))))))
    for metric in named - FOREIGN:
        labels = {name for series in found[metric] for name, _value in series}
        asked = re.search(metric + r"\{([^}]*)\}", expression)
        for name, value in re.findall(r'(\w+)[!=~]+"([^"]*)"', asked.group(1) if asked else ""):
            assert name in labels, where
            if name in ("severity", "silenced"):
                assert value in ("critical", "warning", "info", "true", "false"), where
        for name in re.findall(r"by \(([^)]*)\)", expression):
            assert set(re.split(r",\s*", name)) <= labels, where


def test_the_dashboard_is_one_that_grafana_imports():
    board = json.loads((ROLE / "files/grafana-dashboard.json").read_text(encoding="utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) and all(panel["description"] for panel in panels)
    taken = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken
        taken |= cells
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
