# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter changing_lines; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.changing_words import changing


def changing_lines(results: Any, store: str, width: Any = 120) -> list[str]:
    """See changing_lines.yml."""
    return changing(list(results), str(store), max(80, int(width)))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"changing_lines": changing_lines}
