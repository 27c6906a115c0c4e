# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings grouped by their cause, in words that stand above a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE, SEVERITIES

from ..words import role_of, step_for
from .collect import Facts, standing

UNREACHED = "store.unreachable"
# fmt: off
TITLES = {
    UNREACHED: "The store could not be read",
    "orders.draft": "Orders that nobody paid",
    "orders.draft_with_payment": "Orders with payments that were never completed",
    "orders.draft_future": "Orders for a later day",
    "orders.cancelled_poison": "Cancelled orders that would still be booked",
    "orders.underpaid": "Paid orders whose payments do not add up",
    "orders.no_lines": "Paid orders without lines",
    "orders.uncaptured": "Card payments that were not captured",
    "orders.no_customer": "Orders that lack their customer",
    "invoices.unposted": "Invoices that are not posted",
    "cash.not_counted": "Drawers that nobody counted",
    "cash.count_stale": "Drawers counted before the last sale",
    "cash.difference": "Drawers that differ, within the limit",
    "cash.difference_above_limit": "Drawers that differ by more than the till allows",
    "cash.no_loss_account": "Cash journals without a loss account",
    "cash.no_profit_account": "Cash journals without a profit account",
    "cash.no_default_account": "Cash journals without an account",
    "cash.shared_journal": "Cash journals shared by several tills",
    "cash.register_posted": "Cash statements that are posted already",
    "cash.no_register": "Cash paid into a journal that has no statement",
    "cash.second_drawer": "Cash in a second drawer",
    "payments.unconfirmed": "Card payments the terminal never confirmed",
    "payments.method_removed": "Payments by a method that is gone",
    "payments.method_no_journal": "Payment methods without a journal",
    "payments.no_outstanding_account": "Payment methods without an outstanding account",
    "accounts.no_receivable": "No receivable account",
    "accounts.no_sales_journal": "Tills without a sales journal",
    "accounts.archived_journal": "Archived journals in use",
    "accounts.archived_account": "Archived accounts in use",
    "accounts.tax_no_account": "Taxes without an account",
    "accounts.imbalance": "Sales and payments that do not balance",
    "accounts.lock_date": "Locked accounting periods",
    "accounts.rounding": "Cash rounding that is not set up",
    "session.stuck_closing": "Tills locked in closing",
    "session.never_opened": "Sessions that were never opened",
    "session.rescue": "Rescue sessions",
    "session.duplicate": "Tills with several open sessions",
    "session.stale": "Sessions left open for more than a day",
    "session.opener_inactive": "Sessions opened by somebody who left",
    "session.in_use": "Tills that are being sold on",
    "books.closed_without_entry": "Closed without an entry in the books",
    "books.orders_left_paid": "Closed, with orders left behind",
    "books.entry_unbalanced": "Closing entries that do not balance",
    "books.closed_twice": "Closed more than once",
    "books.entry_exists": "Set back after they were closed",
    "books.forced_balance": "Closed with a forced balance",
    "stock.failed_pickings": "Stock transfers that are not done",
    "platform.lock_wait": "Database processes that wait for a lock",
    "platform.long_transaction": "Long transactions in the database",
    "platform.huge_session": "Sessions with very many orders",
    "platform.bloat": "Tables that want a VACUUM",
    "fiscal.protected": "Fiscally certified stores",
    "custom.override": "Modules not by Odoo that extend Point of Sale",
}
# fmt: on
#: The part of a code before its dot, in the catalogue's order: what a test case of the JUnit file is about.
AREAS = tuple(dict.fromkeys(code.split(".")[0] for code in CATALOGUE))


def title(code: str) -> str:
    """The heading of a cause; a code that nobody gave one is its own."""
    return TITLES.get(code, code)


def remedy(code: str, fix: str) -> str:
    """What a person does about it, and the role that answers it."""
    if code == UNREACHED:
        return "see the error, then read it again"
    if code.startswith("books.") and code != "books.forced_balance":
        return "an accountant decides; never reset it"
    return step_for(code, fix) + role_of(fix)


def worst(severities: Iterable[str]) -> str:
    return min(severities, key=SEVERITIES.index, default="info")


def causes(stores: Iterable[Facts]) -> list[dict[str, Any]]:
    """Every cause that was found in the report's ``stores``: the worst first, then those of most stores."""
    found: dict[str, dict[str, Any]] = {}
    for store in stores:
        if not store["reachable"]:
            note(found, store, {"code": UNREACHED, "severity": "blocker", "fix": ""}, None)
        for session in standing(store):
            for seen in session["findings"]:
                note(found, store, seen, "sessions")
        for till in store["tills"]:
            for seen in till["findings"]:
                note(found, store, seen, "tills")
        for seen in store["findings"]:
            note(found, store, seen, None)
    for cause in found.values():
        cause["severity"] = worst(cause["severity"])
        cause["stores"] = sorted(cause["stores"])
    return sorted(found.values(), key=lambda c: (SEVERITIES.index(c["severity"]), -len(c["stores"]), c["code"]))


def note(found: dict[str, dict[str, Any]], store: Facts, seen: Facts, what: str | None) -> None:
    """Count one finding under its code."""
    code = seen["code"]
    new = {
        "code": code,
        "title": title(code),
        "severity": set(),
        "next": remedy(code, seen["fix"]),
        "sessions": 0,
        "tills": 0,
    }
    cause = found.setdefault(code, {**new, "stores": set()})
    cause["severity"].add(seen["severity"])
    cause["stores"].add(store["name"])
    if what:
        cause[what] += 1
