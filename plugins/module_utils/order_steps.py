# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out the plan for a session's orders through Odoo's own API, one order after the other, each looked at right before.

What each call does on running servers of 14 to 19: odoo-closing.md, "Second look".
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .attempt import Attempt, odoo_time, refused
from .errors import AnswerLost, OdooError, Refused, Unreachable
from .handshake import TWO_STORES, same_session
from .order_ledger import OrderWatch
from .order_plan import NOTES, OrderPlan, plan_facts
from .orders import DETACH, DISCARD, LAST_UNLINKED, REMOVE, SETTLE, Decision, Pending, resolved, unchanged_since
from .proof import Check

# Odoo resolves an order in an instant: what is not seen after so many seconds is not waited for any longer.
PATIENCE = 30


@dataclass
class Resolving:
    """One session's orders on their way. ``done`` are those that were seen to be resolved; ``sent``: one was asked for."""

    plan: OrderPlan
    attempt: Attempt
    watch: OrderWatch
    done: list[Decision] = field(default_factory=list)
    sent: bool = False

    def stopped(self, why: str, changed: bool = False) -> Refused:
        """The refusal that ends it half-way; it says how much was done before. ``changed``: ``why`` says what else was."""
        so_far = "Nothing else was changed." if changed else "Nothing was changed."
        if self.done:
            so_far = "%d order(s) were resolved before and stay so." % len(self.done)
        changed = changed or bool(self.done)
        return Refused(
            "%s %s" % (why, so_far),
            refused=not changed,
            changed=changed,
            findings=[],
            plan=plan_facts(self.plan),
            answer=self.attempt.answers,
        )


def carry_out(resolving: Resolving) -> None:
    """Resolve one order after the other, then leave a note. Raises Refused, AnswerLost or Unreachable."""
    same_session(resolving.attempt)
    try:
        resolve_each(resolving)
    except Unreachable as error:
        if not resolving.sent:
            raise
        raise Unreachable(
            "%s %d order(s) were resolved before and stay so; run the same task again, it will look first."
            % (error.message, len(resolving.done)),
            # what was sent stands in the trail: a deleted order leaves no other trace
            changed=True,
            plan=plan_facts(resolving.plan),
            answer=resolving.attempt.answers,
        ) from None
    leave_note(resolving)


def resolve_each(resolving: Resolving) -> None:
    """Every order that is due, each looked at right before. Raises as ``carry_out`` does."""
    for number, decision in enumerate(resolving.plan.due):
        if number == 0:
            preflight(resolving, decision)
            shake_hands(resolving, decision)
        preflight(resolving, decision)
        resolving.sent = True
        try:
            ACTIONS[str(decision.action)](resolving, decision)
        except AnswerLost as lost:
            look_first(resolving, decision, lost)
        except OdooError as error:
            why = "Odoo refused to %s order %s: %s." % (
                decision.action,
                decision.order.label,
                error.message.rstrip("."),
            )
            raise resolving.stopped(why) from None
        require_resolved(resolving, decision)
        resolving.done.append(decision)


def require_resolved(resolving: Resolving, decision: Decision) -> None:
    """See in PostgreSQL that it worked. Raises Refused; an order that was paid in the very moment is a draft again."""
    order, now = decision.order, resolving.watch.order(decision.order.id)
    if resolved(str(decision.action), order, now):
        return
    if decision.action == DISCARD and now is not None and now.state == "cancel":
        resolving.attempt.call("pos.order", "write", [order.id], vals={"state": order.state})
        raise resolving.stopped(
            "Order %s got a payment in the very moment in which it was cancelled; it was made a draft again."
            % order.label
        )
    raise resolving.stopped(
        "Odoo answered, but order %s is now %s: somebody works on it." % (order.label, now.state if now else "gone"),
        # its amount paid was written
        changed=decision.action == SETTLE,
    )


def preflight(resolving: Resolving, decision: Decision) -> None:
    """Right before it is changed: the order is what the plan was made of, in PostgreSQL and in Odoo's own words. Raises Refused."""
    order, attempt = decision.order, resolving.attempt
    if not unchanged_since(order, resolving.watch.order(order.id)):
        raise resolving.stopped("Order %s changed while we planned: somebody works on it. Run again." % order.label)
    fields = ["state", "session_id", "payment_ids", "lines"]
    try:
        rows = attempt.odoo.call("pos.order", "read", [order.id], fields=fields)
    except OdooError as error:
        raise resolving.stopped(
            "Odoo does not show order %s (%s)." % (order.label, error.message.rstrip("."))
        ) from None
    except AnswerLost as lost:
        raise Unreachable("%s Order %s was not touched: run again." % (lost.message, order.label)) from None
    seen = rows[0] if isinstance(rows, list) and rows else {}
    theirs = (seen.get("state"), (seen.get("session_id") or [None])[0], len(seen.get("payment_ids") or ()),
              len(seen.get("lines") or ()))  # fmt: skip
    if theirs != (order.state, order.session_id, order.payments, order.lines):
        raise resolving.stopped(
            "Odoo shows order %s as %s with %d payment(s), and PostgreSQL as %s with %d: they are two stores, or somebody works on it."
            % (order.label, theirs[0], theirs[2], order.state, order.payments)
        )


def shake_hands(resolving: Resolving, decision: Decision) -> None:
    """Write the order's date a second off over the API, see it in PostgreSQL, and take it back. Raises Refused for two stores.

    Not the session's row, as handshake.shake_hands does: from 16 on the time of its last write is all that shows that a stored
    count is older than the last sale.
    """
    order = decision.order
    if order.date_order is None:
        raise resolving.stopped("Order %s has no date: it is no order that a till made." % order.label)
    kept = order.date_order.replace(microsecond=0)
    mark, lost = kept - timedelta(seconds=1), ""
    try:
        date(resolving, order, mark)
    except OdooError as error:
        raise resolving.stopped("Odoo lets its user change no order: %s." % error.message.rstrip(".")) from None
    except AnswerLost as error:
        lost = error.message
    resolving.sent = True
    try:
        seen = seen_dated(resolving, order, mark, PATIENCE if lost else 0)
    finally:
        put_back(resolving, order, kept)
    if lost:
        raise Unreachable("%s The date of order %s, which was written to try it, is as it was." % (lost, order.label))
    if not seen:
        raise refused(TWO_STORES)


def date(resolving: Resolving, order: Pending, at: datetime) -> None:
    """Write an order's date."""
    resolving.attempt.call("pos.order", "write", [order.id], vals={"date_order": odoo_time(at)})


def seen_dated(resolving: Resolving, order: Pending, at: datetime, seconds: float) -> bool:
    """Whether PostgreSQL shows that date in time."""
    deadline = time.monotonic() + seconds
    while True:
        now = resolving.watch.order(order.id)
        if now is not None and now.date_order is not None and now.date_order.replace(microsecond=0) == at:
            return True
        if time.monotonic() >= deadline:
            return False
        resolving.watch.pause()


def put_back(resolving: Resolving, order: Pending, kept: datetime) -> None:
    """Write the date that was found. Raises Refused where PostgreSQL does not show it, or cannot be asked."""
    try:
        date(resolving, order, kept)
        return
    except (OdooError, AnswerLost, Unreachable) as error:
        why = error.message.rstrip(".")
    with contextlib.suppress(Unreachable):
        if seen_dated(resolving, order, kept, PATIENCE):
            return
    raise resolving.stopped(
        "The date of order %s was written to see that Odoo and PostgreSQL are one store, and could not be written back (%s): set "
        "it to %s UTC if it is a second earlier." % (order.label, why, odoo_time(kept)),
        changed=True,
    )


def discard(resolving: Resolving, decision: Decision) -> None:
    """Up to 17 unlink, which refuses whatever is paid or holds a payment; from 18 on cancel, which takes drafts only.

    Without active_ids in the context, with which 19 asks about dates first. What 19 returns is half the till: it is not kept.
    """
    attempt = resolving.attempt
    if attempt.series <= LAST_UNLINKED:
        attempt.call("pos.order", "unlink", [decision.order.id])
        return
    attempt.call("pos.order", "action_pos_order_cancel", [decision.order.id])
    attempt.answers[-1]["returned"] = None


def settle(resolving: Resolving, decision: Decision) -> None:
    """Let the order say what its payments say, then do what the till's Validate would have done."""
    ids = [decision.order.id]
    resolving.attempt.call("pos.order", "write", ids, vals={"amount_paid": decision.order.paid})
    try:
        resolving.attempt.call("pos.order", "action_pos_order_paid", ids)
    except OdooError as error:
        raise resolving.stopped(
            "Odoo refused to settle order %s: %s. Its amount paid, which was set to the sum of its payments before, stays so."
            % (decision.order.label, error.message.rstrip(".")),
            changed=True,
        ) from None


def detach(resolving: Resolving, decision: Decision) -> None:
    """As 19 itself does at a close. Not by its cancel, which would cancel an order that has become today's meanwhile."""
    resolving.attempt.call("pos.order", "write", [decision.order.id], vals={"session_id": False})


def remove(resolving: Resolving, decision: Decision) -> None:
    """Up to 16: unlink refuses what is neither a draft nor cancelled."""
    resolving.attempt.call("pos.order", "unlink", [decision.order.id])


ACTIONS = {DISCARD: discard, SETTLE: settle, DETACH: detach, REMOVE: remove}


def look_first(resolving: Resolving, decision: Decision, lost: AnswerLost) -> None:
    """After a lost answer: return when the order turns out resolved, else raise. Nothing is sent a second time."""
    order, deadline = decision.order, time.monotonic() + min(PATIENCE, resolving.attempt.patience)
    resolving.attempt.answers.append({"call": "(lost)", "returned": lost.message})
    while not resolved(str(decision.action), order, resolving.watch.order(order.id)):
        if time.monotonic() >= deadline:
            raise AnswerLost(
                "%s Order %s is not resolved (yet). Run the same task again; it will look first."
                % (lost.message, order.label),
                refused=False,
                pending=True,
                changed=bool(resolving.done),
                plan=plan_facts(resolving.plan),
                answer=resolving.attempt.answers,
            )
        resolving.watch.pause()


def leave_note(resolving: Resolving) -> None:
    """Tell Odoo what was done. A note that cannot be left is found out by the proof; the orders stay resolved."""
    plan, attempt = resolving.plan, resolving.attempt
    try:
        if plan.note_in == NOTES:
            kept = attempt.watch.row()["closing_notes"]
            attempt.ask("write", vals={"closing_notes": "\n".join([part for part in (kept, plan.note) if part])})
        else:
            attempt.ask("message_post", body=plan.note)
    except (OdooError, AnswerLost, Unreachable) as error:
        attempt.answers.append({"call": "(note)", "returned": error.message})


def note_left(resolving: Resolving) -> Check:
    """Whether the note is where it belongs: the notes are read again, the chatter has answered with the message's id."""
    plan, attempt = resolving.plan, resolving.attempt
    if plan.note_in == NOTES:
        left = plan.note in (attempt.watch.row()["closing_notes"] or "")
    else:
        left = attempt.answers[-1]["call"] == "pos.session.message_post"
    return Check("it is noted on the session", left, "in the %s" % plan.note_in.replace("_", " "))
