# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are put together, and how a module ends: secrets hidden in what is shown, data never masked."""

from __future__ import annotations

import json

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import (
    DATABASE,
    HIDDEN,
    ODOO,
    ArgumentSpec,
    run,
    run_here,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import NotFound, Refused

try:
    from ansible.module_utils.testing import patch_module_args
except ImportError:  # ansible-core before 2.17
    patch_module_args = None

EXTRA = ArgumentSpec({"word": {"type": "str"}}, {"mutually_exclusive": [["word", "login_db"]]})


def test_parts_are_put_together():
    spec = DATABASE + ODOO + EXTRA
    assert {"login_db", "odoo_url", "word"} <= set(spec.to_kwargs()["argument_spec"])
    assert spec.to_kwargs()["mutually_exclusive"] == [["word", "login_db"]]
    assert (spec + EXTRA).rules["mutually_exclusive"] == [["word", "login_db"]] * 2
    assert "word" not in DATABASE.options


def test_every_secret_is_marked_and_no_option_has_an_alias():
    options = {**DATABASE.options, **ODOO.options}
    assert {name for name, o in options.items() if o.get("no_log")} == {
        "login_password",
        "odoo_password",
        "odoo_api_key",
    }
    assert not any("aliases" in o for o in options.values())


def ended(capfd, work, **params):
    # as at -vvv, where the invocation is part of what a module prints (since ansible-core 2.21 not before)
    with patch_module_args({"_ansible_inject_invocation": True, **params}), pytest.raises(SystemExit) as caught:
        run(DATABASE + ODOO, work)
    return caught.value.code, json.loads(capfd.readouterr().out)


@pytest.mark.skipif(patch_module_args is None, reason="this ansible-core has no patch_module_args")
def test_data_that_contains_the_password_is_not_masked(capfd):
    code, told = ended(
        capfd,
        lambda _params, _check, _diff: {"changed": False, "till": "admin 2 of odoo"},
        odoo_password="admin",
        login_password="odoo",
    )
    assert code == 0 and told["till"] == "admin 2 of odoo"
    shown = told["invocation"]["module_args"]
    assert shown["odoo_password"] == shown["login_password"] == HIDDEN and shown["odoo_api_key"] is None


@pytest.mark.skipif(patch_module_args is None, reason="this ansible-core has no patch_module_args")
def test_an_error_is_one_sentence_with_what_is_known(capfd):
    def work(_params, _check, _diff):
        raise Refused("Not today.", refused=True, findings=[])

    code, told = ended(capfd, work, odoo_api_key="hush")
    assert code == 1 and told["failed"] and told["msg"] == "Not today." and told["refused"] is True
    assert "hush" not in json.dumps(told) and "exception" not in told


@pytest.mark.skipif(patch_module_args is None, reason="this ansible-core has no patch_module_args")
@pytest.mark.parametrize("option", [{"odoo_url": "http://me:hush@odoo"}, {"connect_params": {"password": "hush"}},
                                    {"login_db": "postgresql://me:hush@here/db"}], ids=str)  # fmt: skip
def test_credentials_in_the_wrong_place_are_not_shown_either(capfd, option):
    def work(_params, _check, _diff):
        raise Refused("No.")

    _code, told = ended(capfd, work, **option)
    assert "hush" not in json.dumps(told)


@pytest.mark.parametrize("given", [
    {"login_db": "nul\0"}, {"login_db": "\ud800"}, {"connect_params": {"options": ["\udfff"]}}, {"connect_params": {"\0": 1}},
    {"login_port": "9" * 40}, {"login_port": "Infinity"}, {"odoo_timeout": float("inf")},
], ids=ascii)  # fmt: skip
def test_what_nothing_can_take_is_refused_before_any_work(given):
    told = run_here(DATABASE + ODOO, lambda *_asked: pytest.fail("it was worked with"), given, False, False)
    assert told["failed"] and len(told["msg"].splitlines()) == 1 and told["msg"].isprintable()
    json.dumps(told)


def test_a_message_is_one_short_line_and_a_refusal_a_line_for_every_blocker():
    def work(params, _check, _diff):
        raise (Refused if params["odoo_user"] else NotFound)(params["login_db"])

    def said(**options):
        return run_here(DATABASE + ODOO, work, options, False, False)["msg"]

    assert said(login_db="one\ntwo\x1b[31m\u202e") == "one two[31m"
    assert said(login_db="one\ntwo", odoo_user="x") == "one\ntwo"
    assert len(said(login_db="x" * (1 << 20))) < 2000


def test_a_connection_that_can_be_read_on_the_way_is_warned_of():
    def warnings(check_mode=False, **options):
        told = run_here(DATABASE + ODOO, lambda *_asked: {"changed": False}, options, check_mode, False)
        return told.get("warnings", [])

    assert len(warnings(odoo_url="https://odoo", validate_certs=False)) == 1
    assert len(warnings(odoo_url="http://odoo")) == 1
    assert warnings(odoo_url="https://odoo") == warnings(odoo_url="http://odoo", check_mode=True) == []


@pytest.mark.skipif(patch_module_args is None, reason="this ansible-core has no patch_module_args")
def test_an_infinite_number_ends_a_module_in_one_sentence_too(capfd):
    code, told = ended(capfd, lambda *_asked: pytest.fail("it was worked with"), login_port="Infinity")
    assert code == 1 and told["failed"] and "infinite" in told["msg"]
