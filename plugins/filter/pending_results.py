# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter pending_results; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.pending import results_of


def pending_results(chosen: Any, answers: Any) -> list[dict[str, Any]]:
    """See pending_results.yml."""
    return results_of(chosen, (answers or {}).get("results") or [])


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"pending_results": pending_results}
