# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines for a screen: never too wide, never a control character, nothing lost."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.table import table, width_of, wrap

STEERS = ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_no_line_is_too_wide_and_none_steers_the_terminal(text, width):
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert not any(unicodedata.category(c) in STEERS for line in lines for c in line)


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Zs"])), st.integers(min_value=2, max_value=60))
def test_nothing_is_lost_but_white_space(text, width):
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(st.lists(st.tuples(*[st.text(max_size=80)] * 3), max_size=5), st.integers(min_value=60, max_value=140))
def test_a_table_keeps_its_width(rows, width):
    lines = table(("one", "two", "three"), rows, width, (20, 0, 0))
    assert all(width_of(line) <= width for line in lines)
    assert not any("\n" in line or "\x1b" in line for line in lines)


def test_a_hostile_name_stays_a_name():
    (line,) = wrap("{{ lookup('pipe','id') }}\x1b[31m\u202e", 80)
    assert line == "{{ lookup('pipe','id') }}[31m"


def test_columns_stand_under_each_other():
    lines = table(("till", "why"), [("Bar", "a"), ("東京", "b")], 30, (10, 0))
    assert lines == ["till  why", "----  ------------------------", "Bar   a", "東京  b"]
