# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Odoo has booked for a closed session, read from its journal by statements of the tests' own, and never from the collection."""

from __future__ import annotations

import dataclasses
from decimal import Decimal as D

ENTRY = """
SELECT l.name AS label, l.balance, l.tax_line_id IS NOT NULL AS is_tax, {kind} AS kind
  FROM pos_session s JOIN account_move m ON m.id = s.move_id JOIN account_move_line l ON l.move_id = m.id
  JOIN account_account a ON a.id = l.account_id {types}
 WHERE s.id = %(id)s AND m.state = 'posted' AND l.balance <> 0"""

DRAWER = """
SELECT coalesce(sum(l.amount), 0) AS total, count(*) FILTER (WHERE m.state <> 'posted') AS unposted
  FROM account_bank_statement_line l JOIN account_move m ON m.id = l.move_id
 WHERE m.journal_id = %(journal)s AND {of}"""

# Of the card method: what the bank will be asked for, and what went to the journal's loss and profit accounts.
BANK = """
SELECT coalesce(sum(a.balance) FILTER (WHERE a.account_id = y.outstanding_account_id), 0) AS asked,
       coalesce(-sum(a.balance) FILTER (WHERE a.account_id IN (j.loss_account_id, j.profit_account_id)), 0) AS difference
  FROM account_payment p JOIN account_move_line a ON a.move_id = p.move_id AND a.parent_state = 'posted'
  JOIN account_move m ON m.id = p.move_id JOIN account_journal j ON j.id = m.journal_id
  JOIN pos_payment_method y ON y.id = p.pos_payment_method_id
 WHERE p.pos_session_id = %(id)s AND p.pos_payment_method_id = %(method)s"""

INVOICES = """
SELECT coalesce(sum(v.amount_total_signed), 0) AS total, coalesce(sum(abs(v.amount_residual)), 0) AS unpaid,
       count(*) FILTER (WHERE v.state <> 'posted') AS unposted
  FROM pos_order o JOIN account_move v ON v.id = o.account_move WHERE o.session_id = %(id)s"""

UNBALANCED = """
SELECT m.id FROM account_move m JOIN account_move_line l ON l.move_id = m.id
 GROUP BY m.id HAVING sum(l.balance) <> 0 OR sum(l.debit) <> sum(l.credit)"""


@dataclasses.dataclass
class Posted:
    """Amounts in the books. ``methods``: by the name of the payment method, as the entry names it; ``other``: lines that are
    none of those below."""

    methods: dict
    untaxed: D
    tax: D
    rounded: D
    invoiced: D
    other: list
    drawer: D
    asked: D
    bank_difference: D


def cent(amount):
    """An amount to the cent. Odoo 19 keeps what floats leave behind in its statement lines (522.5300000000001), nothing more."""
    rounded = amount.quantize(D("0.01"))
    assert abs(amount - rounded) < D("0.000001")
    return rounded


def posted(store, till, session):
    """Read it; everything that is posted must balance, and every line must be of a kind that is known."""
    name, old = store.session(session)["name"], store.series == 14
    kind = "t.internal_group" if old else "split_part(a.account_type, '_', 1)"
    types = "JOIN account_account_type t ON t.id = a.user_type_id" if old else ""
    found = Posted({}, D(0), D(0), D(0), D(0), [], D(0), D(0), D(0))
    for row in store.rows(ENTRY.format(kind=kind, types=types), id=session):
        label, amount = row["label"] or "", row["balance"]
        if label.startswith(name + " - "):
            method = label[len(name) + 3 :]
            found.methods[method] = found.methods.get(method, D(0)) + amount
        elif row["is_tax"]:
            found.tax -= amount
        elif label == "Rounding line":
            found.rounded -= amount
        elif label.startswith("From invoice"):
            found.invoiced -= amount
        elif row["kind"] == "income":
            found.untaxed -= amount
        else:
            found.other.append((label, amount))
    drawer_and_bank(store, till, session, found)
    assert store.rows(UNBALANCED) == []
    invoices = store.one(INVOICES, id=session)
    assert (invoices["total"], invoices["unpaid"], invoices["unposted"]) == (found.invoiced, 0, 0)
    return found


def drawer_and_bank(store, till, session, found):
    of = "l.statement_id IN (SELECT id FROM account_bank_statement WHERE pos_session_id = %(id)s)" if store.series == 14 else (
        "l.pos_session_id = %(id)s")  # fmt: skip
    drawer = store.one(DRAWER.format(of=of), id=session, journal=till.drawer)
    assert drawer["unposted"] == 0
    found.drawer = cent(drawer["total"])
    if store.series > 14:
        bank = store.one(BANK, id=session, method=till.card)
        found.asked, found.bank_difference = bank["asked"], bank["difference"]
