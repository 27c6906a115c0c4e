# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of a store that a fleet is looked at by: what pos_fleet_info returns with ``detail`` summary and sessions.

Ansible takes longer to hand on a result of many values than a store takes to be read, so a summary is as few values as will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]

OF_SESSION = ("id", "name", "state", "verdict", "till", "hours_open", "idle_minutes")


def summarised(store: Facts) -> dict[str, Any]:
    """How often each finding is made in ``pos_store``, whatever it is made of: {"orders.draft": 2}."""
    things = (store, *store["sessions"], *store["closed_wrongly"], *store["tills"])
    found = Counter(code for thing in things for code in codes(thing))
    return {"database": store["database"], "read_at": store["read_at"], "codes": dict(sorted(found.items()))}


def by_session(store: Facts) -> dict[str, Any]:
    """``pos_store`` with the codes of its findings only, and without orders, payments, drawers and tills that are in order."""
    return {
        "database": store["database"],
        "read_at": store["read_at"],
        "sessions": [slim_session(session) for session in store["sessions"]],
        "closed_wrongly": [slim_session(session) for session in store["closed_wrongly"]],
        "tills": [
            {"id": till["id"], "name": till["name"], "findings": codes(till)}
            for till in store["tills"]
            if till["findings"]
        ],
        "findings": codes(store),
    }


def slim_session(session: Facts) -> dict[str, Any]:
    return {**{name: session[name] for name in OF_SESSION}, "findings": codes(session)}


def codes(found: Facts) -> list[str]:
    return [one["code"] for one in found["findings"]]
