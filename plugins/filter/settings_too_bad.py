# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter settings_too_bad; its documentation is beside it."""

from __future__ import annotations

from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.settings import too_bad


def settings_too_bad(results: Any, fail_on: Any) -> list[dict[str, Any]]:
    """See settings_too_bad.yml."""
    return too_bad(results, str(fail_on))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"settings_too_bad": settings_too_bad}
