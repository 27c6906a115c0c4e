# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pending orders: each kind resolved by the word that allows it, and what no word allows."""

from __future__ import annotations

import datetime
import types
from decimal import Decimal

from .closing_store import make_importable
from .fixes import Case, fix, refusal

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils.resolve_orders import resolve_orders  # noqa: E402

ROLE = "pos_pending_orders"
COUNTED = types.MappingProxyType({"counted_cash": "130.00"})


def case(till, close=COUNTED, **options):
    return Case(
        till,
        work=resolve_orders,
        options={"min_idle_minutes": 0, **{k: v for k, v in options.items() if k not in ("after", "says")}},
        close=close,
        after=options.get("after"),
        says=options.get("says", ()),
    )


def later(**delta):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def order(store, ident):
    """The order's row; None when it is gone."""
    rows = store.rows("SELECT * FROM pos_order WHERE id = %(id)s", id=ident)
    return rows[0] if rows else None


def discarded(store, ident):
    """Up to 17 a discarded draft is gone, after that it is cancelled."""
    row = order(store, ident)
    assert row is None if store.series <= 17 else row["state"] == "cancel", row


@fix("C06", "an order without a line", ROLE)
def empty_draft(store):
    till = store.traded("empty")
    ident = till.draft(0, lines=False)
    return case(till, discard=["empty"], after=lambda _told: discarded(store, ident))


@fix("C01", "an order that nobody paid", ROLE)
def unpaid_draft(store):
    till = store.traded("unpaid")
    ident = till.draft(20)
    return case(till, discard=["unpaid"], after=lambda _told: discarded(store, ident))


@fix("C01", "one of two unpaid orders, named; the other is left", ROLE)
def one_of_two(store):
    till = store.traded("one_of_two")
    ours, other = till.draft(20), till.draft(15)

    def after(_told):
        discarded(store, ours)
        assert order(store, other)["state"] == "draft"

    return case(till, close=None, discard=["unpaid"], orders=[str(ours)], after=after)


@fix("C02", "an order that was paid in full and never completed", ROLE)
def paid_draft(store):
    till = store.traded("paid_draft")
    ident = till.draft(10, {till.cash: 10})

    def after(_told):
        row = order(store, ident)
        assert row["state"] == "paid" and row["amount_paid"] == Decimal(10) and row["name"] != "/"

    return case(till, close={"counted_cash": "140.00"}, settle=True, after=after)


def rounding_till(store, name):
    """A till that rounds cash, and cash only, to five cents."""
    rounding = store.shop().rounding("five cents")
    return store.traded(name, cash_rounding=True, rounding_method=rounding, only_round_cash_method=True)


@fix("C02", "an order that was paid in cash with what its till rounds it to, and never completed", ROLE, series=(19,))
def paid_rounded_draft(store):
    till = rounding_till(store, "paid_rounded")
    ident = till.draft(12.34, {till.cash: 12.35})

    def after(_told):
        row = order(store, ident)
        assert row["state"] == "paid" and row["amount_paid"] == Decimal("12.35")

    return case(till, close={"counted_cash": "142.35"}, settle=True, after=after)


@fix("C03", "an order to be fetched tomorrow", ROLE, series=(19,))
def for_tomorrow(store):
    till = store.traded("tomorrow")
    return case(till, detach_future=True, after=detached(store, till.draft(20, preset_time=later(days=1))))


@fix("C03", "an order to be fetched later today", ROLE, series=(19,))
def for_later_today(store):
    till = store.traded("later_today")
    # at night "later" may be tomorrow; that it stays a draft is the point
    return case(till, detach_future=True, after=detached(store, till.draft(20, preset_time=later(minutes=30))))


def detached(store, ident):
    def after(_told):
        row = order(store, ident)
        assert row["state"] == "draft" and row["session_id"] is None

    return after


@fix("C01", "a basket that was cancelled in the back office and would be booked", ROLE, series=(14,))
def cancelled_basket(store):
    till = store.traded("cancelled")
    ident = till.draft(20)
    till.odoo("pos.order", "action_pos_order_cancel", [ident])

    def after(_told):
        assert order(store, ident) is None

    return case(till, remove_cancelled=True, after=after)


@fix("C09", "the shop says that the till has sent everything", ROLE)
def till_synced(store):
    till = store.traded("synced")
    till.draft(20)

    def after(told):
        assert "till_synced" in told["plan"]["note"]
        if store.series >= 17:
            assert "till_synced" in store.session(till.session)["closing_notes"]
        else:
            said = store.rows(
                "SELECT body FROM mail_message WHERE model = 'pos.session' AND res_id = %(id)s AND body LIKE '%%till_synced%%'",
                id=till.session,
            )
            assert len(said) == 1

    return case(till, discard=["unpaid"], till_synced=True, after=after)


@refusal("C02", "a draft that holds a payment is never discarded", ROLE)
def part_paid_draft(store):
    till = store.traded("part_paid")
    ident = till.draft(20, {till.card: 5})
    return case(till, close=None, discard=["empty", "unpaid"], settle=True, orders=[str(ident)],
                says=("payments of 5.00", "never discarded"))  # fmt: skip


@refusal("C02", "a draft that is paid by card with what its till would round cash to", ROLE, series=(19,))
def card_rounded_draft(store):
    till = rounding_till(store, "card_rounded")
    ident = till.draft(12.34, {till.card: 12.35})
    return case(till, close=None, settle=True, orders=[str(ident)], says=("costs only 12.34",))


@refusal("C02", "a draft that is paid in full is not settled without the word for it", ROLE)
def paid_draft_unasked(store):
    till = store.traded("paid_unasked")
    ident = till.draft(10, {till.cash: 10})
    return case(till, close=None, discard=["empty", "unpaid"], orders=[str(ident)], says=("allow settle",))


@refusal("C02", "a paid order is never cancelled", ROLE)
def paid_order(store):
    till = store.traded("paid_order")
    ident = till.sell(till.cash)[0]
    return case(till, close=None, discard=["empty", "unpaid"], remove_cancelled=True, orders=[str(ident)],
                says=("paid order is never cancelled",))  # fmt: skip


@refusal("C01", "an order of another session", ROLE)
def foreign_order(store):
    other = store.traded("foreign_other")
    till = store.traded("foreign")
    return case(
        till, close=None, discard=["unpaid"], orders=[str(other.draft(20))], says=("belongs to another session",)
    )


@refusal("C01", "somebody is at the till", ROLE)
def busy(store):
    till = store.traded("busy")
    till.draft(20)
    return case(
        till, close=None, discard=["unpaid"], min_idle_minutes=15, says=("still be selling", "min_idle_minutes")
    )
