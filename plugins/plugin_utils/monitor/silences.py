# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Silences: which alerts nobody needs to hear of, until when."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .rules import Fault

KEYS = ("rule", "store", "till", "until", "reason")
EVERY = "*"


class BadSilence(Exception):
    """A silence cannot be used. Half a sentence."""


@dataclass(frozen=True)
class Silence:
    """``rule`` and ``store`` may be patterns; ``till`` is an id or a name, empty for all; ``until`` None is for ever."""

    rule: str
    store: str = EVERY
    till: str = ""
    until: datetime | None = None
    reason: str = ""

    @classmethod
    def of(cls, given: Any) -> Silence:
        """Raises BadSilence."""
        if not isinstance(given, Mapping):
            raise BadSilence("it is no mapping of %s" % ", ".join(KEYS))
        unknown = sorted(str(key) for key in given if key not in KEYS)
        if unknown:
            raise BadSilence(
                "it has unknown keys (%s): a silence has %s" % (clean(", ".join(unknown)), ", ".join(KEYS))
            )
        text = {key: "" if given.get(key) is None else str(given[key]).strip() for key in KEYS}
        if not text["rule"]:
            raise BadSilence("it names no rule; '*' is every rule")
        return cls(text["rule"], text["store"] or EVERY, text["till"], moment(text["until"]), clean(text["reason"]))

    def holds(self, rule: str, store: str, till: Mapping[str, Any] | None, now: datetime) -> bool:
        """Whether an alert is to be kept quiet."""
        if self.until is not None and now >= self.until:
            return False
        if self.till and (till is None or self.till not in (str(till["id"]), str(till["name"]))):
            return False
        return fnmatch.fnmatchcase(rule, self.rule) and fnmatch.fnmatchcase(store, self.store)

    def words(self) -> str:
        """Until when and why."""
        until = "silenced" if self.until is None else "silenced until %s" % self.until.strftime("%Y-%m-%d %H:%M UTC")
        return "%s: %s" % (until, self.reason) if self.reason else until


def moment(text: str) -> datetime | None:
    """An end as UTC; a day counts to its end, a time without zone is UTC. Raises BadSilence."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadSilence("its 'until' must be a day such as '2026-12-31', or an ISO 8601 time") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    try:
        return at.astimezone(timezone.utc) + timedelta(days=1 if len(text) == len("2026-12-31") else 0)
    except OverflowError:
        return None


def parse_silences(given: Any, rules: Iterable[str]) -> tuple[tuple[Silence, ...], tuple[Fault, ...]]:
    """The silences, and what is wrong with those that silence nothing. ``rules``: the names that there are."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        return (), (
            Fault("silence", "", "The silences are no list: give a list of rule, store, till, until and reason."),
        )
    silences, faults, names = [], [], list(rules)
    for number, one in enumerate(given, 1):
        name = clean(one.get("rule") if isinstance(one, Mapping) else "")[:64] or "number %d" % number
        try:
            silence = Silence.of(one)
            if not fnmatch.filter(names, silence.rule):
                raise BadSilence("there is no such rule")
        except BadSilence as error:
            faults.append(Fault("silence", name, "The silence of %s is not used: %s." % (name, error)))
        else:
            silences.append(silence)
    return tuple(silences), tuple(faults)
