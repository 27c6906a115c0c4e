# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet to report on, the same every time: readings as the collection makes them, and results as its roles leave them."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from random import Random

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.collect import readings
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.drawers import Drawer
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.report.model import build

from ...module_utils.made import NOW, ago, books, card, cash, closed, draft, method, session, store, till

#: Names that would do harm where they are taken for more than text.
HOSTILE = (
    "<script>document.title='RUN'</script>",
    "</script><img src=x onerror=\"document.title='RUN'\">",
    "{{ lookup('pipe','touch RAN') }}",
    "=cmd|'/C calc'!A0",
    "<!--<script>\u2028'\"&amp;\\u003c",
    "$title ${title} $$ %s %(x)s {0}",
)
#: So many stores of a fleet differ from each other.
DISTINCT = 100
PLACES = ("Harbour", "Market", "Station", "Old Town", "Airport", "Mill Road", "Park", "Quay", "Abbey", "North Gate")


def _draft(**other):
    return session(
        suspects=(draft(),),
        suspect_count=1,
        orders={"draft": 1, "paid": 5, "done": 0, "invoiced": 0, "cancel": 0},
        **other,
    )


def _kinds():
    """What a session may be like, the usual ones more often."""
    return (
        *[lambda d, **k: session(cash=cash(counted=D("130.00") + d), **k)] * 6,
        *[lambda d, **k: session(cash=cash(counted=None, counted_at=None), **k)] * 2,
        lambda d, **k: _draft(**k),
        lambda d, **k: session(
            state="closing_control", stopped_at=ago(hours=5), cash=cash(counted=D("130.00") + d), **k
        ),
        lambda d, **k: session(started_at=ago(hours=75), last_activity_at=ago(hours=60), **k),
    )


@functools.cache
def _facts(number, sessions):
    """Making one takes milliseconds, and large fleets repeat themselves."""
    return facts(number, sessions)


def facts(number, sessions=3, tills=4):
    """``ansible_facts.pos_store`` of store ``number``."""
    chance = Random(number)
    series = chance.choice((15, 17, 18, 19, 19))
    made = []
    for at in range(1, sessions + 1):
        gap = D(chance.choice((0, 0, 0, -1250, 300, -5, 4000, -220))) / 100
        own = till(id=at, name="%s %d" % (chance.choice(PLACES), at), max_difference=D("5.00"))
        name = "%s/%05d" % (own.name, number + at)
        started = ago(hours=chance.randint(2, 16), minutes=chance.randint(0, 59))
        make = chance.choice(_kinds())
        made.append(replace(make(gap, id=number * 10 + at, name=name, till=own), user_login="clerk%d" % at))
        if made[-1].started_at == session().started_at:
            made[-1] = replace(made[-1], started_at=started)
    if number % 17 == 3:
        own = till(id=90, name="Closed by hand")
        wrong = books(entry=None, entry_state=None, unposted_orders=4, unposted_amount=D("93.10"))
        made.append(replace(closed(), id=number * 10 + 9, name="Closed by hand/7", till=own, books=wrong))
    spare = [till(id=50 + at, name="Spare %d" % at) for at in range(tills - sessions)]
    if number % 13 == 5:
        spare[0] = replace(spare[0], methods=(method(loss_account_id=None), card()))
    known = tuple({**{s.till.id: s.till for s in made}, **{t.id: t for t in spare}}.values())
    return store_facts(store(series, *made, database="store_%03d" % number, tills=known), read_ms=12 + number % 9)


def result(number, at, seen, outcome="closed"):
    """What pos_session_close leaves of a session."""
    done = outcome == "closed"
    return {
        "till": seen["till"],
        "session": {"id": seen["id"], "name": seen["name"]},
        "before": seen["verdict"],
        "outcome": outcome,
        "message": "" if done else "Session %s was not closed, nothing was changed." % seen["name"],
        "findings": [],
        "plan": "0" * 64,
        "proof": [
            {"check": "the session is closed", "held": True, "detail": "state closed"},
            {"check": "no order is left behind", "held": True, "detail": "0 order(s) left paid or in draft"},
            {"check": "the closing entry is balanced", "held": True, "detail": "0.00 USD"},
        ]
        if done
        else [],
        "proof_held": True if done else None,
        "counted": "117.50",
        "expected": "130.00",
        "difference": "-12.50",
        "currency": "USD",
        "entries": ["POSS/2026/11/%04d" % (number + at)] if done else [],
    }


def hostile():
    """A store whose every name wants to be more than a name."""
    made = []
    for at, name in enumerate(HOSTILE, 1):
        own = till(id=at, name=name)
        made.append(replace(_draft(id=at, name=name + "/1", till=own), user_login=name))
    seen = store_facts(store(19, *made, database=HOSTILE[0], tills=tuple(s.till for s in made)))
    done = {**result(1, 1, seen["sessions"][0], "refused"), "message": HOSTILE[1], "entries": [HOSTILE[3]]}
    return {"ansible_facts": {"pos_store": seen}, "pos_session_close_results": [done]}


def fleet(number, sessions=3):
    """Readings of ``number`` stores: some cannot be read, one is hostile, one closed something."""
    variables = {}
    for at in range(1, number + 1):
        seen = _facts(at % DISTINCT or DISTINCT, sessions)
        variables["store_%03d" % at] = {"ansible_facts": {"pos_store": seen}}
        if at % 10 == 1:
            outcomes = [
                result(at, n, s, "closed" if s["verdict"] == "closable" else "refused")
                for n, s in enumerate(seen["sessions"])
            ]
            variables["store_%03d" % at]["pos_session_close_results"] = outcomes
    variables["store_hostile"] = hostile()
    scan = {"stores": {}}
    for at in range(1, number + 1, 23):
        name = "store_%03d" % at
        variables[name] = {}
        scan["stores"][name] = {
            "reachable": False,
            "error": "The database %s refuses connections." % name,
            "read_ms": None,
        }
    return readings(variables, scan, variables.get)


def report(number=12, fail_on="blocked", **other):
    """The report of such a fleet."""
    return build(fleet(number), "Point of Sale sessions", fail_on, **other)


def earlier(days=30, stores=4):
    """Drawers of the days before."""
    chance = Random(1)
    today = date(NOW.year, NOW.month, NOW.day)
    return [
        Drawer(
            store="store_%03d" % at,
            session_id=ago_days * 100 + at,
            session="Till/%d" % ago_days,
            till="Till",
            day=(today - timedelta(days=ago_days)).isoformat(),
            currency="USD",
            decimals=2,
            minor=chance.choice((0, -1250, 300, -5, 4000, -220)),
        )
        for ago_days in range(days, 0, -1)
        for at in range(1, stores + 1)
        if ago_days % 7
    ]
