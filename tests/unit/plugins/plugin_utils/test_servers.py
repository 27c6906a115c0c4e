# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory file says of servers: taken as meant, or refused in one sentence that names the place."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.retailops.odoo_pos.plugins.doc_fragments.servers import ModuleDocFragment
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.servers import ENTRY, question, read_servers

FILE = {"include": ["*"], "exclude": [], "connections": 8, "deadline": 60}


def read(*entries, defaults=None, **search):
    return read_servers(list(entries), defaults, {**FILE, **search})


def test_what_is_not_given_is_left_to_libpq():
    (server,) = read({"name": "east"})
    assert server.options == {
        "login_db": "postgres",
        "connect_timeout": 10,
        "statement_timeout": 30,
        "lock_timeout": 5,
    }
    assert (server.connections, server.deadline) == (8, 60)


def test_an_entry_wins_over_the_defaults_and_those_over_the_file():
    east, west = read(
        {"name": "east", "login_user": "other", "deadline": 5},
        {"name": "west", "include": "b*", "login_port": "5433"},
        defaults={"login_user": "pos_reader", "deadline": "7", "connect_timeout": 3},
        deadline=60,
    )
    assert (east.options["login_user"], west.options["login_user"]) == ("other", "pos_reader")
    assert (east.deadline, west.deadline) == (5, 7)
    assert east.options["connect_timeout"] == 3 and west.options["login_port"] == 5433
    assert west.wanted("b1") and not west.wanted("a1") and east.wanted("a1")


def test_a_service_is_a_parameter_of_libpq():
    (server,) = read({"name": "east", "service": "pos_east", "connect_params": {"target_session_attrs": "any"}})
    assert server.options["connect_params"] == {"target_session_attrs": "any", "service": "pos_east"}


@pytest.mark.parametrize(
    ("include", "exclude", "wanted", "left"),
    [
        (["*"], [], ["store_1", "Ü"], []),
        (["store_*"], [], ["store_", "store_1"], ["Store_1", "my_store_1", "store"]),
        (["store_?", "shop"], ["store_9"], ["store_1", "shop"], ["store_10", "store_9", "shops"]),
        ([r"~store_\d+$"], [r"~.*00"], ["store_1"], ["store_1a", "xstore_1", "store_100"]),
        (["~store"], ["*_test"], ["store", "stores"], ["store_test", "a_store"]),
    ],
)
def test_patterns_choose_by_glob_or_expression(include, exclude, wanted, left):
    (server,) = read({"name": "east"}, include=include, exclude=exclude)
    assert [name for name in [*wanted, *left] if server.wanted(name)] == wanted


@pytest.mark.parametrize(
    ("entries", "defaults", "words"),
    [
        ([], {}, "at least one server"),
        (None, {}, "at least one server"),
        ("east", {}, "at least one server"),
        (["east"], {}, "Entry 1 of servers must be a mapping"),
        ([{"name": "a"}, {"login_host": "b"}], {}, "Entry 2 of servers: missing required arguments: name"),
        ([{"name": "a b"}], {}, "Entry 1 of servers: the name of a server"),
        ([{"name": "-a"}], {}, "Entry 1 of servers: the name of a server"),
        ([{"name": "a"}, {"name": "a"}], {}, "Entry 2 of servers: the name a makes the same group as a"),
        ([{"name": "a-1"}, {"name": "a_1"}], {}, "the name a_1 makes the same group as a-1"),
        ([{"name": "a", "login_prt": 1}], {}, "there is no option login_prt"),
        ([{"name": "a", "login_port": "x"}], {}, "login_port"),
        ([{"name": "a", "ssl_mode": "maybe"}], {}, "ssl_mode"),
        ([{"name": "a"}], {"name": "b"}, "defaults: there is no option name"),
        ([{"name": "a"}], ["b"], "defaults must be a mapping"),
        ([{"name": "a", "deadline": 0}], {}, "deadline must be 1 or more"),
        ([{"name": "a"}], {"connections": -1}, "connections must be 1 or more"),
        ([{"name": "a", "include": ["~("]}], {}, "The pattern ~( is no regular expression"),
        ([{"name": "a", "connect_params": {"password": "x"}}], {}, "must not carry credentials"),
        ([{"name": "a", "login_host": "postgresql://u:geheim@h"}], {}, "login_host must be a plain name"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(entries, defaults, words):
    with pytest.raises(BadInput) as refused:
        read_servers(entries, defaults, FILE)
    assert words in refused.value.message and "geheim" not in refused.value.message


def test_every_option_is_documented_with_its_type():
    documented = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]["servers"]["suboptions"]
    assert set(documented) == set(ENTRY)
    for name, option in documented.items():
        assert option["type"] == ENTRY[name]["type"] and option.get("choices") == ENTRY[name].get("choices"), name


def test_the_question_changes_with_all_that_decides_the_answer_and_not_with_the_password(monkeypatch):
    def asked(**entry):
        return question(read({"name": "east", **entry})[0])

    plain = asked()
    assert plain == asked(login_password="a") == asked(connect_timeout=3) == asked(connections=2)
    others = [asked(login_host="b"), asked(include="b"), asked(exclude="b"), asked(login_user="b"), asked(service="b")]
    monkeypatch.setenv("PGHOST", "elsewhere")
    assert len({plain, *others, asked()}) == len(others) + 2
