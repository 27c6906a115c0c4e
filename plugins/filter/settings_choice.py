# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter settings_choice; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.settings import ANSWERS, BadMap, choose


def settings_choice(store: Any, role: Any, **options: Any) -> dict[str, Any]:
    """See settings_choice.yml."""
    if not isinstance(store, Mapping) or "tills" not in store:
        raise AnsibleFilterError("settings_choice wants ansible_facts['pos_store'], as pos_session_facts returns it.")
    if role not in ANSWERS:
        raise AnsibleFilterError("settings_choice knows the roles %s." % " and ".join(sorted(ANSWERS)))
    try:
        return choose(store, str(role), options)
    except BadMap as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"settings_choice": settings_choice}
