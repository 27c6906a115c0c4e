# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.docs.site``: build the documentation's site and say where its pages are."""

from __future__ import annotations

import pathlib
import re
import shutil
import sys
import tempfile

from tests.support.driver import place

from . import tools

NAME = "retailops.odoo_pos"
#: What Ansible's own documentation holds, which no build without a network can look up.
ELSEWHERE = re.compile(
    r"undefined label: '(action_plugins|common_return_values|ansible_configuration_settings|ansible_collections\.ansible\..*)'"
    r"|'envvar' reference target not found: ANSIBLE_"
)


class BuildError(Exception):
    """The site cannot be built; what the tool said."""


def build(tree, folder, home):
    """Build the site of the collection in ``tree`` below ``folder``; return what Sphinx said and the folder of pages."""
    collections = {"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    # antsibull-docs insists that nobody else can write to it
    folder.chmod(0o755)
    _tool(
        "antsibull-docs", "sphinx-init", "--use-current", "--squash-hierarchy", "--project", NAME, "--title", NAME,
        "--html-short-title", NAME, "--copyright", "RetailOps", "--dest-dir", folder, NAME,
        cwd=folder, home=home, **collections,
    )  # fmt: skip
    script, settings = folder / "build.sh", folder / "conf.py"
    script.write_text(script.read_text(encoding="utf-8").replace(" -W --keep-going", ""), encoding="utf-8")
    # No network is asked for the labels of other sites.
    text = settings.read_text(encoding="utf-8")
    text = re.sub(r"^intersphinx_mapping = \{.*?^\}", "", text, flags=re.MULTILINE | re.DOTALL)
    settings.write_text(text, encoding="utf-8")
    return _tool("bash", "build.sh", cwd=folder, home=home, **collections), folder / "build/html"


def _tool(*command, **options):
    told = tools.run(*command, **options)
    if told.returncode:
        raise BuildError(told.stdout)
    return told.stdout


def complaints(said):
    """The lines in which Sphinx found something wrong that we can put right."""
    found = [line for line in said.splitlines() if re.search(r"\b(WARNING|ERROR|SEVERE)\b", line)]
    return [line for line in found if not ELSEWHERE.search(line)]


def main():
    """Build it from the checkout; return the exit code."""
    target = place.BUILD / "site"
    with place.tree() as tree, tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch, "site")
        folder.mkdir()
        try:
            said, pages = build(tree, folder, scratch)
        except BuildError as error:
            print(error)
            return 1
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(pages, target)
    print(*complaints(said), sep="\n")
    print("The site is in %s." % target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
