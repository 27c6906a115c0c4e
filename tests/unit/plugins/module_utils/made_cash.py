# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawers for the tests: 100 opened with, 30 sold, 130 counted, all of it right; a test names what is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash import Drawer, LastClosing, Move, Suspect, sums_of
from ansible_collections.retailops.odoo_pos.plugins.module_utils.cash_causes import causes

from .made import ago, cash, session


def move(ident, amount, text="POS/00024-out-milk", **other):
    return replace(Move(ident, D(amount), text, ago(hours=3), "admin"), **other)


def suspect(ident, amount, method=1, **other):
    name = "Cash" if method == 1 else "Card"
    return replace(
        Suspect(ident, "Order %d" % ident, method, name, D(amount), ago(hours=3, minutes=ident * 5), False), **other
    )


def drawer(series=19, lines=(), suspects=(), last=None, since="0", complete=True, found=None, **in_cash):
    """A drawer whose expected amount follows from its moves; ``in_cash`` are fields of its Cash."""
    moved = sum((m.amount for m in lines), D(0))
    holds = cash(**{"moves": moved, "move_count": len(lines), "expected": D(130) + moved, **in_cash})
    closing = None if last is None else LastClosing(23, "POS/00023", D(last), ago(hours=10))
    return Drawer(
        replace(found or session(), cash=holds), series, closing, tuple(lines), tuple(suspects), D(since), complete
    )


def found(which):
    """{code: (amount, whether it explains all)} of a drawer, in their order."""
    return {c.code: (c.amount, c.explains) for c in causes(which, sums_of(which))}


def messages(which):
    return {c.code: c.message for c in causes(which, sums_of(which))}
