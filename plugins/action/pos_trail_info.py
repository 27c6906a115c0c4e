# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verifies the trail of changes. Documented in plugins/modules/pos_trail_info.py."""

from __future__ import annotations

import os
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import sentence
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import checked_options, evaluated
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.trail import TrailError, default_path, verify


class ActionModule(ActionBase):
    """The action behind pos_trail_info."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Walk the chain; a broken one is a result, not a failure."""
        result = super().run(tmp, task_vars)
        options = checked_options(self, {"path": {"type": "path"}})
        said = evaluated(self._templar, (task_vars or {}).get("odoo_pos_trail"))
        path = options["path"] or said or default_path(os.environ)
        result.update(changed=False, path=path, exists=os.path.exists(path), lines=0, last_hash="", broken=[])
        if not result["exists"]:
            return result
        try:
            found = verify(path)
        except TrailError as error:
            return {**result, "failed": True, "msg": sentence(str(error))}
        result.update(lines=found.lines, last_hash=found.last, broken=list(found.broken))
        return result
