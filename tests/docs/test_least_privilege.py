# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rights in docs/least-privilege.md are enough for every module in check mode, and name every table that is asked for."""

from __future__ import annotations

import contextlib
import importlib
import os
import pathlib
import re

import psycopg2
import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import schema
from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run_here
from tests.lab import demo_store
from tests.lab.place import CannotBeHad
from tests.lab.postgres import Cluster

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs/least-privilege.md").read_text(encoding="utf-8")
BLOCK = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)[1]
UTILS = "ansible_collections.retailops.odoo_pos.plugins.module_utils."
REFUSED_BY_POSTGRESQL = re.compile(r"may not (read|write)|permission denied")
# Whose tables the database has anyway, and what a statement names itself.
NOT_ODOO = re.compile(r"pg_.*|unnest|jsonb_each_text|json_to_recordset|clock_timestamp|public")
#: A module's work: module of module_utils, function, and what it is asked for beside the connection and the session.
SESSION_WORKS = (
    ("cash_info", "cash_info", {}),
    ("close_session", "close_session", {"counted_cash": "1.00", "max_cash_difference": "9999", "min_idle_minutes": 0}),
    ("count_cash", "count_cash", {"counted_cash": "1.00"}),
    ("move_cash", "move_cash", {"direction": "in", "amount": "1.00", "reference": "R1", "reason": "Change"}),
    ("resolve_orders", "resolve_orders", {"discard": ["empty", "unpaid"], "settle": True, "min_idle_minutes": 0}),
    ("release_session", "release_session", {"give_back": True, "min_idle_minutes": 0}),
    ("release_session", "release_session", {"hand_over_to": "admin", "min_idle_minutes": 0}),
    ("reset_session", "reset_session", {"state": "opened", "allow_sql": True}),
)
ODOO = {"odoo_url": "http://127.0.0.1:9", "odoo_user": "closer", "odoo_password": "a long one"}
#: A store of each series that this machine has: the demonstration's, which is committed, and slices of real ones.
STORES = ["demo", *("odoo-%d" % series for series in (15, 17, 19))]


@pytest.fixture(scope="module")
def server():
    try:
        with Cluster.temporary() as cluster:
            yield cluster
    except CannotBeHad as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module", params=STORES)
def store(request, server):
    """A database with the documented role in it; yields how to connect."""
    if request.param == "demo":
        demo_store.restore(server, "demo")
    else:
        slice_ = pathlib.Path(os.environ["POS_STORES_DIR"], request.param + ".sql.gz")
        if not slice_.exists():
            pytest.skip("no slice %s" % slice_.name)
        server.restore(request.param, slice_)
    server.psql(request.param, BLOCK)
    server.psql(request.param, BLOCK)
    return {"login_host": server.host, "login_port": server.port, "login_db": request.param}


def asked(store, module, function, **options):
    """What the work answers the reader in check mode."""
    found = importlib.import_module(UTILS + module)
    args = {**store, **options, "login_user": "pos_reader", **(ODOO if "odoo_url" in found.SPEC.options else {})}
    return run_here(found.SPEC, getattr(found, function), args, True, True)


def test_the_reader_may_read_and_plan_all_that_there_is(store):
    facts = asked(store, "read_facts", "read_facts")["ansible_facts"]["pos_store"]
    # Which statements a module needs depends on these.
    kinds = {(s["state"], s["verdict"], bool(s["pending_orders"])): s for s in facts["sessions"]}
    assert len(kinds) > 4
    done = {function: 0 for _module, function, _options in SESSION_WORKS}
    for session in kinds.values():
        for module, function, options in SESSION_WORKS:
            more = {"confirm": session["name"]} if module == "reset_session" else {}
            told = asked(store, module, function, session=str(session["id"]), **options, **more)
            assert not REFUSED_BY_POSTGRESQL.search(told.get("msg", "")), (function, told["msg"])
            done[function] += not told.get("failed")
    # Each got to its end at least once: what fails early has not asked for everything.
    assert all(done.values()), done
    for till in facts["tills"][:3]:
        told = asked(
            store, "till_config", "configure_till", till=str(till["id"]), loss_account="nothing", taxes=["nothing"]
        )
        assert "does not exist" in told["msg"], told["msg"]


@pytest.mark.parametrize(
    "forbidden",
    (
        "SELECT password FROM res_users",
        "SELECT * FROM account_journal_user",
        "DELETE FROM pos_order",
        "UPDATE pos_session SET state = 'closed'",
    ),
)
def test_the_reader_writes_nothing_and_reads_no_secret(store, server, forbidden):
    server.psql(store["login_db"], "CREATE TABLE IF NOT EXISTS account_journal_user (id int)")
    with contextlib.closing(
        psycopg2.connect(host=server.host, port=server.port, dbname=store["login_db"], user="pos_reader")
    ) as connection:
        connection.set_session(readonly=False)
        with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(forbidden)


def test_every_table_of_every_statement_is_granted():
    granted = set(re.findall(r"'(\w+)'", BLOCK.split("c.relname IN (", 1)[1].split("GROUP BY")[0]))
    asked_for, own = set(), set()
    for path in sorted((ROOT / "plugins/module_utils").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        asked_for |= set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_][a-z0-9_]*)\b", text))
        own |= set(re.findall(r"\b(\w+)\s+AS\s+(?:MATERIALIZED\s+)?\(", text))
    asked_for = {name for name in asked_for - own if not NOT_ODOO.fullmatch(name)}
    assert len(asked_for) > 20
    assert asked_for <= granted | set(schema.TABLES), sorted(asked_for - granted)
    assert set(schema.TABLES) <= granted
    assert granted <= asked_for | set(schema.TABLES), sorted(granted - asked_for)
