# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odoo is killed (SIGKILL) and started again while sessions are being closed, one of them at each step.

A kill takes seconds to recover from, so one kill hits several closes: one waits before, in or after each request.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time

from .fault_odoo import Server
from .fault_runs import spread
from .fault_steps import BEFORE, DURING, MOMENTS, Witness, rehearse, witnessed

pytest_generate_tests = spread


class Closer(threading.Thread):
    """One close on its way, which waits at its step until it is let go on."""

    def __init__(self, ground, day, run, url):
        super().__init__(daemon=True)
        self.ground, self.day, self.run_, self.url = ground, day, run, url
        self.there, self.go, self.struck = threading.Event(), threading.Event(), threading.Event()
        self.result = self.error = self.broken = None
        # In the middle of a request: all are sent off together from just before it, and none goes on to the next.
        middle = run.moment == DURING
        self.witness = Witness(run.step.kind, run.step.first, BEFORE if middle else run.moment, self._wait)
        self.witness.then = self._wait_for_the_kill if middle else None

    def _wait(self, _reader):
        self.there.set()
        assert self.go.wait(300)

    def _wait_for_the_kill(self):
        assert self.struck.wait(300)

    def run(self):
        try:
            with witnessed(self.witness):
                self.result, self.error = self.ground.attempt(
                    self.day, **self.ground.who(url=self.url), odoo_timeout=60
                )
        except BaseException as broken:
            self.broken = broken
        finally:
            self.there.set()

    def judge(self):
        """How the session stood, after the same task has finished it."""
        if self.broken is not None:
            raise self.broken
        assert self.witness.hit, "The step was not reached: %s" % self.error
        before = self.ground.standing(self.day)
        assert self.error is not None or before == "closed"
        self.ground.finish(self.day, before)
        return before


def strike(server, closers, chance):
    """Kill the server while every closer is at its step; returns when all of them have ended and the server serves again."""
    moment = closers[0].run_.moment
    length = chance.choice(closers).run_.step.seconds
    stays_down = chance.random() < 0.5
    for closer in closers:
        closer.start()
    for closer in closers:
        assert closer.there.wait(120)
    if moment == DURING:
        for closer in closers:
            closer.go.set()
        # They share the server, so all of them together take longer than one.
        time.sleep(chance.uniform(0, length * len(closers)))
    server.kill()
    if not stays_down:
        server.ready()
    for closer in closers:
        closer.go.set()
        closer.struck.set()
    for closer in closers:
        closer.join(120)
        assert not closer.is_alive()
    server.ready()


def struck(ground, server, campaign, runs):
    """One kill: every run of the list has a close of its own."""
    with contextlib.ExitStack() as days:
        closers = [Closer(ground, days.enter_context(ground.day()), run, server.url) for run in runs]
        strike(server, closers, runs[0].chance())
        ground.quiet()
        for closer in closers:
            campaign.try_one(closer.run_, closer.judge)


def test_odoo_is_killed(ground, campaign, tmp_path):
    steps = rehearse(ground).requests()
    with Server(ground.store, tmp_path).running() as server:
        runs = campaign.runs("Odoo killed", steps, MOMENTS)
        for _seed, together in itertools.groupby(runs, lambda run: run.seed):
            struck(ground, server, campaign, list(together))
    campaign.end()
