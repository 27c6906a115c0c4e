# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet's table and who is explained: the worst first, one line a store, slim and full alike."""

from __future__ import annotations

import json

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet import totals, unread
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import fleet, glance, standing, todo
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.slim import by_session, summarised
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.words import NEXT, NEXT_BY_CODE

from ..module_utils.made import session, store


def entry(*sessions, full=False, **summary):
    facts = store_facts(store(17, *sessions))
    facts["summary"].update(summary)
    shown = {**glance(facts), **({"pos_store": facts} if full else summarised(facts))}
    return {"reachable": True, "reason": "read", "error": None, "read_ms": 4, **json.loads(json.dumps(shown))}


def made(full=False):
    return {
        "quiet": entry(full=full),
        "busy": entry(session(), full=full),
        "stuck": entry(session(), blocked=1, full=full),
        "gone": unread("unreachable", "Cannot connect to gone on db: refused.", 3),
    }


def test_how_a_store_stands():
    stands = {name: one["standing"] for name, one in made().items()}
    assert stands["busy"] in ("needs_count", "closable")
    assert stands == {**stands, "quiet": "clean", "stuck": "blocked", "gone": "unread"}
    facts = store_facts(store(17, session()))
    assert standing({**facts, "summary": {**facts["summary"], "blocked": 1, "closed_wrongly": 1}}) == "closed_wrongly"


@pytest.mark.parametrize("full", [False, True])
def test_one_line_a_store_the_worst_first(full):
    stores = made(full)
    lines = fleet(stores, totals(stores, 1.5), 100)
    assert lines[0].startswith("3 stores read in 1.5 s, 1 could not be read: ")
    assert [line.split()[0] for line in lines if line.startswith(("gone", "stuck", "busy", "quiet"))] == [
        "gone",
        "stuck",
        "busy",
    ]
    assert "its database could not be reached" in next(line for line in lines if line.startswith("gone"))
    assert lines[-1] == "In 1 store nothing is open."
    assert all(len(line) <= 100 for line in lines)


def test_slim_and_full_say_the_same():
    slim, full = made(), made(full=True)
    assert fleet(slim, totals(slim, 1), 120) == fleet(full, totals(full, 1), 120)


def test_hostile_text_is_dead_on_the_screen():
    stores = {"a\x1b[31m{{ 1 }}": entry(session(), blocked=1)}
    text = "\n".join(fleet(stores, totals(stores, 1), 120))
    assert "\x1b" not in text and "{{ 1 }}" in text


def test_nothing_open_anywhere_is_one_line():
    stores = {"a": entry(), "b": entry()}
    assert fleet(stores, totals(stores, 0.2), 120) == ["2 stores read in 0.2 s: 0 open sessions."]


def groups(stores, most=200, every=False):
    return {one["host"]: one["groups"] for one in todo(stores, most, every)}


def test_who_needs_work_is_grouped_the_worst_first_and_those_that_were_not_read_apart():
    assert groups(made()) == {"gone": ["pos_unread"], "stuck": ["pos_todo", "pos_witness"], "busy": ["pos_todo"]}
    assert groups(made(), 1) == {"gone": ["pos_unread"], "stuck": ["pos_todo", "pos_witness"]}
    assert groups(made(), 0) == {"gone": ["pos_unread"], "stuck": ["pos_witness"]}


def test_where_one_till_was_asked_for_every_store_that_has_it_is_grouped():
    assert groups(made(), every=True) == {
        "gone": ["pos_unread"], "stuck": ["pos_todo", "pos_witness"], "busy": ["pos_todo"], "quiet": ["pos_todo"],
    }  # fmt: skip
    assert groups(made(), 0, every=True) == {"gone": ["pos_unread"], "stuck": ["pos_witness"]}


def test_the_list_is_never_empty():
    assert todo({"a": entry(), "b": entry()}, 1, False) == [{"host": "a", "groups": []}]


def test_slim_has_no_message_and_no_order():
    text = json.dumps(by_session(store_facts(store(17, session()))))
    assert "message" not in text and "evidence" not in text and "pending_orders" not in text


def test_a_summary_counts_what_is_found_of_sessions_tills_and_the_store():
    facts = store_facts(store(17, session(), session()))
    said = [f["code"] for thing in (facts, *facts["sessions"], *facts["tills"]) for f in thing["findings"]]
    assert said and summarised(facts)["codes"] == {code: said.count(code) for code in sorted(set(said))}


def test_what_answers_a_finding_has_words():
    assert {kind.fix for kind in CATALOGUE.values()} == set(NEXT)
    assert set(NEXT_BY_CODE) <= set(CATALOGUE)
