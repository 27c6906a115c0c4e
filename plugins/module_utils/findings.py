# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of findings: code, severity, risk of the remedy, the role that answers it, and the sentence a shop reads.

A blocker is what makes Odoo refuse the close, or makes a close lose or falsify money.
Risk: ``safe`` may be automated, ``human`` needs a decision, ``never`` is refused and explained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

BLOCKER, WARNING, INFO = "blocker", "warning", "info"
SEVERITIES = (BLOCKER, WARNING, INFO)
SAFE, HUMAN, NEVER = "safe", "human", "never"

ORDERS, CASH, RELEASE = "pos_pending_orders", "pos_cash_balance", "pos_session_release"
CLOSE, METHODS, ACCOUNTING, MONITOR = "pos_session_close", "pos_payment_methods", "pos_accounting", "pos_monitor"


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue. ``message`` is a format string over the evidence."""

    severity: str
    risk: str
    fix: str
    message: str


@dataclass(frozen=True)
class Finding:
    """Something observed. ``evidence`` are plain JSON values; money in it is text."""

    code: str
    severity: str
    risk: str
    fix: str
    message: str
    evidence: Mapping[str, Any]


# fmt: off
CATALOGUE: Mapping[str, Kind] = {
    "orders.draft": Kind(
        BLOCKER, HUMAN, ORDERS,
        "{number} order(s) not paid yet ({names}): pay or cancel them at the till."),
    "orders.draft_with_payment": Kind(
        BLOCKER, HUMAN, ORDERS,
        "{number} order(s) hold payments but were never completed ({names}): complete them at the till; cancelling "
        "would lose a customer's money."),
    "orders.draft_future": Kind(
        INFO, SAFE, ORDERS,
        "{number} order(s) are for a later day ({names}): they do not stop the close and stay to be served."),
    "orders.cancelled_poison": Kind(
        BLOCKER, HUMAN, ORDERS,
        "{number} cancelled order(s) would still be booked or counted by this Odoo ({names}): {why}."),
    "orders.underpaid": Kind(
        WARNING, HUMAN, ORDERS,
        "{number} order(s) are marked paid but their payments do not add up ({names})."),
    "orders.no_lines": Kind(WARNING, HUMAN, ORDERS, "{number} paid order(s) have no lines ({names})."),
    "orders.uncaptured": Kind(
        WARNING, HUMAN, METHODS,
        "{number} card payment(s) are authorised but not captured ({methods}): capture them, or the money never "
        "arrives."),
    "orders.no_customer": Kind(
        BLOCKER, HUMAN, ORDERS,
        "{number} order(s) use a method that identifies the customer but name none ({names}): set the customer on "
        "the order."),
    "invoices.unposted": Kind(
        BLOCKER, HUMAN, ACCOUNTING,
        "{number} invoice(s) of this session are not posted ({names}): post them in Accounting."),
    "cash.not_counted": Kind(
        WARNING, HUMAN, CASH,
        "Nobody counted the drawer and {expected} {currency} should be in it: closing now would book all of it as "
        "lost. Count it."),
    "cash.count_stale": Kind(
        WARNING, HUMAN, CASH,
        "The drawer was counted ({counted} {currency}) before the last cash sale or move: count it again."),
    "cash.difference": Kind(
        WARNING, HUMAN, CASH,
        "The drawer holds {counted} {currency} and should hold {expected}: {difference} will be booked."),
    "cash.difference_above_limit": Kind(
        WARNING, HUMAN, CASH,
        "The drawer differs by {difference} {currency}, more than the {limit} this till allows: count again, or a "
        "manager decides."),
    "cash.no_loss_account": Kind(
        WARNING, SAFE, ACCOUNTING,
        "Journal {journal} has no loss account: a drawer that is short cannot be booked."),
    "cash.no_profit_account": Kind(
        WARNING, SAFE, ACCOUNTING,
        "Journal {journal} has no profit account: a drawer that is over cannot be booked."),
    "cash.no_default_account": Kind(
        WARNING, SAFE, ACCOUNTING,
        "Cash journal {journal} has no account of its own: cash cannot be booked."),
    "cash.shared_journal": Kind(
        WARNING, HUMAN, METHODS,
        "Cash journal {journal} is used by {tills} tills: their openings and counts get mixed up. Give each till "
        "its own."),
    "cash.register_posted": Kind(
        BLOCKER, HUMAN, ACCOUNTING,
        "The cash statement of this session is already {state}: an accountant must reset it to new before the "
        "close."),
    "cash.no_register": Kind(
        BLOCKER, HUMAN, ACCOUNTING,
        "Cash was paid by {methods}, but the session has no cash statement in that method's journal: this Odoo breaks "
        "off there. Somebody changed the method's journal while the session was open."),
    "cash.second_drawer": Kind(
        BLOCKER, HUMAN, CASH,
        "{amount} {currency} were taken into another drawer ({methods}), and this Odoo books the sales of all but the first "
        "drawer as lost. An accountant must close this one; keep one cash method on the till."),
    "payments.unconfirmed": Kind(
        WARNING, HUMAN, METHODS,
        "{number} payment(s) were never confirmed by the terminal ({methods}): compare with the terminal's own "
        "journal."),
    "payments.method_removed": Kind(
        WARNING, HUMAN, METHODS,
        "{number} payment(s) use a method that is no longer on the till ({methods})."),
    "payments.method_no_journal": Kind(
        WARNING, HUMAN, METHODS,
        "Payment method {method} has no journal: its payments would stay open as if the customer still owed them."),
    "payments.no_outstanding_account": Kind(
        WARNING, SAFE, METHODS,
        "Payment method {method} has no outstanding account, and neither has the company: its payments cannot be "
        "booked."),
    "accounts.no_receivable": Kind(
        WARNING, SAFE, ACCOUNTING,
        "No receivable account for {methods}: set the company's default Point of Sale receivable."),
    "accounts.no_sales_journal": Kind(
        WARNING, SAFE, ACCOUNTING,
        "The till has no sales journal: its closing entry has nowhere to go."),
    "accounts.archived_journal": Kind(
        WARNING, HUMAN, ACCOUNTING,
        "Journal {journal} is archived: nothing can be posted in it. Restore it for the close."),
    "accounts.archived_account": Kind(
        WARNING, HUMAN, ACCOUNTING,
        "Archived account(s) are still in use ({accounts}): restore or replace them."),
    "accounts.tax_no_account": Kind(
        WARNING, SAFE, ACCOUNTING,
        "Tax(es) {taxes} have no account on a repartition line: {why}."),
    "accounts.imbalance": Kind(
        BLOCKER, HUMAN, ACCOUNTING,
        "Sales and payments differ by {difference} {currency} ({names}): {why}."),
    "accounts.lock_date": Kind(
        WARNING, HUMAN, ACCOUNTING,
        "The books of {company} are locked until {until}: the closing entry is dated after that day, or refused."),
    "accounts.rounding": Kind(WARNING, SAFE, ACCOUNTING, "Cash rounding is switched on but not set up ({why})."),
    "session.stuck_closing": Kind(
        WARNING, SAFE, RELEASE,
        "The till has been locked in closing since {since}: finish the close, or give the till back to the shop."),
    "session.never_opened": Kind(
        INFO, SAFE, CLOSE,
        "The session was prepared but never opened; nothing was sold in it."),
    "session.rescue": Kind(
        WARNING, HUMAN, CLOSE,
        "This is a rescue session: orders that arrived after the till was closed. {why}"),
    "session.duplicate": Kind(
        WARNING, HUMAN, CLOSE,
        "The till has {number} open sessions ({names}): close the older ones first."),
    "session.stale": Kind(WARNING, HUMAN, CLOSE, "The session has been open for {hours} hours."),
    "session.opener_inactive": Kind(
        INFO, SAFE, RELEASE,
        "{login}, who opened the session, is archived; any Point of Sale user may close it."),
    "session.in_use": Kind(
        WARNING, HUMAN, RELEASE,
        "The till was used {minutes} minute(s) ago: somebody may still be selling."),
    "books.closed_without_entry": Kind(
        BLOCKER, NEVER, ACCOUNTING,
        "Closed without a closing entry: {number} order(s) worth {amount} {currency} are in no book. An accountant "
        "must decide; do not reset it blindly."),
    "books.orders_left_paid": Kind(
        BLOCKER, NEVER, ACCOUNTING,
        "Closed, but {paid} paid and {draft} draft order(s) were left behind unposted."),
    "books.entry_unbalanced": Kind(
        BLOCKER, NEVER, ACCOUNTING,
        "The closing entry {entry} is {state} and off by {balance} {currency}."),
    "books.closed_twice": Kind(
        BLOCKER, NEVER, ACCOUNTING,
        "Closed more than once: {number} entries carry this session ({names}). An accountant must reverse the "
        "surplus."),
    "books.entry_exists": Kind(
        BLOCKER, NEVER, ACCOUNTING,
        "It was closed once and set back: its entry is in the journal already, and closed again it would be booked twice. "
        "An accountant must look at it."),
    "books.forced_balance": Kind(
        WARNING, HUMAN, ACCOUNTING,
        "The close was forced: {amount} {currency} were booked as 'Difference at closing PoS session'."),
    "stock.failed_pickings": Kind(
        WARNING, HUMAN, MONITOR,
        "{number} stock transfer(s) of this session are not done: stock is wrong, money is not."),
    "platform.lock_wait": Kind(
        WARNING, HUMAN, RELEASE,
        "Database process {pid} waits for a lock held by {blockers}, for {seconds} s so far."),
    "platform.long_transaction": Kind(
        WARNING, HUMAN, RELEASE,
        "Database process {pid} ({user}, {state}) keeps a transaction open for {seconds} s: a close may have to "
        "wait for it."),
    "platform.huge_session": Kind(
        WARNING, SAFE, CLOSE,
        "The session holds {number} orders: its close may take many minutes. Raise odoo_timeout and the server's "
        "own time limit."),
    "platform.bloat": Kind(
        INFO, SAFE, MONITOR,
        "Table {table} holds {dead} dead rows beside {live} live ones: it wants a VACUUM."),
    "fiscal.protected": Kind(
        INFO, NEVER, MONITOR,
        "Fiscally certified ({modules}): orders and sessions are never changed by SQL here."),
    "custom.override": Kind(
        WARNING, HUMAN, MONITOR,
        "Modules not by Odoo extend Point of Sale ({modules}): a close may behave in ways that nobody here has "
        "seen."),
}
# fmt: on


def finding(code: str, severity: Optional[str] = None, risk: Optional[str] = None, **evidence: Any) -> Finding:
    """Make a finding of the catalogue; ``severity`` and ``risk`` override where it is worse or better than usual."""
    kind = CATALOGUE[code]
    return Finding(
        code=code,
        severity=severity or kind.severity,
        risk=risk or kind.risk,
        fix=kind.fix,
        message=kind.message.format(**{name: spoken(value) for name, value in evidence.items()}),
        evidence=evidence,
    )


def spoken(value: Any) -> str:
    """A list as a person would say it, at most five of it."""
    if isinstance(value, (list, tuple)):
        more = len(value) - 5
        return ", ".join(str(v) for v in value[:5]) + (" and %d more" % more if more > 0 else "")
    return str(value)
