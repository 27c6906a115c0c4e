# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter fleet_todo; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import todo


def fleet_todo(scan: Any, most: Any = 100, every: Any = False) -> list[dict[str, Any]]:
    """See fleet_todo.yml."""
    if not isinstance(scan, Mapping) or "stores" not in scan:
        raise AnsibleFilterError("fleet_todo wants the result of pos_fleet_info.")
    return todo(scan["stores"], int(most), bool(every))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"fleet_todo": fleet_todo}
