# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The axes of the matrix and what stays of an answer when the clock and the server are left out: what must be equal everywhere."""

from __future__ import annotations

import gzip
import json
import os
import pathlib
import subprocess

from ..lab.agreement import LABORATORIES, SLICES, compare, stores
from ..lab.closing_store import facts, laboratory, reading
from ..lab.lab import BROKEN

#: Where stores come from: slices of real ones, and the laboratories' broken ones.
SOURCES = tuple(("slice", series) for series in SLICES) + tuple(("laboratory", series) for series in LABORATORIES)
#: What a reading says of the moment and of the machine, not of the store.
MOMENT = {"read_at", "generated_at", "read_ms", "hours_open", "idle_minutes", "database"}
#: Findings whose words hold a number of hours or minutes.
TIMED = {"session.stale", "session.in_use", "session.never_opened", "session.stuck_closing", "orders.draft_future"}


def axis(full, all_of, few):
    """The cases of an axis: all of them in a full run, else a few."""
    return list(all_of) if full else [case for case in all_of if case in few]


def timeless(value):
    """Facts without what passes: the same store read at another time, or by another server, must come out equal."""
    if isinstance(value, list):
        return [
            timeless(one) for one in value if not str(isinstance(one, dict) and one.get("code")).startswith("platform.")
        ]
    if not isinstance(value, dict):
        return value
    kept = {name: timeless(inner) for name, inner in value.items() if name not in MOMENT}
    if value.get("code") in TIMED:
        kept.update(message=None, evidence=None)
    return kept


def difference(one, other, where=""):
    """Where two answers differ first: the path, and both values; None where they do not."""
    if isinstance(one, dict) and isinstance(other, dict) and set(one) == set(other):
        return next(filter(None, (difference(one[name], other[name], "%s.%s" % (where, name)) for name in one)), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other))
        return next(filter(None, (difference(a, b, "%s[%d]" % (where, number)) for number, (a, b) in pairs)), None)
    return None if one == other else (where, str(one)[:300], str(other)[:300])


def seen(options, **selection):
    """What pos_session_facts says of a database, timeless."""
    read = reading.read_store(options, reading.Selection(closed_days=3650, **selection))
    return timeless(facts.store_facts(read.store, read.read_ms))


class Source:
    """A store to restore anywhere: its SQL, and what its own Odoo answered session by session."""

    def __init__(self, kind, series):
        self.name = "%s %d" % (kind, series)
        self.sql, self.truth = (_slice if kind == "slice" else _of_laboratory)(series)

    def disagreements(self, options):
        """What the diagnosis of a restored copy says otherwise than the real Odoo did, as sentences, and how many were compared."""
        found = compare(self.name, options, self.truth) if self.truth else []
        return [str(one) for one in found if not one.agrees], len(found)


class NoSource(Exception):
    """This machine does not have it; the text says what is missing."""


def _slice(series):
    dump = stores() / ("odoo-%d.sql.gz" % series)
    if not dump.exists():
        raise NoSource("no %s beside the checkout" % dump.name)
    text = gzip.decompress(dump.read_bytes()).decode("utf-8")
    return text, json.loads(dump.with_name("odoo-%d.truth.json" % series).read_text(encoding="utf-8"))


def _of_laboratory(series):
    lab = laboratory(series)
    program = os.path.join(lab.pg.bin, "pg_dump")
    done = subprocess.run(
        [program, "--no-owner", "--no-privileges", BROKEN],
        env={**os.environ, **lab.pg.environment()},
        capture_output=True,
        check=True,
    )
    # psql of another version may not know these two words against smuggled commands, and a setting of a newer server.
    strange = ("\\restrict", "\\unrestrict", "SET transaction_timeout")
    text = "\n".join(line for line in done.stdout.decode("utf-8").split("\n") if not line.startswith(strange))
    told = pathlib.Path(lab.truth_file)
    # A laboratory need not have recorded what its Odoo answers; the versions are then held against each other only.
    return text, json.loads(told.read_text(encoding="utf-8")) if told.exists() else None
