# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is told to be at a session, and who may be ended. That the right ones are is shown on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import queries_reset, release, release_session
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Refused, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.one_session import Found

from .made import NOW, ago, session, store

LEFT_OPEN = release.Process(
    pid=7, login="odoo", application="odoo-1", state="idle in transaction", started=NOW, began=NOW, still_seconds=900,
    blocks=(8,), waits_for=(), holds_session=False,
)  # fmt: skip
USE = release.Use(
    by="anna", since=ago(minutes=3), idle_minutes=3, last_order="Order 51", present=(("anna", ago(minutes=1), True),),
    processes=(LEFT_OPEN,), sees_all=True, sees_holders=True,
)  # fmt: skip


@pytest.mark.parametrize("seconds", [1, 299, -1])
def test_a_bound_that_is_too_short(seconds):
    with pytest.raises(BadInput, match="at least 300"):
        release.check_bound(seconds)


@pytest.mark.parametrize("seconds", [None, 0, 300, 86400])
def test_a_bound_that_will_do(seconds):
    release.check_bound(seconds)


@pytest.mark.parametrize("other, may", [
    ({}, True),
    ({"state": "idle in transaction (aborted)"}, True),
    ({"blocks": (), "holds_session": True}, True),
    ({"blocks": ()}, False),
    ({"still_seconds": 299}, False),
    ({"still_seconds": None}, False),
    ({"state": "active"}, False),
    ({"state": "idle"}, False),
    ({"state": None}, False),
], ids=str)  # fmt: skip
def test_only_what_was_left_open_long_ago_and_is_in_the_way_may_be_ended(other, may):
    use = replace(USE, processes=(replace(LEFT_OPEN, **other),))
    assert bool(release.blockers(use, 300)) is may
    assert release.blockers(use, None) == [] and release.blockers(use, 0) == []


def test_the_statement_that_ends_checks_all_of_it_again():
    for guard in (
        "a.pid = %(pid)s",
        "a.backend_start = %(started)s",
        "a.xact_start = %(began)s",
        "'idle in transaction'",
        "datname = current_database()",
        "client backend",
        "<> pg_backend_pid()",
        "secs => %(seconds)s",
        "p.blocker = a.pid",
    ):
        assert guard in queries_reset.end_blocker(True)


def test_it_is_told_in_sentences():
    lines = "\n".join(release.explain(session(), USE))
    for words in ("Opened by admin", "3 minute(s) ago", "order Order 51, sold by anna", "and is online", "process 7", "for 900 s",
                  "is waited for by 8"):  # fmt: skip
        assert words in lines
    hidden = replace(USE, processes=(replace(LEFT_OPEN, state=None),), sees_all=False)
    assert "pg_read_all_stats" in "\n".join(release.explain(session(), hidden))
    blind = replace(USE, sees_holders=False)
    assert (
        "SELECT on all of pos_session" in "\n".join(release.explain(session(), blind)) and not blind.facts()["sees_all"]
    )
    nobody = replace(USE, processes=(), present=None, last_order=None, since=None)
    assert "nobody waits" in release.explain(session(), nobody)[-1]
    assert nobody.facts()["present"] is None and USE.facts()["waiting"][0]["idle_seconds"] == 900


def test_a_missing_right_is_said():
    class Denied(Exception):
        pgcode = "42501"

    error = Unreachable("no")
    error.__cause__ = Denied()
    assert "pg_signal_backend" in release.not_allowed(LEFT_OPEN, error).message
    assert release.not_allowed(LEFT_OPEN, Unreachable("gone")).message == "gone"


class Rows:
    def __init__(self, *rows):
        self.found = list(rows)

    def rows(self, _name, _text, _parameters):
        return self.found


@pytest.mark.parametrize("row, says", [
    ({"active": False}, "is archived"),
    ({"in_company": False}, "does not belong to company My Company"),
    ({"sells": False}, "no Point of Sale user"),
], ids=str)  # fmt: skip
def test_who_may_not_take_a_session_over(row, says):
    user = {"id": 5, "login": "berta", "active": True, "in_company": True, "sells": True}
    assert release.recipient(Rows(user), session(), "berta") == 5
    with pytest.raises(BadInput, match=says):
        release.recipient(Rows({**user, **row}), session(), "berta")
    with pytest.raises(BadInput, match="no user 'berta'"):
        release.recipient(Rows(), session(), "berta")


def look(use=USE, which=None):
    which = which or session(state="closing_control")
    return release_session.Look(Found(None, store(19, which), which), which, {}, use, None, None, ())


def params(**other):
    return {"min_idle_minutes": 15, "wait_minutes": 0, **other}


def test_somebody_may_be_at_it():
    with pytest.raises(Refused, match="locked for its close or used 3 minute") as caught:
        release_session.require_idle(params(), look())
    assert (
        caught.value.details["in_use"]["by"] == "anna"
        and caught.value.details["findings"][0]["code"] == "session.in_use"
    )
    release_session.require_idle(params(min_idle_minutes=3), look())
    release_session.require_idle(params(), look(replace(USE, idle_minutes=None)))
    # check mode does not wait where the task would
    release_session.require_idle(params(wait_minutes=1), look(), waits=True)
    with pytest.raises(Refused):
        release_session.require_idle(params(), look(), waits=True)


def test_waiting_is_bounded_and_looks_again(monkeypatch):
    later = look(replace(USE, idle_minutes=15))
    looks = iter([look(), later])
    monkeypatch.setattr(release_session, "look_at", lambda _params: next(looks))
    slept = []
    assert release_session.wait(params(wait_minutes=5), look(), slept.append) is later
    assert len(slept) == 2 and max(slept) <= release_session.LOOK_EVERY_SECONDS
    assert release_session.wait(params(), look(), slept.append).use is USE and len(slept) == 2


@pytest.mark.parametrize("name", ["wait_minutes", "min_idle_minutes"])
def test_negative_minutes(name):
    with pytest.raises(BadInput, match=name):
        release_session.check_options(params(**{name: -1}))
