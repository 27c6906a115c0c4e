#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_cash_info
short_description: Break a drawer down, and name what may be behind its difference
description:
  - Says of each open session what its drawer should hold, piece by piece, as this very Odoo computes it, and of a difference
    what may be behind it, each cause with its amount.
  - The sums are consistent on every series. Opening, sales and moves make what is expected; counted less expected is the
    difference.
  - It only reads. One connection, one read-only transaction that sees one moment, ten statements however many sessions there
    are. It works on a hot standby, and for a role that holds nothing but C(SELECT).
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.info_module
  - retailops.odoo_pos.attributes.actiongroup_pos
  - retailops.odoo_pos.database
options:
  session:
    description:
      - Only this session. Digits are its id, anything else its whole name.
      - The drawer of a closed session is settled and is left out.
    type: str
  till:
    description:
      - Only the open sessions of this till. Digits are its id, anything else its whole name.
    type: str
requirements:
  - psycopg2 on the host that runs the module
seealso:
  - module: retailops.odoo_pos.pos_cash_move
  - module: retailops.odoo_pos.pos_cash_count
"""

EXAMPLES = r"""
- name: Why is the drawer short?
  retailops.odoo_pos.pos_cash_info:
    login_db: store_042
    till: Till 7
  register: cash

- name: Say it
  retailops.odoo_pos.pos_show:
    lines: "{{ cash.drawers | retailops.odoo_pos.cash_lines('store_042') }}"
"""

RETURN = r"""
database:
  description: The store's database.
  returned: success
  type: str
  sample: store_042
drawers:
  description: The drawers of the open sessions. A session without a drawer that Odoo counts is left out.
  returned: success
  type: list
  elements: dict
  contains:
    session:
      description: Id, name and state of the session, and whether it is a rescue session.
      type: dict
      sample: {id: 24, name: POS/00024, state: opened, rescue: false}
    till:
      description: Id and name of its till.
      type: dict
      sample: {id: 7, name: Till 7}
    currency:
      description: The till's currency.
      type: dict
      sample: {name: USD, decimals: 2}
    opening:
      description: What the till was opened with.
      type: str
      sample: "100.00"
    sales:
      description: Payments by the drawer's method, as far as this Odoo counts them.
      type: str
      sample: "30.00"
    moves:
      description: Money put in and taken out.
      type: str
      sample: "0.00"
    expected:
      description: What the drawer should hold.
      type: str
      sample: "130.00"
    counted:
      description: The stored count, null when nobody counted. Odoo does not tell a count of 0 from none.
      type: str
      sample: "117.50"
    difference:
      description: Counted less expected, null when nobody counted.
      type: str
      sample: "-12.50"
    opening_difference:
      description: The opening less what the till's last closing counted, null where there was none.
      type: str
      sample: "0.00"
    minor:
      description: The same amounts in whole minor units, which rules can compare.
      type: dict
    counts:
      description: Whether a person's count decides the close (not for a rescue session, nor with cash control off on Odoo 14).
      type: bool
    count_stale:
      description: Whether cash came or went after the count was stored.
      type: bool
    last_closing:
      description: Id, name, count and time of the till's last closing; null where there was none.
      type: dict
    cash_moves:
      description:
        - The cash moves, the oldest first, at most 500. Each has C(id), C(kind) (V(in), V(out), or V(opening) for what Odoo
          itself booked when the till was opened), C(amount), C(reason), C(reference), C(at) and C(by).
      type: list
      elements: dict
    cash_moves_complete:
      description: Whether these are all of them.
      type: bool
    causes:
      description:
        - What may be behind the difference. Each has a C(code), an C(amount) (in the direction of the difference, null where it
          cannot be told), C(explains) (whether it would account for all of it), a C(message) for a shop, and its C(evidence).
        - What explains all of the difference comes first, a move that nobody recorded last.
        - The codes are V(not_counted), V(count_stale), V(opening), V(other_start), V(move_without_reason), V(duplicate_move),
          V(unfinished_orders), V(wrong_method), V(duplicate_payment), V(change_or_return), V(rounding) and V(move_missing).
      type: list
      elements: dict
      sample:
        - code: wrong_method
          amount: "-12.50"
          explains: true
          message: "12.50 USD are missing, and recorded as paid in cash was Order 7 (Cash): was it paid in another way?"
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_info import SPEC, cash_info


def main() -> None:
    run(SPEC, cash_info)


if __name__ == "__main__":
    main()
