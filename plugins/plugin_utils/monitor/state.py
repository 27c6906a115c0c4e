# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is remembered of each store between two runs: one small JSON file a store."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from .files import read_text, safe_name, write_whole
from .judge import Memory

VERSION = 1


class BadState(Exception):
    """A file of the state cannot be used. One sentence."""


def default_folder(environment: Mapping[str, str]) -> str:
    """Where the state is when nobody says so: beside the trail of changes."""
    state = environment.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(state, "retailops.odoo_pos", "monitor")


def path_of(folder: str, host: str) -> str:
    return os.path.join(folder, safe_name(host) + ".json")


def load(folder: str, host: str) -> Memory:
    """What is remembered of a store; nothing where there is no file. Raises BadState."""
    path = path_of(folder, host)
    try:
        text = read_text(path)
    except OSError as error:
        raise BadState("The state of %s cannot be read (%s: %s)." % (host, path, error.strerror)) from None
    if text is None:
        return Memory()
    try:
        return parse(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadState(
            "The state of %s is damaged (%s) and was begun anew: its alerts count as new." % (host, path)
        ) from None


def parse(found: Any) -> Memory:
    """Raises ValueError, KeyError or TypeError for what this collection did not write."""
    if found["version"] != VERSION:
        raise ValueError("version")
    alerts = {
        str(key): {
            "since": str(a["since"]),
            "told": bool(a["told"]),
            "severity": str(a["severity"]),
            "message": str(a["message"]),
        }
        for key, a in found["alerts"].items()
    }
    drawers = {
        str(till): {
            "till": str(d["till"]),
            "currency": str(d["currency"]),
            "decimals": int(d["decimals"]),
            "counts": [
                [int(session), None if at is None else str(at), int(units)] for session, at, units in d["counts"]
            ],
        }
        for till, d in found["drawers"].items()
    }
    return Memory(alerts, drawers)


def save(folder: str, host: str, memory: Memory, check_mode: bool) -> bool:
    """Write what is to be remembered; return whether that is anything new. Raises BadState."""
    path = path_of(folder, host)
    content = {"version": VERSION, "store": host, "alerts": memory.alerts, "drawers": memory.drawers}
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    try:
        if read_text(path) == text or (not os.path.exists(path) and not memory.alerts and not memory.drawers):
            return False
        if not check_mode:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            write_whole(path, text, 0o600)
    except OSError as error:
        raise BadState(
            "The state of %s cannot be written (%s: %s): set pos_monitor_state_dir to a folder that can."
            % (host, path, error.strerror)
        ) from None
    return True
