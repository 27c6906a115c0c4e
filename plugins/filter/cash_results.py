# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cash_results; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.cash_words import results_of


def cash_results(items: Any, answers: Any, kind: str) -> list[dict[str, Any]]:
    """See cash_results.yml."""
    return results_of(kind, items, answers)


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"cash_results": cash_results}
