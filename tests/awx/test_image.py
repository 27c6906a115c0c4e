# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: what ansible-builder makes of its description, and what it learns from the collection."""

from __future__ import annotations

import os
import re
import subprocess

import yaml

from . import shipped


def builder(*words):
    done = subprocess.run(
        [shipped.BIN / "ansible-builder", *map(str, words)],
        cwd=shipped.AWX,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_image_can_be_built(tmp_path):
    """As far as that goes without a container engine: every step is written, and the collection is asked for."""
    builder("create", "-f", "execution-environment.yml", "-c", tmp_path, "--output-filename", "Containerfile")
    steps = (tmp_path / "Containerfile").read_text(encoding="utf-8")
    assert (
        "ansible-core>=2.19,<2.22" in steps and "python3.12" in steps and "ansible-galaxy collection install" in steps
    )
    wanted = (tmp_path / "_build" / "requirements.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(wanted)["collections"][0]["name"] == "retailops.odoo_pos"
    assert "python3.12-devel" in (tmp_path / "_build" / "bindep.txt").read_text(encoding="utf-8")


def test_the_image_has_what_the_collection_needs():
    collections = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(":")[0]
    told = yaml.safe_load(re.sub(r"^# .*$", "", builder("introspect", "--sanitize", collections), flags=re.MULTILINE))
    python = {re.match(r"[\w-]+", line).group() for line in told["python"] if "retailops.odoo_pos" in line}
    assert python == {"psycopg2", "jmespath"}
    system = " ".join(line for line in told["system"] if "retailops.odoo_pos" in line)
    # psycopg2 is compiled in one stage of the build, and needs libpq in the last.
    assert "libpq-devel [compile platform:rpm]" in system and "libpq [platform:rpm]" in system


def test_one_image_for_the_jobs_and_for_the_inventory():
    """The stores get the Python that found them, which has to be there in the jobs as well."""
    data = shipped.data()
    users = [*data["controller_templates"], *data["controller_inventory_sources"]]
    assert {one["execution_environment"] for one in users} == {
        one["name"] for one in data["controller_execution_environments"]
    }
