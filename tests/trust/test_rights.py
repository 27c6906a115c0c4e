# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a real Odoo 19 and 14: the documented rights are enough, fewer are refused by name, and what they allow beyond is documented."""

from __future__ import annotations

import pathlib
import re

import pytest

from ..lab.client import Odoo, Refused
from ..lab.closing_store import DEFAULTS, arguments, close_session, facts, reading, shop_of

PAGE = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "least-privilege.md").read_text(encoding="utf-8")
GRANTS = re.search(r"```sql\n(.*?)```", PAGE, re.DOTALL)[1]
#: What the page says the user of the nightly close may do beyond closing, and may not.
MAY, MAY_NOT = (re.findall(r"^\| (.+?) \| %s \|$" % word, PAGE, re.MULTILINE) for word in ("yes", "no"))
INTERNAL, CASHIER, MANAGER = "base.group_user", "point_of_sale.group_pos_user", "point_of_sale.group_pos_manager"


class Rights:
    """A store of a laboratory with the documented role in its database."""

    def __init__(self, store):
        self.store = store
        self.admin = store.lab.odoo(store.database)
        store.lab.pg.psql(store.database, GRANTS)
        self.reader = {**store.pg, "login_user": "pos_reader"}

    def user(self, login, *groups):
        """The login of a user who has these groups and no other."""
        field = "group_ids" if self.store.series >= 19 else "groups_id"
        values = {
            "name": login,
            "login": login,
            "password": "of " + login,
            field: [(6, 0, [self.admin.ref(g) for g in groups])],
        }
        self.admin.create("res.users", values)
        return login

    def close(self, till, login, counted="128", **options):
        """The module's result, with the documented role on the one side and the user on the other."""
        given = {**{k: v for k, v in DEFAULTS.items() if v is not None}, **self.reader, "odoo_url": self.store.info["odoo"]["url"],
                 "odoo_user": login, "odoo_password": "of " + login, "session": str(till.session), "counted_cash": counted,
                 "max_cash_difference": "5", **options}  # fmt: skip
        return arguments.run_here(close_session.SPEC, close_session.close_session, given, False, False)


@pytest.fixture(scope="module", params=(19, 14), ids="odoo-{}".format)
def rights(request):
    return Rights(shop_of(request.param))


@pytest.fixture(scope="module")
def closer(rights):
    return rights.user("closer of rights", INTERNAL, CASHIER)


@pytest.fixture(scope="module")
def till(rights):
    """What everybody but the right user may try."""
    return rights.store.traded("rights")


def test_the_documented_role_reads_what_a_superuser_reads(rights, till):
    seen = [
        facts.store_facts(reading.read_store(who, reading.Selection()).store, 0)
        for who in (rights.reader, rights.store.pg)
    ]
    for found in seen:
        assert found.pop("read_at")
        for session in found["sessions"]:
            session.pop("hours_open"), session.pop("idle_minutes")
    assert seen[0] == seen[1] and seen[0]["sessions"]


def test_the_documented_user_closes_with_a_difference(rights, closer):
    # 14 lets only a manager go above the till's own limit
    till = rights.store.traded("rights close", **rights.store.shop().authorised(5))
    told = rights.close(till, closer)
    assert not told.get("failed") and told["changed"] and all(check["held"] for check in told["proof"]), told.get("msg")
    assert told["session"]["after"]["cash"]["difference"] == "-2.00"
    rights.store.assert_closed_once(till.session, "128")


def test_a_user_with_fewer_groups_is_refused_by_name(rights, till):
    before = rights.store.session(till.session)
    told = rights.close(till, rights.user("nobody of rights", INTERNAL))
    assert told["refused"] and "\n" not in told["msg"]
    assert "needs the group Point of Sale/User, see docs/least-privilege.md" in told["msg"], told["msg"]
    assert rights.store.session(till.session) == before


def tries(rights, till, login):
    """What a user tries beyond closing, as (what the page calls it, how)."""
    odoo = Odoo(rights.store.info["odoo"]["url"], rights.store.database, login, "of " + login)
    admin, session = rights.admin, till.session
    order, payment = (admin.find(model, [("session_id", "=", session)])[0] for model in ("pos.order", "pos.payment"))
    line = admin.find("pos.order.line", [("order_id", "=", order)])[0]
    config = admin.read("pos.session", session, "config_id")["config_id"][0]
    journal, partner, product = (
        admin.find(m, [], limit=1)[0] for m in ("account.journal", "res.partner", "product.product")
    )
    groups = "group_ids" if rights.store.series >= 19 else "groups_id"
    return [
        ("read customers, with their addresses", lambda: odoo("res.partner", "search_read", [], ["name", "email", "street"])),
        ("read the logins of the other users", lambda: odoo("res.users", "search_read", [], ["login"])),
        ("write a session's state, times and drawer", lambda: odoo.write("pos.session", session, cash_register_balance_start=100)),
        ("change the settings of a till", lambda: odoo.write("pos.config", config, amount_authorized_diff=99)),
        ("change the price in a line of a paid order", lambda: odoo.write("pos.order.line", line, price_unit=9.99)),
        ("change the amount of a payment", lambda: odoo.write("pos.payment", payment, amount=1)),
        ("delete a payment of a paid order", lambda: odoo("pos.payment", "unlink", [payment])),
        ("delete a paid order", lambda: odoo("pos.order", "unlink", [order])),
        ("delete a session", lambda: odoo("pos.session", "unlink", [session])),
        ("make or delete a till", lambda: odoo("pos.config", "unlink", [config])),
        ("change a customer", lambda: odoo.write("res.partner", partner, comment="x")),
        ("change a product or its price", lambda: odoo.write("product.product", product, lst_price=1)),
        ("change a journal", lambda: odoo.write("account.journal", journal, name="x")),
        ("write a journal entry", lambda: odoo.create("account.move", {"move_type": "entry", "journal_id": journal})),
        ("make a payment method", lambda: odoo.create("pos.payment.method", {"name": "x"})),
        ("give itself or others more groups", lambda: odoo.write("res.users", odoo.uid(), **{groups: [(4, admin.ref(MANAGER))]})),
        ("read the settings of the server", lambda: odoo("ir.config_parameter", "search_read", [], ["key"])),
    ]  # fmt: skip


def test_what_the_user_may_do_beyond_is_documented(rights, closer, till):
    found = {}
    for name, do in tries(rights, till, closer):
        try:
            do()
            found[name] = True
        except Refused as error:
            assert error.name.startswith("odoo.exceptions."), (name, error)
            found[name] = False
    assert [name for name, may in found.items() if may] == MAY
    assert [name for name, may in found.items() if not may] == MAY_NOT
