# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_order_resolve: read, plan, preflight, apply, prove. What the module and its action plugin run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .errors import NotProven, PosError
from .one_session import begin, facts_of, held, looking
from .order_ledger import Ledger, OrderWatch, prove, read_ledger, read_named
from .order_plan import OrderPlan, make_plan, plan_facts
from .order_steps import Resolving, carry_out, note_left
from .orders import DETACH, DISCARD, DISCARDABLE, REMOVE, SETTLE, OrderOptions
from .proof import proof_facts
from .watching import Watch

SPEC = (
    DATABASE
    + ODOO
    + SESSION
    + ArgumentSpec(
        {
            "discard": {"type": "list", "elements": "str", "choices": list(DISCARDABLE), "default": []},
            "older_than_minutes": {"type": "int", "default": 0},
            "settle": {"type": "bool", "default": False},
            "detach_future": {"type": "bool", "default": False},
            "remove_cancelled": {"type": "bool", "default": False},
            "orders": {"type": "list", "elements": "str", "default": []},
            "till_synced": {"type": "bool", "default": False},
            "min_idle_minutes": {"type": "int", "default": 15},
        }
    )
)


def resolve_orders(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Resolve the pending orders of one session. Returns the module's result; every PosError is one sentence."""
    options = OrderOptions.of(params)
    with looking(params) as (reader, found):
        store, session, schema = found.store, found.session, found.schema
        if session is None:
            return result_of(None, None, None)
        before = read_ledger(reader, schema, session.id)
        named = read_named(reader, schema, before.online, options.orders)
    facts = facts_of(store, session)
    notes = Watch(params, schema, session.id).row()["closing_notes"] if options.till_synced else None
    plan = make_plan(store, session, before.pending, named, options, notes)
    if not plan.due and not plan.note:
        return result_of(plan, facts, facts)
    if check_mode:
        return with_diff({**result_of(plan, facts, None), "changed": True}, plan, diff)
    resolving = Resolving(plan, begin(params, found, session), OrderWatch(params, schema, before.online))
    with held(params, session, plan=plan_facts(plan)):
        carry_out(resolving)
    return proven(params, resolving, before, facts, diff)


def result_of(
    plan: Optional[OrderPlan], before: Optional[dict[str, Any]], after: Optional[dict[str, Any]]
) -> dict[str, Any]:
    """The result of a task that has written nothing (yet)."""
    return {
        "changed": False,
        "session": {"before": before, "after": after},
        "plan": None if plan is None else plan_facts(plan),
        "answer": [],
        "proof": [],
    }


def proven(
    params: Mapping[str, Any], resolving: Resolving, before: Ledger, facts: dict[str, Any], diff: bool
) -> dict[str, Any]:
    """Read everything again and prove it. Raises NotProven with everything that is known."""
    plan = resolving.plan
    result = {**result_of(plan, facts, None), "changed": True, "answer": resolving.attempt.answers}
    try:
        with looking({**params, "session": str(plan.session.id), "till": None}) as (reader, found):
            after = read_ledger(reader, found.schema, plan.session.id, before.standings)
        checks = [*prove(plan.due, before, after, plan.session.till.currency), note_left(resolving)]
    except PosError as error:
        raise NotProven(
            "Orders of session %s were resolved, but could not be read for the proof: %s Run the same task again to see them."
            % (plan.session.name, error.message),
            proven=False,
            **result,
        ) from None
    if found.session is not None:
        result["session"]["after"] = facts_of(found.store, found.session)
    result["proof"] = proof_facts(checks)
    broken = ["%s: %s" % (one.check, one.detail) for one in checks if not one.held]
    if broken:
        raise NotProven(
            "Orders of session %s were resolved, but the proof does not hold (%s): look at them before it is closed."
            % (plan.session.name, "; ".join(broken)),
            proven=False,
            **result,
        )
    return with_diff(result, plan, diff)


def with_diff(result: dict[str, Any], plan: OrderPlan, diff: bool) -> dict[str, Any]:
    """Add the orders before and after, as --diff shows them."""
    if not diff:
        return result
    after = {DISCARD: "discarded", SETTLE: "paid", DETACH: "in no session", REMOVE: "gone"}
    header = "orders of session %s of till %s" % (plan.session.name, plan.session.till.name)
    orders = [(one.order.label, one) for one in plan.decisions]
    result["diff"] = {
        "before_header": header,
        "after_header": header,
        "before": {label: "%s (%s)" % (one.order.state, one.kind) for label, one in orders},
        "after": {
            label: after[one.action] if one.action else "%s (%s)" % (one.order.state, one.kind) for label, one in orders
        },
    }
    return result
