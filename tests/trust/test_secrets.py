# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords and keys, given in every way that there is: at -vvvv none is shown, stored or visible to others while playbooks run."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import threading

import pytest

from ..lab import demo_store
from ..lab.place import CannotBeHad
from ..lab.postgres import Cluster
from .effort import note
from .playing import PLAYBOOKS, Desk
from .test_bad_input import liar

#: One for each way in which a secret is given.
MARKS = {way: "hush-%s-4471-hush" % way for way in ("database", "odoo", "key", "server", "webhook", "option")}
#: The role that logs in with the password: the variable's, or the environment's.
READER = "reader"


def environment_of(process):
    """What others could read of a process: its command line always; its environment only the same user and root."""
    with contextlib.suppress(OSError):
        return pathlib.Path("/proc/%s/cmdline" % process).read_bytes()
    return b""


@contextlib.contextmanager
def command_lines():
    """Yields a set that fills with every command line of the machine that is seen meanwhile."""
    seen, over = set(), threading.Event()

    def look():
        while not over.wait(0.02):
            for name in os.listdir("/proc"):
                if name.isdigit():
                    seen.add(environment_of(name))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


@pytest.fixture(scope="module")
def cluster():
    """A PostgreSQL that wants a password, with one store."""
    try:
        with Cluster.temporary(tcp=True, auth="scram-sha-256", password=MARKS["server"]) as made:
            demo_store.restore(made, "store")
            made.psql("store", "CREATE ROLE %s SUPERUSER LOGIN PASSWORD '%s'" % (READER, MARKS["database"]))
            yield made
    except CannotBeHad as error:
        pytest.skip(str(error))


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def variables_of(cluster, odoo, **more):
    return {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "odoo_pos_login_host": "127.0.0.1", "odoo_pos_login_port": cluster.port, "odoo_pos_login_user": READER,
            "odoo_pos_login_db": "store", "odoo_pos_url": odoo, "odoo_pos_user": "closer", **more}  # fmt: skip


def hosts_of(desk, variables):
    """A hosts file, outside of what is searched: whoever writes a secret into it has put it there."""
    path = desk.folder.parent / (desk.folder.name + ".json")
    path.write_text(json.dumps({"all": {"hosts": {"store": variables}}}), encoding="utf-8")
    return path


def kept(desk, played, seen):
    """No secret on the screen, in any file that was written, or in a command line."""
    seen = list(seen)
    assert len(played.text) > 1000 and seen
    for way, mark in MARKS.items():
        assert mark not in played.text, "%s: %s" % (way, around(played.text, mark))
        for path, content in desk.files():
            assert mark.encode() not in content, "%s is in %s" % (way, path)
        assert not [line for line in seen if mark.encode() in line], "%s is in a command line" % way


def around(text, mark):
    place = text.index(mark)
    return text[max(0, place - 200) : place + 60]


def common(cluster):
    session = cluster.rows(
        "store", "SELECT s.id, s.name FROM pos_session s WHERE s.state = 'opened' ORDER BY id LIMIT 1"
    )[0]
    return {"pos_emergency_reset_session": str(session["id"]), "pos_emergency_reset_confirm": session["name"],
            "pos_emergency_reset_on_refusal": "report", "pos_session_close_on_refusal": "report", "pos_repair_on_refusal": "report",
            "pos_session_close_counts": {}, "pos_session_close_min_idle_minutes": 0,
            "pos_report_fail_on": "never"}  # fmt: skip


@pytest.mark.full("secrets in options are tried on every run")
@pytest.mark.parametrize("run_on", ("controller", "host"))
@pytest.mark.parametrize("way", ("variables", "environment"))
def test_every_playbook(cluster, desk, way, run_on):
    """From variables of the host, or from the environment; in Ansible's own process, or in modules."""
    environment, extra = {}, {"odoo_pos_password": MARKS["odoo"], "odoo_pos_login_password": MARKS["database"]}
    if way == "environment":
        environment = {
            "PGPASSWORD": MARKS["database"],
            "ODOO_POS_PASSWORD": MARKS["odoo"],
            "ODOO_POS_API_KEY": MARKS["key"],
        }
        extra = {}
    with liar() as odoo, command_lines() as seen:
        hosts = hosts_of(desk, {**variables_of(cluster, odoo, **extra), "odoo_pos_run_on": run_on,
                                "pos_monitor_webhook_url": "http://127.0.0.1:9/" + MARKS["webhook"]})  # fmt: skip
        for playbook in PLAYBOOKS:
            played = desk.play(desk.all_of(playbook), hosts, "-vvvv", environment=environment, **common(cluster))
            assert "no password supplied" not in played.text and "authentication failed" not in played.text
            kept(desk, played, seen)
    note("4 secrets", "%s, %s: playbooks, command lines seen, files" % (way, run_on), "%d, %d, %d" % (
        len(PLAYBOOKS), len(seen), len(list(desk.files()))))  # fmt: skip


TASKS = """
- hosts: store
  gather_facts: false
  tasks:
    - retailops.odoo_pos.pos_session_close: &close
        {session: "%s", counted_cash: "1", max_cash_difference: "9999", min_idle_minutes: 0, odoo_password: "{{ given }}"}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *close, run_on: host}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *close, odoo_url: "http://me:{{ given }}@127.0.0.1:9", run_on: host}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *close, connect_params: {password: "{{ given }}"}}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *close, login_db: "postgresql://me:{{ given }}@127.0.0.1/x"}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_close: {<<: *close, odoo_api_key: "{{ given }}\\r\\nX-Other: 1"}
      ignore_errors: true
    - retailops.odoo_pos.pos_session_facts: {login_password: "{{ given }}"}
      ignore_errors: true
    - retailops.odoo_pos.pos_log_info: {from_odoo: true, odoo_db: store, odoo_api_key: "{{ given }}"}
      ignore_errors: true
"""


def test_secrets_in_options(cluster, desk):
    """Right, wrong, and in the wrong place."""
    play = desk.folder.parent / (desk.folder.name + "-options.yml")
    session = common(cluster)["pos_emergency_reset_session"]
    play.write_text(TASKS % session, encoding="utf-8")
    with liar() as odoo, command_lines() as seen:
        hosts = hosts_of(
            desk, variables_of(cluster, odoo, odoo_pos_login_password=MARKS["database"], given=MARKS["option"])
        )
        # a variable: Ansible itself shows the text of a task that fails, and what somebody wrote there in the open
        played = desk.play(str(play), hosts, "-vvvv")
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in played.text
    kept(desk, played, seen)


@pytest.mark.full("the plugin's own tests look for it on every run")
def test_the_inventory(cluster, desk):
    """The search's password reaches neither host variables, nor the cache, nor what is said."""
    path = desk.folder.parent / (desk.folder.name + ".pos_stores.yml")
    server = {
        "name": "north",
        "login_host": "127.0.0.1",
        "login_port": cluster.port,
        "login_user": READER,
        "login_password": MARKS["database"],
    }
    path.write_text(json.dumps({"plugin": "retailops.odoo_pos.pos_stores", "servers": [server], "cache": True,
                                "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(desk.folder / "stores")}))  # fmt: skip
    with command_lines() as seen:
        done = subprocess.run(
            [os.path.join(os.path.dirname(desk.command("x", path)[0]), "ansible-inventory"), "-i", str(path), "--list", "-vvvv"],
            cwd=desk.folder, env=desk.environment(), capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)  # fmt: skip
    assert '"store"' in done.stdout and list((desk.folder / "stores").iterdir())
    done.text = done.stdout + done.stderr
    kept(desk, done, seen)
