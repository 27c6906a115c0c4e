# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pos_session_close adds to Odoo's own close, by size of the session. Needs the laboratory (make lab-up).

    python -m tests.bench.close [--orders 10 1000 5000] [--rounds 3] [--series 19]

Two tills with the same orders are closed in turn: one through the API as Odoo's own client does it (count, then close), one
with the module's work in this process, as the action plugin does it. What it adds is all its time but Odoo's answers to the
same calls, so it holds the reading, the handshake, the lock and the proof.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

import pytest

from ..lab.closing_store import copy_of
from ..lab.place import CannotBeHad, LabError, say
from ..support.collection import make_importable
from .measure import machine, table

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils import rpc  # noqa: E402

#: Odoo's own part of a close, in the order in which its client calls it.
OWN = {"post_closing_cash_details", "update_closing_control_state_session", "close_session_from_ui"}


class Clock:
    """Times every call to Odoo made under it: seconds of a close's own calls, and of all others."""

    def __enter__(self):
        self.own, self.other = 0.0, 0.0
        self.classes = [kind for kind in vars(rpc).values() if isinstance(kind, type) and "call" in vars(kind)]
        self.calls = {kind: kind.call for kind in self.classes}
        for kind, call in self.calls.items():
            kind.call = self.timed(call)
        return self

    def timed(self, call):
        def answer(transport, model, method, *rest, **named):
            begun = time.monotonic()
            try:
                return call(transport, model, method, *rest, **named)
            finally:
                spent = time.monotonic() - begun
                if method in OWN:
                    self.own += spent
                else:
                    self.other += spent

        return answer

    def __exit__(self, *_ignored):
        for kind, call in self.calls.items():
            kind.call = call


def twins(store, orders):
    """Two tills with so many orders each (a multiple of ten), half of them paid in cash."""
    pair = []
    for name in ("own", "ours"):
        till = store.shop().till("%s_%d_%d" % (name, orders, time.monotonic_ns()))
        till.open()
        till.sell(till.cash, times=5)
        till.sell(till.card, times=5)
        if orders > 10:
            till.multiply(orders // 10)
        pair.append(till)
    store.lab.pg.psql(store.database, "ANALYZE")
    return pair


def once(store, orders):
    """Seconds of Odoo's own close, of ours in all, of Odoo's calls within ours, and of the others that ours makes."""
    own, ours = twins(store, orders)
    expected = "%.2f" % (100 + orders / 2 * 10)
    begun = time.monotonic()
    own.close(float(expected))
    alone = time.monotonic() - begun
    with Clock() as clock:
        begun = time.monotonic()
        # With a key nobody signs in, as with the client above, which has done so before.
        who = store.key if store.series >= 19 else store.password
        result = store.close(ours.session, counted_cash=expected, odoo_timeout=600, **who)
        total = time.monotonic() - begun
    assert result["changed"] and all(check["held"] for check in result["proof"])
    return alone, total, clock.own, total - clock.own


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench.close", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--orders", type=int, nargs="*", default=[10, 1000, 5000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--series", type=int, default=19)
    asked = parser.parse_args()
    rows, over = [], False
    with copy_of(asked.series, "bench_close") as store:
        once(store, 10)
        for orders in asked.orders:
            samples = []
            for _round in range(asked.rounds):
                samples.append(once(store, orders))
                say("%d orders: Odoo's own %.2f s; ours %.2f s, of it Odoo's close %.2f s" % (orders, *samples[-1][:3]))
            alone, total, inside, added = (statistics.median(column) for column in zip(*samples))
            allowed = max(0.3, 0.1 * inside)
            over = over or added > allowed
            rows.append(
                (
                    orders,
                    "%.2f" % alone,
                    "%.2f" % total,
                    "%.2f" % inside,
                    "%.2f" % added,
                    "%.2f" % allowed,
                    len(samples),
                )
            )
    header = (
        "orders",
        "Odoo's own close, s",
        "pos_session_close, s",
        "Odoo's close within, s",
        "added, s",
        "allowed, s",
        "runs",
    )
    print("\n".join(["", *table(header, rows), ""]))
    print(machine())
    return int(over)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotBeHad as error:
        print("SKIPPED: %s" % error)
        sys.exit(error.exit_code)
    except pytest.skip.Exception as error:
        print("SKIPPED: %s" % error)
        sys.exit(77)
    except LabError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
