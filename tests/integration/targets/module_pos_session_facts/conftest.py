# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private PostgreSQL with stores from slices; the collection under its own name; Ansible as a person runs it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
COLLECTION = pathlib.Path(os.environ.get("COLLECTION") or HERE.parents[3])
sys.path.insert(0, str(COLLECTION))

from tests.lab.place import CannotBeHad  # noqa: E402
from tests.lab.postgres import Cluster  # noqa: E402
from tests.support.collection import make_importable  # noqa: E402

make_importable()

SERIES = (15, 17, 19)
PASSWORD = "Xk9-s3cret-7Q"
STORES = pathlib.Path(os.environ.get("POS_STORES_DIR") or COLLECTION.parent / "shared" / "stores")


@pytest.fixture(scope="session")
def cluster():
    """A server that writes down every statement, listens on the loopback too, and may be copied to a standby."""
    settings = {"log_statement": "all", "log_line_prefix": "%d|%p|", "wal_level": "replica", "max_wal_senders": "4"}
    try:
        with Cluster.temporary(tcp=True, settings=settings) as made:
            yield made
    except CannotBeHad as error:
        pytest.skip(str(error))


def restored(cluster, series, name):
    dump = STORES / ("odoo-%d.sql.gz" % series)
    if not dump.exists():
        pytest.skip("no slice %s beside the checkout" % dump.name)
    if name not in cluster.databases():
        cluster.restore(name, dump)
    return name


@pytest.fixture(params=SERIES)
def store(cluster, request):
    """A store of each series, one after the other; never written to."""
    return restored(cluster, request.param, "store_%d" % request.param)


@pytest.fixture
def store_19(cluster):
    return restored(cluster, 19, "store_19")


@pytest.fixture
def copy(cluster, store_19):
    """A copy of the store of 19 that a test may spoil."""
    cluster.clone(store_19, "copy")
    yield "copy"
    cluster.drop("copy")


@pytest.fixture
def options(cluster):
    """The options that name a database of the cluster."""

    def make(database, **other):
        return {
            "login_host": cluster.host,
            "login_port": cluster.port,
            "login_user": cluster.user,
            "login_db": database,
            **other,
        }

    return make


# Shows the options of every task too: newer releases leave them out, older ones show them at -vvv.
LOUD = {"ANSIBLE_INJECT_INVOCATION": "1", "ANSIBLE_STDOUT_CALLBACK": "minimal"}


class Ansible:
    """Runs the module in tasks of one playbook, as loudly as can be."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, asked, verbosity="-vvvv", environment=None, check=False, python=None):
        """Run the module once for each of ``asked`` (dicts of options). Returns the results and all that was printed."""
        results = self.folder / "results.json"
        # Not in the tasks themselves: Ansible shows the lines of a task that failed.
        (self.folder / "asked.json").write_text(json.dumps({"asked": asked}), encoding="utf-8")
        tasks = [
            {
                "retailops.odoo_pos.pos_session_facts": {
                    name: "{{ asked[%d].%s }}" % (place, name) for name in options
                },
                "name": "Ask %d" % place,
                "register": "asked_%d" % place,
                "ignore_errors": True,
            }
            for place, options in enumerate(asked)
        ]
        found = "{{ [%s] | to_json }}" % ", ".join("asked_%d" % place for place in range(len(asked)))
        tasks.append(
            {"ansible.builtin.copy": {"content": found, "dest": str(results)}, "check_mode": False, "no_log": True}
        )
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
        play["vars"] = {"ansible_python_interpreter": python or sys.executable}
        (self.folder / "play.json").write_text(json.dumps([play]), encoding="utf-8")
        words = [
            "ansible-playbook",
            "-i",
            "localhost,",
            "-e",
            "@%s" % (self.folder / "asked.json"),
            str(self.folder / "play.json"),
            verbosity,
            *(["--check"] if check else []),
        ]
        done = subprocess.run(
            words,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **LOUD, **(environment or {})},
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(results.read_text(encoding="utf-8")), done.stdout + done.stderr


@pytest.fixture
def ansible(tmp_path):
    return Ansible(tmp_path)
