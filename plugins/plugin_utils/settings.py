# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings of a store's tills are wrong, which of them a role may set, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .asked import read
from .words import NEXT_BY_CODE

Facts = Mapping[str, Any]

ACCOUNTING, METHODS = "pos_accounting", "pos_payment_methods"
SET, WOULD_SET, UNCHANGED, LEFT = "set", "would_set", "unchanged", "left"
REFUSED, FAILED = "refused", "failed"
SEVERITIES = ("blocker", "warning", "info")
NOBODY = {"id": None, "name": ""}

# The finding, the name under which the role's map has the account, the option of pos_till_config, and whether it is a journal's.
ANSWERS = {
    ACCOUNTING: {
        "cash.no_loss_account": ("loss", "loss_account", True),
        "cash.no_profit_account": ("profit", "profit_account", True),
        "cash.no_default_account": ("cash", "cash_account", True),
        "accounts.no_receivable": ("receivable", "receivable_account", False),
        "accounts.no_sales_journal": ("sales_journal", "sales_journal", False),
        "accounts.tax_no_account": ("tax", "tax_account", False),
    },
    METHODS: {"payments.no_outstanding_account": ("outstanding", "outstanding_account", False)},
}
ARCHIVED, NO_TAX_ACCOUNT = "accounts.archived_journal", "accounts.tax_no_account"
# What no role sets, and why.
WHY = {
    "accounts.lock_date": "A lock date is never moved: close before the period is locked, or ask the accountant.",
    NO_TAX_ACCOUNT: "It does not stop the close. An accountant sets it, with pos_till_config and tax_account, or corrects the tax.",
    "accounts.archived_account": "Restore it in Odoo, or name another one with pos_till_config and replace.",
    "accounts.imbalance": "Find the order that was changed; only pos_session_close can force it, onto an account that is named.",
    "accounts.rounding": "Set the rounding method up in Odoo.",
    "invoices.unposted": "Post the invoices in Accounting.",
    "payments.unconfirmed": "Compare with the terminal's own journal; a payment is never changed here.",
    "orders.uncaptured": "Capture them at the terminal's provider; a payment is never changed here.",
    "payments.method_removed": "Put the method back on the till once its sessions are closed, or correct the payment in Odoo.",
    "payments.method_no_journal": "Give the method a journal once its sessions are closed.",
    "cash.shared_journal": "Give each till a cash journal and a cash method of its own, before it is opened.",
}


class BadMap(Exception):
    """The accounts that were given cannot be understood. One sentence."""


def account_for(accounts: Facts, name: str, till: Facts) -> str:
    """The code that the map has for a till: one for all, or by the till's id or name. Raises BadMap for what may not be a code."""
    given = accounts.get(name)
    if isinstance(given, Mapping):
        by_text = {str(key): value for key, value in given.items()}
        given = by_text.get(str(till["id"]), by_text.get(str(till["name"])))
    if given is None or given == "":
        return ""
    if not isinstance(given, (str, int)) or isinstance(given, bool):
        raise BadMap("The account %s must be a code in quotes, such as '642000'." % name)
    return str(given).strip()


def checked(accounts: Any, role: str) -> Facts:
    """The role's map of accounts. Raises BadMap for a name that it does not have, which would be passed over in silence."""
    if not isinstance(accounts, Mapping):
        raise BadMap("%s_accounts must map what an account is for to its code, such as {loss: '642000'}." % role)
    known = {answer[0] for answer in ANSWERS[role].values()}
    strange = sorted(str(name) for name in accounts if name not in known)
    if strange:
        raise BadMap("%s_accounts knows %s, not %s." % (role, ", ".join(sorted(known)), ", ".join(strange)))
    return accounts


def names_of(value: Any) -> list[str]:
    """Names out of a list, or out of text with commas."""
    given = read(value) or []
    return [str(name).strip() for name in (given.split(",") if isinstance(given, str) else list(given))]


def found_in(store: Facts) -> Iterator[tuple[Facts, Facts]]:
    """Every finding with its till: of open sessions, of tills, of the store's past and itself."""
    for session in [*store["sessions"], *store["closed_wrongly"]]:
        for found in session["findings"]:
            yield session["till"], found
    for till in store["tills"]:
        for found in till["findings"]:
            yield till, found
    for found in store["findings"]:
        yield NOBODY, found


def distinct(store: Facts, role: str, till: str) -> list[tuple[Facts, Facts]]:
    """One of each, the worst: a till's finding and its session's are the same fault."""
    worst: dict[tuple[Any, ...], tuple[Facts, Facts]] = {}
    for whose, found in found_in(store):
        if found["fix"] != role or (till and till not in (str(whose["id"]), whose["name"])):
            continue
        about = (
            found["evidence"].get("id")
            or found["evidence"].get("method")
            or (found["message"] if not found["code"].startswith(("cash.", "accounts.no_")) else None)
        )
        key = (found["code"], whose["id"], about)
        if key not in worst or rank(found) < rank(worst[key][1]):
            worst[key] = (whose, found)
    return sorted(worst.values(), key=lambda pair: (rank(pair[1]), pair[0]["id"] or 0, pair[1]["code"]))


def rank(found: Facts) -> int:
    return SEVERITIES.index(found["severity"])


def choose(store: Facts, role: str, options: Facts) -> dict[str, Any]:
    """``chosen``: what to hand to pos_till_config, a task for each till and journal; ``left``: results of what it leaves.

    options: accounts, till, restore_journals, repair, and wishes (explicit settings of methods). Raises BadMap.
    """
    accounts, repair = checked(read(options.get("accounts")) or {}, role), options.get("repair", True)
    restore = names_of(options.get("restore_journals"))
    wishes = read(options.get("wishes")) or []
    chosen: dict[tuple[Any, ...], dict[str, Any]] = {}
    left, taken = [], set()
    for till, found in distinct(store, role, str(options.get("till") or "")):
        setting = setting_for(role, accounts, restore, till, found)
        if not repair or setting is None:
            left.append(left_result(till, found, role))
            continue
        option, value, journal, about = setting
        if (option, str(value), about) in taken:
            continue
        taken.add((option, str(value), about))
        task = chosen.setdefault((till["id"], journal), new_task(till, journal))
        if option == "restore_journal":
            task["options"].setdefault(option, []).extend(value)
        else:
            task["options"][option] = value
        task["findings"].append(dict(found))
    tasks = [*chosen.values(), *(wished(store, wish) for wish in wishes if repair)]
    return {"chosen": [{**task, "number": number} for number, task in enumerate(tasks)], "left": left}


def new_task(till: Facts, journal: Any) -> dict[str, Any]:
    options = {} if journal is None else {"journal": str(journal)}
    return {"till": {"id": till["id"], "name": till["name"]}, "options": options, "findings": []}


def setting_for(
    role: str, accounts: Facts, restore: Sequence[str], till: Facts, found: Facts
) -> tuple[str, Any, Any, Any] | None:
    """Option, value, journal and what it is about for a finding that may be answered; None where nothing was given for it."""
    evidence = found["evidence"]
    if till["id"] is None:
        return None
    if role == ACCOUNTING and found["code"] == ARCHIVED:
        wanted = {str(evidence.get("id")), str(evidence.get("journal"))} & set(restore)
        return ("restore_journal", [str(evidence["id"])], None, evidence["id"]) if wanted else None
    if found["code"] not in ANSWERS[role] or only_explained(found):
        return None
    name, option, of_journal = ANSWERS[role][found["code"]]
    code = account_for(accounts, name, till)
    if not code:
        return None
    if of_journal:
        return option, code, evidence["id"], evidence["id"]
    about = ("company", evidence["company"]) if "company" in evidence else ("till", till["id"])
    return option, code, None, about


def only_explained(found: Facts) -> bool:
    """C21: 14 refuses to close over a tax without an account; later ones book it with the sale, which only an accountant changes."""
    return bool(found["code"] == NO_TAX_ACCOUNT and found["severity"] != "blocker")


def wished(store: Facts, wish: Any) -> dict[str, Any]:
    """A setting of one method that was asked for: till, method, receivable, outstanding. Raises BadMap."""
    if not isinstance(wish, Mapping) or not wish.get("till") or not wish.get("method"):
        raise BadMap("Each of pos_payment_methods_methods needs till and method, and receivable or outstanding.")
    options = {"method": str(wish["method"])}
    for name in ("receivable", "outstanding"):
        if wish.get(name):
            options["method_%s_account" % name] = account_for({name: wish[name]}, name, NOBODY)
    if len(options) == 1:
        raise BadMap("Each of pos_payment_methods_methods needs till and method, and receivable or outstanding.")
    known = [t for t in store["tills"] if str(wish["till"]) in (str(t["id"]), t["name"])]
    till = (
        {"id": known[0]["id"], "name": known[0]["name"]}
        if len(known) == 1
        else {"id": str(wish["till"]), "name": str(wish["till"])}
    )
    return {"till": till, "options": options, "findings": []}


def left_result(till: Facts, found: Facts, role: str) -> dict[str, Any]:
    """A finding that is not answered, with what a person does about it."""
    code = found["code"]
    if only_explained(found):
        why = WHY[code]
    elif code in ANSWERS[role]:
        why = "Give its account in %s_accounts.%s." % (role, ANSWERS[role][code][0])
    elif code == ARCHIVED:
        why = "Name it in %s_restore_journals where it is to be restored." % role
    elif found["risk"] == "never":
        why = "An accountant decides."
    else:
        why = WHY.get(code) or NEXT_BY_CODE.get(code, "")
    return {**result_of(till, LEFT, why), "findings": [dict(found)]}


def result_of(till: Facts, outcome: str, message: str = "") -> dict[str, Any]:
    """One entry of the role's results."""
    return {
        "till": {"id": till["id"], "name": till["name"]},
        "outcome": outcome,
        "message": message,
        "findings": [],
        "settings": [],
        "kept": [],
        "proof": [],
        "proof_held": None,
    }


def results_of(choice: Facts, answers: Sequence[Facts]) -> list[dict[str, Any]]:
    """What became of each task, and of what was left; a task that has no answer was never tried."""
    by_number = {answer[answer.get("ansible_loop_var", "item")]["number"]: answer for answer in answers}
    results = [answered(task, by_number.get(task["number"])) for task in choice["chosen"]]
    return [*results, *choice["left"]]


def answered(task: Facts, answer: Facts | None) -> dict[str, Any]:
    if answer is None:
        return {**result_of(task["till"], FAILED, "Not tried: see the error above."), "findings": task["findings"]}
    plan, proof = answer.get("plan") or {}, [dict(check) for check in answer.get("proof") or []]
    return {
        **result_of(task["till"], outcome_of(answer), str(answer.get("msg", ""))),
        "findings": task["findings"],
        "settings": [dict(setting) for setting in plan.get("settings") or []],
        "kept": list(plan.get("kept") or []),
        "proof": proof,
        "proof_held": all(check["held"] for check in proof) if proof else None,
    }


def outcome_of(answer: Facts) -> str:
    # A task whose failed_when let a refusal pass is no failed one any more.
    if answer.get("refused"):
        return REFUSED
    if answer.get("failed") or "plan" not in answer:
        return FAILED
    if not answer.get("changed"):
        return UNCHANGED
    return SET if answer.get("proof") else WOULD_SET


def too_bad(results: Iterable[Facts], fail_on: str) -> list[dict[str, Any]]:
    """The findings that are still there and as bad as ``fail_on`` (blocker, warning, or never) says, each with its till."""
    if fail_on not in SEVERITIES:
        return []
    still = (LEFT, REFUSED, FAILED)
    return [
        {"till": result["till"]["name"], "code": found["code"], "message": found["message"]}
        for result in results
        if result["outcome"] in still
        for found in result["findings"]
        if rank(found) <= SEVERITIES.index(fail_on)
    ]
