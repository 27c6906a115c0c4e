# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the stores of a play to the rules, once for all of them. Documented in plugins/modules/pos_monitor.py."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_dict, check_type_list
from ansible.plugins.action import ActionBase

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import (
    checked_options,
    evaluated,
    require_once,
    scan_of,
    take_environment,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_variables import HostVariables
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.rules import JMESPATH_MISSING
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import Settings, Wanted, monitor
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.state import default_folder
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.webhook import Webhook
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.trail import default_path

SPEC: dict[str, dict[str, Any]] = {
    "scan": {"type": "dict"},
    "read": {"type": "bool", "default": True},
    "closed_days": {"type": "int", "default": 7},
    "deadline": {"type": "int", "default": 300},
    "rules": {"type": "list", "elements": "raw", "required": True},
    "rules_extra": {"type": "list", "elements": "raw", "default": []},
    "silence": {"type": "list", "elements": "raw", "default": []},
    "limits": {"type": "dict", "default": {}},
    "metrics_dir": {"type": "path"},
    "state_dir": {"type": "path"},
    "keep_state": {"type": "bool", "default": True},
    "webhook_url": {"type": "str", "no_log": True},
    "webhook_on": {"type": "str", "choices": ["change", "always"], "default": "change"},
    "webhook_timeout": {"type": "int", "default": 10},
    "webhook_attempts": {"type": "int", "default": 4},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "width": {"type": "int", "default": 120},
}
# What each host may have a variable of its own for.
OWN = {"rules_extra": check_type_list, "silence": check_type_list, "limits": check_type_dict}
MISSING = object()


def plain(value: Any) -> Any:
    """Plain JSON values: a rule's expression knows no other types, and a day in YAML becomes its text."""
    return json.loads(json.dumps(value, default=str))


def coerced(value: Any, check: Any) -> Any:
    """A list or dict that a survey made text of; what is neither is left as it is, to be named as a fault."""
    try:
        return check(value)
    except TypeError:
        return value


class ActionModule(ActionBase):
    """The action behind pos_monitor."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Judge, write, tell and remember; what could not be done is named in ``faults`` and fails nothing."""
        variables = task_vars or {}
        result = super().run(tmp, variables)
        options = checked_options(self, SPEC)
        if JMESPATH_MISSING:
            text = (
                "pos_monitor needs jmespath on the machine that runs Ansible: install it there (pip install jmespath)."
            )
            return {**result, "failed": True, "msg": text}
        require_once(self, variables.get("ansible_play_batch") or [], "judges the stores of all hosts")
        take_environment(self)
        stores = self.stores(options, variables)
        settings = self.settings(list(stores), options, variables)
        trail = evaluated(self._templar, variables.get("odoo_pos_trail")) or default_path(os.environ)
        result.update(monitor(stores, settings, self.wanted(options, trail)))
        return result

    def stores(self, options: Mapping[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """What there is to judge: a scan, the facts of the hosts, or what is read now.

        Reading here saves handing the whole fleet from one task to another, which takes longer than reading it.
        """
        scan = plain(options["scan"]) or {}
        if not scan and not options["read"]:
            return dict(self.facts(variables))
        if not scan:
            task = self._task.copy()
            task.args = {"detail": "full", "closed_days": options["closed_days"], "deadline": options["deadline"]}
            scan = self._shared_loader_obj.action_loader.get(
                "retailops.odoo_pos.pos_fleet_info",
                task=task,
                connection=self._connection,
                play_context=self._play_context,
                loader=self._loader,
                templar=self._templar,
                shared_loader_obj=self._shared_loader_obj,
            ).run(task_vars=variables)
        return dict(scan_of(scan))

    def wanted(self, options: Mapping[str, Any], trail: str) -> Wanted:
        """What is to come of it."""
        webhook = None
        if options["webhook_url"]:
            webhook = Webhook(
                url=options["webhook_url"],
                timeout=options["webhook_timeout"],
                attempts=options["webhook_attempts"],
                validate_certs=options["validate_certs"],
                ca_path=options["ca_path"],
            )
        state = options["state_dir"] or default_folder(os.environ)
        return Wanted(
            metrics_dir=options["metrics_dir"] or "",
            state_dir=state if options["keep_state"] else "",
            trail=trail,
            webhook=webhook,
            webhook_on=options["webhook_on"],
            width=max(80, options["width"]),
            check_mode=bool(self._task.check_mode),
            diff=bool(self._task.diff),
        )

    def facts(self, variables: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """What pos_session_facts left on each host of the play. Hosts of a later batch are left out."""
        going, batch = set(variables.get("ansible_play_hosts", [])), set(variables.get("ansible_play_batch", []))
        for host in variables.get("ansible_play_hosts_all", []):
            found = variables["hostvars"][host].get("ansible_facts", {}).get("pos_store")
            if host not in going:
                yield str(host), {"reachable": False, "error": "It failed earlier in this run.", "pos_store": None}
            elif found:
                yield str(host), {"reachable": True, "error": None, "pos_store": plain(found)}
            elif host in batch:
                yield str(host), {"reachable": False, "error": "Nothing was read of it in this run.", "pos_store": None}

    def settings(
        self, hosts: list[str], options: Mapping[str, Any], variables: Mapping[str, Any]
    ) -> dict[str, Settings]:
        """What each store is held to: its own variables, where the task says what the variables of its first host say.

        The task runs once and was templated for one host; the others may be silenced or limited in another way.
        """
        seen, rules = HostVariables(self, variables), plain(options["rules"])
        alike: dict[str, Any] = {}
        for option in OWN:
            mine = self.own(option, dict(variables))
            alike[option] = (
                plain(options[option]) if mine is MISSING or mine != plain(self._task.args.get(option)) else MISSING
            )
        found: dict[str, Settings] = {}
        for host in hosts:
            its = dict(alike)
            if MISSING in its.values():
                known = seen._variables(host) if host in variables["hostvars"] else variables
                its.update({option: self.own(option, known) for option, value in alike.items() if value is MISSING})
            values = {option: coerced(value, OWN[option]) for option, value in its.items()}
            found[host] = Settings(rules, values["rules_extra"], values["silence"], values["limits"])
        return found

    def own(self, option: str, variables: Mapping[str, Any]) -> Any:
        """The variable of an option as a host has it; MISSING where there is none."""
        name = "pos_monitor_" + option
        if name not in variables:
            return MISSING
        value = variables[name]
        if not value:
            return plain(value)
        return plain(self._templar.copy_with_new_env(available_variables=variables).template(value))
