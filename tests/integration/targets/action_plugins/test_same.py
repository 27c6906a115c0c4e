# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each task twice, with run_on host and controller, from real playbooks on a real store: what comes back is the same text."""

from __future__ import annotations

import json
import os
import pathlib
import re
import stat
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = pathlib.Path(os.environ.get("COLLECTION") or HERE.parents[3])
sys.path.insert(0, str(COLLECTION))

from tests.lab.demo_store import restore  # noqa: E402
from tests.lab.place import CannotBeHad  # noqa: E402
from tests.lab.postgres import Cluster  # noqa: E402

PASSWORD, IN_ENVIRONMENT = "Xk9-s3cret-7Q", "Zz4-other-1B"
FACTS, CLOSE = "retailops.odoo_pos.pos_session_facts", "retailops.odoo_pos.pos_session_close"
TILL = "Till healthy"
# name -> module, its options, keywords of the task. What a module says of itself in its errors is left to it (SAID).
CASES = {
    "everything": (FACTS, {}, {}),
    "one till": (FACTS, {"till": TILL, "closed_days": "0", "states": "opened,closing_control"}, {}),
    "no such till": (FACTS, {"till": "No such till"}, {}),
    "no such database": (FACTS, {"login_db": "nowhere"}, {}),
    "no server": (FACTS, {"login_host": "127.0.0.1", "login_port": 1}, {}),
    "a password in the wrong place": (FACTS, {"connect_params": {"password": PASSWORD}}, {}),
    "a state that is none": (FACTS, {"states": ["asleep"]}, {}),
    "not a number": (FACTS, {"closed_days": "a week"}, {}),
    "an option that is none": (FACTS, {"tills": 7}, {}),
    "a plan": (CLOSE, {"till": TILL, "counted_cash": "130.00"}, {"check_mode": True, "diff": True}),
    "a plan without a diff": (CLOSE, {"till": TILL, "counted_cash": "130.00"}, {"check_mode": True, "diff": False}),
    "a refusal": (CLOSE, {"till": "Till draft_paid"}, {"check_mode": True}),
    "neither session nor till": (CLOSE, {}, {"check_mode": True}),
    "no such choice": (CLOSE, {"till": TILL, "cash_policy": "guess"}, {"check_mode": True}),
    "nowhere to write": (CLOSE, {"till": TILL, "counted_cash": "130.00", "odoo_url": "http://127.0.0.1:1"}, {}),
    "an address from the environment": (
        CLOSE,
        {"till": TILL, "counted_cash": "130.00"},
        {"environment": {"ODOO_POS_URL": "http://me:%s@127.0.0.1" % IN_ENVIRONMENT}},
    ),
    "a database from the environment": (
        FACTS,
        {"login_db": "", "till": TILL},
        {"environment": {"PGDATABASE": "store"}},
    ),
}
# What differs from second to second.
MOMENT = re.compile(
    r'"(read_at|read_ms|idle_minutes|hours_open|minutes|hours)": ("[^"]*"|[\d.]+)|used \d+ minute|for [\d.]+ hours'
)


@pytest.fixture(scope="module")
def cluster():
    try:
        with Cluster.temporary(auth="scram-sha-256", password=PASSWORD) as made:
            restore(made, "store")
            yield made
    except CannotBeHad as error:
        pytest.skip(str(error))


class Runner:
    """Runs a playbook with each case once, everywhere alike, and keeps what was registered and printed."""

    def __init__(self, cluster, folder):
        self.cluster, self.folder = cluster, folder

    def play(self, run_on, cases, environment=None, **variables):
        results = self.folder / "results.json"
        tasks = []
        for place, (module, options, keywords) in enumerate(cases.values()):
            # In variables, because the lines of a task that failed are shown.
            given = {name: "{{ cases[%d].%s }}" % (place, name) for name in options}
            task = {module: {**given, "run_on": run_on}, "register": "case_%d" % place, "ignore_errors": True}
            tasks.append({**task, **keywords})
        found = "{{ [%s] | to_json }}" % ", ".join("case_%d" % n for n in range(len(cases)))
        tasks.append(
            {"ansible.builtin.copy": {"content": found, "dest": str(results)}, "check_mode": False, "no_log": True}
        )
        shared = {
            "ansible_python_interpreter": sys.executable,
            "odoo_pos_login_host": self.cluster.host,
            "odoo_pos_login_user": "{{ 'post' ~ 'gres' }}",
            "odoo_pos_login_password": PASSWORD,
            "odoo_pos_login_db": "store",
            "odoo_pos_user": "admin",
            "odoo_pos_password": PASSWORD,
            "odoo_pos_trail": str(self.folder / "trail"),
            **variables,
        }
        (self.folder / "given.json").write_text(
            json.dumps({"cases": [case[1] for case in cases.values()]}), encoding="utf-8"
        )
        play = [{"hosts": "all", "gather_facts": False, "vars": shared, "tasks": tasks}]
        (self.folder / "play.json").write_text(json.dumps(play), encoding="utf-8")
        words = [
            "ansible-playbook",
            "-i",
            "store_1,",
            "-c",
            "local",
            "-vvv",
            "-e",
            "@%s" % (self.folder / "given.json"),
        ]
        done = subprocess.run(
            [*words, str(self.folder / "play.json")],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "ANSIBLE_INJECT_INVOCATION": "1", "PGHOST": "/nowhere", **(environment or {})},
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed[-4000:]
        if run_on != "auto":
            assert ("AnsiballZ_pos_" in printed) is (run_on == "host")
        return dict(zip(cases, json.loads(results.read_text(encoding="utf-8")))), printed


@pytest.fixture
def runner(cluster, tmp_path):
    return Runner(cluster, tmp_path)


def text(result):
    """A result as text, without what differs from second to second and where it was run."""
    shown = json.loads(json.dumps(result))
    if "invocation" in shown:
        shown["invocation"]["module_args"].pop("run_on")
    return MOMENT.sub("", json.dumps(shown, indent=1, sort_keys=True))


def test_the_results_are_the_same_text_and_hold_no_secret(runner):
    on_host, host_printed = runner.play("host", CASES)
    here, here_printed = runner.play("controller", CASES)
    differing = {
        name: (text(on_host[name]), text(here[name])) for name in CASES if text(on_host[name]) != text(here[name])
    }
    assert not differing, "\n".join(
        "%s\n--- host\n%s\n--- controller\n%s" % (n, *both) for n, both in differing.items()
    )
    assert PASSWORD not in host_printed + here_printed + json.dumps([on_host, here])
    # Ansible itself shows the environment of a module that it starts.
    assert IN_ENVIRONMENT not in here_printed + json.dumps([on_host, here])
    # The cases are what their names say.
    assert len(here["everything"]["ansible_facts"]["pos_store"]["sessions"]) > 10
    assert [s["till"]["name"] for s in here["one till"]["ansible_facts"]["pos_store"]["sessions"]] == [TILL]
    assert here["a plan"]["changed"] and here["a plan"]["diff"]["after"]["state"] == "closed"
    assert "diff" not in here["a plan without a diff"]
    assert here["a refusal"]["refused"] is True and here["a refusal"]["findings"]
    assert here["no server"]["reachable"] is False
    assert here["a database from the environment"]["ansible_facts"]["pos_store"]["database"] == "store"
    assert here["an address from the environment"]["failed"]
    failed = {name for name, result in here.items() if result.get("failed")}
    assert failed == set(CASES) - {
        "everything", "one till", "a plan", "a plan without a diff", "a database from the environment",
    }  # fmt: skip


def test_a_controller_without_psycopg2_leaves_it_to_the_host(runner, tmp_path):
    broken = tmp_path / "without"
    broken.mkdir()
    (broken / "psycopg2.py").write_text("raise ImportError('there is none here')\n", encoding="utf-8")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nunset PYTHONPATH\nexec "%s" "$@"\n' % sys.executable, encoding="utf-8")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    path = {"PYTHONPATH": os.pathsep.join([str(broken), *filter(None, [os.environ.get("PYTHONPATH")])])}
    cases = {"one till": CASES["one till"]}
    found, _printed = runner.play("controller", cases, path)
    assert "psycopg2 is missing" in found["one till"]["msg"]
    runner_result, printed = runner.play("auto", cases, path, ansible_python_interpreter=str(python))
    assert "AnsiballZ_pos_session_facts" in printed
    assert runner_result["one till"]["ansible_facts"]["pos_store"]["sessions"]


@pytest.mark.parametrize(
    ("keywords", "module"),
    [({}, False), ({"become": True, "become_method": "ansible.builtin.su"}, True)],
    ids=["local", "become"],
)
def test_auto_takes_the_controller_for_what_is_local_and_the_host_for_the_rest(runner, keywords, module):
    if module and os.getuid() != 0:
        pytest.skip("only root becomes root without a password")
    found, printed = runner.play("auto", {"one": (FACTS, {"till": TILL}, keywords)})
    assert found["one"]["ansible_facts"]["pos_store"]["sessions"], found
    assert ("AnsiballZ_pos_session_facts" in printed) is module
