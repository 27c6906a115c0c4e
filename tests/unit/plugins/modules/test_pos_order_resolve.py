# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module's options are those that its documentation names, and bad ones end it with one line."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible.module_utils.testing import patch_module_args

from ansible_collections.retailops.odoo_pos.plugins.modules import pos_order_resolve

OWN = {"session", "till", "discard", "older_than_minutes", "settle", "detach_future", "remove_cancelled", "orders", "till_synced",
       "min_idle_minutes"}  # fmt: skip


def test_every_option_is_documented_and_every_documented_option_exists():
    documented = yaml.safe_load(pos_order_resolve.DOCUMENTATION)["options"]
    assert set(documented) == OWN and set(pos_order_resolve.SPEC.options) >= OWN
    for name, option in documented.items():
        known = pos_order_resolve.SPEC.options[name]
        assert {key: option.get(key) for key in ("type", "default", "choices", "elements")} == {
            key: known.get(key) for key in ("type", "default", "choices", "elements")
        }


@pytest.mark.parametrize("params, says", [
    ({}, "exactly one of session and till"),
    ({"session": "1", "discard": ["paid"]}, "discard"),
    ({"session": "1", "min_idle_minutes": -1}, "must not be negative"),
    ({"session": "1", "odoo_url": "http://me:hush@odoo"}, "must not carry credentials"),
    ({"session": "1", "login_unix_socket": "/no-such-folder"}, "/no-such-folder"),
], ids=str)  # fmt: skip
def test_what_ends_it_at_once(capfd, params, says):
    with patch_module_args(params), pytest.raises(SystemExit) as caught:
        pos_order_resolve.main()
    told = json.loads(capfd.readouterr().out)
    assert caught.value.code == 1 and told["failed"] and says in told["msg"] and "\n" not in told["msg"]
    assert "hush" not in json.dumps(told) and not told.get("changed")
