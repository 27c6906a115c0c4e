# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""expressions.py DASHBOARD: the expressions of a Grafana dashboard as rules, which promtool can check."""

from __future__ import annotations

import json
import sys

with open(sys.argv[1], encoding="utf-8") as handle:
    panels = json.load(handle)["panels"]
found = [target["expr"].replace("$store", ".*") for panel in panels for target in panel["targets"]]
rules = [{"record": "panel:%d" % number, "expr": expression} for number, expression in enumerate(found)]
print(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
