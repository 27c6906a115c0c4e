#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_session_reset
short_description: Set an open Point of Sale session's state back or forth, guarded and undoable
description:
  - The last resort. Sets a session from C(closing_control) to C(opened), which gives the till back to the shop, or from
    C(opened) to C(closing_control), which locks the till so that the session can be closed without it.
  - Works through Odoo's API. Only where Odoo is down and O(allow_sql) is given, one guarded C(UPDATE) of C(state) and
    C(stop_at) takes its place.
  - A session that is closed, or whose entry is in the journal, is refused on every series of Odoo. Opened again it would be
    closed twice, and its entries and its cash doubled. The guard stands in the C(UPDATE) itself.
  - A store with a fiscally certified Point of Sale is refused altogether. There a session is only ever closed.
  - Before anything is changed every row of the session, its orders, payments and moves is written to O(pre_image) and is safe
    on disk. Where that fails nothing is changed. O(undo) takes a reset back.
  - Orders, payments, moves and the entry of a session are never touched, and a session is never set to C(closed).
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
      - Returns the plan; writes nothing, no pre-image either, and does not contact Odoo.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  session:
    description:
      - The session to reset. Digits are its id, anything else its whole name.
      - Exactly one of O(session) and O(till) must be given.
    type: str
  till:
    description:
      - The till whose open session to reset. Digits are its id, anything else its whole name.
    type: str
  state:
    description:
      - V(opened) gives the till back to the shop and clears the closing time.
      - V(closing_control) takes it out of service. The close still wants a count afterwards.
      - Exactly one of O(state) and O(undo) must be given.
    type: str
    choices: [opened, closing_control]
  undo:
    description:
      - The pre-image of a reset, on the machine that runs the module. Sets state and closing time to what they were.
      - Refused where the session is not as the reset left it, or was worked in since.
      - A stored count that the reset had to drop, because it was older than the last sale, is not brought back.
    type: path
  confirm:
    description:
      - The name of the session, repeated to the letter.
    type: str
    required: true
  allow_sql:
    description:
      - Whether one C(UPDATE) may be used where nobody takes the connection at O(odoo_url).
      - An error of Odoo, a lost answer, a wrong password, name or certificate never leads to SQL.
    type: bool
    default: false
  pre_image:
    description:
      - File, or folder, for the pre-image, on the machine that runs the module. A file that exists is never overwritten.
      - Not given, a new file in C($XDG_STATE_HOME/retailops.odoo_pos), or C(~/.local/state/retailops.odoo_pos).
      - It holds what customers bought, so its mode is 0600.
    type: path
requirements:
  - psycopg2 on the host that runs the module
notes:
  - The Odoo user needs Point of Sale / User.
  - The database user needs C(SELECT) on the session, its orders, lines, payments and moves; for O(allow_sql) also C(UPDATE) on
    C(pos_session), as Odoo's own role has it (O(session_role)).
  - From Odoo 16 on a stored count is as old as its session was last written. Where it is older than the last cash sale, a reset
    through Odoo drops it, because it would look new.
seealso:
  - module: retailops.odoo_pos.pos_session_close
  - module: retailops.odoo_pos.pos_session_release
"""

EXAMPLES = r"""
- name: Give a till back that is stuck in closing
  retailops.odoo_pos.pos_session_reset:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    session: POS/00024
    confirm: POS/00024
    state: opened
    pre_image: /var/backups/pos/
  register: reset

- name: Take that back
  retailops.odoo_pos.pos_session_reset:
    login_db: store_042
    odoo_url: https://store-042.example.com
    odoo_user: closer
    odoo_password: "{{ vault_closer_password }}"
    session: POS/00024
    confirm: POS/00024
    undo: "{{ reset.pre_image.path }}"
"""

RETURN = r"""
session:
  description:
    - The session before and after, in the shape of M(retailops.odoo_pos.pos_session_facts). In check mode C(after) is null.
  returned: success
  type: dict
plan:
  description: What was decided, null when the session stood like that already.
  returned: success and refusal by another task's work
  type: dict
  contains:
    from:
      description: The state it was in.
      type: str
      sample: closing_control
    to:
      description: The state it is set to.
      type: str
      sample: opened
    stop_at:
      description: The closing time that is set; null for none.
      type: str
    drops_count:
      description: Whether a stored count is dropped because it is older than the last cash sale.
      type: bool
    way:
      description: V(odoo) or V(sql), null in check mode.
      type: str
      sample: odoo
    steps:
      description: The plan in sentences.
      type: list
      elements: str
    next:
      description: What a person has to do afterwards.
      type: list
      elements: str
    session:
      description: Id and name of the session.
      type: dict
    till:
      description: Id and name of its till.
      type: dict
pre_image:
  description: The pre-image that was written; null in check mode and when nothing was changed.
  returned: success
  type: dict
  contains:
    path:
      description: Where it is.
      type: str
      sample: /var/backups/pos/store_042-session-24-20261122T070000.000000Z.json
    sha256:
      description: The checksum of the file.
      type: str
    rows:
      description: How many rows of each table it holds.
      type: dict
      sample: {pos_session: 1, pos_order: 5}
answer:
  description: What Odoo itself answered, call by call.
  returned: success
  type: list
  elements: dict
  sample: [{call: pos.session.write, returned: true}]
proof:
  description: Each check in PostgreSQL and whether it held. One that does not hold fails the task.
  returned: success
  type: list
  elements: dict
  sample: [{check: it has no entry, held: true, detail: none found}]
refused:
  description: Whether the reset was refused and nothing was changed.
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
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reset_session import SPEC, reset_session


def main() -> None:
    run(SPEC, reset_session)


if __name__ == "__main__":
    main()
