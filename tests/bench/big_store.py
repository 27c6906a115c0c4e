# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store with many tills and a long history, built in a copy of a slice of Odoo 19 by SQL alone."""

from __future__ import annotations

TILLS = 200
ORDERS = 60
#: Orders of one closed session, and closed sessions of one day (every till once).
HISTORY_ORDERS = 100

# Copies of one healthy till, each with a drawer of its own and the same card method. Ids begin where the slice's end.
TILLS_SQL = """
CREATE TEMP TABLE model AS
SELECT c.id AS till, s.id AS session, cash.id AS cash, cash.journal_id AS drawer, card.id AS card
  FROM pos_session s JOIN pos_config c ON c.id = s.config_id
  JOIN LATERAL (SELECT m.id, m.journal_id FROM pos_config_pos_payment_method_rel r
                  JOIN pos_payment_method m ON m.id = r.pos_payment_method_id
                 WHERE r.pos_config_id = c.id AND m.is_cash_count LIMIT 1) cash ON true
  JOIN LATERAL (SELECT m.id FROM pos_config_pos_payment_method_rel r
                  JOIN pos_payment_method m ON m.id = r.pos_payment_method_id
                 WHERE r.pos_config_id = c.id AND NOT m.is_cash_count AND m.journal_id IS NOT NULL LIMIT 1) card ON true
 WHERE c.name = 'Till healthy' AND s.state = 'opened';
UPDATE pos_session SET state = 'closed', stop_at = '2020-01-01' WHERE state <> 'closed';
UPDATE pos_config SET active = false;
INSERT INTO account_journal SELECT r.* FROM model, account_journal t, generate_series(1, :tills) n,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'code', 'C' || n)) r WHERE t.id = model.drawer;
INSERT INTO pos_payment_method SELECT r.* FROM model, pos_payment_method t, generate_series(1, :tills) n,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'journal_id', 100000 + n)) r WHERE t.id = model.cash;
INSERT INTO pos_config SELECT r.* FROM model, pos_config t, generate_series(1, :tills) n,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'name', 'Till ' || n, 'active', true)) r WHERE t.id = model.till;
INSERT INTO pos_config_pos_payment_method_rel (pos_config_id, pos_payment_method_id)
  SELECT 100000 + n, method FROM model, generate_series(1, :tills) n, LATERAL (VALUES (100000 + n), (model.card)) v (method);
INSERT INTO pos_session SELECT r.* FROM model, pos_session t, generate_series(1, :tills) n,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 1000000 + n, 'name', 'Till ' || n || '/1', 'config_id', 100000 + n,
    'state', 'opened', 'cash_journal_id', 100000 + n, 'cash_register_balance_start', 100, 'move_id', NULL, 'stop_at', NULL,
    'start_at', timezone('UTC', now()) - interval '9 hours', 'write_date', timezone('UTC', now()) - interval '2 hours')) r
 WHERE t.id = model.session;
"""

# Sessions that were closed as they should be: 200 a day, each with its entry of six lines.
HISTORY_SQL = """
CREATE TEMP TABLE old AS
SELECT n, timezone('UTC', now()) - n * interval '1 day' / :tills AS at FROM generate_series(1, :sessions) n;
INSERT INTO account_move SELECT r.* FROM old, account_move t, LATERAL jsonb_populate_record(t, jsonb_build_object(
    'id', 1000000 + n, 'name', 'POSS/' || n, 'ref', 'Old/' || n, 'sequence_number', n, 'date', at::date)) r
 WHERE t.id = (SELECT min(move_id) FROM pos_session);
INSERT INTO account_move_line SELECT r.* FROM old, account_move_line t,
  (SELECT k, CASE WHEN k <= 3 THEN 10 ELSE -10 END AS side FROM generate_series(1, 6) k) k,
  LATERAL jsonb_populate_record(t, jsonb_build_object('id', 1000000 + 6 * n + k, 'move_id', 1000000 + n, 'name', 'Sales',
    'balance', side, 'amount_currency', side, 'debit', greatest(side, 0), 'credit', greatest(-side, 0),
    'date', at::date)) r
 WHERE t.id = (SELECT min(id) FROM account_move_line WHERE move_id IN (SELECT move_id FROM pos_session));
INSERT INTO pos_session SELECT r.* FROM old, pos_session t, LATERAL jsonb_populate_record(t, jsonb_build_object(
    'id', 100000 + n, 'name', 'Old/' || n, 'config_id', 100001 + n % :tills, 'state', 'closed', 'move_id', 1000000 + n,
    'start_at', at - interval '10 hours', 'stop_at', at)) r WHERE t.id = 1000001;
"""

# Orders with so many lines, each line with a tax of 15 % on top, paid in cash or by card in turn.
ORDERS_SQL = """
CREATE TEMP TABLE fresh AS
SELECT :first::int + row_number() OVER () AS id, s.id AS session_id, s.config_id, s.start_at + n * interval '1 minute' AS at, n
  FROM pos_session s, generate_series(1, :orders) n WHERE s.id BETWEEN :from AND :to;
INSERT INTO pos_order (id, user_id, company_id, session_id, config_id, name, state, pos_reference, uuid, amount_tax, amount_total,
                       amount_paid, amount_return, date_order, create_date, write_date, create_uid, write_uid)
  SELECT f.id, 2, c.company_id, f.session_id, f.config_id, 'Order ' || f.id, :'state', to_char(f.id, 'FM00000-000-0000'),
         gen_random_uuid(), 1.50 * :lines, 11.50 * :lines, 11.50 * :lines, 0, f.at, f.at, f.at, 2, 2
    FROM fresh f JOIN pos_config c ON c.id = f.config_id;
INSERT INTO pos_order_line (id, product_id, order_id, name, full_product_name, uuid, qty, price_unit, price_subtotal,
                            price_subtotal_incl, discount, create_date, write_date, create_uid, write_uid)
  SELECT 3 * f.id + k, 1, f.id, 'Line', 'A product of the shop', gen_random_uuid(), 1, 10, 10, 11.50, 0, f.at, f.at, 2, 2
    FROM fresh f, generate_series(0, :lines - 1) k;
INSERT INTO account_tax_pos_order_line_rel (pos_order_line_id, account_tax_id)
  SELECT 3 * f.id + k, :tax FROM fresh f, generate_series(0, :lines - 1) k;
INSERT INTO pos_payment (id, pos_order_id, session_id, payment_method_id, amount, payment_date, uuid,
                         create_date, write_date, create_uid, write_uid)
  SELECT f.id, f.id, f.session_id, CASE WHEN f.n % 2 = 0 THEN f.config_id ELSE :card END, 11.50 * :lines, f.at, gen_random_uuid(),
         f.at, f.at, 2, 2 FROM fresh f;
DROP TABLE fresh;
"""


def build(cluster, source, target, history_orders, history_lines=3):
    """Make ``target`` out of the slice ``source``: the tills with their open sessions, and so many orders in closed sessions,
    each of so many lines (three at most)."""
    cluster.clone(source, target)
    sessions = history_orders // HISTORY_ORDERS
    cluster.psql(target, TILLS_SQL + HISTORY_SQL, tills=TILLS, sessions=sessions)
    card = "SELECT min(pos_payment_method_id) AS id FROM pos_config_pos_payment_method_rel WHERE pos_config_id = 100001"
    tax = (
        "SELECT min(id) AS id FROM account_tax WHERE amount_type = 'percent' AND amount = 15 AND type_tax_use = 'sale'"
    )
    values = {"tax": cluster.rows(target, tax)[0]["id"], "card": cluster.rows(target, card)[0]["id"]}

    def sell(first, orders, state, low, high, lines):
        """So many orders of so many lines in every session from ``low`` to ``high``."""
        wanted = {"first": first, "orders": orders, "state": state, "from": low, "to": high, "lines": lines}
        cluster.psql(target, ORDERS_SQL, **wanted, **values)

    sell(1000000, HISTORY_ORDERS, "done", 100001, 100000 + sessions, history_lines)
    sell(9000000, ORDERS, "paid", 1000001, 1000000 + TILLS, 3)
    cluster.psql(target, "VACUUM ANALYZE")
