# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive holds what belongs, Galaxy's importer takes it, and its playbooks run where nothing else is."""

from __future__ import annotations

import json
import re
import tarfile

import pytest

from tests.lab import demo_store
from tests.lab.place import CannotBeHad
from tests.lab.postgres import Cluster

from . import shipped, tools

#: The first parts of the names that belong; the rest stays at home.
BELONGS = re.compile(
    r"(FILES\.json|MANIFEST\.json|README\.md|LICENSE|CHANGELOG\.md)$"
    r"|changelogs/(changelog\.yaml|config\.yaml|fragments/[\w-]+\.yml)$"
    r"|(docs|extensions/awx|meta|playbooks|plugins|roles)/"
)
#: What no file that is installed in a shop should name.
PRIVATE = re.compile(rb"/work/|/root/|/home/(?!ops)|simple/|BEGIN (RSA|OPENSSH) PRIVATE")
#: What README tells pipelines to set.
STRICT = dict(re.findall(r"`(ANSIBLE_\w+)=(\w+)`", (shipped.ROOT / "README.md").read_text(encoding="utf-8")))
IMPORTER = """[galaxy-importer]
CHECK_CHANGELOG = True
CHECK_REQUIRED_TAGS = True
RUN_ANSIBLE_DOC = True
# make lint runs it with the same profile
RUN_ANSIBLE_LINT = False
RUN_ANSIBLE_TEST = False
"""


def test_it_holds_only_what_belongs(archive):
    with tarfile.open(archive) as opened:
        files = {member.name: opened.extractfile(member).read() for member in opened.getmembers() if member.isfile()}
    wrong = [name for name in files if not BELONGS.match(name) or name.endswith((".pyc", ".orig", "~"))]
    assert not wrong, wrong
    assert not [name for name in files if re.search(r"(^|/)(\.|__pycache__|molecule|tests?/)", name)]
    assert not [name for name, text in files.items() if PRIVATE.search(text)]
    for path in (
        "meta/runtime.yml",
        "extensions/awx/configs/job_templates.yml",
        "roles/pos_monitor/files/pos-alerts.rules.yml",
    ):
        assert path in files
    # the files that pages lead to
    for page in shipped.PAGES:
        assert str(page.relative_to(shipped.ROOT)) in files


def test_galaxy_would_import_it(archive, tmp_path):
    (tmp_path / "importer.cfg").write_text(IMPORTER, encoding="utf-8")
    told = tools.run(
        "python", "-m", "galaxy_importer.main", archive,
        cwd=tmp_path, home=tmp_path, GALAXY_IMPORTER_CONFIG=str(tmp_path / "importer.cfg"),
    )  # fmt: skip
    assert told.returncode == 0 and "Importer processing completed successfully" in told.stdout, told.stdout[-2000:]
    assert not re.search(r"^(ERROR|CRITICAL)", told.stdout, re.MULTILINE), told.stdout[-2000:]


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    """An inventory of one store, restored from data, whose Odoo nobody reaches."""
    path = tmp_path_factory.mktemp("stores") / "stores.yml"
    try:
        with Cluster.temporary() as server:
            demo_store.restore(server, "demo_store")
            variables = {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                "odoo_pos_login_host": server.host,
                "odoo_pos_login_port": server.port,
                "odoo_pos_login_user": server.user,
                "odoo_pos_login_db": "{{ inventory_hostname }}",
                "odoo_pos_url": "http://127.0.0.1:9",
                "odoo_pos_user": "closer",
                "odoo_pos_password": "a long one",
            }
            path.write_text(json.dumps({"all": {"hosts": {"demo_store": None}, "vars": variables}}), encoding="utf-8")
            yield path
    except CannotBeHad as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("words", "shows"),
    (
        (["diagnose"], r"Store demo_store \(Odoo 19\.0\)"),
        (["close", "--check", "-e", "pos_session_close_on_refusal=report"], r"would close|would be closed"),
        (["monitor"], r"1 stores?: "),
        (["report", "-e", "pos_report_fail_on=never"], r"pos-report\.html"),
    ),
    ids=lambda given: given[0] if isinstance(given, list) else "",
)
def test_the_playbooks_run_from_there(newcomer, stores, tmp_path, words, shows):
    assert len(STRICT) == 3
    name, *more = words
    dest = ["-e", "pos_report_dest=%s" % tmp_path] if name == "report" else []
    told = tools.run(
        "ansible-playbook", "-i", stores, shipped.FQCN + name, *more, *dest, cwd=tmp_path, home=newcomer, **STRICT
    )
    assert told.returncode == 0, told.stdout
    assert re.search(shows, told.stdout), told.stdout
    assert "WARNING" not in told.stdout and "Traceback" not in told.stdout, told.stdout
