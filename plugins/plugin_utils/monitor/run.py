# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every store of a scan before its rules, and what comes of it: metrics, a message, a memory. What pos_monitor does."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

from . import metrics, state
from .closings import closings
from .drawers import Count
from .files import read_text, safe_name, write_whole
from .judge import NOTHING, Judged, Memory, Store, Watch, judge
from .rules import SEVERITIES, Fault
from .webhook import Undelivered, Webhook, send, told
from .words import lines_of

CHANGE, ALWAYS = "change", "always"
# So many changed files are shown by --diff.
MOST_DIFFS = 20


@dataclass(frozen=True)
class Wanted:
    """What is to come of it. An empty folder is none; without ``webhook`` nobody is told.

    ``trail`` is the file in which the closes of this collection are looked up.
    """

    metrics_dir: str = ""
    state_dir: str = ""
    trail: str = ""
    webhook: Webhook | None = None
    webhook_on: str = CHANGE
    width: int = 120
    check_mode: bool = False
    diff: bool = False


@dataclass(frozen=True)
class Settings:
    """What one store is held to, as its variables say."""

    rules: Any
    extra: Any
    silences: Any
    limits: Any


def stores_of(scan: Mapping[str, Any]) -> list[Store]:
    """The stores of a scan as pos_fleet_info returns it with ``detail: full``, by name."""
    stores = []
    for host, entry in sorted(scan.items()):
        facts = entry.get("pos_store")
        reachable = bool(entry.get("reachable")) and isinstance(facts, Mapping)
        error = str(
            entry.get("error") or ("" if reachable else "The scan has no details of it: read it with detail=full.")
        )
        stores.append(Store(host, reachable, error, facts if reachable else NOTHING))
    return stores


class Watches:
    """What each store is held to; alike settings are compiled once, and what is wrong with them is said once."""

    def __init__(self) -> None:
        self.made: dict[str, tuple[Watch, tuple[Fault, ...]]] = {}

    def of(self, settings: Settings) -> Watch:
        key = json.dumps(asdict(settings), sort_keys=True, default=str)
        if key not in self.made:
            self.made[key] = Watch.of(settings.rules, settings.extra, settings.silences, settings.limits)
        return self.made[key][0]

    def faults(self) -> list[Fault]:
        return [fault for _watch, faults in self.made.values() for fault in faults]


class Run:
    """One run over the fleet."""

    def __init__(self, wanted: Wanted, now: datetime | None = None) -> None:
        self.wanted = wanted
        self.now = now or datetime.now(timezone.utc)
        self.stamp = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.faults: list[Fault] = []
        self.diffs: list[dict[str, str]] = []
        self.changed: list[str] = []

    def memory(self, host: str) -> Memory:
        if not self.wanted.state_dir:
            return Memory()
        try:
            return state.load(self.wanted.state_dir, host)
        except state.BadState as error:
            self.faults.append(Fault("state", self.wanted.state_dir, str(error), host))
            return Memory()

    def closings(self) -> dict[str, list[Count]]:
        """What was counted when sessions were closed, by host."""
        if not self.wanted.state_dir:
            return {}
        try:
            return closings(self.wanted.trail)
        except OSError as error:
            text = "The trail %s cannot be read (%s): what was counted at closes is not known." % (
                self.wanted.trail,
                error.strerror,
            )
            self.faults.append(Fault("trail", self.wanted.trail, text))
            return {}

    def write_metrics(self, judged: Judged, watch: Watch) -> None:
        """Write one store's file where its text is new; otherwise only its time, which says that somebody looked."""
        if not self.wanted.metrics_dir:
            return
        path = os.path.join(self.wanted.metrics_dir, "odoo_pos_%s.prom" % safe_name(judged.store.host))
        text = metrics.render(metrics.of_store(judged, watch))
        try:
            if not os.path.isdir(self.wanted.metrics_dir):
                raise FileNotFoundError(2, "there is no such folder", path)
            before = read_text(path)
            if before == text:
                if not self.wanted.check_mode:
                    os.utime(path)
                return
            if not self.wanted.check_mode:
                write_whole(path, text, 0o644)
        except OSError as error:
            problem = (
                "The metrics cannot be written to %s (%s): create the folder that node_exporter reads, writable for whoever "
                "runs Ansible." % (self.wanted.metrics_dir, error.strerror)
            )
            self.faults.append(Fault("metrics", self.wanted.metrics_dir, problem))
            return
        self.changed.append(path)
        if self.wanted.diff and len(self.diffs) < MOST_DIFFS:
            self.diffs.append(
                {"before_header": path, "after_header": path, "before": before or "", "after": text},
            )

    def tell(self, judged: Sequence[Judged]) -> tuple[dict[str, Any], bool]:
        """Send what is new, or everything; return what became of it and whether a webhook has had it all."""
        heard = [a for j in judged for a in j.alerts if a.silenced is None]
        over = [(j.store.host, past) for j in judged for past in j.over.values()]
        news = [a for a in heard if not a.told]
        about = heard if self.wanted.webhook_on == ALWAYS else news
        result = {"wanted": self.wanted.webhook is not None, "alerts": len(about), "over": len(over), "sent": False}
        if self.wanted.webhook is None or not (about or over):
            return result, False
        payload = told(about, over, len(judged))
        if self.wanted.diff:
            header = "message to the webhook"
            self.diffs.append(
                {"before_header": header, "after_header": header, "before": "", "after": payload["text"] + "\n"}
            )
        self.changed.append("webhook")
        if self.wanted.check_mode:
            return result, True
        try:
            send(self.wanted.webhook, payload)
        except Undelivered as error:
            self.changed.remove("webhook")
            self.faults.append(Fault("webhook", "webhook", str(error)))
            return result, False
        return {**result, "sent": True}, True

    def remember(self, judged: Sequence[Judged], delivered: bool) -> None:
        """Write each store's memory; in check mode nothing, but whether it would be new."""
        for one in judged if self.wanted.state_dir else ():
            try:
                memory = one.memory(delivered, self.wanted.webhook is not None)
                if state.save(self.wanted.state_dir, one.store.host, memory, self.wanted.check_mode):
                    self.changed.append(state.path_of(self.wanted.state_dir, one.store.host))
            except state.BadState as error:
                self.faults.append(Fault("state", self.wanted.state_dir, str(error), one.store.host))


def monitor(
    scan: Mapping[str, Any], settings: Mapping[str, Settings], wanted: Wanted, now: datetime | None = None
) -> dict[str, Any]:
    """Hold every store to its rules and bring out what was found. Returns plain JSON values."""
    run, watches, judged = Run(wanted, now), Watches(), []
    closed = run.closings()
    for store in stores_of(scan):
        watch = watches.of(settings[store.host])
        one = judge(store, watch, run.memory(store.host), run.now, closed.get(store.host, ()))
        run.write_metrics(one, watch)
        judged.append(one)
    webhook, delivered = run.tell(judged)
    run.remember(judged, delivered)
    faults = gathered([*watches.faults(), *(f for one in judged for f in one.faults), *run.faults])
    alerts = [alert.shown(run.stamp) for one in judged for alert in one.alerts]
    alerts.sort(key=lambda a: SEVERITIES.index(a["severity"]))
    over = [{"store": one.store.host, "message": past["message"]} for one in judged for past in one.over.values()]
    summary = summed(judged, alerts, over)
    result: dict[str, Any] = {
        "changed": bool(run.changed),
        "alerts": alerts,
        "over": over,
        "faults": faults,
        "summary": summary,
        "written": run.changed,
        "webhook": webhook,
        "lines": lines_of(summary, alerts, over, faults, wanted.width),
    }
    if wanted.diff:
        result["diff"] = run.diffs
    return result


def gathered(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    """Faults by what they are about: what stores met is said once, in the words of the first, with all of them."""
    found: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
    for fault in faults:
        key = (fault.what, fault.name, "" if fault.store else fault.message)
        message, stores = found.setdefault(key, (fault.message, []))
        if fault.store and fault.store not in stores:
            stores.append(fault.store)
    return [
        {"what": what, "name": name, "message": message, "stores": stores}
        for (what, name, _message), (message, stores) in found.items()
    ]


def summed(judged: Sequence[Judged], alerts: Sequence[Mapping[str, Any]], over: Sequence[Any]) -> dict[str, int]:
    """The run in numbers."""
    heard = [a for a in alerts if a["silenced"] is None]
    return {
        "stores": len(judged),
        "unreachable": sum(1 for one in judged if not one.store.reachable),
        **{severity: sum(1 for a in heard if a["severity"] == severity) for severity in SEVERITIES},
        "silenced": len(alerts) - len(heard),
        "new": sum(1 for a in heard if a["new"]),
        "over": len(over),
    }


def alerts_of(
    facts: Mapping[str, Any], host: str, rules: Any, limits: Any, silences: Any, now: datetime
) -> dict[str, Any]:
    """One store's alerts and faults, without memory. Returns plain JSON values."""
    watch, wrong = Watch.of(rules, [], silences, limits)
    one = judge(Store(host, True, "", facts), watch, Memory(), now)
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"alerts": [alert.shown(stamp) for alert in one.alerts], "faults": gathered([*wrong, *one.faults])}


def metrics_of(scan: Mapping[str, Any], rules: Any, now: datetime) -> str:
    """The metrics of a whole scan in one text, without memory."""
    watch, _wrong = Watch.of(rules, [], [], {})
    return metrics.render(
        sample for store in stores_of(scan) for sample in metrics.of_store(judge(store, watch, Memory(), now), watch)
    )
