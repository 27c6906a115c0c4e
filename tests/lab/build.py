# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the broken database: every till of the catalogue that this series can have."""

from __future__ import annotations

import importlib
import pathlib
import time

from .client import Refused
from .clock import age, built_now
from .lab import source_key
from .place import LabError, say
from .tills import CATALOGUE

HERE = pathlib.Path(__file__).parent
# Importing them puts their tills into the catalogue, in this order.
for chapter in ("accounts", "books", "cash", "orders", "payments", "sessions"):
    importlib.import_module(".tills_" + chapter, __package__)


def catalogue(series):
    """The tills of a series, in the order in which they are made."""
    return [till for till in CATALOGUE if series in till.series]


class Build:
    """Breaks the tills of one series: ``Build(19)(lab)``. ``key`` changes when it would build something else."""

    def __init__(self, series):
        self.series = series
        self.key = source_key(HERE, "till*.py", "shop*.py", "clock.py", "build.py", "client.py")

    def __call__(self, lab, database, only=None):
        shop = self._shop(lab, database)
        chosen = [till for till in catalogue(self.series) if not only or till.key in only]
        for broken in chosen:
            started = time.monotonic()
            shop.tills.clear()
            try:
                broken.make(shop, broken.key)
            except Refused as error:
                raise LabError(
                    "The till %s could not be broken: Odoo says %s: %s" % (broken.key, error.name, error)
                ) from error
            self._age(lab, database, shop)
            took = time.monotonic() - started
            if took > 5:
                say("%s took %.0f s" % (broken.key, took))
        built_now(lab.pg, database)
        say("%d tills" % len(chosen))

    def _shop(self, lab, database):
        if self.series == 14:
            from .shop14 import Shop14 as Shop
        else:
            from .shop import Shop
        return Shop(lab.odoo(database), lab.pg)

    def _age(self, lab, database, shop):
        for till in shop.tills:
            found = lab.pg.rows(database, "SELECT id FROM pos_session WHERE config_id = :'till'::int", till=till.id)
            if found and till.hours_old:
                age(lab.pg, database, self.series, till.hours_old * 3600, [row["id"] for row in found])
