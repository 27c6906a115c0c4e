# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_session_close: read, plan, preflight, apply, prove. What the module and an action plugin run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from . import queries_books
from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .attempt import Closing
from .closing import carry_out
from .database import Looks, Reader
from .decisions import ASSUME_EXPECTED, COUNTED, CloseOptions
from .errors import AnswerLost, BadInput, NotProven, Refused, Unreachable
from .facts import finding_facts
from .findings import finding
from .one_session import facts_of, held, looking, require_primary
from .plan import Plan, make_plan, plan_facts
from .progress import doing
from .proof import proof_facts, prove
from .reading import Selection, read
from .reset import standing_in
from .rpc import transport
from .schema import TABLES, Schema, read_schema
from .store import Session, Store
from .watching import Ledger, Watch, read_entries, read_ledger

SPEC = (
    DATABASE
    + ODOO
    + SESSION
    + ArgumentSpec(
        {
            "counted_cash": {"type": "str"},
            "cash_policy": {"type": "str", "choices": [COUNTED, ASSUME_EXPECTED], "default": COUNTED},
            "max_cash_difference": {"type": "str"},
            "bank_counted": {"type": "dict"},
            "balancing_account": {"type": "str"},
            "max_imbalance": {"type": "str"},
            "min_idle_minutes": {"type": "int", "default": 15},
            "approved_plan": {"type": "str"},
            "note": {"type": "str"},
        }
    )
)


def close_session(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Close one session and prove it. Returns the module's result; every PosError is one sentence and carries what is known."""
    with Looks(params) as looks:
        return close_over(looks, params, check_mode, diff)


def close_over(looks: Looks, params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """As ``close_session``, over a connection that has the store's catalog at hand from the first look to the proof."""
    options = CloseOptions.of(params)
    with looking(params, looks) as (reader, found):
        schema, store, session = found.schema, found.store, found.session
        if session is None:
            return nothing_open(store)
        if session.closed:
            return already_closed(store, session, reader, schema)
        require_no_entry(reader, session)
        ledger = read_ledger(reader, schema, session)
        # The proof's last read is tried before anything is written: a right that is missing must not be found out afterwards.
        read_entries(reader, schema, session)
        row = reader.rows("session_row", queries_books.session_row(schema), {"session": session.id})[0]
        plan = make_plan(store, session, options, row["closing_notes"])
        account_id = balancing_account(reader, schema, plan) if plan.forced is not None else None
    before = facts_of(store, session)
    if check_mode:
        return with_diff({"changed": True, "session": {"before": before, "after": None}, "plan": plan_facts(plan),
                          "answer": [], "entries": [], "proof": []}, plan, before, diff)  # fmt: skip
    require_primary(store)
    closing = Closing(
        plan=plan,
        odoo=transport(dict(params), store.database, store.series),
        watch=Watch(params, schema, session.id, looks=looks),
        account_id=account_id,
        patience=params["odoo_timeout"],
    )
    if session.state == "closing_control" and waited_for_earlier(closing):
        return close_over(looks, params, check_mode, diff)
    with held(params, session, plan=plan_facts(plan)), doing(at_work(session, closing.patience)):
        carry_out(closing)
    return proven(looks, closing, ledger, before, diff)


def require_no_entry(reader: Reader, session: Session) -> None:
    """Raises Refused for a session that was closed once and set back, also where somebody has emptied its move_id."""
    if not standing_in(reader, session)["no_entry"]:
        found = finding("books.entry_exists")
        raise Refused(
            "Session %s was not closed. %s Nothing was changed." % (session.name, found.message),
            refused=True,
            findings=[finding_facts(found)],
        )


def waited_for_earlier(closing: Closing) -> bool:
    """Whether an earlier close of a session in closing control was under way and has ended: everything has to be read anew then.

    To begin beside it would make Odoo's transactions fail each other, and each begin again with thousands of orders. Raises
    AnswerLost where it does not end in time.
    """
    ended = closing.watch.earlier_close(closing.patience)
    if ended is False:
        raise AnswerLost(
            "Odoo may still be at work on an earlier close of session %s, after %d s: nothing was sent. Run the same task again, "
            "it will look first; pos_session_release shows who is at work." % (closing.session.name, closing.patience),
            refused=False,
            pending=True,
            answer=[],
        )
    return bool(ended)


def at_work(session: Session, patience: int) -> str:
    """What is being done, for whoever waits for it."""
    return "Odoo is closing session %s with %d orders (odoo_timeout is %d s)" % (
        session.name,
        session.order_count,
        patience,
    )


def nothing_open(store: Store) -> dict[str, Any]:
    """A till without an open session has nothing to close. Raises NotProven when its last ones were closed wrongly."""
    for session in store.sessions:
        require_proof(store, session, [])
    return unchanged(None, [], [])


def already_closed(store: Store, session: Session, reader: Reader, schema: Schema) -> dict[str, Any]:
    """changed=false, with the proof that its books are right. Raises NotProven where they are not."""
    entries = read_entries(reader, schema, session)
    checks = require_proof(store, session, entries)
    return unchanged(facts_of(store, session), entries, checks)


def unchanged(
    facts: Optional[dict[str, Any]], entries: list[dict[str, Any]], proof: list[dict[str, Any]]
) -> dict[str, Any]:
    """The result of a task that found nothing to close."""
    return {
        "changed": False,
        "session": {"before": facts, "after": facts},
        "plan": None,
        "answer": [],
        "entries": entries,
        "proof": proof,
    }


def require_proof(store: Store, session: Session, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The checks of a session that somebody else closed. Raises NotProven where one does not hold."""
    checks = prove(None, session, store.series, None, Ledger.nothing())
    broken = [c for c in checks if not c.held]
    if broken:
        facts = facts_of(store, session)
        raise NotProven(
            "Session %s is closed, but its books are not right (%s); nothing was changed. An accountant must look at it."
            % (session.name, "; ".join("%s: %s" % (c.check, c.detail) for c in broken)),
            proven=False,
            proof=proof_facts(checks),
            entries=entries,
            session={"before": facts, "after": facts},
        )
    return proof_facts(checks)


def balancing_account(reader: Reader, schema: Schema, plan: Plan) -> int:
    """The id of the account that takes a forced imbalance. Raises BadInput where it is unknown or archived."""
    parameters = {"code": plan.balancing_account, "company": plan.session.till.company_id}
    rows = reader.rows("account_by_code", queries_books.account_by_code(schema), parameters)
    if len(rows) != 1 or not rows[0]["active"]:
        problem = "is archived" if rows else "does not exist"
        raise BadInput(
            "balancing_account %s %s in company %s." % (plan.balancing_account, problem, plan.session.till.company)
        )
    return int(rows[0]["id"])


def proven(looks: Looks, closing: Closing, before: Ledger, found: dict[str, Any], diff: bool) -> dict[str, Any]:
    """Read the books again and prove the close. Raises NotProven with everything that is known."""
    plan = closing.plan
    try:
        with looks.snapshot(TABLES) as reader:
            schema = read_schema(reader)
            store = read(reader, schema, Selection(session=str(plan.session.id)))
            session = store.sessions[0]
            checks = prove(plan, session, store.series, before, read_ledger(reader, schema, session))
            entries = read_entries(reader, schema, session)
    except Unreachable as error:
        raise NotProven(
            "Session %s was closed, but the books could not be read for the proof: %s Run the same task again to prove it."
            % (plan.session.name, error.message),
            proven=False,
            reachable=False,
            changed=True,
            plan=plan_facts(plan),
            answer=closing.answers,
        ) from None
    result = {
        "changed": True,
        "session": {"before": found, "after": facts_of(store, session)},
        "plan": plan_facts(plan),
        "answer": closing.answers,
        "entries": entries,
        "proof": proof_facts(checks),
    }
    broken = [c for c in checks if not c.held]
    if broken:
        raise NotProven(
            "Session %s was closed, but the proof does not hold (%s). Do not close it again; an accountant must look at it."
            % (session.name, "; ".join("%s: %s" % (c.check, c.detail) for c in broken)),
            proven=False,
            **result,
        )
    return with_diff(result, plan, found, diff)


def with_diff(result: dict[str, Any], plan: Plan, before: dict[str, Any], diff: bool) -> dict[str, Any]:
    """Add the session and the postings before and after, as --diff shows them."""
    if not diff:
        return result
    cash = before["cash"] or {}
    after = result["session"]["after"]
    shown = plan_facts(plan)
    result["diff"] = {
        "before_header": "session %s of till %s" % (before["name"], before["till"]["name"]),
        "after_header": "session %s of till %s" % (before["name"], before["till"]["name"]),
        "before": {"state": before["state"], "counted": cash.get("counted"), "postings": []},
        "after": {
            "state": "closed" if after is None else after["state"],
            "counted": shown["counted"] if shown["counted"] is not None else cash.get("counted"),
            "postings": shown["postings"],
        },
    }
    return result
