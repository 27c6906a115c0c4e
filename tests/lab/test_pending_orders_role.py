# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role as people run it: planned, resolved, and left alone the second time, with what it must not touch beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .closing_store import differences, shop_of
from .fixes_orders import discarded, order

PLAY = """
- hosts: all
  gather_facts: false
  roles:
    - role: retailops.odoo_pos.pos_pending_orders
  tasks:
    - ansible.builtin.copy:
        content: "{{ pos_pending_orders_results | to_json }}"
        dest: "{{ told }}"
        mode: "0600"
      check_mode: false
      diff: false
      changed_when: false
"""


def play(folder, store, till, *words):
    """Run the role on one till; returns its results, and what the screen showed."""
    values = {
        "odoo_pos_login_host": store.pg["login_host"], "odoo_pos_login_port": store.pg["login_port"],
        "odoo_pos_login_user": store.pg["login_user"], "odoo_pos_login_db": store.database,
        "odoo_pos_url": store.password["odoo_url"], "odoo_pos_user": "admin", "odoo_pos_password": "admin",
        "ansible_python_interpreter": sys.executable, "told": str(folder / "told.json"),
        "pos_pending_orders_till": till.name, "pos_pending_orders_discard": ["empty", "unpaid"],
        "pos_pending_orders_settle": True, "pos_pending_orders_min_idle_minutes": 0,
    }  # fmt: skip
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    program = os.path.join(os.path.dirname(sys.executable), "ansible-playbook")
    command = [program, "-i", "store,", "-c", "local", "-e", "@values.json", "play.yml", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "skipped=0" in done.stdout
    (told,) = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return told, done.stdout


@pytest.mark.parametrize("series", [19, 14], ids=("odoo-19", "odoo-14"))
def test_the_role(tmp_path, series):
    store = shop_of(series)
    till = store.traded("orders_role")
    empty, unpaid, full = till.draft(0, lines=False), till.draft(20), till.draft(10, {till.cash: 10})
    part = till.draft(20, {till.card: 5})

    rows = store.everything()
    told, screen = play(tmp_path, store, till, "--check", "--diff")
    assert told["outcome"] == "would_resolve" and "2 to discard, 1 to settle, 1 left" in screen
    assert differences(rows, store.everything()) == []

    told, screen = play(tmp_path, store, till)
    assert told["outcome"] == "resolved" and told["proof_held"] is True
    assert "2 discarded, 1 settled, 1 left" in screen and "changed=1" in screen
    discarded(store, empty)
    discarded(store, unpaid)
    assert order(store, full)["state"] == "paid" and order(store, part)["state"] == "draft"

    rows = store.everything()
    told, screen = play(tmp_path, store, till)
    assert told["outcome"] == "left" and [one["kind"] for one in told["orders"]] == ["part_paid"]
    assert "changed=0" in screen and "1 left" in screen and "give the money back" in told["orders"][0]["reason"]
    assert differences(rows, store.everything()) == []
