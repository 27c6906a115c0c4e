# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own line in a session's closing notes (17 to 19): found again, and left out. Pure functions."""

from __future__ import annotations

from typing import Optional

MARK = "Closed by retailops.odoo_pos"
ASSUMED = ": it was assumed to hold what was expected."


def without_ours(notes: Optional[str]) -> list[str]:
    """The lines of others."""
    return [line for line in (notes or "").splitlines() if not line.startswith(MARK)]


def assumed(notes: Optional[str]) -> str:
    """Who had counted when an attempt of ours assumed the drawer, in the words of our line; empty where none did."""
    for line in (notes or "").splitlines():
        if line.startswith(MARK) and ASSUMED in line:
            return line[: line.index(ASSUMED)].partition("%s, plan " % MARK)[2].partition(". ")[2]
    return ""
