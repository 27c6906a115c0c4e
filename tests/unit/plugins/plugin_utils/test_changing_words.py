# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of released and reset sessions, as results and as a table."""

from __future__ import annotations

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.changing_words import changing, results_of

ITEM = {"id": 24, "name": "POS/00024", "state": "closing_control", "till": {"id": 7, "name": "Till 7"}}
BEFORE = {"id": 24, "name": "POS/00024", "state": "closing_control", "till": {"id": 7, "name": "Till 7"}}


def answer(item=None, **other):
    return {"ansible_loop_var": "one", "one": item or ITEM, **other}


def outcomes(*answers, chosen=(ITEM,)):
    return [result["outcome"] for result in results_of(chosen, answers, "released", "would_release")]


def test_each_way_to_end():
    after = {**BEFORE, "state": "opened"}
    assert outcomes(answer(changed=True, session={"before": BEFORE, "after": after})) == ["released"]
    assert outcomes(answer(changed=True, session={"before": BEFORE, "after": None})) == ["would_release"]
    assert outcomes(answer(changed=False, session={"before": BEFORE, "after": BEFORE})) == ["unchanged"]
    assert outcomes(answer(failed=True, refused=True, msg="No.")) == ["refused"]
    assert outcomes(answer(failed=True, msg="Down.")) == ["failed"]
    assert outcomes(answer(failed=True, changed=True, proven=False, msg="Odd.")) == ["failed"]
    # a loop that was broken off leaves sessions without an answer
    assert outcomes(answer(failed=True, msg="Down."), chosen=(ITEM, {**ITEM, "id": 25})) == ["failed", "failed"]
    assert outcomes() == ["failed"]


def test_a_task_without_a_loop():
    (result,) = results_of([ITEM], [{"changed": True, "session": {"before": BEFORE, "after": {**BEFORE, "state": "opened"}}}],
                           "reset", "would_reset")  # fmt: skip
    assert (result["outcome"], result["before"], result["after"]) == ("reset", "closing_control", "opened")


def test_the_table():
    image = {"path": "/a folder/" + "x" * 90 + ".json", "sha256": "0" * 64, "rows": {}}
    done = answer(
        changed=True, session={"before": BEFORE, "after": {**BEFORE, "state": "opened"}}, pre_image=image,
        plan={"steps": ["Set it."], "next": ["Count."]}, proof=[{"check": "it is", "held": True, "detail": ""}],
    )  # fmt: skip
    bad = answer(
        {**ITEM, "id": 25, "till": {"id": 8, "name": "Till \x1b[31m8"}}, failed=True, refused=True, msg="It is closed."
    )
    lines = changing(results_of([ITEM, bad["one"]], [done, bad], "reset", "would_reset"), "store_042", 100)
    text = "\n".join(lines)
    assert lines[0] == "Store store_042: 1 refused, 1 reset."
    assert "It is closed." in text and "closing_control" in text and "Next: Count." in text and "Set it." not in text
    assert text.index("It is closed.") < text.index("Next: Count.") and "\x1b" not in text
    # the path is in one piece
    assert image["path"] in lines
    assert changing([], "store_042", 100) == ["Store store_042: no open session."]
