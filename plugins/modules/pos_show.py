#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_show
short_description: Print lines on the screen as they are
description:
  - Prints plain lines, such as a table, where M(ansible.builtin.debug) would print a JSON list with quotes.
  - Control characters are taken out of every line, so that names in a database cannot steer the terminal.
  - Runs on the controller and changes nothing. With a callback that writes JSON the lines go to the standard error.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.info_module
options:
  lines:
    description:
      - The lines. Templates in them are not evaluated when they come out of a database.
    type: list
    elements: str
    required: true
  show:
    description:
      - Whether to print. Otherwise the lines are only returned.
    type: bool
    default: true
seealso:
  - plugin: retailops.odoo_pos.diagnosis_lines
    plugin_type: filter
  - plugin: retailops.odoo_pos.close_lines
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the store's sessions
  retailops.odoo_pos.pos_show:
    lines: "{{ ansible_facts['pos_store'] | retailops.odoo_pos.diagnosis_lines }}"
"""

RETURN = r"""
lines:
  description: The lines as they were printed.
  returned: always
  type: list
  elements: str
  sample: ["Store store_042 (Odoo 17.0), 11-22 07:00 UTC: no open session, and nothing wrong."]
"""
