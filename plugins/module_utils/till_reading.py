# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a till's settings are made of, in the snapshot that read the store."""

from __future__ import annotations

from . import queries_accounts
from .database import Reader
from .reading import id_or_name
from .rows import clean
from .schema import Schema
from .store import Store, Till
from .till_settings import Account, Configuration, Journal, MethodSettings, Wish


def read_configuration(reader: Reader, schema: Schema, store: Store, wish: Wish) -> Configuration:
    """Four statements more, and two for taxes, in the snapshot that read the store."""
    till = store.tills[0]
    company = reader.rows("company", queries_accounts.company(schema), {"till": till.id})[0]
    journals = reader.rows("journals", queries_accounts.journals(schema))
    methods = reader.rows("methods", queries_accounts.methods(schema), {"till": till.id})
    columns = ("default_account_id", "loss_account_id", "profit_account_id")
    method_columns = ("receivable_account_id", "outstanding_account_id")
    ids = {row[c] for row in journals for c in columns} | {row[c] for row in methods for c in method_columns}
    ids |= {company["receivable_account_id"], company["outstanding_account_id"]}
    wanted = {
        "codes": sorted(set(wish.accounts.values())),
        "ids": sorted(i for i in ids if i is not None),
        "company": till.company_id,
    }
    accounts = reader.rows("accounts", queries_accounts.accounts(schema), wanted)
    lines, known = read_taxes(reader, schema, store, till, wish)
    return Configuration(
        series=store.series,
        till=till,
        company={
            "account_default_pos_receivable_account_id": company["receivable_account_id"],
            "account_journal_payment_debit_account_id": company["outstanding_account_id"],
        },
        journals=tuple(
            Journal(r["id"], clean(r["code"]), clean(r["name"]), r["type"], r["active"], r["company_id"], {c: r[c] for c in columns})
            for r in journals
        ),
        methods=tuple(
            MethodSettings(
                r["id"], clean(r["name"]), r["journal_id"], {c: r[c] for c in method_columns},
                tuple(clean(name) for name in r["open_sessions"]),
            )
            for r in methods
        ),
        accounts=tuple(
            Account(r["id"], clean(r["code"]), clean(r["name"]), r["active"], r["kind"], r["reconcile"], r["ours"])
            for r in accounts
        ),
        tax_lines=lines,
        known_taxes=known,
    )  # fmt: skip


def read_taxes(
    reader: Reader, schema: Schema, store: Store, till: Till, wish: Wish
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """The tax lines without an account that are meant, and which of the named taxes there are."""
    if "tax_account" not in wish.accounts:
        return (), ()
    named = [id_or_name(name) for name in wish.taxes]
    parameters = {
        "company": till.company_id,
        "tax_ids": [i for i, _name in named if i is not None],
        "taxes": list(wish.taxes),
        "sessions": [] if wish.taxes else [s.id for s in store.sessions if not s.closed],
    }
    lines = reader.rows("tax_lines", queries_accounts.tax_lines(schema), parameters)
    known = reader.rows("known_taxes", queries_accounts.known_taxes(schema), parameters) if wish.taxes else []
    return tuple((r["id"], clean(r["tax"])) for r in lines), tuple((r["id"], clean(r["tax"])) for r in known)
