# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue of tills: each is sold on as a cashier would, and then broken as the field breaks it."""

from __future__ import annotations

import dataclasses
from typing import Callable

CATALOGUE = []


@dataclasses.dataclass(frozen=True)
class Broken:
    """One till of the catalogue.

    key: its name; codes: the findings it is meant to show; on: other findings where a series differs; says: what a
    person would say about it; make: builds it; series: where it can be; alone: whether its sessions touch each other,
    so that each is tried on a copy of its own.
    """

    key: str
    codes: tuple
    on: dict
    says: str
    make: Callable
    series: tuple
    alone: bool

    def shows(self, series):
        """The findings that it is meant to show on ``series``."""
        return self.on.get(series, self.codes) if series in self.series else ()


def till(*codes, says, on=None, series=(14, 19), alone=False):
    """Enter the decorated function ``make(shop, key)`` into the catalogue under its own name."""

    def enter(make):
        CATALOGUE.append(Broken(make.__name__, codes, on or {}, says, make, series, alone))
        return make

    return enter
