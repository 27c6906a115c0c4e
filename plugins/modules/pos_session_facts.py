#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_session_facts
short_description: Explain why the Point of Sale sessions of a store will not close
description:
  - Reads the sessions of one Odoo database (a store) and says of each whether this very Odoo would close it, what is in
    the way, how dangerous the remedy is, and which role answers it.
  - It only reads. One connection, one read-only transaction that sees one moment, eight statements however many sessions
    there are. It works on a hot standby, and for a role that holds nothing but C(SELECT).
  - Also looks at sessions that were closed wrongly, and at the configuration of every till before anybody opens it.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.facts
  - retailops.odoo_pos.attributes.facts_module
  - retailops.odoo_pos.attributes.actiongroup_pos
  - retailops.odoo_pos.database
options:
  session:
    description:
      - Only this session. Digits are its id, anything else its whole name.
      - A session that is named is read even when it is closed.
    type: str
  till:
    description:
      - Only the sessions of this till. Digits are its id, anything else its whole name.
    type: str
  states:
    description:
      - Which states to read when no closed session is asked for by O(session).
    type: list
    elements: str
    choices: [opening_control, opened, closing_control]
    default: [opening_control, opened, closing_control]
  closed_days:
    description:
      - How many days to look back for sessions that are closed and whose books are not.
    type: int
    default: 7
seealso:
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Look at every open session of the store
  retailops.odoo_pos.pos_session_facts:
    login_host: db.example.com
    login_user: pos_reader
    login_password: "{{ vault_pos_reader_password }}"
    login_db: store_042

- name: Say what is in the way of one till
  ansible.builtin.debug:
    msg: "{{ ansible_facts['pos_store'].sessions | map(attribute='findings') | flatten | map(attribute='message') }}"
"""

RETURN = r"""
ansible_facts:
  description: Facts about the store.
  returned: always
  type: dict
  contains:
    pos_store:
      description: The store as it stood at one moment.
      returned: always
      type: dict
      contains:
        database:
          description: Name of the database.
          type: str
          sample: store_042
        odoo:
          description:
            - The series and version of Odoo, the fiscal modules that protect the store, and the modules not by Odoo that
              extend Point of Sale.
          type: dict
          sample: {series: "17.0", version: 17.0.1.0.1, fiscal_modules: [], customised_by: []}
        read_at:
          description: When it was read, ISO 8601 in UTC.
          type: str
          sample: "2026-11-22T07:00:00Z"
        read_ms:
          description: How long reading took, in milliseconds.
          type: int
          sample: 41
        summary:
          description:
            - How many sessions have which verdict, how many were closed wrongly, and the sum of the drawers' differences
              (null where the sessions' currencies differ).
          type: dict
          sample: {sessions: 3, closable: 1, needs_count: 1, blocked: 1, closed_wrongly: 0, drawer_difference: "-12.50"}
        sessions:
          description:
            - The sessions, each with its verdict, till, company, currency, opener, orders, payments, drawer and findings.
            - The verdict is V(closable) (Odoo would close it and the money is right), V(needs_count) (Odoo would close it
              and book a drawer that nobody counted), V(blocked) (Odoo would refuse, or close with the books wrong) or
              V(closed).
            - Money is text with the currency's decimals; C(cash.minor) has the same amounts as whole minor units.
            - C(cash.counted) is null when nobody counted. Odoo stores 0 then, so 0 with money expected counts as that.
          type: list
          elements: dict
          sample:
            - id: 24
              name: POS/00024
              state: closing_control
              verdict: closable
              till: {id: 7, name: Till 7}
              cash: {expected: "130.00", counted: "117.50", difference: "-12.50"}
              findings:
                - code: cash.difference
                  severity: warning
                  risk: human
                  fix: pos_cash_balance
                  message: "The drawer holds 117.50 USD and should hold 130.00: -12.50 will be booked."
        closed_wrongly:
          description: Closed sessions whose books do not hold, in the same shape.
          type: list
          elements: dict
        tills:
          description: Every active till with what is wrong with its configuration.
          type: list
          elements: dict
          sample: [{id: 7, name: Till 7, findings: []}]
        findings:
          description: What is to be said of the database itself, such as lock dates, waiters for locks and long transactions.
          type: list
          elements: dict
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.read_facts import SPEC, read_facts


def main() -> None:
    run(SPEC, read_facts)


if __name__ == "__main__":
    main()
