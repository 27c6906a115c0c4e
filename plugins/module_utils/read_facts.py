# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_session_facts. What the module and the action plugin run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .arguments import DATABASE, SESSION, ArgumentSpec
from .facts import store_facts
from .reading import Selection, read_store
from .store import OPEN_STATES

SPEC = (
    DATABASE
    + SESSION
    + ArgumentSpec(
        {
            "states": {"type": "list", "elements": "str", "choices": list(OPEN_STATES), "default": list(OPEN_STATES)},
            "closed_days": {"type": "int", "default": 7},
        }
    )
)


def read_facts(params: Mapping[str, Any], _check_mode: bool, _diff: bool) -> dict[str, Any]:
    """Read one store. Raises Unreachable, NotAStore or NotFound."""
    selection = Selection(params["session"], params["till"], tuple(params["states"]), params["closed_days"])
    reading = read_store(params, selection)
    return {"changed": False, "ansible_facts": {"pos_store": store_facts(reading.store, reading.read_ms)}}
