# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores of a scan that want somebody's attention most, explained from the very reading that the table is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts
from ansible_collections.retailops.odoo_pos.plugins.module_utils.store import Store

from .fleet_words import WORST_FIRST, whole
from .table import wrap
from .words import diagnosis


class Worst:
    """Keeps as few stores as will be explained, while the others go by: hundreds of them would fill the memory.

    ``hosts`` are in the order of the scan. ``every``: whether all that are read are kept, not the ``explain`` worst alone; the attribute
    says so also where there are no more than that.
    """

    def __init__(self, hosts: Sequence[str], explain: int, every: bool) -> None:
        self._place = {host: number for number, host in enumerate(hosts)}
        self._most = explain
        self.every = whole(len(hosts), explain, every)
        self._kept: dict[str, tuple[str, Store]] = {}

    def look_at(self, host: str, standing: str, store: Store) -> None:
        """Keep a store where it is among the worst so far. Not for threads: called with the scan's lock held."""
        if self.every or standing != "clean":
            self._kept[host] = standing, store
        if not self.every and len(self._kept) > self._most:
            del self._kept[max(self._kept, key=self._rank)]

    def explained(self, width: int) -> list[dict[str, Any]]:
        """What stands in the way of each, as lines of at most ``width`` cells, the worst first."""
        return [{"host": host, "lines": self._lines(host, width)} for host in sorted(self._kept, key=self._rank)]

    def _lines(self, host: str, width: int) -> list[str]:
        store = self._kept[host][1]
        name = [] if store.database == host else [host + ":"]
        try:
            return name + diagnosis(store_facts(store), width)
        except Exception as error:
            # Nothing that a database holds may hide the others.
            return name + wrap("Store %s: explaining it failed (%s)." % (store.database, type(error).__name__), width)

    def _rank(self, host: str) -> tuple[int, int]:
        return WORST_FIRST.index(self._kept[host][0]), self._place[host]
