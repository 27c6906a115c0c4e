# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter repair_steps; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.repair import steps_of


def repair_steps(store: Any, allowed: Any) -> list[dict[str, Any]]:
    """See repair_steps.yml."""
    return steps_of(store, allowed.split(",") if isinstance(allowed, str) else list(allowed))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"repair_steps": repair_steps}
