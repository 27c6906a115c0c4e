#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_log_info
short_description: The last errors about Point of Sale sessions in the log of Odoo
description:
  - Reads the log of Odoo from its end and returns what it tells about sessions, the newest first, with errors that are alike
    folded into one. Memory does not grow with the log.
  - Known texts are mapped to a root cause, to the finding that predicts it, and to the role that answers it. Odoo writes a
    refusal in the language of the user who closed; one that is not in English is still found by the request it belongs to,
    but has no cause.
  - A log is hostile text. Control characters are taken out, and what looks like a password, a key or the id of a web session
    is replaced.
  - Runs where the log is and needs no database.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.info_module
  - retailops.odoo_pos.odoo
options:
  path:
    description:
      - The log that Odoo writes to now (its C(logfile)). Files that were rotated away are not read.
    type: path
  journald_unit:
    description:
      - The systemd unit whose journal holds the log, such as V(odoo.service).
    type: str
  from_odoo:
    description:
      - Read what Odoo keeps of its log in the database, through its API. It keeps it only where it was started with
        C(--log-db), and shows it to Administration / Access Rights. Otherwise RV(available) is false.
    type: bool
    default: false
  database:
    description:
      - Only what was logged for this database, or for none. Not given, for all.
    type: str
  since:
    description:
      - How far back to look. V(24h), V(7d) and the like (C(s), C(m), C(h), C(d), C(w)), or a time such as
        V(2026-11-22T07:00:00Z), in UTC where it names no zone. Not given, as far as O(max_bytes) goes.
    type: str
  max_entries:
    description:
      - How many different errors to return at most.
    type: int
    default: 20
  max_bytes:
    description:
      - How many bytes to read at most, from the end of the log on.
    type: int
    default: 67108864
  odoo_db:
    description:
      - The name of the store's database as Odoo knows it, for O(from_odoo).
      - Not given, the environment variable E(ODOO_POS_DB) is used, and without that O(database). An explicit option wins.
    type: str
  run_on:
    description:
      - V(controller) does the work in Ansible's own process, V(host) starts a module on the host, V(auto) takes the first
        where the host's connection is local.
    type: str
    choices: [auto, controller, host]
    default: auto
seealso:
  - module: retailops.odoo_pos.pos_session_facts
  - module: retailops.odoo_pos.pos_till_config
"""

EXAMPLES = r"""
- name: What went wrong with sessions since yesterday
  retailops.odoo_pos.pos_log_info:
    path: /var/log/odoo/odoo-server.log
    database: store_042
    since: 24h
  become: true
  become_user: odoo
  register: log

- name: Show the causes that are known
  ansible.builtin.debug:
    msg: "{{ log.entries | map(attribute='cause') | select | map(attribute='code') | unique }}"

- name: The same out of the journal of systemd
  retailops.odoo_pos.pos_log_info:
    journald_unit: odoo.service
    since: 7d
"""

RETURN = r"""
available:
  description: Whether there was a log to read.
  returned: success
  type: bool
reason:
  description: Why there was none, null where there was.
  returned: success
  type: str
entries:
  description: What was logged about sessions, the newest first.
  returned: success
  type: list
  elements: dict
  contains:
    at:
      description: When it was logged last, in UTC.
      type: str
      sample: "2026-11-22T07:00:00Z"
    first_at:
      description: When it was logged first, as far as was read.
      type: str
    times:
      description: How often it was logged, as far as was read.
      type: int
    level:
      description: WARNING (Odoo refused), ERROR or CRITICAL.
      type: str
    logger:
      description: The part of Odoo that logged it.
      type: str
      sample: odoo.http
    database:
      description: The database it was logged for, null where it names none.
      type: str
    session:
      description: Id and name of the session, each null where the text does not tell.
      type: dict
      sample: {id: null, name: POS/00024}
    exception:
      description: Class of the exception, null where none was raised.
      type: str
      sample: odoo.exceptions.UserError
    message:
      description: Its text in one line.
      type: str
    request:
      description: The request that ended right after it, null where that was not about sessions.
      type: str
    traceback:
      description: How many frames there were, the last of them, and the last one of the Point of Sale.
      type: dict
    cause:
      description: Root cause, finding and role of a known text, null for others.
      type: dict
      sample: {id: C15, code: cash.no_loss_account, fix: pos_accounting}
summary:
  description: How many different errors, how many in all, how many bytes were read, and whether that was everything.
  returned: success
  type: dict
  sample: {different: 2, times: 14, complete: true, bytes_read: 2151405}
"""

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import run
from ansible_collections.retailops.odoo_pos.plugins.module_utils.log_info import SPEC, log_info


def main() -> None:
    run(SPEC, log_info)


if __name__ == "__main__":
    main()
