# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter repair_outcome; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.repair import outcome_of


def repair_outcome(step: Any, stopped: Any = "", results: Any = ()) -> dict[str, Any]:
    """See repair_outcome.yml."""
    return outcome_of(step, str(stopped or ""), list(results or []))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"repair_outcome": repair_outcome}
