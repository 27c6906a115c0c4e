# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the report of a fleet on the controller. Documented in plugins/modules/pos_report_write.py."""

from __future__ import annotations

import pathlib
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import sentence
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import checked_options, scan_of
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.collect import readings
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.model import FAIL_ON, build
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.output import RENDER, Place, put

SPEC: dict[str, dict[str, Any]] = {
    "dest": {"type": "path", "required": True},
    "name": {"type": "str", "default": "pos-report"},
    "formats": {"type": "list", "elements": "str", "choices": list(RENDER), "default": list(RENDER)},
    "title": {"type": "str", "default": "Point of Sale sessions"},
    "scan": {"type": "dict", "default": {}},
    "stores": {"type": "list", "elements": "str"},
    "results": {"type": "bool", "default": True},
    "trail": {"type": "dict", "default": {}},
    "history": {"type": "path"},
    "history_days": {"type": "int", "default": 90},
    "fail_on": {"type": "str", "choices": list(FAIL_ON), "default": "blocked"},
    "mode": {"type": "str", "default": "0640"},
}


class ActionModule(ActionBase):
    """The action behind pos_report_write."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Gather what the stores left behind, and write it down."""
        result = super().run(tmp, task_vars)
        options = checked_options(self, SPEC)
        variables = task_vars or {}
        try:
            place = place_of(options, self._task.check_mode)
        except ValueError as error:
            return {**result, "failed": True, "msg": sentence(str(error))}
        hosts = options["stores"]
        hosts = variables.get("ansible_play_hosts_all") or [] if hosts is None else hosts
        every = variables["hostvars"]
        found = readings(
            hosts,
            {"stores": scan_of(options["scan"])},
            lambda host: every.raw_get(host) if host in every else {},
            options["results"],
        )
        if not found:
            return {
                **result,
                "failed": True,
                "msg": "There is no store to report on: give stores, or run on their hosts.",
            }
        report = build(found, options["title"], options["fail_on"], options["trail"])
        try:
            result.update(put(report, place))
        except OSError as error:
            said = "The report cannot be written: %s: %s." % (error.filename or place.folder, error.strerror)
            return {**result, "failed": True, "msg": sentence(said)}
        return result


def place_of(options: dict[str, Any], check_mode: bool) -> Place:
    """Where the files go. Raises ValueError with a sentence."""
    name, mode = options["name"], options["mode"]
    if name != pathlib.PurePath(name).name or name in ("", ".", ".."):
        raise ValueError("name is the beginning of the files' names, without a folder; %s is not." % name)
    if not options["dest"].strip():
        raise ValueError("dest must name the folder that the report is written to.")
    if not mode or len(mode) > 4 or set(mode) - set("01234567"):
        raise ValueError("mode is an octal number in quotes, such as '0640'; %s is not." % mode)
    if not 1 <= options["history_days"] <= 1000:
        raise ValueError("history_days is a number from 1 to 1000; %d is not." % options["history_days"])
    return Place(
        folder=pathlib.Path(options["dest"]),
        name=name,
        formats=tuple(dict.fromkeys(options["formats"])),
        mode=int(mode, 8),
        history=pathlib.Path(options["history"]) if options["history"] else None,
        history_days=options["history_days"],
        check_mode=check_mode,
    )
