# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this store's Odoo is: its series, which columns its tables have, which modules are installed."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Optional

from .database import Reader
from .errors import NotAStore

SERIES = (14, 15, 16, 17, 18, 19)

# Tables that a store must have, and those that are read where they exist. Behind each the columns that not every series has, or
# keeps in another type: only of these is it found out whether they are there.
REQUIRED_TABLES = {
    "account_account": "account_type active code_store name",
    "account_journal": "name",
    "account_move": "",
    "account_move_line": "",
    "account_bank_statement_line": "",
    "account_tax": "name price_include_override",
    "account_tax_pos_order_line_rel": "",
    "account_tax_repartition_line": "tax_id",
    "pos_config": "amount_authorized_diff set_maximum_difference",
    "pos_config_pos_payment_method_rel": "",
    "pos_order": "preset_time to_invoice",
    "pos_order_line": "",
    "pos_payment": "",
    "pos_payment_method": "is_online_payment name outstanding_account_id sequence",
    "pos_session": "cash_register_id closing_notes move_id update_stock_at_closing",
    "res_company": "account_journal_payment_debit_account_id account_price_include fiscalyear_lock_date hard_lock_date parent_path"
    " period_lock_date sale_lock_date tax_calculation_rounding_method tax_lock_date",
    "res_currency": "",
    "res_users": "",
    "stock_picking": "pos_order_id",
}
OPTIONAL_TABLES = {
    "account_bank_statement": "pos_session_id",
    "account_cash_rounding": "profit_account_id",
    "account_payment": "pos_session_id",
    "account_payment_method_line": "",
    "ir_module_module": "",
    "ir_module_module_dependency": "",
}
TABLES = {**REQUIRED_TABLES, **OPTIONAL_TABLES}
LISTED = {(table, column) for table, columns in TABLES.items() for column in columns.split()}

# Installed modules that make the books legally inalterable: no SQL, no cancel, no reset there (root causes C51 to C54).
FISCAL_PATTERNS = ("l10n_*_pos*", "l10n_*_cert", "pos_blackbox*", "pos_*_cert", "l10n_*_edi_pos", "l10n_*_tbai*")
# They match a pattern but only carry settings or receipts.
NOT_FISCAL = ("l10n_us_pos*", "l10n_gcc_pos", "l10n_be_pos_sale", "l10n_test_pos_*", "l10n_generic_pos*")

# Of an Odoo's hundred modules only those that something here rests on: its version, what may be fiscal (the patterns begin so),
# and what somebody else than Odoo wrote.
MODULES = """
SELECT m.id, m.name, m.version, m.author
  FROM (SELECT m.id, m.name::text AS name, m.latest_version AS version, m.author
          FROM ir_module_module m
         WHERE m.state::text IN ('installed', 'to upgrade', 'to remove') OFFSET 0) m
 WHERE m.name LIKE 'pos\\_%%' OR m.name LIKE 'l10n\\_%%' OR m.name IN ('base', 'point_of_sale') OR strpos(lower(m.author), 'odoo') = 0
"""


@dataclass(frozen=True)
class Schema:
    """One store's Odoo. ``series`` is the year number (17 for 17.0); ``tables`` maps table -> column -> type (see opening)."""

    database: str
    standby: bool
    read_at: datetime
    series: int
    version: str
    tables: Mapping[str, Mapping[str, str]]
    fiscal_modules: tuple[str, ...] = ()
    #: Installed modules that somebody else than Odoo wrote, id -> name, whatever they are about.
    foreign_modules: Mapping[int, str] = field(default_factory=dict)

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the table, or that column of it, exists here. Raises LookupError for a column that TABLES does not list."""
        return table in self.tables if column is None else self._type(table, column) is not None

    def is_json(self, table: str, column: str) -> bool:
        """Whether a column is jsonb: translated names from 16 on, values by company from 18 on."""
        return self._type(table, column) == "jsonb"

    def _type(self, table: str, column: str) -> Optional[str]:
        if (table, column) not in LISTED:
            raise LookupError("%s.%s is not listed in TABLES: nobody has looked whether it is there." % (table, column))
        return self.tables.get(table, {}).get(column)


def one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """Patterns of the shell as one regular expression."""
    return re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns))


FISCAL = one_of(FISCAL_PATTERNS)
HARMLESS = one_of(NOT_FISCAL)


def is_fiscal(name: str) -> bool:
    """Whether an installed module puts the store under a fiscal certification."""
    return FISCAL.match(name) is not None and HARMLESS.match(name) is None


def is_foreign(author: str | None) -> bool:
    """Whether somebody else than Odoo wrote a module; one that names nobody is not accused."""
    return bool(author) and "odoo" not in str(author).lower()


def series_of(base_version: str, database: str) -> int:
    """The series out of base's version, such as '17.0.1.3'. Raises NotAStore for one that is not supported."""
    parts = base_version.split(".")
    if len(parts) >= 2 and parts[1] == "0" and parts[0].isdigit() and int(parts[0]) in SERIES:
        return int(parts[0])
    known = "14.0 to 19.0"
    if parts[0] == "20":
        raise NotAStore(
            "%s runs Odoo 20.0, which closes sessions in another way and is not supported yet: this collection knows %s."
            % (database, known)
        )
    raise NotAStore(
        "%s runs Odoo %s, which this collection does not know: it knows %s." % (database, ".".join(parts[:2]), known)
    )


def read_schema(reader: Reader) -> Schema:
    """Find out what this store is. Raises NotAStore where it is no Odoo with Point of Sale of a known series."""
    opening = reader.opening
    database, tables = opening["database"], opening["tables"]
    if "ir_module_module" not in tables:
        raise NotAStore("%s is no Odoo database: it has no table ir_module_module. Check login_db." % database)
    modules = {row["name"]: row for row in reader.rows("modules", MODULES)}
    if "base" not in modules:
        raise NotAStore("%s is no initialised Odoo database: its module base is not installed." % database)
    series = series_of(modules["base"]["version"] or "unknown", database)
    if "point_of_sale" not in modules:
        raise NotAStore("%s is an Odoo without Point of Sale: there are no sessions in it." % database)
    missing = [table for table in REQUIRED_TABLES if table not in tables]
    missing += [] if "move_id" in tables.get("pos_session", {}) else ["pos_session.move_id"]
    if missing:
        raise NotAStore(
            "%s says it is Odoo %d.0 but lacks %s: it is a hybrid or half-upgraded, and will not be guessed at."
            % (database, series, ", ".join(missing))
        )
    return Schema(
        database=database,
        standby=opening["standby"],
        read_at=opening["read_at"].astimezone(timezone.utc),
        series=series,
        version=modules["point_of_sale"]["version"] or "",
        tables=tables,
        fiscal_modules=tuple(sorted(name for name in modules if is_fiscal(name))),
        foreign_modules={row["id"]: name for name, row in modules.items() if is_foreign(row["author"])},
    )
