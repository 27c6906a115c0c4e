# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a real PostgreSQL: eight statements, read only, least rights, deadlines, a standby, nothing written."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

import psycopg2
import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.database import snapshot
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection, read_store
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import TABLES
from tests.lab.postgres import Cluster

MOST_STATEMENTS = 8


def facts_of(options, **selection):
    reading = read_store(options, Selection(**selection))
    return store_facts(reading.store)


def steady(facts):
    """The facts without what changes while one looks: times, and the messages that speak of them."""
    passing = ("read_at", "read_ms", "hours_open", "idle_minutes")
    if isinstance(facts, dict):
        timed = str(facts.get("code", "")) in ("session.stale", "session.in_use") or "platform." in str(
            facts.get("code")
        )
        return {
            name: steady(value)
            for name, value in facts.items()
            if name not in passing and not (timed and name != "code")
        }
    return [steady(value) for value in facts] if isinstance(facts, list) else facts


def statements(cluster, database):
    """What the server logged for connections to ``database`` by this collection: (process, text)."""
    log = (cluster.folder / "server.log").read_text(encoding="utf-8", errors="replace")
    found = re.findall(r"^%s\|(\d+)\|LOG:  statement: (.*)$" % database, log, re.MULTILINE)
    return list(found)


def dump(cluster, database):
    """The rows of the point-of-sale and accounting tables, as pg_dump writes them."""
    words = [
        os.path.join(cluster.bin, "pg_dump"),
        "--data-only",
        "--no-sync",
        "-t",
        "pos_*",
        "-t",
        "account_*",
        "-d",
        database,
    ]
    done = subprocess.run(words, capture_output=True, check=True, env={**os.environ, **cluster.environment()})
    # newer releases put a random word into the dump
    return b"\n".join(
        line for line in done.stdout.splitlines() if not line.startswith((b"\\restrict", b"\\unrestrict"))
    )


def test_eight_statements_at_most_in_one_read_only_transaction(cluster, store, options):
    before = len(statements(cluster, store))
    reading = read_store(options(store), Selection(closed_days=10000))
    sent = statements(cluster, store)[before:]
    assert len({process for process, _text in sent}) == 1
    texts = [text for _process, text in sent]
    begin = [text for text in texts if text.startswith("BEGIN")]
    assert len(begin) == 1 and "READ ONLY" in begin[0] and "REPEATABLE READ" in begin[0]
    named = [text for text in texts if text.startswith("/* retailops.odoo_pos")]
    assert len(named) == len(reading.statements) <= MOST_STATEMENTS
    assert len(texts) - len(begin) - len([t for t in texts if t == "ROLLBACK"]) <= MOST_STATEMENTS
    assert len(reading.store.sessions) >= 16


def test_that_connection_cannot_write(store, options):
    for text in ("UPDATE pos_session SET state = state", "CREATE TABLE x ()", "SELECT nextval('pos_session_id_seq')"):
        with snapshot(options(store)) as reader, pytest.raises(Unreachable, match="read-only transaction"):
            reader.rows("write", text)


def test_select_on_the_tables_it_names_is_all_it_needs(cluster, store, options):
    tables = [row["relname"] for row in cluster.rows(store, "SELECT relname FROM pg_class WHERE relkind = 'r'")]
    grants = "".join("GRANT SELECT ON public.%s TO pos_least;" % table for table in TABLES if table in tables)
    role = "SELECT 1 FROM pg_roles WHERE rolname = 'pos_least'"
    if not cluster.rows("postgres", role):
        cluster.psql("postgres", "CREATE ROLE pos_least LOGIN; CREATE ROLE pos_nothing LOGIN")
    cluster.psql(store, grants)
    least, all_rights = facts_of(options(store, login_user="pos_least")), facts_of(options(store))
    assert steady(least) == steady(all_rights)
    with pytest.raises(Unreachable, match=r"permission denied for table \w+.*grant it SELECT"):
        facts_of(options(store, login_user="pos_nothing"))


def test_a_role_can_be_taken_and_one_that_cannot_is_named(cluster, store_19, options):
    cluster.psql("postgres", "DROP ROLE IF EXISTS pos_group; CREATE ROLE pos_group")
    with pytest.raises(Unreachable, match="permission denied for table"):
        facts_of(options(store_19, session_role="pos_group"))
    with pytest.raises(BadInput, match="^session_role cannot be taken .*no_such_role"):
        facts_of(options(store_19, session_role="no_such_role"))
    cluster.psql("postgres", "DROP ROLE IF EXISTS pos_other; CREATE ROLE pos_other LOGIN")
    with pytest.raises(BadInput, match="^session_role cannot be taken .*permission denied"):
        facts_of(options(store_19, login_user="pos_other", session_role="pos_group"))
    assert facts_of(options(store_19, session_role="postgres"))["summary"]["sessions"] >= 16


def test_a_locked_table_is_one_clear_sentence_within_the_deadline(store_19, options):
    holder = psycopg2.connect(
        host=options("x")["login_host"], port=options("x")["login_port"], user="postgres", dbname=store_19
    )
    try:
        holder.cursor().execute("LOCK TABLE pos_order IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        with pytest.raises(Unreachable, match="waited longer than lock_timeout .*try again, or find who holds it"):
            facts_of(options(store_19, lock_timeout=1))
        assert 0.9 < time.monotonic() - started < 4
        started = time.monotonic()
        with pytest.raises(Unreachable, match="took longer than statement_timeout"):
            facts_of(options(store_19, lock_timeout=20, statement_timeout=1))
        assert 0.9 < time.monotonic() - started < 4
    finally:
        holder.close()


def test_who_waits_for_whom_is_seen(copy, options):
    where = {"host": options("x")["login_host"], "port": options("x")["login_port"], "user": "postgres", "dbname": copy}
    holder, waiter = psycopg2.connect(**where), psycopg2.connect(**where)
    try:
        holder.cursor().execute("UPDATE pos_session SET state = state")

        def wait():
            with contextlib.suppress(psycopg2.Error):
                waiter.cursor().execute("UPDATE pos_session SET state = state")

        thread = threading.Thread(target=wait)
        thread.start()
        for _attempt in range(50):
            found = [f for f in facts_of(options(copy))["findings"] if f["code"] == "platform.lock_wait"]
            if found:
                break
            time.sleep(0.1)
        assert (
            str(holder.info.backend_pid) in found[0]["message"] and str(waiter.info.backend_pid) in found[0]["message"]
        )
    finally:
        holder.close()
        thread.join()
        waiter.close()


def test_a_standby_is_read_and_says_that_it_is_one(cluster, store_19, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pos-lab-pg-standby-", dir="/var/tmp" if os.getuid() == 0 else None))
    os.chmod(folder, 0o755)
    standby = Cluster(folder)
    try:
        standby.host += "s"
        os.makedirs(standby.host, mode=0o700, exist_ok=True)
        for path in (folder, standby.host):
            if standby.owner:
                os.chown(path, standby.owner.pw_uid, standby.owner.pw_gid)
        standby._run("pg_basebackup", "-h", cluster.host, "-p", str(cluster.port), "-U", cluster.user, "-D",
                     str(folder / "data"), "-R", "-X", "stream", "--no-sync", "-c", "fast")  # fmt: skip
        standby.start()
        there = {**options(store_19), "login_host": standby.host, "login_port": standby.port}
        reading = read_store(there, Selection())
        assert reading.store.standby is True
        assert read_store(options(store_19), Selection()).store.standby is False
        assert len(reading.store.sessions) >= 16
        with snapshot(there) as reader:
            assert reader.opening["standby"] is True
    finally:
        standby.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_nothing_is_written_and_check_mode_says_the_same(cluster, store, options, ansible):
    before = dump(cluster, store)
    asked = [options(store), options(store, session="1"), options(store, till="no such till")]
    real, _output = ansible.run(asked)
    checked, _output = ansible.run(asked, check=True)
    assert dump(cluster, store) == before
    for results in (real, checked):
        assert not any(result["changed"] for result in results)
    said, checked_said = (steady(results[0]["ansible_facts"]["pos_store"]) for results in (real, checked))
    assert said == checked_said
    assert [r.get("msg") for r in real] == [r.get("msg") for r in checked]


def test_no_connection_is_left_behind(cluster, store_19, options):
    for _time in range(3):
        facts_of(options(store_19))
        with pytest.raises(Exception, match="no session"):
            facts_of(options(store_19), session="987654")
    left = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'retailops.odoo_pos'"
    for _attempt in range(20):
        if not cluster.rows("postgres", left):
            return
        time.sleep(0.1)
    raise AssertionError("connections were left open")


def healthy(facts):
    return next(each for each in facts["sessions"] if each["till"]["name"] == "Till healthy")


COPY_ORDERS = """
INSERT INTO pos_order SELECT r.* FROM pos_order t, generate_series(1, 250) n,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 900000 + n, 'state', :'state', 'name', 'Copy ' || n, 'uuid', n::text)) r
 WHERE t.id = (SELECT min(o.id) FROM pos_order o JOIN pos_session s ON s.id = o.session_id JOIN pos_config c ON c.id = s.config_id
                WHERE c.name = 'Till healthy' AND s.state = 'opened')"""


def test_a_draft_does_not_hide_behind_hundreds_of_other_orders(cluster, copy, options):
    assert healthy(facts_of(options(copy)))["verdict"] == "needs_count"
    cluster.psql(copy, COPY_ORDERS, state="cancel")
    assert healthy(facts_of(options(copy)))["orders"]["cancel"] == 250
    assert healthy(facts_of(options(copy)))["verdict"] == "needs_count"
    cluster.psql(copy, "UPDATE pos_order SET state = 'draft', name = 'The draft' WHERE id = 900250")
    found = healthy(facts_of(options(copy)))
    assert found["verdict"] == "blocked" and "orders.draft" in {f["code"] for f in found["findings"]}


def test_what_was_closed_wrongly_is_found_for_as_many_days_as_asked(cluster, copy, options):
    assert not [s for s in facts_of(options(copy))["closed_wrongly"] if s["till"]["name"] == "Till healthy"]
    close = "UPDATE pos_session SET state = 'closed', stop_at = timezone('UTC', now()) - interval '9 days' WHERE id = :'id'::int"
    cluster.psql(copy, close, id=healthy(facts_of(options(copy)))["id"])
    assert not [s for s in facts_of(options(copy))["closed_wrongly"] if s["till"]["name"] == "Till healthy"]
    (wrong,) = [
        s for s in facts_of(options(copy), closed_days=10)["closed_wrongly"] if s["till"]["name"] == "Till healthy"
    ]
    codes = {f["code"] for f in wrong["findings"]}
    assert {"books.closed_without_entry", "books.orders_left_paid"} <= codes
    named = facts_of(options(copy), session=str(wrong["id"]))
    assert [s["id"] for s in named["closed_wrongly"]] == [wrong["id"]] and named["sessions"] == []
