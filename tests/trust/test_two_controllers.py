# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers over one fleet: the same playbook twice in the same moment closes every session once."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time

import pytest

from ..lab.closing_store import MODULE_DEFAULTS, copy_of
from .effort import note
from .rivals import assert_clear, chance

PLAY = (
    """
- hosts: all
  gather_facts: false
"""
    + MODULE_DEFAULTS
    + """  vars: {pos_session_close_min_idle_minutes: 0, pos_session_close_on_refusal: report}
  roles: [retailops.odoo_pos.pos_session_close]
  post_tasks:
    - ansible.builtin.copy:
        content: "{{ pos_session_close_results | to_json }}"
        dest: "{{ results }}-{{ inventory_hostname }}.json"
        mode: "0600"
"""
)


@pytest.fixture(scope="module")
def stores(effort):
    """Six stores of both series; in a short run one of each."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(copy_of(series, "trust_fleet_%d_%d" % (series, number)))
            for series in (19, 14)
            for number in range(3 if effort.full else 1)
        ]


def controller(folder, name):
    """Start one run of the playbook."""
    command = [os.path.join(os.path.dirname(sys.executable), "ansible-playbook"), "-i", "fleet.json", "-f", "6",
               "-e", json.dumps({"results": str(folder / name)}), "play.yml"]  # fmt: skip
    return subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_two_controllers_over_one_fleet(stores, effort, round_number, tmp_path):
    luck = chance(effort, round_number, "controllers")
    tills = [store.traded("fleet_%d" % round_number) for store in stores]
    hosts = {}
    for store, till in zip(stores, tills):
        till.set_count(130)
        hosts[store.database] = {"pg": store.pg, "odoo": store.password, "ansible_connection": "local",
                                 "ansible_python_interpreter": sys.executable}  # fmt: skip
    (tmp_path / "fleet.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    (tmp_path / "play.yml").write_text(PLAY, encoding="utf-8")
    first = controller(tmp_path, "one")
    time.sleep(luck.choice((0, 0, luck.uniform(0, 3))))
    for run in (first, controller(tmp_path, "two")):
        shown, _none = run.communicate(timeout=300)
        assert run.returncode == 0, shown[-3000:]
    outcomes = [one_winner(tmp_path, store, till) for store, till in zip(stores, tills)]
    note("2 concurrency", "two controllers, %d stores: what each said" % len(stores),
         " ".join(sorted("+".join(sorted(both)) for both in outcomes)))  # fmt: skip


def one_winner(folder, store, till):
    """The session was closed once, by one of the two; the other found it closed, found nothing to do or was refused."""
    told = []
    for name in ("one", "two"):
        results = json.loads((folder / ("%s-%s.json" % (name, store.database))).read_text(encoding="utf-8"))
        assert len(results) <= 1, results
        told += results
        for one in results:
            assert one["outcome"] in ("closed", "already_closed", "refused"), one
            if one["outcome"] == "refused":
                assert_clear({"msg": one["message"]})
    assert [one["outcome"] for one in told].count("closed") == 1, told
    store.assert_closed_once(till.session, "130")
    assert store.booked_difference(till) == 0
    return [one["outcome"] for one in told]
