# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules promise about check mode, diff, repetition, facts and action groups."""

from __future__ import annotations


class ModuleDocFragment:
    """C(attributes) names the attributes; the variants below it fill in what a kind of module always answers."""

    # A module that extends only this says `support` for each attribute itself.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and say what it would change, without changing it.
  diff_mode:
    description: Returns what changed, or would change in check mode, when diff is asked for.
  idempotent:
    description:
      - When run twice in a row outside check mode with the same options, the second run does not change anything.
      - This assumes that the store was not changed in between.
  platform:
    description: What the module runs on.
    support: full
    platforms: posix
"""

    # Returns data under its own keys; changes nothing.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module only reads.
"""

    FACTS = r"""
options: {}
attributes:
  facts:
    description: Returns an C(ansible_facts) dictionary that becomes facts of the host.
"""

    # Returns nothing but facts; changes nothing.
    FACTS_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module only reads.
  diff_mode:
    support: N/A
    details:
      - This module only reads.
  idempotent:
    support: full
    details:
      - This module only reads.
  facts:
    support: full
"""

    ACTIONGROUP_POS = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/retailops.odoo_pos.pos) in C(module_defaults) to set the database options once.
    support: full
    membership:
      - retailops.odoo_pos.pos
"""

    # The writers: in both groups.
    ACTIONGROUP_POS_ODOO = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/retailops.odoo_pos.pos) in C(module_defaults) to set the database options once,
        and C(group/retailops.odoo_pos.pos_odoo) for the options of the Odoo API.
    support: full
    membership:
      - retailops.odoo_pos.pos
      - retailops.odoo_pos.pos_odoo
"""
