# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selecting and reading: eight statements at most, what was named must be there once."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import NotFound
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import (
    Selection,
    id_or_name,
    named_taxes,
    read,
    read_around,
    require_found,
    weighing,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import DIFFERENCE, POSTED_TO
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import Schema
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Currency

from .made import NOW, till

SCHEMA = Schema("store_042", False, NOW, 17, "17.0.1.0.1", {"res_company": {"fiscalyear_lock_date": "date"}})


@pytest.mark.parametrize(
    "text,expected",
    [
        (None, (None, None)),
        ("24", (24, None)),
        ("007", (7, None)),
        ("POS/00024", (None, "POS/00024")),
        ("-1", (None, "-1")),
        ("", (None, "")),
        (" 24", (None, " 24")),
        ("2147483647", (2147483647, None)),
        ("2147483648", (None, "2147483648")),
        ("²", (None, "²")),
        ("٣", (None, "٣")),
        ("24; DROP TABLE pos_session", (None, "24; DROP TABLE pos_session")),
    ],
)
def test_digits_are_an_id_and_anything_else_a_name(text, expected):
    assert id_or_name(text) == expected


def test_closed_sessions_are_looked_for_so_many_days_back():
    since = Selection(closed_days=3).parameters(NOW)["since"]
    assert since.tzinfo is None and (NOW.replace(tzinfo=None) - since).days == 3


class Reader:
    """A store without anything in it; keeps what was asked."""

    def __init__(self):
        self.asked = {}

    def rows(self, name, text, parameters=None):
        assert name not in self.asked
        self.asked[name] = parameters
        for word in ("INSERT", "UPDATE ", "DELETE", "FOR UPDATE", "nextval", "set_config"):
            assert word not in text.replace("FOR UPDATE OF", "")
        return []


def test_a_store_without_open_sessions_is_not_asked_for_orders_and_all_values_are_bound():
    reader = Reader()
    store = read(reader, SCHEMA, Selection())
    assert list(reader.asked) == ["books", "sessions", "tills", "platform"]
    assert store.sessions == () and store.tills == () and store.database == "store_042"
    for name in ("books", "sessions", "tills"):
        assert reader.asked[name]["states"] == ["opening_control", "opened", "closing_control"]


class Around(Reader):
    """Answers the statement about what stands around the sessions, and keeps its text."""

    def __init__(self, *found):
        super().__init__()
        self.found = [{"amount": None, "detail": None, "name": "x", **row} for row in found]

    def rows(self, name, text, parameters=None):
        self.text, self.asked = text, parameters
        return self.found


def test_who_opened_a_session_is_looked_up_only_where_it_is_told():
    """To open res_users is a twentieth of a reading, and a scan of a fleet tells nobody's name."""
    rows = [{"user_id": 6}, {"user_id": 5}, {"user_id": 6}, {"user_id": None}]
    opener = {"kind": "opener", "id": 5, "name": "anna", "detail": "false"}
    reader = Around(opener)
    assert read_around(reader, SCHEMA, Selection(), rows, []).openers == {5: {**opener, "amount": None}}
    assert reader.asked["users"] == [5, 6] and "res_users" in reader.text
    for selection, of in ((Selection(openers=False), rows), (Selection(), [])):
        assert read_around(reader, SCHEMA, selection, of, []) and "res_users" not in reader.text


def test_what_a_foreign_module_depends_on_is_looked_up_only_where_its_name_does_not_say_it():
    tables = {**SCHEMA.tables, "ir_module_module_dependency": {}}
    named = replace(SCHEMA, tables=tables, foreign_modules={3: "pos_mine"})
    reader = Around()
    assert read_around(reader, named, Selection(), [], []).customised_by == ("pos_mine",)
    assert "dependency" not in reader.text
    other = replace(named, foreign_modules={3: "pos_mine", 4: "a_till\x1b", 5: "sale_mine"})
    reader = Around({"kind": "on_pos", "id": 4, "name": "point_of_sale"})
    assert read_around(reader, other, Selection(), [], []).customised_by == ("a_till", "pos_mine")
    assert reader.asked["modules"] == [4, 5] and "dependency" in reader.text


def test_every_account_that_a_method_posts_to_is_looked_at_once():
    pair = dict.fromkeys((*POSTED_TO, *DIFFERENCE))
    reader = Around({"kind": "archived_account", "id": 9}, {"kind": "lock_date", "id": 1, "detail": "2026-12-31"})
    around = read_around(
        reader,
        SCHEMA,
        Selection(),
        [],
        [{**pair, "receivable_id": 9}, {**pair, "loss_account_id": 8, "default_account_id": 9}],
    )
    assert reader.asked["accounts"] == [8, 9] and list(around.archived) == [9]
    assert [seen.kind for seen in around.observations] == ["lock_date"]


def test_orders_are_weighed_by_the_till_of_their_session():
    """A yen is not weighed as a cent, nor a closed session at all."""
    yen = Currency("JPY", 0, Decimal(1))
    local = till(id=8, currency=yen, cash_rounding=True, taxes_globally=True, taxes_included="tax_included")
    tiny = till(id=9, currency=Currency("XXX", 7, Decimal("0.0000001")))
    found = json.loads(
        weighing(
            [
                ({"id": 1, "state": "opened"}, till()),
                ({"id": 2, "state": "closed"}, local),
                ({"id": 3, "state": "opened"}, tiny),
            ]
        )
    )
    columns = {name: [row[name] for row in found] for name in found[0]}
    assert columns == {
        "id": [1, 2, 3],
        "weighed": [True, False, True],
        "cash_rounding": [False, True, False],
        # PostgreSQL reads the exponent form, too.
        "rounding": ["0.01", "1", "1E-7"],
        "digits": [2, 0, 7],
        "globally": [False, True, False],
        "includes": [None, "tax_included", None],
    }


def test_taxes_of_orders_and_lines_are_named_once():
    names = {5: "10%", 6: "20%", 7: "30%"}
    row = {"unbooked": [[[6]], [[5, 6], [5]]]}
    assert named_taxes([row, row], names) == ("10%", "20%")
    assert named_taxes([{"unbooked": None}], names) == named_taxes([], {}) == ()


ROW = {"id": 24, "name": "POS/00024"}


@pytest.mark.parametrize("name", ["nobody", "99", "\x1b[31mred"])
def test_a_session_or_till_that_is_not_there(name):
    for selection in (Selection(session=name), Selection(till=name)):
        with pytest.raises(NotFound) as refused:
            require_found(selection, [], {}, "store_042")
        assert "store_042" in refused.value.message and "\x1b" not in refused.value.message
        assert refused.value.message.startswith("There is no ")


def test_an_ambiguous_name_is_an_error_that_names_the_ids():
    with pytest.raises(NotFound, match=r"session name '/' is not unique .*ids 24, 25"):
        require_found(Selection(session="/"), [ROW, {**ROW, "id": 25}], {}, "store_042")
    with pytest.raises(NotFound, match=r"till name 'Till' is not unique .*ids 7, 8"):
        require_found(Selection(till="Till"), [], {7: till(), 8: till(id=8)}, "store_042")


def test_what_is_there_once_is_found():
    require_found(Selection(session="24"), [ROW], {}, "store_042")
    require_found(Selection(till="7"), [], {7: till()}, "store_042")
    require_found(Selection(), [], {}, "store_042")
