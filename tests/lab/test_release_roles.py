# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pos_emergency_reset and pos_session_release on a real Odoo: check mode, a first run, a second run; and the close afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .closing_store import differences, shop_of

PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: retailops.odoo_pos.{{ role }}
        apply: {check_mode: true}
    - ansible.builtin.set_fact: {planned: "{{ lookup('ansible.builtin.vars', role ~ '_results') }}"}
    - ansible.builtin.include_role: {name: "retailops.odoo_pos.{{ role }}"}
      when: not (only_plan | bool)
    - ansible.builtin.set_fact: {first: "{{ lookup('ansible.builtin.vars', role ~ '_results') }}"}
    - ansible.builtin.include_role: {name: "retailops.odoo_pos.{{ role }}"}
      when: not (only_plan | bool)
    - ansible.builtin.copy:
        content: "{{ {'planned': planned, 'first': first, 'second': lookup('ansible.builtin.vars', role ~ '_results')} | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
"""


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


def play(store, folder, role, only_plan=False, **variables):
    """What the role left behind after check mode, a first and a second run."""
    connection = {"odoo_pos_" + name: value for name, value in store.pg.items()}
    connection |= {"odoo_pos_" + name[len("odoo_") :]: value for name, value in store.password.items()}
    values = {**connection, "ansible_connection": "local", "ansible_python_interpreter": sys.executable, "role": role,
              "result": str(folder / "result.json"), "only_plan": only_plan, **variables}  # fmt: skip
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    program = os.path.join(os.path.dirname(sys.executable), "ansible-playbook")
    done = subprocess.run(
        [program, "-i", "store,", "-e", "@values.json", "play.yml"],
        cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return {name: results[0] for name, results in told.items()}, done.stdout


def test_locked_for_the_close_given_back_and_closed(store, tmp_path):
    till = store.traded("roles")
    images = tmp_path / "images"
    images.mkdir()
    mine = {"pos_emergency_reset_session": str(till.session), "pos_emergency_reset_state": "closing_control",
            "pos_emergency_reset_confirm": store.session(till.session)["name"],
            "pos_emergency_reset_pre_image": str(images) + "/"}  # fmt: skip
    before = store.everything()
    told, _out = play(store, tmp_path, "pos_emergency_reset", only_plan=True, **mine)
    assert told["planned"]["outcome"] == "would_reset" and list(images.iterdir()) == []
    assert differences(before, store.everything()) == []

    told, out = play(store, tmp_path, "pos_emergency_reset", **mine)
    assert [told[run]["outcome"] for run in ("planned", "first", "second")] == ["would_reset", "reset", "unchanged"]
    assert told["first"]["proof_held"] and [str(path) for path in images.iterdir()] == [
        told["first"]["pre_image"]["path"]
    ]
    assert told["first"]["pre_image"]["path"] in out and "counted_cash" in out
    assert store.session(till.session)["state"] == "closing_control"

    mine = {"pos_session_release_session": str(till.session), "pos_session_release_min_idle_minutes": 0}
    told, out = play(store, tmp_path, "pos_session_release", **mine)
    assert [told[run]["outcome"] for run in ("planned", "first", "second")] == [
        "would_release",
        "released",
        "unchanged",
    ]
    assert told["first"]["proof_held"] and told["first"]["in_use"]["by"] == "admin"
    assert "sold by admin" in out
    assert store.session(till.session)["state"] == "opened" and store.session(till.session)["stop_at"] is None

    closed = store.close(till.session, counted_cash="130.00")
    assert all(check["held"] for check in closed["proof"])
    store.assert_closed_once(till.session, "130")
