# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When Odoo refuses what no preflight could foresee, the till is given back as it was found."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .closing_proxy import Proxy
from .closing_store import assert_given_back, shop_of

# A rule of the shop's own database that nobody can see from outside: nothing may be booked in one journal.
FORBID = """
CREATE FUNCTION forbid_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (SELECT journal_id FROM account_move WHERE id = NEW.move_id) = {journal} THEN {body} END IF;
  RETURN NEW; END $$;
CREATE TRIGGER forbid_{name} BEFORE INSERT ON account_move_line FOR EACH ROW EXECUTE FUNCTION forbid_{name}();"""


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


def forbid(store, till, body):
    """Let the till's cash journal refuse by ``body``."""
    name = till.name.split()[-1]
    store.sql(FORBID.format(name=name, journal=till.drawer, body=body).replace("%", "%%"))


def statement(store, session):
    return store.session(session)["cash_register_id"] if store.series == 14 else None


@pytest.mark.parametrize("found", ["as opened", "counted", "in closing control"])
def test_the_till_is_given_back(store, found):
    till = store.traded("back_" + found.split()[-1])
    if found == "counted":
        till.set_count(129)
    if found == "in closing control":
        till.lock()
    if found != "as opened" and store.series == 19:
        store.sql("UPDATE pos_session SET closing_notes = 'Do not forget the safe' WHERE id = %(id)s", id=till.session)
    forbid(store, till, "RAISE EXCEPTION 'the till''s journal is sealed by the auditor';")
    before = store.everything()
    error = store.refuse(till.session, "sealed by the auditor", "stands as it was found", counted_cash="128",
                         max_cash_difference="5", note="for the books")  # fmt: skip
    assert error.details["refused"] is True and error.details["answer"]
    assert_given_back(before, store.everything(), till.session, statement(store, till.session))
    # and it can still be closed once the reason is gone
    store.sql('DROP FUNCTION "forbid_%s" CASCADE' % till.name.split()[-1])
    result = store.close(till.session, counted_cash="128", max_cash_difference="5")
    assert result["changed"] and all(check["held"] for check in result["proof"])
    store.assert_closed_once(till.session, "128")
    assert store.booked_difference(till) == Decimal(-2)


def test_odoo_tries_again_after_a_serialization_failure_and_books_once(store):
    till = store.traded("retried")
    store.sql("CREATE SEQUENCE seal")
    forbid(
        store,
        till,
        "IF nextval('seal') <= 2 THEN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END IF;",
    )
    result = store.close(till.session, counted_cash="130")
    assert result["changed"] and all(check["held"] for check in result["proof"])
    assert store.one("SELECT last_value FROM seal")["last_value"] > 2
    store.assert_closed_once(till.session, "130")


def test_a_count_that_is_older_than_the_last_sale_does_not_look_new_after_a_refusal(store):
    """From 16 on a count is as old as its session's last write, before that as its statement's: giving back writes both."""
    till = store.traded("back_stale")
    till.set_count(130)
    till.sell(till.cash)
    forbid(store, till, "RAISE EXCEPTION 'sealed by the auditor';")
    error = store.refuse(till.session, "sealed by the auditor", "was dropped", counted_cash="140")
    assert error.details["refused"] is True
    store.assert_open(till.session)
    assert not store.count(till.session)
    store.sql('DROP FUNCTION "forbid_%s" CASCADE' % till.name.split()[-1])
    # nobody may close with the old count now
    store.refuse(till.session, "Nobody counted", max_cash_difference="50")


def test_a_session_that_the_cashier_closes_in_the_last_moment_does_not_name_us(store):
    till = store.traded("back_cashier")
    if store.series == 19:
        store.sql("UPDATE pos_session SET closing_notes = 'Mind the safe' WHERE id = %(id)s", id=till.session)
    last = "action_pos_session_validate" if store.series == 14 else "close_session_from_ui"
    proxy = Proxy(store.info["odoo"]["url"])
    proxy.hooks[last] = lambda: till.call(last)
    with proxy.running() as url:
        asked = {"counted_cash": "128", "max_cash_difference": "5", **store.password, "odoo_url": url}
        if store.series == 14:
            # 14 takes the second call for the first: one close, and it is that of this task's count.
            told = store.close(till.session, **asked)
            assert told["changed"] is True and all(check["held"] for check in told["proof"])
        else:
            error = store.refuse(till.session, "closed by somebody else", "is 128.00, the one of this task", **asked)
            assert error.details["changed"] is True and error.details["answer"]
    store.assert_closed_once(till.session, "128")
    if store.series == 19:
        assert store.session(till.session)["closing_notes"] == "Mind the safe"
    again = store.close(till.session)
    assert again["changed"] is False and all(check["held"] for check in again["proof"])


def test_a_count_that_somebody_stores_in_the_last_moment_is_not_written_over(store):
    till = store.traded("back_counted")
    till.set_count(130)
    before = store.session(till.session)
    proxy = Proxy(store.info["odoo"]["url"])
    # Right after the announcement, the first call but for signing in and the look at the session.
    proxy.hooks["read"] = lambda: proxy.hooks.update(write=lambda: till.set_count(117.5))
    with proxy.running() as url:
        store.refuse(till.session, "somebody stored 117.50 as its count", "stands as it was found", max_cash_difference="50",
                     **{**store.password, "odoo_url": url})  # fmt: skip
    store.assert_open(till.session)
    after = store.session(till.session)
    assert store.count(till.session) == Decimal("117.5") and after["stop_at"] == before["stop_at"]
    store.refuse(till.session, "-12.50")
