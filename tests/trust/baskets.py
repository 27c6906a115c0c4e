# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random days of a shop: what hypothesis draws, and how it is sold through Odoo's own API, as a browser would send it.

What lines come to with their taxes is asked of Odoo: the browser works it out the same way.
"""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal as D
from typing import Optional

from hypothesis import strategies as st

from ..lab.till import link

CENT, STEP = D("0.01"), D("0.05")
#: Percent, and whether it is in the price: every combination that a line may carry.
RATES = {"none": (), "on top": ((21, False),), "two on top": ((7, False), (D("2.5"), False)), "within": ((10, True),),
         "odd within": ((D("5.5"), True),), "two within": ((10, True), (5, True))}  # fmt: skip
#: How an order is paid: the methods that take part.
WAYS = ("cash", "card", "mixed", "change")


def exact(value):
    """What Odoo gives as a float, to the cent."""
    return D(str(value)).quantize(CENT, rounding="ROUND_HALF_UP")


def cents(least, most):
    return st.integers(least, most).map(lambda number: D(number) * CENT)


@dataclasses.dataclass(frozen=True)
class Line:
    price: D
    quantity: D
    discount: D
    rates: str


@dataclasses.dataclass(frozen=True)
class Basket:
    """One order. ``part``: how much of it is paid by card where the payment is mixed, in hundredths; ``change``: given back."""

    lines: tuple[Line, ...]
    way: str
    part: int
    change: D
    refund: bool
    invoice: bool
    tip: Optional[D]


@dataclasses.dataclass(frozen=True)
class Day:
    """What happens on a till. ``spoilt``: an order's lines are changed behind Odoo's back after it was paid."""

    baskets: tuple[Basket, ...]
    rounding: bool
    moves: tuple[D, ...]
    cash_off: D
    card_off: D
    spoilt: bool


def sometimes(number):
    """True in one of ``number`` cases."""
    return st.sampled_from((False,) * (number - 1) + (True,))


lines = st.builds(
    Line,
    price=st.one_of(cents(1, 30000), cents(1, 99)),
    quantity=st.one_of(st.sampled_from((D(1), D(1), D(2), D(3), D(12))), cents(1, 999)),
    discount=st.sampled_from((D(0), D(0), D(0), D(5), D("12.5"), D(33), D("7.77"), D(100))),
    rates=st.sampled_from(sorted(RATES)),
)
baskets = st.builds(
    Basket,
    lines=st.lists(lines, min_size=1, max_size=4).map(tuple),
    way=st.sampled_from(WAYS),
    part=st.integers(1, 99),
    change=cents(1, 5000),
    refund=sometimes(5),
    invoice=sometimes(8),
    tip=st.one_of(st.none(), st.none(), st.none(), cents(1, 500)),
)
days = st.builds(
    Day,
    baskets=st.lists(baskets, min_size=1, max_size=8).map(tuple),
    rounding=sometimes(3),
    moves=st.lists(cents(-2000, 5000).filter(bool), max_size=2).map(tuple),
    cash_off=st.one_of(st.just(D(0)), cents(-1000, 1000)),
    card_off=st.one_of(st.just(D(0)), cents(-1000, 1000)),
    spoilt=sometimes(6),
)
#: Something of everything; the lines of the first order do not add up to it where taxes are rounded over the whole document.
RICH = Day(
    baskets=(
        Basket((Line(D("0.64"), D(12), D(0), "two within"), Line(D("12.27"), D(1), D(0), "on top"),
                Line(D("0.38"), D(3), D(5), "two on top")), "mixed", 85, D(5), False, False, D(1)),
        Basket((Line(D("7.01"), D(1), D(0), "on top"), Line(D("0.49"), D("1.33"), D("7.77"), "odd within")),
               "change", 40, D("12.34"), False, True, None),
        Basket((Line(D("7.01"), D(1), D(0), "odd within"),), "cash", 40, D(5), True, False, None),
        Basket((Line(D("19.99"), D(2), D(33), "within"),), "card", 40, D(5), True, True, None),
        Basket((Line(D("99.98"), D("0.37"), D(0), "none"), Line(D("0.01"), D(1), D(100), "on top")),
               "card", 40, D(5), False, False, None),
    ),
    rounding=False, moves=(D("-20.00"),), cash_off=D("-1.11"), card_off=D("0.50"), spoilt=False,
)  # fmt: skip


@dataclasses.dataclass
class Sold:
    """What the generator knows of a day, summed up by itself: exact, and never asked of Odoo's books."""

    orders: int = 0
    payments: int = 0
    cash: D = D(0)
    card: D = D(0)
    untaxed: D = D(0)
    tax: D = D(0)
    invoiced: D = D(0)
    rounded: D = D(0)
    last: Optional[int] = None


class Market:
    """A store with two tills, one of which rounds cash to five cents, and the taxes of RATES."""

    def __init__(self, store):
        self.store, self.shop, self.known = store, store.shop(), {}
        rounding = {"cash_rounding": True, "rounding_method": self.shop.rounding("5"), "only_round_cash_method": True}
        self.settings = {False: {}, True: rounding}
        self.tills = {}
        self.forced = self.shop.odoo.read("account.account", self.shop.account("Forced", "999111"), "code")["code"]
        self.taxes = {one: self._tax(*one) for one in {one for rates in RATES.values() for one in rates}}

    def _tax(self, rate, within):
        ident = self.shop.tax("%s %s" % (rate, "within" if within else "on top"), self.shop.tax_account())
        how = {"price_include": within} if self.shop.series == 14 else {
            "price_include_override": "tax_included" if within else "tax_excluded"}  # fmt: skip
        self.shop.odoo.write("account.tax", ident, amount=float(rate), **how)
        return ident

    def worth(self, lines):
        """([(without tax, with tax) of each line], without tax, with tax) of an order.

        From 18 on taxes are rounded over the whole document where the company says so, as it does unless somebody changes it:
        then the lines do not add up to the order. An invoice of the same lines is worked out by the same functions.
        """
        if self.shop.series == 14:
            each = [self.alone(line) for line in lines]
            return each, sum((one[0] for one in each), D(0)), sum((one[1] for one in each), D(0))
        rows = [[0, 0, {"name": "x", "price_unit": float(line.price), "quantity": float(line.quantity), "discount": float(line.discount),
                        "tax_ids": link(*[self.taxes[one] for one in RATES[line.rates]])}] for line in lines]  # fmt: skip
        odoo = self.shop.odoo
        draft = odoo.create(
            "account.move", {"move_type": "out_invoice", "partner_id": self.shop.customer, "invoice_line_ids": rows}
        )
        whole = odoo.read("account.move", draft, "amount_untaxed", "amount_total", "invoice_line_ids")
        found = odoo("account.move.line", "read", sorted(whole["invoice_line_ids"]), ["price_subtotal", "price_total"])
        odoo("account.move", "unlink", [draft])
        each = [(exact(one["price_subtotal"]), exact(one["price_total"])) for one in found]
        return each, exact(whole["amount_untaxed"]), exact(whole["amount_total"])

    def alone(self, line):
        """(without tax, with tax) of a line by itself."""
        taxes = [self.taxes[one] for one in RATES[line.rates]]
        price = float(line.price) * (1 - float(line.discount) / 100)
        key = (line.rates, price, line.quantity)
        if key not in self.known:
            if taxes:
                found = self.shop.odoo("account.tax", "compute_all", taxes, price, None, float(line.quantity))
                self.known[key] = exact(found["total_excluded"]), exact(found["total_included"])
            else:
                self.known[key] = (exact(D(repr(price)) * line.quantity),) * 2
        return self.known[key]

    def order(self, till, basket, rounding, sold):
        """The order as a browser sends it; adds it to ``sold``."""
        sign = -1 if basket.refund else 1
        tip = [Line(basket.tip, D(1), D(0), "none")] if basket.tip and not basket.refund else []
        each, untaxed, total = self.worth([*basket.lines, *tip])
        untaxed, total = sign * untaxed, sign * total
        rows = [self.row(line, sign, *worth) for line, worth in zip([*basket.lines, *tip], each)]
        paid, back = self.paid(till, basket, total, rounding)
        net = sum(paid.values(), D(0)) - back
        values = {"amount_return": float(back if self.shop.series == 14 else -back)}
        if basket.invoice:
            values.update(partner_id=self.shop.customer, to_invoice=True)
        if basket.refund and self.shop.series > 14:
            values["is_refund"] = True
        if tip:
            values.update(is_tipped=True, tip_amount=float(basket.tip))
        sent = till.order(float(total), {method: float(part) for method, part in paid.items()}, lines=False, **values)
        sent.get("data", sent).update(lines=rows, amount_tax=float(total - untaxed))
        self.add(sold, till, basket, paid, back, total, untaxed, net)
        return sent

    def row(self, line, sign, without, with_tax):
        return [
            0,
            0,
            {
                "product_id": self.shop.snack,
                "qty": float(sign * line.quantity),
                "price_unit": float(line.price),
                "discount": float(line.discount),
                "price_subtotal": float(sign * without),
                "price_subtotal_incl": float(sign * with_tax),
                "tax_ids": link(*[self.taxes[one] for one in RATES[line.rates]]),
                "uuid": str(uuid.uuid4()),
                "full_product_name": "Snack",
            },
        ]

    def paid(self, till, basket, total, rounding):
        """({method: amount}, what is given back). Where cash is rounded, what is paid with any cash in it is rounded; 14 wants
        that of cards too."""
        due = (total / STEP).quantize(D(1), rounding="ROUND_HALF_UP") * STEP if rounding else total
        if self.shop.series == 14:
            total = due
        if not total:
            return {}, D(0)
        if basket.way == "card" or not due:
            return {till.card: total}, D(0)
        if basket.way == "mixed":
            part = (due * basket.part / 100 / STEP).quantize(D(1)) * STEP
            parts = {till.card: part, till.cash: due - part}
            if part and due - part:
                return parts, D(0)
            return {till.card: total}, D(0)
        if basket.way == "change" and total > 0:
            change = (basket.change / STEP).quantize(D(1)) * STEP if rounding else basket.change
            return {till.cash: due + change}, change
        return {till.cash: due}, D(0)

    @staticmethod
    def add(sold, till, basket, paid, back, total, untaxed, net):
        sold.orders += 1
        sold.payments += len(paid) + bool(back)
        sold.cash += paid.get(till.cash, D(0)) - back
        sold.card += paid.get(till.card, D(0))
        if basket.invoice:
            sold.invoiced += net
        else:
            sold.rounded += net - total
            sold.untaxed, sold.tax = sold.untaxed + untaxed, sold.tax + total - untaxed

    def till(self, rounding):
        """The till for such a day; a new one after a day that did not end well, so that it can be played again."""
        till = self.tills.get(rounding)
        if till is None or self.store.session(till.session)["state"] != "closed":
            name = "%s %d" % ("rounding" if rounding else "exact", len(self.shop.tills))
            till = self.tills[rounding] = self.shop.till(name, **self.shop.authorised(1000), **self.settings[rounding])
        return till

    def trade(self, day):
        """Open the day's till and sell; return (till, what was sold)."""
        till, sold = self.till(day.rounding), Sold()
        till.open()
        # In the order in which they were made, whatever the answer says.
        ids = sorted(till.send([self.order(till, basket, day.rounding, sold) for basket in day.baskets]))
        sold.last = next(
            (ident for ident, basket in zip(ids, day.baskets) if not basket.invoice and not basket.refund), None
        )
        for number, amount in enumerate(day.moves):
            till.move_cash(float(amount), "safe %d" % number)
        return till, sold
