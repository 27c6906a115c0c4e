# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a role was asked for: values as a survey sends them, amounts as text, and for which store of the play they are.

Tills of a chain often have the same names, and numbers are the same everywhere: an amount that was counted in one shop must not
be booked in another because both were in the play.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean


class BadWish(Exception):
    """What was asked for contradicts itself. One sentence."""


@dataclass(frozen=True)
class Store:
    """The inventory host that a role works on, and all those of its play."""

    host: str
    hosts: Sequence[str]

    @property
    def alone(self) -> bool:
        """Whether the play has no other store."""
        return set(self.hosts) <= {self.host}


def text(value: Any) -> str:
    """The value as text; none is empty."""
    return "" if value is None else str(value).strip()


def read(value: Any) -> Any:
    """A value that a survey may have turned to text: JSON is read, its numbers as they were written."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return json.loads(value, parse_float=str, parse_int=str)
    return value


def amount(value: Any, option: str) -> str:
    """An amount as text. Raises BadWish for a number with a fraction, which may not be what was typed."""
    if isinstance(value, (float, bool)):
        raise BadWish("%s must be text: put the amount in quotes, such as '117.50'." % option)
    return text(value)


def for_one_store(store: Store, option: str, instead: str = "") -> None:
    """Raises BadWish where the play has other stores, which may each have a till, a session or an order of that name."""
    if not store.alone:
        raise BadWish(
            "%s is for one store, and this play has %d: name the store with pos_hosts or --limit%s."
            % (option, len(set(store.hosts)), instead and ", or " + instead)
        )


def counts_of(value: Any, option: str, store: Store) -> dict[str, str]:
    """The counts of this store, as text by till. They are given by till where it is alone in the play, otherwise by store and till.

    Raises BadWish.
    """
    value = read(value or {})
    if not isinstance(value, Mapping):
        raise BadWish('%s must map tills to amounts, such as {"Till 7": "117.50"}.' % option)
    by_store = {isinstance(counts, Mapping) for counts in value.values()}
    if by_store == {True}:
        value = value.get(store.host) or {}
    elif by_store == {True, False}:
        raise BadWish(
            '%s has stores beside tills: put each till under its store, as {"store_042": {"Till 7": "117.50"}}.'
            % option
        )
    elif by_store:
        for_one_store(store, option, 'put its tills under its name, as {"store_042": {"Till 7": "117.50"}}')
    return {clean(till): amount(counted, "%s[%s]" % (option, clean(till))) for till, counted in value.items()}
