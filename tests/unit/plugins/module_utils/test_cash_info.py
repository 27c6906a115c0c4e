# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the database -> drawers, and the two statements that read them."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import cash_info, queries_cash
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import Schema

from .made import NOW, SERIES, ago, cash, session


def schema(series):
    return Schema(
        "store_042", False, NOW, series, "1", {"pos_payment_method": {"name": "jsonb" if series >= 16 else "text"}}
    )


def row(ident, amount, **other):
    naive = ago(hours=3).replace(tzinfo=None)
    return {"session_id": 24, "session": "POS/00024", "last_id": 23, "last_name": "POS/00023", "last_counted": D("100.004"),
            "last_at": naive, "id": ident, "amount": amount, "payment_ref": "milk\x1b[0m", "create_date": naive, "login": "admin",
            **other}  # fmt: skip


def suspect(**other):
    return {"kind": "payment", "order_id": 5, "order": "/", "pos_reference": "Order 5", "method_id": 1, "method": "Cash",
            "amount": D(10), "create_date": ago(hours=3).replace(tzinfo=None), "is_change": False, **other}  # fmt: skip


def test_rows_become_a_drawer():
    since = suspect(kind="since", amount=D(7))
    drawer = cash_info.build_drawer(19, session(), [row(1, D(-5)), row(2, D(3))], [suspect(), since])
    assert [(m.id, m.amount, m.text, m.at, m.by) for m in drawer.moves][0] == (
        1,
        D(-5),
        "milk[0m",
        ago(hours=3),
        "admin",
    )
    assert (drawer.last.name, drawer.last.counted) == ("POS/00023", D(100))
    assert [(s.order, s.amount) for s in drawer.suspects] == [("Order 5", 10)] and drawer.since == 7 and drawer.complete


def test_a_session_without_moves_and_without_a_closing_before():
    empty = row(None, None, last_id=None, last_counted=None, payment_ref=None, create_date=None, login=None)
    drawer = cash_info.build_drawer(14, session(), [empty], [])
    assert (drawer.moves, drawer.last, drawer.since) == ((), None, 0)


def test_too_many_moves_are_said_to_be_too_many():
    rows = [row(i, D(1)) for i in range(cash_info.MOST_MOVES + 1)]
    drawer = cash_info.build_drawer(19, session(), rows, [])
    assert len(drawer.moves) == cash_info.MOST_MOVES and drawer.complete is False
    assert cash_info.drawer_facts(drawer)["cash_moves_complete"] is False


@pytest.mark.parametrize(
    "name, reference, said", [("Shop/1", "Order 5", "Shop/1"), ("/", None, "order 5"), ("", "/", "order 5")]
)
def test_an_unfinished_order_has_a_name_too(name, reference, said):
    assert cash_info.order_name(name, reference, 5) == said


def test_what_is_looked_for():
    short, uncounted = session(cash=cash(counted=D("117.5"))), session(cash=cash(counted=None))
    found = cash_info.suspect_parameters([short, uncounted])
    assert found["amounts"] == [D("12.5"), D(0)] and found["methods"] == [1, 1]
    assert found["counted_at"] == [ago(hours=1).replace(tzinfo=None), None]


@pytest.mark.parametrize("series", SERIES)
def test_the_statements_of_every_series(series):
    texts = [text(schema(series)) for text in (queries_cash.moves, queries_cash.suspects, queries_cash.by_reference)]
    assert ("statement_id" in texts[0], "statement_id" in texts[2]) == (series <= 15, series <= 15)
    assert ("l.pos_session_id" in texts[2]) is (series >= 16)
    assert ("p.state IN ('paid', 'done', 'invoiced')" in texts[1]) is (series >= 19)
    for text in texts:
        assert not any(word in text for word in ("UPDATE", "INSERT", "DELETE", "{"))


def test_one_selector_at_most():
    with pytest.raises(BadInput, match="not both"):
        cash_info.cash_info({"session": "1", "till": "1"})


def test_a_session_without_a_drawer_is_left_out_of_the_facts():
    (wanted,) = cash_info.suspect_parameters([session(cash=None)])["amounts"]
    assert wanted == 0
    assert cash_info.drawer_facts(cash_info.build_drawer(19, session(cash=None), [], [])) is None
    assert cash_info.read_drawers(None, schema(19), []) == []
