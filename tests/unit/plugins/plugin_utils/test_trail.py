# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trail holds what was done, in the order in which it was done, and shows where somebody was at it."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat

import pytest

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import trail as module


@pytest.fixture
def trail(tmp_path):
    path = str(tmp_path / "new folder" / "trail.jsonl")
    for number in range(5):
        module.append(path, {"number": number, "till": "Till {{ 7 }} \u2028 \x1b[31m é"})
    return path


def lines(path):
    with open(path, "rb") as handle:
        return handle.read().splitlines(keepends=True)


def write(path, kept):
    with open(path, "wb") as handle:
        handle.writelines(kept)


def test_a_trail_that_nobody_touched_is_whole(trail):
    told = module.verify(trail)
    assert told.broken == () and told.lines == 5 and told.last == json.loads(lines(trail)[-1])["hash"]
    assert stat.S_IMODE(os.stat(trail).st_mode) == 0o600
    assert [json.loads(line)["record"]["number"] for line in lines(trail)] == [0, 1, 2, 3, 4]
    # terminals and editors see plain ASCII
    assert all(32 <= byte < 127 or byte == 10 for byte in b"".join(lines(trail)))


def test_an_altered_line_is_named(trail):
    kept = lines(trail)
    kept[2] = kept[2].replace(b'"number": 2', b'"number": 7')
    write(trail, kept)
    assert module.verify(trail).broken == ("line 3 was altered after it was written",)


def test_a_line_with_a_new_hash_breaks_the_next(trail):
    kept = lines(trail)
    record = {**json.loads(kept[2])["record"], "number": 7}
    forged = {"record": record, "hash": module.digest(module.canonical(record))}
    write(trail, [*kept[:2], json.dumps(forged).encode() + b"\n", *kept[3:]])
    assert [told[:6] for told in module.verify(trail).broken] == ["line 4"]


@pytest.mark.parametrize("at", [0, 2, 3])
def test_a_line_that_was_taken_out_is_noticed(trail, at):
    kept = lines(trail)
    write(trail, kept[:at] + kept[at + 1 :])
    assert [told.split(" does")[0] for told in module.verify(trail).broken] == ["line %d" % (at + 1)]


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_line_is_reported_and_the_chain_goes_on(trail, cut):
    text = b"".join(lines(trail))
    write(trail, [text[:-cut]])
    module.append(trail, {"number": 5})
    module.append(trail, {"number": 6})
    told = module.verify(trail)
    # without its newline alone the last line is whole
    assert told.broken == (() if cut == 1 else ("line 5 is torn or is no line of a trail",))
    assert json.loads(lines(trail)[-1])["record"]["number"] == 6


def test_a_line_longer_than_a_block_is_found_from_the_end(tmp_path):
    path = str(tmp_path / "trail")
    for size in (10, module.BLOCK * 3, 5, module.BLOCK - 200, module.BLOCK):
        module.append(path, {"text": "x" * size})
    assert module.verify(path).broken == ()


def many(path, number):
    for turn in range(20):
        module.append(path, {"host": number, "turn": turn})


def test_hosts_side_by_side_take_turns(tmp_path):
    path = str(tmp_path / "trail")
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=many, args=(path, number)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told = module.verify(path)
    assert told.lines == 120 and told.broken == ()


def test_what_cannot_be_written_is_said_before_anything_is_done(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(module.TrailError, match="nothing was done"):
        module.require_room(str(tmp_path / "file" / "trail"))
    module.require_room(str(tmp_path / "trail"))
    with pytest.raises(module.TrailError, match="could not be written"):
        module.append(str(tmp_path / "file" / "trail"), {})
    with pytest.raises(module.TrailError, match="cannot be read"):
        module.verify(str(tmp_path / "none"))


def test_a_full_disk(monkeypatch, tmp_path):
    class Full:
        f_bavail, f_frsize = 10, 1024

    monkeypatch.setattr(module.os, "fstatvfs", lambda _number: Full)
    with pytest.raises(module.TrailError, match="is full, so nothing was done"):
        module.require_room(str(tmp_path / "trail"))


def test_a_limit_on_the_size_of_files(monkeypatch, tmp_path):
    path = str(tmp_path / "trail")
    module.append(path, {"number": 0})
    size = (tmp_path / "trail").stat().st_size
    most = module.ENOUGH_BYTES + size
    monkeypatch.setattr(module.resource, "getrlimit", lambda _which: (most, module.resource.RLIM_INFINITY))
    module.require_room(path)
    most -= 1
    with pytest.raises(module.TrailError, match="ulimit -f.*, or set odoo_pos_trail"):
        module.require_room(path)


def test_where_it_is():
    assert module.default_path({"ODOO_POS_TRAIL": "/t"}) == "/t"
    assert module.default_path({"XDG_STATE_HOME": "/s"}) == "/s/retailops.odoo_pos/trail.jsonl"
    assert module.default_path({}).endswith("/.local/state/retailops.odoo_pos/trail.jsonl")
