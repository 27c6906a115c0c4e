# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each till's drawer differed by, count by count, and what is usual for it. Whole minor units; never a float."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from .limits import minor

Drawers = dict[str, dict[str, Any]]

MOST_COUNTS = 60
# Of normally scattered values the median absolute deviation times this is the standard deviation.
NORMAL = Decimal("1.4826")


@dataclass(frozen=True)
class Count:
    """What the drawer of one session was off by, in minor units."""

    session: int
    till: int
    name: str
    currency: str
    decimals: int
    at: str | None
    units: int


def counts_in(store: Mapping[str, Any]) -> Iterator[Count]:
    """The counts in a store. A rescue session has no drawer, and one that nobody counted has no difference."""
    for session in (*store["sessions"], *store["closed_wrongly"]):
        difference = (session.get("cash") or {}).get("minor", {}).get("difference")
        if not session["rescue"] and difference is not None:
            till, money = session["till"], session["currency"]
            at = session["stopped_at"] or session["last_activity_at"] or session["started_at"]
            yield Count(session["id"], till["id"], till["name"], money["name"], money["decimals"], at, difference)


def remember(drawers: Mapping[str, Any], counts: Iterable[Count]) -> Drawers:
    """The history of a store by till id, with some counts: one a session, the later one kept, in the order of sessions."""
    kept: Drawers = {till: {**drawer, "counts": list(drawer["counts"])} for till, drawer in drawers.items()}
    for count in counts:
        drawer = kept.setdefault(str(count.till), {"counts": []})
        known = {entry[0]: entry for entry in drawer["counts"]}
        known[count.session] = [count.session, count.at, count.units]
        kept[str(count.till)] = {
            "till": count.name,
            "currency": count.currency,
            "decimals": count.decimals,
            "counts": [known[number] for number in sorted(known)][-MOST_COUNTS:],
        }
    return {till: kept[till] for till in sorted(kept, key=int)}


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle one, or between the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def money(units: int, decimals: int) -> str:
    """Whole minor units as text in the currency."""
    return format(Decimal(units).scaleb(-decimals).quantize(Decimal(1).scaleb(-decimals)), "f")


def usual(
    drawers: Mapping[str, Any], session: Mapping[str, Any], limits: Mapping[str, Decimal]
) -> dict[str, Any] | None:
    """What the drawer of a session's till usually differs by, of the other counts that are known; None where they are too few.

    ``median`` and ``spread`` (median absolute deviation, scaled) of them, ``allowed`` (how far off that a count may be) and
    ``off`` (how far this one is; None where it was not counted), as text and under ``minor``.
    """
    drawer = drawers.get(str(session["till"]["id"])) or {"counts": []}
    decimals = session["currency"]["decimals"]
    if drawer["counts"] and (drawer["currency"], drawer["decimals"]) != (session["currency"]["name"], decimals):
        return None
    others = [Decimal(entry[2]) for entry in drawer["counts"] if entry[0] != session["id"]]
    if not others or len(others) < limits["spread_counts"]:
        return None
    middle = median(others)
    spread = median([abs(value - middle) for value in others]) * NORMAL
    floor = minor(limits["spread_floor"], decimals)
    allowed = max(int((spread * limits["spread_factor"]).to_integral_value(ROUND_CEILING)), floor)
    now = (session.get("cash") or {}).get("minor", {}).get("difference")
    amounts: dict[str, int | None] = {
        "median": int(middle.to_integral_value(ROUND_HALF_UP)),
        "spread": int(spread.to_integral_value(ROUND_CEILING)),
        "allowed": allowed,
        "off": None if now is None else int(abs(now - middle).to_integral_value(ROUND_HALF_UP)),
    }
    return {
        "counts": len(others),
        **{name: None if units is None else money(units, decimals) for name, units in amounts.items()},
        "minor": amounts,
    }
