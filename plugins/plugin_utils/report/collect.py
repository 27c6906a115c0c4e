# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stores of a run left behind: their readings, and what the roles did to them. Plain values, cleaned."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

Facts = Mapping[str, Any]

RESULTS = re.compile(r"(pos_\w+)_results")
NOT_READ = "This store was not read in this run."
ONLY_SUMMARY = "Only a summary of this store was scanned: scan it with detail=full."


@dataclass(frozen=True)
class Reading:
    """One store: what was read of it (None where it could not be), why not, and what each role did in it."""

    name: str
    store: Facts | None
    error: str = ""
    results: tuple[Facts, ...] = field(default=())


def readings(
    hosts: Iterable[str], scan: Facts | None, variables_of: Callable[[str], Facts], results: bool = True
) -> list[Reading]:
    """A reading for each host, in their order, then for whatever else was scanned.

    ``scan`` is what pos_fleet_info returned, ``variables_of`` gives a host's variables without evaluating them. What is newer
    wins: a host's own fact ``pos_store``, if it was read after the scan.
    """
    scanned = (scan or {}).get("stores") or {}
    known = list(dict.fromkeys(hosts))
    found = [one(name, scanned.get(name), variables_of(name), results) for name in known]
    return found + [one(name, scanned[name], {}, results) for name in scanned if name not in known]


def one(name: str, scanned: Facts | None, variables: Facts, results: bool) -> Reading:
    """The reading of one store."""
    own = (variables.get("ansible_facts") or {}).get("pos_store")
    both: list[Any] = [s for s in ((scanned or {}).get("pos_store"), own) if is_store(s)]
    store = max(both, key=lambda s: str(s.get("read_at") or ""), default=None)
    return Reading(
        name=plain(name),
        store=None if store is None else plain(store),
        error="" if store is not None else why_not(scanned),
        results=tuple(results_of(variables)) if results else (),
    )


def standing(store: Facts) -> list[Facts]:
    """The sessions of a store of the report whose findings still stand: not those that this run closed."""
    return [s for s in store["sessions"] if s["verdict"] != "closed"] + list(store["closed_wrongly"])


def is_store(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("sessions"), list) and "summary" in value


def why_not(scanned: Facts | None) -> str:
    """Why there is no reading, in one sentence."""
    if not scanned:
        return NOT_READ
    return plain(str(scanned.get("error") or "")) or ONLY_SUMMARY


def results_of(variables: Facts) -> Iterable[dict[str, Any]]:
    """The entries of every variable pos_*_results, each with the role that made it."""
    for name in sorted(str(name) for name in variables):
        match = RESULTS.fullmatch(name)
        entries = variables[name] if match else None
        if match and isinstance(entries, list):
            yield from (result_of(match[1], plain(entry)) for entry in entries if isinstance(entry, Mapping))


def result_of(role: str, entry: Facts) -> dict[str, Any]:
    """What a role did to one session, in the shape of the report; what it does not say is None or empty."""
    return {
        "role": role,
        "till": named(entry.get("till")),
        "session": named(entry.get("session")),
        "outcome": str(entry.get("outcome") or ""),
        "message": str(entry.get("message") or entry.get("msg") or entry.get("said") or ""),
        "steps": steps_of(entry),
        "findings": [f for f in entry.get("findings") or [] if isinstance(f, Mapping)],
        "proof": [
            {"check": str(c.get("check", "")), "held": bool(c.get("held")), "detail": str(c.get("detail") or "")}
            for c in entry.get("proof") or []
            if isinstance(c, Mapping)
        ],
        "entries": [str(e) for e in entry.get("entries") or []],
        **{k: text_or_none(entry.get(k)) for k in ("counted", "expected", "difference", "currency")},
    }


def steps_of(entry: Facts) -> list[str]:
    """What a role did or would do: its plan's steps, or the cash that it moved or counted."""
    steps = entry.get("steps")
    if isinstance(steps, list) and steps:
        return [str(step) for step in steps]
    if entry.get("kind") and entry.get("amount"):
        return [" ".join(str(entry[name]) for name in ("kind", "amount", "reference") if entry.get(name))]
    return []


def by_session(results: Iterable[Facts]) -> dict[int, Facts]:
    """One result for each session: that of its close where one was tried, else the last."""
    found: dict[int, Facts] = {}
    for result in sorted(results, key=lambda r: r["role"] == "pos_session_close"):
        if result["session"]["id"] is not None:
            found[result["session"]["id"]] = result
    return found


def named(thing: Any) -> dict[str, Any]:
    """A till or a session as id and name, however the role gave it."""
    if isinstance(thing, Mapping):
        return {
            "id": thing.get("id") if isinstance(thing.get("id"), int) else None,
            "name": str(thing.get("name") or ""),
        }
    return {"id": None, "name": str(thing or "")}


def text_or_none(value: Any) -> str | None:
    return None if value is None else str(value)


def plain(value: Any) -> Any:
    """A copy made of plain JSON types, every text without control characters."""
    if isinstance(value, Mapping):
        return {clean(str(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    return clean(str(value).replace("\n", " "))
