# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report: what docs/report.schema.json describes, and what the page, the CSV and the JUnit file are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..words import next_step
from . import drawers
from .causes import causes
from .collect import Facts, Reading, by_session, standing
from .drawers import CLOSED, Drawer

FORMAT = "retailops.odoo_pos/report/1"
UNREAD, BLOCKED, NEEDS_COUNT, CLOSABLE, CLEAR = "unread", "blocked", "needs_count", "closable", "clear"
#: The worst comes first: a store is as bad as the worst in it.
VERDICTS = (UNREAD, BLOCKED, NEEDS_COUNT, CLOSABLE, CLEAR)
FAIL_ON = ("blocked", "warning", "never")
# Odoo 15 and newer refuse to open a till whose cash journal lacks one of them (pos.config _check_profit_loss_cash_journal);
# 14 does so only with its cash control switched on, which is not known here.
REFUSES_TO_OPEN = ("cash.no_loss_account", "cash.no_profit_account")
NUMBER = re.compile(r"^\d+\. ")


def build(found: Iterable[Reading], title: str, fail_on: str, trail: Facts | None = None) -> dict[str, Any]:
    """The report of these readings. It is as old as the newest of them: the same readings make the same report."""
    stores = [store_of(reading) for reading in found]
    for store in stores:
        store["fails"] = fails(store, fail_on)
    counted = [drawer for store in stores for drawer in drawers.drawers(store)]
    return {
        "format": FORMAT,
        "title": title,
        "generated_at": max((s["read_at"] for s in stores if s["read_at"]), default=None),
        "fail_on": fail_on,
        "summary": summary(stores, counted),
        "causes": causes(stores),
        "drawers": [drawer.facts() for drawer in counted],
        "history": [],
        "trail": trail_of(trail),
        "stores": stores,
    }


def with_history(report: dict[str, Any], earlier: Sequence[Drawer]) -> dict[str, Any]:
    """The report with the drawers of earlier runs added up by day, its own among them: for all stores, and for each."""
    now = [drawer for entry in report["drawers"] if (drawer := drawers.drawer_of(entry))]
    known = drawers.merged(earlier, now)
    days = drawers.days_of_stores(known)
    stores = [{**store, "days": days.get(store["name"], [])} for store in report["stores"]]
    return {**report, "history": drawers.by_day(known), "stores": stores}


def store_of(reading: Reading) -> dict[str, Any]:
    """One store: its verdict, sessions, tills and what was done in it."""
    seen: Facts = reading.store or {}
    closed = {
        r["session"]["id"] for r in reading.results if r["role"] == "pos_session_close" and r["outcome"] in CLOSED
    }
    outcomes = {number: result["outcome"] for number, result in by_session(reading.results).items()}
    sessions = [session_of(s, s["id"] in closed, outcomes.get(s["id"])) for s in seen.get("sessions") or []]
    wrongly = [session_of(s, False, outcomes.get(s["id"])) for s in seen.get("closed_wrongly") or []]
    odoo = seen.get("odoo") or {}
    store: dict[str, Any] = {
        "name": reading.name,
        "reachable": reading.store is not None,
        "error": reading.error or None,
        "database": seen.get("database"),
        "odoo": {"series": odoo.get("series"), "version": odoo.get("version")},
        "read_at": seen.get("read_at"),
        "read_ms": seen.get("read_ms"),
        "verdict": UNREAD,
        "sessions": sessions,
        "closed_wrongly": wrongly,
        "tills": [],
        "findings": list(seen.get("findings") or []),
        "results": list(reading.results),
        "days": [],
    }
    if reading.store is not None:
        store["tills"] = tills_of(seen, sessions)
        store["verdict"] = verdict_of(store)
    return store


def session_of(session: Facts, closed: bool, outcome: str | None) -> dict[str, Any]:
    """A session as it was read, with what is to be done next; one that this run closed says so."""
    steps = [] if closed else [NUMBER.sub("", line) for line in next_step(session).split("\n")]
    return {**session, "verdict": "closed" if closed else session["verdict"], "next": steps, "outcome": outcome}


def tills_of(seen: Facts, sessions: Sequence[Facts]) -> list[dict[str, Any]]:
    """The tills with what keeps the shop from opening them, and what would keep them from being closed as they are set up."""
    found = []
    for till in seen.get("tills") or []:
        own = [s for s in sessions if s["till"]["id"] == till["id"] and s["verdict"] != "closed" and not s["rescue"]]
        shut = [f["message"] for f in till["findings"] if not own and refuses_to_open(f, seen)]
        shut += [f["message"] for s in own for f in s["findings"] if f["code"] == "session.stuck_closing"]
        found.append(
            {
                "id": till["id"],
                "name": till["name"],
                "can_open": not shut,
                "shut": shut,
                "can_close": all(s["verdict"] != BLOCKED for s in own)
                and not any(f["severity"] == "blocker" for f in till["findings"]),
                "findings": list(till["findings"]),
            }
        )
    return found


def refuses_to_open(finding: Facts, seen: Facts) -> bool:
    return finding["code"] in REFUSES_TO_OPEN and (seen.get("odoo") or {}).get("series") != "14.0"


def verdict_of(store: Facts) -> str:
    """The worst that is to be said of a store that was read."""
    said = {session["verdict"] for session in store["sessions"]}
    broken = any(r["outcome"] == "failed" for r in store["results"])
    if BLOCKED in said or broken or any(severity == "blocker" for severity in severities(store)):
        return BLOCKED
    return next((verdict for verdict in (NEEDS_COUNT, CLOSABLE) if verdict in said), CLEAR)


def severities(store: Facts) -> set[str]:
    """How bad the findings of a store are, but for those of sessions that this run closed."""
    groups = [s["findings"] for s in standing(store)] + [t["findings"] for t in store["tills"]]
    return {f["severity"] for group in [*groups, store["findings"]] for f in group}


def fails(store: Facts, fail_on: str) -> list[str]:
    """Why a store fails a play with ``fail_on``; empty where it does not."""
    if fail_on == "never":
        return []
    if not store["reachable"]:
        return ["could not be read: %s" % store["error"].rstrip(".")]
    said = Counter(s["verdict"] for s in store["sessions"])
    outcomes = Counter(r["outcome"] for r in store["results"])
    settings = sum(any(f["severity"] == "blocker" for f in t["findings"]) for t in store["tills"])
    why = [
        (said[BLOCKED], "%d session(s) will not close"),
        (len(store["closed_wrongly"]), "%d session(s) closed wrongly"),
        (outcomes["failed"], "%d failure(s) of this run"),
        (settings, "%d till(s) set up so that they will not close"),
        (sum(f["severity"] == "blocker" for f in store["findings"]), "%d fault(s) of the store itself"),
    ]
    if fail_on == "warning":
        why += [
            (said[NEEDS_COUNT], "%d session(s) to be counted first"),
            (outcomes["refused"], "%d refusal(s)"),
            (int("warning" in severities(store)), "warnings"),
        ]
    return [text % number if "%" in text else text for number, text in why if number]


def summary(stores: Sequence[Facts], counted: Sequence[Drawer]) -> dict[str, Any]:
    """The counts at the top of the page."""
    said = Counter(s["verdict"] for store in stores for s in store["sessions"])
    tills = [till for store in stores for till in store["tills"]]
    outcomes = Counter(r["outcome"] for store in stores for r in store["results"])
    return {
        "stores": len(stores),
        "unread": sum(not s["reachable"] for s in stores),
        "failing": sum(bool(s["fails"]) for s in stores),
        "verdicts": {verdict: sum(s["verdict"] == verdict for s in stores) for verdict in VERDICTS},
        "tills": len(tills),
        "tills_can_open": sum(t["can_open"] for t in tills),
        "tills_can_close": sum(t["can_close"] for t in tills),
        "sessions": sum(said[v] for v in (BLOCKED, NEEDS_COUNT, CLOSABLE)),
        **{verdict: said[verdict] for verdict in (BLOCKED, NEEDS_COUNT, CLOSABLE)},
        "closed": outcomes["closed"],
        "refused": outcomes["refused"],
        "failed": outcomes["failed"],
        "closed_wrongly": sum(len(s["closed_wrongly"]) for s in stores),
        "differences": drawers.totals(counted),
    }


def trail_of(trail: Facts | None) -> dict[str, Any] | None:
    """What pos_trail_info said of the trail of changes; None where nobody asked."""
    if not isinstance(trail, Mapping) or "broken" not in trail:
        return None
    return {
        "exists": bool(trail.get("exists")),
        "lines": int(trail.get("lines") or 0),
        "last_hash": str(trail.get("last_hash") or ""),
        "broken": [str(line) for line in trail.get("broken") or []],
    }
