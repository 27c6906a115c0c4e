# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan of a fleet in words: one table, and the stores that want somebody's attention, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .table import table, wrap
from .words import NEXT_BY_CODE, role_of, step_for

Facts = Mapping[str, Any]

# How a store stands, the worst first, and how the table says it.
STANDINGS = {
    "unread": "not read",
    "closed_wrongly": "closed wrongly",
    "blocked": "will not close",
    "needs_count": "count first",
    "closable": "can be closed",
    "clean": "nothing open",
}
# Why a store was not read, in a few words; the whole sentence is the entry's error.
UNREAD = {
    "bad_input": "its variables are wrong",
    "failed": "reading it failed",
    "late": "no answer within the deadline",
    "no_store": "no Odoo with Point of Sale that is known",
    "not_found": "no such session or till",
    "unreachable": "its database could not be reached",
}
WORST_FIRST = list(STANDINGS)
MOST_STEPS = 2
# Said of a drawer that nobody counted yet; the codes are warnings, but nothing can be closed before it is done.
COUNT = {"cash.not_counted", "cash.count_stale"}


def standing(store: Facts) -> str:
    """The worst that can be said of a store that was read; a key of STANDINGS."""
    return next((name for name in WORST_FIRST[1:-1] if store["summary"][name]), "clean")


def glance(store: Facts) -> dict[str, Any]:
    """What a table of the fleet says of ``pos_store``: how it stands, how long its oldest session is open, what to do next."""
    return {
        "standing": standing(store),
        "odoo": store["odoo"]["series"],
        "oldest_hours": max((session["hours_open"] or 0 for session in store["sessions"]), default=None),
        "next_steps": next_steps(store),
        "summary": store["summary"],
    }


def sorted_hosts(stores: Mapping[str, Facts]) -> list[str]:
    """The hosts, the worst first, else in the order of the scan."""
    return sorted(stores, key=lambda host: WORST_FIRST.index(stores[host]["standing"]))


def whole(stores: int, explain: int, every: bool) -> bool:
    """Whether all that were read are to be explained: one session or till was asked for, or there are no more than ``explain``."""
    return explain > 0 and (every or stores <= explain)


def todo(stores: Mapping[str, Facts], most: int, every: bool) -> list[dict[str, Any]]:
    """Hosts and the groups that each goes into: pos_todo for those that need work, pos_unread for those that were not read.

    ``most``: how many go into pos_todo at most, the worst first. ``every``: whether all that were read do, because one session or
    till was asked for. Where some were not read, pos_witness has one that was. Never empty: a first host without groups says that
    there is nothing to do.
    """
    hosts = sorted_hosts(stores)
    read = [host for host in hosts if stores[host]["standing"] != "unread"]
    work = [host for host in read if every or stores[host]["standing"] != "clean"]
    found = {host: ["pos_unread"] for host in hosts[: len(hosts) - len(read)]}
    witness = read[:1] if found else []
    found.update({host: ["pos_todo"] for host in work[: max(0, most)]})
    for host in witness:
        found[host] = [*found.get(host, []), "pos_witness"]
    return [{"host": host, "groups": groups} for host, groups in (found or {host: [] for host in hosts[:1]}).items()]


def next_steps(store: Facts) -> str:
    """What to do in a store: the two steps that most sessions want, with their number, and how many more there are."""
    counted = Counter(step for session in store["sessions"] for step in steps_of(session))
    steps = dict(counted.most_common())
    if store["closed_wrongly"]:
        steps = {"see what was closed wrongly": len(store["closed_wrongly"]), **steps}
    said = [step if number == 1 else "%s (%d)" % (step, number) for step, number in steps.items()]
    more = ["+%d more" % (len(said) - MOST_STEPS)] if len(said) > MOST_STEPS else []
    return ", ".join(said[:MOST_STEPS] + more)


def steps_of(session: Facts) -> list[str]:
    """What stands before the close of one session, each step once; the close itself where nothing does."""
    blockers = [f for f in session["findings"] if f["severity"] == "blocker"]
    if any(f["risk"] == "never" for f in blockers):
        return ["an accountant decides"]
    steps = [step_for(f["code"], f["fix"]) for f in blockers]
    if any(f["code"] in COUNT for f in session["findings"]):
        steps.append(NEXT_BY_CODE["cash.not_counted"])
    return list(dict.fromkeys(steps)) or ["close it" + role_of("pos_session_close")]


def row(host: str, entry: Facts) -> tuple[str, ...]:
    """One store's line."""
    stands = STANDINGS[entry["standing"]]
    if not entry["reachable"]:
        return host, "", stands, "", "", "", "", str(UNREAD.get(entry["reason"], entry["reason"]))
    numbers = (entry["summary"][name] or "" for name in ("sessions", "blocked", "needs_count"))
    hours = "" if entry["oldest_hours"] is None else "%.0f" % entry["oldest_hours"]
    return (host, entry["odoo"], stands, *map(str, numbers), hours, entry["next_steps"])


HEADER = ("store", "Odoo", "how it stands", "open", "stuck", "count", "hours", "what to do next")
CAPS = (32, 5, 14, 5, 5, 5, 5, 0)


def scan_lines(scan: Facts, width: int, most: int | None = None) -> list[str]:
    """A scan for a screen: its table, then the stores that were explained. One that is explained anyway needs no table.

    ``most``: how many may be in pos_todo; where more need work, that is said.
    """
    explained = scan.get("explained") or []
    lines = [] if explained and len(scan["stores"]) == 1 else fleet(scan["stores"], scan["summary"], width)
    work = sum(1 for store in scan["stores"].values() if store["standing"] not in ("unread", "clean"))
    if most is not None and work > most:
        said = "%d stores need work; the group pos_todo has the %d worst (-e pos_todo_most=%d for all)."
        lines += ["", *wrap(said % (work, max(0, most), work), width)]
    for one in explained:
        lines += ["", *one["lines"]] if lines else one["lines"]
    return lines


def fleet(stores: Mapping[str, Facts], summary: Facts, width: int) -> list[str]:
    """The fleet as a table, at most ``width`` cells a line; stores where nothing is open are only counted."""
    lines = wrap(headline(summary), width)
    rows = [row(host, stores[host]) for host in sorted_hosts(stores) if stores[host]["standing"] != "clean"]
    clean = len(stores) - len(rows)
    if rows:
        lines += ["", *table(HEADER, rows, width, CAPS)]
        if clean:
            lines += ["", "In %d store%s nothing is open." % (clean, plural(clean))]
    return lines


def headline(summary: Facts) -> str:
    """The fleet in one sentence."""
    parts = [
        (summary["blocked"], "will not close"),
        (summary["needs_count"], "to be counted first"),
        (summary["closable"], "can be closed"),
    ]
    said = ", ".join("%d %s" % part for part in parts if part[0])
    text = "%d store%s read in %.1f s" % (summary["read"], plural(summary["read"]), summary["read_ms"] / 1000)
    text += ", %d could not be read" % summary["unread"] if summary["unread"] else ""
    text += ": %d open session%s" % (summary["sessions"], plural(summary["sessions"]))
    text += " (%s)" % said if said else ""
    wrongly = summary["closed_wrongly"]
    return text + ("; %d closed wrongly." % wrongly if wrongly else ".")


def plural(number: int) -> str:
    return "" if number == 1 else "s"
