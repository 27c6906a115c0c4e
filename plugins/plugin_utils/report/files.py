# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import pathlib
import tempfile


def write(path: pathlib.Path, content: str, mode: int) -> bool:
    """Replace the file in one step where its content differs; return whether it did. Raises OSError."""
    data = content.encode("utf-8", errors="replace")
    if same(path, data):
        path.chmod(mode)
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".%s." % path.name[:40], dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(data)
            file.flush()
            os.fsync(handle)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    return True


def same(path: pathlib.Path, data: bytes) -> bool:
    """Whether the file holds exactly that already."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
