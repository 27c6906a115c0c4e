# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module itself: its options, its one result, and that it ends with one sentence."""

from __future__ import annotations

import json

import pytest
import yaml

from ansible_collections.retailops.odoo_pos.plugins.doc_fragments.database import ModuleDocFragment
from ansible_collections.retailops.odoo_pos.plugins.module_utils import arguments, read_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import PosError, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Reading
from ansible_collections.retailops.odoo_pos.plugins.modules import pos_session_facts as module

from ..module_utils.made import session, store

GIVEN = {"session": None, "till": None, "states": ["opened"], "closed_days": 7}


def test_it_returns_the_facts_and_nothing_else(monkeypatch):
    asked = []

    def read_store(options, selection):
        asked.append(selection)
        return Reading(store(17, session()), ["opening"], 41)

    monkeypatch.setattr(read_facts, "read_store", read_store)
    result = read_facts.read_facts({**GIVEN, "till": "Till 7"}, False, False)
    assert set(result) == {"changed", "ansible_facts"} and result["changed"] is False
    assert list(result["ansible_facts"]) == ["pos_store"]
    assert result["ansible_facts"]["pos_store"]["read_ms"] == 41
    assert asked[0].till == "Till 7" and asked[0].states == ("opened",)


def test_every_option_is_documented_and_every_documented_option_is_there():
    documented = yaml.safe_load(module.DOCUMENTATION)["options"]
    shared = yaml.safe_load(ModuleDocFragment.DOCUMENTATION)["options"]
    assert set(module.SPEC.options) == {*documented, *shared}
    for name, option in {**documented, **shared}.items():
        real = module.SPEC.options[name]
        assert real.get("type") == option["type"], name
        assert real.get("default") == option.get("default"), name
        assert not real.get("aliases"), name
    assert module.SPEC.options["login_password"]["no_log"] is True


class Ended(Exception):
    """Stands in for the end of the process."""


class FakeModule:
    """What AnsibleModule does at the end of a module."""

    def __init__(self, **options):
        assert options["supports_check_mode"] is True
        self.params = {
            **dict.fromkeys(module.SPEC.options),
            **GIVEN,
            "login_password": "Xk9-s3cret",
            "login_user": "admin",
        }
        self.no_log_values = {"Xk9-s3cret"}
        self.check_mode = self._diff = False

    def _end(self, **result):
        self.result = result
        raise Ended(json.dumps(result))

    exit_json = fail_json = _end


@pytest.mark.parametrize("error", [PosError("One sentence."), Unreachable("Cannot connect.")])
def test_a_refusal_ends_with_one_sentence(monkeypatch, error):
    def read_store(options, selection):
        raise error

    monkeypatch.setattr(read_facts, "read_store", read_store)
    monkeypatch.setattr(arguments, "AnsibleModule", FakeModule)
    with pytest.raises(Ended) as ended:
        module.main()
    result = json.loads(str(ended.value))
    assert result["msg"] == error.message
    assert result.get("reachable", True) is not isinstance(error, Unreachable)
    assert "Xk9-s3cret" not in str(ended.value)
    assert result["invocation"]["module_args"]["login_user"] == "admin"
