# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One attempt to change a session: what was found, what was written, what Odoo answered, and how a close is taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Optional

from .diagnose_money import drops_count, stale
from .errors import OdooError, PosError, Refused, Unreachable
from .notes import without_ours
from .plan import Plan
from .rpc import Transport
from .store import Session
from .watching import Watch

# How long to wait for a moment in which nobody else writes, before a state is written back.
QUIET_SECONDS = 5


@dataclass
class Attempt:
    """One session on its way to being changed through Odoo's API.

    ``found`` is the session's row before anything was written; ``answers`` are Odoo's own; ``patience`` is for how many
    seconds a call whose answer was lost is waited for.
    """

    session: Session
    series: int
    odoo: Transport
    watch: Watch
    patience: int = 600
    answers: list[dict[str, Any]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)

    def call(self, model: str, method: str, ids: list[int], **named: Any) -> Any:
        """Call a method of any record and keep what Odoo answered."""
        returned = self.odoo.call(model, method, ids, **named)
        self.answers.append({"call": "%s.%s" % (model, method), "returned": plain(returned)})
        return returned

    def ask(self, method: str, **named: Any) -> Any:
        """Call a method of the session itself."""
        return self.call("pos.session", method, [self.session.id], **named)


class Closing(Attempt):
    """One close on its way. ``written`` names what of the session was touched; ``sold``: somebody sold after it was planned;
    ``recounted``: somebody stored another count after it was planned, which stands in ``found``."""

    def __init__(
        self, plan: Plan, odoo: Transport, watch: Watch, account_id: Optional[int] = None, patience: int = 600
    ) -> None:
        super().__init__(plan.session, plan.series, odoo, watch, patience)
        self.plan = plan
        self.account_id = account_id
        self.written: set[str] = set()
        self.sold = False
        self.recounted = False


@contextmanager
def saying_what_was_sent(attempt: Attempt) -> Iterator[None]:
    """What was sent before PostgreSQL or Odoo went away stands in the error, and so in the trail."""
    try:
        yield
    except Unreachable as error:
        if attempt.answers:
            error.details.update(changed=True, answer=attempt.answers)
        raise


def plain(value: Any) -> Any:
    """An answer as JSON types: Decimal becomes text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value


def refused(message: str) -> Refused:
    return Refused(message, refused=True, findings=[])


def odoo_time(at: Optional[datetime]) -> Any:
    """A time as Odoo takes and gives it: naive UTC to the second, False for none."""
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else False


def give_back(closing: Closing, reason: str) -> Refused:
    """Restore what was found and say so. Returns the refusal to raise; its text says when the till could not be given back."""
    name = closing.session.name
    try:
        restore(closing)
        row = closing.watch.row()
        done = as_found(row, {**closing.found, "counted": kept_count(closing)})
    except PosError as error:
        done, reason = False, "%s (and then: %s)" % (reason.rstrip("."), error.message.rstrip("."))
        row = closing.watch.row()
    if row["state"] == "closed":
        return closed_by_another(closing)
    dropped = closing.found["counted"] and not kept_count(closing)
    left = (
        "It stands as it was found%s."
        % (", but for the stored count, which is older than the last sale and was dropped" if dropped else "")
        if done
        else "It could NOT be given back and is now %s: use pos_session_release." % row["state"]
    )
    return Refused(
        "Session %s was not closed. %s. %s" % (name, reason.rstrip("."), left),
        refused=done,
        changed=not done,
        findings=[],
        answer=closing.answers,
    )


def closed_by_another(closing: Closing) -> Refused:
    """The refusal for a session that somebody else's close ended after we had begun: our line goes from its notes, and a count
    that we had dropped comes back. Says what of ours stands in it."""
    row, name, values = closing.watch.row(), closing.session.name, {}
    others = without_ours(row["closing_notes"])
    if "closing_notes" in closing.written and others != (row["closing_notes"] or "").splitlines():
        values["closing_notes"] = "\n".join(others) or False
    if drops_count(closing.session, closing.series) and not row["counted"] and closing.found["counted"]:
        values["cash_register_balance_end_real"] = closing.found["counted"]
    said = ""
    try:
        if values:
            closing.call("pos.session", "write", [closing.session.id], vals=values)
    except PosError as error:
        said = " Its closing notes still name this task (%s)." % error.message.rstrip(".")
    if "counted" in closing.written:
        money, counted = closing.session.till.currency, closing.watch.row()["counted"]
        theirs = counted is None or closing.plan.counted is None or money.round(counted) != closing.plan.counted
        whose = "not the one of this task" if theirs else "the one of this task"
        said += " The count that stands in it is %s, %s." % ("none" if counted is None else money.text(counted), whose)
    changed = bool(closing.answers)
    return Refused(
        "Session %s was closed by somebody else meanwhile; run again to have it proven.%s" % (name, said),
        refused=not changed,
        changed=changed,
        findings=[],
        answer=closing.answers,
    )


def as_found(row: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether everything that a close writes is as it was; Odoo does not tell a count of 0 from none."""
    same = all((row[name] or None) == (found[name] or None) for name in ("state", "closing_notes", "start", "counted"))
    return same and odoo_time(row["stop_at"]) == odoo_time(found["stop_at"])


def kept_count(closing: Closing) -> Decimal:
    """The stored count as it is written back: none for one that is older than the last sale, since it would look new."""
    cash = closing.session.cash
    old = cash is not None and (closing.sold or (stale(cash) and not closing.recounted))
    return Decimal(0) if old else closing.found["counted"] or Decimal(0)


def restore(closing: Closing) -> None:
    """Write back state, stop_at, notes, opening and count, as far as they were touched."""
    found, series = closing.found, closing.series
    state = closing.watch.row()["state"]
    if state == "closed":
        # Whoever closed it did so without us: opened again it could be closed twice.
        return
    values: dict[str, Any] = {"stop_at": odoo_time(found["stop_at"])}
    if state != found["state"]:
        # A close that has written and not ended would be written over once it has: Odoo tries a write again that came too early.
        if not closing.watch.quiet(QUIET_SECONDS):
            raise OdooError("others write to sessions or the journal, who may be closing it")
        if closing.watch.row()["state"] == "closed":
            return
        values["state"] = found["state"]
    if "closing_notes" in closing.written:
        values["closing_notes"] = found["closing_notes"] or False
    if "start" in closing.written:
        values["cash_register_balance_start"] = found["start"]
    if "counted" in closing.written or (closing.sold and found["counted"]):
        if series <= 15:
            count = {"balance_end_real": kept_count(closing)}
            closing.odoo.call("account.bank.statement", "write", [found["register_id"]], vals=count)
        else:
            values["cash_register_balance_end_real"] = kept_count(closing)
    closing.odoo.call("pos.session", "write", [closing.session.id], vals=values)
    if "state" in values:
        closed_again(closing)


def closed_again(attempt: Attempt) -> bool:
    """Right after a state was written: whether it opened a session again that somebody's close had ended in that very moment.

    Then it is set to closed, as it was: closed a second time it would be booked twice.
    """
    if attempt.watch.row()["move_id"] is None:
        return False
    values = {"state": "closed", "stop_at": odoo_time(datetime.now(timezone.utc))}
    attempt.call("pos.session", "write", [attempt.session.id], vals=values)
    return True


def require_not_closed(attempt: Attempt, values: Mapping[str, Any]) -> None:
    """Raises Refused where a close had ended in the very moment in which its state was written; it stays closed then."""
    if "state" in values and closed_again(attempt):
        raise closed_meanwhile(attempt.session)


def closed_meanwhile(session: Session) -> Refused:
    return Refused(
        "Session %s was closed by somebody else in that very moment and stays closed." % session.name,
        refused=True,
        findings=[],
    )
