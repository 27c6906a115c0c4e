# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a writing module's result amounts to, alike for every role: refused, failed, or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFUSED, FAILED = "refused", "failed"


def stopped(answer: Mapping[str, Any]) -> str:
    """REFUSED, FAILED, or empty for a task that ended well. A message without a refusal is a failure, and so is a lost proof."""
    if answer.get("refused"):
        return REFUSED
    return FAILED if "msg" in answer or answer.get("proven") is False else ""
