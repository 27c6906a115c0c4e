# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders that stand in the way of a close: what each one is, what the caller's policy does to it, or why it is left. Pure.

What Odoo does with drafts and cancelled orders, series by series: odoo-closing.md, "Second look"; risks: root-causes.md, C01 to
C06. An order that holds a payment is a customer's money: nothing here discards, deletes or detaches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Any, Optional

from .errors import BadInput
from .store import Currency

# What an order is.
EMPTY, UNPAID, PART_PAID, FULLY_PAID = "empty", "unpaid", "part_paid", "fully_paid"
FOR_LATER, POISON, CANCELLED_PAID, OTHER = "for_later", "cancelled_poison", "cancelled_paid", "other"
KINDS = (EMPTY, UNPAID, PART_PAID, FULLY_PAID, FOR_LATER, POISON, CANCELLED_PAID, OTHER)

# What may be done to it.
DISCARD, SETTLE, DETACH, REMOVE = "discard", "settle", "detach", "remove"
DISCARDABLE = (EMPTY, UNPAID)

# Up to 17 a draft is deleted. Cancelled, it would be booked up to 16 all the same; and up to 17 Odoo's own cancel takes paid
# orders too, while its unlink refuses them and whatever holds a payment. From 18 on cancel takes drafts only, and 19's unlink
# would take the payments along.
LAST_UNLINKED = 17
LAST_POISONED = 16
FIRST_DETACHABLE = 19

# How Odoo rounds cash (account.cash.rounding): up is away from zero, down is towards it.
ROUNDINGS = {"HALF-UP": ROUND_HALF_UP, "UP": ROUND_UP, "DOWN": ROUND_DOWN}


@dataclass(frozen=True)
class Pending:
    """One order as PostgreSQL shows it. ``paid`` is the sum of its payments, in the till's currency.

    ``unconfirmed`` payments wait for a terminal, ``transactions`` for an online payment; ``picked`` says whether the goods have
    left the stock, or will when the session closes; ``touched_at`` is the last change of the order or its lines. ``step`` is what
    the till rounds its price to, and ``step_how`` which way; None without cash rounding, and where not every payment is by cash.
    """

    id: int
    name: str
    reference: Optional[str]
    state: str
    session_id: Optional[int]
    session_name: Optional[str]
    amount: Decimal
    paid: Decimal
    payments: int
    lines: int
    unconfirmed: int
    transactions: int
    invoiced: bool
    to_invoice: bool
    picked: bool
    created_at: Optional[datetime]
    touched_at: Optional[datetime]
    preset_at: Optional[datetime]
    date_order: Optional[datetime]
    step: Optional[Decimal] = None
    step_how: Optional[str] = None

    @property
    def label(self) -> str:
        """What the receipt says, else the name; the id of one that has neither yet."""
        return self.reference or (self.name if self.name not in ("", "/") else str(self.id))


@dataclass(frozen=True)
class OrderOptions:
    """What the caller decided. ``orders`` are ids or references; empty means every order of the session."""

    discard: tuple[str, ...] = ()
    older_than_minutes: int = 0
    settle: bool = False
    detach_future: bool = False
    remove_cancelled: bool = False
    orders: tuple[str, ...] = ()
    till_synced: bool = False
    min_idle_minutes: int = 15

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> OrderOptions:
        """From module parameters. Raises BadInput."""
        for name in ("older_than_minutes", "min_idle_minutes"):
            if params[name] < 0:
                raise BadInput("%s must not be negative." % name)
        return cls(
            discard=tuple(params.get("discard") or ()),
            older_than_minutes=params["older_than_minutes"],
            settle=bool(params["settle"]),
            detach_future=bool(params["detach_future"]),
            remove_cancelled=bool(params["remove_cancelled"]),
            orders=tuple(dict.fromkeys(str(one).strip() for one in params.get("orders") or () if str(one).strip())),
            till_synced=bool(params["till_synced"]),
            min_idle_minutes=params["min_idle_minutes"],
        )


@dataclass(frozen=True)
class Decision:
    """What becomes of one order. ``action`` is None for one that is left; ``reason`` is a sentence for a shop."""

    order: Pending
    kind: str
    action: Optional[str]
    reason: str


def rounded(order: Pending, money: Currency) -> Decimal:
    """What the till takes in cash for the whole price, and Odoo too: action_pos_order_paid. The close books what is rounded away."""
    if not order.step or order.step_how not in ROUNDINGS:
        return order.amount
    amount = money.round(order.amount)
    steps = (abs(amount) / order.step).quantize(Decimal(1), ROUNDINGS[order.step_how])
    return (steps * order.step).copy_sign(amount)


def kind_of(order: Pending, series: int, money: Currency, now: datetime) -> str:
    """What an order is. Whatever holds a payment is told by its payments first, also when it is for later."""
    if order.state == "cancel":
        if order.payments:
            return CANCELLED_PAID
        return POISON if series <= LAST_POISONED and order.lines and not order.invoiced else OTHER
    if order.state != "draft":
        return OTHER
    if order.payments:
        whole = (order.amount, rounded(order, money))
        return FULLY_PAID if any(money.is_zero(price - order.paid) for price in whole) else PART_PAID
    if order.preset_at is not None and order.preset_at > now:
        return FOR_LATER
    return UNPAID if order.lines else EMPTY


def action_of(kind: str, series: int, options: OrderOptions) -> Optional[str]:
    """What the policy would do to an order of this kind."""
    if kind in DISCARDABLE and kind in options.discard:
        return DISCARD
    if kind == FULLY_PAID and options.settle:
        return SETTLE
    if kind == FOR_LATER and options.detach_future and series >= FIRST_DETACHABLE:
        return DETACH
    if kind == POISON and options.remove_cancelled:
        return REMOVE
    return None


def decide(order: Pending, series: int, money: Currency, now: datetime, options: OrderOptions) -> Decision:
    """What becomes of one order of the session."""
    kind = kind_of(order, series, money, now)
    action = action_of(kind, series, options)
    if action is None:
        return Decision(order, kind, None, advice(order, kind, series, money, now))
    kept = protection(order, action, now, options)
    if kept is not None:
        return Decision(order, kind, None, kept)
    return Decision(order, kind, action, deed(order, action, series, money))


def protection(order: Pending, action: str, now: datetime, options: OrderOptions) -> Optional[str]:
    """Why an order is kept that the policy would have changed; None when nothing speaks against it."""
    if order.transactions:
        return "An online payment is still under way for it: wait until it has succeeded or failed."
    if order.touched_at is None or (now - order.touched_at).total_seconds() < options.older_than_minutes * 60:
        return "Somebody worked on it less than %d minute(s) ago: it is too young." % options.older_than_minutes
    if action == SETTLE and order.unconfirmed:
        return "A payment was never confirmed by the terminal: compare with the terminal's own journal, then complete it at the till."
    if action == SETTLE and order.to_invoice:
        return "The customer wants an invoice, which only the till makes with it: complete it there."
    if action == SETTLE and not order.lines:
        return "It is paid and nothing was sold in it: find out at the till what was bought."
    return None


def advice(order: Pending, kind: str, series: int, money: Currency, now: datetime) -> str:
    """What must be done about an order that is left, and which option would do it."""
    amount, paid = money.text(order.amount), money.text(order.paid)
    if kind == EMPTY:
        return "Nothing is in it: delete it at the till, or allow discard: [empty]."
    if kind == UNPAID:
        return "Nobody paid its %s: take the money or cancel it at the till, or allow discard: [unpaid]." % amount
    if kind == PART_PAID and order.paid > order.amount >= 0:
        return "It holds payments of %s and costs only %s: give the rest back at the till. It is never discarded." % (
            paid,
            amount,
        )
    if kind == PART_PAID:
        return (
            "It holds payments of %s and costs %s: take the rest or give the money back at the till. It is never discarded."
            % (paid, amount)
        )
    if kind == FULLY_PAID:
        return "Its %s are paid and it was never completed: validate it at the till, or allow settle." % paid
    if kind == FOR_LATER:
        return later(order, series, now)
    if kind == POISON:
        return "It was cancelled and this Odoo would book it all the same: allow remove_cancelled."
    if kind == CANCELLED_PAID:
        return "It was cancelled and holds payments of %s: find out whether the customer has the money back." % paid
    return "It is %s: there is nothing to resolve." % order.state


def later(order: Pending, series: int, now: datetime) -> str:
    """What an order does that is to be served later: 19 lets one for another day pass, older Odoo none."""
    if series >= FIRST_DETACHABLE and order.preset_at is not None and order.preset_at.date() > now.date():
        return "It is for a later day: it does not stop the close. detach_future takes it out of the session now."
    if series >= FIRST_DETACHABLE:
        return (
            "It is for later today and may stop the close: allow detach_future, or move it to another day at the till."
        )
    return "It is for later, and this Odoo does not close before it is served: move or serve it at the till."


def deed(order: Pending, action: str, series: int, money: Currency) -> str:
    """What is going to be done to an order, as a sentence of the plan."""
    amount = "%s %s" % (money.text(order.amount), money.name)
    if action == DISCARD:
        what = "an empty order" if not order.lines else "not paid, %s" % amount
        return "%s order %s (%s)." % ("Delete" if series <= LAST_UNLINKED else "Cancel", order.label, what)
    if action == SETTLE:
        stock = "" if order.picked else " Its goods are not taken from the stock by this."
        if not money.is_zero(order.amount - order.paid):
            amount += ", rounded to %s" % money.text(order.paid)
        return "Mark order %s as paid (%s, by %d payment(s) it holds).%s" % (order.label, amount, order.payments, stock)
    if action == DETACH:
        return "Take order %s (%s, for later) out of the session; it stays to be served." % (order.label, amount)
    return "Delete the cancelled order %s (%s), which would be booked." % (order.label, amount)


def resolved(action: str, order: Pending, now: Optional[Pending]) -> bool:
    """Whether an action has been carried out. ``now`` is the order as it stands, None when it is gone."""
    if action == REMOVE or (action == DISCARD and now is None):
        return now is None
    if now is None:
        return False
    if action == DISCARD:
        return now.state == "cancel" and now.payments == 0
    if action == SETTLE:
        return now.state in ("paid", "done", "invoiced") and (now.payments, now.paid) == (order.payments, order.paid)
    return now.state == "draft" and now.session_id is None and now.payments == 0


def unchanged_since(order: Pending, now: Optional[Pending]) -> bool:
    """Whether an order still is what the plan was made of, so that the plan may be carried out on it."""

    def basis(one: Pending) -> tuple[Any, ...]:
        return (one.state, one.session_id, one.amount, one.paid, one.payments, one.lines, one.transactions, one.unconfirmed,
                one.invoiced, one.preset_at, one.step, one.step_how)  # fmt: skip

    return now is not None and basis(now) == basis(order)
