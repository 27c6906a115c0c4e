# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_cash_move: a forgotten cash move, recorded once through Odoo's API and proven in PostgreSQL.

``reference`` makes it once: it ends the text that Odoo keeps, and is looked for among all moves of the till before anything is
sent. 16 to 19 keep ``<session>-<type>-<reason>``, 14 and 15 the reason alone (point_of_sale/models/pos_session.py,
try_cash_in_out; 14: wizard/pos_box.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import queries_cash
from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .attempt import Attempt, refused
from .cash import Drawer, mark
from .cash_info import read_drawers
from .cash_plan import (
    IN,
    OUT,
    Booked,
    MovePlan,
    Wish,
    broken,
    plan_facts,
    prove_move,
    prove_recorded,
    recorded,
    require_drawer,
)
from .database import Reader, snapshot
from .errors import AnswerLost, NotProven, OdooError, Unreachable
from .handshake import nobody_closes, same_session, shake_hands
from .one_session import Found, begin, facts_of, held, looking
from .proof import Check, proof_facts
from .rows import clean, money, utc
from .schema import Schema
from .store import Session, Till

MOST_BOOKED = 20

SPEC = (
    DATABASE
    + ODOO
    + SESSION
    + ArgumentSpec(
        {
            "direction": {"type": "str", "choices": [IN, OUT], "required": True},
            "amount": {"type": "str", "required": True},
            "reference": {"type": "str", "required": True},
            "reason": {"type": "str", "required": True},
            "max_amount": {"type": "str"},
        }
    )
)


def move_cash(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Record one cash move, unless its reference is recorded already. Returns the module's result."""
    wish = Wish.of(params)
    with looking(params) as (reader, found):
        till = found.session.till if found.session is not None else found.store.tills[0]
        signed = wish.signed(till.currency)
        booked = read_booked(reader, found.schema, till, wish.reference)
        if recorded(booked, signed, wish.reference, till) is not None:
            return already(found, booked, prove_recorded(booked, signed, till.currency))
        session, cash = require_drawer(found.session, till, found.store.series, "The cash move")
        (before,) = read_drawers(reader, found.schema, [session])
    plan = MovePlan(session, found.store.series, wish, signed, cash.expected, cash.counted)
    facts = facts_of(found.store, session)
    if check_mode:
        result = {"changed": True, "session": {"before": facts, "after": None}, "plan": plan_facts(plan), "answer": [],
                  "move": None, "proof": []}  # fmt: skip
        return with_diff(result, plan, diff)
    attempt = begin(params, found, session)
    with held(params, session, plan=plan_facts(plan)):
        nobody_closes(attempt)
        same_session(attempt)
        if booked_now(attempt, till, wish.reference):
            raise refused("Reference %s was recorded by another task meanwhile: run again." % wish.reference)
        shake_hands(attempt)
        send(attempt, plan)
    return proven(params, attempt, plan, before, facts, diff)


def read_booked(reader: Reader, schema: Schema, till: Till, reference: str) -> list[Booked]:
    """The cash moves of a till that carry the reference, in any of its sessions; one statement in the caller's snapshot."""
    parameters = {"till": till.id, "mark": " " + mark(reference), "most": MOST_BOOKED}
    return [
        Booked(
            row["id"],
            till.currency.round(money(row["amount"])),
            row["journal_id"],
            row["session_id"],
            clean(row["session"]),
            utc(row["create_date"]),
        )
        for row in reader.rows("cash_by_reference", queries_cash.by_reference(schema), parameters)
    ]


def booked_now(attempt: Attempt, till: Till, reference: str) -> list[Booked]:
    """The same in a transaction of its own, as it stands now."""
    with snapshot(attempt.watch.options) as reader:
        return read_booked(reader, attempt.watch.schema, till, reference)


def already(found: Found, booked: Sequence[Booked], checks: list[Check]) -> dict[str, Any]:
    """The result where the reference is recorded: nothing is contacted and nothing changed."""
    facts = None if found.session is None else facts_of(found.store, found.session)
    return {"changed": False, "session": {"before": facts, "after": facts}, "plan": None, "answer": [],
            "move": move_facts(booked[0], found), "proof": proof_facts(checks)}  # fmt: skip


def move_facts(booked: Booked, found: Found) -> dict[str, Any]:
    till = found.session.till if found.session is not None else found.store.tills[0]
    at = None if booked.at is None else booked.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"id": booked.id, "amount": till.currency.text(booked.amount), "at": at,
            "session": {"id": booked.session_id, "name": booked.session}}  # fmt: skip


def send(attempt: Attempt, plan: MovePlan) -> None:
    """Ask Odoo once. Returns where the move is booked, also when the answer was lost.

    Raises Refused (Odoo said no, nothing was recorded), AnswerLost (nobody knows yet; nothing is sent again), Unreachable.
    """
    reference = plan.wish.reference
    try:
        (send_14 if plan.series == 14 else send_modern)(attempt, plan)
    except AnswerLost as lost:
        look_before_anything_else(attempt, plan, lost)
    except Unreachable as error:
        raise Unreachable(
            "%s Whether cash move %s was recorded is not known; run the same task again, it will look first."
            % (error.message, reference),
            # what was asked for stands in the trail: it may have been recorded
            changed=True,
            plan=plan_facts(plan),
            answer=attempt.answers,
        ) from None
    except OdooError as error:
        if not booked_now(attempt, plan.session.till, reference):
            raise refused(
                "The cash move was not recorded. Odoo refused: %s. Nothing was booked." % error.message.rstrip(".")
            ) from None
        attempt.answers.append({"call": "(failed)", "returned": error.message})


def send_modern(attempt: Attempt, plan: MovePlan) -> None:
    """15 to 19. ``extras`` as the browser fills them; 19 also wants the partner who is at the till."""
    money = plan.session.till.currency
    amount = "%s %s" % (money.text(abs(plan.signed)), money.name)
    extras = {"translatedType": plan.wish.direction, "formattedAmount": amount}
    partner = {"partner_id": False} if plan.series >= 19 else {}
    attempt.ask(
        "try_cash_in_out",
        _type=plan.wish.direction,
        amount=abs(plan.signed),
        reason=plan.text,
        extras=extras,
        **partner,
    )


def send_14(attempt: Attempt, plan: MovePlan) -> None:
    """14: the wizard of the cash register; both directions go through cash.box.out, by sign."""
    ident = plan.session.id
    context = {"active_model": "pos.session", "active_id": ident, "active_ids": [ident]}
    values = {"amount": plan.signed, "name": plan.text}
    box = attempt.call("cash.box.out", "create", [], vals_list=values, context=context)
    attempt.call("cash.box.out", "run", [box], context=context)


def look_before_anything_else(attempt: Attempt, plan: MovePlan, lost: AnswerLost) -> None:
    """After a lost answer: return when the move turns out recorded, else raise."""
    till, reference = plan.session.till, plan.wish.reference
    attempt.answers.append({"call": "(lost)", "returned": lost.message})
    if booked_now(attempt, till, reference):
        return
    _state, settled = attempt.watch.settle(attempt.patience, 0)
    if booked_now(attempt, till, reference):
        return
    what = "Nobody writes any more and it was not recorded" if settled else "Odoo may still be at work on it"
    raise AnswerLost(
        "%s %s: cash move %s. Run the same task again; it will look first." % (lost.message, what, reference),
        refused=False,
        pending=not settled,
        answer=attempt.answers,
    )


def proven(
    params: Mapping[str, Any], attempt: Attempt, plan: MovePlan, before: Drawer, facts: dict[str, Any], diff: bool
) -> dict[str, Any]:
    """Read the drawer again and prove the move. Raises NotProven with everything that is known."""
    known = {"changed": True, "plan": plan_facts(plan), "answer": attempt.answers}
    name, reference = plan.session.name, plan.wish.reference
    try:
        # Who began to close before the move was booked has not seen it: how that ends belongs into the proof.
        attempt.watch.earlier_close(attempt.patience)
        with looking({**params, "session": str(plan.session.id), "till": None}) as (reader, found):
            session: Session = found.store.sessions[0]
            booked = read_booked(reader, found.schema, session.till, reference)
            (after,) = read_drawers(reader, found.schema, [session])
    except Unreachable as error:
        raise NotProven(
            "Cash move %s was sent to session %s, but it could not be read for the proof: %s Run the same task again."
            % (reference, name, error.message),
            proven=False,
            reachable=False,
            **known,
        ) from None
    checks = prove_move(plan, booked, before, after)
    result = {
        **known,
        "session": {"before": facts, "after": facts_of(found.store, session)},
        "move": move_facts(booked[0], found) if booked else None,
        "proof": proof_facts(checks),
    }
    if broken(checks):
        raise NotProven(
            "Cash move %s was sent to session %s, but the proof does not hold (%s). Do not record it again; an accountant must "
            "look at it." % (reference, name, broken(checks)),
            proven=False,
            **result,
        )
    return with_diff(result, plan, diff)


def with_diff(result: dict[str, Any], plan: MovePlan, diff: bool) -> dict[str, Any]:
    """Add the drawer before and after, as --diff shows it."""
    if diff:
        header, shown = (
            "drawer of session %s of till %s" % (plan.session.name, plan.session.till.name),
            plan_facts(plan),
        )
        moves = ["%s %s" % (shown["amount"], plan.text)]
        result["diff"] = {
            "before_header": header,
            "after_header": header,
            "before": {"expected": shown["expected"]["before"], "moves": []},
            "after": {"expected": shown["expected"]["after"], "moves": moves},
        }
    return result
