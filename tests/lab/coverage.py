# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which finding is proven where: COVERAGE.md, written from the tills themselves and from coverage.json."""

from __future__ import annotations

import json
import pathlib

from .build import catalogue

HERE = pathlib.Path(__file__).parent
LIVE = (14, 19)
SERIES = (14, 15, 16, 17, 18, 19)


def table():
    """For each finding, series by series: (kind, what shows it or why nothing does). kind: live, slice, unit or none."""
    data = json.loads((HERE / "coverage.json").read_text(encoding="utf-8"))
    found = {}
    for code in data["codes"]:
        found[code] = {}
        for series in SERIES:
            tills = [till.key for till in catalogue(series) if code in till.shows(series)] if series in LIVE else []
            helpers = data["helpers"].get(code, []) if series in LIVE else []
            slices = data["slices"].get(str(series), {}).get(code, [])
            absent = data["absent"].get(code, {}).get(str(series))
            if tills or helpers:
                found[code][series] = ("live", tills + helpers)
            elif slices:
                found[code][series] = ("slice", slices)
            elif absent:
                found[code][series] = ("none", [absent])
            else:
                why = data["unit"].get(code) or data["unit_series"].get(str(series)) or "rows made by hand"
                found[code][series] = ("unit", [why])
    return found


def text():
    """The page."""
    found = table()
    lines = [
        "# What is proven where",
        "",
        "Written by `python3 -m tests.lab coverage`; do not edit. **live**: a till of a real Odoo, started by `python3 -m"
        " tests.lab up 19` or `up 14`, is broken this way. **slice**: rows of a real store show it. **unit**: rows made"
        " by hand. **–**: this series has no such thing.",
        "",
        "| finding | " + " | ".join(map(str, SERIES)) + " |",
        "| --- |" + " --- |" * len(SERIES),
    ]
    for code, row in found.items():
        kinds = [row[series][0] if row[series][0] != "none" else "–" for series in SERIES]
        lines.append("| `%s` | %s |" % (code, " | ".join(kinds)))
    lines += [
        "",
        "Live: "
        + ", ".join(
            "%d of %d findings on %d" % (sum(row[series][0] == "live" for row in found.values()), len(found), series)
            for series in LIVE
        )
        + ".",
        "",
    ]
    for series in LIVE:
        lines += ["## Odoo %d, by which till" % series, ""]
        lines += [
            "* `%s`: %s" % (code, ", ".join(row[series][1])) for code, row in found.items() if row[series][0] == "live"
        ]
        lines += [""]
    lines += ["## Not live, and why", ""]
    for code, row in found.items():
        for series in LIVE:
            if row[series][0] != "live":
                lines.append("* `%s` on %d, %s: %s" % (code, series, row[series][0], ", ".join(row[series][1])))
    lines += [
        "",
        "## The tills",
        "",
        "| till | on | what a person would say | meant to show |",
        "| --- | --- | --- | --- |",
    ]
    everything = {till.key: till for series in LIVE for till in catalogue(series)}
    for till in everything.values():
        shown = "; ".join("%d: %s" % (series, ", ".join(till.shows(series)) or "nothing") for series in till.series)
        lines.append("| %s | %s | %s | %s |" % (till.key, ", ".join(map(str, till.series)), till.says, shown))
    return "\n".join(lines) + "\n"


def write():
    """Write COVERAGE.md."""
    (HERE / "COVERAGE.md").write_text(text(), encoding="utf-8")
