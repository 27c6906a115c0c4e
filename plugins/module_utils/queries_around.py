# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SQL texts about what stands around a session: the tills' configuration and the database itself."""

from __future__ import annotations

from .queries import account_code, code_root, column, label, usable
from .schema import Schema


def tills(schema: Schema) -> str:
    """Every active till with each of its payment methods, one row a pair, accounts resolved through their fallbacks.

    ``root``: of the till's company, under which accounts keep their codes (from 18 on). Parameter: tills (ids that are wanted though
    they are archived). All of a store are read also where one is asked for: to say who else uses its cash journal.

    Each table is looked up by itself: to weigh nine tables in one join, and the foreign keys between them, takes longer than that.
    """
    return """
SELECT c.id AS till_id, c.name AS till_name, c.active AS till_active, co.id AS company_id, co.name AS company_name, co.root,
       cur.name AS currency, cur.decimal_places AS digits, cur.rounding, c.cash_control, c.has_limit, c.max_difference,
       c.journal_id AS sales_journal_id, sj.name AS sales_journal, coalesce(sj.active, true) AS sales_journal_active,
       coalesce(c.cash_rounding, false) AS cash_rounding, c.rounding_method AS rounding_id, cr.strategy AS rounding_strategy,
       cr.accounts AS rounding_accounts, co.taxes_globally, co.taxes_included,
       m.id AS method_id, m.name AS method_name, coalesce(m.active, true) AS method_active,
       coalesce(m.is_cash_count, false) AS is_cash, coalesce(m.split_transactions, false) AS is_split,
       m.use_payment_terminal AS terminal, coalesce(m.online, false) AS is_online,
       j.id AS journal_id, j.name AS journal_name, j.type AS journal_type, coalesce(j.active, true) AS journal_active,
       j.loss_account_id, j.profit_account_id, j.default_account_id,
       coalesce(m.receivable_account_id, co.receivable_id) AS receivable_id, {outstanding} AS outstanding_id,
       m.outstanding_id AS own_outstanding_id
  FROM (SELECT c.id, c.name, c.active, c.company_id, c.journal_id, c.cash_rounding, c.rounding_method, {cash_control} AS cash_control,
               {has_limit} AS has_limit, {limit} AS max_difference
          FROM pos_config c WHERE c.active OR c.id = ANY(%(tills)s) OFFSET 0) c
 CROSS JOIN LATERAL (
       SELECT co.id, co.name, co.currency_id, {root} AS root, {globally} AS taxes_globally, {includes} AS taxes_included,
              co.account_default_pos_receivable_account_id AS receivable_id, {of_company} AS outstanding_id
         FROM res_company co WHERE co.id = c.company_id OFFSET 0) co
  LEFT JOIN LATERAL (SELECT j.currency_id, {journal} AS name, j.active
                       FROM account_journal j WHERE j.id = c.journal_id OFFSET 0) sj ON true
 CROSS JOIN LATERAL (SELECT cur.name, cur.decimal_places, cur.rounding
                       FROM res_currency cur WHERE cur.id = coalesce(sj.currency_id, co.currency_id) OFFSET 0) cur
  LEFT JOIN LATERAL ({cash_rounding}) cr ON true
  LEFT JOIN pos_config_pos_payment_method_rel r ON r.pos_config_id = c.id
  LEFT JOIN LATERAL (
       SELECT m.id, {method} AS name, m.active, m.is_cash_count, m.split_transactions, m.use_payment_terminal, {online} AS online,
              m.{journal_column} AS journal_id, m.receivable_account_id, {own_outstanding} AS outstanding_id, {sequence} AS sequence
         FROM pos_payment_method m WHERE m.id = r.pos_payment_method_id OFFSET 0) m ON true
  LEFT JOIN LATERAL (SELECT j.id, {journal} AS name, j.type, j.active, j.loss_account_id, j.profit_account_id, j.default_account_id
                       FROM account_journal j WHERE j.id = m.journal_id OFFSET 0) j ON true
 ORDER BY c.id, m.sequence, m.id""".format(
        cash_control="coalesce(c.cash_control, false)" if schema.series == 14 else "true",
        has_limit=has_limit(schema),
        limit=column(schema, "pos_config", "amount_authorized_diff", "c", "NULL::numeric"),
        root=code_root(schema) or "NULL::text",
        globally="coalesce(%s::text, '') = 'round_globally'"
        % column(schema, "res_company", "tax_calculation_rounding_method", "co"),
        includes=column(schema, "res_company", "account_price_include", "co", "NULL::varchar"),
        of_company=column(schema, "res_company", "account_journal_payment_debit_account_id", "co", "NULL::int"),
        cash_rounding=cash_rounding(schema),
        method=label(schema, "m", "pos_payment_method"),
        online=column(schema, "pos_payment_method", "is_online_payment", "m", "false"),
        own_outstanding=column(schema, "pos_payment_method", "outstanding_account_id", "m", "NULL::int"),
        sequence=column(schema, "pos_payment_method", "sequence", "m", "m.id"),
        journal=label(schema, "j", "account_journal"),
        journal_column="cash_journal_id" if schema.series == 14 else "journal_id",
        outstanding=outstanding(schema),
    )


def has_limit(schema: Schema) -> str:
    """Whether the till limits its cash difference: 14 has no switch for it, its limit is always in force, and 0 by default."""
    switch = column(schema, "pos_config", "set_maximum_difference", "c", "false")
    return "true" if schema.series == 14 else "coalesce(%s, false)" % switch


def outstanding(schema: Schema) -> str:
    """The outstanding account a card payment would use: of the method, the company, or the journal's payment line (15 to 17)."""
    if schema.series not in (15, 16, 17):
        return "NULL::int"
    of_line = "NULL::int"
    if schema.has("account_payment_method_line"):
        of_line = "(SELECT max(pl.payment_account_id) FROM account_payment_method_line pl WHERE pl.journal_id = j.id)"
    return "coalesce(m.outstanding_id, co.outstanding_id, %s)" % of_line


def cash_rounding(schema: Schema) -> str:
    """A till's cash rounding: its strategy, and how many of its two accounts are set; NULL where it cannot be told (they are properties
    up to 17)."""
    if not schema.has("account_cash_rounding"):
        return "SELECT NULL::varchar AS strategy, NULL::int AS accounts"
    accounts = "NULL::int"
    if schema.is_json("account_cash_rounding", "profit_account_id"):
        accounts = "((cr.profit_account_id->>(co.id::text)) IS NOT NULL)::int + ((cr.loss_account_id->>(co.id::text)) IS NOT NULL)::int"
    elif schema.has("account_cash_rounding", "profit_account_id"):
        accounts = "(cr.profit_account_id IS NOT NULL)::int + (cr.loss_account_id IS NOT NULL)::int"
    text = "SELECT cr.strategy, %s AS accounts FROM account_cash_rounding cr WHERE cr.id = c.rounding_method OFFSET 0"
    return text % accounts


def account_name(schema: Schema) -> str:
    """'101300 Account Receivable (PoS)'; an account that has no code in the company is named without one."""
    code = account_code(schema)
    return "btrim(coalesce(%s, '') || ' ' || coalesce(%s, ''))" % (code, label(schema, "a", "account_account"))


# The statistics are asked for by their functions: to plan the view over all tables takes longer than all else here.
ACTIVITY = """
SELECT v.kind, a.pid::bigint AS id, coalesce(pg_get_userbyid(a.usesysid)::text, '') AS name, v.seconds::numeric AS amount, v.detail
  FROM pg_stat_get_activity(NULL) a
 CROSS JOIN LATERAL (VALUES
         ('lock_wait', a.wait_event_type = 'Lock', extract(epoch FROM clock_timestamp() - a.query_start),
          CASE WHEN a.wait_event_type = 'Lock' THEN array_to_string(pg_blocking_pids(a.pid), ', ') END),
         ('long_transaction', a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
            AND clock_timestamp() - a.xact_start > interval '5 minutes',
          extract(epoch FROM clock_timestamp() - a.xact_start), a.state)) v (kind, holds, seconds, detail)
 WHERE a.datid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND v.holds"""

BLOAT = """
SELECT 'bloat', 0, t.id::text, pg_stat_get_dead_tuples(t.id), pg_stat_get_live_tuples(t.id)::text
  FROM unnest(ARRAY['pos_session'::regclass, 'pos_order', 'pos_order_line', 'pos_payment', 'account_move', 'account_move_line']) t(id)
 WHERE pg_stat_get_dead_tuples(t.id) > greatest(10000, pg_stat_get_live_tuples(t.id) / 5)"""

OPENERS = """
SELECT 'opener', u.id::bigint, u.login::text, NULL::numeric, u.active::text FROM res_users u WHERE u.id = ANY(%(users)s)"""

ON_POS = """
SELECT 'on_pos', d.module_id::bigint, d.name::text, NULL::numeric, NULL::text
  FROM ir_module_module_dependency d
 WHERE d.module_id = ANY(%(modules)s) AND (d.name::text = 'point_of_sale' OR d.name::text LIKE 'pos\\_%%')"""


def lock_dates(schema: Schema) -> str:
    """Companies whose books are locked today or later. 14 moves an entry out of a period that is locked for taxes only, without a word."""
    kinds = ("period", "fiscalyear", "tax", "sale", "hard")
    dates = [kind + "_lock_date" for kind in kinds if kind != "tax" or schema.series != 14]
    lock = "greatest(%s)" % ", ".join("co." + date for date in dates if schema.has("res_company", date))
    return """
SELECT 'lock_date', co.id, co.name, NULL::numeric, {lock}::text FROM res_company co WHERE {lock} >= current_date""".format(
        lock=lock
    )


def taxes(schema: Schema) -> str:
    """Taxes that say not where they are booked."""
    of_tax = (
        "rl.tax_id = t.id"
        if schema.has("account_tax_repartition_line", "tax_id")
        else "t.id IN (rl.invoice_tax_id, rl.refund_tax_id)"
    )
    return """
SELECT 'tax_no_account', t.id::bigint, {tax}, NULL::numeric, NULL::text
  FROM account_tax t
 WHERE t.amount <> 0::numeric
   AND EXISTS (SELECT 1 FROM account_tax_repartition_line rl
                WHERE {of_tax} AND rl.repartition_type::text = 'tax' AND rl.account_id IS NULL)""".format(
        tax=label(schema, "t", "account_tax"), of_tax=of_tax
    )


def archived_accounts(schema: Schema) -> str:
    """Of the accounts that tills use, those that cannot be posted to. ``detail``: the code, or from 18 on the codes by root company."""
    return """
SELECT 'archived_account', a.id::bigint, {name}, NULL::numeric, {code}::text
  FROM account_account a
 WHERE a.id = ANY(%(accounts)s::int[]) AND NOT ({usable})""".format(
        name=label(schema, "a", "account_account"),
        code=column(schema, "account_account", "code_store", "a", "a.code"),
        usable=usable(schema, "a"),
    )


def platform(schema: Schema, openers: bool, modules: bool) -> str:
    """What stands around the sessions, one row a fact: lock waiters, long transactions, bloat, lock dates, taxes without an account,
    archived accounts. ``openers``: also who opened sessions; to open ``res_users`` costs as much as four tables do, because two
    foreign keys of every other table hang on it. ``modules``: also which of some modules depend on Point of Sale.

    Parameters: accounts, users, modules (ids of each).
    """
    arms = [ACTIVITY, BLOAT, lock_dates(schema), taxes(schema), archived_accounts(schema)]
    arms += [OPENERS] if openers else []
    arms += [ON_POS] if modules and schema.has("ir_module_module_dependency") else []
    return "\nUNION ALL".join(arms)
