# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for a session's orders, what is refused and why, what Odoo is told, and what proves it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal as D

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import Refused
from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_ledger import Standing, prove
from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_plan import (
    CHATTER,
    NOTES,
    SYNCED,
    UNSEEN,
    make_plan,
    plan_facts,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.orders import OrderOptions

from .made import SERIES, USD, ago, cash, closed, session, store
from .made_orders import EVERYTHING, ledger, pending

PAID = {"payments": 1, "paid": D(20)}


def plan(*orders, series=19, options=EVERYTHING, named=None, found=None, notes=None, **other):
    found = found or session()
    return make_plan(store(series, found, **other), found, orders, named or {}, options, notes)


def refused(*orders, **other):
    with pytest.raises(Refused) as caught:
        plan(*orders, **other)
    error = caught.value
    assert error.details["refused"] is True and "changed" not in error.details and "\n" not in error.message
    return error


def test_a_plan_in_sentences():
    made = plan(pending(), pending(id=52, reference="R52", **PAID), pending(id=53, payments=1, paid=D(5)))
    facts = json.loads(json.dumps(plan_facts(made)))
    assert facts["steps"] == [
        "Cancel order 00007-001-0051 (not paid, 20.00 USD).",
        "Mark order R52 as paid (20.00 USD, by 1 payment(s) it holds).",
        "Note it in the session's closing notes.",
        "Prove it from the database.",
    ]
    assert [one["action"] for one in facts["orders"]] == ["discard", "settle", None]
    assert facts["note"] == "Pending orders, by retailops.odoo_pos: discarded 00007-001-0051; settled R52."
    assert facts["warnings"] == [UNSEEN]


def test_nothing_to_do_has_no_steps():
    facts = plan_facts(plan(pending(payments=1, paid=D(5))))
    assert facts["steps"] == [] and facts["note"] == "" and facts["orders"][0]["kind"] == "part_paid"
    assert plan(pending(state="paid")).decisions == ()


# --- orders that were named --------------------------------------------------------------------------------------------


def named(order, **options):
    return {"options": replace(EVERYTHING, orders=("it",), **options), "named": {"it": [order]}}


def test_only_what_was_named_is_resolved():
    ours, other = pending(), pending(id=52)
    made = plan(ours, other, **named(ours))
    assert [one.order.id for one in made.due] == [51]
    assert "not among the orders" in made.decisions[1].reason


@pytest.mark.parametrize("order, says, codes", [
    (pending(payments=1, paid=D(5)), "never discarded", ["orders.draft_with_payment"]),
    (pending(state="cancel", **PAID), "whether the customer has the money back", ["orders.draft_with_payment"]),
    (pending(transactions=1), "online payment", []),
], ids=["part-paid", "cancelled-paid", "online"])  # fmt: skip
def test_a_named_order_that_may_not_be_resolved_is_refused(order, says, codes):
    error = refused(order, **named(order))
    assert says in error.message and [found["code"] for found in error.details["findings"]] == codes


def test_a_named_order_that_is_not_pending_here_is_refused():
    assert "a paid order is never cancelled" in refused(**named(pending(state="paid", **PAID), settle=False)).message
    foreign = pending(session_id=23, session_name="POS/00023")
    assert "belongs to another session (POS/00023)" in refused(**named(foreign)).message
    assert "is in no session" in refused(**named(pending(session_id=None), detach_future=False)).message
    twice = {"options": replace(EVERYTHING, orders=("it",)), "named": {"it": [pending(), pending(id=52)]}}
    assert "ids 51, 52" in refused(pending(), pending(id=52), **twice).message


@pytest.mark.parametrize("order", [
    pending(state="cancel"), pending(state="paid", **PAID), pending(state="done", **PAID), pending(session_id=None),
], ids=["cancelled", "paid", "done", "detached"])  # fmt: skip
def test_a_named_order_that_an_earlier_run_resolved_is_left(order):
    made = plan(**named(order))
    assert made.due == () and made.note == ""


def test_a_named_order_that_is_gone_is_said_and_left():
    made = plan(options=replace(EVERYTHING, orders=("it",)), named={"it": []})
    assert made.due == () and "no order it" in made.warnings[0]


# --- the whole of it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("series", SERIES)
def test_a_fiscally_certified_store_discards_and_deletes_nothing(series):
    error = refused(pending(), series=series, fiscal_modules=("l10n_fr_pos_cert",))
    assert "l10n_fr_pos_cert" in error.message and error.details["findings"][0]["risk"] == "never"
    if series <= 16:
        refused(pending(state="cancel"), series=series, fiscal_modules=("l10n_fr_pos_cert",))
    # what is paid may be completed there, as the till would
    assert len(plan(pending(**PAID), series=series, fiscal_modules=("l10n_fr_pos_cert",)).due) == 1
    assert plan(pending(), series=series, fiscal_modules=("x",), options=OrderOptions()).due == ()


def test_a_till_in_use_is_refused_and_only_where_something_would_be_done():
    busy = session(last_activity_at=ago(minutes=3))
    error = refused(pending(), found=busy, options=replace(EVERYTHING, min_idle_minutes=15))
    assert "min_idle_minutes to 3" in error.message and error.details["findings"][0]["code"] == "session.in_use"
    assert plan(pending(payments=1, paid=D(5)), found=busy, options=replace(EVERYTHING, min_idle_minutes=15)).due == ()
    assert len(plan(pending(), found=busy).due) == 1


def test_every_reason_is_named_at_once():
    busy = session(last_activity_at=ago(minutes=3))
    error = refused(
        pending(),
        found=busy,
        options=replace(EVERYTHING, min_idle_minutes=15),
        fiscal_modules=("l10n_es_edi_tbai_pos",),
    )
    assert [found["code"] for found in error.details["findings"]] == ["fiscal.protected", "session.in_use"]


def test_a_closed_session_is_left_to_an_accountant():
    made = plan(pending(), found=closed(left_draft=1), options=replace(EVERYTHING, till_synced=True))
    assert made.due == () and made.note == "" and "accountant" in made.decisions[0].reason


# --- what Odoo is told -------------------------------------------------------------------------------------------------

OLD_COUNT = session(cash=cash(counted_at=ago(hours=3)))


@pytest.mark.parametrize("series, found, where", [
    (14, None, CHATTER), (16, None, CHATTER), (17, None, NOTES), (19, None, NOTES), (17, OLD_COUNT, CHATTER), (19, OLD_COUNT, CHATTER),
])  # fmt: skip
def test_where_it_is_noted(series, found, where):
    made = plan(pending(), series=series, found=found, options=replace(EVERYTHING, till_synced=True))
    assert made.note_in == where and SYNCED in made.note and UNSEEN not in made.warnings


def test_an_attestation_without_orders_is_noted_once_where_there_are_notes():
    asked = replace(EVERYTHING, till_synced=True)
    assert plan(options=asked).note == SYNCED
    assert plan(options=asked, notes="Till was hot.\n" + SYNCED).note == ""
    made = plan(options=asked, series=14)
    assert made.note == "" and "is not noted" in made.warnings[0]
    assert plan(options=asked, found=OLD_COUNT).note == ""


# --- the proof ---------------------------------------------------------------------------------------------------------


def proof(due, before, after):
    return {check.check: check.held for check in prove(due, before, after, USD)}


def test_what_proves_it():
    due = plan(pending()).due
    checks = prove(
        due, ledger(pending()), ledger(pending(state="cancel"), o51=Standing("cancel 24 20.00", 0, D(0), "")), USD
    )
    assert all(check.held for check in checks)
    assert checks[1].detail == "2 payment(s), 20.00 before; 2, 20.00 after"
    assert all(proof(due, ledger(pending()), ledger(o51=None)).values())


@pytest.mark.parametrize("after, broken", [
    ({"o49": None}, {"the session's payments are the same", "no other order of the session changed"}),
    ({"o49": Standing("paid 24 10.00", 1, D(10), "9:1:10.00")},
     {"the session's payments are the same", "no other order of the session changed"}),
    ({"o50": Standing("cancel 24 10.00", 1, D(10), "2:1:10.00")}, {"no other order of the session changed"}),
    ({"o51": Standing("draft 24 20.00", 1, D(5), "3:1:5.00")}, {"the session's payments are the same"}),
    ({"o52": Standing("paid 24 10.00", 1, D(10), "3:1:10.00")}, set()),
], ids=["an order gone", "another payment", "another order cancelled", "a payment on ours", "a new sale"])  # fmt: skip
def test_what_a_proof_notices(after, broken):
    due = plan(pending()).due
    found = proof(due, ledger(pending()), ledger(pending(state="cancel"), **after))
    assert {check for check, held in found.items() if not held} == broken


def test_a_proof_notices_an_order_that_is_not_resolved():
    due = plan(pending()).due
    assert proof(due, ledger(pending()), ledger(pending()))["order 00007-001-0051: discard"] is False
