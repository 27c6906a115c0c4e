# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about what stands around a session: the tills' configuration and the database itself."""

from __future__ import annotations

from .queries import account_code, column, label, usable
from .schema import Schema


def tills(schema: Schema) -> str:
    """Every active till with each of its payment methods, one row a pair, accounts resolved through their fallbacks.

    ``archived``: accounts that cannot be posted to, each as its id, whether a difference goes to it, whether anything else does,
    and its name. Parameter: tills (ids that are wanted though they are archived). All of a store are read also where one is asked
    for: to say who else uses its cash journal.
    """
    journal = "cash_journal_id" if schema.series == 14 else "journal_id"
    return """
SELECT c.id AS till_id, c.name AS till_name, c.active AS till_active, co.id AS company_id, co.name AS company_name,
       cur.name AS currency, cur.decimal_places AS digits, cur.rounding,
       {cash_control} AS cash_control, {has_limit} AS has_limit, {limit} AS max_difference,
       c.journal_id AS sales_journal_id, {sales_journal} AS sales_journal, coalesce(sj.active, true) AS sales_journal_active,
       coalesce(c.cash_rounding, false) AS cash_rounding, c.rounding_method AS rounding_id, {strategy} AS rounding_strategy,
       {rounding_accounts} AS rounding_accounts, {globally} AS taxes_globally, {includes} AS taxes_included,
       m.id AS method_id, {method} AS method_name, coalesce(m.active, true) AS method_active,
       coalesce(m.is_cash_count, false) AS is_cash, coalesce(m.split_transactions, false) AS is_split,
       m.use_payment_terminal AS terminal, {online} AS is_online,
       j.id AS journal_id, {journal} AS journal_name, j.type AS journal_type, coalesce(j.active, true) AS journal_active,
       j.loss_account_id, j.profit_account_id, j.default_account_id,
       coalesce(m.receivable_account_id, co.account_default_pos_receivable_account_id) AS receivable_id,
       {outstanding} AS outstanding_id, {outstanding_or_null} IS NOT NULL AS own_outstanding,
       ARRAY(SELECT concat_ws(' ', a.id, a.id IN (j.loss_account_id, j.profit_account_id) IS TRUE, a.id IN ({posted_to}) IS TRUE,
                              {account})
               FROM account_account a
              WHERE NOT ({usable}) AND a.id IN (j.loss_account_id, j.profit_account_id, {posted_to})) AS archived
  FROM pos_config c
  JOIN res_company co ON co.id = c.company_id
  LEFT JOIN account_journal sj ON sj.id = c.journal_id
  JOIN res_currency cur ON cur.id = coalesce(sj.currency_id, co.currency_id)
  {rounding_join}
  LEFT JOIN pos_config_pos_payment_method_rel r ON r.pos_config_id = c.id
  LEFT JOIN pos_payment_method m ON m.id = r.pos_payment_method_id
  LEFT JOIN account_journal j ON j.id = m.{journal_column}
 WHERE c.active OR c.id = ANY(%(tills)s)
 ORDER BY c.id, {sequence}, m.id""".format(
        cash_control="coalesce(c.cash_control, false)" if schema.series == 14 else "true",
        has_limit=has_limit(schema),
        limit=column(schema, "pos_config", "amount_authorized_diff", "c"),
        sales_journal=label(schema, "sj", "account_journal"),
        strategy="cr.strategy" if schema.has("account_cash_rounding") else "NULL::varchar",
        rounding_accounts=rounding_accounts(schema),
        globally="coalesce(%s::text, '') = 'round_globally'"
        % column(schema, "res_company", "tax_calculation_rounding_method", "co", "NULL::varchar"),
        includes=column(schema, "res_company", "account_price_include", "co", "NULL::varchar"),
        rounding_join="LEFT JOIN account_cash_rounding cr ON cr.id = c.rounding_method"
        if schema.has("account_cash_rounding")
        else "",
        method=label(schema, "m", "pos_payment_method"),
        sequence=column(schema, "pos_payment_method", "sequence", "m", "m.id"),
        online="coalesce(m.is_online_payment, false)"
        if schema.has("pos_payment_method", "is_online_payment")
        else "false",
        journal=label(schema, "j", "account_journal"),
        journal_column=journal,
        outstanding=outstanding(schema),
        outstanding_or_null=column(schema, "pos_payment_method", "outstanding_account_id", "m", "NULL::int"),
        posted_to="coalesce(m.receivable_account_id, co.account_default_pos_receivable_account_id), j.default_account_id, %s"
        % column(schema, "pos_payment_method", "outstanding_account_id", "m", "NULL::int"),
        account=account_name(schema),
        usable=usable(schema, "a"),
    )


def has_limit(schema: Schema) -> str:
    """Whether the till limits its cash difference: 14 has no switch for it, its limit is always in force, and 0 by default."""
    switch = column(schema, "pos_config", "set_maximum_difference", "c", "false")
    return "true" if schema.series == 14 else "coalesce(%s, false)" % switch


def outstanding(schema: Schema) -> str:
    """The outstanding account a card payment would use: of the method, the company, or the journal's payment line (15 to 17)."""
    if schema.series not in (15, 16, 17):
        return "NULL::int"
    of_company = column(schema, "res_company", "account_journal_payment_debit_account_id", "co", "NULL::int")
    of_line = "NULL::int"
    if schema.has("account_payment_method_line"):
        of_line = "(SELECT max(pl.payment_account_id) FROM account_payment_method_line pl WHERE pl.journal_id = j.id)"
    return "coalesce(m.outstanding_account_id, %s, %s)" % (of_company, of_line)


def account_name(schema: Schema) -> str:
    """'101300 Account Receivable (PoS)'; an account that has no code in the company is named without one."""
    code = account_code(schema)
    return "btrim(coalesce(%s, '') || ' ' || coalesce(%s, ''))" % (code, label(schema, "a", "account_account"))


def rounding_accounts(schema: Schema) -> str:
    """How many of the two accounts of a cash rounding are set; NULL where it cannot be told (they are properties up to 17)."""
    if not schema.has("account_cash_rounding", "profit_account_id"):
        return "NULL::int"
    if schema.is_json("account_cash_rounding", "profit_account_id"):
        return "((cr.profit_account_id->>(co.id::text)) IS NOT NULL)::int + ((cr.loss_account_id->>(co.id::text)) IS NOT NULL)::int"
    return "(cr.profit_account_id IS NOT NULL)::int + (cr.loss_account_id IS NOT NULL)::int"


def platform(schema: Schema) -> str:
    """Of the store itself, one row a fact: lock waiters, long transactions, bloat, lock dates, taxes without an account.

    The statistics are asked for by their functions: to plan the view over all tables takes longer than all else here.
    """
    # 14 moves an entry out of a period that is locked for taxes only, without a word.
    kinds = (
        ("period", "fiscalyear", "sale", "hard")
        if schema.series == 14
        else ("period", "fiscalyear", "tax", "sale", "hard")
    )
    dates = [kind + "_lock_date" for kind in kinds if schema.has("res_company", kind + "_lock_date")]
    lock = "greatest(%s)" % ", ".join("co." + d for d in dates)
    of_tax = (
        "rl.tax_id = t.id"
        if schema.has("account_tax_repartition_line", "tax_id")
        else "t.id IN (rl.invoice_tax_id, rl.refund_tax_id)"
    )
    return """
SELECT v.kind, a.pid::bigint AS id, coalesce(pg_get_userbyid(a.usesysid)::text, '') AS name, v.seconds::numeric AS amount, v.detail
  FROM pg_stat_get_activity(NULL) a
 CROSS JOIN LATERAL (VALUES
         ('lock_wait', a.wait_event_type = 'Lock', extract(epoch FROM clock_timestamp() - a.query_start),
          CASE WHEN a.wait_event_type = 'Lock' THEN array_to_string(pg_blocking_pids(a.pid), ', ') END),
         ('long_transaction', a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
            AND clock_timestamp() - a.xact_start > interval '5 minutes',
          extract(epoch FROM clock_timestamp() - a.xact_start), a.state)) v (kind, holds, seconds, detail)
 WHERE a.datid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND v.holds
UNION ALL
SELECT 'bloat', 0, c.relname, pg_stat_get_dead_tuples(c.oid), pg_stat_get_live_tuples(c.oid)::text
  FROM pg_class c
 WHERE c.oid IN ('pos_session'::regclass, 'pos_order'::regclass, 'pos_order_line'::regclass, 'pos_payment'::regclass,
                 'account_move'::regclass, 'account_move_line'::regclass)
   AND pg_stat_get_dead_tuples(c.oid) > 10000 AND pg_stat_get_dead_tuples(c.oid) > pg_stat_get_live_tuples(c.oid) / 5
UNION ALL
SELECT 'lock_date', co.id, co.name, NULL::numeric, {lock}::text FROM res_company co WHERE {lock} >= current_date
UNION ALL
SELECT 'tax_no_account', t.id::bigint, {tax}, NULL::numeric, NULL::text
  FROM account_tax t
 WHERE t.amount <> 0::numeric
   AND EXISTS (SELECT 1 FROM account_tax_repartition_line rl
                WHERE {of_tax} AND rl.repartition_type::text = 'tax' AND rl.account_id IS NULL)""".format(
        lock=lock, tax=label(schema, "t", "account_tax"), of_tax=of_tax
    )
