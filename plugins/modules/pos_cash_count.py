#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_cash_count
short_description: Store what was counted in a drawer, without closing the session
description:
  - Stores a count on an open session through Odoo's own API, so that a close at night finds it, and proves in PostgreSQL that it
    is there and fresh.
  - The till stays as it is and can go on selling. Whatever is sold for cash afterwards makes the count stale, which a close
    refuses.
  - The same count that is stored already, with no cash since, is left alone. A stale one is stored anew.
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
      - The session whose drawer was counted. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose drawer was counted. Digits are its id, anything else its whole name.
      - A till with several open sessions, or with none, is refused.
    type: str
  counted_cash:
    description:
      - What is in the drawer, as plain digits such as V(117.50). More decimals than the till's currency has are refused.
      - V(0) is refused where cash is expected, because Odoo does not tell it from no count. Give it to the close instead.
    type: str
    required: true
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User.
  - Odoo 15 and newer take no count while orders are open.
seealso:
  - module: retailops.odoo_pos.pos_cash_info
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Keep the count for the close at night
  retailops.odoo_pos.pos_cash_count:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    till: Till 7
    counted_cash: "117.50"
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null.
  returned: success
  type: dict
plan:
  description: What was decided, null when this very count is stored and fresh.
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
    counted:
      description: The count.
      type: str
      sample: "117.50"
    expected:
      description: What the drawer should hold.
      type: str
      sample: "130.00"
    difference:
      description: Counted less expected.
      type: str
      sample: "-12.50"
    currency:
      description: The till's currency.
      type: str
      sample: USD
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: pos.session.post_closing_cash_details, returned: {successful: true}}]
proof:
  description: Each check and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  sample: [{check: the count is stored, held: true, detail: "stored 117.50, given 117.50"}]
refused:
  description: Whether the count was refused and nothing was stored.
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
  description: Whether Odoo may still be at work on a count whose answer was lost.
  returned: a lost answer
  type: bool
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.count_cash import SPEC, count_cash


def main() -> None:
    run(SPEC, count_cash)


if __name__ == "__main__":
    main()
