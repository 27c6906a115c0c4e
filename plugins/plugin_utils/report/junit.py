# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for a pipeline: a suite is a store, a test case is store x check, and the checks are the same in every run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from .causes import AREAS
from .collect import Facts, standing

READ, RUN = "read", "run"
#: The names of the test cases: whether the store was read, what was found by area, and what this run did.
CHECKS = (READ, *AREAS, RUN)
# Characters that XML 1.0 cannot carry at all; control characters are gone before.
FORBIDDEN = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535], "�")


def junit(report: Facts) -> str:
    """The whole file, as pipelines read it. Blockers fail a case; warnings do where the report fails on warnings."""
    suites = ET.Element("testsuites", name=safe(report["title"]))
    totals = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for store in report["stores"]:
        suite = ET.SubElement(suites, "testsuite", name=safe(store["name"]))
        if store["read_at"]:
            suite.set("timestamp", store["read_at"].rstrip("Z"))
        counted = dict.fromkeys(totals, 0)
        for check in CHECKS:
            kind = case(suite, store, check, report["fail_on"] == "warning")
            counted["tests"] += 1
            if kind:
                counted[kind] += 1
        for name, number in counted.items():
            suite.set(name, str(number))
            totals[name] += number
    for name, number in totals.items():
        suites.set(name, str(number))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def case(suite: ET.Element, store: Facts, check: str, strict: bool) -> str:
    """Add one test case; return which count of the suite it belongs to, or nothing where it passed."""
    seconds = (store["read_ms"] or 0) / 1000 if check == READ else 0
    element = ET.SubElement(
        suite, "testcase", classname=safe("pos." + store["name"].replace(".", "_")), name=check, time="%.3f" % seconds
    )
    if not store["reachable"]:
        if check == READ:
            ET.SubElement(element, "error", type="unread", message=safe(store["error"] or ""))
            return "errors"
        ET.SubElement(element, "skipped", message="the store could not be read")
        return "skipped"
    found = list(ran(store) if check == RUN else seen(store, check))
    bad = [text for severity, text in found if severity == "blocker" or (strict and severity == "warning")]
    rest = [text for severity, text in found if text not in bad]
    if bad:
        more = " (and %d more)" % (len(bad) - 1) if len(bad) > 1 else ""
        failure = ET.SubElement(element, "failure", type=check, message=safe(bad[0] + more))
        failure.text = safe("\n".join(bad))
    if rest:
        ET.SubElement(element, "system-out").text = safe("\n".join(rest))
    return "failures" if bad else ""


def seen(store: Facts, area: str) -> Iterator[tuple[str, str]]:
    """The findings of one area, each with its severity, in a line that says where."""
    places = [("%s, %s: " % (s["till"]["name"], s["name"]), s["findings"]) for s in standing(store)]
    places += [("%s, settings: " % t["name"], t["findings"]) for t in store["tills"]]
    for where, findings in [*places, ("", store["findings"])]:
        for finding in findings:
            if finding["code"].split(".")[0] == area:
                yield finding["severity"], "%s%s (%s)" % (where, finding["message"], finding["code"])


def ran(store: Facts) -> Iterator[tuple[str, str]]:
    """What this run did: a failure or a check of the books that did not hold fails, a refusal is a warning."""
    severity: Mapping[str, str] = {"failed": "blocker", "refused": "warning"}
    for result in store["results"]:
        where = "%s, %s: " % (result["till"]["name"], result["session"]["name"])
        said = " ".join(part for part in (result["outcome"], result["message"]) if part)
        yield severity.get(result["outcome"], "info"), "%s: %s%s" % (result["role"], where, said)
        for check in result["proof"]:
            if not check["held"]:
                yield "blocker", "%s: %s%s does not hold: %s" % (result["role"], where, check["check"], check["detail"])


def safe(text: Any) -> str:
    """Text that XML can carry."""
    return str(text).translate(FORBIDDEN)
