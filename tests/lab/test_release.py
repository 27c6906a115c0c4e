# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who holds a session in PostgreSQL: seen, told, and ended only where the option, the state and the age say so."""

from __future__ import annotations

import os
import pathlib
import re
import time

import pytest

from .closing_store import arguments, differences, make_importable, shop_of
from .trouble import lock_wait, long_transaction

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils import release, release_session, reset_session  # noqa: E402


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


@pytest.fixture
def impatient(monkeypatch):
    """So that no test has to leave a transaction open for five minutes."""
    monkeypatch.setattr(release, "SHORTEST_BOUND", 1)


def ask(store, till, check=False, **options):
    given = {**store.pg, **store.password, "session": str(till.session), "min_idle_minutes": 0, **options}
    return arguments.run_here(release_session.SPEC, release_session.release_session, given, check, True)


def test_a_bound_that_could_hit_somebody_at_work_is_refused(store):
    till = store.traded("bound")
    told = ask(store, till, end_blockers_older_than=299)
    assert told["failed"] and "at least 300" in told["msg"]


def test_who_waits_on_whom_is_told_and_nobody_is_ended_unasked(store):
    till = store.traded("knot")
    with lock_wait(store.lab.pg, store.database, till.session) as waiter:
        told = ask(store, till)
        assert told["changed"] is False and told["ended"] == []
        by_role = {bool(p["blocks"]): p for p in told["in_use"]["waiting"]}
        assert by_role[True]["holds_session"] and by_role[True]["state"] == "idle in transaction"
        assert by_role[False]["waits_for"] == [by_role[True]["pid"]]
        assert any("is waited for by" in line for line in told["explanation"])
        # younger than the bound
        told = ask(store, till, end_blockers_older_than=300)
        assert told["changed"] is False and told["plan"] is None
        assert waiter


def test_what_was_left_open_is_ended_and_only_that(store, impatient):
    till, other = store.traded("left_open"), store.traded("left_alone")
    row = "UPDATE pos_session SET stop_at = now() WHERE id = %d;" % till.session
    with long_transaction(store.lab.pg, store.database) as harmless:
        # a transaction that is idle, old enough, and in nobody's way
        assert harmless
        with lock_wait(store.lab.pg, store.database, till.session):
            time.sleep(1.2)
            before = store.everything()
            planned = ask(store, till, check=True, end_blockers_older_than=1)
            assert planned["changed"] and len(planned["plan"]["ends"]) == 1 and planned["ended"] == []
            assert differences(before, store.everything()) == []
            told = ask(store, till, end_blockers_older_than=1)
            assert told["changed"] and [p["pid"] for p in told["ended"]] == [p["pid"] for p in planned["plan"]["ends"]]
            assert all(check["held"] for check in told["proof"]) and told["proof"]
            again = ask(store, till, end_blockers_older_than=1)
            assert again["changed"] is False
    # one that holds the session although nobody waits for it
    with long_transaction(store.lab.pg, store.database, row):
        time.sleep(1.2)
        assert ask(store, other, check=True, end_blockers_older_than=1)["changed"] is False
        told = ask(store, till, end_blockers_older_than=1)
        assert told["changed"] and told["ended"][0]["holds_session"]
    assert store.session(till.session)["stop_at"] is None


def test_a_till_is_not_given_back_while_a_transaction_is_at_it_and_is_once_that_was_ended(
    store, impatient, monkeypatch
):
    monkeypatch.setattr("ansible_collections.retailops.odoo_pos.plugins.module_utils.reset.PATIENCE_SECONDS", 1)
    till = store.traded("held")
    till.lock()
    before = store.everything()
    row = "UPDATE pos_session SET stop_at = now() WHERE id = %d;" % till.session
    with long_transaction(store.lab.pg, store.database, row):
        told = ask(store, till, give_back=True)
        assert told["refused"] and "Database process" in told["msg"]
        assert differences(before, store.everything()) == []
        time.sleep(1.2)
        told = ask(store, till, give_back=True, end_blockers_older_than=1)
        assert told["changed"] and all(check["held"] for check in told["proof"])
    assert store.session(till.session)["state"] == "opened"


def test_what_was_ended_is_said_also_where_the_rest_was_refused(store, impatient):
    till = store.traded("ended_first")
    till.lock()
    row = "UPDATE pos_session SET stop_at = now() WHERE id = %d;" % till.session
    with long_transaction(store.lab.pg, store.database, row):
        time.sleep(1.2)
        told = ask(store, till, give_back=True, end_blockers_older_than=1, odoo_password="wrong")
    pids = [process["pid"] for process in told["ended"]]
    assert told["failed"] and told["changed"] and len(pids) == 1
    assert told["msg"].endswith("Ended before that, because it had been left open: process %d." % pids[0])
    assert store.session(till.session)["state"] == "closing_control"


def test_waiting_ends_when_the_till_is_idle_and_is_bounded(store, monkeypatch):
    till = store.traded("waited")
    till.lock()
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 2:
            store.sql("UPDATE pos_session SET stop_at = stop_at - interval '1 hour', start_at = start_at - interval '1 day'"
                      " WHERE id = %(id)s", id=till.session)  # fmt: skip
            store.sql("UPDATE pos_order SET create_date = create_date - interval '1 hour', write_date = write_date - interval"
                      " '1 hour' WHERE session_id = %(id)s", id=till.session)  # fmt: skip
            store.sql("UPDATE pos_payment SET create_date = create_date - interval '1 hour', write_date = write_date -"
                      " interval '1 hour', payment_date = payment_date - interval '1 hour' WHERE session_id = %(id)s",
                      id=till.session)  # fmt: skip

    params = arguments.ArgumentSpecValidator(release_session.SPEC.to_kwargs()["argument_spec"]).validate(
        {**store.pg, **store.password, "session": str(till.session), "give_back": True, "wait_minutes": 5}
    ).validated_parameters  # fmt: skip
    told = release_session.release_session(params, False, False, sleep)
    assert len(slept) == 2 and told["changed"] and told["in_use"]["idle_minutes"] >= 59
    refused = ask(store, store.traded("never_idle"), min_idle_minutes=15, wait_minutes=0, give_back=True)
    assert refused["changed"] is False  # it is open already
    odd = ask(store, till, wait_minutes=-1)
    assert odd["failed"] and "negative" in odd["msg"]


def test_the_grants_of_the_documentation_are_enough_to_tell_give_back_and_reset_through_odoo(store, tmp_path):
    page = pathlib.Path(__file__).parents[2] / "docs" / "least-privilege.md"
    reader = "pos_reader_%d" % os.getpid()
    grants = (
        re.search(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.S).group(1).replace("pos_reader", reader)
    )
    till = store.traded("least")
    till.lock()
    store.sql(grants.replace("%", "%%"))
    try:
        told = ask(store, till, login_user=reader)
        assert told["changed"] is False and told["in_use"]["by"] == "admin" and told["in_use"]["sees_all"] is False
        assert any("SELECT on all of pos_session" in line for line in told["explanation"])
        assert ask(store, till, login_user=reader, give_back=True)["changed"] is True
        given = {**store.pg, **store.password, "login_user": reader, "session": str(till.session), "state": "closing_control",
                 "confirm": store.session(till.session)["name"], "pre_image": str(tmp_path) + "/"}  # fmt: skip
        told = arguments.run_here(reset_session.SPEC, reset_session.reset_session, given, False, True)
        assert told["changed"] is True and told["pre_image"]["rows"]["pos_order"] == 5
    finally:
        store.sql('DROP OWNED BY "%s"; DROP ROLE "%s"' % (reader, reader))
