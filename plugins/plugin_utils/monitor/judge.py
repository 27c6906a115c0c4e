# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One store before its rules: what they see of it, the alerts that come of it, and what is remembered until the next time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from .drawers import Count, Drawers, counts_in, remember, usual
from .limits import for_rules, read_limits
from .rules import SEVERITIES, BadRule, Fault, Rule, compile_rules
from .silences import Silence, parse_silences

# What rules see of a store that could not be read.
NOTHING: Mapping[str, Any] = {
    "database": None,
    "odoo": {"series": None, "version": None, "fiscal_modules": [], "customised_by": []},
    "read_at": None,
    "summary": {
        "sessions": 0,
        "closable": 0,
        "needs_count": 0,
        "blocked": 0,
        "closed_wrongly": 0,
        "drawer_difference": None,
    },
    "sessions": [],
    "closed_wrongly": [],
    "tills": [],
    "findings": [],
}
# Digits of an amount where no currency is at hand.
USUAL_DECIMALS = 2


@dataclass(frozen=True)
class Watch:
    """What a store is held to: rules, silences and limits."""

    rules: tuple[Rule, ...]
    silences: tuple[Silence, ...]
    limits: Mapping[str, Decimal]

    @classmethod
    def of(cls, rules: Any, extra: Any, silences: Any, limits: Any) -> tuple[Watch, tuple[Fault, ...]]:
        """From variables, with what is wrong with them."""
        compiled, wrong_rules = compile_rules(rules, extra)
        quiet, wrong_silences = parse_silences(silences, [rule.name for rule in compiled])
        numbers, wrong_limits = read_limits(limits)
        return cls(compiled, quiet, numbers), (*wrong_rules, *wrong_silences, *wrong_limits)


@dataclass(frozen=True)
class Store:
    """One store of a scan. ``error`` says why it could not be read; ``facts`` is its pos_store, or NOTHING."""

    host: str
    reachable: bool
    error: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Memory:
    """What is known of earlier runs: alerts by key with since, told, severity and message; and the drawers' history."""

    alerts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    drawers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Alert:
    """One thing that a rule matched.

    ``first`` is its message as it was when the alert began, ``silenced`` says until when and why (None where it is not), and
    ``told`` is whether a webhook had it.
    """

    store: str
    rule: str
    severity: str
    message: str
    first: str
    key: str
    till: Mapping[str, Any] | None
    session: Mapping[str, Any] | None
    since: str
    silenced: str | None
    told: bool

    def shown(self, now: str) -> dict[str, Any]:
        """As a result; new is what was not there before this run."""
        return {
            "store": self.store,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "till": self.till,
            "session": self.session,
            "since": self.since,
            "new": self.since == now,
            "silenced": self.silenced,
        }


@dataclass(frozen=True)
class Judged:
    """A store, its alerts, what was told of and is over, what went wrong, and its drawers."""

    store: Store
    alerts: tuple[Alert, ...]
    over: Mapping[str, Mapping[str, Any]]
    unknown: Mapping[str, Mapping[str, Any]]
    faults: tuple[Fault, ...]
    drawers: Drawers

    def memory(self, told: bool, webhook: bool) -> Memory:
        """What to remember. ``told``: a webhook has just had every alert that is not silenced; ``webhook``: there is one.

        What is over is remembered until a webhook has had that too.
        """
        kept: dict[str, Mapping[str, Any]] = dict(self.unknown)
        if webhook and not told:
            kept.update(self.over)
        for alert in self.alerts:
            kept[alert.key] = {
                "since": alert.since,
                "told": alert.told or (told and alert.silenced is None),
                "severity": alert.severity,
                "message": alert.first,
            }
        return Memory(kept, self.drawers)


def why(findings: Iterable[Mapping[str, Any]]) -> str:
    """The messages of what stops a close; of what deserves a look where nothing does."""
    found = list(findings)
    for severity in ("blocker", "warning"):
        said = [f["message"] for f in found if f["severity"] == severity]
        if said:
            return " ".join(said)
    return " ".join(f["message"] for f in found)


def document_of(store: Store, watch: Watch, drawers: Drawers) -> dict[str, Any]:
    """What the rules see: pos_store, and beside it host, reachable, error, limits and counts; every session and till with limits
    and why, and every session with what is usual for its drawer."""

    def session(facts: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **facts,
            "limits": for_rules(watch.limits, facts["currency"]["decimals"]),
            "usual": usual(drawers, facts, watch.limits),
            "why": why(facts["findings"]),
        }

    facts, limits = store.facts, for_rules(watch.limits, USUAL_DECIMALS)
    sessions = [session(one) for one in facts["sessions"]]
    return {
        **facts,
        "host": store.host,
        "reachable": store.reachable,
        "error": store.error or None,
        "limits": limits,
        "counts": {"rescue": sum(1 for one in sessions if one["rescue"])},
        "sessions": sessions,
        "closed_wrongly": [session(one) for one in facts["closed_wrongly"]],
        "tills": [{**till, "limits": limits, "why": why(till["findings"])} for till in facts["tills"]],
    }


def subject(match: Mapping[str, Any]) -> tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """What was matched, as a key that stays the same from run to run, and its till and session where it has them."""
    number, name = match.get("id"), match.get("name")
    if isinstance(match.get("till"), Mapping):
        till = {"id": match["till"].get("id"), "name": match["till"].get("name")}
        return "session %s" % number, till, {"id": number, "name": name}
    if number is not None and "code" not in match:
        return "till %s" % number, {"id": number, "name": name}, None
    return str(match.get("code") or ""), None, None


def judge(store: Store, watch: Watch, memory: Memory, now: datetime, closed: Sequence[Count] = ()) -> Judged:
    """Hold one store to its rules. A store that could not be read keeps what was known of it: nothing there is over.

    ``closed`` are counts of sessions that have been closed since.
    """
    drawers = remember(memory.drawers, [*counts_in(store.facts), *closed])
    document = document_of(store, watch, drawers)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    alerts: list[Alert] = []
    faults: list[Fault] = []
    failed = set()
    for rule in watch.rules:
        try:
            found = list(rule.matches(document))
        except BadRule as error:
            failed.add(rule.name)
            faults.append(Fault("rule", rule.name, "Rule %s failed: %s." % (rule.name, error), store.host))
            continue
        for match, message in found:
            about, till, session = subject(match)
            key = ("%s %s" % (rule.name, about)).strip()
            past = memory.alerts.get(key, {})
            silenced = [s.words() for s in watch.silences if s.holds(rule.name, store.host, till, now)]
            alerts.append(
                Alert(
                    store=store.host,
                    rule=rule.name,
                    severity=rule.severity,
                    message=message,
                    first=past.get("message", message),
                    key=key,
                    till=till,
                    session=session,
                    since=past.get("since", stamp),
                    silenced=silenced[0] if silenced else None,
                    told=bool(past.get("told")),
                )
            )
    present, names = {alert.key for alert in alerts}, {rule.name for rule in watch.rules}
    gone = {key: past for key, past in memory.alerts.items() if key not in present and rule_of(key) in names}
    unknown = {key: past for key, past in gone.items() if not store.reachable or rule_of(key) in failed}
    over = {key: past for key, past in gone.items() if key not in unknown and past.get("told")}
    alerts.sort(key=lambda a: (SEVERITIES.index(a.severity), a.rule, a.key))
    return Judged(store, tuple(alerts), over, unknown, tuple(faults), drawers)


def rule_of(key: str) -> str:
    """The rule of an alert's key."""
    return key.split(" ", 1)[0]
