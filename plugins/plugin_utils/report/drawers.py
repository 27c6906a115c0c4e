# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawer differences: of this run, of earlier runs, added up. Amounts are whole minor units of a currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

Facts = Mapping[str, Any]

CLOSED = ("closed", "already_closed")
MOST_DAYS = 30


@dataclass(frozen=True)
class Drawer:
    """What one session's drawer differed by: ``minor`` units of a currency with ``decimals``; ``day`` as YYYY-MM-DD."""

    store: str
    session_id: int
    session: str
    till: str
    day: str
    currency: str
    decimals: int
    minor: int

    @property
    def key(self) -> tuple[str, int]:
        """One session is counted once, however often it was seen."""
        return self.store, self.session_id

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def drawer_of(value: Any) -> Drawer | None:
    """A drawer as it stands in a file of the history; None where it is none."""
    if not isinstance(value, Mapping):
        return None
    kinds = {name: kind for name, kind in Drawer.__annotations__.items() if name in value}
    if len(kinds) != len(Drawer.__annotations__):
        return None
    right = all(is_kind(value[name], kind) for name, kind in kinds.items())
    return Drawer(**{name: value[name] for name in kinds}) if right else None


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value of a file is what the field of a Drawer wants; true and false are no numbers."""
    return isinstance(value, str) if kind == "str" else isinstance(value, int) and not isinstance(value, bool)


def text(minor: int, decimals: int) -> str:
    """Minor units as an amount: -1250 with two decimals is -12.50."""
    return format(Decimal(minor).scaleb(-decimals), "f") if decimals else str(minor)


def minor_of(amount: str) -> tuple[int, int] | None:
    """'-12.50' as (-1250, 2); None where it is no amount."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent > 0:
        return None
    return int(value.scaleb(-exponent)), -exponent


def drawers(store: Facts) -> list[Drawer]:
    """The drawers of a store of the report that somebody counted, the counts of this run before those that were read."""
    found: dict[int, Drawer] = {}
    sessions = {s["id"]: s for s in [*store["sessions"], *store["closed_wrongly"]]}
    for session in sessions.values():
        cash = session["cash"]
        minor = ((cash or {}).get("minor") or {}).get("difference")
        if minor is not None and not session["rescue"]:
            found[session["id"]] = Drawer(
                store=store["name"],
                session_id=session["id"],
                session=session["name"],
                till=session["till"]["name"],
                day=day_of(session, store),
                currency=session["currency"]["name"],
                decimals=session["currency"]["decimals"],
                minor=minor,
            )
    for result in store["results"]:
        amount = minor_of(result["difference"] or "")
        if result["outcome"] in CLOSED and result["session"]["id"] is not None and amount and result["counted"]:
            number = result["session"]["id"]
            found[number] = Drawer(
                store=store["name"],
                session_id=number,
                session=result["session"]["name"],
                till=result["till"]["name"],
                day=day_of(sessions.get(number, {}), store),
                currency=result["currency"] or "",
                decimals=amount[1],
                minor=amount[0],
            )
    return list(found.values())


def day_of(session: Facts, store: Facts) -> str:
    """The day a drawer belongs to: when its session was used last, else when it was read."""
    at = session.get("stopped_at") or session.get("last_activity_at") or session.get("started_at") or store["read_at"]
    return str(at or "")[:10]


def merged(earlier: Iterable[Drawer], now: Iterable[Drawer]) -> list[Drawer]:
    """Each session once, as it was seen last; in the order of days."""
    found = {d.key: d for d in [*earlier, *now]}
    return sorted(found.values(), key=lambda d: (d.day, d.store, d.session_id))


def totals(found: Iterable[Drawer]) -> list[dict[str, Any]]:
    """What was short, over and the sum of both, by currency, as text and as minor units."""
    return [summed(group, currency=currency, decimals=decimals) for (currency, decimals), group in by_currency(found)]


def by_day(found: Iterable[Drawer]) -> list[dict[str, Any]]:
    """The same by currency and day."""
    groups: dict[tuple[str, int, str], list[Drawer]] = defaultdict(list)
    for drawer in found:
        groups[drawer.currency, drawer.decimals, drawer.day].append(drawer)
    return [
        summed(group, currency=currency, decimals=decimals, day=day)
        for (currency, decimals, day), group in sorted(groups.items())
    ]


def days_of_stores(found: Iterable[Drawer]) -> dict[str, list[dict[str, Any]]]:
    """For each store the days on which its drawers did not add up to nothing, by currency; the last MOST_DAYS of them."""
    groups: dict[str, list[Drawer]] = defaultdict(list)
    for drawer in found:
        groups[drawer.store].append(drawer)
    return {
        store: [
            {"day": row["day"], "currency": row["currency"], "net": row["net"], "minor": row["minor"]["net"]}
            for row in by_day(group)
            if row["minor"]["net"]
        ][-MOST_DAYS:]
        for store, group in groups.items()
    }


def by_store(found: Iterable[Drawer]) -> list[dict[str, Any]]:
    """The same by currency and store; stores whose drawers were exact are left out, the largest differences come first."""
    groups: dict[tuple[str, int, str], list[Drawer]] = defaultdict(list)
    for drawer in found:
        if drawer.minor:
            groups[drawer.currency, drawer.decimals, drawer.store].append(drawer)
    rows = [summed(group, currency=c, decimals=n, store=store) for (c, n, store), group in groups.items()]
    return sorted(rows, key=lambda r: (r["currency"], -(r["minor"]["over"] - r["minor"]["short"]), r["store"]))


def by_currency(found: Iterable[Drawer]) -> list[tuple[tuple[str, int], list[Drawer]]]:
    groups: dict[tuple[str, int], list[Drawer]] = defaultdict(list)
    for drawer in found:
        groups[drawer.currency, drawer.decimals].append(drawer)
    return sorted(groups.items())


def summed(group: Iterable[Drawer], decimals: int, **head: Any) -> dict[str, Any]:
    amounts = [d.minor for d in group]
    minor = {
        "short": sum(a for a in amounts if a < 0),
        "over": sum(a for a in amounts if a > 0),
        "net": sum(amounts),
    }
    said = {name: text(value, decimals) for name, value in minor.items()}
    return {**head, "decimals": decimals, "drawers": len(amounts), **said, "minor": minor}
