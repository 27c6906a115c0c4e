# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads all stores of a play in one task. Documented in plugins/modules/pos_fleet_info.py."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import (
    session_facts,
    session_outline,
    store_facts,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection, read_store
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import OPEN_STATES
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import (
    checked_options,
    require_once,
    take_environment,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.explained import Worst
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet import (
    BAD_INPUT,
    TIMEOUTS,
    Asked,
    Bounds,
    Scan,
    ordered,
    totals,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.fleet_words import glance
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_variables import HostVariables
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.slim import by_session, summarised

SUMMARY = "summary"
SESSIONS = "sessions"
FULL = "full"
#: What an entry holds of its store, by ``detail``.
HOLDS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    SUMMARY: summarised,
    SESSIONS: by_session,
    FULL: lambda store: {"pos_store": store},
}
# A store on the way from its thread to where it is explained or dropped; no part of the result.
STORE = "store"
# More is a slip of the keyboard.
MOST = 1000000
OPTIONS: dict[str, dict[str, Any]] = {
    "stores": {"type": "list", "elements": "str"},
    "detail": {"type": "str", "choices": list(HOLDS), "default": SUMMARY},
    "session": {"type": "str"},
    "till": {"type": "str"},
    "states": {"type": "list", "elements": "str", "choices": list(OPEN_STATES), "default": list(OPEN_STATES)},
    "closed_days": {"type": "int", "default": 7},
    "explain": {"type": "int", "default": 0},
    "width": {"type": "int", "default": 120},
    "threads": {"type": "int", "default": 16},
    "connections_per_server": {"type": "int", "default": 4},
    "deadline": {"type": "int", "default": 300},
    "fail_on_unread": {"type": "bool", "default": False},
    **{name: {"type": "int"} for name in TIMEOUTS},
}


class ActionModule(ActionBase):
    """The action behind pos_fleet_info."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Read the stores and say of each how it stands, or why it could not be read."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        options = checked_options(self, OPTIONS)
        hosts = self.hosts(options, variables)
        take_environment(self)
        worst = worst_of(hosts, options)
        scan = Scan(reader(options, worst.every), bounds(options), keeping(worst))
        connections = HostVariables(self, variables)
        timeouts = {name: options[name] for name in TIMEOUTS if options[name] is not None}
        for host in hosts:
            if scan.over:
                # Looking up a variable may take long, too.
                scan.skip(host)
                continue
            try:
                # The first stores are read while the variables of the others are looked up.
                scan.put(Asked(host, {**connections.connection(host), **timeouts}))
            except BadInput as error:
                scan.give_up(host, BAD_INPUT, error.message)
        entries = ordered(hosts, scan.end())
        explained = worst.explained(max(80, options["width"]))
        result.update(changed=False, stores=entries, summary=totals(entries, scan.seconds), explained=explained)
        if options["fail_on_unread"] and result["summary"]["unread"]:
            unread = [host for host in hosts if not entries[host]["reachable"]]
            result.update(failed=True, msg="%d store(s) could not be read: %s." % (len(unread), ", ".join(unread)))
        return result

    def hosts(self, options: Mapping[str, Any], variables: Mapping[str, Any]) -> list[str]:
        """The hosts that are named, or those of this play and batch that have not failed."""
        batch = list(variables.get("ansible_play_batch") or [])
        require_once(self, batch, "reads the stores of all hosts")
        return list(dict.fromkeys(options["stores"] if options["stores"] is not None else batch))


def bounds(options: Mapping[str, Any]) -> Bounds:
    """The bounds that were asked for, none below one."""
    for name in ("threads", "connections_per_server", "deadline"):
        if options[name] < 1:
            raise AnsibleActionFail("%s must be 1 or more." % name)
        if options[name] > MOST:
            raise AnsibleActionFail("%s must be %d at most." % (name, MOST))
    return Bounds(options["threads"], options["connections_per_server"], options["deadline"])


def worst_of(hosts: Sequence[str], options: Mapping[str, Any]) -> Worst:
    """What keeps the stores to explain: where one session or till was asked for, every store that has it."""
    if not 0 <= options["explain"] <= MOST:
        raise AnsibleActionFail("explain must be from 0 to %d." % MOST)
    return Worst(hosts, options["explain"], options["session"] is not None or options["till"] is not None)


def keeping(worst: Worst) -> Callable[[str, dict[str, Any]], dict[str, Any]]:
    """What hands a store over to ``worst`` and leaves its entry."""

    def accept(host: str, entry: dict[str, Any]) -> dict[str, Any]:
        store = entry.pop(STORE, None)
        if store is not None:
            worst.look_at(host, entry["standing"], store)
        return entry

    return accept


def reader(options: Mapping[str, Any], explained: bool) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What reads one store, given its connection options, into the content of its entry. ``explained``: whether all of them will be."""
    full = options["detail"] == FULL
    try:
        selection = Selection(
            options["session"],
            options["till"],
            tuple(options["states"]),
            options["closed_days"],
            openers=full or explained,
        )
    except BadInput as error:
        raise AnsibleActionFail(error.message) from None

    of_session = session_facts if full else session_outline

    def read(connection: Mapping[str, Any]) -> dict[str, Any]:
        reading = read_store(connection, selection)
        facts = store_facts(reading.store, reading.read_ms, of_session)
        found = {"read_ms": reading.read_ms, **glance(facts), **HOLDS[options["detail"]](facts)}
        return {**json.loads(json.dumps(found)), STORE: reading.store}

    return read
