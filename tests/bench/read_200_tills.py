# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long reading takes: 200 tills with an open session each, without and with a long history.

    python -m tests.bench.read_200_tills [--history 10000 1000000] [--explain]

Also with ten open sessions and with one. Prints the medians of five readings (server: the statements; python: rows to facts),
the ratio by history, and every scan of a whole big table. Exit 1 when a reading takes more than a second, or when one of the
longest history scans a big table.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter, defaultdict

from ..lab.agreement import stores
from ..lab.place import CannotBeHad, LabError, say
from ..lab.postgres import Cluster
from ..support.collection import make_importable
from .big_store import build

make_importable()


from ansible_collections.retailops.odoo_pos.plugins.module_utils import database  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.module_utils.facts import store_facts  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.module_utils.opening import OPENING, opening_parameters  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection, read_store  # noqa: E402

LIMIT_MS = 1000
# pos_session is none: it holds a hundredth of what pos_order does, and no index knows when a session was closed.
BIG = {
    "pos_order",
    "pos_order_line",
    "pos_payment",
    "account_move",
    "account_move_line",
    "account_bank_statement_line",
    "stock_picking",
    "account_tax_pos_order_line_rel",
}


class Watch:
    """Times every statement of the readings made under it, and keeps its text."""

    def __init__(self):
        self.spent = defaultdict(list)
        self.sent = {}

    def __enter__(self):
        self.rows = rows = database.Reader.rows

        def timed(reader, name, text, parameters=None):
            started = time.perf_counter()
            found = rows(reader, name, text, parameters)
            self.spent[name].append(1000 * (time.perf_counter() - started))
            self.sent[name] = (text, dict(parameters or {}))
            return found

        database.Reader.rows = timed
        return self

    def __exit__(self, *_ignored):
        database.Reader.rows = self.rows


def measure(options, times=5):
    """Read ``times`` times. Returns medians in ms (total, server, python), those of the statements, their texts, the facts."""
    totals = []
    with Watch() as watch:
        for _time in range(times):
            started = time.perf_counter()
            facts = store_facts(read_store(options, Selection()).store)
            totals.append(1000 * (time.perf_counter() - started))
    medians = {name: statistics.median(spent) for name, spent in watch.spent.items()}
    server = [sum(spent[n] for spent in watch.spent.values()) for n in range(times)]
    python = [total - part for total, part in zip(totals, server)]
    return (statistics.median(totals), statistics.median(server), statistics.median(python)), medians, watch.sent, facts


def plan(options, text, parameters):
    """What PostgreSQL does for a statement under the settings of a reading: the JSON of EXPLAIN ANALYZE."""
    connection = database.connect(options)
    try:
        with connection.cursor() as cursor:
            cursor.execute(OPENING, opening_parameters(options, {}))
            # OPENING sets its deadlines first, and only a query has a plan
            query = text.rsplit(";\n", 1)[-1]
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + query, parameters)
            return cursor.fetchone()[0][0]
    finally:
        connection.close()


def nodes(node):
    yield node
    for inner in node.get("Plans", ()):
        yield from nodes(inner)


def whole_scans(options, sent):
    """Statement -> big tables that it reads from end to end."""
    found = {}
    for name, (text, parameters) in sent.items():
        hit = {
            n["Relation Name"] for n in nodes(plan(options, text, parameters)["Plan"]) if n["Node Type"] == "Seq Scan"
        }
        if hit & BIG:
            found[name] = sorted(hit & BIG)
    return found


def show(label, options, explain):
    """Measure one store and print it. Returns the median of the whole reading in ms, and the scans of whole big tables."""
    (total, server, python), medians, sent, facts = measure(options)
    verdicts = Counter(s["verdict"] for s in facts["sessions"])
    print(
        "%s: %.0f ms (server %.0f, python %.0f); %d sessions %s"
        % (label, total, server, python, len(facts["sessions"]), dict(verdicts))
    )
    print("  statements: " + ", ".join("%s %.0f" % pair for pair in medians.items()))
    scans = whole_scans(options, sent)
    print("  whole scans of big tables: %s" % (scans or "none"))
    if explain:
        for name, (text, parameters) in sent.items():
            print("--- %s\n%s" % (name, json.dumps(plan(options, text, parameters), indent=1)))
    return total, scans


# Closed so long ago that nobody looks at their books.
CLOSE_ALL_BUT = """
UPDATE pos_session SET state = 'closed', stop_at = '2020-01-01', start_at = '2020-01-01'
 WHERE state <> 'closed' AND id > 1000000 + :sessions"""


def by_open_sessions(cluster, options):
    """The store as it is, then with fewer and fewer open sessions."""
    for sessions in (10, 1):
        cluster.psql("big", CLOSE_ALL_BUT, sessions=sessions)
        show("%d open sessions" % sessions, options, False)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.read_200_tills", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--history", type=int, nargs="*", default=[10000, 1000000], help="orders in closed sessions")
    parser.add_argument("--explain", action="store_true", help="print the plan of every statement")
    asked = parser.parse_args()
    dump = stores() / "odoo-19.sql.gz"
    if not dump.exists():
        print("SKIPPED: there is no slice %s to build a big store of" % dump.name)
        return 0
    with Cluster.temporary(settings={"autovacuum": "off", "shared_buffers": "512MB"}) as cluster:
        cluster.restore("slice", dump)
        options = {
            "login_host": cluster.host,
            "login_port": cluster.port,
            "login_user": cluster.user,
            "login_db": "big",
        }
        taken, scans = {}, {}
        for orders in (0, *asked.history):
            say("building a store with %d orders of history" % orders)
            build(cluster, "slice", "big", orders)
            say("reading it")
            taken[orders], scans = show("%d orders of history" % orders, options, asked.explain)
            if not orders:
                by_open_sessions(cluster, options)
    for orders in asked.history[1:]:
        print(
            "%d against %d orders of history: %.2f times"
            % (orders, asked.history[0], taken[orders] / taken[asked.history[0]])
        )
    worst = max(taken.values())
    print("the slowest reading: %.0f ms of %d" % (worst, LIMIT_MS))
    # Without a history there is nothing in the tables but what is asked for: only the longest one counts.
    return int(worst > LIMIT_MS or (bool(scans) and max(taken) >= 100000))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotBeHad as error:
        print("SKIPPED: %s" % error)
        sys.exit(error.exit_code)
    except LabError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
