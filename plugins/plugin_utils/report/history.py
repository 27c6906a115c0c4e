# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The drawers of earlier runs, one file a day, so that differences can be shown over time."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from .drawers import Drawer, drawer_of, merged
from .files import write

NAME = re.compile(r"drawers-(\d{4}-\d\d-\d\d)\.json")


def read(folder: pathlib.Path, days: int, today: str) -> tuple[list[Drawer], list[str]]:
    """The drawers of the last ``days`` before ``today`` (YYYY-MM-DD), and which files could not be read, in a sentence each."""
    found: list[Drawer] = []
    faults = []
    for day, path in files(folder):
        if day < first_day(today, days):
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            entries = [drawer_of(entry) for entry in content["drawers"]]
        except (OSError, ValueError, LookupError, TypeError):
            entries = [None]
        found += [entry for entry in entries if entry]
        if None in entries:
            faults.append("%s is no file of drawers, or not all of it is: it was left out of the charts." % path.name)
    return merged(found, ()), faults


def keep(folder: pathlib.Path, found: Iterable[Drawer], today: str, days: int, mode: int) -> bool:
    """Add the drawers to the file of ``today`` and drop files older than ``days``; return whether anything changed."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        path = folder / ("drawers-%s.json" % today)
        before = read_one(path)
        content = [d.facts() for d in merged(before, found)]
        changed = write(path, json.dumps({"drawers": content}, indent=1, ensure_ascii=False) + "\n", mode)
        for day, old in files(folder):
            if day < first_day(today, days):
                old.unlink()
                changed = True
    return changed


def read_one(path: pathlib.Path) -> list[Drawer]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["drawers"]
        return [drawer for drawer in map(drawer_of, entries) if drawer]
    except (OSError, ValueError, LookupError, TypeError):
        return []


def files(folder: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    """The files of the history, oldest first, each with its day."""
    found = [(NAME.fullmatch(path.name), path) for path in folder.glob("drawers-*.json")]
    return sorted((match[1], path) for match, path in found if match)


def first_day(today: str, days: int) -> str:
    return (date.fromisoformat(today) - timedelta(days=days)).isoformat()


@contextmanager
def locked(folder: pathlib.Path) -> Iterator[None]:
    """Slices of one job take turns."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
