# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The markets of the matrix: tills of many companies, currencies and languages, each made in a store of a laboratory."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Callable, Optional

#: What a user of the store reads, by name; None is English alone.
LANGUAGES = {"English": None, "French": "fr_FR", "Arabic": "ar_001"}


@dataclasses.dataclass(frozen=True)
class Market:
    """One kind of till. make: ``make(shop, name)`` returns a till that is open and has sold; expected: what has to be in the
    drawer; counted: what is counted there; refused: a count with a digit more than the currency has."""

    name: str
    make: Callable
    expected: str
    counted: str
    refused: str
    #: The finding that keeps a series from closing it, by series.
    blocked: Optional[dict] = None

    @property
    def difference(self):
        """What the close has to book."""
        return Decimal(self.counted) - Decimal(self.expected)


def speak(store, language):
    """Load a language into the store and give it to the user whom all calls are made as."""
    code, odoo = LANGUAGES[language], store.lab.odoo(store.database)
    if code is None:
        return
    if store.series == 14:
        wizard = odoo.create("base.language.install", {"lang": code})
    else:
        found = odoo.find("res.lang", [("code", "=", code)], context={"active_test": False})
        wizard = odoo.create("base.language.install", {"lang_ids": [(6, 0, found)]})
    odoo("base.language.install", "lang_install", [wizard])
    odoo.write("res.users", odoo.uid(), lang=code)


def foreign(shop, code):
    """The shop again with another company in the currency ``code``; founded once a store."""
    known = vars(shop).setdefault("abroad", {})
    if code not in known:
        known[code] = shop.company("Company in %s" % code, code)
    return known[code]


def _in_currency(code, opening, price, card):
    def make(shop, name):
        till = foreign(shop, code).till(name)
        till.open(opening)
        till.sell(till.cash, price, times=3)
        till.sell(till.card, card, times=2)
        return till

    return make


def _foreign_journal(shop, name):
    """A till that sells in yen in a company that keeps its books in dollars, at 150 yen the dollar."""
    currency = shop._currency("JPY")
    if not shop.odoo.find("res.currency.rate", [("currency_id", "=", currency), ("company_id", "=", shop.company_id)]):
        values = {"currency_id": currency, "rate": 150, "name": "2020-01-01", "company_id": shop.company_id}
        shop.odoo.create("res.currency.rate", values)
    sales = shop.odoo.create(
        "account.journal",
        {"name": "Sales " + name, "type": "general" if shop.series == 14 else "sale", "code": name[-5:],
         "currency_id": currency, "company_id": shop.company_id},
    )  # fmt: skip
    drawer, bank = shop.cash_journal(name), shop.bank_journal(name)
    for journal in (drawer, bank):
        shop.odoo.write("account.journal", journal, currency_id=currency)
    cash, card = shop.cash_method(name, drawer), shop.card_method(name, bank)
    prices = shop.odoo.create(
        "product.pricelist", {"name": "Yen " + name, "currency_id": currency, "company_id": shop.company_id}
    )
    config = {"journal_id": sales, "pricelist_id": prices, "available_pricelist_ids": [(6, 0, [prices])]}
    if shop.series == 14:
        config["cash_control"] = True
    else:
        config["use_pricelist"] = True
    till = shop.till(name, cash=False, card=False, methods=[cash, card], **config)
    till.cash, till.card, till.drawer = cash, card, drawer
    till.open(10000)
    till.sell(cash, 1500, times=3)
    till.sell(card, 2500, times=2)
    return till


def _rounded(shop, name):
    till = shop.till(name, cash_rounding=True, rounding_method=shop.rounding(name), only_round_cash_method=True)
    till.open(100)
    till.send([till.order(9.98, {till.cash: 10}), till.order(10.02, {till.cash: 10}), till.order(10, {till.card: 10})])
    return till


def _two_cash_methods(shop, name):
    till = shop.till(name)
    # Made later, so that the other one stays the first, which is the drawer.
    terrace = shop.cash_method(name + " terrace", shop.cash_journal(name + " terrace"))
    shop.odoo.write("pos.config", till.id, payment_method_ids=[(4, terrace)])
    till.open(100)
    till.sell(till.cash, 10, times=3)
    till.sell(terrace, 7, times=2)
    return till


MARKETS = (
    Market("yen", _in_currency("JPY", 10000, 1500, 2500), "14500", "14372", "14372.5"),
    Market("dinar", _in_currency("KWD", 100, 10.125, 5.005), "130.375", "128.125", "128.1255"),
    Market("yen in a company in dollars", _foreign_journal, "14500", "14501", "14501.5"),
    Market("cash rounding", _rounded, "120.00", "119.95", "119.955"),
    Market("two cash methods", _two_cash_methods, "130.00", "129.90", "129.905", {14: "cash.second_drawer"}),
)
