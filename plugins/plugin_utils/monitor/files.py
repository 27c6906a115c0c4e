# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that others read while they are written: whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile


def safe_name(host: str) -> str:
    """A file name for a host, never a path, and never the same for two hosts."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", host)[:100].lstrip(".")
    return plain if plain == host else "%s-%s" % (plain, hashlib.sha256(host.encode()).hexdigest()[:8])


def read_text(path: str) -> str | None:
    """What a file holds; None where there is none. Raises OSError."""
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except FileNotFoundError:
        return None


def write_whole(path: str, text: str, mode: int) -> None:
    """Replace a file in one step. Raises OSError.

    The new one lies beside it under a name that ends in .tmp, which node_exporter's collector does not pick up.
    """
    handle, fresh = tempfile.mkstemp(prefix=".%s." % os.path.basename(path), suffix=".tmp", dir=os.path.dirname(path))
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            os.fchmod(opened.fileno(), mode)
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(fresh, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        raise
