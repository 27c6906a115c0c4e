# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as people run it: ansible-playbook at -vvvv, check mode, diff, approval, refusals, and secrets kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .closing_store import MODULE_DEFAULTS, shop_of

TASKS = (
    """
- hosts: localhost
  gather_facts: false
"""
    + MODULE_DEFAULTS
    + """  tasks:
    - retailops.odoo_pos.pos_session_close: {session: "{{ session }}", min_idle_minutes: 0}
      register: uncounted
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: &counted
        {session: "{{ session }}", counted_cash: "128.00", max_cash_difference: "5", min_idle_minutes: 0}
      check_mode: true
      diff: true
      register: planned
    - retailops.odoo_pos.pos_session_close: {<<: *counted, odoo_password: "{{ wrong }}"}
      register: stranger
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *counted, odoo_url: "http://me:{{ wrong }}@127.0.0.1:1"}
      register: smuggled
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *counted, approved_plan: "{{ planned.plan.hash }}"}
      register: closed
    - retailops.odoo_pos.pos_session_close: {session: "{{ session }}"}
      register: again
    - ansible.builtin.copy:
        content: "{{ {'uncounted': uncounted, 'planned': planned, 'stranger': stranger, 'smuggled': smuggled, 'closed': closed,
                      'again': again} | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
      no_log: true
"""
)


@pytest.mark.parametrize(
    "series, password",
    [(19, "42"), (19, "hush-7741-hush"), (14, "42")],
    ids=("odoo-19-42", "odoo-19-long", "odoo-14-42"),
)
def test_ansible_playbook(tmp_path, series, password):
    store = shop_of(series)
    name = "admin odoo 42 of %s" % len(password)
    till = store.traded(name)
    odoo = store.lab.odoo(store.database)
    login = "closer-%d" % len(password)
    group = "group_ids" if store.series >= 19 else "groups_id"
    odoo.create("res.users", {"name": "Closer", "login": login, "email": "closer@example.com", "password": password,
                              group: [(6, 0, [odoo.ref("base.group_user"), odoo.ref("point_of_sale.group_pos_manager")])]})  # fmt: skip
    (tmp_path / "play.yml").write_text(TASKS, encoding="utf-8")
    values = {"pg": store.pg, "odoo": {**store.password, "odoo_user": login, "odoo_password": password}, "session": str(till.session),
              "wrong": "wrong-9932-wrong", "result": str(tmp_path / "result.json")}  # fmt: skip
    (tmp_path / "values.json").write_text(json.dumps(values), encoding="utf-8")
    command = [os.path.join(os.path.dirname(sys.executable), "ansible-playbook"), "-i", "localhost,", "-c", "local", "-vvvv",
               "-e", "ansible_python_interpreter=" + sys.executable, "-e", "@values.json", "play.yml"]  # fmt: skip
    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        # what a callback or a log of results would see
        env={**os.environ, "ANSIBLE_INJECT_INVOCATION": "1"},
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    told = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))

    assert told["uncounted"]["failed"] and told["uncounted"]["refused"]
    assert [found["code"] for found in told["uncounted"]["findings"]] == ["cash.not_counted"]
    assert told["planned"]["changed"] and told["planned"]["session"]["after"] is None
    assert (
        told["planned"]["diff"]["before"]["state"] == "opened"
        and told["planned"]["diff"]["after"]["counted"] == "128.00"
    )
    assert told["stranger"]["failed"] and told["stranger"]["reachable"] is False
    assert told["smuggled"]["failed"] and "credentials" in told["smuggled"]["msg"]
    assert told["closed"]["changed"] and all(check["held"] for check in told["closed"]["proof"])
    assert told["closed"]["plan"]["hash"] == told["planned"]["plan"]["hash"] and told["closed"]["entries"]
    assert told["again"]["changed"] is False
    store.assert_closed_once(till.session, "128")

    # what a shop wrote is never blanked, whatever the password; what is secret is never shown
    assert told["closed"]["session"]["after"]["till"]["name"] == "Till " + name
    assert "Till " + name in done.stdout
    for shown in (json.dumps(told), done.stdout):
        assert "wrong-9932-wrong" not in shown and "hush-7741-hush" not in shown
    for task in ("planned", "stranger", "smuggled", "closed"):
        arguments = told[task]["invocation"]["module_args"]
        assert arguments["odoo_password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
