# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a log from its end: whatever is in it, however large, and the journal of systemd."""

from __future__ import annotations

import io
import json
import os
import tracemalloc

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import log_reading
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, Unreachable
from ansible_collections.retailops.odoo_pos.plugins.module_utils.log_info import log_info
from ansible_collections.retailops.odoo_pos.plugins.module_utils.log_reading import Budget

LINE = b"2026-11-22 07:00:00,123 4711 INFO store_042 odoo.http: nothing to see\n"
ERROR = b"2026-11-22 07:00:01,123 4711 ERROR store_042 odoo.http: pos.session\n"


def backwards(text, most=2**30):
    budget = Budget(most)
    return list(log_reading.lines_backwards(io.BytesIO(text), budget)), budget


@pytest.mark.parametrize("block", (1, 2, 3, 7, 64, 4096))
@pytest.mark.parametrize(
    "text",
    [b"", b"\n", b"a", b"a\n", b"a\nb", b"a\n\nbb\r\nccc\n", b"\n\n\n", LINE * 3 + ERROR, bytes(range(256)) * 3],
    ids=len,
)
def test_the_lines_of_a_file_backwards(text, block, monkeypatch):
    monkeypatch.setattr(log_reading, "BLOCK", block)
    wanted = [line.rstrip(b"\r") for line in reversed(text.split(b"\n"))]
    lines, budget = backwards(text)
    assert [line for line in lines if line] == [line for line in wanted if line]
    assert budget.read == len(text) and not budget.cut


def test_no_more_than_the_budget_is_read(monkeypatch):
    monkeypatch.setattr(log_reading, "BLOCK", 100)
    lines, budget = backwards(LINE * 100, most=5 * len(LINE))
    assert budget.cut and budget.read == 5 * len(LINE) and 4 <= len([one for one in lines if one]) <= 5


def test_a_line_without_an_end_keeps_its_beginning(monkeypatch):
    monkeypatch.setattr(log_reading, "BLOCK", 1000)
    monkeypatch.setattr(log_reading, "LONGEST_LINE", 50)
    lines, _budget = backwards(b"first\n" + b"HEAD" + b"x" * 10_000 + b"\nlast\n")
    assert [one for one in lines if one] == [b"last", b"HEAD" + b"x" * 46, b"first"]


def test_files_that_cannot_be_read(tmp_path):
    for path, words in (
        (tmp_path / "odoo.log.1.gz", "compressed"),
        (tmp_path / "gone.log", "No such file"),
        (tmp_path, "directory"),
        ("/dev/null", "no file"),
    ):
        with pytest.raises(BadInput, match=words):
            list(log_reading.lines_of_file(str(path), Budget(1000)))


def test_memory_does_not_grow_with_the_log(tmp_path):
    """Several GB, most of it a hole of zero bytes; what is told stands at the end, above 8 MB of other lines."""
    huge = tmp_path / "odoo.log"
    with open(huge, "wb") as log:
        log.seek(6 * 2**30)
        log.write(b"\n" + ERROR + LINE * (8 * 2**20 // len(LINE)))
    tracemalloc.start()
    try:
        result = log_info({"path": str(huge), "max_entries": 20, "max_bytes": 64 * 2**20}, False, False)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [entry["message"] for entry in result["entries"]] == ["pos.session"]
    assert result["summary"]["bytes_read"] == 64 * 2**20 and not result["summary"]["complete"]
    assert peak < 8 * 2**20, peak


# --- the journal of systemd -------------------------------------------------------------------------------------------


@pytest.fixture
def journalctl(tmp_path, monkeypatch):
    """A journalctl that prints what a test wants, and keeps how it was called."""

    def make(records, code=0, complaint=""):
        (tmp_path / "records").write_text("".join(json.dumps(record) + "\n" for record in records))
        program = tmp_path / "journalctl"
        program.write_text(
            "#!/bin/sh\necho \"$@\" >%s/called\ncat %s/records\necho '%s' >&2\nexit %d\n"
            % (tmp_path, tmp_path, complaint, code)
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep + os.environ["PATH"])
        return tmp_path / "called"

    return make


def test_the_journal_is_read_newest_first(journalctl):
    called = journalctl(
        [{"MESSAGE": "newest"}, {"MESSAGE": "one\ntwo"}, {"MESSAGE": list(b"\xff!")}, {"MESSAGE": None}, {}]
    )
    lines = list(log_reading.lines_of_journal("odoo.service", None, Budget(10_000)))
    assert [one for one in lines if one] == [b"newest", b"two", b"one", b"\xff!"]
    assert "--unit odoo.service --reverse" in called.read_text() and "--since" not in called.read_text()


def test_the_journal_ends_with_the_budget(journalctl):
    journalctl([{"MESSAGE": "x" * 100}] * 100)
    budget = Budget(1000)
    assert len(list(log_reading.lines_of_journal("odoo", None, budget))) < 10 and budget.cut


def test_a_journal_that_cannot_be_read(journalctl, monkeypatch):
    journalctl([], code=1, complaint="No journal files were opened")
    with pytest.raises(Unreachable, match="No journal files were opened"):
        list(log_reading.lines_of_journal("odoo", None, Budget(1000)))
    for unit in ("", "-x", "--vacuum-size=1", "a b", "a;b", "$(id)"):
        with pytest.raises(BadInput, match="no name of a unit"):
            list(log_reading.lines_of_journal(unit, None, Budget(1000)))
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BadInput, match="no journalctl"):
        list(log_reading.lines_of_journal("odoo", None, Budget(1000)))
