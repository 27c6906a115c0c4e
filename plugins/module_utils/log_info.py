# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_log_info: where the log is, read from its end, and what it tells about sessions. Needs no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

from .arguments import ODOO, RUN_ON, ArgumentSpec
from .errors import BadInput, OdooError
from .log_reading import Budget, lines_of_file, lines_of_journal
from .odoo_address import check_url
from .odoo_log import Entry, Listener, entries, text_of, told_facts
from .rpc import JsonRpc, http_of

SPEC = (
    RUN_ON
    + ODOO
    + ArgumentSpec(
        {
            "path": {"type": "path"},
            "journald_unit": {"type": "str"},
            "from_odoo": {"type": "bool", "default": False},
            "database": {"type": "str"},
            "since": {"type": "str"},
            "max_entries": {"type": "int", "default": 20},
            "max_bytes": {"type": "int", "default": 64 * 1024 * 1024},
        }
    )
)
AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MOST_RECORDS = 1000
KEPT_IN_ODOO = "Odoo keeps its log there only when it was started with --log-db"


def log_info(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """What the log tells about sessions. Returns the module's result; every PosError is one sentence. Only reads."""
    path, unit = (params.get("path") or "").strip(), (params.get("journald_unit") or "").strip()
    if [bool(path), bool(unit), bool(params.get("from_odoo"))].count(True) != 1:
        raise BadInput("Give exactly one of path, journald_unit and from_odoo.")
    if params["max_entries"] < 1 or params["max_bytes"] < 1:
        raise BadInput("max_entries and max_bytes must be at least 1.")
    since = moment_of(params.get("since"), datetime.now(timezone.utc))
    budget = Budget(params["max_bytes"])
    listener = Listener((params.get("database") or "").strip() or None, params["max_entries"])
    reason = None
    if params.get("from_odoo"):
        reason = hear_odoo(params, since, listener)
    else:
        lines = lines_of_file(path, budget) if path else lines_of_journal(unit, since, budget)
        hear(entries(lines, since), listener)
    found = [told_facts(told) for told in listener.told.values()]
    return {
        "changed": False,
        "available": reason is None,
        "reason": reason,
        "entries": found,
        "summary": {
            "different": len(found),
            "times": sum(entry["times"] for entry in found),
            "complete": not (listener.full or budget.cut),
            "bytes_read": budget.read,
        },
    }


def hear(found: Iterator[Entry], listener: Listener) -> None:
    for entry in found:
        listener.hear(entry)
        if listener.full:
            return


def moment_of(text: Optional[str], now: datetime) -> Optional[datetime]:
    """A time: '24h' ago (s, m, h, d, w), or ISO 8601, in UTC where it names no zone. Raises BadInput."""
    given = (text or "").strip()
    if not given:
        return None
    ago = AGO.fullmatch(given)
    try:
        if ago is not None:
            return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
        at = datetime.fromisoformat(given.replace("Z", "+00:00"))
    except (ValueError, OverflowError):
        raise BadInput(
            "since is neither like 24h or 7d nor a time like 2026-11-22T07:00:00Z: %s." % given[:60]
        ) from None
    return at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)


def hear_odoo(params: Mapping[str, Any], since: Optional[datetime], listener: Listener) -> Optional[str]:
    """Read what Odoo keeps of its log in the database (ir.logging). Returns why there is nothing to read, or None."""
    check_url(params.get("odoo_url"))
    secret = params.get("odoo_password") or params.get("odoo_api_key") or ""
    database = params.get("odoo_db") or params.get("database") or ""
    if not (params.get("odoo_user") and secret and database):
        raise BadInput("from_odoo needs odoo_url, odoo_user, odoo_db and one of odoo_password and odoo_api_key.")
    http = http_of(params, [secret])
    domain: list[Any] = [["type", "=", "server"], ["level", "in", ["WARNING", "ERROR", "CRITICAL"]]]
    if since is not None:
        domain.append(["create_date", ">=", since.strftime("%Y-%m-%d %H:%M:%S")])
    fields = ["create_date", "dbname", "level", "name", "message"]
    odoo = JsonRpc(http, database, params["odoo_user"], secret)
    try:
        # The first argument of a search is its domain, where other methods have their ids.
        rows = odoo.call("ir.logging", "search_read", domain, fields=fields, limit=MOST_RECORDS, order="id desc")
    except OdooError as error:
        if error.kind.endswith("AccessError"):
            return "The Odoo user may not read ir.logging: it needs Administration / Access Rights (base.group_erp_manager)."
        raise
    if not rows:
        return "Odoo has no log of the server in its database: %s." % KEPT_IN_ODOO
    hear((entry_of_record(row) for row in rows), listener)
    return None


def entry_of_record(row: Mapping[str, Any]) -> Entry:
    """A record of ir.logging as an entry; its message holds the traceback too."""
    lines = [text_of(line.encode("utf-8", "replace")) for line in str(row.get("message") or "").split("\n")]
    at = datetime.fromisoformat(str(row["create_date"])).replace(tzinfo=timezone.utc)
    logger, database = str(row.get("name") or "?"), str(row.get("dbname") or "?")
    return Entry(at, "0", str(row.get("level") or "ERROR"), database, logger, lines[0], tuple(lines[1:201]))
