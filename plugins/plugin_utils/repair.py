# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fixes a store's findings ask for, in the order in which a close needs them, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .answers import REFUSED
from .table import table, wrap

Facts = Mapping[str, Any]

# Who is at the till comes first, since nothing is to be changed under somebody's hands; settings before orders, because settling
# an order books by them; the count after the orders, because they move cash; the close last.
ORDER = {
    "pos_session_release": "find out who uses the till",
    "pos_accounting": "set accounts and journals",
    "pos_payment_methods": "set payment methods",
    "pos_pending_orders": "resolve pending orders",
    "pos_cash_balance": "break the drawer down, record what was forgotten",
    "pos_session_close": "close, and prove it",
}
RAN, WOULD, STOPPED, FORBIDDEN = "ran", "would change", "not predicted", "not allowed"


def found_in(store: Facts) -> Iterable[tuple[str, Facts]]:
    """Every finding that stands in the way, with the till it is about."""
    for session in store["sessions"]:
        for found in session["findings"]:
            yield session["till"]["name"], found
    for till in store["tills"]:
        for found in till["findings"]:
            yield till["name"], found


def steps_of(store: Facts, allowed: Sequence[str]) -> list[dict[str, Any]]:
    """The roles that the findings ask for, in order: ``role``, ``allowed``, ``codes``, ``tills``.

    A finding that nobody but an accountant may answer (risk never), or that is only said (info), asks for no role.
    The close is a step wherever a session is open.
    """
    asked: dict[str, dict[str, list[str]]] = {}
    for till, found in found_in(store):
        if found["risk"] == "never" or found["severity"] == "info" or found["fix"] not in ORDER:
            continue
        entry = asked.setdefault(found["fix"], {"codes": [], "tills": []})
        for name, value in (("codes", found["code"]), ("tills", till)):
            if value not in entry[name]:
                entry[name].append(value)
    if store["sessions"]:
        asked.setdefault("pos_session_close", {"codes": [], "tills": []})
    return [{"role": role, "allowed": role in allowed, **asked[role]} for role in ORDER if role in asked]


def outcome_of(step: Facts, stopped: str, results: Sequence[Facts]) -> dict[str, Any]:
    """A step as it ended, and whether something in it was refused.

    stopped: the role whose change was only foretold (in check mode, of a play or a block, or as its dry run), so that nothing
    after it can be; empty where there was none. Outcomes that foretell begin with 'would'.
    """
    if not step["allowed"]:
        return {**step, "outcome": FORBIDDEN, "refused": False, "said": "Allow it in pos_repair_fixes."}
    if stopped:
        said = "Nothing can be foretold beyond what %s would change first." % stopped
        return {**step, "outcome": STOPPED, "refused": False, "said": said}
    foretold = any(str(result.get("outcome", "")).startswith("would") for result in results)
    refused = any(result.get("outcome") == REFUSED for result in results)
    counts: dict[str, int] = {}
    for result in results:
        outcome = str(result.get("outcome", "done")).replace("_", " ")
        counts[outcome] = counts.get(outcome, 0) + 1
    said = ", ".join("%d %s" % (number, outcome) for outcome, number in counts.items()) or "nothing to do"
    return {**step, "outcome": WOULD if foretold else RAN, "refused": refused, "said": said}


def repair_lines(steps: Sequence[Facts], store: str, width: int) -> list[str]:
    """The steps as lines for a screen."""
    if not steps:
        return wrap("Store %s: nothing asks for a repair." % clean(store), width)
    rows = [
        (
            step["role"],
            step["outcome"],
            "%s\n%s" % (ORDER[step["role"]], " ".join(step["codes"])) if step["codes"] else ORDER[step["role"]],
            step["said"],
        )
        for step in steps
    ]
    heading = wrap("Store %s: the fixes that its findings ask for, in their order." % clean(store), width)
    return [*heading, "", *table(("fix", "outcome", "what for", "result"), rows, width, (20, 13, 0, 0))]
