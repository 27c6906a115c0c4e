# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text "false" means false in every role, and "true" means true: each role does with the text what it does with the value."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest
import yaml

from tests.lab.closing_store import differences

from . import shipped
from .jobs import QUIET, run

# A play for each host: some roles look at all the hosts of theirs.
PLAY = """
- hosts: %s
  gather_facts: false
  tasks:
    - ansible.builtin.include_tasks: one.yml
      loop: "{{ asked }}"
      loop_control: {loop_var: one}
"""
ONE = """
- block:
    - ansible.builtin.include_role:
        name: "retailops.odoo_pos.{{ one }}"
  rescue:
    - ansible.builtin.debug:
        msg: The role failed
"""
ENDS = ("runner_on_ok", "runner_on_failed", "runner_item_on_ok", "runner_item_on_failed")
NUMBER = re.compile(r"[0-9a-f]*[0-9]+[0-9a-f]*")
# How yes and no are said.
WAYS = {"text-no": "false", "value-no": False, "text-yes": "true"}
# What there is for each role to decide. No Odoo answers, so that what is not only planned fails.
WORK = {
    "odoo_pos_url": "http://127.0.0.1:9",
    "odoo_pos_user": "admin",
    "odoo_pos_password": "admin",
    "pos_session_close_till": "Till roles_due",
    "pos_session_close_cash_policy": "assume_expected",
    "pos_session_close_min_idle_minutes": 0,
    "pos_session_release_till": "Till roles_stuck",
    "pos_session_release_min_idle_minutes": 0,
    "pos_pending_orders_till": "Till roles_draft",
    "pos_pending_orders_discard": ["empty", "unpaid"],
    "pos_pending_orders_min_idle_minutes": 0,
    "pos_cash_balance_till": "Till roles_due",
    "pos_cash_balance_moves": [
        {"till": "Till roles_due", "direction": "in", "amount": "5.00", "reference": "R-1", "reason": "float"}
    ],
    "pos_accounting_accounts": {"loss": "000000"},
    "pos_payment_methods_methods": [{"till": "Till roles_due", "method": "Card roles_due", "outstanding": "000000"}],
    "pos_repair_till": "Till roles_stuck",
    # The others are run by themselves.
    "pos_repair_fixes": ["pos_session_release"],
    "pos_diagnose_till": "Till roles_due",
}  # fmt: skip


def booleans(role):
    return [name for name, option in shipped.arguments(role).items() if option["type"] == "bool"]


@pytest.fixture(scope="module")
def seen(store, tmp_path_factory):
    """What each of three hosts saw of each role. They are one store, and differ in how yes and no are said."""
    folder = tmp_path_factory.mktemp("roles")
    (folder / "project").mkdir()
    (folder / "inventory").mkdir()
    (folder / "project" / "play.yml").write_text("".join(PLAY % host for host in WAYS), encoding="utf-8")
    (folder / "project" / "one.yml").write_text(ONE, encoding="utf-8")
    store.traded("roles_due")
    store.traded("roles_draft").draft(20)
    stuck = store.traded("roles_stuck")
    stuck.lock()
    hosts = {}
    for host, answer in WAYS.items():
        kept = {"pos_report_dest": "report", "pos_monitor_state_dir": "monitor", "odoo_pos_trail": "trail.jsonl"}
        hosts[host] = {variable: str(folder / host / name) for variable, name in kept.items()}
        hosts[host].update({option: answer for role in shipped.roles() for option in booleans(role)})
    common = {
        **WORK,
        **{"odoo_pos_" + name: value for name, value in store.pg.items()},
        "pos_emergency_reset_session": store.session(stuck.session)["name"],
        "pos_emergency_reset_confirm": store.session(stuck.session)["name"],
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "asked": shipped.roles(),
    }
    (folder / "inventory" / "hosts.yml").write_text(
        yaml.safe_dump({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8"
    )
    before = store.everything()
    environment = {
        **QUIET, "PATH": "%s:%s" % (shipped.BIN, os.environ["PATH"]), "ANSIBLE_INJECT_INVOCATION": "1",
        "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
    }  # fmt: skip
    _code, _screen, events = run(folder, "play.yml", environment)
    # Yes is planned only, and no gets to no Odoo.
    assert differences(before, store.everything()) == []
    return told_by(events)


def told_by(events):
    """The results and the screen of each host and role, without what differs anyhow: the host's name, and numbers, which are times
    and parts of paths."""
    found, printed = {}, ""
    for event in events:
        data = event.get("event_data") or {}
        host, role = data.get("host"), (data.get("role") or "").split(".")[-1]
        if event["event"] == "verbose" and not event["stdout"].lstrip().startswith("["):
            # What a task printed comes before its result. (An error or a warning is printed only the first time.)
            printed += event["stdout"]
        elif host and role and event["event"] in ENDS:
            result = {name: value for name, value in data["res"].items() if name not in ("ansible_facts", "exception")}
            text = "%s %s %s" % (data["task"], printed, json.dumps(result, sort_keys=True))
            found[host, role] = found.get((host, role), "") + NUMBER.sub("#", text).replace(host, "HOST")
            printed = ""
    return found


@pytest.mark.parametrize("role", [role for role in shipped.roles() if booleans(role)])
def test_a_survey_says_yes_and_no_as_text(seen, role):
    assert seen["text-no", role] == seen["value-no", role]
    assert seen["text-no", role] != seen["text-yes", role]


def test_every_role_was_run(seen):
    assert {role for _host, role in seen} == {*shipped.roles()}
