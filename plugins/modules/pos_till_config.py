#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_till_config
short_description: Set the accounts and journals that closing a till needs, through Odoo's own API
description:
  - Sets what is missing for a close, by the codes of accounts and journals, also while a session is open. Journals, the
    company and the till's sales journal can be written then, a payment method cannot.
  - Everything is read in one moment and checked before anything is written. An account that does not exist, is archived,
    belongs to another company or is of a type that Odoo does not want there is refused, and all such errors are named at once.
  - Fills only what is empty, unless O(replace) is true.
  - Each write goes through Odoo and is seen in PostgreSQL before the next is sent. Where one fails, those before it are
    taken back.
  - Never moves a lock date, never changes an entry, never writes SQL.
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
  till:
    description:
      - The till whose settings are meant. Digits are its id, anything else its whole name.
    type: str
    required: true
  loss_account:
    description:
      - Code of the account that takes what a drawer is short of (O(journal), O(method)). In quotes.
    type: str
  profit_account:
    description:
      - Code of the account that takes what a drawer holds too much. In quotes.
    type: str
  cash_account:
    description:
      - Code of the journal's own account, where its money is booked. In quotes.
    type: str
  journal:
    description:
      - The journal that O(loss_account), O(profit_account) and O(cash_account) are set on, by its code or its id.
      - Without it, the journal of O(method), and without that the journal of the till's drawer.
    type: str
  method:
    description:
      - A payment method of the till, by its id or its whole name.
      - O(method_receivable_account) and O(method_outstanding_account) are set on it; the other accounts on its journal.
    type: str
  receivable_account:
    description:
      - Code of the company's default receivable account of the Point of Sale. Methods without one of their own use it.
    type: str
  outstanding_account:
    description:
      - Code of the company's outstanding receipts account. Only Odoo 15 to 17 have it.
    type: str
  method_receivable_account:
    description:
      - Code of O(method)'s own receivable account. Refused while a session of one of its tills is open.
    type: str
  method_outstanding_account:
    description:
      - Code of O(method)'s own outstanding account. Refused while a session of one of its tills is open. Odoo 14 has none.
    type: str
  tax_account:
    description:
      - Code of the account that is set on the lines of taxes that say not where the tax is booked.
      - A line that has an account is never changed, O(replace) or not.
    type: str
  taxes:
    description:
      - The taxes that O(tax_account) is for, by id or whole name. Without it, those that orders of the till's open sessions use.
    type: list
    elements: str
  sales_journal:
    description:
      - Code or id of the journal that takes the till's closing entries.
    type: str
  restore_journal:
    description:
      - Codes or ids of archived journals to restore. Somebody archived them on purpose, so that each has to be named.
    type: list
    elements: str
  replace:
    description:
      - Whether a setting that has a value, also one that is archived, is replaced.
    type: bool
    default: false
notes:
  - The Odoo user needs Accounting / Administrator for journals and taxes, Administration / Access Rights for the company,
    Point of Sale / User for the till's journal and Point of Sale / Administrator for payment methods. Odoo 14 also wants
    Point of Sale / User and Administration / Settings for journals. A right that is missing is named.
  - On Odoo 18 and newer the database role also needs C(SELECT) on C(account_account_res_company_rel).
seealso:
  - module: retailops.odoo_pos.pos_session_facts
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Give the drawer of a till the accounts that its differences go to
  retailops.odoo_pos.pos_till_config:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: accountant
    odoo_password: "{{ vault_accountant_password }}"
    till: Till 7
    loss_account: "642000"
    profit_account: "442000"

- name: Show what setting the company's receivable account would change
  retailops.odoo_pos.pos_till_config:
    login_db: store_042
    till: Till 7
    receivable_account: "101300"
  check_mode: true
  diff: true

- name: Restore the journal that somebody archived
  retailops.odoo_pos.pos_till_config:
    login_db: store_042
    till: Till 7
    restore_journal: [CSH7]
"""

RETURN = r"""
till:
  description:
    - The till before and after, with its findings. In check mode C(after) is null.
  returned: success
  type: dict
  sample: {before: {id: 7, name: Till 7, company: {id: 1, name: My Company}, findings: []}, after: null}
plan:
  description: What was decided.
  returned: success
  type: dict
  contains:
    settings:
      description: Each field with what it holds and what it is set to.
      type: list
      elements: dict
      sample:
        - what: loss account of journal Cash (CSH7)
          model: account.journal
          id: 12
          field: loss_account_id
          before: null
          after: 642000 Cash Difference Loss
    kept:
      description: What was asked for and is left alone because it has another value and O(replace) is not given.
      type: list
      elements: str
    steps:
      description: The plan in sentences, in the order in which they are carried out.
      type: list
      elements: str
      sample: ["Set the loss account of journal Cash (CSH7) to 642000 Cash Difference Loss."]
    till:
      description: Id and name of the till.
      type: dict
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: account.journal.write, returned: true}]
proof:
  description: Each setting as it is stored now, and that the finding it answers is gone. Empty where nothing was to be done.
  returned: success
  type: list
  elements: dict
  sample: [{check: cash.no_loss_account is gone, held: true, detail: not found any more}]
refused:
  description: Whether the task was refused and nothing is changed.
  returned: failure
  type: bool
findings:
  description: Always empty; what stands in the way is in the message.
  returned: refusal
  type: list
  elements: dict
reachable:
  description: False when PostgreSQL or Odoo could not be reached.
  returned: failure to connect
  type: bool
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.till_config import SPEC, configure_till


def main() -> None:
    run(SPEC, configure_till)


if __name__ == "__main__":
    main()
