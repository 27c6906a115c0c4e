# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of bad input on the whole way: a task of ansible-playbook, a module in a process of its own, one JSON back."""

from __future__ import annotations

import json
import random

import pytest

from ..lab import demo_store
from ..lab.place import CannotBeHad
from ..lab.postgres import Cluster
from . import in_process, nasty
from .effort import note
from .playing import Desk
from .test_bad_input import FIXED, MARK, PLAUSIBLE, REFUSED, UNCLEAN

#: The modules that can be sent to a host.
SENT = [m for m in in_process.MODULES if hasattr(in_process.action_of(m).ActionModule, "spec")]


@pytest.fixture(scope="module")
def cluster():
    try:
        with Cluster.temporary(tcp=True, settings={"autovacuum": "off"}) as made:
            demo_store.restore(made, "store")
            yield made
    except CannotBeHad as error:
        pytest.skip(str(error))


def case(chance, cluster, desk, module):
    """One task: options that get far, and two of them spoiled."""
    options = in_process.options_of(module)
    given = {name: value for name, value in PLAUSIBLE.items() if name in options}
    given.update(login_host="127.0.0.1", login_port=cluster.port, odoo_url=REFUSED)
    given = {name: value for name, value in given.items() if name in options and "{folder}" not in str(value)}
    if {"session", "till"} <= set(options):
        del given["till"]
    # Half a character is refused by Ansible itself, before a module is sent.
    strange = [
        v for v in (*nasty.injections(desk.canary), *nasty.UNICODE, *nasty.NUMBERS, *nasty.OTHERS) if sendable(v)
    ]
    for name in chance.sample(sorted(set(options) - set(FIXED)), 2):
        given[name] = chance.choice(strange)
    given.update({name: value for name, value in FIXED.items() if name in options}, run_on="host")
    return {"retailops.odoo_pos." + module: given}


def sendable(value):
    try:
        json.dumps(value, allow_nan=False).encode()
        str(value).encode()
    except (TypeError, ValueError):
        return False
    return "\0" not in str(value) and not (isinstance(value, str) and len(value) > 100000)


@pytest.mark.full("the same code is tried in process on every run")
def test_a_sample_as_modules(cluster, desk, effort):
    chance, modules = random.Random(effort.seed), SENT * 4
    tasks = [case(chance, cluster, desk, module) for module in modules]
    writes = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS n"
    before = cluster.rows("store", writes)
    play = desk.folder / "play.yml"
    (desk.folder / "cases.json").write_text(json.dumps([next(iter(task.values())) for task in tasks]), encoding="ascii")
    steps = [{"ansible.builtin.set_fact": {"cases": "{{ lookup('file', 'cases.json') | from_json }}"}, "no_log": True}]
    for number, task in enumerate(tasks):
        # the cases are data: what looks like a template in them is none
        steps.append(
            {next(iter(task)): "{{ cases[%d] }}" % number, "register": "told_%d" % number, "ignore_errors": True}
        )
    told = "{{ [%s] | to_json }}" % ", ".join("told_%d" % number for number in range(len(tasks)))
    steps.append(
        {
            "ansible.builtin.copy": {"content": told, "dest": str(desk.folder / "told.json"), "mode": "0600"},
            "no_log": True,
        }
    )
    play.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": steps}]), encoding="ascii")
    played = desk.play(str(play), "localhost,", "-c", "local", "-v", environment={"ANSIBLE_INJECT_FACT_VARS": "True"})
    assert played.code == 0, played.text[-3000:]
    for module, result in zip(modules, json.loads((desk.folder / "told.json").read_text(encoding="utf-8"))):
        message = result.get("msg", "")
        assert not {"module_stderr", "module_stdout"} & set(result), (module, result)
        assert not result.get("failed") or message.strip(), module
        assert "Traceback" not in json.dumps(result) and MARK not in json.dumps(result), (module, message)
        by_ansible = (
            "unable to convert" in message or "must be one of" in message or "Unsupported parameters" in message
        )
        assert by_ansible or not UNCLEAN.search(message), (module, message)
    assert "Traceback" not in played.text and MARK not in played.text and not desk.canary.exists()
    assert cluster.rows("store", writes) == before
    note("3 bad input", "modules as processes of their own", len(tasks))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)
