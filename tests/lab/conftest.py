# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tests share a worker: those of a file, which share their copies of a store; the table of fixes goes by series."""

from __future__ import annotations

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        series = item.callspec.params.get("series") if hasattr(item, "callspec") else None
        apart = item.path.name == "test_fixes.py"
        item.add_marker(pytest.mark.xdist_group("%s %s" % (item.path.name, series if apart else "")))
