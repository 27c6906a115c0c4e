#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_session_release
short_description: See who is at a Point of Sale session, wait for them, and give a stuck till back
description:
  - Odoo has no session lock. Any Point of Sale user may enter or close any session, and the user on it only says who opened it.
    "In use" means that somebody sold, paid or moved cash a moment ago, or that a transaction in PostgreSQL was left open.
  - Tells who sold last and when, who sits at a browser of Odoo, and who waits on whom in PostgreSQL.
  - Waits until the till is idle, gives back a till that is stuck in closing, hands the session over to somebody else, and ends
    a transaction that was left open and is in the way, each only where an option says so.
  - Without such an option it only tells.
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
      - Returns the plan; does not wait, writes nothing, ends nothing and does not contact Odoo.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  session:
    description:
      - The session to release. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose open session to release. Digits are its id, anything else its whole name.
      - A till with several open sessions is refused. A till with none is left alone.
    type: str
  give_back:
    description:
      - Set a session that is stuck in C(closing_control) back to C(opened) through Odoo, so that the shop can enter its till.
      - Refused while a close is running, where the session is closed or has its entry, and in a fiscally certified store.
    type: bool
    default: false
  hand_over_to:
    description:
      - Login of the user who is to be responsible for the session from now on. That changes who Odoo says opened it.
      - The user must be active, a Point of Sale user, and belong to the till's company.
    type: str
  end_blockers_older_than:
    description:
      - End database processes that are C(idle in transaction) for at least this many seconds, and only those that somebody
        waits for or that hold the session's row. At least V(300); not given or V(0), none is ever ended.
      - What such a process had not committed is rolled back by PostgreSQL. It is checked again in the statement that ends it.
    type: int
  min_idle_minutes:
    description:
      - For how many minutes nobody may have sold, paid, moved cash or pressed Close before the session is given back or handed
        over.
    type: int
    default: 15
  wait_minutes:
    description:
      - Wait at most so long for O(min_idle_minutes) to be true. Where the till is still in use then, the task is refused.
    type: int
    default: 0
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User. Without O(give_back) and O(hand_over_to) no Odoo is contacted.
  - A plain database user sees that somebody waits and for whom, but not what others do. C(pg_read_all_stats) shows that; to end
    another role's process it takes C(pg_signal_backend).
  - Who holds the session's row is seen only with C(SELECT) on all of C(pos_session); a grant by columns does not show it.
  - For O(hand_over_to) the database user needs C(SELECT) on C(res_users), C(res_groups_users_rel), C(res_groups_implied_rel),
    C(res_company_users_rel) and C(ir_model_data).
seealso:
  - module: retailops.odoo_pos.pos_session_reset
  - module: retailops.odoo_pos.pos_session_close
"""

EXAMPLES = r"""
- name: Who is at it
  retailops.odoo_pos.pos_session_release:
    login_db: store_042
    till: Till 7
  register: seen

- name: Give the till back once nobody has touched it for five minutes
  retailops.odoo_pos.pos_session_release:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    till: Till 7
    give_back: true
    min_idle_minutes: 5
    wait_minutes: 20
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null;
      for a till without an open session both are.
  returned: success
  type: dict
in_use:
  description: Who is at the session; null for a till without an open session.
  returned: success and refusal
  type: dict
  contains:
    by:
      description: Who sold the last order, else who opened the session.
      type: str
      sample: anna
    since:
      description: When it was last used - an order, a payment, a cash move, or its closing time.
      type: str
      sample: "2026-11-22T06:57:00Z"
    idle_minutes:
      description: Whole minutes since then.
      type: int
    last_order:
      description: Its name.
      type: str
    present:
      description: The opener and the sellers who were at a browser of Odoo in the last day; null where that cannot be read.
      type: list
      elements: dict
      sample: [{login: anna, at: "2026-11-22T06:58:00Z", online: true}]
    waiting:
      description: Database processes that wait, are waited for, or hold the session's row.
      type: list
      elements: dict
      sample:
        - pid: 4711
          login: odoo
          application: odoo-812
          state: idle in transaction
          idle_seconds: 900
          blocks: [4712]
          waits_for: []
          holds_session: true
    sees_all:
      description: Whether the database user sees what others do, and who holds the session's row.
      type: bool
explanation:
  description: The same in sentences.
  returned: success and refusal
  type: list
  elements: str
plan:
  description: What was decided, in C(steps); null when there was nothing to do.
  returned: success
  type: dict
ended:
  description: The processes that were ended.
  returned: success
  type: list
  elements: dict
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
proof:
  description: Each check in PostgreSQL and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
refused:
  description: Whether it was refused and nothing was changed.
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
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.release_session import SPEC, release_session


def main() -> None:
    run(SPEC, release_session)


if __name__ == "__main__":
    main()
