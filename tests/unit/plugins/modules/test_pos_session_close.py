# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's options are those that design and documentation name, and bad ones end it with one line."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.retailops.odoo_pos.plugins.modules import pos_session_close

OWN = {"session", "till", "counted_cash", "cash_policy", "max_cash_difference", "bank_counted", "balancing_account",
       "max_imbalance", "min_idle_minutes", "approved_plan", "note"}  # fmt: skip


def test_every_option_is_documented_and_every_documented_option_exists():
    documented = yaml.safe_load(pos_session_close.DOCUMENTATION)["options"]
    assert set(documented) == OWN and set(pos_session_close.SPEC.options) >= OWN
    for name, option in documented.items():
        assert option["type"] == pos_session_close.SPEC.options[name]["type"]
        assert option.get("default") == pos_session_close.SPEC.options[name].get("default")


@pytest.mark.parametrize("params, says", [
    ({}, "exactly one of session and till"),
    ({"session": "1", "till": "2"}, "exactly one of session and till"),
    ({"session": "1", "counted_cash": "1", "cash_policy": "assume_expected"}, "contradict"),
    ({"session": "1", "cash_policy": "whatever"}, "cash_policy"),
    ({"session": "1", "odoo_url": "http://me:hush@odoo"}, "must not carry credentials"),
    ({"session": "1", "connect_params": {"password": "hush"}}, "connect_params"),
    ({"session": "1", "login_unix_socket": "/no-such-folder"}, "/no-such-folder"),
], ids=str)  # fmt: skip
def test_what_ends_it_at_once(capfd, params, says):
    with patch_module_args(params), pytest.raises(SystemExit) as caught:
        pos_session_close.main()
    told = json.loads(capfd.readouterr().out)
    assert caught.value.code == 1 and told["failed"] and says in told["msg"] and "\n" not in told["msg"]
    assert "hush" not in json.dumps(told) and not told.get("changed")
