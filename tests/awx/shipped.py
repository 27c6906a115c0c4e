# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shipped for AWX: its data as infra.aap_configuration reads it, and the playbooks and roles behind it."""

from __future__ import annotations

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
AWX = ROOT / "extensions" / "awx"
PROJECT = AWX / "project"
BIN = pathlib.Path(sys.executable).parent

# The first is how infra.aap_configuration reads files of variables; the second what it does to injectors on their way to AWX.
READ = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - ansible.builtin.include_vars: {dir: "%(configs)s", extensions: [yml]}
      register: found
    - ansible.builtin.copy:
        content: "{{ {'read': found.ansible_facts, 'injectors': sent} | to_json }}"
        dest: "%(told)s"
        mode: "0600"
      vars:
        sent: "{{ controller_credential_types | map(attribute='injectors') | map('string') | map('regex_replace', '{  {', '{{') }}"
"""


@functools.cache
def read():
    """Every variable of extensions/awx/configs, evaluated by Ansible, under ``read``; ``injectors`` as they would be sent."""
    with tempfile.TemporaryDirectory() as folder:
        told = pathlib.Path(folder, "told.json")
        play = pathlib.Path(folder, "read.yml")
        play.write_text(READ % {"configs": AWX / "configs", "told": told}, encoding="utf-8")
        done = subprocess.run(
            [BIN / "ansible-playbook", "-i", "localhost,", "-e", "ansible_python_interpreter=" + sys.executable, str(play)],
            capture_output=True, text=True, check=False, cwd=folder,
            env={**os.environ, "POS_AWX_PG_PASSWORD": "hush-pg", "POS_AWX_ODOO_API_KEY": "hush-odoo"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(told.read_text(encoding="utf-8"))


def data():
    """The evaluated variables."""
    return read()["read"]


def named(kind, name):
    """The one entry of a ``controller_<kind>`` that has the name."""
    (found,) = [entry for entry in data()["controller_" + kind] if entry["name"] == name]
    return found


def asked():
    """Everything that asks questions: job templates and workflows with a survey."""
    return [one for kind in ("templates", "workflows") for one in data()["controller_" + kind] if "survey_spec" in one]


@functools.cache
def arguments(role):
    """The options in the argument spec of a role."""
    text = (ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["argument_specs"]["main"]["options"]


def roles():
    """The names of all roles."""
    return sorted(path.name for path in (ROOT / "roles").iterdir() if (path / "meta").is_dir())


def option(variable):
    """The option of a role that a variable is, or None."""
    found = [arguments(role)[variable] for role in roles() if variable in arguments(role)]
    assert len(found) <= 1, variable
    return found[0] if found else None


@functools.cache
def texts_behind(playbook):
    """All that a playbook of the project runs, as text: itself, the playbooks of the collection, their roles and their defaults."""
    todo, text, seen = [PROJECT / playbook], "", set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        own = path.read_text(encoding="utf-8")
        text += own
        for name in re.findall(r"import_playbook: (\S+)", own):
            todo.append(
                PROJECT / name if name.endswith(".yml") else ROOT / "playbooks" / (name.split(".")[-1] + ".yml")
            )
        for role in re.findall(r"retailops\.odoo_pos\.(pos_\w+)", own):
            todo += (ROOT / "roles" / role).glob("tasks/*.yml") if (ROOT / "roles" / role).is_dir() else []
        # pos_repair names its roles by what the findings ask for
        if "pos_repair_step.role" in own:
            todo += (ROOT / "roles").glob("*/tasks/*.yml")
    return text
