#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_session_close
short_description: Close a Point of Sale session through Odoo's own API and prove it in the books
description:
  - Reads the session, plans the close, refuses with every blocker at once, closes it the way this series of Odoo means it
    to be closed, and proves from the database that the books are right.
  - A drawer is never booked as lost because nobody counted. Without O(counted_cash) and without a count that is stored and
    still fresh, a close is refused when cash is expected.
  - A session that is closed with its books right is left alone (not changed), so the task can be run again at any time.
  - The till is locked for sales (closing control) before the last look at what was sold, so that no sale can come into the
    close. A sale that began before that is waited for.
  - A session that was closed once and set back is refused, because Odoo would book it a second time.
  - When Odoo refuses, the till is given back as it was found. After a lost answer the database is looked at first, and
    nothing is sent a second time; a till that was locked for sales stays so until the task is run again.
  - Never sets a state by SQL, never changes or deletes an order, never moves a lock date.
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
      - Returns the plan and its hash; writes nothing and does not contact Odoo.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  session:
    description:
      - The session to close. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose open session to close. Digits are its id, anything else its whole name.
      - A till with several open sessions is refused. A till with none is left alone.
    type: str
  counted_cash:
    description:
      - What is in the drawer, as plain digits such as V(117.50). V(0) is a count, an empty string is none.
      - More decimals than the till's currency has are refused.
      - Not given, the count that is stored on the session is used if nothing was sold for cash since.
    type: str
  cash_policy:
    description:
      - V(counted) closes only with a count.
      - V(assume_expected) closes a drawer that nobody counted, or not since the last sale, as if it held exactly what was
        expected, and says so in the session's closing notes. Odoo 14 to 16 keep none, so that there only the plan
        and the trail say it. A count that is stored and still fresh stands, but for one that an earlier task assumed (Odoo 17 and newer).
    type: str
    choices: [counted, assume_expected]
    default: counted
  max_cash_difference:
    description:
      - Refuse when the drawer differs from what is expected by more than this.
      - Not given, the till's own authorised difference applies where one is set, else nothing may differ.
    type: str
  bank_counted:
    description:
      - Counted amounts by payment method (id or name) for bank methods, such as the sum on a terminal's slip.
      - Methods that are not named are accepted as recorded.
    type: dict
  balancing_account:
    description:
      - Code of the account that takes the difference when sales and payments do not add up.
      - Only together with O(max_imbalance), never together with O(bank_counted), never on Odoo 14.
    type: str
  max_imbalance:
    description:
      - The largest imbalance, in either direction, that may be forced onto O(balancing_account).
    type: str
  min_idle_minutes:
    description:
      - Refuse when the till sold or moved cash more recently than this many minutes ago.
    type: int
    default: 15
  approved_plan:
    description:
      - The RV(plan.hash) that check mode returned. The close is refused when the session, or any option that decides money,
        has changed since.
    type: str
  note:
    description:
      - Goes into the session's closing notes (Odoo 17 and newer).
    type: str
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User; on Odoo 14 Point of Sale / Administrator to go above the till's limit.
seealso:
  - module: retailops.odoo_pos.pos_session_facts
"""

EXAMPLES = r"""
- name: Show what closing the till would do
  retailops.odoo_pos.pos_session_close:
    login_db: store_042
    till: Till 7
    counted_cash: "117.50"
    max_cash_difference: "15.00"
  check_mode: true
  register: planned

- name: Close it as it was approved
  retailops.odoo_pos.pos_session_close:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    till: Till 7
    counted_cash: "117.50"
    max_cash_difference: "15.00"
    approved_plan: "{{ planned.plan.hash }}"
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null;
      for a till without an open session both are.
  returned: success
  type: dict
plan:
  description: What was decided, null when there was nothing to close.
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
    hash:
      description: What O(approved_plan) takes. It changes with the session and with every option that decides money.
      type: str
    steps:
      description: The plan in sentences, in the order in which they are carried out.
      type: list
      elements: str
      sample:
        - Store 117.50 USD as the drawer (counted; expected 130.00).
        - Close session POS/00024 of till Till 7 through Odoo's API.
        - Prove it in the books.
    counted:
      description: The count that will be stored; null where Odoo counts by itself or there is no drawer.
      type: str
      sample: "117.50"
    assumed:
      description: Whether the count is assumed by O(cash_policy).
      type: bool
    expected:
      description: What the drawer should hold.
      type: str
      sample: "130.00"
    difference:
      description: The cash difference that will be booked.
      type: str
      sample: "-12.50"
    currency:
      description: The till's currency.
      type: str
      sample: USD
    postings:
      description: What the books will show.
      type: list
      elements: dict
      sample: [{what: Cash difference (loss), amount: "-12.50"}]
    warnings:
      description: Findings that do not stop the close.
      type: list
      elements: dict
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: pos.session.close_session_from_ui, returned: {successful: true}}]
entries:
  description: The closing entry and the cash and bank moves with their lines, in the company's currency.
  returned: success
  type: list
  elements: dict
proof:
  description: Each check of the books and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  sample: [{check: the cash difference is the planned one, held: true, detail: "booked -12.50, planned -12.50"}]
refused:
  description: Whether the close was refused and nothing was changed.
  returned: failure
  type: bool
findings:
  description: Everything that stood in the way.
  returned: refusal
  type: list
  elements: dict
reachable:
  description: False when PostgreSQL or Odoo could not be reached.
  returned: failure to connect
  type: bool
pending:
  description: Whether Odoo may still be at work on a close whose answer was lost.
  returned: a lost answer
  type: bool
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.close_session import SPEC, close_session


def main() -> None:
    run(SPEC, close_session)


if __name__ == "__main__":
    main()
