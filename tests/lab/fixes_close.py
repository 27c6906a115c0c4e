# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Closing itself (fix 4): with a count, within a limit; never blindly, never twice."""

from __future__ import annotations

from decimal import Decimal

from .closing_store import close_session
from .fixes import Case, fix, refusal

CLOSE = close_session.close_session
ROLE = "pos_session_close"
# Options that leave nothing but the entry in the way of a second close.
TWICE = {"counted_cash": "230.00", "max_cash_difference": "1000", "min_idle_minutes": 0}


@fix("C13", "nobody had counted; 130.00 were in the drawer", ROLE)
def nobody_counted(store):
    till = store.traded("fix_counted")

    def booked_nothing_lost(_told):
        store.assert_closed_once(till.session, "130")
        assert store.booked_difference(till) == 0

    return Case(till, CLOSE, {"counted_cash": "130.00", "min_idle_minutes": 0}, after=booked_nothing_lost)


@fix("C14", "the drawer was 2.00 short, and 5.00 are allowed", ROLE)
def two_short(store):
    till = store.traded("fix_short")

    def booked(_told):
        store.assert_closed_once(till.session, "128")
        assert store.booked_difference(till) == Decimal(-2)

    options = {"counted_cash": "128.00", "max_cash_difference": "5", "min_idle_minutes": 0}
    return Case(till, CLOSE, options, after=booked)


@refusal("C13", "a close without a count", ROLE)
def without_a_count(store):
    return Case(store.traded("refuse_blind"), CLOSE, {"min_idle_minutes": 0}, says=("Nobody counted",))


@refusal("C14", "a drawer that is short by more than is allowed", ROLE)
def far_too_short(store):
    options = {"counted_cash": "100.00", "max_cash_difference": "5", "min_idle_minutes": 0}
    return Case(store.traded("refuse_short"), CLOSE, options, says=("cash.difference_above_limit",))


@refusal("C40", "a session that was set back after it was closed", ROLE)
def set_back(store):
    till = store.traded("refuse_set_back")
    store.close(till.session, counted_cash="130")
    store.sql("UPDATE pos_session SET state = 'closing_control' WHERE id = %(id)s", id=till.session)
    return Case(till, CLOSE, TWICE, says=("set back", "booked twice"))


@refusal("C40", "nor where somebody emptied its move_id, too", ROLE)
def set_back_and_emptied(store):
    till = store.traded("refuse_emptied")
    store.close(till.session, counted_cash="130")
    store.sql(
        "UPDATE pos_session SET state = 'opened', stop_at = NULL, move_id = NULL WHERE id = %(id)s", id=till.session
    )
    return Case(till, CLOSE, TWICE, says=("booked twice",))


@refusal("C17", "an imbalance without an account and an amount to force it onto", ROLE, series=(19,))
def imbalance(store):
    till = store.traded("refuse_imbalance")
    store.sql("UPDATE pos_order_line SET price_unit = price_unit + 3 WHERE id = (SELECT max(l.id) FROM pos_order_line l"
              " JOIN pos_order o ON o.id = l.order_id WHERE o.session_id = %(id)s)", id=till.session)  # fmt: skip
    return Case(till, CLOSE, {"counted_cash": "130.00", "min_idle_minutes": 0}, says=("accounts.imbalance",))
