# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_session_reset: read, plan, refuse, pre-image, apply, prove. What the module and an action plugin run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Optional

from . import pre_image
from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .attempt import Attempt, refused
from .database import snapshot
from .diagnose import diagnose_session
from .errors import BadInput, NotProven, Unreachable
from .facts import moment
from .handshake import same_session
from .one_session import Found, begin, facts_of, held, looking
from .pre_image import Kept, Written
from .proof import Check, proof_facts
from .reset import CLOSING, OPENED, Reset, by_odoo, by_sql, decide, is_down, refuse_never, said, standing_in, still
from .store import Session

SPEC = (
    DATABASE
    + ODOO
    + SESSION
    + ArgumentSpec(
        {
            "state": {"type": "str", "choices": [OPENED, CLOSING]},
            "undo": {"type": "path"},
            "confirm": {"type": "str", "required": True},
            "allow_sql": {"type": "bool", "default": False},
            "pre_image": {"type": "path"},
        },
        {"mutually_exclusive": [("state", "undo")], "required_one_of": [("state", "undo")]},
    )
)

# What an Odoo that is asked to write a session writes with it.
OWN_COLUMNS = {"state", "stop_at", "write_date", "write_uid", "cash_register_balance_end_real"}


def reset_session(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Reset one session, or undo a reset. Returns the module's result; every PosError is one sentence."""
    kept = pre_image.read(params["undo"]) if params.get("undo") else None
    with looking(params) as (reader, found):
        session = found.session
        if session is None:
            raise refused(
                "Till %s has no open session, and a closed one is never reset." % (params.get("till") or "").strip()
            )
        require_confirmed(session, params)
        before = facts_of(found.store, session)
        seen = standing_in(reader, session)
        rows = None if kept is None else pre_image.read_rows(reader, found.schema, session.id)
    refuse_never(found.store, session, seen["no_entry"], list(diagnose_session(found.store, session).findings))
    reset = wanted(params, found, session, kept)
    if session.state == reset.state and (kept is None or reset.stands(seen)):
        return result_of(before, before, None, [], [], None, changed=False)
    if kept is not None and rows is not None:
        require_as_left(kept, found, seen, rows)
    plan = plan_of(reset, params, kept)
    if check_mode:
        return with_diff(result_of(before, None, plan, [], [], None, changed=True), reset, diff)
    attempt = begin(params, found, session)
    with held(params, session, plan=plan):
        image, way = carry_out(params, found, attempt, reset)
    return proven(params, attempt, reset, image, {"plan": {**plan, "way": way}, "before": before, "diff": diff})


def require_confirmed(session: Session, params: Mapping[str, Any]) -> None:
    """The session's very name has to be repeated. Raises Refused."""
    if (params.get("confirm") or "").strip() != session.name:
        raise refused(
            "A reset wants the session's name repeated: confirm is %r, and the session is %s of till %s. Nothing was changed."
            % ((params.get("confirm") or "")[:60], session.name, session.till.name)
        )


def wanted(params: Mapping[str, Any], found: Found, session: Session, kept: Optional[Kept]) -> Reset:
    """What to write: the state that was asked for, or the one of the pre-image. Raises BadInput or Refused."""
    if kept is None:
        now = datetime.now(timezone.utc).replace(microsecond=0)
        return decide(session, found.store.series, params["state"], now if params["state"] == CLOSING else None)
    if (kept.database, kept.session_id, kept.name) != (found.store.database, session.id, session.name):
        raise BadInput(
            "The pre-image %s is of session %s (%d) of %s, not of %s (%d) of %s: name the session's own."
            % (kept.path, kept.name, kept.session_id, kept.database, session.name, session.id, found.store.database)
        )
    if kept.state not in (OPENED, CLOSING):
        raise refused(
            "The pre-image %s would set the session to %s, which no reset does." % (kept.path, kept.state[:30])
        )
    return decide(session, found.store.series, kept.state, kept.stop_at)


def require_as_left(kept: Kept, found: Found, seen: Mapping[str, Any], rows: pre_image.Rows) -> None:
    """An undo wants the session as the reset left it: same state and closing time, nothing sold, moved or changed. Raises Refused."""
    left = Reset(found.store.sessions[0], kept.left_state, kept.left_stop_at, False)
    if not left.stands(seen):
        raise refused(
            "Session %s is no longer as the reset left it (%s, not %s): it is not undone."
            % (kept.name, seen["state"], kept.left_state)
        )
    changed = pre_image.differing(kept.rows, rows) + pre_image.differing(rows, kept.rows)
    if changed:
        raise refused(
            "Session %s was worked in since the reset (%s): it is not undone."
            % (kept.name, ", ".join(sorted(set(changed))[:3]))
        )


def plan_of(reset: Reset, params: Mapping[str, Any], kept: Optional[Kept]) -> dict[str, Any]:
    """The plan as plain values; ``way`` is decided when Odoo is asked."""
    session, cash = reset.session, reset.session.cash
    steps = [
        "Write the pre-image: every row of the session, its orders, payments and moves.",
        said(reset),
    ]
    if kept is not None:
        steps.insert(0, "Undo the reset whose pre-image is %s." % kept.path)
    if params.get("allow_sql"):
        steps.append("That is done through Odoo's API; by one guarded UPDATE only if Odoo is down.")
    else:
        steps.append("That is done through Odoo's API; not at all if Odoo is down.")
    if reset.drops_count:
        steps.append(
            "Drop the stored count, which is older than the last cash sale, so that the drawer is counted again."
        )
    return {
        "session": {"id": session.id, "name": session.name},
        "till": {"id": session.till.id, "name": session.till.name},
        "from": session.state,
        "to": reset.state,
        "stop_at": moment(reset.stop_at),
        "drops_count": reset.drops_count,
        "way": None,
        "steps": steps,
        "next": next_steps(reset, cash is not None),
    }


def next_steps(reset: Reset, drawer: bool) -> list[str]:
    """What a person does afterwards."""
    till, name = reset.session.till.name, reset.session.name
    if reset.state == OPENED:
        return [
            "Till %s can be entered again. Let the shop reload it, so that orders it never sent arrive." % till,
            "When the day is over, close it there or with pos_session_close, which wants a count.",
        ]
    count = " and counted_cash: the drawer still has to be counted" if drawer else ""
    return [
        "Nobody can sell on till %s now." % till,
        "Close %s with pos_session_close%s. Do not press Close in the back office: that books the uncounted drawer as lost."
        % (name, count),
        "Otherwise give the till back: state: opened.",
    ]


def carry_out(params: Mapping[str, Any], found: Found, attempt: Attempt, reset: Reset) -> tuple[Written, str]:
    """Ask Odoo, write the pre-image, then the change. Returns the pre-image and the way that was taken."""
    way = "odoo"
    try:
        same_session(attempt)
    except Unreachable as error:
        if not params["allow_sql"] or not is_down(params["odoo_url"], error):
            raise with_hint(error, params["allow_sql"]) from None
        way = "sql"
    image, seen = keep(params, found, reset)
    if way == "odoo":
        by_odoo(attempt, reset, seen)
    else:
        still(params, reset.session, seen)
        by_sql(params, reset, seen)
        attempt.answers.append({"call": "UPDATE pos_session", "returned": "1 row"})
    return image, way


def with_hint(error: Unreachable, allow_sql: bool) -> Unreachable:
    """Say what would have to be so that SQL may be used."""
    hint = (
        "SQL is used only where nobody takes the connection at odoo_url, not for an error or a lost answer."
        if allow_sql
        else "Nothing was changed; allow_sql would allow one guarded UPDATE where Odoo is down."
    )
    return Unreachable("%s %s" % (error.message, hint))


def keep(params: Mapping[str, Any], found: Found, reset: Reset) -> tuple[Written, dict[str, Any]]:
    """Write the pre-image; return it and the session's row that it holds. Raises BadInput where it cannot be written."""
    session, now = reset.session, datetime.now(timezone.utc)
    path = pre_image.target(params.get("pre_image"), found.store.database, session.id, now)
    with snapshot(params) as reader:
        seen = standing_in(reader, session)
        rows = pre_image.read_rows(reader, found.schema, session.id)
    if seen["state"] != session.state or not seen["no_entry"]:
        raise refused("Session %s is %s by now: run again. Nothing was changed." % (session.name, seen["state"]))
    content = pre_image.content_of(found.schema, seen, reset.state, reset.stop_at, now)
    return pre_image.write(path, content, rows, own_folder=not params.get("pre_image")), seen


def proven(
    params: Mapping[str, Any], attempt: Attempt, reset: Reset, image: Written, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Read everything again and prove that the state was set and nothing else. Raises NotProven with all that is known."""
    session = reset.session
    try:
        with looking({**params, "session": str(session.id), "till": None}) as (reader, found):
            row = standing_in(reader, session)
            rows = pre_image.read_rows(reader, found.schema, session.id)
    except Unreachable as error:
        raise NotProven(
            "Session %s was reset, but could not be read for the proof: %s" % (session.name, error.message),
            proven=False,
            **result_of(known["before"], None, known["plan"], attempt.answers, [], image, changed=True),
        ) from None
    after = facts_of(found.store, found.store.sessions[0])
    checks = prove(reset, row, image.rows, rows)
    result = result_of(known["before"], after, known["plan"], attempt.answers, proof_facts(checks), image, changed=True)
    broken = [c for c in checks if not c.held]
    if broken:
        raise NotProven(
            "Session %s was reset, but not all is as it should be (%s). Look at it before anybody closes it."
            % (session.name, "; ".join("%s: %s" % (c.check, c.detail) for c in broken)),
            proven=False,
            **result,
        )
    return with_diff(result, reset, known["diff"])


def prove(reset: Reset, row: Mapping[str, Any], before: pre_image.Rows, after: pre_image.Rows) -> list[Check]:
    """The checks of a reset."""
    was, now = before["pos_session"][0], after["pos_session"][0]
    other = sorted(name for name in was if was[name] != now.get(name) and name not in OWN_COLUMNS)
    changed = pre_image.differing(before, after)
    return [
        Check("the session is %s" % reset.state, reset.stands(row), "%s, closing time %s" % (row["state"], moment(row["stop_at"]))),
        Check("it has no entry", bool(row["no_entry"]), "none found" if row["no_entry"] else "an entry carries it"),
        Check("nothing else of the session changed", not other, ", ".join(other) or "state and closing time only"),
        Check(
            "its orders, payments and moves are untouched",
            not changed,
            ", ".join(changed[:5]) or "%d row(s) as they were" % (sum(map(len, before.values())) - 1),
        ),
    ]  # fmt: skip


def result_of(
    before: dict[str, Any],
    after: Optional[dict[str, Any]],
    plan: Optional[dict[str, Any]],
    answer: list[dict[str, Any]],
    proof: list[dict[str, Any]],
    image: Optional[Written],
    changed: bool,
) -> dict[str, Any]:
    """The module's result."""
    return {
        "changed": changed,
        "session": {"before": before, "after": after},
        "plan": plan,
        "answer": answer,
        "proof": proof,
        "pre_image": None if image is None else image.facts(),
    }


def with_diff(result: dict[str, Any], reset: Reset, diff: bool) -> dict[str, Any]:
    """Add the session's state and closing time before and after, as --diff shows them."""
    if diff:
        session = reset.session
        header = "session %s of till %s" % (session.name, session.till.name)
        result["diff"] = {
            "before_header": header,
            "after_header": header,
            "before": {"state": session.state, "stop_at": moment(session.stopped_at)},
            "after": {"state": reset.state, "stop_at": moment(reset.stop_at)},
        }
    return result
