# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the database -> the dataclasses of ``store``. Here names lose their control characters and times get their zone."""

from __future__ import annotations

import functools
import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Optional

from .store import ZERO, Books, Cash, Currency, Method, Order, Payments, Session, Till

# Where a method's payments are posted to, and where its drawer's difference is: columns of ``queries_around.tills``.
POSTED_TO = ("receivable_id", "default_account_id", "own_outstanding_id")
DIFFERENCE = ("loss_account_id", "profit_account_id")


def clean(text: Any) -> str:
    """A name out of a database without control, format and surrogate characters (terminal escapes, bidi overrides)."""
    name = str(text or "")
    # Most are printable, and none of these characters is.
    return name if name.isprintable() else without_controls(name)


@functools.lru_cache(maxsize=1024)
def without_controls(name: str) -> str:
    """Letter by letter; a name comes again for every session and every store that has it."""
    return "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))


def utc(at: Optional[datetime]) -> Optional[datetime]:
    """Odoo keeps naive UTC."""
    if at is None:
        return None
    return at.replace(tzinfo=timezone.utc) if at.tzinfo is None else at.astimezone(timezone.utc)


def money(value: Any) -> Decimal:
    """An amount. The few columns that Odoo keeps as floating point are taken as they are written: 12.35, not 12.3499999."""
    return ZERO if value is None else Decimal(str(value) if isinstance(value, float) else value)


# Accounts that cannot be posted to: id -> row of ``queries_around.archived_accounts``.
Archived = Mapping[int, Mapping[str, Any]]


def account_name(row: Mapping[str, Any], root: Optional[str]) -> str:
    """'101300 Account Receivable (PoS)'; an account that has no code under this root company is named without one."""
    code = row["detail"] if root is None else (json.loads(row["detail"] or "{}") or {}).get(root)
    return clean(("%s %s" % (code or "", row["name"] or "")).strip())


def build_tills(
    series: int,
    rows: list[dict[str, Any]],
    archived: Archived,
    till_id: Optional[int] = None,
    till_name: Optional[str] = None,
) -> dict[int, Till]:
    """Rows of one till and method each, all of a store -> tills by id; only those of that id or whole name, where one is given."""
    by_till: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if till_id in (None, row["till_id"]) and till_name in (None, row["till_name"]):
            by_till[row["till_id"]].append(row)
    sharing = tills_by_cash_journal(rows)
    return {number: build_till(series, group, archived, sharing) for number, group in by_till.items()}


def tills_by_cash_journal(rows: list[dict[str, Any]]) -> dict[int, int]:
    """How many active tills have an active method on each cash journal."""
    tills: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row["till_active"] and row["method_active"] and row["journal_type"] == "cash":
            tills[row["journal_id"]].add(row["till_id"])
    return {journal: len(found) for journal, found in tills.items()}


def build_till(series: int, rows: list[dict[str, Any]], archived: Archived, sharing: Mapping[int, int]) -> Till:
    row = rows[0]
    return Till(
        id=row["till_id"],
        name=clean(row["till_name"]),
        active=bool(row["till_active"]),
        company_id=row["company_id"],
        company=clean(row["company_name"]),
        currency=Currency(
            clean(row["currency"]), 2 if row["digits"] is None else row["digits"], Decimal(row["rounding"]).normalize()
        ),
        cash_control=bool(row["cash_control"]),
        max_difference=money(row["max_difference"]) if row["has_limit"] else None,
        sales_journal_id=row["sales_journal_id"],
        sales_journal=clean(row["sales_journal"]) or None,
        sales_journal_active=row["sales_journal_active"],
        cash_rounding=row["cash_rounding"],
        rounding_id=row["rounding_id"],
        rounding_strategy=row["rounding_strategy"],
        rounding_accounts=row["rounding_accounts"],
        taxes_globally=row["taxes_globally"],
        taxes_included=row["taxes_included"],
        methods=tuple(build_method(series, r, archived, sharing) for r in rows if r["method_id"] is not None),
    )


def kind_of(series: int, row: Mapping[str, Any]) -> str:
    """What Odoo computes as pos.payment.method.type (14 has only cash or not), with terminals and online told apart."""
    if row["is_cash"]:
        return "cash"
    if row["is_online"]:
        return "online"
    if row["terminal"]:
        return "terminal"
    if row["journal_id"] is None and series > 14:
        return "pay_later"
    return "bank"


def build_method(series: int, row: Mapping[str, Any], archived: Archived, sharing: Mapping[int, int]) -> Method:
    def of(columns: tuple[str, ...]) -> list[int]:
        """Those of these accounts that are archived, each once."""
        return sorted({row[name] for name in columns if row[name] in archived})

    return Method(
        id=row["method_id"],
        name=clean(row["method_name"]),
        active=row["method_active"],
        kind=kind_of(series, row),
        split=row["is_split"],
        terminal=row["terminal"] or None,
        journal_id=row["journal_id"],
        journal=clean(row["journal_name"]) or None,
        journal_active=row["journal_active"],
        default_account_id=row["default_account_id"],
        loss_account_id=row["loss_account_id"],
        profit_account_id=row["profit_account_id"],
        receivable_id=row["receivable_id"],
        outstanding_id=row["outstanding_id"],
        own_outstanding=row["own_outstanding_id"] is not None,
        archived_accounts=tuple(account_name(archived[account], row["root"]) for account in of(POSTED_TO)),
        archived_difference=tuple(of(DIFFERENCE)),
        tills_on_journal=sharing.get(row["journal_id"], 0),
    )


def build_books(row: Mapping[str, Any]) -> Books:
    return Books(
        entry=clean(row["entry"]) or None,
        entry_state=row["entry_state"],
        balance=money(row["balance"]),
        lines=row["lines"] or 0,
        forced=money(row["forced"]),
        left_paid=row["paid"],
        left_draft=row["draft"],
        unposted_orders=row["unposted_orders"],
        unposted_amount=money(row["unposted_amount"]),
        entries=row["entries"],
        namesakes=row["namesakes"],
        entry_names=tuple(clean(name) for name in row["entry_names"] or ()),
    )


def build_order(row: Mapping[str, Any]) -> Order:
    return Order(
        id=row["id"],
        name=clean(row["name"]),
        reference=clean(row["reference"]) or None,
        state=row["state"],
        amount=money(row["amount"]),
        paid=money(row["received"]),
        payments=row["payments"],
        lines=row["lines"],
        off=money(row["off"]),
        created_at=utc(row["created_at"]),
        preset_at=utc(row["preset_at"]),
        no_customer=row["no_customer"],
        underpaid=row["underpaid"],
        invoice=clean(row["invoice"]) or None,
        invoice_state=row["invoice_state"],
    )


def build_payments(row: Mapping[str, Any], till: Till) -> Payments:
    return Payments(
        method_id=row["method_id"],
        method_name=clean(row["method_name"]),
        number=row["number"],
        amount=money(row["amount"]),
        captured=money(row["captured"]),
        cancelled=money(row["cancelled"]),
        unconfirmed=row["unconfirmed"],
        uncaptured=row["uncaptured"],
        # An archived method is no longer among the till's methods either: Odoo filters it out.
        removed=row["method_active"] is False or all(m.id != row["method_id"] for m in till.methods),
        no_register=row["no_register"],
        last_at=utc(row["last_at"]),
    )


def build_cash(series: int, row: Mapping[str, Any], till: Till, payments: tuple[Payments, ...]) -> Optional[Cash]:
    """The drawer as this series computes it (odoo-closing.md 1; pos.session._compute_cash_balance). None without a cash method."""
    method = till.cash_method
    # The session keeps the journal that its drawer had when it was opened, also where the method has lost it since.
    journal_id = row["cash_journal_id"] if method is None or method.journal_id is None else method.journal_id
    if method is None or journal_id is None or (series <= 15 and row["start"] is None):
        return None
    paid = next((p for p in payments if p.method_id == method.id), None)
    sales = ZERO if paid is None else (paid.captured if series >= 19 else paid.amount)
    start, moved, before = money(row["start"]), money(row["moves"]), money(row["previous_counted"])
    closed = row["state"] == "closed"
    if series <= 15:
        expected = money(row["settled"]) if closed else start + moved + sales
    else:
        # 16 and 17 start from the last count of this till and keep the opening difference as a cash move.
        base = before if series <= 17 else start
        expected = base + (money(row["settled"]) if closed else moved) + sales
    counted = None if row["counted"] is None else till.currency.round(money(row["counted"]))
    if counted == 0 and not closed and not till.currency.is_zero(expected):
        counted = None
    return Cash(
        journal_id=journal_id,
        journal=method.journal or "",
        opening=start,
        sales=sales,
        moves=expected - start - sales,
        move_count=row["move_count"],
        expected=till.currency.round(expected),
        counted=counted,
        counted_at=utc(row["counted_at"]),
        moved_at=latest(utc(row["moved_at"]), paid.last_at if paid else None),
        start=start,
        previous_counted=None if row["previous_id"] is None else before,
        register_state=row["register_state"],
    )


def latest(*times: Optional[datetime]) -> Optional[datetime]:
    """The newest of some times, those that are None left out."""
    known = [t for t in times if t is not None]
    return max(known) if known else None


def build_session(
    series: int,
    row: Mapping[str, Any],
    till: Till,
    opener: Mapping[str, Any],
    order_rows: list[dict[str, Any]],
    payment_rows: list[dict[str, Any]],
    taxes_without_account: tuple[str, ...],
    books: Optional[Books],
) -> Session:
    """``opener`` and ``order_rows`` are rows of ``queries_around.platform`` and ``queries_sales.orders``, or empty."""
    orders: Mapping[str, Any] = order_rows[0] if order_rows else {}
    payments = tuple(build_payments(p, till) for p in payment_rows)
    return Session(
        id=row["id"],
        name=clean(row["name"]),
        state=row["state"],
        rescue=row["rescue"],
        till=till,
        move_id=row["move_id"],
        user_id=row["user_id"],
        user_login=clean(opener.get("name")) or None,
        user_active=opener.get("detail") != "false",
        started_at=utc(row["start_at"]),
        stopped_at=utc(row["stop_at"]),
        created_at=utc(row["create_date"]),
        written_at=utc(row["write_date"]),
        # Opening the till counts too: who has just opened it is about to sell.
        last_activity_at=latest(
            utc(orders.get("touched_at")),
            utc(row["moved_at"]),
            utc(row["start_at"]) or utc(row["create_date"]),
            *(p.last_at for p in payments),
        ),
        orders={state: orders.get(state, 0) for state in ("draft", "paid", "done", "invoiced", "cancel")},
        order_count=orders.get("number", 0),
        imbalance=money(orders.get("imbalance")),
        rounded=money(orders.get("rounded")),
        suspects=tuple(build_order(o) for o in order_rows if o["id"] is not None),
        suspect_count=orders.get("suspects", 0),
        payments=payments,
        cash=build_cash(series, row, till, payments),
        failed_pickings=row["failed_pickings"],
        taxes_without_account=taxes_without_account,
        books=books,
    )
