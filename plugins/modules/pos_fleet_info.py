#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_fleet_info
short_description: Read every store of a fleet in one task
description:
  - Reads the stores of a play side by side and returns all of them in one result, by host. It only reads, in the way of
    M(retailops.odoo_pos.pos_session_facts).
  - A store that cannot be read has C(reachable=false) and a sentence that says why. It never stops the others.
  - Runs on the controller, in one task for all hosts. The task needs C(run_once=true).
  - The connection of a store is taken from the variables of its host, such as C(odoo_pos_login_host) and
    C(odoo_pos_login_db). An option of a task would be the same for all stores, so the connection is no option here.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
  - retailops.odoo_pos.attributes.info_module
options:
  stores:
    description:
      - The hosts whose stores to read.
      - Not given, all hosts of the play that have not failed; with C(serial) those of the batch. So C(--limit) and the slices
        of AWX mean what they always mean. Hosts that are named here are read also when C(--limit) leaves them out.
    type: list
    elements: str
  detail:
    description:
      - With V(summary) a store has its counts and the codes of what was found, with V(sessions) also what a choice needs of each
        session. A result of many values is what takes a scan of hundreds of stores its time.
      - With V(full) it has all that M(retailops.odoo_pos.pos_session_facts) returns. That takes many times the memory and time.
      - Who opened a session, and so C(session.opener_inactive), is looked up with V(full) and where all stores are explained (see
        O(explain)). No other result names anybody, and it would take a twentieth of the time.
    type: str
    choices: [summary, sessions, full]
    default: summary
  session:
    description:
      - Only this session. Digits are its id, anything else its whole name.
      - A store without it is not read, with the reason V(not_found).
    type: str
  till:
    description:
      - Only the sessions of this till. Digits are its id, anything else its whole name.
      - A store without it is not read, with the reason V(not_found).
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
  explain:
    description:
      - How many stores to explain, the worst first. The explanation is made of the same reading as all else here.
      - A fleet that is not larger is explained as a whole; with O(session) or O(till) every store that has it.
      - With V(0) none is.
    type: int
    default: 0
  width:
    description:
      - How many cells a line of an explanation may take. Less than 80 is taken as 80.
    type: int
    default: 120
  threads:
    description:
      - How many stores to read at once.
    type: int
    default: 16
  connections_per_server:
    description:
      - How many connections to one server may be open at once. Stores of one server share this bound.
      - Four keep a server of two cores and one controller busy. A server that is far away, so that most of the time is
        spent waiting for it, is read faster over more.
      - The server counts a connection for a moment longer than it is used, so leave it a few in hand.
    type: int
    default: 4
  deadline:
    description:
      - Seconds that all of it may take. Stores that have not answered by then have the reason V(late).
    type: int
    default: 300
  fail_on_unread:
    description:
      - Whether the task fails when a store could not be read. The result is complete all the same.
    type: bool
    default: false
  connect_timeout:
    description:
      - Seconds to wait for a connection. Not given, C(odoo_pos_connect_timeout) of the host, else 10.
    type: int
  statement_timeout:
    description:
      - Seconds that one statement may take. Not given, C(odoo_pos_statement_timeout) of the host, else 30.
    type: int
  lock_timeout:
    description:
      - Seconds that a statement may wait for a lock. Not given, C(odoo_pos_lock_timeout) of the host, else 5.
    type: int
requirements:
  - psycopg2 on the controller
notes:
  - Do not make facts of the result. To hand a fact to each of 500 hosts takes longer than to read them; use
    C(scan.stores[inventory_hostname]).
  - The strategies C(free) and C(host_pinned) do not know C(run_once); there the task is refused.
seealso:
  - module: retailops.odoo_pos.pos_session_facts
  - plugin: retailops.odoo_pos.fleet_lines
    plugin_type: filter
  - plugin: retailops.odoo_pos.fleet_todo
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read every store of the play
  retailops.odoo_pos.pos_fleet_info:
    deadline: 60
  run_once: true
  register: scan

- name: Show the fleet
  retailops.odoo_pos.pos_show:
    lines: "{{ scan | retailops.odoo_pos.fleet_lines }}"
  run_once: true

- name: Fail the stores that could not be read
  ansible.builtin.assert:
    that: scan.stores[inventory_hostname].reachable
    fail_msg: "{{ scan.stores[inventory_hostname].error }}"
    quiet: true
"""

RETURN = r"""
stores:
  description: The stores by host, in the order of the play.
  returned: always
  type: dict
  contains:
    reachable:
      description: Whether the store was read.
      type: bool
    reason:
      description:
        - V(read), or why not. V(unreachable) (no connection, or it broke off), V(late) (not within the deadline), V(no_store)
          (no Odoo with Point of Sale of a known series), V(not_found) (no such session or till), V(bad_input) (the host's
          variables are wrong) or V(failed).
      type: str
      sample: read
    error:
      description: Why the store was not read, in one sentence; else null.
      type: str
    read_ms:
      description: How long reading took, in milliseconds.
      type: int
      sample: 41
    standing:
      description:
        - The worst that can be said of the store, V(unread), V(closed_wrongly), V(blocked), V(needs_count), V(closable) or
          V(clean) (nothing is open). What follows is there only for a store that was read.
      type: str
    odoo:
      description: The series of Odoo.
      type: str
      sample: "17.0"
    oldest_hours:
      description: How long the oldest open session is open, in hours; null where none is.
      type: float
    next_steps:
      description: The two things to do that most sessions want, and how many more there are.
      type: str
      sample: count the drawer (3), pay or cancel the orders, +1 more
    summary:
      description: As C(summary) of M(retailops.odoo_pos.pos_session_facts).
      type: dict
      sample: {sessions: 3, closable: 1, needs_count: 1, blocked: 1, closed_wrongly: 0, drawer_difference: "-12.50"}
    pos_store:
      description: All of the store, with O(detail=full).
      type: dict
    database:
      description: Name of the database, unless with O(detail=full).
      type: str
      sample: store_042
    read_at:
      description: When it was read, unless with O(detail=full).
      type: str
      sample: "2026-11-22T07:00:00Z"
    codes:
      description: With O(detail=summary), how often each finding is made in the store.
      type: dict
      sample: {cash.not_counted: 3, orders.draft: 1}
    sessions:
      description:
        - With O(detail=sessions), of each session C(id), C(name), C(state), C(verdict), C(till) (id and name), C(hours_open),
          C(idle_minutes), and C(findings), which are the codes alone.
      type: list
      elements: dict
      sample:
        - id: 24
          name: POS/00024
          state: opened
          verdict: needs_count
          till: {id: 7, name: Till 7}
          hours_open: 9.4
          idle_minutes: 61
          findings: [cash.not_counted]
    closed_wrongly:
      description: With O(detail=sessions), sessions whose books do not hold, in the same shape.
      type: list
      elements: dict
    tills:
      description: With O(detail=sessions), the tills whose configuration is wrong, with the codes of what is wrong.
      type: list
      elements: dict
    findings:
      description: With O(detail=sessions), the codes of what is to be said of the database itself.
      type: list
      elements: str
explained:
  description:
    - The stores that were explained (see O(explain)), the worst first, each with its host and its lines for a screen, as
      P(retailops.odoo_pos.diagnosis_lines#filter) makes them. P(retailops.odoo_pos.fleet_lines#filter) prints them below the table.
  returned: always
  type: list
  elements: dict
  sample:
    - host: store_042
      lines: ["Store store_042 (Odoo 17.0), 11-22 21:04 UTC: no open session, and nothing wrong."]
summary:
  description:
    - The fleet in numbers. How many stores there are, how many were read and how many not (by reason), how many sessions are
      open and with which verdict, how many were closed wrongly, and how long it all took in milliseconds.
  returned: always
  type: dict
  sample:
    stores: 100
    read: 99
    unread: 1
    unread_by_reason: {late: 1}
    sessions: 120
    closable: 80
    needs_count: 30
    blocked: 10
    closed_wrongly: 2
    read_ms: 1840
"""
