# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pre-image: where it goes, that it is whole or not there, and that an undo reads nothing but what a reset wrote."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime, timezone

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import pre_image, queries_reset
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import Schema

NOW = datetime(2026, 11, 22, 7, 0, 0, 250000, tzinfo=timezone.utc)
ROWS = {
    "pos_session": [{"id": 24, "name": "POS/00024", "state": "closing_control", "stop_at": "2026-11-22T06:59:58"}],
    "pos_order": [{"id": 51, "amount_total": "10.00"}, {"id": 52, "amount_total": "0.10"}],
}


def schema(**tables):
    return Schema(
        "store_042", False, NOW, 19, "19.0.1", {name: dict.fromkeys(columns, "x") for name, columns in tables.items()}
    )


def content(**other):
    row = {"id": 24, "name": "POS/00024"}
    return {**pre_image.content_of(schema(), row, "opened", None, NOW), **other}


def test_a_folder_gets_a_new_file_and_a_file_is_never_overwritten(tmp_path):
    in_folder = pre_image.target(str(tmp_path), "store/../042", 24, NOW)
    assert in_folder == str(tmp_path / "store_.._042-session-24-20261122T070000.250000Z.json")
    missing = pre_image.target(str(tmp_path / "new") + "/", "a", 1, NOW)
    assert missing.startswith(str(tmp_path / "new") + "/a-session-1-")
    assert pre_image.target(str(tmp_path / "x.json"), "a", 1, NOW) == str(tmp_path / "x.json")
    (tmp_path / "x.json").symlink_to("nowhere")
    with pytest.raises(BadInput, match="never overwritten"):
        pre_image.target(str(tmp_path / "x.json"), "a", 1, NOW)


def test_nothing_given_is_the_state_folder_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    path = pre_image.target(None, "a", 1, NOW)
    assert os.path.dirname(path) == str(tmp_path / "state" / "retailops.odoo_pos")
    written = pre_image.write(path, content(), ROWS, own_folder=True)
    assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700 and os.path.exists(written.path)


def test_it_is_for_its_owner_alone_and_its_checksum_is_the_files(tmp_path):
    written = pre_image.write(str(tmp_path / "x.json"), content(), ROWS, own_folder=False)
    with open(written.path, "rb") as file:
        text = file.read()
    assert os.stat(written.path).st_mode & 0o777 == 0o600
    assert written.facts() == {"path": written.path, "sha256": hashlib.sha256(text).hexdigest(),
                               "rows": {"pos_session": 1, "pos_order": 2}}  # fmt: skip
    assert json.loads(text)["rows"] == ROWS
    assert os.listdir(tmp_path) == ["x.json"]


@pytest.mark.parametrize(
    "module, call, number", [("os", "fsync", 1), ("os", "rename", 1), ("os", "fsync", 2), ("tempfile", "mkstemp", 1)]
)
def test_where_it_fails_nothing_is_left(tmp_path, monkeypatch, module, call, number):
    real, seen = getattr(getattr(pre_image, module), call), []

    def fail(*given, **named):
        seen.append(given)
        if len(seen) == number:
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(getattr(pre_image, module), call, fail)
    with pytest.raises(BadInput, match="No space left on device.*nothing was changed"):
        pre_image.write(str(tmp_path / "x.json"), content(), ROWS, own_folder=False)
    assert os.listdir(tmp_path) == [] and len(seen) == number


def test_an_undo_reads_what_was_written(tmp_path):
    written = pre_image.write(str(tmp_path / "x.json"), content(), ROWS, own_folder=False)
    kept = pre_image.read(written.path)
    assert (kept.database, kept.session_id, kept.name, kept.state) == ("store_042", 24, "POS/00024", "closing_control")
    assert kept.stop_at == datetime(2026, 11, 22, 6, 59, 58, tzinfo=timezone.utc)
    assert (kept.left_state, kept.left_stop_at, kept.sha256) == ("opened", None, written.sha256)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '"x"', '{"format": 1}', '{"rows": {"pos_session": []}}',
                                  json.dumps({**content(format=2), "rows": ROWS}),
                                  json.dumps({**content(left={}), "rows": ROWS}), "\x00"], ids=range(10))  # fmt: skip
def test_what_is_none_is_said_in_a_sentence(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="no pre-image"):
        pre_image.read(str(path))
    with pytest.raises(BadInput, match="cannot be read"):
        pre_image.read(str(tmp_path))


def test_what_differs():
    assert pre_image.differing(ROWS, ROWS) == []
    moved = {**ROWS, "pos_session": [{"id": 24, "state": "opened"}]}
    assert pre_image.differing(ROWS, moved) == []
    assert pre_image.differing(ROWS, {**ROWS, "pos_order": ROWS["pos_order"][:1]}) == ["pos_order 52"]
    changed = {**ROWS, "pos_order": [ROWS["pos_order"][0], {"id": 52, "amount_total": "0.11"}]}
    assert pre_image.differing(ROWS, changed) == ["pos_order 52"]
    assert pre_image.differing(ROWS, {}) == ["pos_order 51", "pos_order 52"]


def test_no_key_and_no_token_is_read():
    columns = ["id", "access_token", "password", "user_id", "api_key", 'odd"name', "per%cent", "some_key"]
    assert queries_reset.readable(columns) == 't."id", t."odd""name", t."per%%cent", t."user_id"'


def test_a_pre_image_has_every_column_of_its_tables_whatever_else_was_looked_for():
    """What a store was asked for when it was opened is a few columns of it."""

    class Reader:
        def rows(self, name, text, parameters):
            if name == "columns":
                return [{"name": table, "columns": ["id", "amount", "token"]} for table in parameters["tables"]]
            self.text = text
            return [{"relation": "pos_order", "row": '{"id": 51, "amount": 0.10}'}]

    reader = Reader()
    rows = pre_image.read_rows(reader, schema(pos_order=["preset_time"]), 24)
    assert rows["pos_order"] == [{"id": 51, "amount": "0.10"}] and rows["pos_session"] == []
    assert reader.text.count('SELECT t."amount", t."id" FROM') == len(rows) and "preset_time" not in reader.text
