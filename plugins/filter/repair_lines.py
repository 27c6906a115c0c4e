# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter repair_lines; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import repair


def repair_lines(steps: Any, store: Any, width: Any = 120) -> list[str]:
    """See repair_lines.yml."""
    return repair.repair_lines(list(steps), str(store), int(width))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"repair_lines": repair_lines}
