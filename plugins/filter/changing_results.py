# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter changing_results; its documentation is beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.changing_words import results_of


def changing_results(chosen: Any, answers: Any, done: str, would: str) -> list[dict[str, Any]]:
    """See changing_results.yml."""
    if not isinstance(answers, Mapping):
        raise AnsibleFilterError("changing_results wants what a task registered.")
    return results_of(list(chosen), list(answers.get("results", [answers] if answers else [])), str(done), str(would))


class FilterModule:
    """Registers the filter."""

    def filters(self) -> dict[str, Any]:
        return {"changing_results": changing_results}
