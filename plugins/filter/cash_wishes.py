# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cash_wishes; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.asked import BadWish, Store
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.cash_words import wishes


def cash_wishes(moves: Any, counts: Any, host: str, hosts: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """See cash_wishes.yml."""
    try:
        return wishes(moves, counts, Store(str(host), [str(one) for one in hosts]))
    except BadWish as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"cash_wishes": cash_wishes}
