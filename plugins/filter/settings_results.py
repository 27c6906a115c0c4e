# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter settings_results; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.settings import results_of


def settings_results(choice: Any, answers: Any) -> list[dict[str, Any]]:
    """See settings_results.yml."""
    return results_of(choice, (answers or {}).get("results") or [])


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"settings_results": settings_results}
