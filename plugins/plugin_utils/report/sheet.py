# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as a table: one line a session, and one for a store without any."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from .collect import Facts, by_session, standing

COLUMNS = (
    "store", "odoo", "read_at", "till", "session", "session_id", "state", "verdict", "outcome", "since", "hours_open",
    "currency", "expected", "counted", "difference", "codes", "in_the_way", "next", "proof",
)  # fmt: skip
AMOUNT = re.compile(r"-?\d+(\.\d+)?")
# What a spreadsheet takes for a formula, also in the forms of full width; and behind a semicolon, which separates cells where
# the comma separates decimals.
FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")


def cell(value: Any) -> str:
    """A cell that no spreadsheet runs: an apostrophe goes before what looks like a formula. Amounts stay numbers, also negative."""
    text = "" if value is None else str(value)
    return text if AMOUNT.fullmatch(text) else FORMULA.sub(r"\1\2'", text)


def sheet(report: Facts) -> str:
    """The whole file. It begins with a byte order mark: spreadsheets need it to read names right (utf-8-sig elsewhere)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for store in report["stores"]:
        for row in rows(store):
            writer.writerow([cell(row.get(column)) for column in COLUMNS])
    return "\ufeff" + out.getvalue()


def rows(store: Facts) -> Iterator[dict[str, Any]]:
    """The lines of one store."""
    head = {"store": store["name"], "odoo": store["odoo"]["series"], "read_at": store["read_at"]}
    if not store["reachable"]:
        yield {**head, "verdict": "unread", "in_the_way": store["error"]}
        return
    sessions = [*store["sessions"], *store["closed_wrongly"]]
    seen = {session["id"] for session in sessions}
    results = by_session(store["results"])
    for session in sessions:
        yield {**head, **of_session(session, session in standing(store)), **of_result(results.get(session["id"]))}
    for result in store["results"]:
        if result["session"]["id"] not in seen:
            yield {**head, **of_result(result)}
    if not sessions and not store["results"]:
        yield {**head, "verdict": store["verdict"]}


def of_session(session: Facts, stands: bool) -> dict[str, Any]:
    """What was read of a session, without its findings where they stand no more."""
    cash = session["cash"] or {}
    found = [f for f in session["findings"] if f["severity"] != "info"] if stands else []
    return {
        "till": session["till"]["name"],
        "session": session["name"],
        "session_id": session["id"],
        "state": session["state"],
        "verdict": session["verdict"],
        "since": session["started_at"],
        "hours_open": session["hours_open"],
        "currency": session["currency"]["name"],
        "expected": cash.get("expected"),
        "counted": cash.get("counted"),
        "difference": cash.get("difference"),
        "codes": " ".join(f["code"] for f in found),
        "in_the_way": " / ".join(f["message"] for f in found),
        "next": ", then ".join(session["next"]),
    }


def of_result(result: Facts | None) -> dict[str, Any]:
    """What was done to a session; its amounts are newer than what was read."""
    if result is None:
        return {}
    held = sum(check["held"] for check in result["proof"])
    row = {
        "till": result["till"]["name"],
        "session": result["session"]["name"],
        "session_id": result["session"]["id"],
        "outcome": result["outcome"],
        "proof": "%d of %d held" % (held, len(result["proof"])) if result["proof"] else "",
        "in_the_way": result["message"] or None,
        **{name: result[name] for name in ("currency", "expected", "counted", "difference")},
    }
    return {name: value for name, value in row.items() if value is not None}


__all__ = ["COLUMNS", "cell", "sheet"]
