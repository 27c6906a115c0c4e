# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions that are closed, and whose books are right, or not."""

from __future__ import annotations

from .tills import till


def _sold(shop, key, **how):
    made = shop.till(key, **how)
    made.open()
    made.trade()
    return made


@till(says="Closed as it should be.")
def closed(shop, key):
    _sold(shop, key).close()


@till(says="Closed as it should be, with seven missing.")
def closed_short(shop, key):
    _sold(shop, key, **shop.authorised(50)).close(123)


@till(says="Closed, and the next day has begun.")
def closed_and_opened(shop, key):
    made = _sold(shop, key)
    made.close()
    made.open(130)
    made.trade()


@till("books.closed_without_entry", "books.orders_left_paid", says="Somebody wrote state = 'closed' with SQL.")
def closed_by_sql(shop, key):
    made = _sold(shop, key)
    shop.sql(
        "UPDATE pos_session SET state = 'closed', stop_at = now() AT TIME ZONE 'UTC' WHERE id = :'id'::int",
        id=made.session,
    )


@till("books.orders_left_paid", says="Closed with its entry, and an order was left behind.")
def closed_order_left(shop, key):
    made = _sold(shop, key)
    made.close()
    shop.sql(
        "UPDATE pos_order SET state = 'paid' WHERE id = (SELECT max(id) FROM pos_order WHERE session_id = :'id'::int)",
        id=made.session,
    )


@till("books.closed_twice", says="Set back with SQL after it was closed, and closed again.")
def closed_twice(shop, key):
    made = _sold(shop, key, **({"cash": False} if shop.series == 14 else {}))
    made.close()
    shop.sql("UPDATE pos_session SET state = 'closing_control' WHERE id = :'id'::int", id=made.session)
    made.close_again()


@till("books.forced_balance", says="Forced through the wizard; the difference went to some account.")
def closed_forced(shop, key):
    made = _sold(shop, key)
    order = made.sell(made.cash)[0]
    made.misprice(order)
    made.force_close()


@till("books.entry_unbalanced", says="Somebody changed a line of the entry with SQL.")
def closed_unbalanced(shop, key):
    made = _sold(shop, key)
    made.close()
    shop.sql(
        """UPDATE account_move_line SET debit = debit + 1, balance = balance + 1, amount_currency = amount_currency + 1
                 WHERE id = (SELECT min(l.id) FROM account_move_line l JOIN pos_session s ON s.move_id = l.move_id
                              WHERE s.id = :'id'::int AND l.debit > 0)""",
        id=made.session,
    )


@till("books.entry_unbalanced", says="Somebody set the entry back to draft.")
def closed_entry_draft(shop, key):
    made = _sold(shop, key)
    made.close()
    shop.sql(
        "UPDATE account_move SET state = 'draft' WHERE id = (SELECT move_id FROM pos_session WHERE id = :'id'::int)",
        id=made.session,
    )


@till(says="Closed from the back office without a count: the whole drawer is booked as lost.", series=(19,))
def closed_whole_drawer_lost(shop, key):
    made = _sold(shop, key)
    made.call("action_pos_session_closing_control")
