# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter close_choice; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.asked import BadWish, Store
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.choice import Wish, choose


def close_choice(store: Any, host: str, hosts: Sequence[str], **options: Any) -> dict[str, Any]:
    """See close_choice.yml."""
    if not isinstance(store, Mapping) or "sessions" not in store:
        raise AnsibleFilterError("close_choice wants ansible_facts['pos_store'], as pos_session_facts returns it.")
    try:
        return choose(store, Wish.of(options, Store(str(host), [str(one) for one in hosts])))
    except BadWish as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"close_choice": close_choice}
