#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_cash_move
short_description: Record a forgotten cash move once, through Odoo's own API
description:
  - Puts money into, or takes it out of, the drawer of an open session, as the till itself would have recorded it, and proves
    in PostgreSQL that it is there once and that what is expected moved by exactly this amount.
  - The O(reference) makes it once. It ends the text that Odoo keeps, in brackets, and is looked for among the cash moves of
    all sessions of the till, closed ones too, before anything is sent. Found with the same amount, nothing is done; found with
    another amount, the task is refused.
  - After a lost answer the database is looked at first, and nothing is sent a second time.
  - Never by SQL.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.actiongroup_pos
  - retailops.odoo_pos.attributes.actiongroup_pos_odoo
  - retailops.odoo_pos.database
  - retailops.odoo_pos.odoo
attributes:
  check_mode:
    support: full
    details:
      - Returns the plan; writes nothing and does not contact Odoo.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  session:
    description:
      - The session that the money belongs to. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose open session the money belongs to. Digits are its id, anything else its whole name.
      - Without an open session only a reference that is recorded already is no refusal.
    type: str
  direction:
    description:
      - Whether the money was put in or taken out.
    type: str
    choices: [in, out]
    required: true
  amount:
    description:
      - How much, as plain digits such as V(25.00), without a sign. More decimals than the till's currency has are refused.
    type: str
    required: true
  reference:
    description:
      - What identifies this one move, such as the number of a receipt. It is unique for a till, for ever.
      - One to 60 letters, digits and C(.) C(_) C(:) C(/) C(-), beginning with a letter or digit.
    type: str
    required: true
  reason:
    description:
      - Why, in one line. It is what an accountant will read.
    type: str
    required: true
  max_amount:
    description:
      - Refuse an O(amount) above this, which was approved by somebody.
    type: str
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User and, on Odoo 16 and newer, Invoicing / Billing. On Odoo 15 and 16 it also needs an
    e-mail address.
  - A count that is stored was made before the move is recorded, so that a close asks for a new one; see
    M(retailops.odoo_pos.pos_cash_count). On Odoo 16 and newer one that was older than the last cash already is dropped, since it
    would look new.
seealso:
  - module: retailops.odoo_pos.pos_cash_info
  - module: retailops.odoo_pos.pos_cash_count
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Record the milk that was bought this morning
  retailops.odoo_pos.pos_cash_move:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    till: Till 7
    direction: out
    amount: "25.00"
    reference: receipt-2026-0815
    reason: Milk for the kitchen
    max_amount: "50.00"
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null;
      for a till without an open session both are.
  returned: success
  type: dict
plan:
  description: What was decided, null when the reference is recorded already.
  returned: success
  type: dict
  contains:
    session:
      description: Id and name of the session.
      type: dict
      sample: {id: 24, name: POS/00024}
    till:
      description: Id and name of its till.
      type: dict
      sample: {id: 7, name: Till 7}
    steps:
      description: The plan in sentences, in the order in which they are carried out.
      type: list
      elements: str
    amount:
      description: The amount, below zero for money that is taken out.
      type: str
      sample: "-25.00"
    reference:
      description: The reference.
      type: str
    reason:
      description: The reason.
      type: str
    currency:
      description: The till's currency.
      type: str
      sample: USD
    expected:
      description: What the drawer should hold before and after.
      type: dict
      sample: {before: "130.00", after: "105.00"}
    difference:
      description: The difference to the stored count before and after, null where nobody counted or the count is dropped.
      type: dict
      sample: {before: "-25.00", after: "0.00"}
    warnings:
      description: What to mind afterwards, in sentences.
      type: list
      elements: str
move:
  description: The move as it is recorded, null in check mode.
  returned: success
  type: dict
  sample: {id: 77, amount: "-25.00", at: "2026-11-22T07:14:38Z", session: {id: 24, name: POS/00024}}
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: pos.session.try_cash_in_out, returned: null}]
proof:
  description: Each check and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  sample: [{check: one cash move has the reference, held: true, detail: 1 found}]
refused:
  description: Whether the move was refused and nothing was recorded.
  returned: failure
  type: bool
findings:
  description: What stood in the way.
  returned: refusal
  type: list
  elements: dict
reachable:
  description: False when PostgreSQL or Odoo could not be reached.
  returned: failure to connect
  type: bool
pending:
  description: Whether Odoo may still be at work on a move whose answer was lost.
  returned: a lost answer
  type: bool
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.move_cash import SPEC, move_cash


def main() -> None:
    run(SPEC, move_cash)


if __name__ == "__main__":
    main()
