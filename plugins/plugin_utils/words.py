# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagnosed store in the words of a shop: what pos_diagnose prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .table import indented, table, wrap

Facts = Mapping[str, Any]

VERDICTS = {
    "blocked": "will not close",
    "needs_count": "count first",
    "closable": "can be closed",
    "closed": "closed",
}
ORDER = list(VERDICTS)

# What a person does about a blocker (see step_for).
NEXT_BY_CODE = {
    "orders.draft": "pay or cancel the orders",
    "orders.draft_with_payment": "complete the orders at the till",
    "orders.cancelled_poison": "delete the cancelled orders",
    "orders.no_customer": "set the customer",
    "invoices.unposted": "post the invoices",
    "accounts.imbalance": "correct the orders, or allow the imbalance",
    "accounts.archived_journal": "restore the journal",
    "accounts.archived_account": "restore the account",
    "accounts.no_receivable": "set the receivable account",
    "accounts.no_sales_journal": "set the sales journal",
    "cash.no_loss_account": "set the loss account",
    "cash.no_profit_account": "set the profit account",
    "books.entry_exists": "ask an accountant, and do not close it",
    "cash.not_counted": "count the drawer",
    "cash.count_stale": "count the drawer",
}
NEXT = {
    "pos_pending_orders": "settle the orders that are named",
    "pos_cash_balance": "count the drawer",
    "pos_session_release": "find out who uses the till",
    "pos_session_close": "close it",
    "pos_payment_methods": "set the payment method right",
    "pos_accounting": "set the accounts right",
    "pos_monitor": "keep an eye on it",
}


def step_for(code: str, fix: str) -> str:
    """What a person does about a finding, by its code, else by the role that answers it."""
    return NEXT_BY_CODE.get(code, NEXT.get(fix, fix))


def role_of(fix: str) -> str:
    """The role that answers a finding, as words to add."""
    return " (%s)" % fix if fix in NEXT else ""


def when(moment: str | None) -> str:
    """'2026-11-22T07:14:38Z' as '11-22 07:14'."""
    return moment[5:16].replace("T", " ") if moment else "never opened"


def till_cell(session: Facts) -> str:
    """The till, and below it the session's name where it has one, without the till's name that newer Odoo puts in front."""
    till = str(session["till"]["name"])
    name = str(session.get("name") or session.get("session", {}).get("name") or "/")
    if name == "/":
        return till
    return "%s\n%s" % (till, "..." + name[len(till) :] if name.startswith(till + "/") else name)


def in_the_way(session: Facts) -> str:
    """The messages of what stops the close or deserves a look; what is only good to know where there is nothing else."""
    found = session["findings"]
    serious = [f for f in found if f["severity"] != "info"] or found
    mark = "- " if len(serious) > 1 else ""
    return "\n".join(mark + f["message"] for f in serious) or "nothing"


def next_step(session: Facts) -> str:
    """What to do now, one step a line, in order."""
    codes = {f["code"] for f in session["findings"]}
    blockers = [f for f in session["findings"] if f["severity"] == "blocker"]
    if any(f["risk"] == "never" for f in blockers):
        return "An accountant decides; never reset it."
    # A drawer is counted last: what is done to the orders before changes what should be in it.
    todo = [step_for(f["code"], f["fix"]) + role_of(f["fix"]) for f in blockers]
    if session["verdict"] == "closed":
        return sentences(todo or ["an accountant looks at it"])
    if "session.in_use" in codes:
        todo.insert(0, "wait until nobody sells on it")
    if codes & {"cash.not_counted", "cash.count_stale"}:
        todo.append("count the drawer")
    elif "cash.difference_above_limit" in codes:
        todo.append("count again, or allow the difference")
    elif "cash.difference" in codes and session["cash"]["authorised_difference"] is None:
        todo.append("allow the difference, or count again")
    todo.append("close it" + role_of("pos_session_close"))
    return sentences(list(dict.fromkeys(todo)))


def sentences(steps: list[str]) -> str:
    """One step as a sentence; several numbered, one a line."""
    if len(steps) == 1:
        return steps[0][0].upper() + steps[0][1:] + "."
    return "\n".join("%d. %s" % (number, step) for number, step in enumerate(steps, 1))


def rank(session: Facts) -> tuple[int, str, int]:
    verdict = session["verdict"]
    return (ORDER.index(verdict) if verdict in ORDER else -1, session["started_at"] or "", session["id"])


def counts(summary: Facts) -> str:
    """How many sessions have which verdict, in one line."""
    parts = [
        (summary["blocked"], "will not close"),
        (summary["needs_count"], "to be counted first"),
        (summary["closable"], "can be closed"),
    ]
    said = ", ".join("%d %s" % part for part in parts if part[0])
    text = "%d open session%s" % (summary["sessions"], "" if summary["sessions"] == 1 else "s")
    wrongly = "; %d closed wrongly" % summary["closed_wrongly"] if summary["closed_wrongly"] else ""
    return text + (" (%s)" % said if said else "") + wrongly


def heading(store: Facts) -> str:
    return "Store %s (Odoo %s), %s UTC" % (store["database"], store["odoo"]["series"], when(store["read_at"]))


def diagnosis(store: Facts, width: int) -> list[str]:
    """ansible_facts.pos_store as lines for a screen, at most ``width`` cells each."""
    tills = [till for till in store["tills"] if till["findings"]]
    if not (store["sessions"] or store["closed_wrongly"] or tills or store["findings"]):
        return wrap("%s: no open session, and nothing wrong." % heading(store), width)
    lines = wrap("%s: %s." % (heading(store), counts(store["summary"])), width)
    lines += section("", store["sessions"], width)
    lines += section("Closed wrongly", store["closed_wrongly"], width)
    if tills:
        lines += ["", "Settings of tills"]
        for till in tills:
            lines += wrap("  " + till["name"], width)
            for found in till["findings"]:
                lines += indented(found["message"] + role_of(found["fix"]), width, "    ")
    if store["findings"]:
        lines += ["", "The store itself"]
        for found in store["findings"]:
            lines += indented(found["message"] + role_of(found["fix"]), width)
    return lines


def section(title: str, sessions: list[Facts], width: int) -> list[str]:
    """A table of sessions, blocked ones first, below an empty line and its title."""
    if not sessions:
        return []
    rows = [
        (till_cell(s), when(s["started_at"]), VERDICTS.get(s["verdict"], s["verdict"]), in_the_way(s), next_step(s))
        for s in sorted(sessions, key=rank)
    ]
    header = ("till", "since (UTC)", "verdict", "what is in the way", "what to do next")
    return ["", *([title] if title else []), *table(header, rows, width, (24, 12, 14, 0, 0))]
