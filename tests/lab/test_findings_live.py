# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What COVERAGE.md calls live is live: each till of the laboratory shows the findings that it was broken to show."""

from __future__ import annotations

import pytest

from .build import catalogue
from .closing_store import broken_copy, facts, reading

#: So many findings must be seen on a running server of each series.
ENOUGH = 35


@pytest.mark.parametrize("series", (19, 14), ids=("odoo-19", "odoo-14"))
def test_every_till_shows_what_it_was_broken_to_show(series):
    with broken_copy(series, "findings_live") as store:
        shown = facts.store_facts(reading.read_store(store.pg, reading.Selection()).store)
    by_till: dict = {}
    for session in shown["sessions"] + shown["closed_wrongly"]:
        by_till.setdefault(session["till"]["name"], set()).update(f["code"] for f in session["findings"])
    live, missing = set(), {}
    for till in catalogue(series):
        name = "Till " + till.key
        seen = set().union(
            *(codes for other, codes in by_till.items() if other == name or other.startswith(name + "_"))
        )
        live |= seen & set(till.shows(series))
        if set(till.shows(series)) - seen:
            missing[till.key] = sorted(set(till.shows(series)) - seen)
    assert not missing
    assert len(live) >= ENOUGH
