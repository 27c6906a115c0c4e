# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antsibull-docs finds nothing wrong with the documentation, and the site of it builds with every page."""

from __future__ import annotations

import re

import pytest

from . import shipped, tools

#: What Ansible's own documentation holds, which no build without a network can look up.
ELSEWHERE = re.compile(
    r"undefined label: '(action_plugins|common_return_values|ansible_configuration_settings|ansible_collections\.ansible\..*)'"
    r"|'envvar' reference target not found: ANSIBLE_"
)


def test_antsibull_docs_finds_nothing(tree, tmp_path):
    told = tools.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all",
        "--disallow-unknown-collection-refs", ".", cwd=tree, home=tmp_path,
    )  # fmt: skip
    assert told.returncode == 0 and not told.stdout.strip(), told.stdout


@pytest.fixture(scope="module")
def site(tree, tmp_path_factory):
    """The built site: what Sphinx said, and the folder of pages."""
    folder, home = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("home")
    # antsibull-docs insists that nobody else can write to it
    folder.chmod(0o755)
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    told = tools.run(
        "antsibull-docs", "sphinx-init", "--use-current", "--squash-hierarchy", "--dest-dir", folder,
        "retailops.odoo_pos", cwd=folder, home=home, **collections,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout
    script, settings = folder / "build.sh", folder / "conf.py"
    script.write_text(script.read_text(encoding="utf-8").replace(" -W --keep-going", ""), encoding="utf-8")
    # No network is asked for the labels of other sites.
    text = re.sub(
        r"^intersphinx_mapping = \{.*?^\}", "", settings.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    settings.write_text(text, encoding="utf-8")
    told = tools.run("bash", "build.sh", cwd=folder, home=home, **collections)
    assert told.returncode == 0, told.stdout
    return told.stdout, folder / "build/html"


def test_the_site_builds_without_a_warning_of_ours(site):
    said, _pages = site
    warnings = [line for line in said.splitlines() if re.search(r"\b(WARNING|ERROR|SEVERE)\b", line)]
    assert not [line for line in warnings if not ELSEWHERE.search(line)]


def test_the_site_has_a_page_for_everything(site):
    _said, pages = site
    wanted = ["%s_module" % name for name in shipped.names("plugins/modules/*.py")]
    wanted += ["%s_filter" % name for name in shipped.names("plugins/filter/*.yml")]
    wanted += ["%s_inventory" % name for name in shipped.names("plugins/inventory/*.py")]
    wanted += ["%s_role" % name for name in shipped.roles()]
    wanted += ["docsite/" + name for name in shipped.names("docs/docsite/rst/*.rst")]
    missing = [name for name in wanted if not (pages / (name + ".html")).exists()]
    assert not missing, missing
    index = (pages / "index.html").read_text(encoding="utf-8")
    assert not [name for name in shipped.names("docs/docsite/rst/*.rst") if "docsite/%s.html" % name not in index]
