# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counts that the tests' own driver reads from what the tools wrote."""

from __future__ import annotations

import json

from ansible_collections.retailops.odoo_pos.tests.support.driver.counts import Count, of_integration, of_junit

JUNIT = """<testsuites><testsuite>
<testcase name="good"/>
<testcase name="bad"><failure/></testcase>
<testcase name="broken"><error/></testcase>
<testcase name="left out"><skipped>no such server here</skipped></testcase>
<testcase name="not for us"><skipped>No tests applicable.</skipped></testcase>
</testsuite></testsuites>"""

OUTPUT = """Running alpha integration test script
hello
Running beta integration test script
ERROR: Command "./runme.sh" returned exit status 3.
Running gamma integration test role
SKIPPED: gamma: no slices of real stores beside the checkout
Running delta integration test script
SKIPPED: delta/odoo-15: no slice of that series
FATAL: The 1 integration test(s) listed below (out of 4) failed. See error output above for details:
beta
"""


def test_junit_cases_are_told_apart(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(JUNIT, encoding="utf-8")
    assert of_junit(path, path) == Count(passed=2, failed=4, skipped=2)


def test_a_target_that_left_no_record_has_failed_and_a_skip_is_not_a_pass(tmp_path):
    targets = {name: {} for name in ("alpha", "gamma", "delta")}
    (tmp_path / "integration-2026.json").write_text(json.dumps({"targets": targets}), encoding="utf-8")
    assert of_integration(OUTPUT, tmp_path) == Count(passed=2, failed=1, skipped=2)


def test_nothing_recorded_means_everything_failed(tmp_path):
    assert of_integration(OUTPUT, tmp_path) == Count(failed=4, skipped=2)


def test_a_count_is_written_as_the_closing_line_is_read():
    assert str(Count(passed=3, failed=0, skipped=1)) == "3 passed, 0 failed, 1 skipped"
