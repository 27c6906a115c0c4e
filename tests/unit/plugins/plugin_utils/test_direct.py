# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the work is done and with which connection: options of the task, then variables; the controller for what is local."""

from __future__ import annotations

import time
import types

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database, progress
from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import DATABASE, ODOO, ArgumentSpec
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import direct
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import CONTROLLER, HOST, PosAction, variable_of
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_variables import HostVariables


def action(args=None, transport="local", become=None, spec=None):
    made = PosAction.__new__(PosAction)
    made.spec = spec or DATABASE
    made._task = types.SimpleNamespace(args=args or {}, environment=[])
    made._connection = types.SimpleNamespace(transport=transport, become=become)
    made._templar = types.SimpleNamespace(
        template=lambda value: value.replace("{{ x }}", "y") if isinstance(value, str) else value
    )
    return made


def test_the_names_of_the_variables():
    assert variable_of("login_host") == "odoo_pos_login_host" and variable_of("odoo_url") == "odoo_pos_url"
    assert {"odoo_pos_ssl_mode", "odoo_pos_api_key", "odoo_pos_validate_certs"} <= set(direct.VARIABLES.values())


def test_the_task_wins_and_an_empty_variable_is_none():
    made = action({"login_host": "task", "login_port": None})
    found = made.options(
        {"odoo_pos_login_host": "variable", "odoo_pos_login_port": 5433, "odoo_pos_login_db": "{{ x }}",
         "odoo_pos_login_user": "", "odoo_pos_ssl_mode": None, "odoo_pos_url": "not of this module"}
    )  # fmt: skip
    assert found == {"login_host": "task", "login_port": 5433, "login_db": "y"}
    assert action(spec=DATABASE + ODOO).options({"odoo_pos_url": "u"}) == {"odoo_url": "u"}


def test_a_variable_that_says_it_is_not_given_is_none():
    variables = {
        "odoo_pos_login_host": trust_as_template("{{ nowhere | default(omit) }}"),
        "odoo_pos_login_db": trust_as_template("{{ 'store' ~ '_1' }}"),
    }
    made = action()
    made._templar = Templar(loader=DataLoader(), variables=variables)
    assert made.options(variables) == {"login_db": "store_1"}
    # and in a scan
    scan = HostVariables.__new__(HostVariables)
    scan._templar = made._templar
    assert scan._evaluated(variables) == {"login_db": "store_1"}


def test_what_takes_long_is_told_now_and_then_and_nothing_else(monkeypatch):
    said = []
    monkeypatch.setattr(direct.Display, "display", lambda _self, text, **options: said.append((text, options)))
    with direct.telling("store_a", every=0.01):
        time.sleep(0.05)
        assert said == []
        with progress.doing("Odoo is closing session \x1b[31mPOS/1"):
            time.sleep(0.1)
    assert said and all(
        one == ("[store_a] Odoo is closing session [31mPOS/1: 0 s so far.", {"stderr": True}) for one in said
    )
    told = len(said)
    time.sleep(0.05)
    assert len(said) == told and progress.what() is None


@pytest.mark.parametrize(
    ("place", "options"),
    [
        (CONTROLLER, {}),
        (HOST, {"transport": "ssh"}),
        (HOST, {"become": object()}),
    ],
)
def test_where_the_work_is_done(monkeypatch, place, options):
    monkeypatch.setattr(database, "PSYCOPG2_ERROR", None)
    made = action(**options)
    assert made.place({}) == made.place({"run_on": "auto"}) == place
    assert made.place({"run_on": "host"}) == HOST and made.place({"run_on": "controller"}) == CONTROLLER


def test_without_psycopg2_the_host_does_it_where_a_database_is_read(monkeypatch):
    monkeypatch.setattr(database, "PSYCOPG2_ERROR", "no")
    assert action().place({}) == HOST
    assert action(spec=ArgumentSpec({"path": {"type": "path"}})).place({}) == CONTROLLER


def test_the_environment_of_the_task_is_that_of_its_process(monkeypatch):
    monkeypatch.delenv("POS_TEST_A", raising=False)
    made = action()
    made._task.environment = [{"POS_TEST_A": 1}, None]
    made._templar = types.SimpleNamespace(template=lambda value: value)
    direct.take_environment(made)
    assert direct.os.environ["POS_TEST_A"] == "1"
    # the next item of the loop: it is not the last one's, and what stood there before is there again
    monkeypatch.setenv("POS_TEST_B", "mine")
    made._task.environment = [{"POS_TEST_B": "theirs"}]
    direct.take_environment(made)
    assert "POS_TEST_A" not in direct.os.environ and direct.os.environ["POS_TEST_B"] == "theirs"
    made._task.environment = None
    direct.take_environment(made)
    assert direct.os.environ["POS_TEST_B"] == "mine"


@pytest.mark.parametrize("strategy", ["free", "ansible.builtin.free", "ansible.builtin.host_pinned"])
def test_what_is_for_all_hosts_runs_once(strategy):
    made = action()
    made._task.run_once, made._task.get_play = False, lambda: types.SimpleNamespace(strategy="linear")
    with pytest.raises(AnsibleActionFail, match="Set run_once: true on this task: it reads by itself"):
        direct.require_once(made, ["a", "b"], "reads")
    made._task.run_once = True
    direct.require_once(made, ["a", "b"], "reads")
    made._task.get_play = lambda: types.SimpleNamespace(strategy=strategy)
    with pytest.raises(AnsibleActionFail, match="Set strategy: linear on this play"):
        direct.require_once(made, ["a", "b"], "reads")
    direct.require_once(made, ["a"], "reads")
