# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's options are those that the documentation names, and bad ones end it with one line."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.retailops.odoo_pos.plugins.modules import pos_session_release

OWN = {"session", "till", "give_back", "hand_over_to", "end_blockers_older_than", "min_idle_minutes", "wait_minutes"}


def test_every_option_is_documented_and_every_documented_option_exists():
    documented = yaml.safe_load(pos_session_release.DOCUMENTATION)["options"]
    assert set(documented) == OWN and set(pos_session_release.SPEC.options) >= OWN
    for name, option in documented.items():
        for key in ("type", "default", "required", "choices"):
            assert option.get(key) == pos_session_release.SPEC.options[name].get(key), (name, key)


@pytest.mark.parametrize("params, says", [
    ({}, "exactly one of session and till"),
    ({"session": "1", "end_blockers_older_than": 60}, "at least 300"),
    ({"session": "1", "wait_minutes": -1}, "must not be negative"),
    ({"session": "1", "odoo_url": "http://me:hush@odoo"}, "must not carry credentials"),
], ids=str)  # fmt: skip
def test_what_ends_it_at_once(capfd, params, says):
    with patch_module_args(params), pytest.raises(SystemExit) as caught:
        pos_session_release.main()
    told = json.loads(capfd.readouterr().out)
    assert caught.value.code == 1 and told["failed"] and says in told["msg"] and "\n" not in told["msg"]
    assert "hush" not in json.dumps(told) and not told.get("changed")
