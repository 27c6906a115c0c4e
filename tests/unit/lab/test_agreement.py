# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison with real servers can fail: a wrong prediction or a wrong cent is told, the worst first."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.tests.lab.agreement import Comparison, report, what_odoo_did

AGREES = Comparison("slice 17", 1, "Till", "closable", "closed right", D("1.10"), D("1.10"), (), "")
CLOSED = {"state": "closed", "posted": True}
TOLD = {"payments": 50.0, "expected": 130.0, "tried_with_counted": 117.5}


@pytest.mark.parametrize(
    "after,did",
    [
        ({"state": "opened", "posted": False}, "refused"),
        ({"state": "closing_control", "posted": False}, "refused"),
        (CLOSED, "closed right"),
        ({"state": "closed", "posted": False}, "closed wrong"),
        ({**CLOSED, "difference_line": "-12.50"}, "closed right"),
        ({**CLOSED, "difference_line": "-130.00"}, "closed wrong"),
        ({**CLOSED, "difference_line": None}, "closed wrong"),
        ({**CLOSED, "forced_line": "2.00"}, "closed wrong"),
        ({**CLOSED, "balance": "0.01"}, "closed wrong"),
        ({**CLOSED, "orders_paid": 1}, "closed wrong"),
        ({**CLOSED, "entries": 2}, "closed wrong"),
    ],
)
def test_what_the_server_did(after, did):
    assert what_odoo_did({**TOLD, "after": after}) == did


def test_nothing_paid_and_nothing_posted_is_right():
    assert what_odoo_did({**TOLD, "payments": 0.0, "after": {"state": "closed", "posted": False}}) == "closed right"


@pytest.mark.parametrize(
    "predicted,did", [("blocked", "refused"), ("blocked", "closed wrong"), ("needs_count", "closed right")]
)
def test_agreement(predicted, did):
    assert replace(AGREES, predicted=predicted, did=did).agrees


def test_every_disagreement_is_told_the_worst_first():
    found = [
        replace(AGREES, session=2, odoo_expected=D("1.11")),
        replace(AGREES, session=3, predicted="blocked"),
        replace(AGREES, session=4, did="refused", answer="because"),
        AGREES,
    ]
    assert [c.agrees for c in found] == [False, False, False, True]
    lines = report(found).splitlines()
    told = [line for line in lines if line.startswith("DISAGREES")]
    assert ["session 4" in told[0], "session 3" in told[1], "session 2" in told[2]] == [True] * 3
    assert "because" in told[0] and lines[-1] == "agreement: 1 of 4"
