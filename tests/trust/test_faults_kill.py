# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that closes is killed (SIGKILL) before, during and after every step, and the same task is run again."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
import warnings

import pytest

from .fault_ground import CLOSED, KEY, OPEN, PASSWORD, grounds
from .fault_runs import spread
from .fault_steps import DURING, MOMENTS, SQL, Witness, rehearse, witnessed

pytest_generate_tests = spread


def die():
    """As a machine that is switched off: nothing is cleaned up, nothing is said."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_a_child(work):
    """Do ``work`` in a fork of this process. Returns the signal that ended it and what it said, if it came to that."""
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        # Under pytest-xdist there is a thread more, which the child has no need of.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        said = b""
        try:
            said = json.dumps(work(), default=str).encode()
        except BaseException:
            said = traceback.format_exc().encode()
        finally:
            os.write(theirs, said)
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = pipe.read().decode()
    _pid, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, said


def killed(ground, run, witness):
    """One run: close in a child that dies at the step, look, run the task again."""
    chance, step = run.chance(), run.step
    number = {"before": step.first, "after": step.last}.get(run.moment, chance.randint(step.first, step.last))
    # Up to somewhat longer than the step takes: it is being worked on, or is done and the answer on its way.
    delay = chance.uniform(0, 1.3 * witness.of(step.kind)[number].seconds)
    at_once = chance.random() < 0.5

    def strike(_reader):
        if run.moment == DURING and step.kind == SQL:
            # A statement is waited for inside of the driver: somebody else has to strike.
            threading.Timer(delay, die).start()
        else:
            time.sleep(delay if run.moment == DURING else 0)
            die()

    def work():
        with witnessed(Witness(step.kind, number, run.moment, strike)):
            ground.close(day, **ground.who(witness.transport))
        time.sleep(1)
        return "it was not killed"

    with ground.day() as day:
        ended, said = in_a_child(work)
        assert ended == signal.SIGKILL, said
        # Odoo may be at work on what was sent: half of the time we do not wait for that.
        before = ground.standing(day)
        if not at_once:
            ground.quiet()
            before = ground.standing(day)
        ground.finish(day, before, overlapping=at_once)
    return before


def test_killed_at_a_request(ground, campaign):
    witness = rehearse(ground)
    campaign.each(campaign.runs("killed", witness.requests(), MOMENTS), lambda run: killed(ground, run, witness))
    campaign.end()


def test_killed_at_a_look(ground, campaign):
    witness = rehearse(ground)
    campaign.each(campaign.runs("killed", witness.looks(), MOMENTS), lambda run: killed(ground, run, witness))
    campaign.end()


@pytest.mark.parametrize("transport", (PASSWORD, KEY))
def test_what_the_steps_are(transport):
    """The list of steps is that of a close: what reads, what writes, and the proof; the second of a name is numbered."""
    ground = grounds(19)
    witness = rehearse(ground, transport)
    names = [step.name for step in witness.requests()]
    assert names[-1] == "pos.session.close_session_from_ui" and "pos.session.post_closing_cash_details" in names
    assert ("authenticate" in names) is (transport == PASSWORD)
    # Before, between and after the requests PostgreSQL is looked at.
    assert len(witness.looks()) >= 6 and witness.events[0].kind == witness.events[-1].kind == SQL


def test_what_is_neither_open_nor_closed_once_is_seen(ground):
    """The judge of all these runs: a session that was closed twice, one without its entry, one whose loss was booked twice."""
    put = "UPDATE pos_session SET state = %(state)s, move_id = %(move)s WHERE id = %(id)s"
    with ground.day() as day:
        ground.close(day)
        assert ground.standing(day) == CLOSED
        day.booked += 1
        with pytest.raises(AssertionError):
            ground.standing(day)
        day.booked -= 1
        entry = ground.store.session(day.session)["move_id"]
        for state, move in (("closing_control", None), ("closed", None), ("opened", entry)):
            ground.store.sql(put, id=day.session, state=state, move=move)
            with pytest.raises(AssertionError):
                ground.standing(day)
        ground.store.sql(put, id=day.session, state="closed", move=entry)
    with ground.day() as other:
        assert ground.standing(other) == OPEN
        ground.store.sql(
            "UPDATE pos_session SET state = 'closed', stop_at = start_at WHERE id = %(id)s", id=other.session
        )
        with pytest.raises(AssertionError):
            ground.standing(other)
        ground.store.sql("UPDATE pos_session SET state = 'opened', stop_at = NULL WHERE id = %(id)s", id=other.session)
        ground.finish(other, OPEN)
