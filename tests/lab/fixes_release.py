# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Releasing a session: given back, handed over, and when neither is done."""

from __future__ import annotations

from .closing_store import make_importable
from .fixes import Case, fix, refusal

make_importable()

from ansible_collections.retailops.odoo_pos.plugins.module_utils.release_session import release_session  # noqa: E402

ROLE = "pos_session_release"
COUNTED = {"counted_cash": "130.00"}


def case(till, close=None, says=(), after=None, **options):
    return Case(
        till, work=release_session, options={"min_idle_minutes": 0, **options}, close=close, says=says, after=after
    )


def user(store, login, *groups, **values):
    """A user of the store's company; returns the id."""
    odoo = store.shop().odoo
    field = "group_ids" if store.series >= 19 else "groups_id"
    ids = [odoo.ref(name) for name in groups]
    return odoo.create("res.users", {"name": login, "login": login, field: [(6, 0, ids)], **values})


@fix("C36", "a till stuck in closing is given back, and the count that was stored stays", ROLE)
def stuck(store):
    till = store.traded("release_stuck")
    till.set_count(129)
    till.lock()

    def after(told):
        assert told["in_use"]["by"] == "admin" and told["in_use"]["last_order"]
        row = store.session(till.session)
        assert row["state"] == "opened" and row["stop_at"] is None and store.count(till.session) == 129

    return case(till, close={"max_cash_difference": "1.00"}, give_back=True, after=after)


@fix("C42", "a session is handed over to somebody who is still there", ROLE)
def handed_over(store):
    till = store.traded("release_over")
    anna = user(store, "anna_%d" % till.session, "base.group_user", "point_of_sale.group_pos_user")

    def after(told):
        assert store.session(till.session)["user_id"] == anna
        assert told["session"]["after"]["opened_by"]["login"] == "anna_%d" % till.session

    return case(till, close=COUNTED, hand_over_to="anna_%d" % till.session, after=after)


@fix("C36", "both at once, to a manager", ROLE)
def both(store):
    till = store.traded("release_both")
    till.lock()
    berta = user(store, "berta_%d" % till.session, "base.group_user", "point_of_sale.group_pos_manager")

    def after(told):
        row = store.session(till.session)
        assert (row["user_id"], row["state"], row["stop_at"]) == (berta, "opened", None)
        assert len([answer for answer in told["answer"] if answer["call"] == "pos.session.write"]) == 1

    return case(till, close=COUNTED, give_back=True, hand_over_to="berta_%d" % till.session, after=after)


@refusal("C40", "a closed session is not given back", ROLE)
def closed(store):
    till = store.traded("release_closed")
    store.close(till.session, counted_cash="130")
    return case(till, give_back=True, says=("closed", "second time"))


@refusal("C40", "nor one that has its entry", ROLE)
def has_entry(store):
    till = store.traded("release_entry")
    store.close(till.session, counted_cash="130")
    store.sql("UPDATE pos_session SET state = 'closing_control' WHERE id = %(id)s", id=till.session)
    return case(till, give_back=True, says=("booked twice",))


@refusal("C36", "somebody pressed Close a moment ago", ROLE)
def just_locked(store):
    till = store.traded("release_fresh")
    till.lock()
    return case(till, give_back=True, min_idle_minutes=15, says=("minute(s) ago", "wait_minutes"))


@refusal("C42", "nobody of that name", ROLE)
def unknown(store):
    return case(store.traded("release_unknown"), hand_over_to="nobody at all", says=("no user",))


@refusal("C42", "an archived user", ROLE)
def archived(store):
    till = store.traded("release_archived")
    login = "carla_%d" % till.session
    ident = user(store, login, "base.group_user", "point_of_sale.group_pos_user")
    store.shop().odoo.write("res.users", ident, active=False)
    return case(till, hand_over_to=login, says=("is archived",))


@refusal("C42", "a user who may not sell", ROLE)
def no_seller(store):
    till = store.traded("release_no_seller")
    login = "dora_%d" % till.session
    user(store, login, "base.group_user")
    return case(till, hand_over_to=login, says=("no Point of Sale user",))


@fix("C42", "a session that is handed over keeps no count that is older than its last sale", ROLE, series=(19,))
def handed_over_with_an_old_count(store):
    till = store.traded("release_stale")
    till.set_count(130)
    till.sell(till.cash)
    login = "keeper_%d" % till.id
    user(store, login, "base.group_user", "point_of_sale.group_pos_user")

    def after(_told):
        assert not store.count(till.session)

    return case(till, close={"counted_cash": "140.00"}, after=after, hand_over_to=login, give_back=False)
