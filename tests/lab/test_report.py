# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a night on a real Odoo: what was closed with its proof, what was refused, and the drawer in the history."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timezone

import pytest

from .closing_store import shop_of

NIGHT = """
- hosts: all
  gather_facts: false
  tasks:
    - name: Close two tills
      ansible.builtin.include_role: {name: retailops.odoo_pos.pos_session_close}
      vars:
        pos_session_close_counts: "{{ counts }}"
        pos_session_close_only: [needs_count]
        pos_session_close_max_cash_difference: "5.00"
        pos_session_close_min_idle_minutes: 0
        pos_session_close_on_refusal: report
    - name: Report
      ansible.builtin.include_role: {name: retailops.odoo_pos.pos_report}
      run_once: true
"""


@pytest.mark.parametrize("series", [19, 14])
def test_a_night_is_reported_with_its_proof(tmp_path, series):
    store = shop_of(series)
    closed, refused = store.traded("report closed"), store.traded("report refused")
    refused.draft(20)
    inventory = {
        "odoo_pos_" + name.removeprefix("odoo_"): value for name, value in {**store.pg, **store.password}.items()
    }
    hosts = {
        "all": {
            "hosts": {
                "shop": {**inventory, "ansible_connection": "local", "ansible_python_interpreter": sys.executable}
            }
        }
    }
    (tmp_path / "stores.yml").write_text(json.dumps(hosts), encoding="utf-8")
    (tmp_path / "night.yml").write_text(NIGHT, encoding="utf-8")
    counts = {"Till report closed": "128.00", "Till report refused": "130.00"}
    values = {"counts": counts, "pos_report_fail_on": "blocked", "pos_report_dest": str(tmp_path / "out")}
    command = [
        os.path.join(os.path.dirname(sys.executable), "ansible-playbook"),
        "-i",
        "stores.yml",
        "night.yml",
        "-e",
        json.dumps(values),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 2 and "1 of 1 store(s) fail: shop (" in done.stdout, (
        done.stdout[-3000:] + done.stderr[-2000:]
    )

    report = json.loads((tmp_path / "out/pos-report.json").read_text(encoding="utf-8"))
    sessions = {s["till"]["name"]: s for s in report["stores"][0]["sessions"]}
    results = {r["till"]["name"]: r for r in report["stores"][0]["results"]}
    assert sessions["Till report closed"]["verdict"] == "closed" and sessions["Till report closed"]["next"] == []
    assert results["Till report closed"]["difference"] == "-2.00" and results["Till report closed"]["entries"]
    assert len(results["Till report closed"]["proof"]) > 5
    assert all(check["held"] for check in results["Till report closed"]["proof"])
    assert (
        sessions["Till report refused"]["verdict"] == "blocked"
        and results["Till report refused"]["outcome"] == "refused"
    )
    tills = {till["name"]: till for till in report["stores"][0]["tills"]}
    assert tills["Till report closed"]["can_close"] and not tills["Till report refused"]["can_close"]
    assert "orders.draft" in {cause["code"] for cause in report["causes"]}

    today = datetime.now(timezone.utc).date().isoformat()
    kept = json.loads((tmp_path / ("out/history/drawers-%s.json" % today)).read_text(encoding="utf-8"))["drawers"]
    assert {"minor": -200, "decimals": 2} in [
        {"minor": d["minor"], "decimals": d["decimals"]} for d in kept if d["session_id"] == closed.session
    ]
    page = (tmp_path / "out/pos-report.html").read_text(encoding="utf-8")
    assert "the closing entry is balanced" in page
    store.assert_closed_once(closed.session, "128")
