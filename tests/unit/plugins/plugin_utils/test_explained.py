# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which stores of a scan are explained, whatever order they arrive in: those that the playbook puts into pos_todo."""

from __future__ import annotations

import random

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.explained import Worst
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet import totals
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import glance, scan_lines, todo

from ..module_utils.made import session, store

KINDS = ({}, {"closable": 1}, {"needs_count": 1}, {"blocked": 1}, {"closed_wrongly": 1})


def facts(number, **summary):
    found = store_facts(store(17, *([session()] if summary else [])))
    found["summary"].update({"closable": 0, "needs_count": 0, "blocked": 0, "closed_wrongly": 0, **summary})
    return {**found, "database": "store_%d" % number}


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("explain", [0, 1, 3, 40])
@pytest.mark.parametrize("every", [False, True])
def test_those_are_explained_that_go_into_pos_todo(seed, explain, every):
    chance = random.Random(seed)
    stores = {"store_%d" % number: facts(number, **chance.choice(KINDS)) for number in range(30)}
    worst = Worst(list(stores), explain, every)
    for host in chance.sample(list(stores), len(stores)):
        worst.look_at(host, stores[host])
    entries = {host: {"reachable": True, **glance(one)} for host, one in stores.items()}
    chosen = [one["host"] for one in todo(entries, explain, every) if one["groups"] == ["pos_todo"]]
    explained = worst.explained(100)
    assert [one["host"] for one in explained] == chosen
    assert all(one["lines"][0].startswith("Store %s (Odoo 17.0)" % one["host"]) for one in explained)
    assert all(len(line) <= 100 for one in explained for line in one["lines"])


def test_a_host_that_is_not_named_like_its_database_is_named():
    worst = Worst(["shop"], 1, False)
    worst.look_at("shop", facts(1))
    assert worst.explained(120)[0]["lines"][0] == "shop:"


def scan(*hosts, explained):
    stores = {host: {"reachable": True, "reason": "read", **glance(facts(1, blocked=1))} for host in hosts}
    found = [{"host": host, "lines": ["Store %s" % host]} for host in explained]
    return {"stores": stores, "summary": totals(stores, 1), "explained": found}


def test_the_explained_stand_below_the_table_and_one_store_needs_none():
    lines = scan_lines(scan("a", "b", explained=["b"]), 100)
    assert lines[0].startswith("2 stores read") and lines[-2:] == ["", "Store b"]
    assert scan_lines(scan("a", explained=["a"]), 100) == ["Store a"]
    assert scan_lines(scan("a", explained=[]), 100)[0].startswith("1 store read")
