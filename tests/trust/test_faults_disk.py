# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk is full where the pre-image or the trail is to be written: nothing is written anywhere, and there is room next time."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
from unittest import mock

from ..lab.closing_store import arguments
from ..lab.fixes_reset import nobody
from .fault_disk import CannotMount, filled, small_disk, small_files
from .fault_ground import TASK
from .fault_runs import spread
from .fault_steps import SQL, Step
from .in_process import run as run_action

from ansible_collections.retailops.odoo_pos.plugins.module_utils import pre_image, reset_session  # isort: skip
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import trail as trails  # isort: skip

pytest_generate_tests = spread

#: Everything that writing a pre-image asks of the system; each can be what finds the disk full.
WRITES = {"mkstemp": (pre_image.tempfile, "mkstemp", 0), "fsync": (pre_image.os, "fsync", 0),
          "rename": (pre_image.os, "rename", 0), "fsync of the folder": (pre_image.os, "fsync", 1)}  # fmt: skip
DISK, FILES, LIMIT, ODD = "full disk", "no more files", "file size limit", "call fails"


def steps(*names):
    """Steps of writing a file, which no close takes."""
    return [Step(SQL, name, 0, 0, 0.0) for name in names]


@contextlib.contextmanager
def no_room(kind, folder, chance, most):
    """The folder has no room for a file of ``most`` bytes."""
    if kind == LIMIT:
        with small_files(chance.randrange(most)):
            yield
        return
    try:
        with small_disk(folder, pages=512, files=3 if kind == FILES else 64):
            if kind == FILES:
                for number in range(2):
                    open(os.path.join(folder, "other %d" % number), "wb").close()
            else:
                filled(folder, chance.randrange(max(1, most // 4096)))
            yield
    except CannotMount:
        # The next best: whatever file it is, it may hold nothing.
        with small_files(0):
            yield


@contextlib.contextmanager
def failing(name):
    """The system says ENOSPC to one of the calls that write a pre-image."""
    module, function, number = WRITES[name]
    real, seen = getattr(module, function), []

    def full(*given, **named):
        seen.append(given)
        if len(seen) == number + 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*given, **named)

    with mock.patch.object(module, function, full):
        yield


def reset(ground, day, place, **more):
    """Give a till back that is locked, with a pre-image at the place."""
    store = ground.store
    given = {**store.pg, **store.password, "session": str(day.session), "state": "opened", "pre_image": place,
             "confirm": store.session(day.session)["name"], **more}  # fmt: skip
    return arguments.run_here(reset_session.SPEC, reset_session.reset_session, given, False, False)


def reset_refused(ground, run, folder):
    """One run: a reset finds no room for its pre-image; run it again where there is room, and close the session."""
    chance, kind = run.chance(), run.step.name
    down = {"allow_sql": True, "odoo_url": nobody()} if chance.random() < 0.5 else {}
    place = str(folder / "image.json") if chance.random() < 0.5 else str(folder) + "/"
    with ground.day() as day:
        day.till.lock()
        before = ground.untouched(day)
        with failing(kind) if kind in WRITES else no_room(kind, folder, chance, size_of_image(ground, folder)):
            told = reset(ground, day, place, **down)
            left = [name for name in os.listdir(folder) if not name.startswith("other")]
        assert told.get("failed") and "nothing was changed" in told["msg"] and "Traceback" not in told["msg"], told
        assert ground.untouched(day) == before and left == [], left
        again = reset(ground, day, place, **down)
        assert not again.get("failed") and again["changed"] and all(check["held"] for check in again["proof"]), again
        assert reset(ground, day, place, **down).get("changed") is False
        ground.finish(day, ground.standing(day))
        for name in os.listdir(folder):
            os.unlink(folder / name)
    return "untouched"


@functools.lru_cache
def size_of_image(ground, folder):
    """How many bytes the pre-image of a day has, somewhat less."""
    with ground.day() as day:
        day.till.lock()
        image = reset(ground, day, str(folder) + "/")["pre_image"]["path"]
        ground.finish(day, ground.standing(day))
    size = os.path.getsize(image)
    os.unlink(image)
    return size * 9 // 10


def test_no_room_for_the_pre_image(ground, campaign, tmp_path):
    runs = campaign.runs("pre-image", steps(DISK, FILES, LIMIT, *WRITES))
    campaign.each(runs, lambda run: reset_refused(ground, run, tmp_path))
    campaign.end()


def close_refused(ground, run, folder):
    """One run: a close finds no room for its line in the trail; run it again where there is room."""
    chance, trail = run.chance(), str(folder / "trail.jsonl")
    store = ground.store

    def close():
        given = {**store.pg, **ground.who(), **TASK, "session": str(day.session), "min_idle_minutes": 0}
        return run_action("pos_session_close", given, check_mode=False, variables={"odoo_pos_trail": trail})

    with ground.day() as day:
        before = ground.untouched(day)
        with no_room(run.step.name, folder, chance, trails.ENOUGH_BYTES):
            told = close()
        assert told.get("failed") and told.get("refused") and "nothing was done" in told["msg"], told
        assert ground.untouched(day) == before and ground.standing(day) == "open"
        again = close()
        assert again["changed"] and all(check["held"] for check in again["proof"]), again
        assert close()["changed"] is False
        ground.finish(day, ground.standing(day))
    assert trails.verify(trail).broken == ()
    return "untouched"


def test_no_room_for_the_trail(ground, campaign, tmp_path):
    runs = campaign.runs("trail", steps(DISK, FILES, LIMIT))
    campaign.each(runs, lambda run: close_refused(ground, run, tmp_path))
    campaign.end()
