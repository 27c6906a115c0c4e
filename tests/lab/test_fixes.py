# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fix holds on a real Odoo: see fixes.py."""

from __future__ import annotations

import pytest

from . import fixes
from .closing_store import shop_of

CASES = [(fix, series) for fix in fixes.everything() for series in fix.series]


@pytest.mark.parametrize("fix, series", CASES, ids=["%s-%d" % (fix.name, series) for fix, series in CASES])
def test_fix(fix, series):
    fixes.hold(fix, shop_of(series))
