# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One store on a real Odoo for all of these tests; without a laboratory they are skipped, and say so."""

from __future__ import annotations

import pytest

from tests.lab.closing_store import copy_of


@pytest.fixture(scope="session")
def store():
    with copy_of(19, "awx") as found:
        yield found
