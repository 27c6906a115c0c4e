# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scan of a fleet in words: one table, and the stores that want somebody's attention, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .table import table, wrap
from .words import NEXT, NEXT_BY_CODE, role_of

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


def facts_of(entry: Facts) -> Facts:
    """What was read of a store, whichever detail was asked for."""
    facts: Facts = entry.get("pos_store", entry)
    return facts


def standing(entry: Facts) -> str:
    """The worst that can be said of a store; a key of STANDINGS."""
    if not entry["reachable"]:
        return "unread"
    summary = entry["summary"]
    return next((name for name in WORST_FIRST[1:-1] if summary[name]), "clean")


def sorted_hosts(stores: Mapping[str, Facts]) -> list[str]:
    """The hosts, the worst first, else in the order of the scan."""
    return sorted(stores, key=lambda host: WORST_FIRST.index(standing(stores[host])))


def todo(stores: Mapping[str, Facts], explain: int, every: bool) -> list[dict[str, Any]]:
    """Hosts and the groups that they go into: pos_todo (there is work), pos_unread, and pos_explain for the first ``explain``.

    ``every``: whether there is one particular session or till to explain in every store that has it. A fleet that is not larger
    than ``explain`` is explained as a whole. Never empty: a first host without groups says that there is nothing to do.
    """
    every = every or len(stores) <= explain
    found: list[dict[str, Any]] = []
    explained = 0
    for host in sorted_hosts(stores):
        stands = standing(stores[host])
        groups = {"unread": ["pos_unread"], "clean": []}.get(stands, ["pos_todo"])
        if stands != "unread" and (every or (stands != "clean" and explained < explain)):
            groups = [*groups, "pos_explain"]
            explained += 1
        if groups:
            found.append({"host": host, "groups": groups})
    return found or [{"host": host, "groups": []} for host in list(stores)[:1]]


def next_steps(store: Facts) -> str:
    """What to do in a store: the two steps that most sessions want, with their number, and how many more there are."""
    counted = Counter(step for session in store["sessions"] for step in steps_of(session))
    steps = dict(counted.most_common())
    if store["closed_wrongly"]:
        steps = {"look at what was closed wrongly": len(store["closed_wrongly"]), **steps}
    said = [step if number == 1 else "%s (%d)" % (step, number) for step, number in steps.items()]
    more = ["and %d more" % (len(said) - MOST_STEPS)] if len(said) > MOST_STEPS else []
    return ", ".join(said[:MOST_STEPS] + more)


def steps_of(session: Facts) -> list[str]:
    """What stands before the close of one session, each step once; the close itself where nothing does."""
    blockers = [f for f in session["findings"] if f["severity"] == "blocker"]
    if any(f["risk"] == "never" for f in blockers):
        return ["an accountant decides"]
    steps = [NEXT_BY_CODE.get(f["code"], NEXT.get(f["fix"], f["fix"])) for f in blockers]
    if any(f["code"] in COUNT for f in session["findings"]):
        steps.append(NEXT_BY_CODE["cash.not_counted"])
    return list(dict.fromkeys(steps)) or ["close it" + role_of("pos_session_close")]


def row(host: str, entry: Facts) -> tuple[str, ...]:
    """One store's line."""
    stands = STANDINGS[standing(entry)]
    if not entry["reachable"]:
        return host, "", stands, "", "", "", "", UNREAD.get(entry["reason"], entry["reason"])
    store, summary = facts_of(entry), entry["summary"]
    hours = max((session["hours_open"] or 0 for session in store["sessions"]), default=0)
    numbers = (summary[name] for name in ("sessions", "blocked", "needs_count"))
    return (
        host,
        store["odoo"]["series"],
        stands,
        *(str(number or "") for number in numbers),
        "%.0f" % hours if store["sessions"] else "",
        next_steps(store),
    )


HEADER = ("store", "Odoo", "how it stands", "open", "stuck", "count", "hours", "what to do next")
CAPS = (32, 5, 14, 5, 5, 5, 5, 0)


def fleet(stores: Mapping[str, Facts], summary: Facts, width: int) -> list[str]:
    """The scan as lines for a screen, at most ``width`` cells each; stores where nothing is open are only counted."""
    lines = wrap(headline(summary), width)
    rows = [row(host, stores[host]) for host in sorted_hosts(stores) if standing(stores[host]) != "clean"]
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
