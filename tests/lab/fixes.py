# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fix on a real Odoo: what was wrong, what the fix changed, and that the books are as they should be.

A fix holds when check mode writes not one row, the first run changes something and proves it, the second run changes nothing,
and the session then closes with every proof held. A refusal holds when it says why and not one row has changed.
``python3 -m tests.lab.fixes`` prints the table; the cases are in fixes_*.py.
"""

from __future__ import annotations

import dataclasses
import importlib
import pathlib
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .closing_store import Store, arguments, differences, facts, reading, shop_of

BOTH = (19, 14)
REGISTRY: list[Fix] = []


@dataclasses.dataclass
class Case:
    """What was broken and what is to be run.

    till: the laboratory's till, or None where ``session`` names one, or none is meant. work: a module's work function; its SPEC
    is beside it. options: of the module; the session is added where the module takes one. close: the options to close with
    afterwards, None for not at all. after: more assertions, given the first run's result. says: words of the refusal.
    """

    till: Any
    work: Callable[..., dict[str, Any]]
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    close: Mapping[str, Any] | None = None
    after: Callable[[dict[str, Any]], None] | None = None
    says: Sequence[str] = ()
    session: int | None = None

    def ident(self):
        """The id of the session, None where no session is meant."""
        return self.session or (self.till and self.till.session) or None


@dataclasses.dataclass(frozen=True)
class Fix:
    """One entry of the table. refuses: whether the case must be refused."""

    cause: str
    title: str
    role: str
    series: tuple[int, ...]
    refuses: bool
    make: Callable[[Store], Case]

    @property
    def name(self):
        return "%s-%s" % (self.cause, self.make.__name__)


@dataclasses.dataclass
class Row:
    """A line of the table."""

    fix: Fix
    series: int
    before: str = ""
    after: str = ""
    problem: str = ""


def fix(cause, title, role, series=BOTH, refuses=False):
    """Register a case: ``cause`` is its id in the catalogue of root causes, such as C01."""

    def register(make):
        REGISTRY.append(Fix(cause, title, role, tuple(series), refuses, make))
        return make

    return register


def refusal(cause, title, role, series=BOTH):
    """Register a case that must be refused without a row being changed."""
    return fix(cause, title, role, series, refuses=True)


def everything():
    """The registry with the cases of every fixes_*.py."""
    for path in sorted(pathlib.Path(__file__).parent.glob("fixes_*.py")):
        importlib.import_module("%s.%s" % (__package__, path.stem))
    return REGISTRY


def run(store, case, check=False):
    """What the module ends with: its result, with ``failed`` and ``msg`` where it failed."""
    spec = sys.modules[case.work.__module__].SPEC
    options = {**store.pg, **(store.password if "odoo_url" in spec.options else {})}
    if "session" in spec.options and case.ident() and not {"session", "till"} & set(case.options):
        options["session"] = str(case.ident())
    return arguments.run_here(spec, case.work, {**options, **case.options}, check, True)


def stands(store, case):
    """How the session stands, in a few words for the table."""
    if case.ident() is None:
        return "-"
    store_facts = facts.store_facts(reading.read_store(store.pg, reading.Selection(session=str(case.ident()))).store)
    (session,) = [*store_facts["sessions"], *store_facts["closed_wrongly"]]
    serious = [found["code"] for found in session["findings"] if found["severity"] != "info"]
    how = session["verdict"] if session["state"] == session["verdict"] else "%(state)s, %(verdict)s" % session
    return how + (": " + " ".join(serious) if serious else "")


def hold(fix, store):
    """Run the case; returns its row. Raises AssertionError where it does not hold."""
    case, row = fix.make(store), Row(fix, store.series)
    row.before = stands(store, case)
    rows = store.everything()
    if fix.refuses:
        refused_and_untouched(store, case, rows)
    else:
        fixed_once(store, case, rows)
    row.after = stands(store, case)
    if case.close is not None:
        closed = store.close(case.ident(), **case.close)
        assert closed["changed"] and closed["proof"] and all(check["held"] for check in closed["proof"]), closed
        store.assert_closed_once(case.ident(), case.close.get("counted_cash"))
        row.after = stands(store, case)
    return row


def refused_and_untouched(store, case, rows):
    for check in (True, False):
        told = run(store, case, check)
        assert told.get("failed") and not told.get("changed"), told
        for words in case.says:
            assert words in told["msg"], told["msg"]
        assert "Traceback" not in told["msg"]
        assert differences(rows, store.everything()) == [], (check, differences(rows, store.everything()))


def fixed_once(store, case, rows):
    planned = run(store, case, check=True)
    assert not planned.get("failed") and planned["changed"] is True and planned["diff"], planned
    assert differences(rows, store.everything()) == [], differences(rows, store.everything())
    first = run(store, case)
    assert not first.get("failed") and first["changed"] is True, first
    assert first["proof"] and all(check["held"] for check in first["proof"]), first["proof"]
    done = store.everything()
    second = run(store, case)
    assert not second.get("failed") and second["changed"] is False, second
    assert differences(done, store.everything()) == [], differences(done, store.everything())
    if case.after is not None:
        case.after(first)


def tried(fix, series):
    """The row of a case, with its problem where it does not hold."""
    try:
        return hold(fix, shop_of(series))
    except Exception as error:  # one that breaks off must not hide the others
        traceback.print_exc()
        return Row(fix, series, problem=" ".join(str(error).split())[:200] or type(error).__name__)


def table(rows):
    """The rows as lines of Markdown."""
    lines = [
        "| Odoo | cause | what was wrong | fix | before | after | held |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        after = row.problem or ("refused, not a row changed" if row.fix.refuses else row.after)
        cells = (
            row.series,
            row.fix.cause,
            row.fix.title,
            row.fix.role,
            row.before,
            after,
            "NO" if row.problem else "yes",
        )
        lines.append("| %s |" % " | ".join(str(cell).replace("|", "/") for cell in cells))
    return lines


def main():
    rows = [tried(one, series) for one in everything() for series in one.series]
    print("\n".join(table(rows)))
    broken = [row for row in rows if row.problem]
    print("\n%d of %d hold." % (len(rows) - len(broken), len(rows)))
    return 1 if broken or not rows else 0


if __name__ == "__main__":
    # the cases register with this module under its own name
    from tests.lab import fixes

    sys.exit(fixes.main())
