# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pos_accounting and pos_payment_methods on a real Odoo: check mode, a first run, a second run; and a right that is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from .closing_store import arguments, differences, shop_of
from .shop import NUMBERS

from ansible_collections.retailops.odoo_pos.plugins.module_utils import till_config  # isort: skip

LOSS, PROFIT, RECEIVABLE = "642000", "442000", "101300"
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.include_role:
        name: retailops.odoo_pos.{{ role }}
        apply: {check_mode: true}
    - ansible.builtin.set_fact: {planned: "{{ lookup('ansible.builtin.vars', role ~ '_results') }}"}
    - ansible.builtin.include_role: {name: "retailops.odoo_pos.{{ role }}"}
    - ansible.builtin.set_fact: {first: "{{ lookup('ansible.builtin.vars', role ~ '_results') }}"}
    - ansible.builtin.include_role: {name: "retailops.odoo_pos.{{ role }}"}
    - ansible.builtin.copy:
        content: "{{ {'planned': planned, 'first': first, 'second': lookup('ansible.builtin.vars', role ~ '_results')} | to_json }}"
        dest: "{{ result }}"
        mode: "0600"
"""


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


def play(store, folder, role, **variables):
    """What the role left behind after check mode, a first and a second run."""
    connection = {"odoo_pos_" + name: value for name, value in store.pg.items()}
    connection |= {"odoo_pos_" + name[len("odoo_") :]: value for name, value in store.password.items()}
    values = {**connection, "ansible_connection": "local", "ansible_python_interpreter": sys.executable, "role": role,
              "result": str(folder / "result.json"), role + "_on_refusal": "report", **variables}  # fmt: skip
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    (folder / "play.yml").write_text(PLAY, encoding="utf-8")
    command = [
        os.path.join(os.path.dirname(sys.executable), "ansible-playbook"),
        "-i",
        "store,",
        "-e",
        "@values.json",
        "play.yml",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return json.loads((folder / "result.json").read_text(encoding="utf-8")), done.stdout


def outcomes(results):
    return sorted({result["outcome"] for result in results})


def test_the_accounts_of_an_open_till(store, tmp_path):
    till = store.traded("role_accounts", **store.shop().authorised(50))
    till.shop.sql(
        "UPDATE account_journal SET loss_account_id = NULL, profit_account_id = NULL WHERE id = :'id'::int",
        id=till.drawer,
    )
    till.shop.sql("UPDATE pos_config SET journal_id = NULL WHERE id = :'id'::int", id=till.id)
    till.set_count(120)
    accounts = {"loss": LOSS, "profit": PROFIT, "sales_journal": "POSS"}
    told, screen = play(
        store, tmp_path, "pos_accounting", pos_accounting_till=till.name, pos_accounting_accounts=accounts
    )
    assert outcomes(told["planned"]) == ["would_set"]
    assert outcomes(told["first"]) == ["set"] and all(result["proof_held"] for result in told["first"])
    assert told["second"] == []
    assert "nothing is wrong with its settings" in screen and "skipped=0" in screen and "changed=" in screen
    closed = store.close(till.session, counted_cash="120.00")
    assert all(check["held"] for check in closed["proof"])
    assert store.booked_difference(till) == -10


def test_a_method_before_its_till_opens_and_while_it_is_open(store, tmp_path):
    shop = store.shop()
    number = next(NUMBERS)
    account = shop.account("Receivable %d" % number, "12170%d" % number, "asset_receivable", reconcile=True)
    code = shop.odoo.read("account.account", account, "code")["code"]
    till = shop.till("role_methods")
    wish = [{"till": till.name, "method": str(till.card), "receivable": code}]
    named = {
        "pos_payment_methods_till": till.name,
        "pos_payment_methods_methods": wish,
        "pos_payment_methods_replace": True,
    }
    told, _screen = play(store, tmp_path, "pos_payment_methods", **named)
    assert [outcomes(told[run]) for run in ("planned", "first", "second")] == [["would_set"], ["set"], ["unchanged"]]
    row = store.one("SELECT receivable_account_id AS id FROM pos_payment_method WHERE id = %(id)s", id=till.card)
    assert row["id"] == account
    till.open()
    wish[0]["receivable"] = RECEIVABLE
    told, _screen = play(store, tmp_path, "pos_payment_methods", **named)
    assert [outcomes(told[run]) for run in ("planned", "first", "second")] == [["refused"]] * 3
    assert "cannot be changed while sessions are open" in told["first"][0]["message"]


def test_a_missing_right_is_named_and_nothing_is_changed(store):
    till = store.traded("role_rights")
    till.shop.sql("UPDATE account_journal SET loss_account_id = NULL WHERE id = :'id'::int", id=till.drawer)
    odoo = store.shop().odoo
    login = "cashier-%d" % next(NUMBERS)
    group = "group_ids" if store.series >= 19 else "groups_id"
    odoo.create("res.users", {"name": "Cashier", "login": login, "email": "cashier@example.com", "password": login,
                              group: [(6, 0, [odoo.ref("base.group_user"), odoo.ref("point_of_sale.group_pos_user")])]})  # fmt: skip
    before = store.everything()
    options = {
        **store.pg,
        **store.password,
        "odoo_user": login,
        "odoo_password": login,
        "till": str(till.id),
        "loss_account": LOSS,
    }
    told = arguments.run_here(till_config.SPEC, till_config.configure_till, options, False, False)
    assert told["failed"] and told["refused"] and "account.group_account_manager" in told["msg"], told
    assert differences(before, store.everything()) == []


def test_two_stores_are_noticed_and_the_write_is_taken_back(store):
    """Odoo works on the store, PostgreSQL is read from a copy of it: names and ids are the same in both."""
    till = store.traded("role_copies")
    till.shop.sql("UPDATE account_journal SET loss_account_id = NULL WHERE id = :'id'::int", id=till.drawer)
    copy = "copy_%d" % os.getpid()
    store.lab.pg.drop(copy)
    store.lab.pg.clone(store.database, copy)
    try:
        odoo = till_config.transport(
            {**store.password, "odoo_timeout": 60, "validate_certs": True}, store.database, store.series
        )
        till_config.transport, kept = (lambda *_args: odoo), till_config.transport
        try:
            options = {**store.pg, "login_db": copy, **store.password, "till": str(till.id), "loss_account": LOSS}
            told = arguments.run_here(till_config.SPEC, till_config.configure_till, options, False, False)
        finally:
            till_config.transport = kept
    finally:
        store.lab.pg.drop(copy)
    assert told["failed"] and "they are two stores" in told["msg"], told
    row = store.one("SELECT loss_account_id AS id FROM account_journal WHERE id = %(id)s", id=till.drawer)
    assert row["id"] is None
