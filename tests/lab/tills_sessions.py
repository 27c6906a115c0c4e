# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tills whose session itself is the question."""

from __future__ import annotations

from .client import Refused
from .tills import till


@till(
    "session.stuck_closing",
    "cash.no_loss_account",
    "cash.difference",
    says="The close failed for want of a loss account, and the till is locked out.",
)
def stuck_still_broken(shop, key):
    made = _failed_close(shop, key)
    assert made


@till(
    "session.stuck_closing", "cash.difference", says="The close failed; the account was set since; nobody tried again."
)
def stuck_since_repaired(shop, key):
    made, account = _failed_close(shop, key)
    shop.odoo.write("account.journal", made.drawer, loss_account_id=account)


def _failed_close(shop, key):
    made = shop.till(key, **shop.authorised(50))
    made.open()
    made.trade()
    account = shop.odoo.read("account.journal", made.drawer, "loss_account_id")["loss_account_id"][0]
    shop.odoo.write("account.journal", made.drawer, loss_account_id=False)
    try:
        made.close(120)
    except Refused:
        return made, account
    raise AssertionError("the close without a loss account went through")


@till("session.never_opened", says="The session waits for its opening count since this morning.")
def never_opened(shop, key):
    made = shop.till(key)
    made.create_session()


@till("session.never_opened", says="The second session of a till waits for its opening count; 130 are in the drawer.")
def never_opened_again(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.close()
    made.create_session()


@till("session.rescue", says="Orders arrived after the close; Odoo put them into a rescue session.", alone=True)
def rescue(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.close()
    made.rescue()


@till("session.rescue", says="A rescue session on a till that was never closed before.", alone=True)
def rescue_first(shop, key):
    made = shop.till(key)
    made.rescue()


@till("session.rescue", says="A rescue session beside today's running session.", alone=True)
def rescue_beside(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.close()
    made.rescue()
    made.open(110)
    made.sell(made.cash, 10, times=2)


@till("session.duplicate", says="Two sessions are open on one till.", alone=True)
def duplicate(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    # Odoo forbids it in Python only: two browsers at once, or a script, get past it.
    second = made.create_session(rescue=True)
    shop.sql("UPDATE pos_session SET rescue = false, state = 'opened' WHERE id = :'id'::int", id=second)


@till("session.stale", says="Forgotten for nine days.")
def forgotten(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.hours_old = 9 * 24


@till("session.opener_inactive", says="Who opened it has left the company.")
def opener_left(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    user = shop.odoo.create("res.users", {"name": "Former cashier", "login": "former-cashier"})
    shop.sql(
        "UPDATE pos_session SET user_id = :'user'::int WHERE id = :'session'::int", user=user, session=made.session
    )
    shop.odoo.write("res.users", user, active=False)


@till("session.in_use", says="The cashier is selling right now.")
def busy(shop, key):
    made = shop.till(key)
    made.open()
    made.trade()
    made.hours_old = 0


@till("stock.failed_pickings", says="A lot-tracked thing was sold without its lot: it never left the stock.")
def failed_picking(shop, key):
    thing = shop.product("Cheese wheel", **shop.tracked())
    shop.stock_at_once()
    made = shop.till(key)
    made.open()
    made.trade()
    made.sell(made.cash, product=thing)


@till(says="The stock is moved when the session closes.", series=(14,))
def stock_at_closing(shop, key):
    shop.stock_at_once(False)
    made = shop.till(key)
    made.open()
    made.sell(made.cash, product=shop.product("Bread", type="product"))


@till(says="A till with a hostile name.")
def hostile(shop, key):
    made = shop.till("{{ lookup('pipe','id') }}\x1b[31m red\x1b[0m\r\nsecond line")
    made.open()
    made.trade()


@till("platform.huge_session", says="Five thousand orders in one session.")
def huge(shop, key):
    made = shop.till(key)
    made.open()
    # A thousand through the API (16 ms each); the rest are copies of those by SQL, so that a first start stays short.
    for _ignored in range(2):
        made.sell(made.cash, 10, times=250)
        made.sell(made.card, 10, times=250)
    made.multiply(5)
