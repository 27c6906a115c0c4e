# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns: plain JSON, money as text and whole minor units, a fingerprint that knows what it rests on."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import (
    fingerprint,
    moment,
    session_facts,
    store_facts,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Currency

from .made import NOW, ago, by_card, cash, closed, counted, diagnosed, draft, order, paid, session, store, till

JPY = Currency("JPY", 0, D(1))


def walk(value, path="pos_store"):
    """Every leaf of a JSON value with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            assert isinstance(name, str)
            yield from walk(inner, "%s.%s" % (path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from walk(inner, "%s[%d]" % (path, place))
    else:
        yield path, value


def rich():
    """A store in which everything that is returned occurs."""
    sick = session(
        suspects=(draft(preset_at=ago(hours=-30)), order(underpaid=True, off=D("0.10"))),
        suspect_count=2,
        imbalance=D("0.10"),
        taxes_without_account=("15%",),
        cash=cash(counted=D("117.50")),
        till=till(max_difference=D("5")),
    )
    return store(19, sick, counted("130.00", id=25), closed(forced=D("2")), fiscal_modules=("l10n_fr_pos_cert",))


def test_only_plain_values_and_no_float_but_the_hours():
    facts = store_facts(rich(), read_ms=41)
    assert json.loads(json.dumps(facts)) == facts
    floats = {path.rsplit(".", 1)[1] for path, value in walk(facts) if isinstance(value, float)}
    assert floats == {"hours_open"}


def test_the_whole_shape():
    facts = store_facts(rich(), read_ms=41)
    assert list(facts) == [
        "database", "odoo", "read_at", "read_ms", "summary", "sessions", "closed_wrongly", "tills", "findings",
    ]  # fmt: skip
    assert facts["odoo"] == {
        "series": "19.0",
        "version": "19.0.1.0.1",
        "fiscal_modules": ["l10n_fr_pos_cert"],
        "customised_by": [],
    }
    assert facts["read_at"] == "2026-11-22T07:00:00Z" and facts["read_ms"] == 41
    promised = {
        "id", "name", "state", "verdict", "rescue", "till", "company", "currency", "opened_by", "started_at", "stopped_at",
        "hours_open", "last_activity_at", "idle_minutes", "orders", "pending_orders", "payments", "cash", "findings", "fingerprint",
    }  # fmt: skip
    assert promised <= set(facts["sessions"][0])
    assert set(facts["sessions"][0]["findings"][0]) == {"code", "severity", "risk", "fix", "message", "evidence"}
    assert set(facts["sessions"][0]["pending_orders"][0]) == {
        "id", "name", "reference", "amount", "paid", "payments", "created_at", "preset_at",
    }  # fmt: skip


def test_closed_wrongly_stands_apart():
    facts = store_facts(store(17, session(), closed(left_paid=1), replace(closed(), id=30)))
    assert [s["verdict"] for s in facts["sessions"]] == ["closable", "closed"]
    assert [s["verdict"] for s in facts["closed_wrongly"]] == ["closed"]
    assert facts["summary"] == {
        "sessions": 1,
        "closable": 1,
        "needs_count": 0,
        "blocked": 0,
        "closed_wrongly": 1,
        "drawer_difference": "0.00",
    }
    assert facts["closed_wrongly"][0]["hours_open"] is None


def test_drawers_are_added_up_in_one_currency_only():
    def total(*sessions):
        return store_facts(store(17, *sessions))["summary"]["drawer_difference"]

    assert total(counted("117.50"), counted("130.25", id=2), session(id=3, cash=cash(counted=None))) == "-12.25"
    assert total(counted("117.50"), counted("131", id=2, till=till(id=8, currency=JPY))) is None
    assert total(counted("131.4", till=till(currency=JPY))) == "1"
    assert total() == "0"
    assert total(session(cash=None)) == "0"


def test_the_drawer_as_text_and_as_minor_units():
    facts = session_facts(counted("117.50", till=till(max_difference=D(5))), diagnosed(17, session()), NOW)["cash"]
    assert facts["journal"] == {"id": 11, "name": "Cash journal"}
    amounts = {"opening": "100.00", "sales": "30.00", "moves": "0.00", "expected": "130.00", "counted": "117.50"}
    amounts.update(difference="-12.50", authorised_difference="5.00")
    assert {name: facts[name] for name in amounts} == amounts
    assert facts["minor"] == {name: int(D(text) * 100) for name, text in amounts.items()}
    uncounted = session_facts(session(cash=cash(counted=None)), diagnosed(17, session()), NOW)["cash"]
    assert uncounted["counted"] is None and uncounted["difference"] is None and uncounted["minor"]["counted"] is None
    assert session_facts(session(cash=None), diagnosed(17, session()), NOW)["cash"] is None


def test_payments_say_their_kind_and_what_was_captured():
    taken = session(payments=(paid(captured=D(20)), by_card(unconfirmed=1, uncaptured=2), paid(method_id=99)))
    facts = session_facts(taken, diagnosed(17, taken), NOW)["payments"]
    assert [p["method"]["kind"] for p in facts] == ["cash", "bank", "removed"]
    assert [p["expected"] for p in facts] == ["20.00", "20.00", "30.00"]
    assert [p["unconfirmed"] for p in facts] == [0, 3, 0]


def test_moments():
    assert moment(None) is None and moment(NOW) == "2026-11-22T07:00:00Z"


def test_a_till_with_a_hostile_name_is_returned_as_it_is():
    name = "{{ lookup('pipe','id') }}"
    facts = store_facts(store(17, session(till=till(name=name))))
    assert facts["sessions"][0]["till"]["name"] == name and facts["tills"][0]["name"] == name


# --- the fingerprint --------------------------------------------------------------------------------------------


def full(**other):
    """A session in which every field that the fingerprint rests on has a value."""
    return session(
        **{
            "suspects": (order(),),
            "suspect_count": 1,
            "payments": (paid(), by_card()),
            "imbalance": D("0.01"),
            "move_id": 9,
            **other,
        }
    )


def suspect(**other):
    return full(suspects=(order(**other),))


RESTS_ON = {
    "id": full(id=99),
    "name": full(name="other"),
    "state": full(state="closing_control"),
    "rescue": full(rescue=True),
    "entry": full(move_id=10),
    "no entry": full(move_id=None),
    "till": full(till=till(id=8)),
    "orders by state": full(orders={"draft": 1, "paid": 4, "done": 0, "invoiced": 0, "cancel": 0}),
    "order count": full(order_count=6),
    "imbalance": full(imbalance=D("0.02")),
    "suspects": full(suspect_count=2),
    "suspect's id": suspect(id=52),
    "suspect's state": suspect(state="draft"),
    "suspect's amount": suspect(amount=D("10.01")),
    "suspect's paid": suspect(paid=D("9.99")),
    "suspect's payments": suspect(payments=2),
    "suspect's lines": suspect(lines=2),
    "one more suspect": full(suspects=(order(), order(id=52))),
    "payment's method": full(payments=(paid(method_id=3), by_card())),
    "payments' number": full(payments=(paid(number=4), by_card())),
    "payments' amount": full(payments=(paid(amount=D("30.01")), by_card())),
    "payments' captured": full(payments=(paid(captured=D("29.99")), by_card())),
    "payments unconfirmed": full(payments=(paid(), by_card(unconfirmed=1))),
    "payments uncaptured": full(payments=(paid(), by_card(uncaptured=1))),
    "a method less": full(payments=(paid(),)),
    "no drawer": full(cash=None),
    "drawer's journal": full(cash=cash(journal_id=12)),
    "drawer's opening": full(cash=cash(start=D("100.01"))),
    "drawer's expected": full(cash=cash(expected=D("130.01"))),
    "drawer's count": full(cash=cash(counted=D("130.01"))),
    "drawer not counted": full(cash=cash(counted=None)),
    "drawer's moves": full(cash=cash(move_count=1)),
    "last activity": full(last_activity_at=ago(hours=1)),
}
DOES_NOT = {
    "opener": full(user_id=3, user_login="demo", user_active=False),
    "times of the session": full(started_at=ago(days=9), stopped_at=NOW, created_at=NOW, written_at=NOW),
    "name of the till": full(till=till(name="Other", methods=())),
    "names of orders": suspect(name="x", reference="y"),
    "names of methods": full(payments=(paid(method_name="x"), by_card())),
    "when the count was stored": full(cash=cash(counted_at=NOW, moved_at=NOW)),
    "stock": full(failed_pickings=3),
    "scale of a Decimal": full(
        imbalance=D("0.0100"), cash=cash(expected=D(130), counted=D("1.3E+2"), start=D("100.000"))
    ),
}


@pytest.mark.parametrize("other", RESTS_ON.values(), ids=RESTS_ON)
def test_the_fingerprint_changes_with(other):
    assert fingerprint(other) != fingerprint(full())


@pytest.mark.parametrize("other", DOES_NOT.values(), ids=DOES_NOT)
def test_the_fingerprint_does_not_change_with(other):
    assert fingerprint(other) == fingerprint(full())


def test_every_fingerprint_is_another():
    assert len({fingerprint(s) for s in RESTS_ON.values()}) == len(RESTS_ON)
