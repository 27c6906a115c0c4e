# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook itself is killed, with all its processes, while it closes a session: as action and as module."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

from .fault_ground import TASK
from .fault_runs import spread
from .fault_steps import SQL, Step

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import trail as trails  # isort: skip

pytest_generate_tests = spread

PLAY = [{"hosts": "localhost", "gather_facts": False,
         "tasks": [{"retailops.odoo_pos.pos_session_close": "{{ given }}", "vars": {"odoo_pos_trail": "{{ trail }}"}}]}]  # fmt: skip
PLACES = [Step(SQL, name, 0, 0, 0.0) for name in ("controller", "host")]


def playbook(ground, day, folder, where):
    """Start ansible-playbook with the task, in a process group of its own."""
    given = {
        **ground.store.pg,
        **ground.who(),
        **TASK,
        "session": str(day.session),
        "min_idle_minutes": 0,
        "run_on": where,
    }
    given = {name: value for name, value in given.items() if value is not None}
    (folder / "play.yml").write_text(json.dumps(PLAY), encoding="utf-8")
    (folder / "values.json").write_text(
        json.dumps({"given": given, "trail": str(folder / "trail.jsonl")}), encoding="utf-8"
    )
    command = [os.path.join(os.path.dirname(sys.executable), "ansible-playbook"), "-i", "localhost,", "-c", "local",
               "-e", "ansible_python_interpreter=" + sys.executable, "-e", "@values.json", "play.yml"]  # fmt: skip
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wrote(ground, day):
    """Whether anything has arrived at the session yet."""
    return ground.store.session(day.session)["stop_at"] is not None


def killed(ground, run, folder):
    """One run: wait until it has begun to write (or not even that), and a moment longer; kill; run the task again."""
    chance = run.chance()
    early, moment, at_once = chance.random() < 0.2, chance.uniform(0, 1.5), chance.random() < 0.5
    with ground.day() as day:
        play = playbook(ground, day, folder, run.step.name)
        deadline = time.monotonic() + 60
        while not early and play.poll() is None and not wrote(ground, day) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(moment)
        os.killpg(play.pid, signal.SIGKILL)
        said = play.communicate()[0]
        assert "Traceback" not in said and (early or wrote(ground, day)), said
        before = ground.standing(day)
        if not at_once:
            ground.quiet()
            before = ground.standing(day)
        ground.finish(day, before, overlapping=at_once)
        # With the last run through the real thing, too; its trail goes on after a line that was cut off.
        again = playbook(ground, day, folder, run.step.name)
        said = again.communicate()[0]
        assert again.returncode == 0 and "changed=0" in said, said
    if (folder / "trail.jsonl").exists():
        trails.append(str(folder / "trail.jsonl"), {"after": run.name})
        assert len(trails.verify(str(folder / "trail.jsonl")).broken) <= 1
        (folder / "trail.jsonl").unlink()
    return before


def test_ansible_playbook_is_killed(ground, campaign, tmp_path):
    campaign.each(campaign.runs("ansible-playbook killed", PLACES), lambda run: killed(ground, run, tmp_path))
    campaign.end()
