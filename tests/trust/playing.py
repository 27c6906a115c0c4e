# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays playbooks of the collection as an operator does, in a folder of their own that keeps all that they write."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import subprocess
import sys

from ..support.driver.place import collections_path

PROGRAMS = os.path.dirname(sys.executable)
PLAYBOOKS = ("diagnose", "close", "repair", "emergency_reset", "monitor", "report")


@dataclasses.dataclass
class Played:
    """How a run ended and all that it said."""

    code: int
    text: str


class Desk:
    """A home, a folder for temporary files, caches, a trail and reports, all below ``folder``."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ("home", "tmp", "facts", "stores", "metrics", "state"):
            (self.folder / name).mkdir()
        self.canary = self.folder / "RAN"

    def environment(self, **more):
        """What a run finds: nothing of whoever runs the tests."""
        kept = {
            n: v
            for n, v in os.environ.items()
            if not n.startswith(("PG", "ODOO_POS", "ANSIBLE")) and not n.endswith("_proxy")
        }
        return {
            **kept,
            "PATH": PROGRAMS + os.pathsep + os.environ["PATH"],
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "ODOO_POS_TRAIL": str(self.folder / "trail.jsonl"),
            "ANSIBLE_COLLECTIONS_PATH": collections_path(),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOG_PATH": str(self.folder / "ansible.log"),
            "ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile",
            "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(self.folder / "facts"),
            "ANSIBLE_INJECT_FACT_VARS": "False",
            "ANSIBLE_INJECT_INVOCATION": "1",
            **more,
        }

    def all_of(self, *playbooks):
        """A playbook of several of the collection's, so that Ansible is started once."""
        path = self.folder / ("%s.yml" % "-".join(playbooks))
        path.write_text(
            json.dumps([{"import_playbook": "retailops.odoo_pos." + name} for name in playbooks]), encoding="utf-8"
        )
        return str(path)

    def command(self, playbook, inventory, *words, **variables):
        command = [os.path.join(PROGRAMS, "ansible-playbook"), playbook, "-i", str(inventory), *words]
        common = {
            "pos_report_dest": str(self.folder / "report"),
            "pos_monitor_metrics_dir": str(self.folder / "metrics"),
        }
        return [*command, "-e", json.dumps({**common, **variables})]

    def play(self, playbook, inventory, *words, environment=None, **variables):
        """Run it to its end; returns Played."""
        done = subprocess.run(
            self.command(playbook, inventory, *words, **variables),
            cwd=self.folder,
            env=self.environment(**(environment or {})),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Played(done.returncode, done.stdout + done.stderr)

    def files(self):
        """All that was written, as (path, bytes), but for what the test itself wrote."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()
