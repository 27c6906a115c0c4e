# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a job template as AWX does: by ansible-runner, in a folder of its own, with what the survey, the credentials and the
inventory give. What AWX adds around it (the container, the queue) is not here."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess

import yaml

from . import awx, shipped

QUIET = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_FORCE_COLOR": "0", "ANSIBLE_RETRY_FILES_ENABLED": "0", "LC_ALL": "C.UTF-8"}


@dataclasses.dataclass
class Job:
    """What became of a job: how it ended, what it printed (as one line), and what the jobs behind it get."""

    code: int
    screen: str
    artifacts: dict
    events: list

    def results(self, task):
        """The results of the task that has the name."""
        return [one["event_data"]["res"] for one in self.events
                if one["event"] in ("runner_on_ok", "runner_on_failed") and one["event_data"].get("task") == task]  # fmt: skip


class Unsafe(yaml.SafeDumper):
    """Marks texts as AWX does: what somebody answered is never a template."""


Unsafe.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


def written(variables, own):
    """The file of extra variables. Only what the template itself says, ``own``, may hold templates."""
    text = ""
    for name, value in variables.items():
        dumper = yaml.SafeDumper if own.get(name) == value else Unsafe
        text += yaml.dump({name: value}, Dumper=dumper, default_flow_style=False, width=10000)
    return text


def run(folder, playbook, environment, words="", limit=""):
    """Run a playbook of the folder by ansible-runner; returns its exit code, what it printed, and its events.

    As a program of its own: inside of pytest's workers, which have threads, it could not safely have a terminal.
    """
    (folder / "env").mkdir(exist_ok=True)
    (folder / "env" / "envvars").write_text(yaml.safe_dump(environment), encoding="utf-8")
    command = [
        shipped.BIN / "ansible-runner",
        "run",
        folder,
        "-p",
        playbook,
        "-i",
        "job",
        "-q",
        "--cmdline",
        " " + words,
    ]
    subprocess.run([*command, *(["--limit", limit] if limit else [])], check=False, stdin=subprocess.DEVNULL)
    made = folder / "artifacts" / "job"
    files = sorted((made / "job_events").glob("*.json"), key=lambda path: int(path.name.split("-")[0]))
    events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    return int((made / "rc").read_text(encoding="utf-8")), (made / "stdout").read_text(encoding="utf-8"), events


class Awx:
    """A controller that has loaded the data, with an inventory, credentials and a folder that outlives jobs."""

    def __init__(self, folder, inputs):
        """inputs: what was typed into each credential, by its name."""
        self.folder, self.inputs, self.number, self.stores = folder, inputs, 0, {}
        self.state = folder / "state"
        self.state.mkdir()
        (inventory,) = shipped.data()["controller_inventories"]
        shipped_state = shipped.data()["pos_awx_state"]
        self.inventory_variables = {
            name: value.replace(shipped_state, str(self.state)) for name, value in inventory["variables"].items()
        }

    def credentials(self, names, folder):
        """What the credentials of a job put into its environment, and the files of variables."""
        environment, files = {}, []
        for name in names:
            credential = shipped.named("credentials", name)
            kind = shipped.named("credential_types", credential["credential_type"])
            more, variables = awx.injected(kind, self.inputs[name], folder)
            environment.update(more)
            if variables:
                path = folder / ("%s.yml" % kind["name"].replace(" ", "_"))
                path.write_text(yaml.safe_dump(variables), encoding="utf-8")
                files.append(path)
        return environment, files

    def prepared(self, credentials):
        """A folder for ansible-runner, its environment and the files of variables from credentials."""
        self.number += 1
        folder = self.folder / ("job-%d" % self.number)
        for name in ("env", "inventory", "home"):
            (folder / name).mkdir(parents=True)
        shutil.copytree(shipped.PROJECT, folder / "project")
        environment, files = self.credentials(credentials, folder / "env")
        environment.update(
            QUIET,
            HOME=str(folder / "home"),
            PATH="%s:%s" % (shipped.BIN, os.environ["PATH"]),
            ANSIBLE_COLLECTIONS_PATH=os.environ["ANSIBLE_COLLECTIONS_PATH"],
        )
        return folder, environment, files

    def update_inventory(self):
        """The inventory source: every store that it finds, as AWX keeps it."""
        (source,) = shipped.data()["controller_inventory_sources"]
        folder, environment, _files = self.prepared([source["credential"]])
        words = ["-i", str(folder / "project" / source["source_path"]), "--list", "--export"]
        done = subprocess.run(
            [shipped.BIN / "ansible-inventory", *words], cwd=folder / "project", capture_output=True, text=True, check=True,
            env={**environment, "ANSIBLE_INVENTORY_UNPARSED_FAILED": "True"},
        )  # fmt: skip
        self.stores = json.loads(done.stdout)["_meta"]["hostvars"]
        return done.stderr

    def launch(self, name, limit="", job_type=None, artifacts=None, flow=None, **answers):
        """Launch a job template; with ``flow``, as a node of a workflow that was launched with the answers."""
        template = shipped.named("templates", name)
        if flow is None:
            variables = awx.launched(template, answers)
        else:
            asked = awx.launched(shipped.named("workflows", flow), answers)
            variables = {**awx.launched(template, {}), **(artifacts or {}), **asked}
        variables.update(awx_job_id=self.number, awx_user_name="support")
        folder, environment, files = self.prepared(template["credentials"])
        inventory = {"all": {"hosts": self.stores, "vars": self.inventory_variables}}
        (folder / "inventory" / "hosts.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        (folder / "env" / "extravars").write_text(written(variables, template.get("extra_vars", {})), encoding="utf-8")
        words = ["-e @%s" % path for path in files] + ["--forks %d" % template.get("forks", 5)]
        words += ["--check"] * ((job_type or template["job_type"]) == "check") + ["--diff"] * template.get(
            "diff_mode", False
        )
        code, screen, events = run(folder, template["playbook"], environment, " ".join(words), limit)
        stats = [event["event_data"] for event in events if event["event"] == "playbook_on_stats"]
        return Job(code, " ".join(screen.split()), stats[-1].get("artifact_data", {}) if stats else {}, events)
