# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store as Prometheus text, for the textfile collector of node_exporter.

The text changes only when the store does: moments instead of ages, and no time of the run. When it was last written is said
by the file itself (node_textfile_mtime_seconds). Money is written as it is in the currency, digit by digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .drawers import usual
from .judge import Judged, Watch

PREFIX = "odoo_pos_"
# Every metric that is ever written: the names are a contract with alert rules and dashboards.
METRICS: Mapping[str, str] = {
    "store_up": "Whether the store's database could be read.",
    "store_info": "The store's database and Odoo; always 1.",
    "sessions": "Open sessions by verdict: closable, needs_count or blocked.",
    "sessions_closed_wrongly": "Sessions that are closed and whose books are not right.",
    "session_info": "An open session with its state and verdict; always 1.",
    "session_started_timestamp_seconds": "When an open session was opened.",
    "session_last_activity_timestamp_seconds": "When an open session last saw an order, payment or cash move.",
    "session_orders": "Orders of an open session by state; states without any are left out, but for draft.",
    "session_expected_cash": "What should be in the drawer of an open session, in its currency.",
    "session_drawer_difference": "What was counted in the drawer of an open session less what should be in it, in its currency.",
    "till_counts": "Counts of the till's drawer that are remembered.",
    "till_usual_difference": "Median of what the till's drawer differed by, in its currency.",
    "till_usual_spread": "Median absolute deviation of what the till's drawer differed by, scaled by 1.4826, in its currency.",
    "findings": "Findings of sessions, tills and the store, by code and severity.",
    "alerts": "Alerts by rule; silenced ones apart.",
    "faults": "Rules, silences and limits that could not be used for this store.",
}
LABELS = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True)
class Sample:
    """One line. ``value`` is a whole number or an amount as text."""

    metric: str
    labels: Mapping[str, Any]
    value: int | str


def seconds(moment: str | None) -> int | None:
    """'2026-11-22T07:00:00Z' as seconds of the epoch."""
    return None if moment is None else int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def label(value: Any) -> str:
    """A label's value. Names come out of databases: no line break and no quote of theirs ends a line of ours."""
    text = "true" if value is True else "false" if value is False else str(value)
    return (text if text.isprintable() else clean(text)).translate(LABELS)


def line(sample: Sample) -> str:
    labels = ",".join('%s="%s"' % (name, label(value)) for name, value in sample.labels.items())
    return "%s%s{%s} %s" % (PREFIX, sample.metric, labels, sample.value)


def render(samples: Iterable[Sample]) -> str:
    """The samples below the HELP and TYPE of their metric; one line a series, whatever comes twice."""
    by_metric: dict[str, dict[str, None]] = {name: {} for name in METRICS}
    for sample in samples:
        by_metric[sample.metric][line(sample)] = None
    lines = []
    for name, found in by_metric.items():
        if found:
            lines += ["# HELP %s%s %s" % (PREFIX, name, METRICS[name]), "# TYPE %s%s gauge" % (PREFIX, name), *found]
    return "\n".join(lines) + "\n"


def of_store(judged: Judged, watch: Watch) -> Iterator[Sample]:
    """Every sample of one store. One that could not be read says so, and what is wrong with it; the rest is unknown."""
    store = {"store": judged.store.host}
    yield Sample("store_up", store, int(judged.store.reachable))
    if judged.store.reachable:
        yield from of_facts(store, judged.store.facts)
        yield from of_drawers(store, judged, watch)
    heard = Counter((alert.rule, alert.silenced is not None) for alert in judged.alerts)
    for rule in watch.rules:
        labels = {**store, "rule": rule.name, "severity": rule.severity}
        yield Sample("alerts", {**labels, "silenced": False}, heard[rule.name, False])
        if heard[rule.name, True]:
            yield Sample("alerts", {**labels, "silenced": True}, heard[rule.name, True])
    yield Sample("faults", store, len(judged.faults))


def of_facts(store: Mapping[str, str], facts: Mapping[str, Any]) -> Iterator[Sample]:
    """What pos_session_facts says."""
    odoo = {"series": facts["odoo"]["series"], "version": facts["odoo"]["version"]}
    yield Sample("store_info", {**store, "database": facts["database"], **odoo}, 1)
    for verdict in ("closable", "needs_count", "blocked"):
        yield Sample("sessions", {**store, "verdict": verdict}, facts["summary"][verdict])
    yield Sample("sessions_closed_wrongly", store, facts["summary"]["closed_wrongly"])
    for session in facts["sessions"]:
        yield from of_session(store, session)
    found = Counter(
        (finding["code"], finding["severity"])
        for thing in (*facts["sessions"], *facts["closed_wrongly"], *facts["tills"], facts)
        for finding in thing["findings"]
    )
    for (code, severity), number in sorted(found.items()):
        yield Sample("findings", {**store, "code": code, "severity": severity}, number)


def of_session(store: Mapping[str, str], session: Mapping[str, Any]) -> Iterator[Sample]:
    """One open session. The id tells sessions of one name apart."""
    own = {**store, "till": session["till"]["name"], "session": session["name"], "session_id": session["id"]}
    state = {"state": session["state"], "verdict": session["verdict"], "rescue": session["rescue"]}
    yield Sample("session_info", {**own, **state}, 1)
    for metric, moment in (
        ("session_started_timestamp_seconds", session["started_at"]),
        ("session_last_activity_timestamp_seconds", session["last_activity_at"]),
    ):
        at = seconds(moment)
        if at is not None:
            yield Sample(metric, own, at)
    for order_state, number in session["orders"].items():
        # Most are 0; what stops a close is said also where there is none.
        if number or order_state == "draft":
            yield Sample("session_orders", {**own, "state": order_state}, number)
    cash, money = session.get("cash") or {}, {**own, "currency": session["currency"]["name"]}
    for metric, amount in (
        ("session_expected_cash", cash.get("expected")),
        ("session_drawer_difference", cash.get("difference")),
    ):
        if amount is not None:
            yield Sample(metric, money, amount)


def of_drawers(store: Mapping[str, str], judged: Judged, watch: Watch) -> Iterator[Sample]:
    """What is remembered of each till's counts."""
    for number, drawer in judged.drawers.items():
        currency = {"name": drawer["currency"], "decimals": drawer["decimals"]}
        own = {**store, "till": drawer["till"], "till_id": number}
        yield Sample("till_counts", own, len(drawer["counts"]))
        # asked for no session in particular, so that every count is among the others
        known = usual(judged.drawers, {"id": None, "till": {"id": number}, "currency": currency}, watch.limits)
        if known is not None:
            yield Sample("till_usual_difference", {**own, "currency": drawer["currency"]}, known["median"])
            yield Sample("till_usual_spread", {**own, "currency": drawer["currency"]}, known["spread"])
