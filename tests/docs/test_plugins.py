# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-doc shows is whole, and the tasks of its examples have options that there are."""

from __future__ import annotations

import re

import pytest
import yaml

from . import shipped

MODULES = sorted(shipped.names("plugins/modules/*.py"))
FILTERS = sorted(shipped.names("plugins/filter/*.yml"))
ROLE_OPTIONS = shipped.roles()


def tasks(found):
    """Every task and every role of an example, with what it is given."""
    for item in found if isinstance(found, list) else []:
        yield item
        for part in ("tasks", "pre_tasks", "block", "rescue", "always", "roles"):
            yield from tasks(item.get(part))


def check(item):
    """Raise AssertionError for a module, an option or a role's variable that there is not."""
    for key, given in item.items():
        if key.startswith(shipped.FQCN):
            name = key.removeprefix(shipped.FQCN)
            assert name in MODULES, key
            assert set(given or {}) <= shipped.module_options(name), (key, set(given) - shipped.module_options(name))
    role = item.get("role") or (item.get("ansible.builtin.include_role") or {}).get("name", "")
    if role.startswith(shipped.FQCN):
        role = role.removeprefix(shipped.FQCN)
        wrong = {
            name for name in item.get("vars", {}) if name.startswith(role + "_") and name not in ROLE_OPTIONS[role]
        }
        assert not wrong, wrong


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_examples_that_are_true(name):
    path = shipped.ROOT / "plugins/modules" / (name + ".py")
    found = list(tasks(shipped.documentation(path, "EXAMPLES")))
    assert any(shipped.FQCN + name in item for item in found)
    for item in found:
        check(item)
    returns = shipped.documentation(path, "RETURN")
    assert returns or name == "pos_show"


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_has_examples_and_says_what_it_returns(name):
    told = yaml.safe_load((shipped.ROOT / "plugins/filter" / (name + ".yml")).read_text(encoding="utf-8"))
    examples = told["EXAMPLES"]
    assert shipped.FQCN + name in examples and told["RETURN"]
    for item in tasks(yaml.safe_load(examples)):
        check(item)


@pytest.mark.parametrize("page", shipped.PAGES, ids=lambda page: str(page.relative_to(shipped.ROOT)))
def test_plays_on_a_page_are_true(page):
    for text in shipped.blocks(page, "yaml"):
        if "hosts:" in text or shipped.FQCN in text:
            for item in tasks(yaml.safe_load(text)):
                check(item)


def test_the_groups_of_actions_hold_every_module_that_connects():
    groups = yaml.safe_load((shipped.ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    for group, option in (("pos", "login_host"), ("pos_odoo", "odoo_url")):
        connect = {name for name in MODULES if {option, "login_host"} <= shipped.module_options(name)}
        assert connect <= set(groups[group]), connect - set(groups[group])


def test_no_page_names_a_place_that_is_not_public():
    for page in [*shipped.PAGES, *(shipped.ROOT / "plugins").rglob("*.py"), *(shipped.ROOT / "roles").rglob("*.yml")]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"/work/|/root/|\bTODO\b|\bFIXME\b", text), page
