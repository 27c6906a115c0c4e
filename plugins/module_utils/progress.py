# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this process is doing that may take long: said by who does it, shown by who can show it (the action plugins)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

_DOING: list[str] = []


@contextmanager
def doing(text: str) -> Iterator[None]:
    """Within the block, this is what is being done."""
    _DOING.append(text)
    try:
        yield
    finally:
        _DOING.pop()


def what() -> Optional[str]:
    """What is being done; None for nothing that is worth a word."""
    return _DOING[-1] if _DOING else None
