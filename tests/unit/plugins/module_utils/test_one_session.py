# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session a module means, and that both sides are one store. The rest is shown on a real Odoo."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import one_session as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, NotFound
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import Schema

from .made import closed, session, store


@pytest.mark.parametrize(
    "params", [{}, {"session": "", "till": None}, {"session": "1", "till": "2"}, {"session": "  "}], ids=str
)
def test_exactly_one_of_session_and_till(params):
    with pytest.raises(BadInput, match="exactly one"):
        module.selection_of(params)


def test_a_selection():
    assert module.selection_of({"session": " 24 "}) == Selection(session="24")
    assert module.selection_of({"till": "Till 7", "session": ""}) == Selection(till="Till 7")


def test_a_till_with_several_open_sessions_is_ambiguous():
    both = store(19, session(), session(id=25, name="POS/00025"))
    with pytest.raises(NotFound, match=r"POS/00024 \(24\), POS/00025 \(25\)"):
        module.choose(both, Selection(till="Till 7"))
    assert module.choose(both, Selection(session="24")) == both.sessions[0]
    assert module.choose(store(19, closed(), session()), Selection(till="7")).state == "opened"
    assert module.choose(store(19, closed()), Selection(till="7")) is None


def test_both_sides_must_be_the_same_store():
    schema = Schema.__new__(Schema)
    object.__setattr__(schema, "database", "store_042")
    module.require_same_names({"odoo_db": None}, schema)
    module.require_same_names({"odoo_db": "store_042"}, schema)
    with pytest.raises(BadInput, match="same store"):
        module.require_same_names({"odoo_db": "store_043"}, schema)
