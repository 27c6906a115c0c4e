# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter pos_alerts; its documentation is beside it."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.rules import JMESPATH_MISSING
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import alerts_of


def pos_alerts(store: Any, rules: Any, limits: Any = None, silence: Any = None, host: Any = "") -> dict[str, Any]:
    """See pos_alerts.yml."""
    if JMESPATH_MISSING:
        raise AnsibleFilterError("pos_alerts needs jmespath on the machine that runs Ansible (pip install jmespath).")
    facts, given, numbers, quiet = json.loads(json.dumps([store, rules, limits or {}, silence or []], default=str))
    if not isinstance(facts, dict) or "sessions" not in facts:
        raise AnsibleFilterError("pos_alerts wants ansible_facts['pos_store'], as pos_session_facts returns it.")
    return alerts_of(facts, str(host or facts["database"]), given, numbers, quiet, datetime.now(timezone.utc))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"pos_alerts": pos_alerts}
