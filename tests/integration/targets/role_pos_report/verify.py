# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify.py COLLECTION FOLDER STORES UNREAD: the files agree with each other and with the schema, whatever tills are called."""

from __future__ import annotations

import csv
import json
import pathlib
import sys
from xml.etree import ElementTree

import jsonschema

collection, folder, stores, unread = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), *map(int, sys.argv[3:5])
files = {path.suffix: path for path in folder.glob("pos-report.*")}
assert set(files) == {".html", ".json", ".csv", ".xml"}, files
assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o640}

report = json.loads(files[".json"].read_text(encoding="utf-8"))
schema = json.loads((collection / "docs/report.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator(schema).validate(report)
summary = report["summary"]
assert (summary["stores"], summary["unread"]) == (stores, unread), summary
assert summary["sessions"] == summary["blocked"] + summary["needs_count"] + summary["closable"] > 10
assert summary["tills_can_open"] < summary["tills"]
codes = {cause["code"] for cause in report["causes"]}
assert {"orders.draft_with_payment", "cash.not_counted", "books.closed_without_entry"} <= codes, codes

with open(files[".csv"], encoding="utf-8-sig", newline="") as handle:
    rows = list(csv.DictReader(handle))
lines = sum(max(1, len(s["sessions"]) + len(s["closed_wrongly"])) for s in report["stores"])
assert len(rows) == lines, (len(rows), lines)
assert "-12.50" in {row["difference"] for row in rows}
assert all(not row[column].startswith(("=", "@", "+")) for row in rows for column in row)

cases = ElementTree.parse(files[".xml"]).getroot()
assert int(cases.get("tests")) == len(cases.findall(".//testcase")) == stores * len(cases[0].findall("testcase"))
assert int(cases.get("errors")) == len(cases.findall(".//error")) == unread
assert int(cases.get("failures")) == len(cases.findall(".//failure")) > 0

page = files[".html"].read_text(encoding="utf-8")
data = page.split('id="data">')[1].split("</script>")[0]
assert {store["name"] for store in json.loads(data)["stores"]} == {store["name"] for store in report["stores"]}
# the name of SVG's elements is the only one, and no address
assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
for text in (page, *(path.read_text(encoding="utf-8") for path in files.values())):
    assert "\x1b" not in text and "\u202e" not in text
print("the four files agree on %d stores and %d sessions" % (summary["stores"], len(rows)))
