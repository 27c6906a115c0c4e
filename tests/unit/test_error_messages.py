# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of error messages names every message that the log's reader knows, with the cause it would give."""

from __future__ import annotations

import pathlib
import re

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE
from ansible_collections.retailops.odoo_pos.plugins.module_utils.log_causes import CAUSES

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs/docsite/rst/error_messages.rst"
#: A message as the term of a definition, with all that is said below it.
ENTRY = re.compile(r"^``(.+)``\n((?:   .*\n|\n)+)", re.MULTILINE)
GUIDE = (
    "There are still pending orders",
    "The closing balance does not match",
    "This session is still being used by another user",
    "Some payments have not been processed",
)

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the tree under test has no documentation")


def entries():
    return ENTRY.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.text.pattern[:40])
def test_every_known_message_is_on_the_page_with_its_finding(cause):
    places = [(term, said) for term, said in entries() if cause.text.search(term + " " + said)]
    assert places, cause.text.pattern
    if cause.code is not None and cause.id not in ("C44", "C46", "C15", "C16"):
        assert any("``%s``" % cause.code in said for _term, said in places), (cause, places)


def test_what_the_guide_quotes_is_there():
    terms = [term for term, _said in entries()]
    assert len(terms) > 40 and len(terms) == len(set(terms))
    assert set(GUIDE) <= set(terms)


def test_findings_playbooks_and_options_on_the_page_exist():
    text = PAGE.read_text(encoding="utf-8")
    for said in re.findall(r"Finding: (.+)\.$", text, re.MULTILINE):
        assert all(code in CATALOGUE for code in re.findall(r"``(\w+\.\w+)``", said)), said
    for name in re.findall(r"ansible-playbook retailops\.odoo_pos\.(\w+)", text):
        assert (ROOT / "playbooks" / (name + ".yml")).exists(), name
    specs = "".join(path.read_text() for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"))
    for name in re.findall(r"\b(pos_[a-z_]+)=|\"(pos_[a-z_]+)\":", text):
        name = name[0] or name[1]
        assert name == "pos_hosts" or "      %s:\n" % name in specs, name
