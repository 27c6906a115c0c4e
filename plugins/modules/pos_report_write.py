#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_report_write
short_description: Write what was found in the stores as a page, JSON, CSV and JUnit
description:
  - Gathers what this run knows of each store - the fact C(pos_store) of its host, the scan that is given, and what roles left in
    their C(pos_..._results) - and writes it into files on the controller.
  - Every file is replaced in one step. A run with the same readings writes the same bytes.
  - Names out of databases are hostile text and stay text - escaped in the page, which lets no script but its own run, quoted in
    the CSV where a spreadsheet would take them for a formula, and without control characters everywhere.
  - Run it with C(run_once) on the stores' own hosts. It connects to no host and reads no database.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
attributes:
  check_mode:
    support: full
    details:
      - Writes no file and keeps no history, and says whether it would.
  diff_mode:
    support: none
  idempotent:
    support: full
    details:
      - With the same readings. Stores that are read again have another time, so the files change.
options:
  dest:
    description:
      - The folder of the files, on the controller. It is made where it is missing.
    type: path
    required: true
  name:
    description:
      - What the names of the files begin with.
    type: str
    default: pos-report
  formats:
    description:
      - What to write. V(html) is one page that needs nothing else, also offline; V(json) is described by
        C(docs/report.schema.json); V(csv) is for spreadsheets; V(junit) (a file C(.xml)) is for pipelines.
    type: list
    elements: str
    choices: [html, json, csv, junit]
    default: [html, json, csv, junit]
  title:
    description:
      - The heading of the page.
    type: str
    default: Point of Sale sessions
  scan:
    description:
      - What C(pos_fleet_info) returned with C(detail=full). A host's own fact C(pos_store) wins where it was read later.
    type: dict
    default: {}
  stores:
    description:
      - The hosts to report on. By default those of the play, also those that failed.
      - A store without a reading is reported as one that could not be read.
    type: list
    elements: str
  results:
    description:
      - Whether to report what roles did, from the variables C(pos_..._results) of the hosts.
    type: bool
    default: true
  trail:
    description:
      - What M(retailops.odoo_pos.pos_trail_info) returned. A broken trail is said on the page.
    type: dict
    default: {}
  history:
    description:
      - A folder on the controller where the drawers of each run are kept, one file a day, for charts over time.
    type: path
  history_days:
    description:
      - How many days of O(history) to keep and to show.
    type: int
    default: 90
  fail_on:
    description:
      - What makes a store fail, in RV(failing) and in the JUnit file. The task itself does not fail.
      - V(blocked) - it could not be read, a session will not close or was closed wrongly, an action of this run failed, or
        something is set up so that a close will be refused. V(warning) - also whatever deserves a look. V(never) - nothing.
      - In the JUnit file blockers fail their case with V(never), too, and warnings only with V(warning).
    type: str
    choices: [blocked, warning, never]
    default: blocked
  mode:
    description:
      - The permissions of the files, an octal number in quotes.
    type: str
    default: "0640"
seealso:
  - module: retailops.odoo_pos.pos_session_facts
  - module: retailops.odoo_pos.pos_trail_info
"""

EXAMPLES = r"""
- name: Write the report of all stores of the play
  retailops.odoo_pos.pos_report_write:
    dest: /srv/reports/pos
    history: /srv/reports/pos/history
  run_once: true
  register: report

- name: Only what a pipeline wants
  retailops.odoo_pos.pos_report_write:
    dest: "{{ playbook_dir }}/out"
    formats: [junit, json]
    fail_on: warning
  run_once: true
"""

RETURN = r"""
paths:
  description: The files, by format.
  returned: success
  type: dict
  sample: {html: /srv/reports/pos/pos-report.html}
summary:
  description: The counts at the top of the page - stores, tills, sessions by verdict, and drawer differences by currency.
  returned: success
  type: dict
failing:
  description: The stores that fail by O(fail_on), each with the reasons.
  returned: success
  type: dict
  sample: {store_042: ["2 session(s) will not close"]}
trail_broken:
  description: Where the trail of changes breaks; empty where it is whole, or O(fail_on=never).
  returned: success
  type: list
  elements: str
msg:
  description: How it stands, in a sentence.
  returned: always
  type: str
  sample: "1 of 40 store(s) fail: store_042 (2 session(s) will not close). fail_on is blocked."
"""
