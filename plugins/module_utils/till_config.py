# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole of pos_till_config: read, decide, write one setting after the other through Odoo, prove."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from . import queries_accounts
from .accounts import decide
from .arguments import DATABASE, ODOO, ArgumentSpec
from .attempt import plain, refused
from .database import alone, snapshot
from .diagnose import diagnose_session
from .diagnose_money import diagnose_till
from .errors import AnswerLost, BadInput, NotProven, OdooError, PosError, Refused, Unreachable
from .facts import finding_facts
from .findings import Finding
from .handshake import TWO_STORES
from .odoo_address import check_url
from .one_session import require_primary, require_same_names
from .proof import Check, proof_facts
from .reading import Selection, read
from .rows import clean
from .rpc import Transport, transport
from .schema import TABLES, read_schema
from .store import Store, Till
from .till_reading import read_configuration
from .till_settings import ACCOUNT_OPTIONS, Change, Configuration, Decision, Wish, wish_of

SPEC = (
    DATABASE
    + ODOO
    + ArgumentSpec(
        {
            "till": {"type": "str", "required": True},
            **{option: {"type": "str"} for option in ACCOUNT_OPTIONS},
            "journal": {"type": "str"},
            "method": {"type": "str"},
            "sales_journal": {"type": "str"},
            "restore_journal": {"type": "list", "elements": "str"},
            "taxes": {"type": "list", "elements": "str"},
            "replace": {"type": "bool", "default": False},
        }
    )
)

# Who may write what (ir.model.access of 14.0 and 19.0).
ACCOUNTANT = "Accounting / Administrator (account.group_account_manager)"
GROUPS = {
    "account.journal": ACCOUNTANT,
    "account.tax.repartition.line": ACCOUNTANT,
    "pos.config": "Point of Sale / User (point_of_sale.group_pos_user)",
    "pos.payment.method": "Point of Sale / Administrator (point_of_sale.group_pos_manager)",
    "res.company": "Administration / Access Rights (base.group_erp_manager)",
}
# On 14 the write of a journal reaches the session's own models and the settings too.
GROUPS_14 = ACCOUNTANT + ", Point of Sale / User and Administration / Settings (base.group_system)"


@dataclass
class Setting:
    """One till on its way to being set. ``written`` are the changes that were sent, ``answers`` what Odoo said."""

    params: Mapping[str, Any]
    till: Till
    series: int
    odoo: Transport
    written: list[Change] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def write(self, change: Change, value: Union[int, bool, None]) -> None:
        """Write one field through Odoo. Raises OdooError, AnswerLost or Unreachable."""
        vals = {change.field: False if value is None else value}
        context = {"allowed_company_ids": [self.till.company_id]}
        returned = self.odoo.call(change.model, "write", [change.id], vals=vals, context=context)
        self.answers.append({"call": "%s.write" % change.model, "returned": plain(returned)})

    def stored(self, change: Change) -> Any:
        """What PostgreSQL holds in that field now."""
        with snapshot(self.params) as reader:
            rows = reader.rows("setting", queries_accounts.stored(change.model, change.field), {"id": change.id})
        return rows[0]["value"] if rows else None

    def arrives(self, change: Change) -> bool:
        """Whether a write whose answer was lost arrives within ten seconds."""
        for _again in range(20):
            if self.stored(change) == change.value:
                return True
            self.sleep(0.5)
        return False


def configure_till(params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """Set what a close of the till needs. Returns the module's result; every PosError is one sentence."""
    wish = wish_of(params)
    if params.get("odoo_url"):
        check_url(params["odoo_url"])
    store, config, decision = look(params, wish)
    till = config.till
    if decision.problems:
        raise refused("Nothing was set for till %s: %s." % (till.name, "; ".join(decision.problems)))
    before = till_facts(store, till)
    plan = plan_facts(till, decision)
    result = {
        "changed": bool(decision.changes),
        "till": {"before": before, "after": None},
        "plan": plan,
        "answer": [],
        "proof": [],
    }
    if not decision.changes:
        return with_diff({**result, "till": {"before": before, "after": before}}, decision, till, diff)
    if check_mode:
        return with_diff(result, decision, till, diff)
    require_primary(store)
    setting = Setting(params, till, store.series, transport(dict(params), store.database, store.series))
    with alone(params, -till.company_id) as nobody_else:
        if not nobody_else:
            raise refused("Another task sets up company %s right now; run again when it has ended." % till.company)
        same_till(setting)
        apply(setting, decision)
    return with_diff(proven(setting, wish, decision, result), decision, till, diff)


def look(params: Mapping[str, Any], wish: Wish) -> tuple[Store, Configuration, Decision]:
    """Read the till and everything the wish names in one snapshot, and decide. Raises BadInput or NotFound."""
    if not wish.till:
        raise BadInput("till is empty: name the till by its id or its whole name.")
    with snapshot(params, {**TABLES, **queries_accounts.TABLES}) as reader:
        schema = read_schema(reader)
        require_same_names(params, schema)
        store = read(reader, schema, Selection(till=wish.till))
        config = read_configuration(reader, schema, store, wish)
    return store, config, decide(wish, config)


def same_till(setting: Setting) -> None:
    """Odoo must show the very till that PostgreSQL showed. Raises Refused before anything is written."""
    till = setting.till
    try:
        rows = setting.odoo.call("pos.config", "read", [till.id], fields=["name", "company_id"],
                                 context={"allowed_company_ids": [till.company_id]})  # fmt: skip
    except OdooError as error:
        raise refused(
            "Odoo does not show till %s (%s): it is another store, or its user may not work in company %s."
            % (till.name, error.message.rstrip("."), till.company)
        ) from None
    except AnswerLost as lost:
        raise Unreachable("%s Nothing was written: check odoo_url, then run again." % lost.message) from None
    seen = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    theirs = (clean(seen.get("name")), (seen.get("company_id") or [None])[0])
    if theirs != (till.name, till.company_id):
        raise refused(
            "Odoo knows till %d as %s, and PostgreSQL as %s: odoo_url and login_host do not lead to the same store."
            % (till.id, theirs[0] or "nothing", till.name)
        )


def apply(setting: Setting, decision: Decision) -> None:
    """Write one change after the other, each seen in PostgreSQL before the next; all of them taken back where one fails."""
    for change in decision.changes:
        if setting.stored(change) != change.before:
            raise taken_back(setting, "Somebody set the %s meanwhile: run again" % change.what)
        setting.written.append(change)
        try:
            setting.write(change, change.value)
        except OdooError as error:
            raise taken_back(setting, unwritten(setting, change, error)) from None
        except Unreachable as error:
            # It was not sent.
            setting.written.pop()
            if not setting.written:
                raise
            raise taken_back(setting, error.message, reachable=False) from None
        except AnswerLost as lost:
            if not setting.arrives(change):
                raise taken_back(setting, lost.message) from None
        if setting.stored(change) != change.value:
            raise taken_back(setting, TWO_STORES.replace(" The write was taken back.", ""))


def unwritten(setting: Setting, change: Change, error: OdooError) -> str:
    """Why Odoo did not write it, with the group that a missing right is in."""
    if not error.kind.endswith("AccessError"):
        return "Odoo refused to set the %s: %s" % (change.what, error.message)
    group = GROUPS_14 if setting.series == 14 and change.model == "account.journal" else GROUPS[change.model]
    return "The Odoo user may not set the %s: it needs %s (%s)" % (change.what, group, error.message.rstrip("."))


def taken_back(setting: Setting, reason: str, **details: Any) -> Refused:
    """Restore what was written, the last first. Returns the refusal to raise; it says where that was not possible."""
    left = [change.what for change in reversed(setting.written) if not given_back(setting, change)]
    said = "Nothing was changed." if not left else "These could NOT be taken back: %s." % ", ".join(left)
    return Refused(
        "Till %s was not set up. %s. %s" % (setting.till.name, reason.rstrip("."), said),
        refused=not left,
        changed=bool(left),
        findings=[],
        answer=setting.answers,
        **details,
    )


def given_back(setting: Setting, change: Change) -> bool:
    """Write what was there before; whether it is there now."""
    with contextlib.suppress(PosError):
        setting.write(change, change.before)
    try:
        return bool(setting.stored(change) == change.before)
    except PosError:
        return False


def findings_of(store: Store, till: Till) -> list[Finding]:
    """What is found of the till's settings, and of its sessions that are not closed."""
    found = list(diagnose_till(till, store.series))
    for session in store.sessions:
        found += [] if session.closed else diagnose_session(store, session).findings
    return found


def till_facts(store: Store, till: Till) -> dict[str, Any]:
    return {
        "id": till.id,
        "name": till.name,
        "company": {"id": till.company_id, "name": till.company},
        "findings": [finding_facts(f) for f in diagnose_till(till, store.series)],
    }


def plan_facts(till: Till, decision: Decision) -> dict[str, Any]:
    return {
        "till": {"id": till.id, "name": till.name},
        "settings": [
            {"what": c.what, "model": c.model, "id": c.id, "field": c.field, "before": c.before_text, "after": c.after_text}
            for c in decision.changes
        ],
        "kept": list(decision.kept),
        "steps": [c.step for c in decision.changes],
    }  # fmt: skip


def still_there(change: Change, found: list[Finding]) -> list[Finding]:
    """The findings that a change answers and that are there all the same."""

    def about(evidence: Mapping[str, Any]) -> bool:
        named = (evidence.get("id"), evidence.get("method"), *evidence.get("methods", ()), *evidence.get("taxes", ()))
        return change.about is None or change.about in named

    return [f for f in found if f.code == change.answers and about(f.evidence)]


def proven(setting: Setting, wish: Wish, decision: Decision, planned: Mapping[str, Any]) -> dict[str, Any]:
    """Read again: the values are the planned ones, nothing is left to do, and the findings are gone. Raises NotProven."""
    store, config, again = look(setting.params, wish)
    found = findings_of(store, config.till)
    checks = [Check("nothing is left to set", not again.changes, "%d change(s) left" % len(again.changes))]
    for change in decision.changes:
        value = setting.stored(change)
        checks.append(
            Check("the %s is %s" % (change.what, change.after_text), value == change.value, "stored %s" % value)
        )
        left = still_there(change, found)
        checks.append(
            Check("%s is gone" % change.answers, not left, "; ".join(f.message for f in left) or "not found any more")
        )
    result = {
        **planned,
        "till": {"before": planned["till"]["before"], "after": till_facts(store, config.till)},
        "answer": setting.answers,
        "proof": proof_facts(list(dict.fromkeys(checks))),
    }
    broken = [c for c in checks if not c.held]
    if broken:
        said = "; ".join("%s: %s" % (c.check, c.detail) for c in broken)
        raise NotProven(
            "Till %s was set up, but the proof does not hold (%s)." % (setting.till.name, said), proven=False, **result
        )
    return result


def with_diff(result: dict[str, Any], decision: Decision, till: Till, diff: bool) -> dict[str, Any]:
    """Add the settings before and after, as --diff shows them."""
    if diff:
        header = "settings of till %s" % till.name
        result["diff"] = {
            "before_header": header,
            "after_header": header,
            "before": {c.what: c.before_text for c in decision.changes},
            "after": {c.what: c.after_text for c in decision.changes},
        }
    return result
