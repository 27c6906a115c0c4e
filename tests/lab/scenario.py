# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A broken store for a scenario of Molecule: ``python3 -m tests.lab.scenario make CASE FILE [SERIES]``, and ``drop FILE``.

CASE is a function of a fixes_*.py, such as fixes_orders.unpaid_draft. FILE says, as JSON, where the store is: the variables that
an inventory would give, and the broken session.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys

from . import fixes
from .closing_store import Store, laboratory
from .lab import TEMPLATE


def make(name, file, series="19"):
    """Break a till in a store of its own and write down where it is."""
    (fix,) = [
        fix for fix in fixes.everything() if "%s.%s" % (fix.make.__module__.split(".")[-1], fix.make.__name__) == name
    ]
    lab = laboratory(int(series))
    database = lab.clone("scenario_%s_%d" % (fix.make.__name__, os.getpid()), TEMPLATE)
    store = Store(lab, database)
    case = fix.make(store)
    known = {
        "odoo_pos_login_host": store.pg["login_host"],
        "odoo_pos_login_port": store.pg["login_port"],
        "odoo_pos_login_user": store.pg["login_user"],
        "odoo_pos_login_db": database,
        "odoo_pos_url": store.info["odoo"]["url"],
        "odoo_pos_user": "admin",
        "odoo_pos_password": "admin",
        "series": int(series),
        "session": case.ident(),
        "name": store.session(case.ident())["name"] if case.ident() else None,
        "till": case.till and case.till.name,
        "card": case.till and case.till.card,
    }
    pathlib.Path(file).write_text(json.dumps(known))


def drop(file):
    """Drop the store that FILE names; nothing to do where there is none."""
    path = pathlib.Path(file)
    if path.exists():
        known = json.loads(path.read_text())
        laboratory(known["series"]).drop(known["odoo_pos_login_db"])
        path.unlink()


if __name__ == "__main__":
    {"make": make, "drop": drop}[sys.argv[1]](*sys.argv[2:])
