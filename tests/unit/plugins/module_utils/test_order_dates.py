# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written to an order and not meant to stay, or stays although Odoo refused: it goes back, or it is said."""

from __future__ import annotations

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import order_steps as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import AnswerLost, OdooError, Unreachable

from .made_orders import pending, resolving
from .test_order_steps import PAID, hurried, sent, stops

__all__ = ["hurried"]


def dates(made, fails, after=False):
    """Let the write of a date that is number ``fails[0]`` end with ``fails[1]``, after it was carried out or before."""
    write, writes = made.attempt.odoo.do_write, []

    def dated(model, vals):
        if "date_order" not in vals:
            return write(model, vals)
        writes.append(vals)
        if len(writes) != fails[0] or after:
            write(model, vals)
        if len(writes) == fails[0]:
            raise fails[1]
        return True

    made.attempt.odoo.do_write = dated
    return made


def test_the_date_goes_back_also_where_the_answer_to_the_first_write_is_lost():
    made = dates(resolving(19, pending()), (1, AnswerLost("Lost.")), after=True)
    with pytest.raises(Unreachable, match="The date of order .* is as it was") as caught:
        module.carry_out(made)
    assert made.watch.order(51).date_order == pending().date_order and sent(made) == []
    assert caught.value.details["changed"] is True and caught.value.details["answer"]


def test_a_date_whose_writing_back_was_lost_and_arrived_is_back():
    made = dates(resolving(19, pending()), (2, AnswerLost("Lost.")), after=True)
    module.carry_out(made)
    assert len(made.done) == 1


@pytest.mark.parametrize(
    "error", [OdooError("No."), AnswerLost("No."), Unreachable("No.")], ids=lambda e: type(e).__name__
)
def test_a_date_that_cannot_be_written_back_is_said(error):
    made = dates(resolving(19, pending()), (2, error))
    told = stops(made, "could not be written back (No): set it to 20", "Nothing else was changed")
    assert told.details["changed"] is True and told.details["refused"] is False and told.details["answer"]
    assert sent(made) == [] and made.watch.order(51).date_order != pending().date_order


def test_an_order_that_odoo_does_not_settle_after_all_keeps_what_was_written_and_it_is_said():
    made = resolving(19, pending(**PAID), action_pos_order_paid=OdooError("Order 51 is not fully paid."))
    told = stops(made, "Odoo refused to settle order", "not fully paid. Its amount paid, which was set", "Nothing else")
    assert told.details["changed"] is True and told.details["refused"] is False
    told = stops(resolving(19, pending(**PAID), action_pos_order_paid=True), "is now draft")
    assert told.details["changed"] is True
