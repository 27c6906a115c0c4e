# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules as data: name, when (JMESPath over a store), severity, message. What is wrong with a rule is said and stops nothing else.

``when`` yields true or false for the store as a whole, or a list of the sessions, tills or findings that it matched; each of
them becomes one alert. ``message`` is plain text with {fields} of what was matched; it is no template and runs nothing.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import spoken
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

try:
    import jmespath  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover
    JMESPATH_MISSING = True
else:
    JMESPATH_MISSING = False

CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)
KEYS = ("name", "when", "severity", "message")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
FIELD = re.compile(r"\w+(\.\w+)*", re.ASCII)
LONGEST = 1000


class BadRule(Exception):
    """A rule cannot be used, or not on this store. One sentence."""


@dataclass(frozen=True)
class Fault:
    """What could not be done, and why. ``what``: rule, silence, limit, metrics, state, trail or webhook; ``store`` where it met one."""

    what: str
    name: str
    message: str
    store: str = ""


@dataclass(frozen=True)
class Message:
    """Text and fields by turns. A field is a path of keys, such as ``till.name``."""

    parts: tuple[tuple[str, str | None], ...]

    @classmethod
    def of(cls, text: Any) -> Message:
        """Raises BadRule for text that is no message."""
        if not isinstance(text, str) or not text.strip():
            raise BadRule("it has no message")
        try:
            parsed = list(string.Formatter().parse(text))
        except ValueError as error:
            raise BadRule("its message has a brace too many or too few (%s)" % error) from None
        for _text, name, spec, conversion in parsed:
            if name is not None and (spec or conversion or not FIELD.fullmatch(name)):
                raise BadRule("its message may hold {field} and {field.field} only, not {%s}" % name)
        return cls(tuple((text, name) for text, name, _spec, _conversion in parsed))

    def fill(self, match: Mapping[str, Any]) -> str:
        """The message about ``match``. Raises BadRule for a field that it does not have."""
        text = "".join(words + ("" if name is None else said(name, match)) for words, name in self.parts)
        return clean(text)[:LONGEST]


def said(name: str, match: Mapping[str, Any]) -> str:
    """The value at a path of keys, as a person would say it. Raises BadRule."""
    value: Any = match
    for key in name.split("."):
        if not isinstance(value, Mapping) or key not in value:
            raise BadRule("its message names {%s}, which what it matched does not have" % name)
        value = value[key]
    if isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(one, (Mapping, list)) for one in value)
    ):
        raise BadRule("its message names {%s}, which is no single value: name a field of it" % name)
    if value is None:
        return "nothing"
    return ("yes" if value else "no") if isinstance(value, bool) else spoken(value)


@dataclass(frozen=True)
class Rule:
    """A rule that compiled. ``when`` is what jmespath made of the expression."""

    name: str
    when: Any
    severity: str
    message: Message

    def matches(self, document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
        """What the rule matched in a store and the message about it; the store itself for a plain yes. Raises BadRule."""
        try:
            found = self.when.search(document)
        except Exception as error:
            # The expression is a user's, and jmespath lets through what Python says of it: no rule may stop the others.
            raise BadRule("its expression failed: %s" % first_line(error)) from None
        if found is None or found is False:
            return
        if found is True:
            found = [document]
        if not isinstance(found, list) or not all(isinstance(match, Mapping) for match in found):
            raise BadRule(
                "its expression must yield true, false or a list of sessions, tills or findings, not %s" % kind(found)
            )
        for match in found:
            yield match, self.message.fill({**document, **match})


def kind(value: Any) -> str:
    """What an expression yielded, in a word."""
    if isinstance(value, list):
        return "a list of other things"
    names = {str: "text", int: "a number", float: "a number"}
    return names.get(type(value), "an object")


def first_line(error: Exception) -> str:
    """An exception's text on one line; jmespath draws the expression below it."""
    return clean((str(error) or type(error).__name__).split("\n", 1)[0]).rstrip(".:")[:300]


def compile_rule(given: Any) -> Rule:
    """Raises BadRule."""
    if not isinstance(given, Mapping):
        raise BadRule("it is no mapping of %s" % ", ".join(KEYS))
    if not isinstance(given.get("name"), str) or not NAME.fullmatch(given["name"]):
        raise BadRule("its name must be lower case letters, digits and underscores, beginning with a letter")
    unknown = sorted(str(key) for key in given if key not in KEYS)
    if unknown:
        raise BadRule("it has unknown keys (%s): a rule has %s" % (clean(", ".join(unknown)), ", ".join(KEYS)))
    if given.get("severity") not in SEVERITIES:
        raise BadRule("its severity must be one of %s" % ", ".join(SEVERITIES))
    if not isinstance(given.get("when"), str):
        raise BadRule("its 'when' must be a JMESPath expression in quotes")
    try:
        when = jmespath.compile(given["when"])
    except (ValueError, RecursionError) as error:
        raise BadRule("its expression is no JMESPath: %s" % first_line(error)) from None
    return Rule(given["name"], when, given["severity"], Message.of(given.get("message")))


def compile_rules(*lists: Any) -> tuple[tuple[Rule, ...], tuple[Fault, ...]]:
    """The rules of some lists, of which a later one replaces an earlier one of its name; and what is wrong with the others.

    A rule that cannot be used leaves the one that it was to replace in place.
    """
    rules: dict[str, Rule] = {}
    faults = []
    for given in lists:
        if not isinstance(given, Sequence) or isinstance(given, str):
            faults.append(Fault("rule", "", "The rules are no list: give a list of name, when, severity and message."))
            continue
        for number, one in enumerate(given, 1):
            name = clean(one.get("name") if isinstance(one, Mapping) else "")[:64] or "number %d" % number
            try:
                rule = compile_rule(one)
            except BadRule as error:
                faults.append(Fault("rule", name, "Rule %s is not used: %s." % (name, error)))
            else:
                rules[rule.name] = rule
    return tuple(rules.values()), tuple(faults)
