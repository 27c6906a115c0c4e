#!/usr/bin/python
# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: pos_monitor
short_description: Hold the stores of a play to rules, and bring out what they find
description:
  - Runs once for all stores of a play. Evaluates rules, which are data, over what was read of each store, and makes of it
    alerts, a file for Prometheus, and a message to a chat.
  - Remembers, store by store, which alerts there were and by how much each till's drawer differed, so that it can say what
    is new, what is over, and what is unusual for this very till.
  - A count is learnt from a session that is still open, and from the trail of changes (the variable C(odoo_pos_trail)) where this
    collection closed it. A session that a shop counts and closes by itself between two runs is not seen.
  - A rule, a silence or a limit that cannot be used, a folder that cannot be written to and a webhook that does not answer
    are named in RV(faults), and stop nothing else.
  - Runs on the controller and changes no store. Set C(run_once) on the task.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.attributes
attributes:
  check_mode:
    support: full
    details:
      - Writes no file and tells nobody; returns what it would have.
  diff_mode:
    support: full
    details:
      - Shows up to twenty files of metrics that change, and the message.
  idempotent:
    support: partial
    details:
      - While the stores stay as they are nothing is changed. Sessions grow older, however, so that a rule about their age may
        find something new.
      - With O(webhook_on=always) every run tells.
options:
  scan:
    description:
      - What M(retailops.odoo_pos.pos_fleet_info) returned with O(retailops.odoo_pos.pos_fleet_info#module:detail=full), where
        that has been done already.
    type: dict
  read:
    description:
      - Whether to read the stores of the play now, as M(retailops.odoo_pos.pos_fleet_info) does, where no O(scan) is given.
        Handing a large scan from task to task takes longer than that.
      - Otherwise the facts that M(retailops.odoo_pos.pos_session_facts) left on the hosts of the play are taken. A host that
        failed before counts as a store that cannot be read.
    type: bool
    default: true
  closed_days:
    description:
      - With O(read), how many days to look back for sessions that are closed and whose books are not.
    type: int
    default: 7
  deadline:
    description:
      - With O(read), seconds for reading all stores. Those that take longer count as stores that cannot be read.
    type: int
    default: 300
  rules:
    description:
      - Each with C(name) (lower case), C(when) (a JMESPath expression), C(severity) (V(critical), V(warning) or V(info)) and
        C(message).
      - C(when) sees what M(retailops.odoo_pos.pos_session_facts) returns as C(pos_store), and beside it C(host), C(reachable), C(error),
        C(limits) and C(counts.rescue). Every session and till also has C(limits) and C(why) (the messages of its findings), every
        session C(usual). It must yield true or false, for the store, or a list of sessions, tills or findings.
      - C(message) is plain text in which V({till.name}) stands for a field of what was matched, or of the store.
    type: list
    elements: raw
    required: true
  rules_extra:
    description:
      - More rules. One with the name of another takes its place.
      - A host's own variable C(pos_monitor_rules_extra) wins for that host.
    type: list
    elements: raw
    default: []
  silence:
    description:
      - What nobody needs to hear of. Each with C(rule), and if need be C(store) (both may be patterns), C(till) (id or name),
        C(until) (a day, to its end, or an ISO 8601 time) and C(reason).
      - A host's own variable C(pos_monitor_silence) wins for that host.
    type: list
    elements: raw
    default: []
  limits:
    description:
      - The numbers that rules compare with, over the defaults C(hours_open) 16, C(stuck_minutes) 60, C(drawer_difference) 10.00,
        C(rescue_sessions) 3, C(spread_factor) 4, C(spread_floor) 2.00 and C(spread_counts) 8. Further names are for
        rules of one's own.
      - Amounts of money are given in the currency; rules find them as minor units under C(limits.minor).
      - A host's own variable C(pos_monitor_limits) wins for that host.
    type: dict
    default: {}
  metrics_dir:
    description:
      - The folder that node_exporter's textfile collector reads. One file a store, C(odoo_pos_<store>.prom), is written there
        in one step, readable for everybody. The folder must be there.
      - Its text changes only when the store does. The time of a file is that of the last run over its store.
    type: path
  state_dir:
    description:
      - The folder of what is remembered. It is made when it is not there.
      - Not given, C(retailops.odoo_pos/monitor) below E(XDG_STATE_HOME) or C(~/.local/state).
    type: path
  keep_state:
    description:
      - Whether anything is remembered. Otherwise every alert is new in every run, and nothing is unusual.
    type: bool
    default: true
  webhook_url:
    description:
      - An incoming webhook that takes Slack's payload. It is a secret and appears in no output.
    type: str
  webhook_on:
    description:
      - With V(change) a message is sent when an alert is new or over, with V(always) whenever there is one.
    type: str
    choices: [change, always]
    default: change
  webhook_timeout:
    description:
      - Seconds to wait for one answer.
    type: int
    default: 10
  webhook_attempts:
    description:
      - How often to try in all, with waits that double from one second on. What could not be told is told by the next run.
    type: int
    default: 4
  validate_certs:
    description:
      - Whether the certificate of O(webhook_url) is checked.
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificate authorities that may have signed it.
    type: path
  width:
    description:
      - How many cells a line of RV(lines) may take.
    type: int
    default: 120
requirements:
  - jmespath on the controller
seealso:
  - module: retailops.odoo_pos.pos_fleet_info
  - module: retailops.odoo_pos.pos_session_facts
  - plugin: retailops.odoo_pos.pos_alerts
    plugin_type: filter
  - plugin: retailops.odoo_pos.pos_metrics
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Hold the stores to one rule, for Prometheus
  retailops.odoo_pos.pos_monitor:
    metrics_dir: /var/lib/prometheus/node-exporter
    rules:
      - name: session_forgotten
        when: sessions[?hours_open > limits.hours_open]
        severity: warning
        message: "Till {till.name}: session {name} has been open for {hours_open} hours."
  run_once: true
"""

RETURN = r"""
alerts:
  description:
    - What the rules matched, worst first. C(silenced) says until when and why, and is null for what is to be heard.
    - C(till) and C(session) are null where the alert is about something else.
  returned: always
  type: list
  elements: dict
  sample:
    - store: store_042
      rule: session_forgotten
      severity: warning
      message: "Till Till 7: session POS/00024 has been open for 40.5 hours."
      till: {id: 7, name: Till 7}
      session: {id: 24, name: POS/00024}
      since: "2026-11-22T07:00:00Z"
      new: true
      silenced: null
over:
  description: What a webhook was told of and is no longer so.
  returned: always
  type: list
  elements: dict
  sample: [{store: store_042, message: "store_042 cannot be read."}]
faults:
  description: What could not be used or done, and which stores met it.
  returned: always
  type: list
  elements: dict
  sample:
    - what: rule
      name: mine
      message: "Rule mine is not used: its expression is no JMESPath: Invalid jmespath expression: Incomplete expression."
      stores: []
summary:
  description: The run in numbers.
  returned: always
  type: dict
  sample: {stores: 100, unreachable: 1, critical: 2, warning: 5, info: 0, silenced: 1, new: 3, over: 0}
written:
  description: The files that changed, or would, and V(webhook) where a message was sent, or would be.
  returned: always
  type: list
  elements: str
  sample: [/var/lib/prometheus/node-exporter/odoo_pos_store_042.prom]
webhook:
  description: Whether there is a webhook, how many alerts and ends the message has, and whether it was sent.
  returned: always
  type: dict
  sample: {wanted: true, alerts: 3, over: 0, sent: true}
lines:
  description: All of it as lines for M(retailops.odoo_pos.pos_show).
  returned: always
  type: list
  elements: str
  sample: ["100 stores: 2 critical, 5 warning; 3 new."]
"""
