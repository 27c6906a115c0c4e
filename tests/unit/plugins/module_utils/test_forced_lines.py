# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line of a forced close in every language of Odoo."""

from __future__ import annotations

from ansible_collections.retailops.odoo_pos.plugins.module_utils.forced_lines import FORCED_HEX, FORCED_LINES
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection

from .made import NOW


def test_the_books_are_asked_for_the_line_in_every_language():
    asked = Selection().parameters(NOW)["forced"]
    assert asked is FORCED_HEX
    lines = [bytes.fromhex(line) for line in asked.split(",")]
    assert len(lines) == len(set(FORCED_LINES)) > 30
    for words in ("Difference at closing PoS session", "Écart à la fermeture de la session du PdV"):
        assert words.encode() in lines
