# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Size: a session of 20,000 orders and a store of five million are read within a bound and closed within the user's deadline."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from ..bench import big_store
from ..bench.read_200_tills import BIG, LIMIT_MS, measure, nodes, plan, whole_scans
from ..lab.closing_store import DEFAULTS, copy_of, errors, laboratory, reading
from ..lab.lab import BROKEN
from ..lab.place import say
from ..support.driver.place import CHECKOUT
from .effort import note
from .fault_odoo import Server as OwnOdoo
from .matrix import NoSource, Source
from .servers import REFERENCE, Server, needs, reference

#: Orders of a session: many, the few that its memory is held against, and some that take Odoo a moment.
MANY, BASE, SOME = 20000, 100, 1000
#: A deadline in seconds that Odoo cannot keep with 20,000 orders.
SHORT = 8
HISTORY = 5_000_000
#: Statements of one reading, and the memory that a process may need more for twenty times the orders.
STATEMENTS, MORE_MB = 8, 8

READ = """
import json, resource, sys
from tests import conftest
from tests.lab.closing_store import close_session, reading
options = json.loads(sys.argv[1])
if "session" in options:
    close_session.close_session(options, True, False)
else:
    reading.read_store(options, reading.Selection())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


class Patient:
    """A laboratory whose Odoo may take its time: by default it begins anew when a request takes two minutes."""

    def __init__(self, lab):
        self.lab = lab

    def __getattr__(self, name):
        return getattr(self.lab, name)

    def _command(self):
        return [*self.lab._command(), "--limit-time-real=0"]


@pytest.fixture(scope="module")
def store():
    with copy_of(19, "trust_size") as made:
        yield made


@pytest.fixture(scope="module")
def odoo(store, tmp_path_factory):
    """Where an Odoo of our own answers, so that nobody else waits for it, and its log."""
    server = OwnOdoo(store, tmp_path_factory.mktemp("odoo"))
    server.lab = Patient(store.lab)
    with server.running():
        yield server.url, server.folder / "odoo.log"


def large(store, orders):
    """A till with so many orders, half of them paid in cash; returns it and what has to be in its drawer."""
    till = store.shop().till("with %d orders" % orders)
    till.open()
    till.sell(till.cash, times=5)
    till.sell(till.card, times=5)
    till.multiply(orders // 10)
    store.lab.pg.psql(store.database, "ANALYZE")
    return till, "%d.00" % (100 + orders // 2 * 10)


def peak(options):
    """Peak memory, in MB, of a process of its own that reads a store, or plans the close of one of its sessions."""
    words = [sys.executable, "-c", READ, json.dumps(options)]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


@pytest.mark.full("the laboratory closes 5,000 orders on every run")
def test_a_large_session_is_read_within_its_bound_and_closed_within_the_users_deadline(store, odoo):
    orders = MANY
    base, little = large(store, BASE)
    few = peak({**DEFAULTS, **store.pg, "session": str(base.session), "counted_cash": little})
    till, expected = large(store, orders)
    much = peak({**DEFAULTS, **store.pg, "session": str(till.session), "counted_cash": expected})
    assert much - few < MORE_MB, (few, much)
    begun = time.monotonic()
    read = reading.read_store(store.pg, reading.Selection(session=str(till.session)))
    seconds = time.monotonic() - begun
    assert len(read.statements) <= STATEMENTS and seconds < 5
    assert read.store.sessions[0].order_count == orders
    note("6 size", "reading a session of %d orders" % orders, "%.2f s, %d statements" % (seconds, len(read.statements)))
    note("6 size", "peak memory of planning its close, against %d orders" % BASE, "%.1f MB, %.1f MB" % (much, few))
    url, log = odoo
    who = {**store.password, "odoo_url": url, "counted_cash": expected}
    # Long enough for the small calls before it, and too short for the close.
    with pytest.raises(errors.AnswerLost) as caught:
        store.close(till.session, odoo_timeout=SHORT, **who)
    assert caught.value.details["pending"] and "Run the same task again; it will look first." in caught.value.message
    begun = time.monotonic()
    tries = finish(store, till.session, odoo_timeout=600, **who)
    took = time.monotonic() - begun
    store.assert_closed_once(till.session, expected)
    again = store.close(till.session, **who)
    assert again["changed"] is False and again["proof"] and all(check["held"] for check in again["proof"])
    told = [line for line in log.read_text(encoding="utf-8", errors="replace").split("\n") if store.database in line]
    assert told and not [line for line in told if "SERIALIZATION_FAILURE" in line], "two closes ran side by side"
    how = "odoo_timeout %d s, then the same task again" % SHORT
    note("6 size", "closing %d orders, %s" % (orders, how), "%d task(s), %.1f s" % (tries, took))


def finish(store, session, **options):
    """Run the same task again until it says that all is well; how often it took. It waits for the close that is under way."""
    for number in (1, 2):
        try:
            result = store.close(session, **options)
            assert all(check["held"] for check in result["proof"])
            return number
        except errors.Refused as error:
            # It ended while we were planning.
            assert "run again" in error.message
    raise AssertionError("The second run did not finish the close.")


@pytest.mark.full("Odoo has to work for a while")
def test_who_waits_for_a_large_close_is_told_what_is_done(store, odoo, tmp_path):
    url, _log = odoo
    till, expected = large(store, SOME)
    play = [{
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"retailops.odoo_pos.pos_session_close": {
            **{name: value for name, value in {**store.pg, **store.password}.items() if value is not None},
            "odoo_url": url, "session": str(till.session), "counted_cash": expected, "min_idle_minutes": 0,
        }}],
    }]  # fmt: skip
    (tmp_path / "play.yml").write_text(json.dumps(play), encoding="utf-8")
    # Every 30 s is too long for a test.
    program = (
        "import sys\nfrom tests import conftest\n"
        "from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import direct\n"
        "direct.telling.__wrapped__.__defaults__ = (0.2,)\n"
        "from ansible.cli.playbook import main\nmain(['ansible-playbook', '-i', 'localhost,', '-c', 'local', sys.argv[1]])\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "play.yml")]
    done = subprocess.run(words, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "Odoo is closing session %s with %d orders (odoo_timeout is 600 s)"
        % (
            store.session(till.session)["name"],
            SOME,
        )
        in done.stderr
    )
    assert "s so far." in done.stderr and "so far" not in done.stdout
    store.assert_closed_once(till.session, expected)


@pytest.mark.parametrize("series", (19, 14))
def test_no_table_is_read_once_for_every_order(series):
    """A table without an index may be read from end to end once or for a session; with 5000 orders once for each is for ever."""
    lab = laboratory(series)
    options = {"login_host": lab.pg.host, "login_port": lab.pg.port, "login_user": lab.pg.user, "login_db": BROKEN}
    (total, _server, _python), _medians, sent, facts = measure(options, times=1)
    orders = sum(sum(session["orders"].values()) for session in facts["sessions"])
    assert orders > 5000
    for name, (text, parameters) in sent.items():
        for node in nodes(plan(options, text, parameters)["Plan"]):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] in BIG:
                rows = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
                assert rows < orders * orders / 2, (name, node["Relation Name"])
    note(
        "6 size",
        "Odoo %d, %d open sessions with %d orders: read" % (series, len(facts["sessions"]), orders),
        "%.0f ms" % total,
    )


def scans_of(options, statement, table):
    """How often a statement of a reading reads a whole table."""
    _total, _medians, sent, facts = measure(options, times=1)
    assert len(facts["sessions"]) > 10
    found = nodes(plan(options, *sent[statement])["Plan"])
    return sum(
        node["Actual Loops"] for node in found if node.get("Relation Name") == table and node["Node Type"] == "Seq Scan"
    )


def test_what_has_no_index_on_its_session_is_read_once_for_all_sessions():
    """16 to 18 have none on a statement line, 14 none on a picking: a year of either is read whole, but once."""
    try:
        text = Source("slice", 17).sql
    except NoSource as missing:
        pytest.skip(str(missing))
    assert scans_of(reference().restore_as("slice", text), "sessions", "account_bank_statement_line") == 1
    lab = laboratory(14)
    options = {"login_host": lab.pg.host, "login_port": lab.pg.port, "login_user": lab.pg.user, "login_db": BROKEN}
    assert scans_of(options, "sessions", "stock_picking") == 1


@pytest.mark.full("building the store takes minutes")
def test_five_million_orders_are_read_as_fast_as_none():
    """Only the sessions that are open, and those that were closed lately, may count."""
    try:
        text = Source("slice", 19).sql
    except NoSource as missing:
        pytest.skip(str(missing))
    needs(REFERENCE)
    # Statistics are taken by the build itself.
    with Server.temporary(major=REFERENCE, settings={"autovacuum": "off", "shared_buffers": "512MB"}) as server:
        server.restore_as("slice", text)
        options, took, memory = server.options("big"), {}, {}
        for orders in (0, HISTORY):
            begun = time.monotonic()
            big_store.build(server, "slice", "big", orders, history_lines=1)
            say("a store of %d orders was built in %.0f s" % (orders, time.monotonic() - begun))
            (took[orders], *_rest), _statements, sent, facts = measure(options)
            memory[orders] = peak(options)
        assert len(facts["sessions"]) == big_store.TILLS and len(sent) <= STATEMENTS
        scans = whole_scans(options, sent)
        # On a machine with other work the bound is what the same reading takes there without a history.
        assert scans == {} and took[HISTORY] <= max(LIMIT_MS, 2 * took[0]), (scans, took)
        assert memory[HISTORY] - memory[0] < MORE_MB, memory
        found = server.rows("big", "SELECT count(*) AS orders FROM pos_order")[0]["orders"]
        assert found >= HISTORY
        size = server.rows("big", "SELECT pg_database_size(current_database()) AS bytes")[0]["bytes"]
    note("6 size", "a store of %d orders (%.1f GB), %d open sessions: read" % (found, size / 1e9, big_store.TILLS),
         "%.0f ms, %.0f MB; without a history %.0f ms, %.0f MB" % (took[HISTORY], memory[HISTORY], took[0], memory[0]))  # fmt: skip
    note("6 size", "whole scans of big tables", len(scans))
