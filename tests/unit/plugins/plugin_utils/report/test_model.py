# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: what is counted, what fails, what no longer stands, and that it is what its schema says."""

from __future__ import annotations

import json
import pathlib
from dataclasses import replace

import jsonschema
import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report import causes, collect
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.model import build, with_history

from ...module_utils.made import ago, books, card, cash, closed, counted, draft, method, session, store, till
from .made_fleet import earlier, report, result

SCHEMA = pathlib.Path(__file__).parents[5] / "docs/report.schema.json"


def made(*sessions, series=19, results=(), **other):
    """The report's entry for a store with these sessions, and the report."""
    seen = store_facts(store(series, *sessions, **other))
    variables = {"ansible_facts": {"pos_store": seen}, "pos_session_close_results": list(results)}
    found = build(collect.readings(["one"], None, lambda _name: variables), "Title", "blocked")
    return found["stores"][0], found


def pending(**other):
    return session(
        suspects=(draft(),),
        suspect_count=1,
        orders={"draft": 1, "paid": 5, "done": 0, "invoiced": 0, "cancel": 0},
        **other,
    )


def test_it_is_what_its_schema_says():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    trail = {"exists": True, "lines": 2, "last_hash": "ab", "broken": ["line 1 was altered"], "path": "/x"}
    found = with_history(report(40, trail=trail), earlier())
    jsonschema.Draft202012Validator(schema).validate(found)
    empty = build([collect.Reading("gone", None, "No such host.")], "Title", "never")
    jsonschema.Draft202012Validator(schema).validate(empty)
    assert empty["generated_at"] is None
    broken = {**found, "summary": {**found["summary"], "tills": "many"}}
    assert not jsonschema.Draft202012Validator(schema).is_valid(broken)


def test_the_same_readings_make_the_same_report():
    assert report(20) == report(20)


def test_every_finding_has_a_heading():
    assert set(CATALOGUE) <= set(causes.TITLES)
    assert causes.title("new.code") == "new.code"


@pytest.mark.parametrize(
    "sessions, verdict",
    [
        ((), "clear"),
        ((session(),), "closable"),
        ((session(), session(id=25, cash=cash(counted=None, counted_at=None))), "needs_count"),
        ((session(), pending(id=25)), "blocked"),
        ((closed(entry=None, entry_state=None, unposted_orders=4),), "blocked"),
    ],
)
def test_a_store_is_as_bad_as_the_worst_in_it(sessions, verdict):
    entry, found = made(*sessions)
    assert entry["verdict"] == verdict
    assert found["summary"]["verdicts"][verdict] == 1
    assert bool(entry["fails"]) == (verdict == "blocked")


def test_settings_that_block_a_close_block_the_store_before_anybody_opens():
    entry, _found = made(tills=(till(sales_journal_id=None, sales_journal=None),))
    assert entry["verdict"] == "blocked"
    assert entry["tills"][0]["can_open"] and not entry["tills"][0]["can_close"]
    assert entry["fails"] == ["1 till(s) set up so that they will not close"]


@pytest.mark.parametrize("series, can_open", [(14, True), (15, False), (19, False)])
def test_odoo_refuses_to_open_a_till_whose_drawer_has_no_loss_account(series, can_open):
    broken = till(methods=(method(loss_account_id=None), card()))
    entry, found = made(tills=(broken, till(id=8)), series=series)
    assert [t["can_open"] for t in entry["tills"]] == [can_open, True]
    assert found["summary"]["tills_can_open"] == 1 + can_open
    # a till that is open stays open
    entry, _found = made(session(till=broken), series=series)
    assert entry["tills"][0]["can_open"]


def test_a_till_that_is_locked_in_closing_cannot_be_opened():
    entry, _found = made(session(state="closing_control", stopped_at=ago(hours=3)))
    assert not entry["tills"][0]["can_open"]
    assert "locked in closing" in entry["tills"][0]["shut"][0]
    # until this run closes it
    seen = entry["sessions"][0]
    entry, _found = made(session(state="closing_control", stopped_at=ago(hours=3)), results=[result(1, 1, seen)])
    assert entry["tills"][0]["can_open"]


def test_what_this_run_closed_is_in_the_way_no_more():
    blocked, _found = made(pending())
    entry, found = made(pending(), results=[result(1, 1, blocked["sessions"][0])])
    assert entry["sessions"][0]["verdict"] == "closed"
    assert entry["sessions"][0]["next"] == []
    assert entry["verdict"] == "clear" and entry["fails"] == []
    assert found["causes"] == []
    assert (found["summary"]["sessions"], found["summary"]["closed"]) == (0, 1)
    # a refusal changes nothing of what was read
    entry, found = made(pending(), results=[result(1, 1, blocked["sessions"][0], "refused")])
    assert entry["verdict"] == "blocked" and entry["sessions"][0]["outcome"] == "refused"


def test_a_failure_of_this_run_fails_the_store():
    entry, _found = made(session(), results=[{**result(1, 1, made(session())[0]["sessions"][0]), "outcome": "failed"}])
    assert entry["verdict"] == "blocked"
    assert entry["fails"] == ["1 failure(s) of this run"]


@pytest.mark.parametrize(
    "fail_on, names",
    [("never", []), ("blocked", ["bad", "gone"]), ("warning", ["bad", "gone", "uncounted", "differs"])],
)
def test_what_fails_is_chosen(fail_on, names):
    seen = {
        "bad": store_facts(store(19, pending())),
        "uncounted": store_facts(store(19, session(cash=cash(counted=None, counted_at=None)))),
        "differs": store_facts(store(19, counted("129.00"))),
        "good": store_facts(store(19, session())),
    }
    variables = {name: {"ansible_facts": {"pos_store": facts}} for name, facts in seen.items()}
    scan = {"stores": {"gone": {"reachable": False, "error": "No route."}}}
    found = build(
        collect.readings(["bad", "gone", "uncounted", "differs", "good"], scan, lambda n: variables.get(n, {})),
        "T",
        fail_on,
    )
    assert [s["name"] for s in found["stores"] if s["fails"]] == names
    assert found["summary"]["failing"] == len(names)


def test_causes_come_worst_first_and_count_stores_once():
    twice = store_facts(store(19, pending(), pending(id=25), session(id=26, cash=cash(counted=None, counted_at=None))))
    variables = {name: {"ansible_facts": {"pos_store": twice}} for name in ("a", "b")}
    found = build(collect.readings(["a", "b", "gone"], None, lambda n: variables.get(n, {})), "T", "blocked")["causes"]
    assert [(c["code"], c["severity"], len(c["stores"]), c["sessions"]) for c in found][:2] == [
        ("orders.draft", "blocker", 2, 4),
        ("store.unreachable", "blocker", 1, 0),
    ]
    assert ("cash.not_counted", "warning") in [(c["code"], c["severity"]) for c in found]


def test_the_newer_reading_wins():
    old, new = store_facts(store(19, session())), store_facts(replace(store(19), read_at=ago(hours=-1)))
    for scanned, own in ((old, new), (new, old)):
        scan = {"stores": {"one": {"reachable": True, "pos_store": scanned}}}
        (reading,) = collect.readings(["one"], scan, lambda _n, own=own: {"ansible_facts": {"pos_store": own}})
        assert reading.store["read_at"] == new["read_at"]


def test_a_store_without_a_reading_is_never_left_out():
    scan = {
        "stores": {
            "slim": {"reachable": True, "summary": {}},
            "late": {"reachable": False, "error": "Too late."},
            "extra": {},
        }
    }
    found = collect.readings(["slim", "late", "silent"], scan, lambda _n: {})
    assert [(r.name, r.store, r.error) for r in found] == [
        ("slim", None, collect.ONLY_SUMMARY),
        ("late", None, "Too late."),
        ("silent", None, collect.NOT_READ),
        ("extra", None, collect.NOT_READ),
    ]


def test_results_of_any_role_are_taken_as_they_come():
    variables = {
        "pos_cash_balance_results": [{"till": "Till 7", "outcome": "counted", "session": {"id": "x"}}, "no entry"],
        "pos_release_results": "{{ a template }}",
        "pos_session_close_results": [
            {"msg": "two\nlines\x1b[31m", "proof": [{"check": "a", "held": 1}], "counted": "1"}
        ],
        "other_results": [{}],
    }
    first, second = collect.results_of(variables)
    assert (first["role"], first["till"], first["session"]) == (
        "pos_cash_balance",
        {"id": None, "name": "Till 7"},
        {"id": None, "name": ""},
    )
    assert second["message"] == "two lines[31m"
    assert second["proof"] == [{"check": "a", "held": True, "detail": ""}]


def test_what_roles_did_is_said_in_steps():
    variables = {
        "pos_cash_balance_results": [{"kind": "count", "amount": "130.00", "reference": None, "outcome": "stored"}],
        "pos_pending_orders_results": [{"steps": ["Discard order 5."], "outcome": "resolved"}],
        "pos_repair_results": [{"fix": "x", "said": "2 resolved"}],
    }
    found = list(collect.results_of(variables))
    assert [r["steps"] for r in found] == [["count 130.00"], ["Discard order 5."], []]
    assert found[2]["message"] == "2 resolved"


def test_the_close_of_a_session_is_what_counts_of_all_that_was_done_to_it():
    seen = made(session())[0]["sessions"][0]
    closing = {"role": "pos_session_close", **result(1, 1, seen)}
    others = [{**closing, "role": role, "outcome": "left"} for role in ("pos_cash_balance", "pos_session_release")]
    assert collect.by_session([others[0], closing, others[1]]) == {seen["id"]: closing}


def test_a_closed_session_whose_books_are_wrong_is_counted_and_stands():
    entry, found = made(closed(entry=None, entry_state=None, unposted_orders=4, unposted_amount=books().balance))
    assert found["summary"]["closed_wrongly"] == 1
    assert entry["fails"] == ["1 session(s) closed wrongly"]
    assert found["causes"][0]["next"] == "an accountant decides; never reset it"
