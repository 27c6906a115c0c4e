# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying out a plan through Odoo's own API, in the order its series wants, and giving the till back when Odoo refuses.

Knows only ``Transport.call`` and ``Watch``: whether HTTP or an odoo shell carries the calls makes no difference here.
Sequences as running servers of 14 to 19 took them (odoo-closing.md, "Second look").
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Optional

from .attempt import Closing, closed_again, closed_by_another, give_back, odoo_time, refused, restore
from .diagnose_money import drops_count
from .errors import AnswerLost, OdooError, Unreachable
from .handshake import TWO_STORES, another_moment, same_session
from .notes import ASSUMED, MARK, assumed, without_ours
from .plan import Plan
from .store import ZERO

IMBALANCE_WIZARD = "pos.close.session.wizard"
LIMIT_WIZARD = "closing.balance.confirm.wizard"
# How long is waited for what began before the till was locked: for anything, and for a sale.
LATE_SECONDS, LATE_SALE_SECONDS = 5, 30


def carry_out(closing: Closing) -> None:
    """Close the session or leave it as it was found.

    Raises Refused (Odoo said no; the till was given back), AnswerLost (nobody knows yet; nothing is sent again), Unreachable.
    """
    same_session(closing)
    said = recounted(closing, closing.found, closing.plan.stored)
    if said:
        raise refused("Session %s was not closed: %s. Nothing was changed." % (closing.session.name, said))
    try:
        close_or_give_back(closing)
    except Unreachable as error:
        raise Unreachable(
            "%s What became of session %s is not known; run the same task again, it will look first."
            % (error.message, closing.session.name),
            # what was written stands in the trail: it may have closed the session
            changed=bool(closing.answers),
            answer=closing.answers,
        ) from None


def close_or_give_back(closing: Closing) -> None:
    """Everything that writes. Raises as ``carry_out`` does."""
    try:
        announce(closing)
        store_count(closing)
        nobody_sold(closing)
        (close_14 if closing.series == 14 else close_modern)(closing)
    except AnswerLost as lost:
        look_before_anything_else(closing, lost)
    except OdooError as error:
        if closing.watch.row()["state"] == "closed":
            raise closed_by_another(closing) from None
        raise give_back(closing, "Odoo refused: %s" % error.message) from None


def recounted(closing: Closing, row: Mapping[str, Any], stored: Decimal) -> str:
    """Where nobody gave a count the plan rests on the one that was ``stored``: what to say where another is in the row now."""
    plan, money = closing.plan, closing.session.till.currency
    now = row["counted"] or ZERO
    if plan.given or plan.counted is None or money.is_zero(now - stored):
        return ""
    return "somebody stored %s as its count while the close was prepared; run again" % money.text(now)


def require_same_count(closing: Closing) -> None:
    """Right before the count is stored. Raises OdooError; what somebody else has counted stays."""
    if closing.plan.given:
        return
    row = closing.watch.row()
    said = recounted(closing, row, ZERO if "counted" in closing.written else closing.plan.stored)
    if said:
        closing.found["counted"], closing.recounted = row["counted"], True
        raise OdooError(said)


def nobody_sold(closing: Closing) -> None:
    """A look before the close is sent: orders, payments and cash moves must be those that were planned. Raises OdooError."""
    session = closing.session
    moves = session.cash.move_count if session.cash else 0
    planned = (session.order_count, sum((p.amount for p in session.payments), Decimal(0)), moves)
    if closing.watch.sales(session.cash is not None) != planned:
        closing.sold = True
        raise OdooError("somebody sold or moved cash while the close was prepared; count the drawer again")


def lock_till(closing: Closing) -> None:
    """15 to 19: turn sales away before the close begins, as the browser does. Raises OdooError where one came before that.

    A sale does not write to its session (pos_order.py of 14, 16 to 19), so that nothing in PostgreSQL keeps it from passing a
    close: committed while Odoo closes it would stay paid in a closed session, in no entry. Not by a plain write of the state:
    Odoo's own method refuses a session that was closed meanwhile.
    """
    closing.written.add("state")
    if closing.series >= 17:
        closing.written.add("closing_notes")
    closing.ask("update_closing_control_state_session", notes=closing.watch.row()["closing_notes"] or "")
    state = closing.watch.row()["state"]
    if state != "closing_control":
        raise OdooError("the till was to be locked for sales, but the session is %s" % state)
    nobody_sold_meanwhile(closing)


def nobody_sold_meanwhile(closing: Closing) -> None:
    """The very last look, at a till that is locked: sales that began before that have ended, and none can come any more.

    Raises OdooError.
    """
    if not closing.watch.outlast(LATE_SECONDS, LATE_SALE_SECONDS):
        closing.sold = True
        raise OdooError("a sale that began before the till was locked has not ended after %d s" % LATE_SALE_SECONDS)
    nobody_sold(closing)


def announce(closing: Closing) -> None:
    """The first thing written over the API, harmless and restored on refusal; it must be seen in PostgreSQL. Raises Refused."""
    now = another_moment(closing.found["stop_at"])
    values: dict[str, Any] = {"stop_at": odoo_time(now)}
    if closing.series >= 17:
        # An attempt whose answer was lost leaves its note behind; the next one replaces it.
        notes = closing.found["closing_notes"]
        values["closing_notes"] = "\n".join([*without_ours(notes), closing_note(closing.plan, notes)])
        closing.written.add("closing_notes")
    closing.written.add("stop_at")
    if drops_count(closing.session, closing.series):
        values["cash_register_balance_end_real"] = Decimal(0)
        closing.written.add("counted")
    closing.ask("write", vals=values)
    row = closing.watch.row()
    if row["state"] == "closed":
        # Odoo tries a write again that a close held up: nothing more is written to what is closed.
        raise OdooError("somebody closed it in that very moment")
    if row["stop_at"] != now:
        restore(closing)
        raise refused(TWO_STORES)


def closing_note(plan: Plan, notes: Optional[str] = None) -> str:
    """What an accountant should find on the session afterwards. ``notes`` are those that were found."""
    said = ["%s, plan %s." % (MARK, plan.hash[:12])]
    if plan.assumed:
        cash, money = plan.session.cash, plan.session.till.currency
        stored = None if cash is None else cash.counted
        seen = "Nobody counted the drawer" if stored is None else "Somebody had counted %s" % money.text(stored)
        # The count that is stored may be what an attempt before this one assumed.
        said.append((assumed(notes) or seen) + ASSUMED)
    if plan.forced is not None:
        said.append("The imbalance was forced onto account %s." % plan.balancing_account)
    if plan.note:
        said.append(plan.note)
    return " ".join(said)


def store_count(closing: Closing) -> None:
    """Store the count, and cure a rescue session's opening; both are seen in PostgreSQL before the close is sent."""
    plan = closing.plan
    if plan.cure_start is not None:
        closing.written.add("start")
        closing.ask("write", vals={"cash_register_balance_start": plan.cure_start})
    if plan.counted is None:
        return
    require_same_count(closing)
    closing.written.add("counted")
    if plan.series == 14:
        closing.call(
            "account.bank.statement", "write", [closing.found["register_id"]], vals={"balance_end_real": plan.counted}
        )
    else:
        answer = closing.ask("post_closing_cash_details", counted_cash=plan.counted)
        require_success(answer)
    stored = closing.watch.row()["counted"]
    if stored is None or plan.session.till.currency.round(stored) != plan.counted:
        raise OdooError("the count was sent as %s and is stored as %s" % (plan.counted, stored))


def require_success(answer: Any) -> None:
    """From 15 on a dictionary says whether it worked. A dictionary alone is not success. Raises OdooError."""
    if isinstance(answer, dict) and answer.get("successful") is True:
        return
    message = answer.get("message") if isinstance(answer, dict) else None
    raise OdooError(str(message or "it answered %r" % (answer,)))


def close_modern(closing: Closing) -> None:
    """15 to 19: as the browser does it; rescue sessions and forced closes as the backend's button does it."""
    plan = closing.plan
    lock_till(closing)
    if plan.session.rescue or plan.forced is not None:
        answer = closing.ask("action_pos_session_closing_control")
        if isinstance(answer, dict):
            force(closing, answer)
        elif answer is not True:
            raise OdooError("it answered %r" % (answer,))
    else:
        pairs = [[method_id, difference] for method_id, difference in plan.bank_differences]
        require_success(closing.ask("close_session_from_ui", bank_payment_method_diff_pairs=pairs))
    require_closed(closing)


def force(closing: Closing, action: dict[str, Any]) -> None:
    """Answer the Force Close wizard with the account that was given, if the amount is within what was allowed."""
    plan, money = closing.plan, closing.session.till.currency
    if plan.forced is None or closing.account_id is None or action.get("res_model") != IMBALANCE_WIZARD:
        raise OdooError("it asks to force the close (%s), which was not allowed" % action.get("name"))
    wizard = action["res_id"]
    amount = Decimal(
        str(closing.call(IMBALANCE_WIZARD, "read", [wizard], fields=["amount_to_balance"])[0]["amount_to_balance"])
    )
    if plan.max_imbalance is None or abs(money.round(amount)) > plan.max_imbalance:
        raise OdooError("it would have to force %s, more than max_imbalance allows" % money.text(amount))
    if abs(money.round(amount)) != abs(plan.forced):
        raise OdooError(
            "it would have to force %s, and %s were planned" % (money.text(amount), money.text(plan.forced))
        )
    closing.call(IMBALANCE_WIZARD, "write", [wizard], vals={"account_id": closing.account_id})
    context = {"active_ids": [plan.session.id], "active_id": plan.session.id, "active_model": "pos.session"}
    answer = closing.call(IMBALANCE_WIZARD, "close_session", [wizard], context=context)
    if answer is not True:
        raise OdooError("forcing the close answered %r" % (answer,))


def close_14(closing: Closing) -> None:
    """14: closing control, then validation; above the till's limit a manager's wizard, which our own limit has allowed."""
    closing.written.add("state")
    if not closing.session.till.cash_control:
        lock_till_14(closing)
    closing.ask("action_pos_session_closing_control")
    if closing.watch.row()["state"] == "closed":
        return
    nobody_sold_meanwhile(closing)
    answer = closing.ask("action_pos_session_validate")
    if isinstance(answer, dict) and answer.get("res_model") == LIMIT_WIZARD:
        if not closing.plan.may_exceed_limit:
            raise OdooError(
                "the difference is above the till's limit; max_cash_difference allows more where that is decided"
            )
        context = {"session_id": closing.session.id}
        wizard = closing.call(LIMIT_WIZARD, "create", [], vals_list={}, context=context)
        closing.call(LIMIT_WIZARD, "confirm_closing_balance", [wizard], context=context)
    require_closed(closing)


def lock_till_14(closing: Closing) -> None:
    """Without cash control 14 closes in one call: the till is locked before it. Raises OdooError."""
    closing.ask("write", vals={"state": "closing_control"})
    if closed_again(closing):
        raise OdooError("somebody closed it in that very moment")
    nobody_sold_meanwhile(closing)


def require_closed(closing: Closing) -> None:
    state = closing.watch.row()["state"]
    if state != "closed":
        raise OdooError("it reported success, but the session is %s" % state)


def look_before_anything_else(closing: Closing, lost: AnswerLost) -> None:
    """After a lost answer: return when the session turns out closed, else raise. Nothing is sent, not even to give it back:
    a close that is still under way must find the count that was stored for it."""
    name = closing.session.name
    state, settled = closing.watch.settle(closing.patience, closing.session.order_count)
    closing.answers.append({"call": "(lost)", "returned": lost.message})
    if state == "closed":
        return
    what = "Nobody writes to it any more and nothing was booked" if settled else "Odoo may still be at work on it"
    raise AnswerLost(
        "%s %s: session %s is %s. Run the same task again; it will look first." % (lost.message, what, name, state),
        refused=False,
        pending=not settled,
        # what was sent before, and perhaps the call itself, stands in the trail
        changed=True,
        answer=closing.answers,
    )
