# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawers of a store in the words of a shop, what pos_cash_balance was asked to record, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .answers import FAILED, REFUSED, stopped
from .asked import Store, amount, counts_of, for_one_store, text
from .table import table, wrap
from .words import till_cell

Facts = Mapping[str, Any]
MOST_CAUSES = 5
# What a task ended with, by kind: (done, would be done, was done before).
OUTCOMES = {
    "move": ("recorded", "would_record", "already_recorded"),
    "count": ("stored", "would_store", "already_stored"),
}
WORDS = {
    FAILED: "FAILED",
    REFUSED: "refused",
    "recorded": "recorded",
    "would_record": "would be recorded",
    "already_recorded": "was recorded",
    "stored": "stored",
    "would_store": "would be stored",
    "already_stored": "was stored",
}


def wishes(moves: Any, counts: Any, store: Store) -> dict[str, list[dict[str, Any]]]:
    """What the role was asked for in this store, as items of its loops; other stores' moves and counts are left out.

    Raises BadWish for an amount that is not text, or that could be another store's.
    """
    return {
        "moves": [wished(move, "pos_cash_balance_moves[%d]" % at) for at, move in enumerate(moves) if is_here(move, at, store)],
        "counts": [
            {"till": till, "counted_cash": counted}
            for till, counted in counts_of(counts, "pos_cash_balance_counts", store).items()
            if counted
        ],
    }  # fmt: skip


def is_here(move: Facts, at: int, store: Store) -> bool:
    """Whether a cash move is this store's. Raises BadWish for one that does not say, in a play with other stores."""
    named = text(move.get("store"))
    if not named:
        for_one_store(store, "pos_cash_balance_moves[%d]" % at, "give the move its store, as store: store_042")
    return named in ("", store.host)


def wished(move: Facts, option: str) -> dict[str, Any]:
    """A cash move with its amount as text. Raises BadWish."""
    return {**move, "amount": amount(move.get("amount"), option + ".amount")}


def results_of(kind: str, items: Sequence[Facts], answers: Facts) -> list[dict[str, Any]]:
    """What became of each item of a loop; one without an answer was never tried."""
    told = list((answers or {}).get("results") or [])
    return [result_of(kind, item, told[at] if at < len(told) else None) for at, item in enumerate(items)]


def result_of(kind: str, item: Facts, answer: Any) -> dict[str, Any]:
    """One entry of pos_cash_balance_results."""
    answer = {"msg": "Not tried: see the error above."} if answer is None else answer
    done, planned, before = OUTCOMES[kind]
    session = answer.get("session") or {}
    facts = session.get("after") or session.get("before")
    proof = [dict(check) for check in answer.get("proof") or []]
    changed = done if session.get("after") else planned
    outcome = stopped(answer) or (changed if answer.get("changed") else before)
    return {
        "kind": kind,
        "till": dict(facts["till"]) if facts else {"id": None, "name": text(item.get("till"))},
        "session": {"id": facts["id"], "name": facts["name"]} if facts else {"id": None, "name": text(item.get("session"))},
        "amount": item["counted_cash"] if kind == "count" else ("-" if item["direction"] == "out" else "") + item["amount"],
        "reference": item.get("reference"),
        "outcome": outcome,
        "message": text(answer.get("msg")),
        "findings": [dict(found) for found in answer.get("findings") or []],
        "proof": proof,
        "proof_held": all(check["held"] for check in proof) if proof else None,
    }  # fmt: skip


SUMS = (
    ("opening", "opening"), ("sales", "+ sales"), ("moves", "+ moves"), ("expected", "= expected"), ("counted", "counted"),
    ("difference", "difference"),
)  # fmt: skip


def drawer_cell(drawer: Facts) -> str:
    """The sums, one a line."""
    return "\n".join(
        "%s %s" % (said, "-" if drawer[name] is None else drawer[name])
        for name, said in SUMS
        if name != "difference" or drawer[name] is not None
    )


def why(drawer: Facts) -> str:
    """The likely causes, the best first; nothing to say where the drawer is right."""
    found = [cause["message"] for cause in drawer["causes"]]
    if not found:
        return "It is right." if drawer["counted"] is not None else "Odoo counts it by itself."
    more = ["and %d more" % (len(found) - MOST_CAUSES)] if len(found) > MOST_CAUSES else []
    mark = "- " if len(found) > 1 else ""
    return "\n".join(mark + line for line in [*found[:MOST_CAUSES], *more])


def moves_of(drawer: Facts) -> list[str]:
    """Cash moves that somebody made, one a line."""
    return [
        "%s %s%s%s" % (m["at"][11:16] if m["at"] else "--:--", m["amount"], " " + m["reason"] if m["reason"] else " (no reason)",
                       " [%s]" % m["reference"] if m["reference"] else "")
        for m in drawer["cash_moves"]
        if m["kind"] != "opening"
    ]  # fmt: skip


def heading(drawers: Sequence[Facts], store: str) -> str:
    """How many drawers, and how many are off, in one line."""
    off = sum(1 for d in drawers if d["minor"]["difference"])
    blank = sum(1 for d in drawers if d["counted"] is None and d["counts"])
    said = [part for part in (off and "%d off" % off, blank and "%d not counted" % blank) if part]
    number = "%d open drawer%s" % (len(drawers), "" if len(drawers) == 1 else "s")
    return "Store %s: %s%s." % (store, number, " (%s)" % ", ".join(said) if said else "")


def rank(drawer: Facts) -> tuple[int, str]:
    return (0 if drawer["minor"]["difference"] else 1, str(drawer["till"]["name"]))


def cash(drawers: Sequence[Facts], results: Sequence[Facts], store: str, width: int) -> list[str]:
    """The drawers, then what was recorded, as lines for a screen of at most ``width`` cells; what is off comes first."""
    lines = wrap(heading(drawers, store), width)
    if drawers:
        rows = []
        for drawer in sorted(drawers, key=rank):
            moves = moves_of(drawer)
            said = why(drawer) + ("\nCash moves (UTC):\n" + "\n".join(moves) if moves else "")
            rows.append(
                ("%s\n%s" % (till_cell({**drawer, "name": drawer["session"]["name"]}), drawer["currency"]["name"]),
                 drawer_cell(drawer), said)
            )  # fmt: skip
        lines += ["", *table(("till", "drawer", "what may be behind it"), rows, width, (24, 26, 0))]
    if results:
        made = [
            (r["till"]["name"] or r["session"]["name"], r["kind"], r["amount"], r["reference"] or "-",
             WORDS[r["outcome"]], r["message"] or proof_of(r))
            for r in results
        ]  # fmt: skip
        header = ("till", "what", "amount", "reference", "outcome", "why")
        lines += ["", *table(header, made, width, (24, 5, 12, 20, 17, 0))]
    return lines


def proof_of(result: Facts) -> str:
    """How many checks held."""
    checks = result["proof"]
    return "%d of %d checks held" % (sum(bool(c["held"]) for c in checks), len(checks)) if checks else ""
