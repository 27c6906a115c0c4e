# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad way to Odoo, at each request: 504 while Odoo goes on, answers that are cut off or short, ten seconds of latency.

Whoever waits for quiet waits as long as in earnest (QUIET_SECONDS), and so most of a run is waiting: many go side by side.
"""

from __future__ import annotations

import random

from ..lab.closing_proxy import BEFORE, CUT, GATEWAY, SHORT, SLOW
from .fault_runs import spread
from .fault_steps import rehearse
from .fault_way import LATE, Way

LATENCY = 10
PATIENT, IMPATIENT = 60, 6
#: A fault, the ways in which it comes (in turn), and of each what befalls the request, and odoo_timeout. Where a request is
#: cut off it never arrives.
TROUBLES = {
    "proxy": {"504 while Odoo goes on": (GATEWAY, PATIENT)},
    "reply": {"cut short": (SHORT, PATIENT), "cut off": (CUT, PATIENT), "none, nor request": (BEFORE, PATIENT)},
    "latency of 10 s": {
        "waited for": (SLOW, PATIENT),
        "not waited for": (SLOW, IMPATIENT),
        "before Odoo, not waited for": (LATE, IMPATIENT),
    },
}
SIDE_BY_SIDE = 8

pytest_generate_tests = spread


def hindered(ground, run):
    """One run: something befalls one request, look, run the task again on a good way."""
    trouble, patience = TROUBLES[run.fault][run.moment]
    at_once = run.chance().random() < 0.5
    numbers = [step.name for step in rehearse(ground).requests()]
    way = Way(ground.store.info["odoo"]["url"], numbers.index(run.step.name), trouble, LATENCY)
    with ground.day() as day:
        with way.running() as url:
            result, error = ground.attempt(day, **ground.who(url=url), odoo_timeout=patience)
            assert way.hit, "The step was not reached: %s" % error
            found = ground.standing(day)
            assert error is not None or (found == "closed" and result["changed"])
            if trouble == SLOW and patience == PATIENT:
                assert error is None, error
            else:
                # An answer was lost: nothing was sent again, nor anything else.
                assert way.trouble.seen == way.trouble.number + 1
            if at_once and error is not None:
                # What is still on its way arrives while the task is run again, or after that.
                ground.attempt(day)
                ground.standing(day)
        ground.finish(day, ground.standing(day))
    return found


def test_a_bad_way(ground, campaign, effort):
    steps = rehearse(ground).requests()
    runs = [run for name, ways in TROUBLES.items() for run in campaign.runs(name, steps, list(ways))]
    # Different troubles side by side: those that wait ten seconds do not wait for each other.
    random.Random(effort.seed).shuffle(runs)
    campaign.each(runs, lambda run: hindered(ground, run), workers=SIDE_BY_SIDE)
    campaign.end()


def test_what_counts_as_hit():
    way = Way("http://127.0.0.1:1", 1, GATEWAY, 0)
    assert (way.trouble.pop("read"), way.hit) == (None, False)
    assert (way.trouble.pop("write"), way.hit) == (GATEWAY, True)
    assert way.trouble.pop("write") is None
