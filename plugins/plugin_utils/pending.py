# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions of a store have pending orders, what became of them, and how a shop is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.order_plan import UNSEEN

from .answers import FAILED, REFUSED, stopped
from .table import table, wrap
from .words import till_cell

Facts = Mapping[str, Any]

RESOLVED, WOULD_RESOLVE, LEFT, NOTHING = "resolved", "would_resolve", "left", "nothing"
CANCELLED = "orders.cancelled_poison"
OUTCOMES = (FAILED, REFUSED, RESOLVED, WOULD_RESOLVE, LEFT, NOTHING)

KINDS = {
    "empty": "empty",
    "unpaid": "not paid",
    "part_paid": "paid in part",
    "fully_paid": "paid",
    "for_later": "for later",
    "cancelled_poison": "cancelled",
    "cancelled_paid": "cancelled, paid",
}
DEEDS = {
    "discard": ("discarded", "to discard"),
    "settle": ("settled", "to settle"),
    "detach": ("taken out", "to take out"),
    "remove": ("deleted", "to delete"),
}
# In that order the counts are said.
SAID = (
    "FAILED",
    "refused",
    *(word for words in DEEDS.values() for word in words),
    "left",
)


def choose(store: Facts, named: bool, till_synced: bool) -> list[dict[str, Any]]:
    """The sessions to look into, the oldest of a till first: with drafts, or with cancelled orders that do harm.

    Whoever names a session or a till, or attests that tills have sent everything, means open sessions without orders too.
    """
    chosen = []
    for session in sorted(store["sessions"], key=lambda s: (s["till"]["id"], s["id"])):
        pending = session["orders"]["draft"] or any(found["code"] == CANCELLED for found in session["findings"])
        if session["state"] != "closed" and (pending or named or till_synced):
            chosen.append({"id": session["id"], "name": session["name"], "till": dict(session["till"])})
    return chosen


def results_of(chosen: Iterable[Facts], answers: Sequence[Facts]) -> list[dict[str, Any]]:
    """What became of each session that was tried; one that has no answer was never asked."""
    by_id = {answer[answer.get("ansible_loop_var", "item")]["id"]: answer for answer in answers}
    return [
        answered(item, by_id[item["id"]])
        if item["id"] in by_id
        else answered(item, {"msg": "Not tried: see the error above."})
        for item in chosen
    ]


def answered(item: Facts, answer: Facts) -> dict[str, Any]:
    """The module's result in one entry of pos_pending_orders_results."""
    plan = answer.get("plan") or {}
    proof = [dict(check) for check in answer.get("proof") or []]
    return {
        "till": dict(item["till"]),
        "session": {"id": item["id"], "name": item["name"]},
        "outcome": outcome_of(answer, plan),
        "message": str(answer.get("msg", "")),
        "findings": [dict(found) for found in answer.get("findings") or []],
        "orders": [dict(order) for order in plan.get("orders") or []],
        "currency": plan.get("currency"),
        "steps": list(plan.get("steps") or []),
        "note": plan.get("note") or "",
        "warnings": list(plan.get("warnings") or []),
        "proof": proof,
        "proof_held": all(check["held"] for check in proof) if proof else None,
    }


def outcome_of(answer: Facts, plan: Facts) -> str:
    if answer.get("changed") and not stopped(answer):
        return RESOLVED if (answer.get("session") or {}).get("after") else WOULD_RESOLVE
    return stopped(answer) or (LEFT if plan.get("orders") else NOTHING)


def became(result: Facts, order: Facts) -> str:
    """What became of one order, in a word."""
    if result["outcome"] in (REFUSED, FAILED):
        return "FAILED" if result["outcome"] == FAILED and order["action"] else "left"
    if not order["action"]:
        return "left"
    return DEEDS[order["action"]][result["outcome"] == WOULD_RESOLVE]


def rows_of(result: Facts) -> list[tuple[str, ...]]:
    """One row an order, and one more for a session that was refused or failed."""
    till = till_cell(result)
    rows: list[tuple[str, ...]] = []
    if result["outcome"] in (REFUSED, FAILED):
        rows.append((till, "", "", "", "FAILED" if result["outcome"] == FAILED else "refused", result["message"]))
    for order in result["orders"]:
        amount = order["amount"] if not order["payments"] else "%s\npaid %s" % (order["amount"], order["paid"])
        rows.append(
            (
                till,
                str(order["label"]),
                KINDS.get(order["kind"], order["kind"]),
                amount,
                became(result, order),
                order["reason"],
            )
        )
    return rows


def lines_of(results: Sequence[Facts], store: str, width: int) -> list[str]:
    """The results of a store as lines for a screen, at most ``width`` cells each; failures first."""
    ordered = sorted(results, key=lambda r: (OUTCOMES.index(r["outcome"]), str(r["till"]["name"]), r["session"]["id"]))
    rows = [row for result in ordered for row in rows_of(result)]
    synced = bool(results) and not any(UNSEEN in result["warnings"] for result in results)
    closing = [] if synced else ["", *wrap(UNSEEN, width)]
    if not rows:
        return [*wrap("Store %s: no pending order." % store, width), *closing]
    number = Counter(row[4] for row in rows)
    said = ", ".join("%d %s" % (number[word], word) for word in SAID if number[word])
    header = ("till", "order", "it is", "amount", "outcome", "why, or what to do")
    return [
        *wrap("Store %s: %s." % (store, said), width),
        "",
        *table(header, rows, width, (20, 20, 15, 12, 11, 0)),
        *closing,
    ]
