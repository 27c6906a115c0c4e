# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing settings: each is seen before the next, and all are taken back where one fails. Real writes are in the laboratory."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import till_config as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import (
    AnswerLost,
    OdooError,
    Refused,
    Unreachable,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import finding
from ansible_collections.retailops.odoo_pos.plugins.module_utils.till_settings import Change, Decision

from .made import till

LOSS = Change(
    "loss account", "account.journal", 11, "loss_account_id", 1, None, None, "642000", "cash.no_loss_account", 11
)
PROFIT = Change(
    "profit account", "account.journal", 11, "profit_account_id", 2, 3, "450000", "442000", "cash.no_profit_account", 11
)
TAX = Change(
    "account of line 31",
    "account.tax.repartition.line",
    31,
    "account_id",
    8,
    None,
    None,
    "251000",
    "accounts.tax_no_account",
    "10%",
)


class Odoo:
    """Writes into ``rows`` unless told otherwise: another store, an error, or an answer that is lost."""

    def __init__(self, fails=None, elsewhere=False, lost=False):
        self.rows = {"loss_account_id": None, "profit_account_id": 3}
        self.fails, self.elsewhere, self.lost, self.sent = fails or {}, elsewhere, lost, []
        self.till = {"name": "Till 7", "company_id": [1, "My Company"]}

    def call(self, model, method, ids, **named):
        self.sent.append((model, method, ids, named))
        if method == "read":
            return [self.till]
        ((field, value),) = named["vals"].items()
        if self.fails.get(field) and value is not False:
            raise self.fails[field]
        if not self.elsewhere:
            self.rows[field] = value or None
        if self.lost:
            raise AnswerLost("The answer was lost.")
        return True


@pytest.fixture
def setting(monkeypatch):
    def make(odoo, series=19):
        made = module.Setting({}, till(), series, odoo)
        monkeypatch.setattr(module.Setting, "stored", lambda _self, change: odoo.rows.get(change.field))
        return made

    return make


def test_each_is_written_for_its_company(setting):
    odoo = Odoo()
    module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    assert odoo.rows == {"loss_account_id": 1, "profit_account_id": 2}
    assert odoo.sent[0][3]["context"] == {"allowed_company_ids": [1]}


def test_what_was_written_is_taken_back_when_the_next_fails(setting):
    odoo = Odoo(fails={"profit_account_id": OdooError("No", kind="odoo.exceptions.UserError")})
    with pytest.raises(Refused) as caught:
        module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    assert odoo.rows == {"loss_account_id": None, "profit_account_id": 3}
    assert (
        caught.value.details["refused"] is True and "Odoo refused to set the profit account: No" in caught.value.message
    )
    assert "Nothing was changed." in caught.value.message


@pytest.mark.parametrize("series, group", [(19, "account.group_account_manager"), (14, "base.group_system")])
def test_a_missing_right_is_named(setting, series, group):
    odoo = Odoo(fails={"loss_account_id": OdooError("You are not allowed", kind="odoo.exceptions.AccessError")})
    with pytest.raises(Refused, match=group):
        module.apply(setting(odoo, series), Decision([LOSS]))


def test_two_stores_are_noticed_at_the_first_write(setting):
    odoo = Odoo(elsewhere=True)
    with pytest.raises(Refused, match="two stores"):
        module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    # the write and its taking back, and not the second setting
    assert [sent[3]["vals"] for sent in odoo.sent] == [{"loss_account_id": 1}, {"loss_account_id": False}]


def test_somebody_else_is_noticed(setting):
    odoo = Odoo()
    odoo.rows["profit_account_id"] = 5
    with pytest.raises(Refused, match="Somebody set the profit account meanwhile"):
        module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    assert odoo.rows == {"loss_account_id": None, "profit_account_id": 5}


def test_an_odoo_that_goes_away_before_anything_was_sent(setting):
    odoo = Odoo(fails={"loss_account_id": Unreachable("gone")})
    with pytest.raises(Unreachable):
        module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    odoo = Odoo(fails={"profit_account_id": Unreachable("gone")})
    with pytest.raises(Refused) as caught:
        module.apply(setting(odoo), Decision([LOSS, PROFIT]))
    assert caught.value.details["reachable"] is False and odoo.rows["loss_account_id"] is None


def test_a_lost_answer_that_never_arrives_is_taken_back(setting):
    odoo, waits = Odoo(lost=True, elsewhere=True), []
    made = setting(odoo)
    made.sleep = waits.append
    with pytest.raises(Refused, match="The answer was lost"):
        module.apply(made, Decision([LOSS]))
    assert len(waits) == 20


def test_a_lost_answer_is_no_failure_when_it_arrived(setting):
    odoo = Odoo(lost=True)
    module.apply(setting(odoo), Decision([LOSS]))
    assert odoo.rows["loss_account_id"] == 1


def test_what_cannot_be_taken_back_is_said(setting):
    odoo = Odoo(fails={"profit_account_id": OdooError("No", kind="odoo.exceptions.UserError")})
    made = setting(odoo)

    def call(model, method, ids, **named):
        if named["vals"] == {"loss_account_id": False}:
            raise Unreachable("gone")
        return Odoo.call(odoo, model, method, ids, **named)

    made.odoo = SimpleNamespace(call=call)
    with pytest.raises(Refused, match="These could NOT be taken back: loss account") as caught:
        module.apply(made, Decision([LOSS, PROFIT]))
    assert caught.value.details["refused"] is False and caught.value.details["changed"] is True


@pytest.mark.parametrize("other", [{"name": "Till 8"}, {"company_id": [2, "Other"]}], ids=str)
def test_odoo_must_show_the_same_till(setting, other):
    odoo = Odoo()
    module.same_till(setting(odoo))
    odoo.till = {**odoo.till, **other}
    with pytest.raises(Refused, match="do not lead to the same store"):
        module.same_till(setting(odoo))


def test_a_finding_is_gone_when_nothing_speaks_of_the_same_record():
    here, elsewhere = (
        finding("cash.no_loss_account", journal="Cash", id=11),
        finding("cash.no_loss_account", journal="B", id=12),
    )
    assert module.still_there(LOSS, [here, elsewhere]) == [here]
    assert module.still_there(PROFIT, [here]) == []
    method = dataclasses.replace(LOSS, answers="accounts.no_receivable", about="Card")
    assert module.still_there(method, [finding("accounts.no_receivable", methods=["Cash"], company="A")]) == []
    assert module.still_there(method, [finding("accounts.no_receivable", methods=["Cash", "Card"], company="A")])
    mine, other = (finding("accounts.tax_no_account", taxes=[name], why="x") for name in ("10%", "20%"))
    assert module.still_there(TAX, [mine, other]) == [mine]
