# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of any host of the inventory, out of the variables that a task of that host would see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import DATABASE, INFINITE, require_sound
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput

from .direct import VARIABLES, evaluated

# By far most options of a fleet are plain text, and evaluating one costs as much as finding the variables of a host.
OPTIONS = {name: VARIABLES[name] for name in DATABASE.options}


class HostVariables:
    """Finds the connections of hosts for an action that runs once for all of them.

    ``hostvars`` in a task shows neither the variables of the play and the task nor those of roles. So the variables are asked
    for as Ansible itself does before it runs a task, which is also faster: nothing is evaluated but what is needed.
    """

    def __init__(self, action: Any, task_vars: Mapping[str, Any]) -> None:
        self._task, self._templar = action._task, action._templar
        self._hostvars = task_vars["hostvars"]
        self._batch = list(task_vars.get("ansible_play_batch") or [])
        self._all = list(task_vars.get("ansible_play_hosts_all") or [])
        self._validator = ArgumentSpecValidator({name: dict(option) for name, option in DATABASE.options.items()})

    def connection(self, host: str) -> dict[str, Any]:
        """The connection options of a host. Raises BadInput: there is no such host, or its variables are wrong."""
        if host not in self._hostvars:
            raise BadInput("There is no host %s in the inventory." % host)
        try:
            found = self._evaluated(self._variables(host))
        except AnsibleError as error:
            # One line: what follows shows where the variable is written, and its text.
            reason = str(getattr(error, "_original_message", None) or error.message).split("\n", 1)[0].rstrip(".")
            raise BadInput("The variables odoo_pos_* of %s cannot be evaluated: %s." % (host, reason)) from None
        try:
            checked = self._validator.validate(found)
            require_sound(checked.validated_parameters)
        except BadInput as error:
            raise BadInput("The variables odoo_pos_* of %s: %s" % (host, error.message)) from None
        except OverflowError:
            raise BadInput("The variables odoo_pos_* of %s: %s" % (host, INFINITE)) from None
        if checked.error_messages:
            raise BadInput(
                "The variables odoo_pos_* of %s: %s." % (host, "; ".join(checked.error_messages).rstrip("."))
            )
        options: dict[str, Any] = checked.validated_parameters
        return options

    def _variables(self, host: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._hostvars._variable_manager.get_vars(
            play=self._task.get_play(),
            host=self._hostvars._inventory.get_host(host),
            task=self._task,
            _hosts=self._batch,
            _hosts_all=self._all,
        )
        return found

    def _evaluated(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        given = {option: variables[name] for option, name in OPTIONS.items() if name in variables}
        templar = None
        for option, value in given.items():
            if isinstance(value, (int, type(None))) or (
                isinstance(value, str) and not self._templar.is_possibly_template(value)
            ):
                continue
            templar = templar or self._templar.copy_with_new_env(available_variables=variables)
            given[option] = evaluated(templar, value)
        return {option: value for option, value in given.items() if value not in (None, "")}
