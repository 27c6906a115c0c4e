# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of a store that a fleet is looked at by: what pos_fleet_info returns with ``detail: summary``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]

OF_STORE = ("database", "odoo", "read_at", "summary")
OF_SESSION = (
    "id",
    "name",
    "state",
    "verdict",
    "rescue",
    "till",
    "started_at",
    "hours_open",
    "idle_minutes",
    "currency",
)
OF_CASH = ("expected", "counted", "difference", "authorised_difference")
OF_FINDING = ("code", "severity", "risk", "fix")


def slim_store(store: Facts) -> dict[str, Any]:
    """``pos_store`` without messages, evidence, orders and payments, and without tills that are in order."""
    return {
        **{name: store[name] for name in OF_STORE},
        "sessions": [slim_session(session) for session in store["sessions"]],
        "closed_wrongly": [slim_session(session) for session in store["closed_wrongly"]],
        "tills": [
            {"id": till["id"], "name": till["name"], "findings": slim_findings(till["findings"])}
            for till in store["tills"]
            if till["findings"]
        ],
        "findings": slim_findings(store["findings"]),
    }


def slim_session(session: Facts) -> dict[str, Any]:
    cash = session["cash"]
    return {
        **{name: session[name] for name in OF_SESSION},
        "cash": cash and {name: cash[name] for name in OF_CASH},
        "findings": slim_findings(session["findings"]),
    }


def slim_findings(found: list[Facts]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in OF_FINDING} for one in found]
