# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record what the real Odoo answers when each session is closed as its own browser would close it.

This knows nothing of any diagnosis: what it writes is what a diagnosis is measured by.
"""

from __future__ import annotations

import json
import pathlib

from .client import Refused
from .lab import BROKEN
from .place import LabError, say
from .tills import CATALOGUE

HERE = pathlib.Path(__file__).parent
COPY, OWN_COPY = "truth_copy", "truth_own_copy"
FIELDS = (
    "name",
    "state",
    "rescue",
    "cash_register_balance_start",
    "cash_register_balance_end_real",
    "cash_register_balance_end",
    "cash_register_difference",
    "order_count",
    "total_payments_amount",
    "config_id",
    "cash_journal_id",
    "move_id",
)

BOOKS = """
SELECT coalesce((SELECT sum(l.debit - l.credit) FROM account_move_line l WHERE l.move_id = s.move_id), 0)::text AS balance,
       (SELECT count(*) FROM account_move m JOIN account_journal j ON j.id = m.journal_id
         WHERE m.ref = s.name AND j.type NOT IN ('cash', 'bank') AND s.name <> '/') AS entries,
       (SELECT sum(l.credit - l.debit)::text FROM account_move_line l JOIN account_bank_statement_line b ON b.move_id = l.move_id
         WHERE %s AND l.account_id IN (j.loss_account_id, j.profit_account_id)) AS difference_line,
       (SELECT sum(l.debit - l.credit)::text FROM account_move_line l
         WHERE l.move_id = s.move_id AND l.name = 'Difference at closing PoS session') AS forced_line,
       (SELECT m.date - current_date FROM account_move m WHERE m.id = s.move_id) AS entry_days_ahead,
       (SELECT count(*) FROM pos_order o WHERE o.session_id = s.id AND o.state = 'draft') AS orders_draft,
       (SELECT count(*) FROM pos_order o WHERE o.session_id = s.id AND o.state = 'paid') AS orders_paid,
       coalesce((SELECT m.state = 'posted' FROM account_move m WHERE m.id = s.move_id), false) AS posted,
       s.state
  FROM pos_session s LEFT JOIN account_journal j ON j.id = s.cash_journal_id
 WHERE s.id = :'session'::int"""
LINES = {
    19: "b.pos_session_id = s.id",
    14: "b.statement_id IN (SELECT t.id FROM account_bank_statement t WHERE t.pos_session_id = s.id)",
}


def record(lab):
    """Close every session of copies of the broken database; write the answers into the state and into truth/."""
    if not lab.built(BROKEN):
        raise LabError("The broken database is not whole; run: python3 -m tests.lab up %d." % lab.number)
    lab.clone(COPY)
    sessions = lab.odoo(COPY)("pos.session", "search_read", [], list(FIELDS), order="id")
    waiting = [session for session in sessions if session["state"] != "closed"]
    alone = _alone(waiting)
    answers = []
    for place, session in enumerate(waiting, 1):
        own = session["id"] in alone
        odoo = lab.odoo(lab.clone(OWN_COPY) if own else COPY)
        answers.append({**_try(lab, odoo, session), "tried": place, "own_copy": own})
        say("%-40.40s %s" % (ascii(session["name"])[1:-1], json.dumps(answers[-1]["answer"])[:90]))
    closed = [
        {**_describe(session), "after": _books(lab, COPY, session["id"])}
        for session in sessions
        if session["state"] == "closed"
    ]
    for name in (OWN_COPY, COPY):
        lab.drop(name)
    text = json.dumps({"odoo": lab.number, "sessions": answers, "closed": closed}, indent=1, ensure_ascii=True) + "\n"
    lab.truth_file.write_text(text, encoding="ascii")
    (HERE / "truth").mkdir(exist_ok=True)
    (HERE / "truth" / ("odoo-%d.json" % lab.number)).write_text(text, encoding="ascii")
    say("%d answers recorded" % len(answers))


def _alone(sessions):
    """The sessions that another session's close could touch: their till has more than one, another drawer has their cash
    journal (14 carries one statement's end into the next one's opening), or the catalogue says so."""
    keys = [till.key for till in CATALOGUE if till.alone]
    tills = [session["config_id"][0] for session in sessions]
    journals = [(session["cash_journal_id"] or [None])[0] for session in sessions]
    return {
        session["id"]
        for session, journal in zip(sessions, journals)
        if tills.count(session["config_id"][0]) > 1
        or (journal and journals.count(journal) > 1)
        or any(session["config_id"][1].startswith("Till " + key) for key in keys)
    }


def _describe(session):
    return {
        "id": session["id"],
        "name": session["name"],
        "state": session["state"],
        "rescue": session["rescue"],
        "till": _till(session),
        "opening": session["cash_register_balance_start"],
        "counted": session["cash_register_balance_end_real"],
        "expected": session["cash_register_balance_end"],
        "difference": session["cash_register_difference"],
        "orders": session["order_count"],
        "payments": session["total_payments_amount"],
    }


def _till(session):
    # Odoo shows a till as "name (who opened it)".
    return session["config_id"][1].rsplit(" (", 1)[0]


def _try(lab, odoo, session):
    """Close one session; return what was found, tried, answered, and how it stood afterwards."""
    counted = session["cash_register_balance_end_real"] or session["cash_register_balance_end"]
    close = _close_14 if lab.number == 14 else _close
    answer = close(odoo, session, counted)
    after = _books(lab, odoo.database, session["id"])
    after["next_ok"] = _next(odoo, session) if after["state"] == "closed" else None
    return {**_describe(session), "tried_with_counted": counted, "answer": answer, "after": after}


def _close(odoo, session, counted):
    """15 to 19: count, then close; a rescue session is closed from the back office."""

    def call(method, *arguments):
        return odoo("pos.session", method, [session["id"]], *arguments)

    step = "close"
    try:
        if session["rescue"]:
            return {"step": step, "returned": call("action_pos_session_closing_control")}
        if session["cash_journal_id"]:
            step = "post_closing_cash_details"
            found = call("post_closing_cash_details", counted)
            if not found.get("successful"):
                return {"step": step, **found}
        step = "close"
        return {"step": step, "returned": call("close_session_from_ui", [])}
    except Refused as error:
        return {"step": step, "error": error.name, "message": "%s: %s" % (error.name, error)}


def _close_14(odoo, session, counted):
    """14: closing control, the count onto the statement, validate."""
    step = "action_pos_session_closing_control"
    try:
        statement = odoo.read("pos.session", session["id"], "cash_register_id")["cash_register_id"]
        returned = odoo("pos.session", step, [session["id"]])
        if odoo.read("pos.session", session["id"], "state")["state"] == "closed":
            return {"step": step, "returned": returned}
        if statement:
            step = "balance_end_real"
            odoo.write("account.bank.statement", statement[0], balance_end_real=counted)
        step = "action_pos_session_validate"
        returned = odoo("pos.session", step, [session["id"]])
        if isinstance(returned, dict):
            returned = {name: returned[name] for name in ("type", "tag", "res_model", "name") if name in returned}
        return {"step": step, "returned": returned}
    except Refused as error:
        return {"step": step, "error": error.name, "message": "%s: %s" % (error.name, error)}


def _books(lab, database, session):
    """How the books stand: read from PostgreSQL, so that nothing Odoo says of itself is believed."""
    return lab.pg.rows(database, BOOKS % LINES[lab.number], session=session)[0]


def _next(odoo, session):
    """Whether the till can begin its next session: True, or what Odoo says."""
    try:
        odoo.create("pos.session", {"config_id": session["config_id"][0]})
    except Refused as error:
        return "%s: %s" % (error.name, error)
    return True
