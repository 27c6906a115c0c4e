# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which stores of a scan are explained, whatever order they arrive in: the worst of those that need work."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.explained import Worst
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet import totals
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import STANDINGS, glance, scan_lines, todo

from ..module_utils.made import session, store

STANDS = [name for name in STANDINGS if name != "unread"]


def made(number):
    return replace(store(17, session()), database="store_%d" % number)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("explain", [0, 1, 3, 40])
@pytest.mark.parametrize("every", [False, True])
def test_the_worst_are_explained_and_a_small_fleet_as_a_whole(seed, explain, every):
    chance = random.Random(seed)
    stands = {"store_%d" % number: chance.choice(STANDS) for number in range(30)}
    worst = Worst(list(stands), explain, every)
    for host in chance.sample(list(stands), len(stands)):
        worst.look_at(host, stands[host], made(int(host[6:])))
    entries = {host: {"reachable": True, "standing": how} for host, how in stands.items()}
    everybody = explain > 0 and (every or explain > len(stands))
    work = [one["host"] for one in todo(entries, len(stands), everybody)]
    chosen = work if everybody else work[:explain]
    explained = worst.explained(100)
    assert [one["host"] for one in explained] == chosen
    assert all(one["lines"][0].startswith("Store %s (Odoo 17.0)" % one["host"]) for one in explained)
    assert all(len(line) <= 100 for one in explained for line in one["lines"])


def test_a_host_that_is_not_named_like_its_database_is_named():
    worst = Worst(["shop"], 1, False)
    worst.look_at("shop", "blocked", made(1))
    assert worst.explained(120)[0]["lines"][0] == "shop:"


def test_a_store_that_cannot_be_put_into_words_does_not_hide_the_others():
    worst = Worst(["store_1", "store_2"], 2, False)
    sick = replace(made(1), sessions=(replace(session(), orders=None),))
    worst.look_at("store_1", "blocked", sick)
    worst.look_at("store_2", "blocked", made(2))
    first, second = worst.explained(120)
    assert first["lines"] == ["Store store_1: explaining it failed (TypeError)."]
    assert second["lines"][0].startswith("Store store_2 (Odoo 17.0)")


def scan(*hosts, explained):
    facts = store_facts(made(1))
    stores = {host: {"reachable": True, "reason": "read", **glance(facts)} for host in hosts}
    found = [{"host": host, "lines": ["Store %s" % host]} for host in explained]
    return {"stores": stores, "summary": totals(stores, 1), "explained": found}


def test_the_explained_stand_below_the_table_and_one_store_needs_none():
    lines = scan_lines(scan("a", "b", explained=["b"]), 100)
    assert lines[0].startswith("2 stores read") and lines[-2:] == ["", "Store b"]
    assert scan_lines(scan("a", explained=["a"]), 100) == ["Store a"]
    assert scan_lines(scan("a", explained=[]), 100)[0].startswith("1 store read")


def test_that_pos_todo_has_not_all_that_need_work_is_said():
    fleet = scan("a", "b", "c", explained=["a"])
    assert scan_lines(fleet, 120, 3) == scan_lines(fleet, 120)
    cut = "3 stores need work; the group pos_todo has the 2 worst (-e pos_todo_most=3 for all)."
    assert scan_lines(fleet, 120, 2)[-4:] == ["", cut, "", "Store a"]
