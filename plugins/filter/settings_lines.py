# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter settings_lines; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.settings_words import lines_of


def settings_lines(results: Any, store: Any, log: Any = None, width: Any = 120) -> list[str]:
    """See settings_lines.yml."""
    return lines_of(results, str(store), log, max(80, int(width)))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"settings_lines": settings_lines}
