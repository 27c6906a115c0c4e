# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host names: safe whatever a database is called, never one for two, and none of them a matter of order."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_names import host_names, short, with_server

# What PostgreSQL lets a database be called: anything but the null character.
DATABASE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=63)
SERVER = st.sampled_from(["east", "west", "north-1"])
ANYTHING = st.one_of(DATABASE, st.sampled_from(["store_1", "store_2", "store_1.east", "store_1.west", "localhost"]))
HOSTILE = [
    "Filiale München",
    "{{ lookup('pipe', 'id') }}",
    "store'; DROP DATABASE x; --",
    "a,b",
    "a:b",
    "!store_1",
    "&store_1",
    "~store",
    "@/etc/passwd",
    "-i",
    "--limit",
    "../../etc/passwd",
    "store[1:3]",
    "store_*",
    "店舗",
    "\u202estore",
    "a\nb",
    "...",
    "-",
]


def test_a_plain_name_stays_as_it_is():
    names = host_names(
        [("east", "store_042"), ("east", "shop.example.com"), ("west", "Store-7"), ("west", "007")], set()
    )
    assert list(names.values()) == ["store_042", "shop.example.com", "Store-7", "007"]


@pytest.mark.parametrize("database", HOSTILE)
def test_a_hostile_name_is_made_safe_and_recognisable(database):
    (name,) = host_names([("east", database)], set()).values()
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*-[0-9a-f]{8}", name), name


def test_what_a_name_is_made_of_is_fixed_for_good():
    assert short("east", "Filiale München") == "Filiale_M_nchen-6eadf571"
    assert with_server("east", "店舗") == "store-8b5390fd.east"


def test_a_name_that_two_servers_share_carries_the_server_on_both():
    shared = [("east", "store_1"), ("west", "store_1"), ("west", "store_2")]
    names = host_names(shared, set())
    assert list(names.values()) == ["store_1.east", "store_1.west", "store_2"]


def test_every_name_carries_the_server_where_that_is_asked_for():
    assert list(host_names([("east", "store_1"), ("west", "store_2")], set(), True).values()) == [
        "store_1.east",
        "store_2.west",
    ]


def test_a_name_that_is_taken_is_not_used():
    names = host_names([("east", "localhost"), ("east", "odoo_19")], {"localhost", "odoo_19"})
    assert list(names.values()) == ["localhost.east", "odoo_19.east"]


def test_a_database_that_is_called_like_anothers_host_does_not_get_it():
    names = host_names([("east", "store_1"), ("west", "store_1"), ("west", "store_1.east")], set())
    assert names["west", "store_1"] == "store_1.west"
    assert names["east", "store_1"] != "store_1.east" and names["west", "store_1.east"].startswith("store_1.east.")


def test_where_no_name_is_left_there_is_no_host():
    last = host_names([("east", "a")], {"a", "a.east"})["east", "a"]
    assert re.fullmatch(r"a-[0-9a-f]{16}", last)
    assert host_names([("east", "a"), ("east", "b")], {"a", "a.east", last}) == {("east", "b"): "b"}


@given(st.lists(st.tuples(SERVER, ANYTHING), unique=True, max_size=12), st.sets(ANYTHING, max_size=4), st.booleans())
def test_names_are_safe_unique_and_free_whatever_the_databases_are_called(databases, taken, server_in_name):
    names = host_names(databases, taken, server_in_name)
    assert len(set(names.values())) == len(names) and not taken & set(names.values())
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name) for name in names.values())
    assert set(names) == set(databases)


@given(st.lists(st.tuples(SERVER, ANYTHING), unique=True, max_size=12), st.randoms(use_true_random=False))
def test_the_order_decides_nothing(databases, chance: random.Random):
    mixed = list(databases)
    chance.shuffle(mixed)
    assert host_names(mixed, set()) == host_names(databases, set())
