# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store as frozen dataclasses: money is Decimal in the till's currency, times are aware and UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Optional

ZERO = Decimal(0)
OPEN_STATES = ("opening_control", "opened", "closing_control")


@dataclass(frozen=True)
class Currency:
    """``rounding`` is the smallest step Odoo books in, such as 0.01; ``decimals`` how many digits are shown."""

    name: str
    decimals: int
    rounding: Decimal

    def round(self, amount: Decimal) -> Decimal:
        """Round half away from zero to the currency's step, as Odoo does (odoo/tools/float_utils.py)."""
        if self._is_decimal_place:
            return amount.quantize(self.rounding, ROUND_HALF_UP) or ZERO
        steps = (abs(amount) / self.rounding).quantize(Decimal(1), ROUND_HALF_UP)
        return (steps * self.rounding).copy_sign(amount) if steps else ZERO

    def is_zero(self, amount: Optional[Decimal]) -> bool:
        """Whether an amount vanishes when it is rounded to the currency's step."""
        return amount is None or self.round(amount) == 0

    def text(self, amount: Decimal) -> str:
        """The amount with the currency's digits, such as '12.50'. Never in exponent form, never '-0.00'."""
        value = self.round(amount).quantize(self._last_digit)
        return format(value or abs(value), "f")

    def minor(self, amount: Decimal) -> int:
        """The amount in whole minor units: cents, or pounds for a currency without decimals."""
        return int(self.text(amount).replace(".", ""))

    @cached_property
    def _is_decimal_place(self) -> bool:
        """Whether the step is 0.01, 0.1, 1 and so on, as nearly always: then the quicker way to round is the same."""
        return self.rounding.as_tuple().digits == (1,)

    @cached_property
    def _last_digit(self) -> Decimal:
        return Decimal(1).scaleb(-self.decimals)


@dataclass(frozen=True)
class Method:
    """A payment method as one till has it. ``kind``: cash, bank, pay_later, online or terminal."""

    id: int
    name: str
    active: bool
    kind: str
    split: bool
    terminal: Optional[str]
    journal_id: Optional[int]
    journal: Optional[str]
    journal_active: bool
    default_account_id: Optional[int]
    loss_account_id: Optional[int]
    profit_account_id: Optional[int]
    receivable_id: Optional[int]
    outstanding_id: Optional[int]
    own_outstanding: bool
    archived_accounts: tuple[str, ...]
    archived_difference: tuple[int, ...]
    tills_on_journal: int


@dataclass(frozen=True)
class Till:
    """A pos.config. ``max_difference`` is None where no limit is set."""

    id: int
    name: str
    active: bool
    company_id: int
    company: str
    currency: Currency
    cash_control: bool
    max_difference: Optional[Decimal]
    sales_journal_id: Optional[int]
    sales_journal: Optional[str]
    sales_journal_active: bool
    cash_rounding: bool
    rounding_id: Optional[int]
    rounding_strategy: Optional[str]
    rounding_accounts: Optional[int]
    #: Whether taxes are rounded over the whole order, and whether prices include them where a tax does not say so.
    taxes_globally: bool
    taxes_included: Optional[str]
    methods: tuple[Method, ...]

    @cached_property
    def cash_method(self) -> Optional[Method]:
        """The one method whose drawer Odoo counts: the first cash method that is active."""
        return next((m for m in self.methods if m.kind == "cash" and m.active), None)


@dataclass(frozen=True)
class Order:
    """An order that needs a look. ``off`` is by how much it unbalances the closing entry; ``paid`` the sum of its payments."""

    id: int
    name: str
    reference: Optional[str]
    state: str
    amount: Decimal
    paid: Decimal
    payments: int
    lines: int
    off: Decimal
    created_at: Optional[datetime]
    preset_at: Optional[datetime]
    no_customer: bool
    underpaid: bool
    invoice: Optional[str]
    invoice_state: Optional[str]


@dataclass(frozen=True)
class Payments:
    """The payments of one session by one method. ``captured`` counts paid orders only, ``cancelled`` cancelled ones, ``amount`` all."""

    method_id: int
    method_name: str
    number: int
    amount: Decimal
    captured: Decimal
    cancelled: Decimal
    unconfirmed: int
    uncaptured: int
    removed: bool
    last_at: Optional[datetime]
    no_register: bool = False


@dataclass(frozen=True)
class Cash:
    """The drawer of a session. ``expected`` is what this Odoo would compute; ``counted`` None when nobody counted."""

    journal_id: int
    journal: str
    opening: Decimal
    sales: Decimal
    moves: Decimal
    move_count: int
    expected: Decimal
    counted: Optional[Decimal]
    counted_at: Optional[datetime]
    moved_at: Optional[datetime]
    start: Decimal
    previous_counted: Optional[Decimal]
    register_state: Optional[str]

    @property
    def difference(self) -> Optional[Decimal]:
        return None if self.counted is None else self.counted - self.expected


@dataclass(frozen=True)
class Books:
    """How a closed session stands in the journal."""

    entry: Optional[str]
    entry_state: Optional[str]
    balance: Decimal
    lines: int
    forced: Decimal
    left_paid: int
    left_draft: int
    unposted_orders: int
    unposted_amount: Decimal
    entries: int
    namesakes: int
    entry_names: tuple[str, ...]


@dataclass(frozen=True)
class Session:
    """A pos.session with everything a verdict rests on."""

    id: int
    name: str
    state: str
    rescue: bool
    till: Till
    move_id: Optional[int]
    user_id: Optional[int]
    user_login: Optional[str]
    user_active: bool
    started_at: Optional[datetime]
    stopped_at: Optional[datetime]
    created_at: Optional[datetime]
    written_at: Optional[datetime]
    last_activity_at: Optional[datetime]
    orders: Mapping[str, int]
    order_count: int
    imbalance: Decimal
    rounded: Decimal
    suspects: tuple[Order, ...]
    suspect_count: int
    payments: tuple[Payments, ...]
    cash: Optional[Cash]
    failed_pickings: int
    taxes_without_account: tuple[str, ...] = ()
    books: Optional[Books] = None

    @property
    def closed(self) -> bool:
        return self.state == "closed"


@dataclass(frozen=True)
class Observation:
    """Something seen of the database itself: lock_wait, long_transaction, bloat or lock_date."""

    kind: str
    id: int
    name: str
    amount: Optional[Decimal]
    detail: str


@dataclass(frozen=True)
class Store:
    """One Odoo database at one moment."""

    database: str
    series: int
    version: str
    standby: bool
    read_at: datetime
    fiscal_modules: tuple[str, ...]
    customised_by: tuple[str, ...]
    sessions: tuple[Session, ...]
    tills: tuple[Till, ...]
    observations: tuple[Observation, ...] = field(default=())

    def session(self, session_id: int) -> Optional[Session]:
        return next((s for s in self.sessions if s.id == session_id), None)
