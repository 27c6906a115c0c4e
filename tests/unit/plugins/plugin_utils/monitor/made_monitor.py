# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores as the collection reads them, and the rules of the role, for the tests of monitoring."""

from __future__ import annotations

import json
import pathlib

import yaml

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.judge import Memory, Store, Watch, judge
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import Settings

from ...module_utils.made import NOW, closed, counted, method, session, store, till

ROLE = pathlib.Path(__file__).parents[5] / "roles/pos_monitor"
DEFAULTS = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
RULES = DEFAULTS["pos_monitor_rules"]
HOSTILE = "{{ lookup('pipe','id') }}\"\\\n</b> <!channel> @here [x](http://e.example) {name.__class__}"


def facts(*sessions, **other):
    """``pos_store`` of a store, as JSON brings it."""
    return json.loads(json.dumps(store_facts(store(19, *sessions, **other))))


def read(*sessions, **other):
    """The entry of a store in a scan."""
    return {"reachable": True, "error": None, "pos_store": facts(*sessions, **other)}


def unread(error="Cannot connect."):
    return {"reachable": False, "error": error}


def watch(rules=RULES, extra=(), silence=(), limits=()):
    """What a store is held to; nothing may be wrong with it."""
    made, faults = Watch.of(rules, list(extra), list(silence), dict(limits))
    assert not faults
    return made


def judged(*sessions, held_to=None, memory=None, now=NOW, **other):
    return judge(Store("store_042", True, "", facts(*sessions, **other)), held_to or watch(), memory or Memory(), now)


def rules_of(one):
    return sorted({alert.rule for alert in one.alerts})


def settings(rules=RULES, extra=(), silence=(), limits=()):
    return Settings(list(rules), list(extra), list(silence), dict(limits))


def sick():
    """Sessions of which each breaks another rule."""
    return (
        session(id=1, name="POS/00001", started_at=NOW.replace(day=20)),
        session(id=2, name="POS/00002", state="closing_control", till=till(id=2, name="Two")),
        counted("100.00", id=3, name="POS/00003", till=till(id=3, name="Three")),
        session(id=4, name="POS/00004", till=till(id=4, name="Four", methods=(method(loss_account_id=None),))),
        closed(entry=None, entry_state=None, unposted_orders=5),
    )
