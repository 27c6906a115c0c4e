# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits: the numbers that rules compare with, by name. Those of money are given in the currency, compared in its minor units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .rules import Fault

# Text, because a fraction of money is never a float.
DEFAULTS: Mapping[str, str] = {
    # A session that has been open for more hours was forgotten.
    "hours_open": "16",
    # A till that has been in closing control, unused, for more minutes is stuck.
    "stuck_minutes": "60",
    # A drawer that differs by more, where the till has no limit of its own.
    "drawer_difference": "10.00",
    # As many open rescue sessions are a pile.
    "rescue_sessions": "3",
    # How many times this till's own spread a drawer may be off what it usually is, and the least that counts as off.
    "spread_factor": "4",
    "spread_floor": "2.00",
    # How many counts of a till must be known before they say what is usual.
    "spread_counts": "8",
}


def number(value: Any) -> Decimal | None:
    """A number, or the text of one; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal("1e15") else None


def read_limits(given: Any) -> tuple[dict[str, Decimal], tuple[Fault, ...]]:
    """The defaults with what is given over them, and what is wrong with the others. A name of one's own is for one's own rules."""
    limits = {name: Decimal(text) for name, text in DEFAULTS.items()}
    if not isinstance(given, Mapping):
        return limits, (Fault("limit", "", "The limits are no mapping of names to numbers; the defaults are used."),)
    faults = []
    for name, value in given.items():
        found = number(value)
        if found is None or found < 0:
            text = "Limit %s is not used: it must be a number, 0 or more." % clean(name)[:64]
            faults.append(Fault("limit", clean(name)[:64], text))
        else:
            limits[str(name)] = found
    return limits, tuple(faults)


def minor(amount: Decimal, decimals: int) -> int:
    """An amount of money in whole minor units, half a unit away from zero."""
    return int(amount.scaleb(decimals).to_integral_value(ROUND_HALF_UP))


def for_rules(limits: Mapping[str, Decimal], decimals: int) -> dict[str, Any]:
    """The limits as numbers that JMESPath compares, and under ``minor`` each as minor units of a currency."""
    plain: dict[str, Any] = {
        name: int(value) if value == int(value) else float(value) for name, value in limits.items()
    }
    return {**plain, "minor": {name: minor(value, decimals) for name, value in limits.items()}}
