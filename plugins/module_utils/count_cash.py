# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_cash_count: what was counted, stored on an open session through Odoo's API, without closing it.

15 to 19 keep it by the call that the browser makes before a close (post_closing_cash_details); 14 on the session's statement.
The till goes on selling: a later sale only makes the count stale, which the close sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .attempt import Attempt, refused, saying_what_was_sent
from .cash_plan import (
    already_counted,
    broken,
    count_facts,
    prove_count,
    require_count,
    require_drawer,
)
from .closing import require_success
from .decisions import amount_of
from .diagnose import diagnose_session
from .diagnose_money import drops_count
from .errors import AnswerLost, BadInput, NotProven, OdooError, Refused, Unreachable
from .facts import finding_facts
from .findings import BLOCKER
from .handshake import TWO_STORES, nobody_closes, same_session
from .one_session import Found, begin, facts_of, find, held, read_again
from .proof import proof_facts
from .store import Cash, Session

SPEC = DATABASE + ODOO + SESSION + ArgumentSpec({"counted_cash": {"type": "str", "required": True}})


def count_cash(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Store one count, unless it is stored already and still fresh. Returns the module's result."""
    found = find(params)
    till = found.session.till if found.session is not None else found.store.tills[0]
    counted = amount_of((params["counted_cash"] or "").strip(), till.currency, "counted_cash")
    if counted is None:
        raise BadInput("counted_cash is empty: give what is in the drawer, such as 117.50.")
    session, cash = require_drawer(found.session, till, found.store.series, "The count")
    facts = facts_of(found.store, session)
    if already_counted(cash, counted):
        checks = proof_facts(prove_count(session, session, counted))
        return {
            "changed": False,
            "session": {"before": facts, "after": facts},
            "plan": None,
            "answer": [],
            "proof": checks,
        }
    require_count(session, cash, counted)
    require_no_drafts(found, session)
    plan = count_facts(session, cash, counted)
    if check_mode:
        result = {"changed": True, "session": {"before": facts, "after": None}, "plan": plan, "answer": [], "proof": []}
        return with_diff(result, session, cash, counted, diff)
    attempt = begin(params, found, session)
    with held(params, session, plan=plan):
        nobody_closes(attempt)
        same_session(attempt)
        store(attempt, counted)
    return with_diff(proven(params, attempt, counted, facts, plan), session, cash, counted, diff)


def require_no_drafts(found: Found, session: Session) -> None:
    """15 to 19 take no count while orders are open (_cannot_close_session). Raises Refused with the findings."""
    seen = diagnose_session(found.store, session).findings
    drafts = [f for f in seen if f.severity == BLOCKER and f.code in ("orders.draft", "orders.draft_with_payment")]
    if drafts and found.store.series >= 15:
        raise Refused(
            "The count was not stored: Odoo %d takes none while orders are open. %s"
            % (found.store.series, " ".join(f.message for f in drafts)),
            refused=True,
            findings=[finding_facts(f) for f in drafts],
        )


def store(attempt: Attempt, counted: Decimal) -> None:
    """Send the count and see it in PostgreSQL; the count that was found goes back where it does not arrive."""
    with saying_what_was_sent(attempt):
        send(attempt, counted)
        if not arrived(attempt, counted):
            # A count that was too old must not come back as a new one.
            old = Decimal(0) if drops_count(attempt.session, attempt.series) else attempt.found["counted"]
            keep(attempt, old or Decimal(0))
            raise refused(TWO_STORES)


def send(attempt: Attempt, counted: Decimal) -> None:
    """Ask Odoo once. Returns also where the answer was lost and the count arrived. Raises Refused, AnswerLost or Unreachable."""
    try:
        if attempt.series == 14:
            keep(attempt, counted)
        else:
            require_success(attempt.ask("post_closing_cash_details", counted_cash=counted))
    except AnswerLost as lost:
        attempt.answers.append({"call": "(lost)", "returned": lost.message})
        _state, settled = attempt.watch.settle(attempt.patience, 0)
        if not arrived(attempt, counted):
            raise AnswerLost(
                "%s The count was not stored in session %s. Run the same task again."
                % (lost.message, attempt.session.name),
                refused=False,
                pending=not settled,
                answer=attempt.answers,
            ) from None
    except OdooError as error:
        raise refused("The count was not stored. Odoo refused: %s." % error.message.rstrip(".")) from None


def arrived(attempt: Attempt, counted: Decimal) -> bool:
    stored = attempt.watch.row()["counted"]
    return stored is not None and attempt.session.till.currency.round(stored) == counted


def keep(attempt: Attempt, counted: Decimal) -> None:
    """Write the count as it is, where this series keeps it."""
    if attempt.series <= 15:
        register = attempt.found["register_id"]
        attempt.call("account.bank.statement", "write", [register], vals={"balance_end_real": counted})
    else:
        attempt.ask("write", vals={"cash_register_balance_end_real": counted})


def proven(
    params: Mapping[str, Any], attempt: Attempt, counted: Decimal, facts: dict[str, Any], plan: dict[str, Any]
) -> dict[str, Any]:
    """Read the session again and prove the count. Raises NotProven with everything that is known."""
    known = {"changed": True, "plan": plan, "answer": attempt.answers}
    name = attempt.session.name
    try:
        found = read_again(params, attempt.session)
    except Unreachable as error:
        raise NotProven(
            "The count of session %s was stored, but could not be read for the proof: %s" % (name, error.message),
            proven=False,
            reachable=False,
            **known,
        ) from None
    session = found.store.sessions[0]
    checks = prove_count(attempt.session, session, counted)
    result = {
        **known,
        "session": {"before": facts, "after": facts_of(found.store, session)},
        "proof": proof_facts(checks),
    }
    if broken(checks):
        raise NotProven(
            "The count of session %s was stored, but the proof does not hold (%s): count the drawer again."
            % (name, broken(checks)),
            proven=False,
            **result,
        )
    return result


def with_diff(result: dict[str, Any], session: Session, cash: Cash, counted: Decimal, diff: bool) -> dict[str, Any]:
    """Add the count before and after, as --diff shows it."""
    if diff:
        money = session.till.currency
        header = "drawer of session %s of till %s" % (session.name, session.till.name)
        was = None if cash.counted is None else money.text(cash.counted)
        result["diff"] = {
            "before_header": header,
            "after_header": header,
            "before": {"expected": money.text(cash.expected), "counted": was},
            "after": {"expected": money.text(cash.expected), "counted": money.text(counted)},
        }
    return result
