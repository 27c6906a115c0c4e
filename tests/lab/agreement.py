# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the diagnosis predicts against what real servers answered: ``python -m tests.lab.agreement [slices|laboratory]``.

A truth file says, session by session, what an Odoo computed and answered when it was asked to close, recorded before the
diagnosis saw the database. Exit 1 on any disagreement, and when there was nothing to compare.
"""

from __future__ import annotations

import json
import os
import pathlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ..support.collection import make_importable
from .place import CannotBeHad, LabError, cache
from .postgres import Cluster

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils.diagnose import diagnose_session  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection, read_store  # noqa: E402

REFUSED, RIGHT, WRONG = "refused", "closed right", "closed wrong"
PREDICTED, DID = ("closable", "needs_count", "blocked"), (RIGHT, WRONG, REFUSED)
SLICES, LABORATORIES = (15, 17, 19), (19, 14)
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Comparison:
    """One session: what was read of it, and what the real server said. Money in the session's currency."""

    source: str
    session: int
    till: str
    predicted: str
    did: str
    expected: Decimal
    odoo_expected: Decimal
    codes: tuple[str, ...]
    answer: str

    @property
    def verdict_agrees(self) -> bool:
        """Blocked is right where Odoo refused or falsified the books; anything else where it closed with the books right."""
        return (self.predicted == "blocked") == (self.did != RIGHT)

    @property
    def cash_agrees(self) -> bool:
        """To the cent. Odoo 14 shows a currency of three decimals with two, so half a cent is the same."""
        return abs(self.expected - self.odoo_expected) <= CENT / 2

    @property
    def agrees(self) -> bool:
        return self.verdict_agrees and self.cash_agrees

    @property
    def badness(self) -> int:
        """0 is the worst: a session that was to close and that Odoo refused."""
        if self.predicted != "blocked" and self.did == REFUSED:
            return 0
        return 1 if not self.verdict_agrees else 2

    def __str__(self) -> str:
        words = []
        if not self.verdict_agrees:
            words.append("predicted %s, Odoo %s (%s)" % (self.predicted, self.did, self.answer or "no words"))
        if not self.cash_agrees:
            words.append("expected cash %s, Odoo says %s" % (self.expected, self.odoo_expected))
        found = ", ".join(self.codes) or "nothing found"
        return "%s session %d, %s: %s [%s]" % (
            self.source,
            self.session,
            self.till,
            "; ".join(words) or "agrees",
            found,
        )


def what_odoo_did(told: Mapping) -> str:
    """Refused, closed right or closed wrong. Wrong is: nothing posted though money was paid in, orders left behind unposted,
    a second entry, or a difference booked that the count did not ask for."""
    after = told["after"]
    if after["state"] != "closed":
        return REFUSED
    if not after["posted"]:
        return WRONG if amount(told["payments"]) else RIGHT
    unplanned = amount(after.get("difference_line")) - planned_difference(told) if "difference_line" in after else 0
    faults = (
        unplanned,
        amount(after.get("forced_line")),
        amount(after.get("balance")),
        after.get("orders_paid", 0),
        after.get("entries", 1) > 1,
    )
    return WRONG if any(faults) else RIGHT


def amount(value) -> Decimal:
    """A number of a truth file: Odoo's floats, to three decimals, the most that a currency has here."""
    return Decimal(str(value or 0)).quantize(Decimal("0.001"))


def planned_difference(told: Mapping) -> Decimal:
    """Counted less expected, as the close was asked for."""
    return amount(told["tried_with_counted"]) - amount(told["expected"])


def words_of(answer) -> str:
    """What Odoo answered, in one short line."""
    if not isinstance(answer, Mapping):
        return str(answer)
    text = answer.get("message") or answer.get("returned")
    return " ".join(str(text.get("message", text) if isinstance(text, Mapping) else text).split())[:160]


def compare(source: str, options: Mapping, truth: Mapping) -> list[Comparison]:
    """Read the database that ``options`` name and hold it against the truth. Raises LabError for a session that is not read."""
    store = read_store(options, Selection(closed_days=0)).store
    return [of_session(source, store, told) for told in truth["sessions"] if told["state"] != "closed"]


def of_session(source, store, told) -> Comparison:
    session = store.session(told["id"])
    if session is None:
        raise LabError("%s: session %d of the truth was not read." % (source, told["id"]))
    diagnosis = diagnose_session(store, session)
    return Comparison(
        source=source,
        session=session.id,
        till=session.till.name,
        predicted=diagnosis.verdict,
        did=what_odoo_did(told),
        expected=session.cash.expected if session.cash else Decimal(0),
        odoo_expected=amount(told["expected"]),
        codes=tuple(f.code for f in diagnosis.findings),
        answer=words_of(told["answer"]),
    )


def stores() -> pathlib.Path:
    """Where slices of real stores may lie: POS_STORES_DIR, else beside the checkout."""
    beside = pathlib.Path(__file__).resolve().parents[3] / "shared" / "stores"
    return pathlib.Path(os.environ.get("POS_STORES_DIR") or beside)


def of_slices(cluster: Cluster) -> Iterator[Comparison]:
    """Restore each slice of a real store and compare it."""
    for series in SLICES:
        dump, told = stores() / ("odoo-%d.sql.gz" % series), stores() / ("odoo-%d.truth.json" % series)
        if not dump.exists():
            print("SKIPPED: agreement with the slice of Odoo %d: no %s beside the checkout" % (series, dump.name))
            continue
        name = "agreement_%d" % series
        cluster.restore(name, dump)
        options = {"login_host": cluster.host, "login_port": cluster.port, "login_user": cluster.user, "login_db": name}
        yield from compare("slice %d" % series, options, json.loads(told.read_text(encoding="utf-8")))


def of_laboratory() -> Iterator[Comparison]:
    """Compare the broken store of each laboratory that is up with what its own Odoo answered."""
    for series in LABORATORIES:
        described = cache() / ("lab-%d.json" % series)
        info = json.loads(described.read_text(encoding="utf-8")) if described.exists() else None
        if info is None or not pathlib.Path(info["truth_file"]).exists():
            print("SKIPPED: agreement with the laboratory of Odoo %d: it is not up, or has recorded no truth" % series)
            continue
        pg = info["pg"]
        options = {
            "login_host": pg["host"],
            "login_port": pg["port"],
            "login_user": pg["user"],
            "login_db": info["broken_db"],
        }
        truth = json.loads(pathlib.Path(info["truth_file"]).read_text(encoding="utf-8"))
        yield from compare("laboratory %d" % series, options, truth)


def report(found: list[Comparison]) -> str:
    """The confusion matrix, N of N, and every disagreement, the worst first."""
    cells = Counter((c.predicted, c.did) for c in found)
    lines = ["%-12s %14s %14s %14s" % ("predicted", *DID)]
    lines += ["%-12s %14d %14d %14d" % (p, *(cells[p, d] for d in DID)) for p in PREDICTED]
    for source in dict.fromkeys(c.source for c in found):
        mine = [c for c in found if c.source == source]
        lines.append(
            "%-14s verdicts %d of %d, expected cash %d of %d"
            % (source, sum(c.verdict_agrees for c in mine), len(mine), sum(c.cash_agrees for c in mine), len(mine))
        )
    wrong = sorted((c for c in found if not c.agrees), key=lambda c: c.badness)
    lines += ["DISAGREES: %s" % c for c in wrong]
    lines.append("agreement: %d of %d" % (len(found) - len(wrong), len(found)))
    return "\n".join(lines)


def main(words: list[str]) -> int:
    found = []
    if words != ["laboratory"]:
        with Cluster.temporary() as cluster:
            found += of_slices(cluster)
    if words != ["slices"]:
        found += of_laboratory()
    print(report(found))
    return 0 if found and all(c.agrees for c in found) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotBeHad as error:
        print("SKIPPED: %s" % error)
        sys.exit(error.exit_code)
    except LabError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
