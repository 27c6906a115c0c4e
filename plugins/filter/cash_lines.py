# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cash_lines; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.cash_words import cash


def cash_lines(drawers: Any, store: str, results: Any = (), width: Any = 120) -> list[str]:
    """See cash_lines.yml."""
    return cash(drawers, results, str(store), max(80, int(width)))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"cash_lines": cash_lines}
