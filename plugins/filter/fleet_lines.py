# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter fleet_lines; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import scan_lines


def fleet_lines(scan: Any, width: Any = 120, most: Any = None) -> list[str]:
    """See fleet_lines.yml."""
    if not isinstance(scan, Mapping) or "stores" not in scan or "summary" not in scan:
        raise AnsibleFilterError("fleet_lines wants the result of pos_fleet_info.")
    return scan_lines(scan, max(80, int(width)), None if most is None else int(most))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"fleet_lines": fleet_lines}
