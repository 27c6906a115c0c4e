# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One store, one answer: with every ansible-core from the oldest that is allowed, and every Python on either side."""

from __future__ import annotations

import json

import pytest
import yaml

from ..lab.place import CannotBeHad
from . import environments
from .effort import note
from .matrix import NoSource, Source, difference, timeless
from .servers import reference

#: What every ansible-core is asked: the answers go into files.
PLAY = """
- hosts: all
  gather_facts: false
  vars:
    closing: {session: "{{ wanted }}", counted_cash: "{{ counted }}", max_cash_difference: "5", min_idle_minutes: 0}
  tasks:
    - retailops.odoo_pos.pos_session_facts: {run_on: controller, closed_days: 3650}
      register: here
    - retailops.odoo_pos.pos_session_facts: {run_on: host, closed_days: 3650}
      tags: [module]
      register: there
    - retailops.odoo_pos.pos_session_close: "{{ closing | combine({'run_on': 'controller'}) }}"
      check_mode: true
      diff: true
      register: plan_here
    - retailops.odoo_pos.pos_session_close: "{{ closing | combine({'run_on': 'host'}) }}"
      tags: [module]
      check_mode: true
      diff: true
      register: plan_there
    - retailops.odoo_pos.pos_fleet_info: {detail: full}
      register: fleet
      run_once: true
    - ansible.builtin.include_role: {name: retailops.odoo_pos.pos_report}
      vars: {pos_report_scan: "{{ fleet }}", pos_report_dest: "{{ folder }}/report", pos_report_fail_on: never}
      run_once: true
    - ansible.builtin.copy: {content: "{{ {'there': there, 'plan_there': plan_there} }}", dest: "{{ folder }}/module.json", mode: "0600"}
      tags: [module]
    - ansible.builtin.copy:
        content: "{{ {'here': here, 'plan_here': plan_here, 'fleet': fleet} }}"
        dest: "{{ folder }}/controller.json"
        mode: "0600"
"""
INVENTORY = {"plugin": "retailops.odoo_pos.pos_stores", "include": ["store_a"]}
#: What an answer says of Ansible and not of the store; the interpreter is the controller's own.
OF_ANSIBLE = {
    "invocation", "warnings", "deprecations", "discovered_interpreter", "_ansible_no_log", "ansible_python_interpreter", "profile",
}  # fmt: skip


def pytest_generate_tests(metafunc):
    full = metafunc.config.getoption("--full")
    pythons = environments.pythons()
    if "controller" in metafunc.fixturenames:
        oldest = (environments.floor(), environments.oldest_python())
        try:
            found = (
                [(core, one) for one in pythons if one >= 11 for core in environments.cores(one)] if full else [oldest]
            )
        except CannotBeHad:
            found = [oldest]
        metafunc.parametrize("controller", found, ids=lambda one: "core-2.%d-python-3.%d" % one)
    if "managed" in metafunc.fixturenames:
        metafunc.parametrize(
            "managed", sorted(pythons) if full else [min(pythons)], ids=lambda one: "python-3.%d" % one
        )


@pytest.fixture(scope="module")
def server():
    try:
        store = Source("slice", 19)
    except NoSource as missing:
        pytest.skip(str(missing))
    running = reference()
    running.restore_as("store_a", store.sql)
    return running


def made(make, *words, **options):
    """An environment; skips, loudly, where it cannot be made."""
    try:
        return make(*words, **options)
    except CannotBeHad as error:
        pytest.skip("NOT TRIED: %s" % error)


def prepared(folder, server):
    """A folder with the playbook and the inventory; returns the session to plan and its count."""
    servers = [{"name": "main", "login_host": server.host, "login_port": server.port, "login_user": server.user}]
    (folder / "stores.pos_stores.yml").write_text(yaml.safe_dump({**INVENTORY, "servers": servers}), encoding="utf-8")
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    wanted = "SELECT s.id FROM pos_session s JOIN pos_config c ON c.id = s.config_id WHERE c.name = 'Till healthy' AND s.state = 'opened'"
    return str(server.rows("store_a", wanted)[0]["id"])


def answers(folder, environment, server, *words, **extra):
    """Run the playbook with the programs of an environment; returns its answers without what passes."""
    variables = {"wanted": prepared(folder, server), "counted": "129.00", "folder": str(folder), **extra}
    play = ("-i", "stores.pos_stores.yml", "play.yml", "-e", json.dumps(variables), *words)
    environments.run(environment, "ansible-playbook", *play, cwd=folder)
    found = {}
    for written in (folder / "module.json", folder / "controller.json"):
        if written.exists():
            found.update(json.loads(written.read_text(encoding="utf-8")))
    if not words:
        found["report"] = json.loads((folder / "report" / "pos-report.json").read_text(encoding="utf-8"))
        listed = environments.run(environment, "ansible-inventory", "-i", "stores.pos_stores.yml", "--list", cwd=folder)
        found["inventory"] = json.loads(listed)
    return plain(found)


def plain(value):
    """Timeless, and without what Ansible adds of its own."""
    if isinstance(value, dict):
        value = {name: plain(inner) for name, inner in value.items() if name not in OF_ANSIBLE}
    elif isinstance(value, list):
        value = [plain(inner) for inner in value]
    return timeless(value)


@pytest.fixture(scope="module")
def expected(server, effort, tmp_path_factory):
    """The answers of the oldest controller, whose parts must agree with each other. In a short run, of the oldest Python on
    the managed side as well: one run for both ends."""
    oldest = (environments.floor(), environments.oldest_python())
    extra = {} if effort.full else {"ansible_python_interpreter": interpreter(min(environments.pythons()))}
    found = answers(tmp_path_factory.mktemp("oldest"), made(environments.core_environment, *oldest), server, **extra)
    assert found["here"] == found["there"] and found["here"]["ansible_facts"]["pos_store"]["sessions"]
    assert found["plan_here"] == found["plan_there"] and found["plan_here"]["plan"]["hash"]
    assert found["fleet"]["stores"]["store_a"]["pos_store"]["sessions"]
    assert found["report"]["stores"] and "store_a" in found["inventory"]["_meta"]["hostvars"]
    return found


def interpreter(python, **options):
    """The Python of a managed side."""
    return str(made(environments.managed_environment, python, **options) / "bin" / "python")


def test_every_ansible_core_gives_the_same_answer(controller, server, expected, tmp_path, effort):
    environment = made(environments.core_environment, *controller, fresh=effort.full)
    found = answers(tmp_path, environment, server) if effort.full else expected
    for what, answer in expected.items():
        assert found[what] == answer, (what, difference(found[what], answer))
    note("5 matrix", "ansible-core %s, Python 3.%d" % (environments.version_of(environment, "ansible_core"), controller[1]),
         "%d answers equal" % len(found))  # fmt: skip


def test_every_python_of_the_managed_side_gives_the_same_answer(managed, server, expected, tmp_path, effort):
    found = expected
    if effort.full:
        controller = made(environments.core_environment, environments.floor(), environments.oldest_python())
        side = {"ansible_python_interpreter": interpreter(managed, fresh=True)}
        found = answers(tmp_path, controller, server, "--tags", "module", **side)
    for what in ("there", "plan_there"):
        assert found[what] == expected[what], what
    side = made(environments.managed_environment, managed)
    note("5 matrix", "managed side on Python 3.%d, psycopg2 %s" % (managed, environments.version_of(side, "psycopg2_binary")),
         "the module's answers equal")  # fmt: skip
