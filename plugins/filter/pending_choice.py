# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter pending_choice; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.pending import choose


def pending_choice(store: Any, named: bool = False, till_synced: bool = False) -> list[dict[str, Any]]:
    """See pending_choice.yml."""
    if not isinstance(store, Mapping) or "sessions" not in store:
        raise AnsibleFilterError("pending_choice wants ansible_facts['pos_store'], as pos_session_facts returns it.")
    return choose(store, bool(named), bool(till_synced))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"pending_choice": pending_choice}
