# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the caller of a close decided, checked against the session: amounts, counts, policies. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Optional

from .diagnose_money import booked, stale
from .errors import BadInput
from .notes import assumed
from .store import ZERO, Currency, Method, Session

COUNTED, ASSUME_EXPECTED = "counted", "assume_expected"
TEXT_OPTIONS = ("counted_cash", "max_cash_difference", "balancing_account", "max_imbalance", "approved_plan", "note")
PLAIN_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]+)?", re.ASCII)


@dataclass(frozen=True)
class CloseOptions:
    """What the caller decided. Money is still text: its decimals are checked against the till's currency."""

    counted_cash: str = ""
    cash_policy: str = COUNTED
    max_cash_difference: str = ""
    bank_counted: Mapping[str, str] = field(default_factory=dict)
    balancing_account: str = ""
    max_imbalance: str = ""
    min_idle_minutes: int = 15
    approved_plan: str = ""
    note: str = ""

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> CloseOptions:
        """From module parameters. Raises BadInput for combinations that contradict each other."""
        text = {name: (params.get(name) or "").strip() for name in TEXT_OPTIONS}
        bank = {str(k): str(v).strip() for k, v in (params.get("bank_counted") or {}).items()}
        options = cls(
            cash_policy=params["cash_policy"], bank_counted=bank, min_idle_minutes=params["min_idle_minutes"], **text
        )
        if options.counted_cash and options.cash_policy == ASSUME_EXPECTED:
            raise BadInput("counted_cash and cash_policy=assume_expected contradict each other: give one of them.")
        if bool(options.balancing_account) != bool(options.max_imbalance):
            raise BadInput(
                "balancing_account and max_imbalance belong together: give both before an imbalance may be forced."
            )
        if options.balancing_account and bank:
            raise BadInput(
                "bank_counted cannot go with balancing_account: Odoo's force-close wizard drops bank counts."
            )
        if options.min_idle_minutes < 0:
            raise BadInput("min_idle_minutes must not be negative.")
        return options


def amount_of(text: str, money: Currency, option: str) -> Optional[Decimal]:
    """An amount out of an option; None for an empty one. Raises BadInput for anything but plain digits within the currency."""
    if not text:
        return None
    if not PLAIN_NUMBER.fullmatch(text):
        raise BadInput(
            "%s must be a plain amount such as 117.50 (digits, one point, no sign), not %r." % (option, text[:40])
        )
    amount = Decimal(text)
    if money.round(amount) != amount:
        raise BadInput("%s has more decimals than %s has (%d): %r." % (option, money.name, money.decimals, text[:40]))
    return amount


def without_assumption(session: Session, notes: Optional[str]) -> Session:
    """The session as nobody has counted it, where the stored count is what an attempt of ours assumed before its answer was
    lost: taken for a count it would hide that nobody counted. ``notes`` are the session's closing notes."""
    cash = session.cash
    if cash is None or cash.counted is None or stale(cash) or not assumed(notes):
        return session
    if not session.till.currency.is_zero(cash.counted - cash.expected):
        return session
    return replace(session, cash=replace(cash, counted=None, counted_at=None))


def decide_count(
    session: Session, series: int, given: Optional[Decimal], policy: str
) -> tuple[Optional[Decimal], bool]:
    """What counts as counted: the given amount, the expected one by policy, or what is stored. (count, whether it is assumed)."""
    cash = session.cash
    if cash is None:
        if given is not None:
            raise BadInput("counted_cash was given, but till %s has no drawer that Odoo counts." % session.till.name)
        return None, False
    if session.rescue and series >= 15:
        automatic = cash.expected
        if given is not None and given != automatic:
            raise BadInput(
                "Odoo counts a rescue session's cash from its payments (%s), so counted_cash would be dropped: leave it out, "
                "and count that money with the till's next session." % session.till.currency.text(automatic)
            )
        return None, False
    if not session.till.cash_control:
        if given is not None and given != cash.expected:
            raise BadInput(
                "Till %s has cash control switched off, so Odoo would drop counted_cash: leave it out."
                % session.till.name
            )
        return None, False
    if given is not None:
        return given, False
    if policy == ASSUME_EXPECTED and (cash.counted is None or stale(cash)):
        # A fresh count of a person stands: assuming over it would hide what they found.
        return cash.expected, True
    if session.till.currency.is_zero(cash.expected) and cash.counted is None:
        return ZERO, False
    return cash.counted, False


def find_method(session: Session, key: str) -> Method:
    """A method of the session's till by id or name. Raises BadInput."""
    methods = [m for m in session.till.methods if m.active and (str(m.id) == key or m.name == key)]
    if len(methods) != 1:
        names = ", ".join("%s (%d)" % (m.name, m.id) for m in session.till.methods if m.kind in ("bank", "terminal"))
        problem = "is not" if not methods else "is not the only"
        raise BadInput(
            "bank_counted: %r %s payment method of till %s, which has %s."
            % (key[:60], problem, session.till.name, names or "none")
        )
    return methods[0]


def bank_differences(session: Session, series: int, counts: Mapping[str, str]) -> dict[int, Decimal]:
    """Counted minus recorded by method id. Raises BadInput for a method this Odoo cannot take a count for."""
    found: dict[int, Decimal] = {}
    counted: dict[int, str] = {}
    for key, text in counts.items():
        method = find_method(session, key)
        amount = amount_of(text, session.till.currency, "bank_counted[%s]" % method.name)
        if amount is None:
            continue
        if method.id in counted:
            raise BadInput(
                "bank_counted: %s is counted twice, as %s and as %s: give one count."
                % (method.name, counted[method.id], key)
            )
        counted[method.id] = key
        if series == 14:
            raise BadInput("bank_counted is not possible on Odoo 14, which has no bank counts.")
        if method.kind not in ("bank", "terminal") or method.journal_id is None:
            raise BadInput("bank_counted: %s is no bank method, so Odoo takes no count for it." % method.name)
        paid = next((booked(p, series) for p in session.payments if p.method_id == method.id), ZERO)
        difference = session.till.currency.round(amount - paid)
        if difference and session.rescue:
            raise BadInput(
                "bank_counted: Odoo closes a rescue session without bank counts, so the difference of %s would be dropped: leave "
                "its count out, and book the difference in the bank's journal." % method.name
            )
        if difference and series == 18 and not method.own_outstanding:
            raise BadInput(
                "bank_counted: Odoo 18 drops the count of %s silently, because it has no outstanding account of its own."
                % method.name
            )
        if difference and paid < 0 and series == 19 and not method.split:
            # Its entry has both lines on one account then, and Odoo looks for the one of two (_apply_diff_on_account_payment_move).
            raise BadInput(
                "bank_counted: by %s more was given back than paid in this session (%s), and Odoo 19 cannot book a difference of "
                "such a day: leave its count out, and book the difference in the bank's journal."
                % (method.name, session.till.currency.text(paid))
            )
        if difference and not paid and not method.split:
            raise BadInput(
                "bank_counted: %s has no payments in this session, so Odoo would not book its difference." % method.name
            )
        if difference:
            found[method.id] = difference
    return found
