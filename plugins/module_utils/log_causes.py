# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odoo's own texts about sessions that do not close, and what they mean: cause, finding, and the role that answers it.

The texts are those of point_of_sale and account, 14.0 to 19.0, in English; Odoo writes them in the language of the user who
closed. A translated text has no cause here, but its entry is still found by the request or the traceback it belongs to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional

ORDERS, CASH, RELEASE, CLOSE = "pos_pending_orders", "pos_cash_balance", "pos_session_release", "pos_session_close"
METHODS, ACCOUNTING = "pos_payment_methods", "pos_accounting"


@dataclass(frozen=True)
class Cause:
    """One known text. ``code`` is the finding that predicts it, None where nothing does; ``fix`` the role, None for nobody."""

    id: str
    code: Optional[str]
    fix: Optional[str]
    text: re.Pattern[str]


def cause(ident: str, code: Optional[str], fix: Optional[str], text: str) -> Cause:
    return Cause(ident, code, fix, re.compile(text, re.IGNORECASE))


CAUSES = (
    cause("C01", "orders.draft", ORDERS, r"cannot close the POS (when orders are still in draft|while there are still draft orders)"),
    cause("C01", "orders.draft", ORDERS, r"still orders in draft state in the session"),
    cause("C05", "orders.underpaid", ORDERS, r"paid amount is different from the total amount of the order"),
    cause("C05", "orders.underpaid", ORDERS, r"Order .{0,80} is not fully paid"),
    cause("C06", "orders.no_lines", ORDERS, r"POS order must have lines when calling this method"),
    cause("C07", "invoices.unposted", ACCOUNTING, r"cannot close the POS when invoices are not posted"),
    cause("C08", "orders.no_customer", ORDERS, r"You have enabled the .{0,3}Identify Customer"),
    cause("C10", None, ORDERS, r"PoS order .{0,80} can not be processed|Could not fully process the POS Order"),
    cause("C11", "payments.method_removed", METHODS, r"payment method selected is not allowed in the config of the POS session"),
    cause("C14", "cash.difference_above_limit", CASH, r"ending balance is too different from the theoretical cash closing"),
    cause("C15", "cash.no_loss_account", ACCOUNTING, r"Please go on the .{0,80} journal and define a Loss Account"),
    cause("C15", "cash.no_profit_account", ACCOUNTING, r"Please go on the .{0,80} journal and define a Profit Account"),
    cause("C15", "cash.no_loss_account", ACCOUNTING, r"need a loss and profit account on your cash journal"),
    cause("C16", "cash.no_loss_account", ACCOUNTING, r"Need loss account for the following journals"),
    cause("C16", "cash.no_profit_account", ACCOUNTING, r"Need profit account for the following journals"),
    cause("C17", "accounts.imbalance", ACCOUNTING, r"difference between the amounts to post and the amounts of the orders"),
    cause("C19", "accounts.no_receivable", ACCOUNTING, r"Missing required account on accountable line|check_accountable_required_fields"),
    cause("C19", "payments.no_outstanding_account", METHODS, r"without an outstanding payments/receipts account"),
    cause("C20", None, ACCOUNTING, r"Please define income account for this product"),
    cause("C21", "accounts.tax_no_account", ACCOUNTING, r"set corresponding tax account in each repartition line"),
    cause("C22", None, ACCOUNTING, r"trying to reconcile some entries that are already reconciled|You can only reconcile posted entries"),
    cause("C23", "accounts.lock_date", ACCOUNTING, r"cannot add/modify entries prior to and inclusive of"),
    cause("C23", "accounts.lock_date", ACCOUNTING, r"cannot create a session (starting )?before"),
    cause("C23", "accounts.lock_date", ACCOUNTING, r"close all the point of sale sessions in this period before closing it"),
    cause("C24", "accounts.archived_journal", ACCOUNTING, r"cannot post an entry in an archived journal"),
    cause("C25", "accounts.archived_account", ACCOUNTING, r"The account .{0,120} is deprecated|is using a deprecated account"),
    cause("C26", "accounts.rounding", ACCOUNTING, r"cash rounding strategy"),
    cause("C27", None, METHODS, r"payment methods must be in the same currency as the Sales Journal"),
    cause("C28", "cash.shared_journal", METHODS, r"cash payment method is already used in another Point of Sale"),
    cause("C30", "cash.register_posted", ACCOUNTING, r"Some Cash Registers are already posted"),
    cause("C32", None, ACCOUNTING, r"require a 100% analytic distribution"),
    cause("C33", None, ACCOUNTING, r"journal entry must have an unique sequence number"),
    cause("C38", "session.rescue", CLOSE, r"attempting to create recovery session|reusing recovery session"),
    cause("C39", "session.duplicate", CLOSE, r"Another session is already opened for this point of sale"),
    cause("C44", None, RELEASE, r"has been already closed by another User|This session is already closed"),
    cause("C46", None, RELEASE, r"could not serialize|deadlock detected"),
    cause("C51", "fiscal.protected", None, r"comply with the French law|According to the French law"),
    cause("S10", None, METHODS, r"close and validate the following open PoS Sessions before modifying this payment method"),
    # Last, because it says nothing about what was asked for.
    cause("C47", None, ACCOUNTING, r"You are not allowed to (access|modify|create)|odoo\.exceptions\.AccessError"),
)  # fmt: skip

# Serialization failures and missing rights are everybody's: they are of interest only where sessions are.
COMMON = ("C46", "C47", "C22", "C32", "C33")


def cause_of(text: str) -> Optional[Cause]:
    """The first known text in what was logged."""
    return next((known for known in CAUSES if known.text.search(text)), None)
