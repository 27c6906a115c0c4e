# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What holds of the laboratory without starting it. Run: python3 -m pytest tests/lab"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.lab import coverage  # noqa: E402
from tests.lab.build import catalogue  # noqa: E402
from tests.lab.place import CannotBeHad, LabError, lock  # noqa: E402
from tests.lab.postgres import Cluster  # noqa: E402


def test_coverage_page_is_current():
    assert (HERE / "COVERAGE.md").read_text(encoding="utf-8") == coverage.text(), "run: python3 -m tests.lab coverage"


def test_every_finding_of_a_till_is_a_known_code():
    known = set(json.loads((HERE / "coverage.json").read_text(encoding="utf-8"))["codes"])
    for series in (14, 19):
        for till in catalogue(series):
            assert set(till.shows(series)) <= known, till.key


def test_enough_findings_are_live_on_19():
    assert sum(row[19][0] == "live" for row in coverage.table().values()) >= 35


@pytest.mark.parametrize("series", (14, 19))
def test_recorded_answers_cover_every_till_of_the_catalogue(series):
    truth = json.loads((HERE / "truth" / ("odoo-%d.json" % series)).read_text(encoding="ascii"))
    tills = {session["till"] for session in truth["sessions"] + truth["closed"]}
    missing = [till.key for till in catalogue(series) if "Till " + till.key not in tills and till.key != "hostile"]
    assert not missing, "run: python3 -m tests.lab truth %d" % series
    assert any("lookup(" in name for name in tills)


def test_recorded_answers_are_more_than_forty():
    total = 0
    for series in (14, 19):
        total += len(json.loads((HERE / "truth" / ("odoo-%d.json" % series)).read_text(encoding="ascii"))["sessions"])
    assert total >= 40


def test_a_series_that_is_not_there_is_one_clear_line():
    done = subprocess.run(
        [sys.executable, "-m", "tests.lab", "info", "7"],
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "tests.lab: The laboratory of Odoo 7 is not up: python3 -m tests.lab up 7.\n"


@pytest.fixture
def cluster():
    try:
        with Cluster.temporary() as started:
            yield started
    except CannotBeHad as error:
        pytest.skip(str(error))


def test_databases_are_made_copied_and_dropped(cluster):
    cluster.create("store")
    cluster.psql("store", "CREATE TABLE t AS SELECT :'word' AS word", word='it\'s; \\ "quoted"')
    cluster.clone("store", "copy")
    assert cluster.rows("copy", "SELECT word FROM t") == [{"word": 'it\'s; \\ "quoted"'}]
    cluster.drop("store")
    assert cluster.databases() == ["copy"]
    with pytest.raises(LabError, match="SQL failed in the database copy"):
        cluster.psql("copy", "SELECT 1 FROM nothing_here")


def test_a_machine_that_went_down_under_the_cluster_begins_anew(cluster):
    cluster.create("store")
    cluster.stop()
    (cluster.folder / "running").write_text("an earlier boot", encoding="ascii")
    assert cluster.start().databases() == []


def test_a_run_does_not_wait_for_itself(tmp_path, monkeypatch):
    monkeypatch.setenv("POS_LAB_CACHE", str(tmp_path))
    with lock("same"), lock("same", seconds=0):
        pass
    with lock("same", seconds=0):
        pass


def test_only_one_run_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setenv("POS_LAB_CACHE", str(tmp_path))
    other = "from tests.lab.place import lock\nwith lock('one', seconds=0): print('mine')"
    with lock("one"):
        done = subprocess.run(
            [sys.executable, "-c", other], cwd=HERE.parents[1], capture_output=True, text=True, check=False
        )
    assert "mine" not in done.stdout and "Another run holds" in done.stderr
