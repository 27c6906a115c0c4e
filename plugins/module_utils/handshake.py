# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making sure that Odoo and PostgreSQL show one and the same store, before anything is written that cannot be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Optional

from .attempt import Attempt, odoo_time, refused
from .diagnose_money import drops_count
from .errors import AnswerLost, OdooError, Refused, Unreachable
from .rows import clean

TWO_STORES = (
    "What was written through odoo_url did not arrive in the database that login_host and login_db name: "
    "they are two stores (a copy, a standby?). The write was taken back."
)

# How long is waited for somebody who may be closing the session.
PATIENCE_SECONDS = 10


def nobody_closes(attempt: Attempt) -> None:
    """Before anything is written that a close which Odoo still works on would not see: wait for it to end. Raises Refused.

    PostgreSQL shows the session as it was until the close commits, and Odoo tries a write again that it held up.
    """
    if attempt.watch.earlier_close(PATIENCE_SECONDS) is False:
        raise refused(
            "Somebody may be closing session %s (a transaction has been at the sessions for %d s): nothing was sent. Run again "
            "when it has ended; pos_session_release shows who is at work." % (attempt.session.name, PATIENCE_SECONDS)
        )


def same_session(attempt: Attempt) -> None:
    """Both sides must speak of the same session before anything is written. Raises Refused."""
    attempt.found = found = attempt.watch.row()
    session, notes = attempt.session, attempt.series >= 17
    if found["state"] != session.state:
        raise refused(
            "Session %s went from %s to %s while we planned: run again." % (session.name, session.state, found["state"])
        )
    fields = ["name", "state", "config_id", "stop_at", *(["closing_notes"] if notes else [])]
    try:
        rows = attempt.odoo.call("pos.session", "read", [session.id], fields=fields)
    except OdooError as error:
        if error.kind.endswith("AccessError"):
            raise refused(
                "Odoo shows session %s to nobody like odoo_user: %s." % (session.name, error.message)
            ) from None
        raise refused(
            "Odoo does not show session %s (%s): it is another store, or its user may not see this till's company."
            % (session.name, error.message.rstrip("."))
        ) from None
    except AnswerLost as lost:
        raise Unreachable("%s Nothing was written: check odoo_url, then run again." % lost.message) from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreachable("What answers at odoo_url is no Odoo: check odoo_url. Nothing was written.")
    seen = rows[0] if rows else {}
    theirs = (seen.get("name"), seen.get("state"), (seen.get("config_id") or [None])[0], seen.get("stop_at") or None,
              seen.get("closing_notes") or None)  # fmt: skip
    ours = (
        found["name"],
        found["state"],
        session.till.id,
        odoo_time(found["stop_at"]) or None,
        found["closing_notes"] or None,
    )
    if theirs != ours:
        raise refused(
            "Odoo knows session %d as %s, %s, and PostgreSQL as %s, %s: odoo_url and login_host do not lead to the same store."
            % (session.id, clean(seen.get("name")) or "nothing", seen.get("state"), session.name, session.state)
        )


def another_moment(found: Optional[datetime]) -> datetime:
    """Now, to the second, and never what is stored already: it must be seen to arrive."""
    now = datetime.now(timezone.utc).replace(microsecond=0)
    return now.replace(second=(now.second + 1) % 60) if now == found else now


def shake_hands(attempt: Attempt) -> None:
    """Write something harmless over the API, see it in PostgreSQL, and take it back. Raises Refused for two stores, and where
    somebody closed the session meanwhile.

    ``same_session`` must have been called. A till that is open has no stop_at; what an attempt left there that was cut off is
    cleared with it. A stored count that is older than the last cash sale is dropped, because it would look new.
    """
    found, now = attempt.found, another_moment(attempt.found["stop_at"])
    kept = found["stop_at"] if found["state"] in ("closing_control", "closed") else None
    dropped = drops_count(attempt.session, attempt.series)
    drops = {"cash_register_balance_end_real": Decimal(0)} if dropped else {}
    undrops = {"cash_register_balance_end_real": found["counted"] or Decimal(0)} if dropped else {}
    attempt.ask("write", vals={"stop_at": odoo_time(now), **drops})
    row = attempt.watch.row()
    require_open(attempt, row, undrops)
    attempt.ask("write", vals={"stop_at": odoo_time(kept)})
    require_open(attempt, attempt.watch.row(), {"stop_at": odoo_time(now), **undrops})
    if row["stop_at"] != now:
        raise refused(TWO_STORES)


def require_open(attempt: Attempt, row: Mapping[str, Any], back: dict[str, Any]) -> None:
    """Raises Refused where a close had ended in the very moment of a write; ``back`` is what the write took from it."""
    if row["state"] != "closed" and row["move_id"] is None:
        return
    if back:
        attempt.ask("write", vals=back)
    raise Refused(
        "Session %s was closed by somebody else in that very moment: nothing was recorded in it. An accountant books what is "
        "missing." % attempt.session.name,
        refused=False,
        changed=True,
        findings=[],
        answer=attempt.answers,
    )
