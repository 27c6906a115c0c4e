# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter diagnosis_lines; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.words import diagnosis


def diagnosis_lines(store: Any, width: Any = 120) -> list[str]:
    """See diagnosis_lines.yml."""
    if not isinstance(store, Mapping) or "sessions" not in store:
        raise AnsibleFilterError("diagnosis_lines wants ansible_facts['pos_store'], as pos_session_facts returns it.")
    return diagnosis(store, max(80, int(width)))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"diagnosis_lines": diagnosis_lines}
