# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action behind every module of this collection: the same work, in the controller where the store is local to it.

Starting a module costs some ten times the CPU of reading a store. The connection is set once, by variables: an option that
a task does not give comes from the variable ``odoo_pos_<option>`` (``odoo_pos_url`` for ``odoo_url``).
"""

from __future__ import annotations

import contextlib
import getpass
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleValueOmittedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database, progress
from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import (
    DATABASE,
    INFINITE,
    ODOO,
    ArgumentSpec,
    Work,
    require_sound,
    run_here,
    sentence,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.trail import (
    TrailError,
    append,
    default_path,
    require_room,
)

CONTROLLER, HOST = "controller", "host"
TELL_SECONDS = 30


def variable_of(option: str) -> str:
    """The variable that an option of the connection falls back to."""
    return "odoo_pos_" + option.removeprefix("odoo_")


VARIABLES = {option: variable_of(option) for option in {**DATABASE.options, **ODOO.options}}


def evaluated(templar: Any, value: Any) -> Any:
    """What the value of a variable is; None where it says itself that it is not given (``default(omit)``)."""
    try:
        return templar.template(value)
    except AnsibleValueOmittedError:
        return None


def checked_options(action: ActionBase, spec: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The options of an action that has no module's work behind it. Raises AnsibleActionFail."""
    try:
        options: dict[str, Any] = action.validate_argument_spec(argument_spec=spec)[1]
        require_sound(options)
    except BadInput as error:
        raise AnsibleActionFail(error.message) from None
    except OverflowError:
        raise AnsibleActionFail(INFINITE) from None
    return options


def scan_of(scan: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The stores of an option ``scan``. Raises AnsibleActionFail for what no scan is."""
    found = scan.get("stores", scan)
    if not isinstance(found, Mapping) or not all(isinstance(entry, Mapping) for entry in found.values()):
        raise AnsibleActionFail(
            "scan is not what pos_fleet_info returns: register that task, and give what it registered."
        )
    return {str(host): entry for host, entry in found.items()}


def shows_invocation(task_vars: dict[str, Any] | None) -> bool:
    """Whether a module would return its options: always, and from ansible-core 2.21 on where that is asked for."""
    setting = "INJECT_INVOCATION"
    known = setting in C.config.get_configuration_definitions()
    return not known or bool(C.config.get_config_value(setting, variables=task_vars))


def record_of(action: str, args: dict[str, Any], variables: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """A change as it goes into the trail: who, when, where, what was planned, answered, booked and proven. No option is in it."""
    session = ((told.get("session") or {}).get("before") or {}) if isinstance(told.get("session"), dict) else {}
    return {
        "at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "who": {
            "user": getpass.getuser(),
            "awx": variables.get("awx_user_name") or variables.get("tower_user_name"),
            "odoo": args.get("odoo_user"),
        },
        "store": {"host": str(variables.get("inventory_hostname", "")), "database": args.get("login_db")},
        "module": action,
        "session": {key: session.get(key) for key in ("id", "name", "till")} if session else None,
        "failed": bool(told.get("failed")),
        "message": told.get("msg", ""),
        **{key: told.get(key) for key in ("plan", "answer", "entries", "proof", "pre_image")},
    }


# What stood in this process's environment before a task took its place there, by name.
_STOOD: dict[str, str | None] = {}


def take_environment(action: ActionBase) -> None:
    """Set what ``environment`` of the task says in this process, in place of what the last item of its loop has set."""
    for name, value in _STOOD.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    _STOOD.clear()
    for variables in action._task.environment or []:
        found = action._templar.template(variables) or {}
        for name, value in found.items():
            _STOOD.setdefault(str(name), os.environ.get(str(name)))
            os.environ[str(name)] = str(value)


def require_once(action: ActionBase, batch: Sequence[str], does: str) -> None:
    """Raises AnsibleActionFail where a task that is for all hosts would run for each of them. ``does``: what it does by itself."""
    if len(batch) < 2:
        return
    if not action._task.run_once:
        raise AnsibleActionFail("Set run_once: true on this task: it %s by itself." % does)
    strategy = str(getattr(action._task.get_play(), "strategy", "") or "")
    if strategy.rpartition(".")[2] in ("free", "host_pinned"):
        raise AnsibleActionFail(
            "Set strategy: linear on this play: the task %s by itself, and %s runs it once for every host."
            % (does, strategy)
        )


@contextlib.contextmanager
def telling(host: str, every: float = TELL_SECONDS) -> Iterator[None]:
    """Say every now and then what is being done and for how long: a close of thousands of orders takes Odoo minutes.

    On the error output, where it is no part of what a callback writes for a program to read.
    """
    over, begun = threading.Event(), time.monotonic()

    def tell() -> None:
        while not over.wait(every):
            text = progress.what()
            if text:
                seconds = time.monotonic() - begun
                Display().display("[%s] %s: %d s so far." % (host, clean(text), seconds), stderr=True)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class PosAction(ActionBase):
    """Subclasses name the ``spec`` and the ``work`` of their module."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True
    # What runs in the background has no result yet that could go into the trail.
    _supports_async = False

    spec: ArgumentSpec
    work: Work

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do the work here or on the host, with what the variables say of the connection; a change goes into the trail."""
        result = super().run(tmp, task_vars)
        variables = task_vars or {}
        args = self.options(variables)
        take_environment(self)
        if "odoo_url" not in self.spec.options or self._task.check_mode:
            return {**result, **self.done(args, variables)}
        trail = evaluated(self._templar, variables.get("odoo_pos_trail")) or default_path(os.environ)
        try:
            require_room(trail)
        except TrailError as error:
            return {**result, "failed": True, "refused": True, "findings": [], "msg": sentence(str(error))}
        told = self.done(args, variables)
        if told.get("changed") or told.get("pending"):
            try:
                append(trail, record_of(self._task.action, args, variables, told))
            except TrailError as error:
                told.update(
                    failed=True,
                    msg="%s The change itself was made: %s" % (sentence(str(error)), told.get("msg", "and proven.")),
                )
        return {**result, **told}

    def done(self, args: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """The result of the work, wherever it is done."""
        if self.place(args) == HOST:
            told: dict[str, Any] = self._execute_module(module_args=args, task_vars=variables)
            return told
        # Only what goes through Odoo may take minutes.
        long = "odoo_url" in self.spec.options
        with telling(str(variables.get("inventory_hostname", ""))) if long else contextlib.nullcontext():
            told = run_here(self.spec, type(self).work, args, self._task.check_mode, self._task.diff, self._task.action)
        if not shows_invocation(variables):
            told.pop("invocation", None)
        return told

    def options(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        """What the task gives, then what the variables give; an empty variable is none."""
        args = dict(self._task.args)
        for option, variable in VARIABLES.items():
            if option in self.spec.options and args.get(option) is None and variable in task_vars:
                value = evaluated(self._templar, task_vars[variable])
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
        return HOST if remote or unable else CONTROLLER
