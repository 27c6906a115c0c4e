# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_session_release: see who is at a session, wait, end what blocks it, give it back, hand it over, prove it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Optional

from .arguments import DATABASE, ODOO, SESSION, ArgumentSpec
from .attempt import odoo_time
from .diagnose import diagnose_session
from .diagnose_money import drops_count
from .errors import BadInput, NotFound, NotProven, PosError, Refused
from .facts import finding_facts
from .findings import finding
from .handshake import same_session
from .one_session import Found, begin, facts_of, held, looking, require_primary
from .proof import Check, proof_facts
from .release import Process, Use, blockers, check_bound, end, explain, read_use, recipient, spoken, there
from .reset import CLOSING, OPENED, Reset, decide, refuse_never, said, standing, standing_in, still, write_seen
from .rows import clean
from .store import Session

SPEC = (
    DATABASE
    + ODOO
    + SESSION
    + ArgumentSpec(
        {
            "give_back": {"type": "bool", "default": False},
            "hand_over_to": {"type": "str"},
            "end_blockers_older_than": {"type": "int"},
            "min_idle_minutes": {"type": "int", "default": 15},
            "wait_minutes": {"type": "int", "default": 0},
        }
    )
)
LOOK_EVERY_SECONDS = 10


@dataclass(frozen=True)
class Look:
    """One look at the session: how it stands, who is at it, and what is to be done."""

    found: Found
    session: Session
    seen: Mapping[str, Any]
    use: Use
    reset: Optional[Reset]
    recipient_id: Optional[int]
    doomed: tuple[Process, ...]

    @property
    def writes(self) -> bool:
        """Whether something is to be written through Odoo."""
        return self.reset is not None or self.recipient_id is not None


def release_session(
    params: Mapping[str, Any], check_mode: bool, diff: bool, sleep: Callable[[float], None] = time.sleep
) -> dict[str, Any]:
    """Release one session as far as the options allow. Returns the module's result; every PosError is one sentence."""
    check_options(params)
    look = look_at(params)
    if look is None:
        return result_of(None, None, None, None, changed=False)
    if not check_mode:
        look = wait(params, look, sleep)
    before, plan = facts_of(look.found.store, look.session), plan_of(look, params)
    if not look.writes and not look.doomed:
        if params["wait_minutes"]:
            require_idle(params, look)
        return result_of(before, before, None, look, changed=False)
    if look.writes:
        require_idle(params, look, waits=check_mode)
    if check_mode:
        return with_diff(result_of(before, None, plan, look, changed=True), look, params, diff)
    require_primary(look.found.store)
    with held(params, look.session, plan=plan):
        ended = [p for p in look.doomed if end(params, look.session, look.use, p, params["end_blockers_older_than"])]
        try:
            answers = write(params, look) if look.writes else []
        except PosError as error:
            if ended:
                # What refused speaks of the session only.
                error.message += " Ended before that, because it had been left open: process %s." % ", ".join(
                    str(process.pid) for process in ended
                )
                error.details.update(changed=True, ended=[process.facts() for process in ended])
            raise
    return proven(params, look, before, {"plan": plan, "answer": answers, "ended": ended, "diff": diff})


def check_options(params: Mapping[str, Any]) -> None:
    """Raises BadInput."""
    check_bound(params.get("end_blockers_older_than"))
    for name in ("wait_minutes", "min_idle_minutes"):
        if params[name] < 0:
            raise BadInput("%s must not be negative." % name)


def look_at(params: Mapping[str, Any]) -> Optional[Look]:
    """Read everything; None where the till has no open session. Raises Refused where what is asked for is never done."""
    with looking(params) as (reader, found):
        session = found.session
        if session is None:
            return None
        use = read_use(reader, found.store, session)
        seen = standing_in(reader, session)
        login = (params.get("hand_over_to") or "").strip()
        user_id = recipient(reader, session, login) if login and login != session.user_login else None
    # A till that can be entered is what was asked for.
    gives = params["give_back"] and (session.state == CLOSING or session.closed)
    if gives or user_id is not None:
        serious = list(diagnose_session(found.store, session).findings)
        refuse_never(found.store, session, seen["no_entry"], serious, "released")
    reset = decide(session, found.store.series, OPENED, None) if gives else None
    doomed = blockers(use, params.get("end_blockers_older_than"))
    return Look(found, session, seen, use, reset, user_id, tuple(doomed))


def wait(params: Mapping[str, Any], look: Look, sleep: Callable[[float], None]) -> Look:
    """Look again until the session is idle or wait_minutes are over."""
    deadline = time.monotonic() + params["wait_minutes"] * 60
    while not idle(params, look.use) and time.monotonic() < deadline:
        sleep(min(LOOK_EVERY_SECONDS, max(0.1, deadline - time.monotonic())))
        again = look_at({**params, "session": str(look.session.id), "till": None})
        look = look if again is None else again
    return look


def idle(params: Mapping[str, Any], use: Use) -> bool:
    return use.idle_minutes is None or use.idle_minutes >= params["min_idle_minutes"]


def require_idle(params: Mapping[str, Any], look: Look, waits: bool = False) -> None:
    """Raises Refused for a till that is in use; not in check mode where the task would wait first."""
    if idle(params, look.use) or (waits and params["wait_minutes"]):
        return
    minutes = look.use.idle_minutes
    doing = "locked for its close or used" if look.session.state == CLOSING else "used"
    raise Refused(
        "Session %s was %s %s minute(s) ago, so somebody may be at it: nothing was changed. Ask the shop, wait (wait_minutes), "
        "or give min_idle_minutes: 0 when you know that nobody is." % (look.session.name, doing, minutes),
        refused=True,
        findings=[finding_facts(finding("session.in_use", minutes=minutes))],
        in_use=look.use.facts(),
        explanation=explain(look.session, look.use),
    )


def write(params: Mapping[str, Any], look: Look) -> list[dict[str, Any]]:
    """One write through Odoo, seen in PostgreSQL or taken back. Returns Odoo's answers. Raises Refused or AnswerLost."""
    attempt = begin(params, look.found, look.session)
    same_session(attempt)
    still(params, look.session, look.seen)
    values: dict[str, Any] = {} if look.reset is None else look.reset.values()
    back: dict[str, Any] = {"state": attempt.found["state"], "stop_at": odoo_time(attempt.found["stop_at"])}
    if look.recipient_id is not None:
        values["user_id"], back["user_id"] = look.recipient_id, look.seen["user_id"] or False
    if drops_count(look.session, look.found.store.series):
        values["cash_register_balance_end_real"] = Decimal(0)
        back["cash_register_balance_end_real"] = attempt.found["counted"] or Decimal(0)

    def arrived(row: Mapping[str, Any]) -> bool:
        return (look.reset is None or look.reset.stands(row)) and row["user_id"] == (
            look.recipient_id or row["user_id"]
        )

    write_seen(attempt, values, back, arrived)
    return attempt.answers


def plan_of(look: Look, params: Mapping[str, Any]) -> dict[str, Any]:
    """The plan as plain values."""
    session, steps = look.session, []
    if look.writes and not idle(params, look.use):
        steps.append("Wait at most %d minute(s) until nobody has used the till for %d." % (
            params["wait_minutes"], params["min_idle_minutes"]))  # fmt: skip
    for process in look.doomed:
        steps.append(
            "End the transaction that was left open; what it had not committed is rolled back. " + spoken(process)
        )
    if look.reset is not None:
        steps.append(said(look.reset))
    if look.recipient_id is not None:
        steps.append("Hand session %s over from %s to %s." % (
            session.name, session.user_login or "nobody", clean(params["hand_over_to"]).strip()))  # fmt: skip
    if look.writes and drops_count(session, look.found.store.series):
        steps.append("Drop the stored count, which is older than the last cash sale.")
    return {
        "session": {"id": session.id, "name": session.name},
        "till": {"id": session.till.id, "name": session.till.name},
        "gives_back": look.reset is not None,
        "hands_over_to": None if look.recipient_id is None else clean(params["hand_over_to"]).strip(),
        "ends": [p.facts() for p in look.doomed],
        "steps": steps,
    }


def proven(params: Mapping[str, Any], look: Look, before: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Read the session again and prove what was done. Raises NotProven with all that is known."""
    after = look_at({**params, "session": str(look.session.id), "till": None, "give_back": False, "hand_over_to": None})
    if after is None:
        raise NotFound("Session %s is gone: somebody deleted it." % look.session.name)
    row = standing(params, look.session)
    checks = []
    if look.reset is not None:
        checks.append(
            Check("the till can be entered again", look.reset.stands(row), "the session is %s" % row["state"])
        )
    if look.writes:
        checks.append(
            Check("it has no entry", bool(row["no_entry"]), "none found" if row["no_entry"] else "one was made")
        )
    if look.recipient_id is not None:
        held_by = clean(row["login"])
        checks.append(Check("the session was handed over", row["user_id"] == look.recipient_id, "it is %s's" % held_by))
    checks += [
        Check("process %d is gone" % p.pid, not there(params, p), p.application or p.login) for p in known["ended"]
    ]
    changed = look.writes or bool(known["ended"])
    result = result_of(before, facts_of(after.found.store, after.session), known["plan"], after, changed)
    result.update(answer=known["answer"], proof=proof_facts(checks), ended=[p.facts() for p in known["ended"]])
    broken = [c for c in checks if not c.held]
    if broken:
        raise NotProven(
            "Session %s was released, but not all is as it should be (%s)."
            % (look.session.name, "; ".join("%s: %s" % (c.check, c.detail) for c in broken)),
            proven=False,
            **result,
        )
    return with_diff(result, look, params, known["diff"])


def result_of(
    before: Optional[dict[str, Any]],
    after: Optional[dict[str, Any]],
    plan: Optional[dict[str, Any]],
    look: Optional[Look],
    changed: bool,
) -> dict[str, Any]:
    """The module's result."""
    return {
        "changed": changed,
        "session": {"before": before, "after": after},
        "plan": plan,
        "answer": [],
        "proof": [],
        "ended": [],
        "in_use": None if look is None else look.use.facts(),
        "explanation": [] if look is None else explain(look.session, look.use),
    }


def with_diff(result: dict[str, Any], look: Look, params: Mapping[str, Any], diff: bool) -> dict[str, Any]:
    """Add what changes of the session, as --diff shows it."""
    if not diff:
        return result
    header = "session %s of till %s" % (look.session.name, look.session.till.name)
    before = {
        "state": look.session.state,
        "opened_by": look.session.user_login,
        "left_open": [p.pid for p in look.doomed],
    }
    after = {**before, "left_open": []}
    if look.reset is not None:
        after["state"] = look.reset.state
    if look.recipient_id is not None:
        after["opened_by"] = clean(params["hand_over_to"]).strip()
    result["diff"] = {"before_header": header, "after_header": header, "before": before, "after": after}
    return result
