# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages say what the tree holds: every name, every variable, every command and every link."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import VARIABLES

from . import shipped

README = (shipped.ROOT / "README.md").read_text(encoding="utf-8")
CONTENT = README.split("## Included content")[1].split("## Tested with")[0]
ROLES = shipped.roles()
#: Variables of hosts that are no option of a task.
OF_HOSTS = {*VARIABLES.values(), "odoo_pos_trail"}
KNOWN = shipped.role_variables() | shipped.playbook_variables() | OF_HOSTS
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def of(page):
    return str(page.relative_to(shipped.ROOT))


@pytest.mark.parametrize(
    "pattern", ("plugins/modules/*.py", "plugins/filter/*.yml", "plugins/inventory/*.py", "playbooks/*.yml", "roles/*")
)
def test_the_readme_names_everything_that_is_shipped(pattern):
    there = shipped.names(pattern)
    assert there
    said = set(re.findall(r"`(?:retailops\.odoo_pos\.)?(\w+)`|\[(\w+)\]\(roles/", CONTENT))
    missing = there - {name for pair in said for name in pair}
    assert not missing, missing


def test_the_readme_names_nothing_else():
    there = {
        name
        for kind in ("plugins/modules/*.py", "plugins/filter/*.yml", "plugins/inventory/*.py", "playbooks/*.yml")
        for name in shipped.names(kind)
    }
    said = set(re.findall(r"`retailops\.odoo_pos\.(\w+)`|`([a-z]+_[a-z_]+)`", CONTENT))
    assert {name for pair in said for name in pair if name} <= there | set(ROLES)


def test_the_table_of_variables_is_complete():
    table = README.split("### Variables of a store")[1].split("What is not given")[0]
    assert set(re.findall(r"`(odoo_pos_\w+)`", table)) == OF_HOSTS


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_s_page_names_its_variables_with_their_defaults(role):
    page = (shipped.ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:-1] for line in page.splitlines() if re.match(r"\| `%s_" % role, line)]
    said = {}
    for first, *rest in rows:
        group = re.findall(r"`(\w+)`", first)
        # "`pos_x_show`, `_width`": the second is short for pos_x_width
        group = [role + name if name.startswith("_") else name for name in group]
        defaults = [text.strip().strip("`") for text in rest[0].split(", ")] if len(rest) > 1 else []
        said.update(zip(group, defaults if len(defaults) == len(group) else [None] * len(group)))
    named = set(said) | set(re.findall(r"`(%s_\w+)[`:]" % role, page))
    unknown = set(said) - set(ROLES[role])
    assert not unknown, unknown
    assert not set(ROLES[role]) - named, set(ROLES[role]) - named
    real = yaml.safe_load((shipped.ROOT / "roles" / role / "defaults/main.yml").read_text(encoding="utf-8"))
    for name, told in said.items():
        if told and re.fullmatch(r"true|false|\d+|fail|report|never|blocked|counted|opened", told):
            assert str(real[name]).lower() == told, (name, real[name], told)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_s_defaults_are_those_of_its_specification(role):
    defaults = yaml.safe_load((shipped.ROOT / "roles" / role / "defaults/main.yml").read_text(encoding="utf-8"))
    for name, option in ROLES[role].items():
        if "default" in option:
            assert defaults[name] == option["default"], name
    own = {name for name in defaults if not name.startswith("__")}
    assert own <= set(ROLES[role]), own - set(ROLES[role])


@pytest.mark.parametrize("page", shipped.PAGES, ids=of)
def test_commands_name_playbooks_and_variables_that_exist(page):
    for command in shipped.commands(page):
        for name in re.findall(r"ansible-playbook\b.*?\sretailops\.odoo_pos\.(\w+)", command):
            assert name in shipped.names("playbooks/*.yml"), command
        for name in re.findall(r"-e [\"']?\{?.*?\b((?:odoo_)?pos_\w+)[\"']?[=:]", command):
            assert name in KNOWN, (name, command)
        for name in re.findall(r"ansible-doc (?:-t \w+ )?retailops\.odoo_pos\.(\w+)", command):
            assert name in {path.stem for path in shipped.ROOT.glob("plugins/*/*")} | set(ROLES), command


@pytest.mark.parametrize("page", shipped.PAGES, ids=of)
def test_variables_that_are_named_exist(page):
    text = page.read_text(encoding="utf-8")
    prefixes = "|".join(sorted(ROLES, key=len, reverse=True))
    for name in re.findall(r"\b((?:%s)_[a-z_]+[a-z])\b" % prefixes, text):
        results = name.endswith(("_results", "_result", "_written", "_role"))
        assert results or name in KNOWN or name in shipped.names("plugins/modules/*.py"), name


@pytest.mark.parametrize("page", shipped.PAGES, ids=of)
def test_yaml_on_a_page_is_yaml(page):
    for text in shipped.blocks(page, "yaml"):
        assert yaml.safe_load(text) is not None, text


@pytest.mark.parametrize("page", [page for page in shipped.PAGES if page.suffix == ".md"], ids=of)
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert re.match(r"https?://", target) or (page.parent / target).exists(), target
