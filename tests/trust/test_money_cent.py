# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cent is forgiven between an order and its lines only where the company rounds taxes over the whole order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ..lab.closing_store import copy_of, reading

# Four lines of a quarter each, and a customer who paid a cent more than they come to: Odoo sums lines.
FOUR_LINES_AND_A_CENT = """
UPDATE pos_order_line SET price_unit = price_unit / 4, price_subtotal = price_subtotal / 4, price_subtotal_incl = price_subtotal_incl / 4
 WHERE order_id = %(order)s;
INSERT INTO pos_order_line (order_id, product_id, name, full_product_name, uuid, company_id, qty, price_unit, discount, price_subtotal,
                            price_subtotal_incl)
SELECT order_id, product_id, name, full_product_name, {uuid}, company_id, qty, price_unit, discount, price_subtotal, price_subtotal_incl
  FROM pos_order_line, generate_series(1, 3) WHERE order_id = %(order)s;
UPDATE pos_order SET amount_total = amount_total + 0.01, amount_paid = amount_paid + 0.01 WHERE id = %(order)s;
UPDATE pos_payment SET amount = amount + 0.01 WHERE pos_order_id = %(order)s;
UPDATE res_company SET tax_calculation_rounding_method = %(method)s;
"""


@pytest.mark.parametrize("method, off", [("round_per_line", Decimal("0.01")), ("round_globally", Decimal(0))])
@pytest.mark.parametrize("series", (19, 14))
def test_a_cent(series, method, off):
    with copy_of(series, "trust_cent") as store:
        till = store.traded("cent")
        order = store.rows("SELECT min(id) AS id FROM pos_order WHERE session_id = %(session)s", session=till.session)[
            0
        ]["id"]
        columns = {row["column_name"] for row in store.rows("SELECT column_name FROM information_schema.columns"
                                                            " WHERE table_name = 'pos_order_line'")}  # fmt: skip
        text = FOUR_LINES_AND_A_CENT.format(uuid="gen_random_uuid()::text")
        if "uuid" not in columns:
            text = text.replace(" uuid,", "").replace(" gen_random_uuid()::text,", "")
        store.sql(text, order=order, method=method)
        (session,) = reading.read_store(store.pg, reading.Selection(session=str(till.session))).store.sessions
        assert session.imbalance == off
