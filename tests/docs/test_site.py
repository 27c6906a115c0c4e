# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antsibull-docs finds nothing wrong with the documentation, and the site of it builds with every page."""

from __future__ import annotations

import pytest

from . import shipped, site, tools


def test_antsibull_docs_finds_nothing(tree, tmp_path):
    told = tools.run(
        "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=all",
        "--disallow-unknown-collection-refs", ".", cwd=tree, home=tmp_path,
    )  # fmt: skip
    assert told.returncode == 0 and not told.stdout.strip(), told.stdout


@pytest.fixture(scope="module")
def built(tree, tmp_path_factory):
    """What Sphinx said, and the folder of pages."""
    return site.build(tree, tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("home"))


def test_the_site_builds_without_a_warning_of_ours(built):
    said, _pages = built
    assert not site.complaints(said)


def test_the_site_has_a_page_for_everything(built):
    _said, pages = built
    wanted = ["%s_module" % name for name in shipped.names("plugins/modules/*.py")]
    wanted += ["%s_filter" % name for name in shipped.names("plugins/filter/*.yml")]
    wanted += ["%s_inventory" % name for name in shipped.names("plugins/inventory/*.py")]
    wanted += ["%s_role" % name for name in shipped.roles()]
    wanted += ["docsite/" + name for name in shipped.names("docs/docsite/rst/*.rst")]
    missing = [name for name in wanted if not (pages / (name + ".html")).exists()]
    assert not missing, missing
    index = (pages / "index.html").read_text(encoding="utf-8")
    assert not [name for name in shipped.names("docs/docsite/rst/*.rst") if "docsite/%s.html" % name not in index]
