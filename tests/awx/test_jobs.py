# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every job template, run by ansible-runner with its survey's defaults and credentials rendered as AWX does, on a real Odoo 19."""

from __future__ import annotations

import json
import os

import pytest

from tests.lab.closing_store import differences

from .jobs import Awx

FLOW = "POS close with approval"


@pytest.fixture(scope="module")
def controller(store, tmp_path_factory):
    """Has searched the server for stores, by nothing but the credential, and knows ours."""
    inputs = {
        "POS PostgreSQL": {
            "host": store.pg["login_host"],
            "port": str(store.pg["login_port"]),
            "user": store.pg["login_user"],
        },
        "POS Odoo": {"url": store.password["odoo_url"], "user": "admin", "password": "admin"},
    }
    awx = Awx(tmp_path_factory.mktemp("awx"), inputs)
    said = awx.update_inventory()
    assert store.database in awx.stores, said
    # Only what the credential does not say, as plain text (ansible-core 2.19 and later can also export marked text).
    assert awx.stores[store.database]["odoo_pos_login_db"] == store.database
    assert "odoo_pos_login_host" not in awx.stores[store.database]
    # The laboratory's server has stores of others as well.
    awx.stores = {store.database: awx.stores[store.database]}
    return awx


def ok(job):
    assert job.code == 0, job.screen[-4000:]
    assert "Traceback" not in job.screen
    return job.screen


def test_diagnose(controller, store):
    store.traded("awx_diagnosed")
    screen = ok(controller.launch("POS diagnose"))
    assert "Till awx_diagnosed" in screen and "Store %s" % store.database in screen
    screen = ok(
        controller.launch("POS diagnose", pos_hosts=store.database, pos_till="Till awx_diagnosed", pos_explain=1)
    )
    assert "1 open session" in screen


def test_close_one_till(controller, store):
    till = store.traded("awx_one")
    answers = {"pos_hosts": store.database, "pos_till": till.name}
    rows = store.everything()
    # With the survey's defaults the till was used a moment ago, so it is refused; and it only plans.
    job = controller.launch("POS close one till", pos_counted_cash=130.0, **answers)
    assert job.code != 0 and "1 session(s) were refused" in job.screen
    answers.update(pos_session_close_min_idle_minutes=0)
    # An empty drawer is a count as well.
    job = controller.launch("POS close one till", pos_counted_cash=0, **answers)
    assert job.code != 0 and "-130.00" in job.screen
    answers.update(pos_counted_cash=128.5, pos_max_difference=1.5)
    assert "1 would close" in ok(controller.launch("POS close one till", **answers))
    assert differences(rows, store.everything()) == []

    # By the API key, with the text "false", and with a note that looks like a template, which is dead text.
    controller.inputs["POS Odoo"] = {
        "url": store.password["odoo_url"],
        "user": "admin",
        "api_key": store.key["odoo_api_key"],
    }
    answers.update(pos_session_close_dry_run="false", pos_note="{{ 6 * 7 }} counted twice")
    assert "1 closed" in ok(controller.launch("POS close one till", **answers))
    store.assert_closed_once(till.session, "128.5")
    assert "{{ 6 * 7 }} counted twice" in str(store.session(till.session)["closing_notes"])
    trail = (controller.state / "trail.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(trail[-1])["record"]["who"]["awx"] == "support"


def test_nightly_close(controller, store):
    waiting, closable = store.traded("awx_waiting"), store.shop().till("awx_cards", cash=False)
    closable.open()
    closable.trade()
    rows = store.everything()
    # Both were used a moment ago: with the survey's defaults the night leaves them alone, and that is no failure.
    assert "1 refused" in ok(controller.launch("POS nightly close"))
    assert "would close" in ok(
        controller.launch("POS nightly close", job_type="check", pos_session_close_min_idle_minutes=0)
    )
    assert differences(rows, store.everything()) == []
    assert " closed" in ok(controller.launch("POS nightly close", pos_session_close_min_idle_minutes=0))
    store.assert_closed_once(closable.session)
    store.assert_open(waiting.session)


def test_repair(controller, store):
    till = store.traded("awx_repair")
    till.draft(20)
    answers = {"pos_hosts": store.database, "pos_till": till.name, "pos_session_close_min_idle_minutes": 0}
    rows = store.everything()
    # Without a till it is for the whole store, and nothing that somebody has to decide is decided.
    job = controller.launch("POS repair", pos_hosts=store.database)
    assert "the fixes that its findings ask for" in job.screen and till.name in job.screen
    answers["pos_pending_orders_discard"] = ["empty", "unpaid"]
    screen = ok(controller.launch("POS repair", **answers))
    assert "would change" in screen and "1 to discard" in screen
    assert differences(rows, store.everything()) == []


def test_emergency_reset(controller, store):
    till = store.traded("awx_stuck")
    till.lock()
    name = store.session(till.session)["name"]
    answers = {"pos_hosts": store.database, "pos_emergency_reset_session": name, "pos_emergency_reset_confirm": name}
    assert "would reset" in ok(controller.launch("POS emergency reset", **answers))
    store.assert_open(till.session, "closing_control")
    job = controller.launch("POS emergency reset", **{**answers, "pos_emergency_reset_confirm": "POS"})
    assert job.code != 0 and "was not reset" in job.screen
    assert "1 reset" in ok(controller.launch("POS emergency reset", pos_emergency_reset_dry_run="false", **answers))
    store.assert_open(till.session)
    (image,) = controller.state.glob("*-session-*.json")
    answers["pos_undo"] = str(image)
    assert "1 reset" in ok(controller.launch("POS emergency reset", pos_emergency_reset_dry_run="false", **answers))
    store.assert_open(till.session, "closing_control")


def test_the_plan_that_was_approved_is_what_is_closed(controller, store):
    good, stale, late = (store.traded(name) for name in ("awx_good", "awx_stale", "awx_late"))
    counts = {till.name: "130.00" for till in (good, stale)}
    answers = {
        "pos_hosts": store.database,
        "pos_session_close_counts": json.dumps(counts),
        "pos_session_close_min_idle_minutes": 0,
    }

    rows = store.everything()
    ok(controller.launch("POS diagnose", flow=FLOW, **answers))
    planned = controller.launch("POS close, the plan", flow=FLOW, **answers)
    assert "2 would close" in ok(planned)
    assert differences(rows, store.everything()) == []
    # What travels is ids and hashes, and nothing that a shop could have written.
    plans = planned.artifacts["pos_approved"][store.database]
    assert {*planned.artifacts} == {"pos_approved"} and {*plans} == {
        "session %d" % till.session for till in (good, stale)
    }
    assert all(len(plan) == 64 and int(plan, 16) for plan in plans.values())

    # Between the plan and the close one till sells something, and another can be closed that nobody approved.
    stale.sell(stale.card)
    late.set_count(130)
    counts[late.name] = "130.00"
    job = controller.launch("POS close, by the plan", flow=FLOW, artifacts=planned.artifacts, **answers)
    assert job.code != 0 and "1 closed" in job.screen and "refused" in job.screen, job.screen
    store.assert_closed_once(good.session, "130")
    store.assert_open(stale.session)
    store.assert_open(late.session)

    # Without an approval nothing is closed, and other options than the plan's are refused as well.
    job = controller.launch("POS close, by the plan", flow=FLOW, **answers)
    assert job.code != 0 and "Nothing was approved" in job.screen


def test_report_and_monitor(controller, store):
    store.traded("awx_reported")
    controller.launch("POS report")
    assert {path.suffix for path in (controller.state / "report").iterdir() if path.is_file()} == {
        ".html",
        ".json",
        ".csv",
        ".xml",
    }
    ok(controller.launch("POS report", pos_report_fail_on="never"))
    job = controller.launch("POS monitor")
    assert "Traceback" not in job.screen and list((controller.state / "monitor").iterdir())
    ok(controller.launch("POS monitor", pos_monitor_fail_on="never"))


def test_a_name_that_awx_does_not_hand_on_as_it_was_typed_stops_the_job(controller, store):
    # 0017 arrives as 15, which would be the id of another till.
    job = controller.launch("POS close one till", pos_hosts=store.database, pos_till="0017", pos_counted_cash=130)
    assert job.code != 0 and "give its whole name" in job.screen
    assert job.results("Read what is open") == []


def test_nothing_is_written_where_what_is_kept_would_be_lost(controller, store):
    os.rename(controller.state, str(controller.state) + ".away")
    try:
        job = controller.launch("POS nightly close")
    finally:
        os.rename(str(controller.state) + ".away", controller.state)
    assert job.code != 0 and "would be lost with the job" in job.screen
    assert job.results("Close the sessions that were chosen") == []
