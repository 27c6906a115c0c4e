# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What resolving a session's orders would do, worked out before anything is written, or why it will not be done. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

from .diagnose import idle_minutes
from .diagnose_money import stale
from .errors import Refused
from .facts import finding_facts, moment
from .findings import BLOCKER, Finding, finding
from .orders import (
    CANCELLED_PAID,
    DETACH,
    DISCARD,
    FULLY_PAID,
    OTHER,
    PART_PAID,
    REMOVE,
    SETTLE,
    Decision,
    OrderOptions,
    Pending,
    decide,
)
from .store import Session, Store

SYNCED = "The till was said to have sent all its orders (till_synced of retailops.odoo_pos)."
UNSEEN = "Orders that a till never sent to Odoo cannot be seen here: look at the till itself before it is closed."
DONE_WORDS = {DISCARD: "discarded", SETTLE: "settled", DETACH: "taken out for later", REMOVE: "deleted (cancelled)"}
CHATTER, NOTES = "chatter", "closing_notes"


@dataclass(frozen=True)
class OrderPlan:
    """One session's orders, decided. ``decisions`` has all that are pending; ``note`` is what Odoo will be told, if anything.

    ``note_in`` is ``closing_notes``, or ``chatter`` where this Odoo has none or a write to the session would hide that its
    count is older than its last sale.
    """

    session: Session
    series: int
    decisions: tuple[Decision, ...]
    note: str = ""
    note_in: str = CHATTER
    warnings: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[Decision, ...]:
        """Those that something is to be done to, in the order in which it is done."""
        return tuple(one for one in self.decisions if one.action is not None)


def make_plan(
    store: Store,
    session: Session,
    pending: Sequence[Pending],
    named: Mapping[str, Sequence[Pending]],
    options: OrderOptions,
    notes: Optional[str],
) -> OrderPlan:
    """Decide every pending order. ``notes`` are the session's closing notes. Raises Refused with every reason at once."""
    money, chosen = session.till.currency, {order.id for orders in named.values() for order in orders}
    decisions = []
    for order in pending:
        one = decide(order, store.series, money, store.read_at, options)
        if session.closed and one.kind != OTHER:
            one = replace(one, action=None, reason="Its session is closed: an accountant must look at it.")
        elif options.orders and order.id not in chosen and one.action is not None:
            one = replace(one, action=None, reason="It is not among the orders that were named.")
        if one.kind != OTHER:
            decisions.append(one)
    plan = OrderPlan(session, store.series, tuple(decisions))
    refusals = [*wrong_names(plan, named, options), *own_refusals(plan, store, options)]
    if refusals:
        why = " ".join(message for message, _found in refusals)
        raise Refused(
            "No order of session %s of till %s was touched. %s" % (session.name, session.till.name, why),
            refused=True,
            findings=[finding_facts(found) for _message, found in refusals if found is not None],
            plan=plan_facts(plan),
        )
    gone = tuple("There is no order %s (any more)." % name for name, orders in named.items() if not orders)
    return with_note(plan, options, notes, gone)


Refusal = tuple[str, Optional[Finding]]


def wrong_names(plan: OrderPlan, named: Mapping[str, Sequence[Pending]], options: OrderOptions) -> list[Refusal]:
    """Orders that were named and that nothing may be done to. One that is gone, or has become what was wanted, is no fault."""
    by_id = {one.order.id: one for one in plan.decisions}
    found: list[Refusal] = []
    for name, orders in named.items():
        if len(orders) > 1:
            ids = ", ".join(str(order.id) for order in orders)
            found.append(("Several orders are called %s (ids %s): name one by its id." % (name, ids), None))
            continue
        for order in orders:
            one = by_id.get(order.id)
            if one is None and not become(order, plan.session, options):
                found.append((foreign(order, plan.session), None))
            elif one is not None and one.action is None:
                found.append(("Order %s: %s" % (order.label, one.reason), payment_finding(one)))
    return found


def become(order: Pending, session: Session, options: OrderOptions) -> bool:
    """Whether an earlier run has made of the order what the options ask for."""
    if order.session_id is None:
        return options.detach_future and order.state == "draft"
    if order.session_id != session.id:
        return False
    if order.state == "cancel":
        return bool(options.discard) and not order.payments
    return options.settle and order.state in ("paid", "done", "invoiced")


def foreign(order: Pending, session: Session) -> str:
    """Why an order that is not pending in this session is left alone."""
    if order.session_id == session.id:
        return "Order %s is %s: only drafts are resolved, and a paid order is never cancelled." % (
            order.label,
            order.state,
        )
    if order.session_id is None:
        return "Order %s is in no session: the till that serves it takes it back." % order.label
    return "Order %s belongs to another session (%s): name that session." % (order.label, order.session_name)


def payment_finding(decision: Decision) -> Optional[Finding]:
    """The finding of an order whose payments forbid what was asked."""
    if decision.kind not in (PART_PAID, FULLY_PAID, CANCELLED_PAID):
        return None
    order = decision.order
    return finding("orders.draft_with_payment", number=1, names=[order.label], ids=[order.id])


def own_refusals(plan: OrderPlan, store: Store, options: OrderOptions) -> list[Refusal]:
    """What forbids the whole of it: a fiscally certified store (root-causes.md, C51 to C54), a till in use."""
    found: list[Refusal] = []
    if store.fiscal_modules and any(one.action in (DISCARD, REMOVE) for one in plan.due):
        protected = finding("fiscal.protected", severity=BLOCKER, modules=list(store.fiscal_modules))
        message = "Fiscally certified (%s): no order is discarded here by a tool; cancel it at the till." % ", ".join(
            store.fiscal_modules
        )
        found.append((message, protected))
    idle = idle_minutes(plan.session, store.read_at)
    if plan.due and idle is not None and idle < options.min_idle_minutes:
        busy = finding("session.in_use", severity=BLOCKER, minutes=idle)
        how = " Wait, or set min_idle_minutes to %d or less when you know that nobody works on these orders." % idle
        found.append((busy.message + how, busy))
    return found


def with_note(plan: OrderPlan, options: OrderOptions, notes: Optional[str], warnings: tuple[str, ...]) -> OrderPlan:
    """Add what Odoo is told: which orders were resolved, for their deletion leaves no trace, and the caller's attestation."""
    cash = plan.session.cash
    hides_age = cash is not None and plan.series >= 16 and stale(cash)
    note_in = NOTES if plan.series >= 17 and not hides_age else CHATTER
    said = []
    if plan.due:
        said.append("Pending orders, by retailops.odoo_pos: %s." % "; ".join(deeds(plan.due)))
    if options.till_synced and not plan.session.closed:
        if plan.due or (note_in == NOTES and SYNCED not in (notes or "")):
            said.append(SYNCED)
        elif note_in == CHATTER:
            warnings += (
                "That the till has sent all its orders is not noted: this session has no notes to keep it in.",
            )
    if not options.till_synced and not plan.session.closed:
        warnings += (UNSEEN,)
    return replace(plan, note=" ".join(said), note_in=note_in, warnings=warnings)


def deeds(due: Sequence[Decision]) -> list[str]:
    """'discarded A, B', one for each action."""
    found = []
    for action, word in DONE_WORDS.items():
        labels = [one.order.label for one in due if one.action == action]
        if labels:
            found.append("%s %s" % (word, ", ".join(labels)))
    return found


def steps(plan: OrderPlan) -> list[str]:
    """The plan in sentences, in the order they will be carried out."""
    said = [one.reason for one in plan.due]
    if plan.note:
        where = "closing notes" if plan.note_in == NOTES else "chatter"
        said.append("Note it in the session's %s." % where)
    return [*said, "Prove it from the database."] if said else []


def order_facts(decision: Decision, plan: OrderPlan) -> dict[str, Any]:
    order, money = decision.order, plan.session.till.currency
    return {
        "id": order.id,
        "name": order.name,
        "reference": order.reference,
        "label": order.label,
        "state": order.state,
        "kind": decision.kind,
        "action": decision.action,
        "reason": decision.reason,
        "amount": money.text(order.amount),
        "paid": money.text(order.paid),
        "payments": order.payments,
        "lines": order.lines,
        "created_at": moment(order.created_at),
        "preset_at": moment(order.preset_at),
    }


def plan_facts(plan: OrderPlan) -> dict[str, Any]:
    """The plan as plain JSON values."""
    return {
        "session": {"id": plan.session.id, "name": plan.session.name},
        "till": {"id": plan.session.till.id, "name": plan.session.till.name},
        "currency": plan.session.till.currency.name,
        "orders": [order_facts(one, plan) for one in plan.decisions],
        "steps": steps(plan),
        "note": plan.note,
        "warnings": list(plan.warnings),
    }
