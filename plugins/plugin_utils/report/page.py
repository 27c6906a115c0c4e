# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs nothing but itself."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import string
from collections.abc import Iterable
from html import escape
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import SEVERITIES

from . import drawers
from .charts import charts
from .collect import Facts
from .drawers import drawer_of

FILES = pathlib.Path(__file__).parents[3] / "roles" / "pos_report" / "files"
# What ends a script element or begins a comment in it, and what older scripts took for the end of a line.
DEAD = str.maketrans({c: "\\u%04x" % ord(c) for c in "<>&\u2028\u2029"})
KINDS = dict(zip(SEVERITIES, (("bad", "stops a close"), ("warn", "warning"), ("info", "good to know"))))
STATUSES = {
    "": "any",
    "unread": "could not be read",
    "blocked": "will not close",
    "needs_count": "count first",
    "closable": "can be closed",
    "closed_wrongly": "closed wrongly",
    "cannot_open": "a till cannot be opened",
    "closed": "closed in this run",
    "refused": "refused in this run",
    "failed": "failed in this run",
    "clear": "nothing open",
}


def page(report: Facts) -> str:
    """The whole page. Text is escaped here or inserted as text by the script; the policy in it lets nothing else run."""
    style, script = ((FILES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    series = sorted({store["odoo"]["series"] for store in report["stores"] if store["odoo"]["series"]})
    template = string.Template((FILES / "page.html").read_text(encoding="utf-8"))
    stores = [drawer for entry in report["drawers"] if (drawer := drawer_of(entry))]
    return template.substitute(
        title=escape(report["title"]),
        style=style,
        style_hash=source_hash(style),
        script=script,
        script_hash=source_hash(script),
        lead=escape(lead(report["summary"])),
        meta=escape(meta(report)),
        tiles="".join(tiles(report["summary"])),
        causes=cause_table(report["causes"]),
        drawers=charts(drawers.by_store(stores), report["history"]),
        statuses=options(STATUSES.items()),
        cause_options=options([("", "any"), *((c["code"], c["title"]) for c in report["causes"])]),
        series=options([("", "any"), *((s, "Odoo " + s.removesuffix(".0")) for s in series)]),
        footer=footer(report),
        data=embedded({"stores": [slim(store) for store in report["stores"]]}),
    )


def source_hash(text: str) -> str:
    """How a policy names a script or a style that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def embedded(value: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(DEAD)


def options(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join('<option value="%s">%s</option>' % (escape(value), escape(text)) for value, text in pairs)


def lead(summary: Facts) -> str:
    """The answer, in one or two sentences."""
    bad = [
        (summary["tills"] - summary["tills_can_open"], "%s cannot be opened", "till"),
        (summary["blocked"], "%s will not close", "session"),
        (summary["closed_wrongly"], "%s closed wrongly", "session"),
        (summary["failed"], "%s failed in this run", "action"),
        (summary["needs_count"], "%s to be counted first", "drawer"),
        (summary["unread"], "%s could not be read", "store"),
    ]
    said = [text % number_of(number, thing) for number, text, thing in bad if number]
    if not said:
        return "Every till can be opened, and every open session can be closed."
    return (", ".join(said[:-1]) + " and " + said[-1] if len(said) > 1 else said[0]) + "."


def number_of(number: int, thing: str) -> str:
    return "%s %s%s" % (format(number, ","), thing, "" if number == 1 else "s")


def meta(report: Facts) -> str:
    at = report["generated_at"]
    read = report["summary"]["stores"] - report["summary"]["unread"]
    when = "as of %s %s UTC" % (at[:10], at[11:16]) if at else "none of them now"
    return "%s of %s read, %s" % (format(read, ","), number_of(report["summary"]["stores"], "store"), when)


def tiles(summary: Facts) -> Iterable[str]:
    """The numbers at the top; those that name stores are buttons that show them."""
    tills, can_open, can_close = summary["tills"], summary["tills_can_open"], summary["tills_can_close"]
    done = summary["closed"] or summary["refused"] or summary["failed"]
    yield tile(of(can_open, tills), "tills can be opened", bad_if(can_open < tills), "cannot_open")
    yield tile(of(can_close, tills), "tills are in a state to be closed", bad_if(can_close < tills))
    yield tile(summary["blocked"], "sessions will not close", bad_if(summary["blocked"]), "blocked")
    yield tile(
        summary["needs_count"], "drawers to be counted first", "warn" if summary["needs_count"] else "", "needs_count"
    )
    yield tile(summary["closable"], "sessions can be closed", "good" if summary["closable"] else "", "closable")
    if done:
        sub = "%d refused, %d failed" % (summary["refused"], summary["failed"])
        yield tile(summary["closed"], "sessions closed in this run", bad_if(summary["failed"]), "closed", sub)
    yield tile(
        summary["closed_wrongly"], "sessions closed wrongly", bad_if(summary["closed_wrongly"]), "closed_wrongly"
    )
    yield tile(summary["unread"], "stores could not be read", bad_if(summary["unread"]), "unread")
    for total in summary["differences"]:
        sub = "%s short, %s over, %s" % (total["short"], total["over"], number_of(total["drawers"], "drawer"))
        yield tile(
            "%s<small> %s</small>" % (escape(total["net"]), escape(total["currency"])), "drawers differ by", "", sub=sub
        )


def of(part: int, whole: int) -> str:
    return "%s<small> of %s</small>" % (format(part, ","), format(whole, ","))


def bad_if(condition: Any) -> str:
    return "bad" if condition else "good"


def tile(figure: Any, text: str, kind: str, status: str = "", sub: str = "") -> str:
    """One number; ``figure`` is HTML, the other words are text."""
    inside = "<b>%s</b><span>%s</span>" % (figure, escape(text))
    inside += '<span class="sub">%s</span>' % escape(sub) if sub else ""
    if status:
        return '<li><button type="button" class="tile %s" data-show="status=%s">%s</button></li>' % (
            kind,
            status,
            inside,
        )
    return '<li><div class="tile %s">%s</div></li>' % (kind, inside)


def cause_table(causes: Iterable[Facts]) -> str:
    """Causes of which the worst stand first; what is only good to know is folded away."""
    found = list(causes)
    serious, rest = [c for c in found if c["severity"] != "info"], [c for c in found if c["severity"] == "info"]
    parts = [causes_as_table(serious) if serious else '<p class="note">Nothing.</p>']
    if rest:
        parts.append("<details><summary>Good to know (%d)</summary>%s</details>" % (len(rest), causes_as_table(rest)))
    return "".join(parts)


CAUSE = (
    '<tr><th scope="row"><button type="button" class="link" data-show="cause={code}">{title}</button></th>'
    '<td><span class="chip {kind}">{weight}</span></td><td class="num">{stores}</td><td class="num wide">{sessions}</td>'
    '<td class="num wide">{tills}</td><td class="wide">{next}</td></tr>'
)
CAUSES = (
    '<table><caption class="unseen">Causes, with the number of stores, sessions and tills that have them</caption><thead>'
    '<tr><th scope="col">Cause</th><th scope="col">Weight</th><th scope="col" class="num">Stores</th>'
    '<th scope="col" class="num wide">Sessions</th><th scope="col" class="num wide">Tills</th>'
    '<th scope="col" class="wide">What to do</th></tr></thead><tbody>%s</tbody></table>'
)


def causes_as_table(causes: Iterable[Facts]) -> str:
    lines = []
    for cause in causes:
        kind, weight = KINDS[cause["severity"]]
        lines.append(
            CAUSE.format(
                code=escape(cause["code"]),
                title=escape(cause["title"]),
                kind=kind,
                weight=weight,
                stores=len(cause["stores"]),
                sessions=cause["sessions"] or "",
                tills=cause["tills"] or "",
                next=escape(cause["next"]),
            )
        )
    return CAUSES % "".join(lines)


def footer(report: Facts) -> str:
    """Where this comes from, and how the trail of changes stands."""
    lines = [
        "Made by retailops.odoo_pos from what the stores' databases held at that moment; nothing was changed for it."
    ]
    trail = report["trail"]
    if trail and trail["broken"]:
        lines.append("The trail of changes is broken: %s." % "; ".join(trail["broken"][:5]))
    elif trail and trail["exists"]:
        lines.append(
            "The trail of changes is whole: %s, the last with hash %s."
            % (number_of(trail["lines"], "line"), trail["last_hash"])
        )
    return "".join("<p>%s</p>" % escape(line) for line in lines)


def slim(store: Facts) -> dict[str, Any]:
    """What the page shows of a store."""
    return {
        **{name: store[name] for name in ("name", "reachable", "error", "database", "read_at", "verdict", "results")},
        **store["odoo"],
        "differences": [
            {"net": total["net"], "minor": total["minor"]["net"], "currency": total["currency"]}
            for total in drawers.totals(drawers.drawers(store))
        ],
        "sessions": [slim_session(session) for session in store["sessions"]],
        "closed_wrongly": [slim_session(session) for session in store["closed_wrongly"]],
        "tills": [
            {**{k: till[k] for k in ("name", "can_open", "shut")}, "findings": slim_findings(till)}
            for till in store["tills"]
        ],
        "findings": slim_findings(store),
        "days": [[day["day"], day["currency"], day["net"], day["minor"]] for day in store["days"]],
    }


def slim_session(session: Facts) -> dict[str, Any]:
    names = ("id", "name", "state", "verdict", "rescue", "started_at", "hours_open", "idle_minutes", "next")
    amounts = ("opening", "sales", "moves", "expected", "counted", "difference")
    return {
        **{name: session[name] for name in names},
        "till": {"name": session["till"]["name"]},
        "opened_by": session["opened_by"]["login"],
        "orders": sum(session["orders"].values()),
        "currency": session["currency"]["name"],
        "cash": session["cash"] and {name: session["cash"][name] for name in amounts},
        "payments": [
            {"method": paid["method"]["name"], **{k: paid[k] for k in ("count", "expected", "unconfirmed")}}
            for paid in session["payments"]
        ],
        "findings": slim_findings(session),
    }


def slim_findings(thing: Facts) -> list[dict[str, Any]]:
    return [{name: found[name] for name in ("code", "severity", "message")} for found in thing["findings"]]
