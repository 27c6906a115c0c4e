# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sessions of a store pos_session_close tries, with which count, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .answers import FAILED, REFUSED, stopped
from .asked import BadWish, Store, amount, counts_of, for_one_store, read, text

Facts = Mapping[str, Any]
# What makes a verdict needs_count.
NEEDS_COUNT = ("cash.not_counted", "cash.count_stale", "session.rescue")
CLOSED, WOULD_CLOSE, ALREADY = "closed", "would_close", "already_closed"


@dataclass(frozen=True)
class Wish:
    """What the role was asked to close.

    ``counts`` maps a till's id or name to what is in its drawer, as text; ``bank`` says whether bank methods were counted.
    """

    session: str = ""
    till: str = ""
    counted_cash: str = ""
    counts: Mapping[str, str] = field(default_factory=dict)
    bank: bool = False
    cash_policy: str = "counted"
    only: Sequence[str] = ("closable",)

    @classmethod
    def of(cls, options: Mapping[str, Any], store: Store) -> Wish:
        """From the role's variables, which a survey may have turned to text. Raises BadWish."""
        only = options.get("only")
        only = ["closable"] if only in (None, "") else only
        wish = cls(
            session=text(options.get("session")),
            till=text(options.get("till")),
            counted_cash=amount(options.get("counted_cash"), "pos_session_close_counted_cash"),
            counts=counts_of(options.get("counts"), "pos_session_close_counts", store),
            bank=bool(read(options.get("bank_counted"))),
            cash_policy=text(options.get("cash_policy")) or "counted",
            only=[part.strip() for part in only.split(",")] if isinstance(only, str) else list(only),
        )
        if wish.counted_cash and not wish.named:
            raise BadWish(
                "pos_session_close_counted_cash is one drawer's: give pos_session_close_session or pos_session_close_till "
                "with it, or use pos_session_close_counts for several tills."
            )
        if wish.bank and not wish.named:
            raise BadWish(
                "pos_session_close_bank_counted is one session's: give pos_session_close_session or pos_session_close_till with it."
            )
        if wish.counted_cash:
            for_one_store(
                store, "pos_session_close_counted_cash", "use pos_session_close_counts with the stores' names"
            )
        if wish.bank:
            for_one_store(store, "pos_session_close_bank_counted")
        return wish

    @property
    def named(self) -> bool:
        """Whether one session or till was asked for."""
        return bool(self.session or self.till)


def choose(store: Facts, wish: Wish) -> dict[str, Any]:
    """Sort the store's sessions.

    Returns ``chosen`` (what to hand to the module, the oldest session of a till first), ``results`` (counts that belong to no
    single drawer, refused here) and ``left`` (open sessions that are left alone). Raises BadWish where bank counts have no single session.
    """
    sessions = [*store["sessions"], *(store["closed_wrongly"] if wish.named else [])]
    given, results = counts_by_session(store, sessions, wish)
    chosen, left = [], []
    for session in sorted(sessions, key=lambda s: (s["till"]["id"], s["id"])):
        if wanted(session, wish, given):
            chosen.append(
                {
                    "id": session["id"],
                    "name": session["name"],
                    "till": dict(session["till"]),
                    "verdict": session["verdict"],
                    "counted_cash": given.get(session["id"], ""),
                    "cash_policy": "counted" if given.get(session["id"]) else wish.cash_policy,
                }
            )
        elif session["verdict"] != "closed":
            left.append(result_of(session, "left_alone", next_words(session)))
    if wish.bank and len(chosen) > 1:
        raise BadWish(
            "pos_session_close_bank_counted is one session's, and this till has %d: name one with pos_session_close_session (%s)."
            % (len(chosen), ", ".join("%s, id %d" % (one["name"], one["id"]) for one in chosen))
        )
    return {"chosen": chosen, "results": results, "left": left}


def wanted(session: Facts, wish: Wish, given: Mapping[int, str]) -> bool:
    """Named, counted for, of a verdict that is to be tried, or countable by policy."""
    if wish.named or given.get(session["id"]):
        return True
    counts = session["verdict"] == "needs_count" and wish.cash_policy == "assume_expected"
    return session["verdict"] in wish.only or counts


def next_words(session: Facts) -> str:
    """Why a session is left alone: its blockers, else what it needs."""
    serious = [f["message"] for f in session["findings"] if f["severity"] == "blocker"]
    if not serious and session["verdict"] == "needs_count":
        serious = [f["message"] for f in session["findings"] if f["code"] in NEEDS_COUNT]
    return "\n".join(serious) or "Its verdict is not among those to try."


def counts_by_session(
    store: Facts, sessions: Sequence[Facts], wish: Wish
) -> tuple[dict[int, str], list[dict[str, Any]]]:
    """Give each count to the one open drawer of its till; what cannot be given is refused."""
    wishes = dict(wish.counts)
    if wish.named and wish.counted_cash:
        if wish.session:
            return {session["id"]: wish.counted_cash for session in sessions}, []
        wishes = {str(session["till"]["id"]): wish.counted_cash for session in sessions}
    tills = {t["id"]: t["name"] for t in [*store["tills"], *(s["till"] for s in sessions)]}
    given: dict[int, str] = {}
    refused = []
    for key, counted in wishes.items():
        if not counted:
            continue
        found = [i for i, name in tills.items() if key in (str(i), clean(name))]
        if len(found) != 1:
            why = (
                "There is no till %s in this store."
                if not found
                else "The till name %s is not unique: give the till's id."
            )
            refused.append(refusal({"id": None, "name": key}, why % key))
            continue
        drawers = [s for s in sessions if s["till"]["id"] == found[0] and s["cash"] and not s["rescue"]]
        if len(drawers) == 1:
            given[drawers[0]["id"]] = counted
        elif drawers:
            names = ", ".join("%s (id %d)" % (s["name"], s["id"]) for s in drawers)
            why = "The till has %d open sessions, and one count cannot be for all: name the session (%s)."
            refused.append(refusal({"id": found[0], "name": tills[found[0]]}, why % (len(drawers), names)))
    return given, refused


def refusal(till: Facts, message: str) -> dict[str, Any]:
    """The result of a count that was refused before any session was tried."""
    nothing = {"id": None, "name": "", "till": till, "verdict": ""}
    return result_of(nothing, REFUSED, message)


def result_of(session: Facts, outcome: str, message: str = "", **more: Any) -> dict[str, Any]:
    """One entry of pos_session_close_results."""
    return {
        "till": dict(session["till"]),
        "session": {"id": session["id"], "name": session["name"]},
        "before": session["verdict"],
        "outcome": outcome,
        "message": message,
        "findings": [],
        "plan": None,
        "proof": [],
        "proof_held": None,
        "counted": None,
        "expected": None,
        "difference": None,
        "currency": None,
        "entries": [],
        **more,
    }


def results_of(chosen: Iterable[Facts], answers: Sequence[Facts]) -> list[dict[str, Any]]:
    """What became of each session that was tried; one that has no answer was never sent."""
    by_id = {answer[answer.get("ansible_loop_var", "item")]["id"]: answer for answer in answers}
    return [
        answered(item, by_id[item["id"]])
        if item["id"] in by_id
        else result_of(item, FAILED, "Not tried: see the error above.")
        for item in chosen
    ]


def answered(item: Facts, answer: Facts) -> dict[str, Any]:
    """The module's result in one entry. A result with a message and without a refusal is a failure."""
    plan, proof = answer.get("plan") or {}, answer.get("proof") or []
    changed = CLOSED if (answer.get("session") or {}).get("after") else WOULD_CLOSE
    outcome = stopped(answer) or (changed if answer.get("changed") else ALREADY)
    return result_of(
        item,
        outcome,
        str(answer.get("msg", "")),
        findings=[dict(found) for found in answer.get("findings") or []],
        plan=plan.get("hash"),
        proof=[dict(check) for check in proof],
        proof_held=all(check["held"] for check in proof) if proof else None,
        counted=plan.get("counted"),
        expected=plan.get("expected"),
        difference=plan.get("difference"),
        currency=plan.get("currency"),
        entries=[entry["name"] for entry in answer.get("entries") or []],
    )
