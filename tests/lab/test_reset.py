# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stops a reset when it is about to be made: not one row is changed. (What it does is in fixes_reset.py.)"""

from __future__ import annotations

import os
import threading
import time

import pytest

from .closing_proxy import BEFORE, CUT, GATEWAY, Proxy
from .closing_store import arguments, copy_of, differences, make_importable, shop_of
from .fixes_reset import nobody
from .trouble import long_transaction, slow_to_notice

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils import pre_image, reset, reset_session  # noqa: E402


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(reset, "PATIENCE_SECONDS", 1)


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path) + "/"


def ask(store, till, folder, **options):
    given = {**store.pg, **store.password, "session": str(till.session), "state": "opened", "pre_image": folder,
             "confirm": store.session(till.session)["name"], **options}  # fmt: skip
    return arguments.run_here(reset_session.SPEC, reset_session.reset_session, given, False, True)


def locked(store, name):
    till = store.traded(name)
    till.lock()
    return till


def refused(store, till, folder, *words, **options):
    """Nothing is changed, and the sentence says why; returns the result."""
    before = store.everything()
    told = ask(store, till, folder, **options)
    assert told.get("failed") and not told.get("changed"), told
    for word in words:
        assert word in told["msg"], told["msg"]
    assert differences(before, store.everything()) == []
    return told


def test_sql_is_not_used_unasked(store, folder):
    till = locked(store, "unasked")
    told = refused(store, till, folder, "Cannot reach Odoo", "allow_sql would allow", odoo_url=nobody())
    assert told["reachable"] is False and os.listdir(folder) == []


@pytest.mark.parametrize("who", ["a wrong password", "a wrong name", "no Odoo"])
def test_an_odoo_that_answers_is_not_down(store, folder, who):
    till = locked(store, "answers_" + who.split()[-1])
    options = {
        "a wrong password": {"odoo_password": "not this one"},
        "a wrong name": {"odoo_url": "http://no-such-host.invalid:8069"},
        "no Odoo": {"odoo_url": store.info["odoo"]["url"] + "/web/nothing"},
    }[who]
    refused(store, till, folder, allow_sql=True, **options)
    assert os.listdir(folder) == []


def test_an_error_of_odoo_is_not_answered_by_sql(store, folder):
    till = locked(store, "odoo_says_no")
    store.sql("""CREATE FUNCTION sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.id = %(id)s AND NEW.state = 'opened' THEN RAISE EXCEPTION 'sealed by the auditor'; END IF;
                 RETURN NEW; END $$;
                 CREATE TRIGGER sealed BEFORE UPDATE ON pos_session FOR EACH ROW EXECUTE FUNCTION sealed()""",
              id=till.session)  # fmt: skip
    try:
        told = refused(store, till, folder, "sealed by the auditor", allow_sql=True)
        assert told["refused"] is True
    finally:
        store.sql("DROP FUNCTION sealed CASCADE")


@pytest.mark.parametrize("trouble", [GATEWAY, CUT, BEFORE], ids=lambda trouble: trouble.replace(" ", "-"))
def test_a_lost_answer_is_looked_for_and_nothing_is_sent_twice(store, folder, impatient, trouble):
    till = locked(store, "reset_lost_" + trouble.split()[-1])
    proxy = Proxy(store.info["odoo"]["url"])
    with proxy.running() as url:
        proxy.trouble["write"] = trouble
        told = ask(store, till, folder, odoo_url=url, allow_sql=True)
    if trouble == BEFORE:
        assert told["failed"] and "look first" in told["msg"] and "write" not in proxy.calls
        assert store.session(till.session)["state"] == "closing_control"
    elif told.get("failed"):
        assert "look first" in told["msg"]
    else:
        assert told["changed"] and told["plan"]["way"] == "odoo" and proxy.calls.count("write") == 1
    again = ask(store, till, folder)
    assert not again.get("failed") and store.session(till.session)["state"] == "opened"


def test_a_pre_image_that_cannot_be_written_changes_nothing(store, folder, monkeypatch):
    till = locked(store, "no_image")
    refused(store, till, folder + "no/such/folder/", "pre-image cannot be written", "nothing was changed")
    file = os.path.join(folder, "image.json")
    with open(file, "w", encoding="utf-8"):
        pass
    refused(store, till, file, "never overwritten")

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pre_image.os, "fsync", full)
    for more in ({}, {"allow_sql": True, "odoo_url": nobody()}):
        refused(store, till, folder, "No space left on device", "nothing was changed", **more)
    assert os.listdir(folder) == ["image.json"]


@pytest.mark.parametrize("way", ["odoo", "sql"])
def test_somebody_holds_the_row(store, folder, impatient, way):
    till = locked(store, "row_held_" + way)
    more = {"allow_sql": True, "odoo_url": nobody()} if way == "sql" else {}
    row = "SELECT 1 FROM pos_session WHERE id = %d FOR UPDATE;" % till.session
    with long_transaction(store.lab.pg, store.database, row):
        refused(store, till, folder, "Database process", "Nothing was changed", **more)


def test_the_update_itself_waits_for_nobody_and_guards_itself(store, folder):
    """by_sql alone: the row is locked, the session was closed, or it is not what was seen."""
    till = locked(store, "guard")
    session = reset_session_of(store, till)
    decided = reset.decide(session, store.series, "opened", None)
    seen = reset.standing(store.pg, session)
    before = store.everything()
    with long_transaction(
        store.lab.pg, store.database, "SELECT 1 FROM pos_session WHERE id = %d FOR SHARE;" % till.session
    ):
        began = time.monotonic()
        with pytest.raises(reset.Refused, match="holds its row"):
            reset.by_sql(store.pg, decided, seen)
        assert time.monotonic() - began < 2
    for wrong in ({"state": "closed"}, {"state": "opened"}, {"write_date": None}, {"stop_at": None}):
        with pytest.raises(reset.Refused, match="no longer is what was seen"):
            reset.by_sql(store.pg, decided, {**seen, **wrong})
    assert differences(before, store.everything()) == []
    # closed after it was seen, in the very form that was seen: only the entry tells
    store.close(till.session, counted_cash="130")
    store.sql("UPDATE pos_session SET state = 'closing_control', move_id = NULL WHERE id = %(id)s", id=till.session)
    now = reset.standing(store.pg, session)
    assert now["no_entry"] is False
    before = store.everything()
    with pytest.raises(reset.Refused, match="has its entry by now"):
        reset.by_sql(store.pg, decided, now)
    assert differences(before, store.everything()) == []


def test_it_is_not_in_its_own_way(store, folder, impatient):
    """A busy server keeps for a while what a connection held that is closed: neither a reset nor the next task waits for it."""
    till = locked(store, "slow_to_notice")
    with slow_to_notice(store.pg["login_host"], store.pg["login_port"]) as slow:
        for state in ("opened", "closing_control"):
            told = ask(store, till, folder, allow_sql=True, odoo_url=nobody(), login_host=slow, state=state)
            assert told.get("changed") and told["plan"]["way"] == "sql", told
    assert store.session(till.session)["state"] == "closing_control"


def reset_session_of(store, till):
    from ansible_collections.retailops.odoo_pos.plugins.module_utils import one_session

    return one_session.find({**store.pg, "session": str(till.session)}).session


def test_a_close_that_ends_meanwhile_is_not_undone(store, folder):
    """A close that began before the reset looks is waited for, and then there is nothing left to reset."""
    till = store.traded("race")
    till.lock()
    store.sql("""CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.id = %(id)s AND NEW.state = 'closed' THEN PERFORM pg_sleep(3); END IF; RETURN NEW; END $$;
                 CREATE TRIGGER slow BEFORE UPDATE ON pos_session FOR EACH ROW EXECUTE FUNCTION slow()""",
              id=till.session)  # fmt: skip
    try:
        till.set_count(130)
        closing = threading.Thread(target=lambda: till.call(
            "action_pos_session_validate" if store.series == 14 else "close_session_from_ui",
            *([] if store.series == 14 else [[]])))  # fmt: skip
        closing.start()
        time.sleep(1.5)
        told = ask(store, till, folder)
        closing.join()
    finally:
        store.sql("DROP FUNCTION slow CASCADE")
    assert told.get("failed") and told["refused"], told
    store.assert_closed_once(till.session, "130")


@pytest.mark.parametrize("series", (19, 14))
def test_a_fiscally_certified_store_is_never_reset(series, folder):
    with copy_of(series, "fiscal") as store:
        till = locked(store, "fiscal")
        other = store.traded("fiscal_open")
        store.sql("INSERT INTO ir_module_module (name, state, author) VALUES ('l10n_fr_pos_cert', 'installed', 'Odoo S.A.')"
                  " ON CONFLICT (name) DO UPDATE SET state = 'installed'")  # fmt: skip
        for more in ({}, {"allow_sql": True, "odoo_url": nobody()}):
            told = refused(store, till, folder, "fiscally certified", **more)
            assert [found["code"] for found in told["findings"]][-1] == "fiscal.protected"
            refused(store, other, folder, "fiscally certified", state="closing_control", **more)


def test_two_stores(folder):
    """Odoo shows a copy of the session: what is written there is taken back, and here nothing was changed."""
    store = shop_of(19)
    till = locked(store, "two_stores")
    from unittest import mock

    with mock.patch.dict(os.environ, COLUMNS="1000"):
        twin = store.lab.clone("reset_twin_%d" % os.getpid(), store.database)
    try:
        before = store.everything()
        with mock.patch.object(reset_session, "begin", other_odoo(twin)):
            told = ask(store, till, folder)
        assert told["failed"] and "two stores" in told["msg"]
        assert differences(before, store.everything()) == []
        other = store.lab.pg.rows(twin, "SELECT state FROM pos_session WHERE id = :'id'::int", id=till.session)
        assert other[0]["state"] == "closing_control"
    finally:
        with mock.patch.dict(os.environ, COLUMNS="1000"):
            store.lab.drop(twin)


def other_odoo(twin):
    """An attempt whose Odoo opens another database than the one we look at."""
    from ansible_collections.retailops.odoo_pos.plugins.module_utils import one_session

    def begin(params, found, session):
        attempt = one_session.begin(params, found, session)
        attempt.odoo.database = twin
        return attempt

    return begin
