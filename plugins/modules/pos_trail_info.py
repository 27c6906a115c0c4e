#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_trail_info
short_description: Verify the trail of changes
description:
  - Every change that a module of this collection makes in a store appends one line of JSON to a trail on the controller - who,
    when, which store and session, the plan, Odoo's own answers, the entries and the proof. Each line carries the SHA-256 of the
    line before it.
  - This walks the chain and says where it breaks. It runs on the controller and changes nothing.
  - Lines that were cut off the end leave a whole chain behind. Keep RV(last_hash) elsewhere, such as in the report, to notice.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.info_module
options:
  path:
    description:
      - The trail. Not given, it is where the variable C(odoo_pos_trail) says, else E(ODOO_POS_TRAIL), else
        C(retailops.odoo_pos/trail.jsonl) in the state folder of the user (E(XDG_STATE_HOME), C(~/.local/state)).
    type: path
"""

EXAMPLES = r"""
- name: Verify the trail
  retailops.odoo_pos.pos_trail_info:
  register: trail

- name: Stop where somebody was at it
  ansible.builtin.assert:
    that: trail.broken | length == 0
    fail_msg: "{{ trail.broken | join('; ') }}"
"""

RETURN = r"""
path:
  description: The trail that was looked at.
  returned: always
  type: str
  sample: /home/ops/.local/state/retailops.odoo_pos/trail.jsonl
exists:
  description: Whether there is a trail; without one nothing was changed from here yet.
  returned: always
  type: bool
lines:
  description: How many lines it has.
  returned: always
  type: int
  sample: 214
last_hash:
  description: The hash of the last whole line.
  returned: always
  type: str
broken:
  description: Where the chain breaks and how, line by line; empty for a chain that is whole.
  returned: always
  type: list
  elements: str
  sample: [line 3 was altered after it was written]
"""
