# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action behind every module of this collection: the same work, in the controller where the store is local to it.

Starting a module costs some ten times the CPU of reading a store. The connection is set once, by variables: an option that
a task does not give comes from the variable ``odoo_pos_<option>`` (``odoo_pos_url`` for ``odoo_url``).
"""

from __future__ import annotations

import os
from typing import Any

from ansible import constants as C
from ansible.plugins.action import ActionBase

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database
from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import (
    DATABASE,
    ODOO,
    ArgumentSpec,
    Work,
    run_here,
)

CONTROLLER, HOST = "controller", "host"


def variable_of(option: str) -> str:
    """The variable that an option of the connection falls back to."""
    return "odoo_pos_" + option.removeprefix("odoo_")


VARIABLES = {option: variable_of(option) for option in {**DATABASE.options, **ODOO.options}}


def shows_invocation(task_vars: dict[str, Any] | None) -> bool:
    """Whether a module would return its options: always, and from ansible-core 2.21 on where that is asked for."""
    setting = "INJECT_INVOCATION"
    known = setting in C.config.get_configuration_definitions()
    return not known or bool(C.config.get_config_value(setting, variables=task_vars))


class PosAction(ActionBase):
    """Subclasses name the ``spec`` and the ``work`` of their module."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = True

    spec: ArgumentSpec
    work: Work

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do the work here or on the host, with what the variables say of the connection."""
        result = super().run(tmp, task_vars)
        args = self.options(task_vars or {})
        if self.place(args) == HOST:
            result.update(
                self._execute_module(module_args=args, task_vars=task_vars, wrap_async=bool(self._task.async_val))
            )
            return result
        for variables in self._task.environment or []:
            # Every task has a process of its own.
            os.environ.update({str(k): str(v) for k, v in (self._templar.template(variables) or {}).items()})
        result.update(run_here(self.spec, type(self).work, args, self._task.check_mode, self._task.diff))
        if not shows_invocation(task_vars):
            result.pop("invocation", None)
        return result

    def options(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """What the task gives, then what the variables give; an empty variable is none."""
        args = dict(self._task.args)
        for option, variable in VARIABLES.items():
            if option in self.spec.options and args.get(option) is None and variable in task_vars:
                value = self._templar.template(task_vars[variable])
                if value not in (None, ""):
                    args[option] = value
        return args

    def place(self, args: dict[str, Any]) -> str:
        """CONTROLLER or HOST: by ``run_on``, else by where the host is and what this Python can do."""
        asked = args.get("run_on") or "auto"
        if asked != "auto":
            return str(asked)
        remote = self._connection.transport != "local" or self._connection.become is not None
        unable = "login_db" in self.spec.options and database.PSYCOPG2_ERROR
        return HOST if remote or unable or self._task.async_val else CONTROLLER
