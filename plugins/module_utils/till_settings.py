# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task wishes of a till's settings, and what is set: accounts, journals, methods, and one change of one field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional, Union

from .store import Till

ACCOUNT_OPTIONS = (
    "loss_account", "profit_account", "cash_account", "receivable_account", "outstanding_account",
    "method_receivable_account", "method_outstanding_account", "tax_account",
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What a task asks for: accounts by code, journals by code or id, the method by name or id."""

    till: str
    accounts: Mapping[str, str]
    journal: Optional[str] = None
    method: Optional[str] = None
    sales_journal: Optional[str] = None
    restore_journal: tuple[str, ...] = ()
    taxes: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True)
class Account:
    """``ours``: whether the till's company may use it."""

    id: int
    code: str
    name: str
    active: bool
    kind: str
    reconcile: bool
    ours: bool

    @property
    def text(self) -> str:
        return "%s %s" % (self.code, self.name)


@dataclass(frozen=True)
class Journal:
    """A journal of any company; ``accounts`` are its fields as they are stored."""

    id: int
    code: str
    name: str
    kind: str
    active: bool
    company_id: int
    accounts: Mapping[str, Optional[int]]

    @property
    def text(self) -> str:
        return "%s (%s)" % (self.name, self.code)


@dataclass(frozen=True)
class MethodSettings:
    """A payment method without fallbacks, and the open sessions that forbid changing it."""

    id: int
    name: str
    journal_id: Optional[int]
    accounts: Mapping[str, Optional[int]]
    open_sessions: tuple[str, ...]


@dataclass(frozen=True)
class Configuration:
    """Everything a decision looks at. ``company`` holds the company's fields, ``tax_lines`` (line, tax) without an account."""

    series: int
    till: Till
    company: Mapping[str, Optional[int]]
    journals: tuple[Journal, ...]
    methods: tuple[MethodSettings, ...]
    accounts: tuple[Account, ...]
    tax_lines: tuple[tuple[int, str], ...] = ()
    known_taxes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """One field of one record. ``answers``: the finding that is gone afterwards; ``about``: the record or tax it speaks of."""

    what: str
    model: str
    id: int
    field: str
    value: Union[int, bool]
    before: Union[int, bool, None]
    before_text: Optional[str]
    after_text: str
    answers: str
    about: Union[int, str, None] = None

    @property
    def step(self) -> str:
        was = "" if self.before_text is None else " (was %s)" % self.before_text
        return "Set the %s to %s%s." % (self.what, self.after_text, was)


@dataclass
class Decision:
    """What to change, what stays although it is asked for, and everything that makes it impossible."""

    changes: list[Change] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def wish_of(params: Mapping[str, Any]) -> Wish:
    """The options of a task; empty text is none."""

    def text(name: str) -> Optional[str]:
        return str(params.get(name) or "").strip() or None

    def texts(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(t).strip() for t in params.get(name) or () if str(t).strip()))

    given = {option: text(option) for option in ACCOUNT_OPTIONS}
    return Wish(
        till=text("till") or "",
        accounts={option: code for option, code in given.items() if code is not None},
        journal=text("journal"),
        method=text("method"),
        sales_journal=text("sales_journal"),
        restore_journal=texts("restore_journal"),
        taxes=texts("taxes"),
        replace=bool(params.get("replace")),
    )
