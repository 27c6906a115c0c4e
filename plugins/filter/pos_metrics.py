# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter pos_metrics; its documentation is beside it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import metrics_of


def pos_metrics(scan: Any, rules: Any = None) -> str:
    """See pos_metrics.yml."""
    plain, given = json.loads(json.dumps([scan, rules or []], default=str))
    stores = plain.get("stores", plain) if isinstance(plain, dict) else None
    if not isinstance(stores, dict) or not all(isinstance(entry, dict) for entry in stores.values()):
        raise AnsibleFilterError("pos_metrics wants what pos_fleet_info returned with detail=full.")
    return metrics_of(stores, given, datetime.now(timezone.utc))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"pos_metrics": pos_metrics}
