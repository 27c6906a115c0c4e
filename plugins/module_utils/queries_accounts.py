# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about accounts and journals that a till's settings are made of."""

from __future__ import annotations

from .queries import account_code, column, label, usable
from .schema import Schema

# Read beside the tables of every reading: which companies share an account (18 and newer).
TABLES = {"account_account_res_company_rel": ""}


def account_kind(schema: Schema) -> str:
    """What an account is for, in the words that Odoo uses from 16 on.

    14 and 15 know the type by a table of their own and keep its group beside the account: income and expense are not told
    apart any further there, although Odoo's form is stricter.
    """
    if schema.has("account_account", "account_type"):
        return "a.account_type"
    return """CASE WHEN a.internal_type = 'receivable' THEN 'asset_receivable' WHEN a.internal_type = 'payable' THEN 'liability_payable'
            WHEN a.internal_type = 'liquidity' THEN 'asset_cash' WHEN a.internal_group = 'asset' THEN 'asset_current'
            WHEN a.internal_group = 'liability' THEN 'liability_current' ELSE a.internal_group END"""


def accounts(schema: Schema) -> str:
    """The accounts that have one of the codes in any company, and those that have one of the ids. Parameters: codes, ids, company.

    From 18 on an account may be shared, with a code for each company, kept under the root company; it can be used by the
    companies below those that share it (account.account._check_company_domain).
    """
    if schema.has("account_account", "code_store"):
        path = column(schema, "res_company", "parent_path", "co", "co.id::text || '/'")
        shared = "true"
        if schema.has("account_account_res_company_rel"):
            shared = """EXISTS (SELECT 1 FROM account_account_res_company_rel r WHERE r.account_account_id = a.id
                         AND r.res_company_id::text = ANY(string_to_array({path}, '/')))""".format(path=path)
        code = account_code(schema)
        return """
SELECT a.id, coalesce({code}, (SELECT min(t.v) FROM jsonb_each_text(a.code_store) AS t(k, v) WHERE t.v = ANY(%(codes)s))) AS code,
       {name} AS name, {usable} AS active, {kind} AS kind, coalesce(a.reconcile, false) AS reconcile,
       ({code}) IS NOT NULL AND {shared} AS ours
  FROM account_account a, res_company co
 WHERE co.id = %(company)s AND (a.id = ANY(%(ids)s) OR {code} = ANY(%(codes)s)
        OR EXISTS (SELECT 1 FROM jsonb_each_text(a.code_store) AS t(k, v) WHERE t.v = ANY(%(codes)s)))
 ORDER BY a.id""".format(
            code=code,
            name=label(schema, "a", "account_account"),
            usable=usable(schema, "a"),
            kind=account_kind(schema),
            shared=shared,
        )
    return """
SELECT a.id, a.code, {name} AS name, {usable} AS active, {kind} AS kind, coalesce(a.reconcile, false) AS reconcile,
       a.company_id = %(company)s AS ours
  FROM account_account a WHERE a.code = ANY(%(codes)s) OR a.id = ANY(%(ids)s)
 ORDER BY a.id""".format(
        name=label(schema, "a", "account_account"), usable=usable(schema, "a"), kind=account_kind(schema)
    )


def journals(schema: Schema) -> str:
    """Every journal of the database. No parameters."""
    return """
SELECT j.id, j.code, {name} AS name, j.type, coalesce(j.active, true) AS active, j.company_id,
       j.default_account_id, j.loss_account_id, j.profit_account_id
  FROM account_journal j ORDER BY j.id""".format(name=label(schema, "j", "account_journal"))


def methods(schema: Schema) -> str:
    """A till's payment methods with what is set on them, without any fallback. Parameter: till."""
    journal = "m.cash_journal_id" if schema.series == 14 else "m.journal_id"
    return """
SELECT m.id, {name} AS name, {journal} AS journal_id, m.receivable_account_id, {outstanding} AS outstanding_account_id,
       ARRAY(SELECT s.name FROM pos_session s JOIN pos_config_pos_payment_method_rel r2 ON r2.pos_config_id = s.config_id
              WHERE r2.pos_payment_method_id = m.id AND s.state <> 'closed' ORDER BY s.id) AS open_sessions
  FROM pos_config_pos_payment_method_rel r
  JOIN pos_payment_method m ON m.id = r.pos_payment_method_id
 WHERE r.pos_config_id = %(till)s ORDER BY m.id""".format(
        name=label(schema, "m", "pos_payment_method"),
        journal=journal,
        outstanding=column(schema, "pos_payment_method", "outstanding_account_id", "m", "NULL::int"),
    )


def company(schema: Schema) -> str:
    """A till's company and what is set on both. Parameter: till."""
    outstanding = "account_journal_payment_debit_account_id"
    return """
SELECT co.id, co.name, co.account_default_pos_receivable_account_id AS receivable_account_id,
       {outstanding} AS outstanding_account_id, c.journal_id
  FROM pos_config c JOIN res_company co ON co.id = c.company_id WHERE c.id = %(till)s""".format(
        outstanding=column(schema, "res_company", outstanding, "co", "NULL::int")
    )


def tax_lines(schema: Schema) -> str:
    """The lines without an account of the company's taxes, whichever series says which tax they belong to.

    Parameters: company, taxes (names), tax_ids, sessions (whose orders use a tax, where no tax is named).
    """
    mine = (
        "l.tax_id = t.id"
        if schema.has("account_tax_repartition_line", "tax_id")
        else "t.id IN (l.invoice_tax_id, l.refund_tax_id)"
    )
    return """
SELECT l.id, t.id AS tax_id, {name} AS tax
  FROM account_tax t JOIN account_tax_repartition_line l ON {mine}
 WHERE l.repartition_type = 'tax' AND l.account_id IS NULL AND t.company_id = %(company)s
   AND (t.id = ANY(%(tax_ids)s) OR {name} = ANY(%(taxes)s) OR EXISTS (
         SELECT 1 FROM pos_order o JOIN pos_order_line x ON x.order_id = o.id
           JOIN account_tax_pos_order_line_rel r ON r.pos_order_line_id = x.id
          WHERE o.session_id = ANY(%(sessions)s) AND r.account_tax_id = t.id AND t.amount <> 0))
 ORDER BY t.id, l.id""".format(name=label(schema, "t", "account_tax"), mine=mine)


def known_taxes(schema: Schema) -> str:
    """Which of the taxes that were named are the company's. Parameters: company, taxes, tax_ids."""
    return """
SELECT t.id, {name} AS tax FROM account_tax t
 WHERE t.company_id = %(company)s AND (t.id = ANY(%(tax_ids)s) OR {name} = ANY(%(taxes)s))""".format(
        name=label(schema, "t", "account_tax")
    )


# Where a setting is kept: the model, its table and the column of each field. The texts below are made of these only.
TABLE_OF = {
    "account.journal": "account_journal",
    "account.tax.repartition.line": "account_tax_repartition_line",
    "pos.config": "pos_config",
    "pos.payment.method": "pos_payment_method",
    "res.company": "res_company",
}
FIELDS = (
    "account_default_pos_receivable_account_id",
    "account_id",
    "account_journal_payment_debit_account_id",
    "active",
    "default_account_id",
    "journal_id",
    "loss_account_id",
    "outstanding_account_id",
    "profit_account_id",
    "receivable_account_id",
)


def stored(model: str, field: str) -> str:
    """What is stored in one field of one record. Parameter: id."""
    if model not in TABLE_OF or field not in FIELDS:
        raise ValueError("no setting: %s.%s" % (model, field))
    return "SELECT x.%s AS value FROM %s x WHERE x.id = %%(id)s" % (field, TABLE_OF[model])
