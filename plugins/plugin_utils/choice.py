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
        if wish.counted_cash and any(wish.counts.values()):
            raise BadWish("Give pos_session_close_counted_cash or pos_session_close_counts, not both.")
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


@dataclass(frozen=True)
class Counts:
    """The counts of a store: those that were given to a session, those that were refused, and which sessions a refused one
    holds back, with the reason. By session id."""

    given: Mapping[int, str]
    refused: Sequence[dict[str, Any]] = ()
    held: Mapping[int, str] = field(default_factory=dict)


def choose(store: Facts, wish: Wish) -> dict[str, Any]:
    """Sort the store's sessions.

    Returns ``chosen`` (what to hand to the module, the oldest session of a till first), ``results`` (counts that belong to no
    single drawer, refused here) and ``left`` (open sessions that are left alone). Raises BadWish where bank counts have no single session.
    """
    sessions = [*store["sessions"], *(store["closed_wrongly"] if wish.named else [])]
    counts = counts_by_session(store, [s for s in sessions if s["verdict"] != "closed"], wish)
    chosen, left = [], []
    for session in sorted(sessions, key=lambda s: (s["till"]["id"], s["id"])):
        counted, held = counts.given.get(session["id"], ""), counts.held.get(session["id"])
        tried = wanted(session, wish, counted)
        if tried and held is None:
            chosen.append(
                {
                    "id": session["id"],
                    "name": session["name"],
                    "till": dict(session["till"]),
                    "verdict": session["verdict"],
                    "counted_cash": counted,
                    "cash_policy": "counted" if counted else wish.cash_policy,
                }
            )
        elif session["verdict"] != "closed":
            left.append(result_of(session, "left_alone", held if tried and held else next_words(session)))
    still_open = [one for one in chosen if one["verdict"] != "closed"]
    if wish.bank and len(still_open) > 1:
        raise BadWish(
            "pos_session_close_bank_counted is one session's, and this till has %d: name one with pos_session_close_session (%s)."
            % (len(still_open), listed(still_open))
        )
    return {"chosen": chosen, "results": list(counts.refused), "left": left}


def listed(sessions: Iterable[Facts]) -> str:
    return ", ".join("%s, id %d" % (one["name"], one["id"]) for one in sessions)


def wanted(session: Facts, wish: Wish, counted: str) -> bool:
    """Named, counted for, of a verdict that is to be tried, or countable by policy."""
    if wish.named or counted:
        return True
    counts = session["verdict"] == "needs_count" and wish.cash_policy == "assume_expected"
    return session["verdict"] in wish.only or counts


def next_words(session: Facts) -> str:
    """Why a session is left alone: its blockers, else what it needs."""
    serious = [f["message"] for f in session["findings"] if f["severity"] == "blocker"]
    if not serious and session["verdict"] == "needs_count":
        serious = [f["message"] for f in session["findings"] if f["code"] in NEEDS_COUNT]
    return "\n".join(serious) or "Its verdict is not among those to try."


def counts_by_session(store: Facts, opened: Sequence[Facts], wish: Wish) -> Counts:
    """Give each count to the one open drawer of its till. One that cannot be given is refused, and every session that it may
    be of is held back: closed without it, a shortage that somebody counted would vanish."""
    if wish.session and wish.counted_cash:
        return Counts({session["id"]: wish.counted_cash for session in opened})
    tills = {t["id"]: t["name"] for t in [*store["tills"], *(s["till"] for s in opened)]}
    if wish.counted_cash:
        wishes = {wish.till: wish.counted_cash} if opened else {}
        meant = {key: sorted({s["till"]["id"] for s in opened}) for key in wishes}
    else:
        wishes = {key: counted for key, counted in wish.counts.items() if counted}
        meant = {key: [i for i, name in tills.items() if key in (str(i), clean(name))] for key in wishes}
    given: dict[int, str] = {}
    held: dict[int, str] = {}
    refused = []
    for key, ids in meant.items():
        here = [s for s in opened if s["till"]["id"] in ids]
        why = no_till(key, ids, [k for k in meant if meant[k] == ids], wish) or no_drawer(here)
        if why:
            till = {"id": ids[0], "name": tills[ids[0]]} if len(ids) == 1 else {"id": None, "name": key}
            refused.append(refusal(till, why))
            held.update({s["id"]: why for s in here})
        else:
            given.update({s["id"]: wishes[key] for s in drawers(here)})
    unknown = ", ".join(key for key, ids in meant.items() if not ids)
    if unknown:
        why = "A count is for %s, a name that no till has, and may be of this one: correct the name first." % unknown
        held.update({s["id"]: why for s in opened if s["id"] not in given and s["id"] not in held})
    return Counts(given, refused, held)


def drawers(sessions: Iterable[Facts]) -> list[Facts]:
    """Those of a till's open sessions that a count of the till may be of."""
    return [s for s in sessions if s["cash"] and not s["rescue"]]


def no_till(key: str, ids: Sequence[int], same: Sequence[str], wish: Wish) -> str:
    """Why a count is of no one till, or empty. ``ids`` are the tills that its key may mean, ``same`` the keys that mean these."""
    if not ids and wish.named:
        return "Till %s is not the one that is to be closed: leave its count out, or correct the name." % key
    if not ids:
        return "There is no till %s in this store." % key
    if len(ids) > 1:
        return "The till name %s is not unique: give the till's id." % key
    if len(same) > 1:
        return "The till is counted more than once, as %s: give one count." % " and ".join(same)
    return ""


def no_drawer(here: Sequence[Facts]) -> str:
    """Why a count is of no one drawer among a till's open sessions, or empty. A till that has none has nothing to be closed."""
    found = drawers(here)
    if len(found) > 1:
        why = "The till has %d open sessions, and one count cannot be for all: name the session (%s)."
        return why % (len(found), listed(found))
    if here and not found and any(s["rescue"] for s in here):
        why = "The till has no session open but a rescue session, which takes no count by till: leave it out, or name the session (%s)."
        return why % listed(here)
    return "" if found or not here else "The till has no drawer that Odoo counts: leave its count out."


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
