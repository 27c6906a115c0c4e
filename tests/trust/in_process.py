# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action of the collection in this process, as ansible-playbook does: a task, its options, the variables of one host."""

from __future__ import annotations

import importlib
import pathlib
import types
from unittest import mock

from ..support.collection import make_importable

make_importable()

from ansible.errors import AnsibleError  # noqa: E402
from ansible.parsing.dataloader import DataLoader  # noqa: E402
from ansible.playbook.play_context import PlayContext  # noqa: E402
from ansible.playbook.task import Task  # noqa: E402
from ansible.plugins import loader as plugins  # noqa: E402
from ansible.template import Templar  # noqa: E402

COLLECTION = "retailops.odoo_pos."
PLUGINS = "ansible_collections.retailops.odoo_pos.plugins."
ROOT = pathlib.Path(__file__).resolve().parents[2]
#: Marks the result of a task whose options Ansible itself refused, in its own words.
BY_ANSIBLE = "by_ansible"
#: Every module of the collection has an action of the same name.
MODULES = tuple(sorted(path.stem for path in (ROOT / "plugins/modules").glob("pos_*.py")))


def action_of(module):
    """The Python module of an action."""
    return importlib.import_module(PLUGINS + "action." + module)


def options_of(module):
    """The argument spec of a module: {option: {type, choices, ...}}."""
    found = action_of(module)
    if hasattr(found.ActionModule, "spec"):
        return dict(found.ActionModule.spec.options)
    for name in ("SPEC", "OPTIONS"):
        if hasattr(found, name):
            return dict(getattr(found, name))
    # What is so small that it stands in the call itself is read from the call.
    with mock.patch.object(found.ActionModule, "validate_argument_spec", side_effect=_Told) as asked:
        try:
            action(module, {}).run(task_vars={})
        except _Told:
            return dict(asked.call_args.kwargs["argument_spec"])
    raise AssertionError("%s does not say what its options are" % module)


class _Told(Exception):
    """The spec was seen."""


class Hosts(dict):
    """``hostvars`` of the one host, as far as actions ask for them."""

    def __init__(self, facts):
        super().__init__(store=facts)
        self._variable_manager = types.SimpleNamespace(get_vars=lambda **_asked: facts)
        self._inventory = types.SimpleNamespace(get_host=str)

    def raw_get(self, host):
        return self[host]


class OneTask(Task):
    """A task that stands in no play."""

    def get_play(self):
        return None


def action(module, args, check_mode=True, diff=False):
    """The action object, ready to run."""
    task = OneTask()
    task.action, task.args, task.check_mode, task.diff, task.run_once = (
        COLLECTION + module,
        dict(args),
        check_mode,
        diff,
        True,
    )
    connection = types.SimpleNamespace(transport="local", become=None, _shell=types.SimpleNamespace(tmpdir=None))
    loader = DataLoader()
    return action_of(module).ActionModule(
        task=task,
        connection=connection,
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader),
        shared_loader_obj=plugins,
    )


def run(module, args, check_mode=True, diff=False, variables=None):
    """The task's result. What Ansible turns into a failed task of one sentence is that here too; anything else is raised."""
    facts = {"inventory_hostname": "store", "ansible_play_batch": ["store"], "ansible_play_hosts_all": ["store"],
             "ansible_play_hosts": ["store"], **(variables or {})}  # fmt: skip
    facts["hostvars"] = Hosts(facts)
    try:
        return action(module, args, check_mode, diff).run(task_vars=facts)
    except AnsibleError as error:
        return {"failed": True, "msg": error.message, BY_ANSIBLE: True}
