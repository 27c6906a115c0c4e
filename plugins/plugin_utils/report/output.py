# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report's files: rendered, then written, each whole or not at all."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import history
from .collect import Facts
from .drawers import drawer_of
from .files import same, write
from .junit import junit
from .model import with_history
from .page import page
from .sheet import sheet

RENDER: Mapping[str, tuple[str, Callable[[Facts], str]]] = {
    "html": ("html", page),
    "json": ("json", lambda report: json.dumps(report, ensure_ascii=False, indent=1) + "\n"),
    "csv": ("csv", sheet),
    "junit": ("xml", junit),
}
NAMED = 5


@dataclass(frozen=True)
class Place:
    """Where the files go, and how. ``history`` is None where nothing is kept for charts over time."""

    folder: pathlib.Path
    name: str
    formats: tuple[str, ...]
    mode: int
    history: pathlib.Path | None
    history_days: int
    check_mode: bool


def put(report: dict[str, Any], place: Place) -> dict[str, Any]:
    """Write the files; return what a task returns. In check mode nothing is written. Raises OSError."""
    report, changed, faults = remembered(report, place)
    paths = {}
    for kind in place.formats:
        suffix, render = RENDER[kind]
        path = place.folder / ("%s.%s" % (place.name, suffix))
        content = render(report)
        if place.check_mode:
            changed |= not same(path, content.encode("utf-8", errors="replace"))
        else:
            changed |= write(path, content, place.mode)
        paths[kind] = str(path)
    failing = {store["name"]: store["fails"] for store in report["stores"] if store["fails"]}
    return {
        "changed": changed,
        "paths": paths,
        "summary": report["summary"],
        "failing": failing,
        "trail_broken": trail_broken(report),
        "msg": message(report, failing),
        "warnings": faults,
    }


def remembered(report: dict[str, Any], place: Place) -> tuple[dict[str, Any], bool, list[str]]:
    """The report with its history, whether the history changed, and which of its files could not be read."""
    folder, at = place.history, report["generated_at"]
    if folder is None or at is None:
        return with_history(report, ()), False, []
    earlier, faults = history.read(folder, place.history_days, at[:10])
    now = [drawer for entry in report["drawers"] if (drawer := drawer_of(entry))]
    changed = False if place.check_mode else history.keep(folder, now, at[:10], place.history_days, place.mode)
    return with_history(report, earlier), changed, faults


def trail_broken(report: Facts) -> list[str]:
    """Where the trail of changes breaks, where that is to fail the play."""
    trail = report["trail"]
    return list(trail["broken"]) if trail and report["fail_on"] != "never" else []


def message(report: Facts, failing: Mapping[str, list[str]]) -> str:
    """What the play ends with, in a sentence."""
    broken = trail_broken(report)
    ends = ["the trail of changes is broken (%s)" % broken[0]] if broken else []
    if failing:
        named = ["%s (%s)" % (name, ", ".join(why)) for name, why in list(failing.items())[:NAMED]]
        more = " and %d more" % (len(failing) - NAMED) if len(failing) > NAMED else ""
        said = "%d of %d store(s) fail: %s%s" % (len(failing), len(report["stores"]), ", ".join(named), more)
        ends.insert(0, said)
    if not ends:
        return "No store of %d fails (fail_on is %s)." % (len(report["stores"]), report["fail_on"])
    return "%s. fail_on is %s." % ("; ".join(ends), report["fail_on"])
