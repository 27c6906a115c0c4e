# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences of drawers as bars: HTML and SVG that need no script. Lengths are per cent, so that text keeps its size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

from .collect import Facts
from .drawers import text

MOST_STORES = 12
# Labels below the bars of a chart over time, and its size in pixels.
LABELS, TOP, HEIGHT = 6, 18, 200


def charts(by_store: Sequence[Facts], history: Sequence[Facts]) -> str:
    """Both charts of each currency, side by side."""
    currencies = sorted({(row["currency"], row["decimals"]) for row in [*by_store, *history]})
    if not any(row["minor"]["short"] or row["minor"]["over"] for row in [*by_store, *history]):
        return '<p class="note">No drawer that was counted differs.</p>'
    parts = []
    for currency, decimals in currencies:
        stores = [row for row in by_store if (row["currency"], row["decimals"]) == (currency, decimals)]
        days = [row for row in history if (row["currency"], row["decimals"]) == (currency, decimals)]
        parts.append(store_chart(stores, currency) + day_chart(days, currency, decimals))
    return '<div class="charts">%s</div>' % "".join(parts)


def legend() -> str:
    return '<span class="key short"></span>short<span class="key over"></span>over'


def store_chart(rows: Sequence[Facts], currency: str) -> str:
    """A table of the stores that differ most, each with a bar to the left for what is short and to the right for what is over."""
    if not rows:
        return "<div><p><b>By store, %s</b></p><p class='note'>No drawer of this run differs.</p></div>" % escape(
            currency
        )
    shown = rows[:MOST_STORES]
    left = max(-row["minor"]["short"] for row in shown)
    right = max(row["minor"]["over"] for row in shown)
    lines = []
    for row in shown:
        columns = (("short", " wide"), ("over", " wide"), ("net", ""))
        cells = "".join('<td class="num%s">%s</td>' % (wide, escape(row[k])) for k, wide in columns)
        lines.append(
            '<tr><th scope="row">%s</th><td class="bar">%s</td>%s</tr>'
            % (escape(row["store"]), one_bar(row["minor"], left, left + right), cells)
        )
    rest = len(rows) - len(shown)
    more = '<p class="note">%d more store(s) differ less; see the list below.</p>' % rest if rest else ""
    return (
        '<div><table><caption>By store, %s %s</caption><thead><tr><th scope="col">Store</th>'
        '<th scope="col"><span class="unseen">Chart</span></th><th scope="col" class="num wide">short</th>'
        '<th scope="col" class="num wide">over</th><th scope="col" class="num">net</th></tr></thead><tbody>%s</tbody></table>%s</div>'
        % (escape(currency), legend(), "".join(lines), more)
    )


def one_bar(minor: Facts, left: int, whole: int) -> str:
    """One bar. ``left`` is how much of ``whole`` lies before the axis."""
    axis = 100 * left / whole
    short, over = 100 * -minor["short"] / whole, 100 * minor["over"] / whole
    return (
        '<svg width="100%%" height="14" aria-hidden="true">%s%s<line class="axis" x1="%s%%" x2="%s%%" y1="0" y2="14"/></svg>'
        % (rect("short", axis - short, short, 2, 10), rect("over", axis, over, 2, 10), share(axis), share(axis))
    )


def rect(kind: str, x: float, width: float, y: float, height: float, title: str = "") -> str:
    """A bar with ``x`` and ``width`` in per cent, and ``y`` and ``height`` in pixels; nothing for one without a length."""
    if width <= 0 or height <= 0:
        return ""
    inside = "<title>%s</title>" % escape(title) if title else ""
    return '<rect class="%s" x="%s%%" width="%s%%" y="%s" height="%s">%s</rect>' % (
        kind, share(x), share(width), share(y), share(max(height, 1)), inside,
    )  # fmt: skip


def share(value: float) -> str:
    return format(round(value, 2), "g")


def day_chart(rows: Sequence[Facts], currency: str, decimals: int) -> str:
    """A figure of what was over and short, day by day, and the same as a table."""
    if len(rows) < 2:
        return (
            "<div><p><b>Over time, %s</b></p><p class='note'>Shown once drawers of several days are in the history folder.</p></div>"
            % escape(currency)
        )
    days = every_day(rows[0]["day"], rows[-1]["day"])
    by_day = {row["day"]: row for row in rows}
    over = max(row["minor"]["over"] for row in rows)
    short = max(-row["minor"]["short"] for row in rows)
    scale = HEIGHT / max(1, over + short)
    axis = TOP + over * scale
    width = 100 / len(days)
    parts = [line("grid", TOP), line("grid", TOP + HEIGHT), label(0, TOP - 5, text(over, decimals))]
    for at, day in enumerate(days):
        row = by_day.get(day)
        if row is not None:
            x, minor = at * width + width * 0.15, row["minor"]
            said = "%s: %s over, %s short, %d drawer(s)" % (day, row["over"], row["short"], row["drawers"])
            parts.append(rect("over", x, width * 0.7, axis - minor["over"] * scale, minor["over"] * scale, said))
            parts.append(rect("short", x, width * 0.7, axis, -minor["short"] * scale, said))
        if at % -(-len(days) // LABELS) == 0:
            edge = "start" if at == 0 else "end" if at == len(days) - 1 else "middle"
            place = {"start": 0.0, "middle": (at + 0.5) * width, "end": 100.0}[edge]
            parts.append(label(place, TOP + HEIGHT + 32, day[5:], edge))
    parts += [line("axis", axis), label(0, TOP + HEIGHT + 15, text(-short, decimals))]
    total = sum(row["minor"]["net"] for row in rows)
    said = "Drawer differences from %s to %s: %s %s in all" % (days[0], days[-1], text(total, decimals), currency)
    return (
        '<figure><figcaption>Over time, %s %s</figcaption><svg width="100%%" height="%d" role="img" aria-label="%s">%s</svg>'
        "<details><summary>The figures</summary>%s</details></figure>"
        % (escape(currency), legend(), TOP + HEIGHT + 40, escape(said), "".join(parts), figures(rows, currency))
    )


def figures(rows: Sequence[Facts], currency: str) -> str:
    cells = "".join(
        '<tr><th scope="row">%s</th><td class="num">%s</td><td class="num">%s</td><td class="num">%s</td></tr>'
        % tuple(escape(str(row[k])) for k in ("day", "short", "over", "net"))
        for row in rows
    )
    return (
        '<table><caption class="unseen">Drawer differences by day, %s</caption><thead><tr><th scope="col">day</th>'
        '<th scope="col" class="num">short</th><th scope="col" class="num">over</th><th scope="col" class="num">net</th></tr></thead>'
        "<tbody>%s</tbody></table>" % (escape(currency), cells)
    )


def every_day(first: str, last: str) -> list[str]:
    """The days from first to last, those without a drawer among them."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]


def line(kind: str, y: float) -> str:
    return '<line class="%s" x1="0" x2="100%%" y1="%s" y2="%s"/>' % (kind, share(y), share(y))


def label(x: float, y: float, said: Any, anchor: str = "start") -> str:
    return '<text x="%s%%" y="%s" text-anchor="%s">%s</text>' % (share(x), share(y), anchor, escape(str(said)))
