# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints lines as they are, whatever the callback does with results. Documented in plugins/modules/pos_show.py."""

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import filter_loader
from ansible.utils.display import Display

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

# Ansible loads this file before it forks for each host. To use one filter of a collection it loads all of them, a tenth of a
# second of CPU for every host; what is loaded here is there in every fork.
filter_loader.get("retailops.odoo_pos.diagnosis_lines")


class ActionModule(ActionBase):
    """The action behind pos_show."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Show the lines in one piece, so that stores that run side by side do not mix theirs."""
        result = super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(
            argument_spec={
                "lines": {"type": "list", "elements": "str", "required": True},
                "show": {"type": "bool", "default": True},
            }
        )
        lines = [clean(line) for line in options["lines"]]
        if options["show"] and lines:
            # A callback that writes JSON owns the standard output.
            machine = "json" in str(C.DEFAULT_STDOUT_CALLBACK)
            Display().display("\n".join(["", *lines, ""]), stderr=machine)
        result.update(changed=False, lines=lines)
        return result
