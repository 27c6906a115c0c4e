# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter cash_wishes; its documentation is beside it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.cash_words import wishes
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.choice import BadWish


def cash_wishes(moves: Any, counts: Any) -> dict[str, list[dict[str, Any]]]:
    """See cash_wishes.yml."""
    if isinstance(counts, str):
        # A survey sends the text of a JSON object; its numbers are taken as they were written.
        with contextlib.suppress(ValueError):
            counts = json.loads(counts or "{}", parse_float=str, parse_int=str)
    if not isinstance(counts, Mapping):
        raise AnsibleFilterError('pos_cash_balance_counts must map tills to amounts, such as {"Till 7": "117.50"}.')
    try:
        return wishes(moves, counts)
    except BadWish as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"cash_wishes": cash_wishes}
