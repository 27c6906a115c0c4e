# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which settings of a till are to change, and why one must not. Pure functions: a wish and what was read -> a decision."""

from __future__ import annotations

from typing import Optional

from .till_settings import Account, Change, Configuration, Decision, Journal, MethodSettings, Wish

# An account's purpose in the words of Odoo 16 and newer; queries_accounts says the older ones in them.
EXPENSE = frozenset({"expense"})
INCOME = frozenset({"income", "income_other"})
CASH = frozenset({"asset_cash"})
BANK = frozenset({"asset_cash", "liability_credit_card"})
RECEIVABLE = frozenset({"asset_receivable"})
OUTSTANDING = frozenset({"asset_current", "asset_cash", "liability_current"})
# Of a tax's account Odoo only says what it may not be.
NOT_FOR_TAXES = frozenset({"asset_receivable", "liability_payable", "off_balance"})

JOURNAL_FIELDS = {
    "loss_account": ("loss_account_id", "loss account", "cash.no_loss_account"),
    "profit_account": ("profit_account_id", "profit account", "cash.no_profit_account"),
    "cash_account": ("default_account_id", "account", "cash.no_default_account"),
}


def decide(wish: Wish, config: Configuration) -> Decision:
    """Every change that the wish asks for and that is needed; ``problems`` names all that is wrong with it at once."""
    decision = Decision()
    for name in wish.restore_journal:
        restore(name, config, decision)
    for option in JOURNAL_FIELDS:
        if option in wish.accounts:
            of_journal(option, wish, config, decision)
    if "receivable_account" in wish.accounts:
        of_company(
            "receivable_account", "account_default_pos_receivable_account_id", "default Point of Sale receivable account",
            RECEIVABLE, "accounts.no_receivable", wish, config, decision,
        )  # fmt: skip
    if "outstanding_account" in wish.accounts:
        if config.series in (15, 16, 17):
            of_company(
                "outstanding_account", "account_journal_payment_debit_account_id", "outstanding receipts account",
                OUTSTANDING, "payments.no_outstanding_account", wish, config, decision,
            )  # fmt: skip
        else:
            decision.problems.append(
                "Odoo %d has no outstanding account of the company: only 15 to 17 have it" % config.series
            )
    if wish.sales_journal is not None:
        sales_journal(wish, config, decision)
    of_method(wish, config, decision)
    if "tax_account" in wish.accounts:
        of_taxes(wish, config, decision)
    return decision


def account(
    option: str, wish: Wish, config: Configuration, decision: Decision, kinds: frozenset[str]
) -> Optional[Account]:
    """The account that an option names, or None with what is wrong with it."""
    code = wish.accounts[option]
    named = [a for a in config.accounts if a.code == code]
    ours = [a for a in named if a.ours]
    problem = None
    if not named:
        problem = "does not exist"
    elif not ours:
        problem = "belongs to another company than %s" % config.till.company
    elif not ours[0].active:
        problem = "is archived"
    elif kinds is NOT_FOR_TAXES and ours[0].kind in kinds:
        problem = "is of the type %s: no tax is booked there" % ours[0].kind
    elif kinds is not NOT_FOR_TAXES and ours[0].kind not in kinds:
        problem = "is of the type %s, and Odoo wants %s here" % (ours[0].kind, " or ".join(sorted(kinds)))
    elif kinds is RECEIVABLE and not ours[0].reconcile:
        problem = "does not allow reconciliation"
    if problem is not None:
        decision.problems.append("%s %s %s" % (option, code, problem))
        return None
    return ours[0]


def put(change: Change, wish: Wish, decision: Decision) -> None:
    """Enter a change where something is missing, or where it may be replaced."""
    if change.before == change.value:
        return
    if change.before is None or wish.replace:
        decision.changes.append(change)
    else:
        decision.kept.append(
            "The %s stays %s: it is set already, and replace is not given." % (change.what, change.before_text)
        )


def text_of(account_id: Optional[int], config: Configuration) -> Optional[str]:
    if account_id is None:
        return None
    found = next((a for a in config.accounts if a.id == account_id), None)
    return "account %d" % account_id if found is None else found.text


def find_journal(name: str, option: str, config: Configuration, decision: Decision) -> Optional[Journal]:
    """A journal of the till's company by its code, else by its id; None with what is wrong."""
    of_code = [j for j in config.journals if j.code == name]
    ours = [j for j in of_code if j.company_id == config.till.company_id]
    of_id = [j for j in config.journals if name.isdigit() and j.id == int(name)]
    found = ours or of_id or of_code
    if not found:
        decision.problems.append("%s %s does not exist" % (option, name))
        return None
    if found[0].company_id != config.till.company_id:
        decision.problems.append("%s %s belongs to another company than %s" % (option, name, config.till.company))
        return None
    return found[0]


def find_method(wish: Wish, config: Configuration, decision: Decision) -> Optional[MethodSettings]:
    """The till's payment method that is named, by id or whole name."""
    name = wish.method or ""
    found = [m for m in config.methods if m.name == name or (name.isdigit() and m.id == int(name))]
    if len(found) != 1:
        problem = "is not unique: name it by its id" if found else "is not on till %s" % config.till.name
        decision.problems.append("method %s %s" % (name, problem))
        return None
    return found[0]


def target_journal(wish: Wish, config: Configuration, decision: Decision) -> Optional[Journal]:
    """The journal whose accounts are meant: the one that is named, the named method's, else the drawer's."""
    if wish.journal is not None:
        return find_journal(wish.journal, "journal", config, decision)
    if wish.method is not None:
        method = find_method(wish, config, decision)
        if method is None:
            return None
        journal_id = method.journal_id
    else:
        drawer = config.till.cash_method
        journal_id = None if drawer is None else drawer.journal_id
    found = next((j for j in config.journals if j.id == journal_id), None)
    if found is None:
        whose = "payment method %s" % wish.method if wish.method else "the drawer of till %s" % config.till.name
        decision.problems.append("%s has no journal: name one with journal" % whose)
    return found


def of_journal(option: str, wish: Wish, config: Configuration, decision: Decision) -> None:
    """C15, C16, C19: loss, profit and own account of a journal; all three can be written while a session is open."""
    column, said, code = JOURNAL_FIELDS[option]
    journal = target_journal(wish, config, decision)
    own = BANK if journal is not None and journal.kind == "bank" else CASH
    kinds = {"loss_account": EXPENSE, "profit_account": INCOME}.get(option, own)
    found = account(option, wish, config, decision, kinds)
    if journal is None or found is None:
        return
    if journal.kind not in ("cash", "bank", "credit"):
        decision.problems.append(
            "journal %s is of the type %s: %s is for cash and bank" % (journal.text, journal.kind, option)
        )
        return
    before = journal.accounts[column]
    put(
        Change("%s of journal %s" % (said, journal.text), "account.journal", journal.id, column, found.id, before,
               text_of(before, config), found.text, code, journal.id),
        wish, decision,
    )  # fmt: skip


def of_company(
    option: str,
    column: str,
    said: str,
    kinds: frozenset[str],
    code: str,
    wish: Wish,
    config: Configuration,
    decision: Decision,
) -> None:
    """C19: what a payment method falls back to."""
    found = account(option, wish, config, decision, kinds)
    if found is None:
        return
    before = config.company[column]
    put(
        Change("%s of company %s" % (said, config.till.company), "res.company", config.till.company_id, column, found.id, before,
               text_of(before, config), found.text, code),
        wish, decision,
    )  # fmt: skip


def sales_journal(wish: Wish, config: Configuration, decision: Decision) -> None:
    """The journal of the closing entry: of type sale on 14, also of type general later (pos.config.journal_id's domain)."""
    kinds = ("sale",) if config.series == 14 else ("general", "sale")
    journal = find_journal(wish.sales_journal or "", "sales_journal", config, decision)
    if journal is None:
        return
    if journal.kind not in kinds:
        decision.problems.append(
            "sales_journal %s is of the type %s, and Odoo wants %s here"
            % (journal.text, journal.kind, " or ".join(kinds))
        )
    elif not journal.active and not any(c.model == "account.journal" and c.id == journal.id for c in decision.changes):
        decision.problems.append("sales_journal %s is archived: restore_journal restores it" % journal.text)
    else:
        before = config.till.sales_journal_id
        was = next((j.text for j in config.journals if j.id == before), None)
        put(
            Change("sales journal of till %s" % config.till.name, "pos.config", config.till.id, "journal_id", journal.id, before,
                   was, journal.text, "accounts.no_sales_journal"),
            wish, decision,
        )  # fmt: skip


def of_method(wish: Wish, config: Configuration, decision: Decision) -> None:
    """A payment method's own accounts. Odoo lets nobody write a method while one of its sessions is open (pos.payment.method.write)."""
    asked = [o for o in ("method_receivable_account", "method_outstanding_account") if o in wish.accounts]
    if not asked:
        return
    if wish.method is None:
        decision.problems.append("%s needs method" % " and ".join(asked))
        return
    method = find_method(wish, config, decision)
    for option in asked:
        column = "receivable_account_id" if option == "method_receivable_account" else "outstanding_account_id"
        if column == "outstanding_account_id" and config.series == 14:
            decision.problems.append("Odoo 14 has no outstanding account of a payment method")
            continue
        found = account(
            option, wish, config, decision, RECEIVABLE if column == "receivable_account_id" else OUTSTANDING
        )
        if method is None or found is None:
            continue
        before, number = method.accounts[column], len(decision.changes)
        said, code = {
            "receivable_account_id": ("receivable account", "accounts.no_receivable"),
            "outstanding_account_id": ("outstanding account", "payments.no_outstanding_account"),
        }[column]
        put(
            Change("%s of payment method %s" % (said, method.name), "pos.payment.method", method.id, column, found.id, before,
                   text_of(before, config), found.text, code, method.name),
            wish, decision,
        )  # fmt: skip
        if method.open_sessions and len(decision.changes) > number:
            decision.problems.append(
                "payment method %s cannot be changed while sessions are open (%s): close them first, or set the company's account"
                % (method.name, ", ".join(method.open_sessions))
            )


def of_taxes(wish: Wish, config: Configuration, decision: Decision) -> None:
    """C21: the lines of a tax that say not where it is booked. A line that has an account is never touched, also not by replace."""
    known = {str(i) for i, _name in config.known_taxes} | {name for _i, name in config.known_taxes}
    for name in wish.taxes:
        if name not in known:
            decision.problems.append("tax %s does not exist in company %s" % (name, config.till.company))
    found = account("tax_account", wish, config, decision, NOT_FOR_TAXES)
    if found is None:
        return
    for line_id, tax in config.tax_lines:
        decision.changes.append(
            Change("account of line %d of tax %s" % (line_id, tax), "account.tax.repartition.line", line_id, "account_id",
                   found.id, None, None, found.text, "accounts.tax_no_account", tax)
        )  # fmt: skip


def restore(name: str, config: Configuration, decision: Decision) -> None:
    """C24: an archived journal is restored only by name: somebody archived it on purpose."""
    journal = find_journal(name, "restore_journal", config, decision)
    if journal is not None and not journal.active:
        decision.changes.append(
            Change("journal %s" % journal.text, "account.journal", journal.id, "active", True, False, "archived", "active",
                   "accounts.archived_journal", journal.id)
        )  # fmt: skip
