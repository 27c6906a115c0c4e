# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody waits for ever: neither for a connection nor for the answer of a server that has let us in."""

from __future__ import annotations

import os
import socket
import time

import psycopg2
import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database, patience
from ansible_collections.retailops.odoo_pos.plugins.module_utils.database import Reader, connect, limit_of
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import NoAnswer, Unreachable


@pytest.mark.parametrize(
    ("given", "seconds", "silent"),
    [
        ({}, 10.2, True),
        ({"connect_timeout": 1}, 0.95, True),
        # a server that refuses does so at once
        ({}, 0.3, False),
        ({"connect_timeout": 1}, 0.3, False),
        # what libpq takes for no limit
        ({"connect_params": {"connect_timeout": "0"}}, 60, False),
        ({"connect_params": {"connect_timeout": "soon"}}, 60, False),
    ],
)
def test_only_a_time_out_is_no_answer_whatever_language_libpq_speaks(monkeypatch, given, seconds, silent):
    clock = iter([100.0, 100.0 + seconds])
    monkeypatch.setattr(database.time, "monotonic", lambda: next(clock))

    def fail(**_ignored):
        raise psycopg2.OperationalError("Zeitüberschreitung")

    monkeypatch.setattr(database.psycopg2, "connect", fail)
    with pytest.raises(Unreachable, match="Zeitüberschreitung") as failed:
        connect({"login_host": "db", **given})
    assert isinstance(failed.value, NoAnswer) is silent


class Silent:
    """A connection that waits for an answer until its socket is shut, as libpq does; with one, it has it."""

    def __init__(self, answer=b""):
        self.ours, self.theirs = socket.socketpair()
        self.theirs.send(answer)

    def fileno(self):
        return self.ours.fileno()

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        pass

    description = ()

    def execute(self, _text, _parameters):
        if not self.ours.recv(10):
            raise psycopg2.OperationalError("server closed the connection unexpectedly")

    def fetchall(self):
        return []


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(patience, "ROUND", 0.02)


def test_who_waits_too_long_is_told_and_the_server_is_too():
    silent, begun = Silent(), time.monotonic()
    with pytest.raises(NoAnswer, match=r"^Reading opening was given up: no answer came for 0\.1 seconds, ") as failed:
        Reader(silent, 0.1).rows("opening", "SELECT 1")
    assert 0.1 <= time.monotonic() - begun < 5 and failed.value.message.endswith(".")
    assert silent.theirs.recv(10) == b""
    # the socket is still its owner's to close
    silent.ours.close()


def test_an_answer_in_time_is_one_and_so_is_a_connection_that_broke_by_itself():
    assert Reader(Silent(b"x"), 5).rows("opening", "SELECT 1") == []
    assert Reader(Silent(b"x")).rows("opening", "SELECT 1") == []
    broken = Silent()
    broken.theirs.close()
    with pytest.raises(Unreachable, match="closed the connection") as failed:
        Reader(broken, 5).rows("opening", "SELECT 1")
    assert not isinstance(failed.value, NoAnswer)


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_watches_for_itself():
    with patience.patience(Silent(), 60, "Waiting"):
        child = os.fork()
        if not child:
            try:
                Reader(Silent(), 0.1).rows("opening", "SELECT 1")
            except NoAnswer:
                os._exit(7)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_the_limit_is_more_than_postgresql_s_own():
    assert limit_of({}) == 40
    assert limit_of({"statement_timeout": 2, "connect_timeout": 1}) == 3
