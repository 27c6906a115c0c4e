# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every broken till of a real Odoo: closed with its books proven, or refused and left exactly as it was."""

from __future__ import annotations

import pytest

from .build import catalogue
from .closing_proxy import GATEWAY, Proxy
from .closing_store import broken_copy, differences, errors, facts, reading

#: What Odoo 19's builds call by different names: those that compare dates do not let go of a draft for later today.
ALSO = {"orders.draft_future": "orders.draft"}
#: What says that a person has to count.
COUNT = {"cash.not_counted", "cash.count_stale", "session.rescue"}
#: What Odoo 19 would close, and what is refused because the money would be left out of the cash journal.
WRONG = {"Till cash_no_journal": "payments.method_no_journal"}


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    with broken_copy(request.param, "close_every") as made:
        yield made


def sessions(store, **selection):
    """What pos_session_facts says of every open session, or of one."""
    return facts.store_facts(reading.read_store(store.pg, reading.Selection(**selection)).store)["sessions"]


def codes_meant(store):
    """Till name -> the findings it was made to show."""
    meant = {}
    for till in catalogue(store.series):
        for name in ("Till " + till.key, "Till " + till.key + "_second"):
            shows = set(till.shows(store.series))
            meant[name] = shows | {ALSO[code] for code in shows if code in ALSO}
    return meant


def who(store, ident):
    """Half of the sessions of 19 are closed over JSON-2 with the API key, the others over JSON-RPC with the password."""
    return store.key if store.series >= 19 and ident % 2 else store.password


def test_check_mode_of_every_till_writes_nothing(store):
    before = store.dump()
    planned = refused = 0
    for session in sessions(store):
        try:
            result = store.close(
                session["id"], check=True, diff=True, cash_policy="assume_expected", max_cash_difference="1000"
            )
            assert result["changed"] and result["plan"]["hash"] and result["answer"] == []
            planned += 1
        except errors.Refused as error:
            assert error.details["findings"]
            refused += 1
    assert store.dump() == before
    assert planned > 20 and refused > 10


def test_what_must_not_be_closed_is_refused_and_untouched(store):
    before, meant, seen = store.everything(), codes_meant(store), {"blocked": 0, "needs_count": 0}
    for session in sessions(store):
        if session["verdict"] not in seen:
            continue
        # a limit of the caller's own answers the limit of a till on 14
        limit = {"max_cash_difference": "1000"} if session["verdict"] == "needs_count" else {}
        error = store.refuse(session["id"], session["name"], **limit, **who(store, session["id"]))
        assert isinstance(error, errors.Refused) and error.details["refused"], error.message
        codes = {found["code"] for found in error.details["findings"]}
        assert codes, session["till"]
        named = meant.get(session["till"]["name"])
        seen_of_it = {found["code"] for found in session["findings"]}
        assert session["verdict"] != "blocked" or not named or seen_of_it & named, (session["till"], codes)
        wrong = WRONG.get(session["till"]["name"])
        assert session["verdict"] != "needs_count" or codes <= COUNT | {wrong}, (session["till"], codes)
        for found in error.details["findings"]:
            assert found["severity"] == "blocker" and found["fix"] and found["message"] in error.message
        seen[session["verdict"]] += 1
    assert differences(before, store.everything()) == []
    assert seen["blocked"] > 10 and seen["needs_count"] > 10, seen


def test_without_a_limit_a_counted_difference_is_refused_and_untouched(store):
    before, refused = store.everything(), []
    for session in sessions(store):
        cash = session["cash"]
        differs = cash and cash["difference"] not in (None, "0.00") and cash["authorised_difference"] in (None, "0.00")
        if session["verdict"] == "closable" and differs:
            store.refuse(session["id"], "cash.difference_above_limit")
            refused.append(session["id"])
    # 14 has a limit on every till: one of 0 is a limit, and what is above it is blocked already
    assert bool(refused) is (store.series >= 15)
    assert differences(before, store.everything()) == []


def test_the_huge_session_whose_answer_a_proxy_loses(store):
    """Five thousand orders: the close works on long after the proxy gave up, and is found closed and proven."""
    huge = next(s for s in sessions(store) if s["till"]["name"] == "Till huge")
    proxy = Proxy(store.info["odoo"]["url"])
    with proxy.running() as url:
        proxy.trouble["close_session_from_ui" if store.series >= 15 else "action_pos_session_validate"] = GATEWAY
        result = store.close(
            huge["id"], counted_cash=huge["cash"]["expected"], odoo_timeout=200, **{**store.password, "odoo_url": url}
        )
    assert result["changed"] and all(check["held"] for check in result["proof"])
    assert result["answer"][-1]["call"] == "(lost)"
    store.assert_closed_once(huge["id"], huge["cash"]["expected"])


def test_the_others_close_with_every_proof_held_and_a_second_time_changes_nothing(store):
    """Runs last: it closes what can be closed."""
    closed, surprises, blocked = [], [], [s["id"] for s in sessions(store) if s["verdict"] == "blocked"]
    rows = {row["id"]: row for row in store.rows("SELECT * FROM pos_session")}
    for ident in [s["id"] for s in sessions(store) if s["verdict"] in ("closable", "needs_count")]:
        # read anew: closing one session of a till moves what the next one expects
        (session,) = [s for s in sessions(store, session=str(ident)) if s["id"] == ident]
        count = {}
        if session["verdict"] == "needs_count" and not (session["rescue"] and store.series >= 15):
            count = {"counted_cash": session["cash"]["expected"]}
        try:
            result = store.close(session["id"], max_cash_difference="1000", **count, **who(store, session["id"]))
        except errors.PosError as error:
            wrong = WRONG.get(session["till"]["name"])
            if wrong and wrong in [found["code"] for found in error.details.get("findings", ())]:
                blocked.append(ident)
                continue
            surprises.append("%s: %s" % (session["till"]["name"], error.message))
            continue
        assert result["changed"] and result["proof"] and all(check["held"] for check in result["proof"]), result[
            "proof"
        ]
        assert result["session"]["after"]["state"] == "closed"
        closed.append(session["id"])
    assert surprises == [], "\n".join(surprises)
    assert len(closed) > 30
    for ident in closed:
        session, entries = store.session(ident), store.entries(ident)
        assert session["state"] == "closed"
        assert len(entries) == (0 if session["move_id"] is None else 1), (ident, entries)
        assert all(e["state"] == "posted" and e["balance"] == 0 and e["id"] == session["move_id"] for e in entries)
    for ident in blocked:
        assert store.session(ident) == rows[ident]
    before = store.everything()
    for ident in closed[::5]:
        again = store.close(ident, counted_cash="1", max_cash_difference="1000")
        assert again["changed"] is False and all(check["held"] for check in again["proof"])
    assert differences(before, store.everything()) == []
