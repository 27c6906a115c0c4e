# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""parse.py FILE...: Prometheus' own parser reads every file, and no series is there twice, also not in two of them."""

from __future__ import annotations

import sys

from prometheus_client.parser import text_string_to_metric_families

seen = set()
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as handle:
        for family in text_string_to_metric_families(handle.read()):
            for sample in family.samples:
                series = (sample.name, *sorted(sample.labels.items()))
                if series in seen:
                    sys.exit("%s: %s is there twice" % (path, series))
                seen.add(series)
print("%d series" % len(seen))
