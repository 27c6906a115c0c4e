#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_order_resolve
short_description: Tell the pending orders of a session apart and resolve those that policy allows
description:
  - Reads the drafts and the cancelled orders of one session and says what each is, what must be done about it at the till, and
    which option would do it. Without such an option nothing is changed.
  - An order that holds a payment is a customer's money. No option discards, deletes or detaches it; one that is paid in full can
    be settled.
  - Each order is looked at right before it is changed, in PostgreSQL and through Odoo. If it is not what was planned, nothing
    more is done.
  - Afterwards it is proven from the database that the orders stand as planned, that every payment of the session is still
    there, and that no other order changed.
  - After a lost answer the database is looked at first; nothing is sent a second time. The same task can be run again at any
    time.
  - Orders that a till never sent to Odoo can be seen by nobody but that till.
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
      - The session whose orders to resolve. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose open session is meant. Digits are its id, anything else its whole name.
      - A till with several open sessions is refused. A till with none is left alone.
    type: str
  discard:
    description:
      - The kinds of drafts to throw away, none of which holds a payment.
      - V(empty) are orders without a line. V(unpaid) have lines; that their sale did not happen is somebody's decision.
      - Up to Odoo 17 such an order is deleted, from 18 on it is cancelled. Where a module of a fiscal certification is
        installed it is refused.
    type: list
    elements: str
    choices: [empty, unpaid]
    default: []
  older_than_minutes:
    description:
      - Leave orders that were worked on more recently than this many minutes ago.
    type: int
    default: 0
  settle:
    description:
      - Mark drafts as paid whose payments make up their total, as the till's Validate would have done. Where a till rounds cash, an
        order that is paid by cash alone holds what its total is rounded to.
      - An order that wants an invoice, or that has a payment which no terminal confirmed, is left to the till.
    type: bool
    default: false
  detach_future:
    description:
      - Take orders for later out of the session, where they stay to be served, as Odoo 19 itself does with those for another
        day when it closes. Only on Odoo 19, and only where they hold no payment.
    type: bool
    default: false
  remove_cancelled:
    description:
      - Delete cancelled orders without a payment that Odoo 14 to 16 would book all the same.
    type: bool
    default: false
  orders:
    description:
      - Only these orders of the session, by id, or by what their receipt says.
      - One that may not be resolved is refused, with the reason. One that is gone, or is already what was asked for, is left.
    type: list
    elements: str
    default: []
  till_synced:
    description:
      - Somebody has looked at the till, and it has sent all its orders. It is noted on the session.
      - It goes into the closing notes from Odoo 17 on. Before, and where a stored count is older than the last sale, it goes
        into the session's chatter together with the orders that were resolved, and with none it is not noted.
    type: bool
    default: false
  min_idle_minutes:
    description:
      - Refuse when the till was used more recently than this many minutes ago.
    type: int
    default: 15
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User.
  - An order that was settled is in the books with the session's closing entry. Where the stock is moved with each sale, the
    plan says which orders' goods are not.
seealso:
  - module: retailops.odoo_pos.pos_session_facts
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Tell the orders of a till apart
  retailops.odoo_pos.pos_order_resolve:
    login_db: store_042
    till: Till 7
  register: told

- name: Throw away what nobody paid since yesterday, and settle what was paid
  retailops.odoo_pos.pos_order_resolve:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    till: Till 7
    discard: [empty, unpaid]
    older_than_minutes: 720
    settle: true
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null;
      for a till without an open session both are.
  returned: success
  type: dict
plan:
  description: What was decided, null for a till without an open session.
  returned: success and refusal
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
    currency:
      description: The till's currency.
      type: str
      sample: USD
    orders:
      description:
        - Every pending order with C(id), C(name), C(reference), C(label) (what to call it), C(state), C(kind), C(action),
          C(reason), C(amount), C(paid), C(payments), C(lines), C(created_at) and C(preset_at).
        - The kind is V(empty), V(unpaid), V(part_paid), V(fully_paid), V(for_later), V(cancelled_poison) (Odoo 14 to 16 would
          book it) or V(cancelled_paid).
        - The action is V(discard), V(settle), V(detach), V(remove), or null for one that is left.
        - The reason says what will be done, or what has to be done at the till and which option would do it.
      type: list
      elements: dict
      sample:
        - id: 51
          reference: 00007-001-0051
          kind: part_paid
          action: null
          amount: "20.00"
          paid: "5.00"
          reason: >-
            It holds payments of 5.00 and costs 20.00: take the rest or give the money back at the till. It is never discarded.
    steps:
      description: The plan in sentences, in the order in which they are carried out; empty when nothing is to be done.
      type: list
      elements: str
      sample:
        - Cancel order 00007-001-0052 (not paid, 20.00 USD).
        - Note it in the session's closing notes.
        - Prove it from the database.
    note:
      description: What is noted on the session.
      type: str
    warnings:
      description: What cannot be seen or was not found.
      type: list
      elements: str
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: pos.order.unlink, returned: true}]
proof:
  description: Each check of the database and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  sample: [{check: the session's payments are the same, held: true, detail: "5 payment(s), 50.00 before; 5, 50.00 after"}]
refused:
  description: Whether it was refused and nothing was changed.
  returned: failure
  type: bool
findings:
  description: Findings that stood in the way.
  returned: refusal
  type: list
  elements: dict
reachable:
  description: False when PostgreSQL or Odoo could not be reached.
  returned: failure to connect
  type: bool
pending:
  description: Whether an order whose answer was lost may still be resolved by Odoo.
  returned: a lost answer
  type: bool
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.resolve_orders import SPEC, resolve_orders


def main() -> None:
    run(SPEC, resolve_orders)


if __name__ == "__main__":
    main()
