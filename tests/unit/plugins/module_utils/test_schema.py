# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a store is: recognised by series and tables, refused by name, never guessed."""

from __future__ import annotations

import functools

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import (
    queries,
    queries_around,
    queries_books,
    queries_sales,
)
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import NotAStore
from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import (
    REQUIRED_TABLES,
    TABLES,
    Schema,
    is_fiscal,
    is_foreign,
    read_schema,
    series_of,
)

from .made import NOW, SERIES


class Reader:
    """Answers with the modules of a store."""

    def __init__(self, tables=None, **versions):
        tables = {name: {"id": "integer"} for name in TABLES} if tables is None else tables
        tables = {
            **tables,
            **({"pos_session": {"id": "integer", "move_id": "integer"}} if "pos_session" in tables else {}),
        }
        self.opening = {"database": "store_042", "tables": tables, "standby": False, "read_at": NOW}
        versions = {"base": "17.0.1.3", "point_of_sale": "17.0.1.0.1", **versions}
        self.modules = [
            {"id": number, "name": name, "version": version, "author": "Odoo S.A."}
            for number, (name, version) in enumerate(versions.items())
            if version != "not installed"
        ]

    def rows(self, name, text, parameters=None):
        self.text = text
        return self.modules


@pytest.mark.parametrize("series", SERIES)
def test_known_series(series):
    assert series_of("%d.0.1.3" % series, "store") == series
    assert read_schema(Reader(base="%d.0.1.3" % series)).series == series


@pytest.mark.parametrize(
    "version", ["13.0.1.3", "12.0", "saas~17.4.1.3", "17.4.1.3", "19.3.1", "master", "unknown", "", "21.0.1.0"]
)
def test_an_unknown_series_is_named_not_guessed(version):
    with pytest.raises(NotAStore) as refused:
        series_of(version, "store_042")
    message = refused.value.message
    assert message.startswith("store_042 runs Odoo ") and ".".join(version.split(".")[:2]) in message
    assert "14.0 to 19.0" in message


def test_odoo_20_is_recognised_and_refused_by_name():
    with pytest.raises(NotAStore, match="^store_042 runs Odoo 20.0, which .* not supported yet"):
        series_of("20.0.1.3", "store_042")


def without(*tables):
    return {name: {"id": "integer"} for name in TABLES if name not in tables}


@pytest.mark.parametrize(
    "reader,words",
    [
        (Reader(tables={}), ["no Odoo database", "ir_module_module", "login_db"]),
        (Reader(base="not installed"), ["no initialised Odoo database"]),
        (Reader(base=None), ["runs Odoo unknown"]),
        (Reader(point_of_sale="not installed"), ["without Point of Sale"]),
        (Reader(tables=without("pos_payment", "res_company")), ["lacks pos_payment, res_company"]),
    ],
)
def test_what_is_no_store_is_said_in_one_line(reader, words):
    with pytest.raises(NotAStore) as refused:
        read_schema(reader)
    assert all(word in refused.value.message for word in words)
    assert refused.value.message.startswith("store_042 ") and "\n" not in refused.value.message


def test_a_session_without_its_entry_is_a_hybrid():
    reader = Reader()
    del reader.opening["tables"]["pos_session"]["move_id"]
    with pytest.raises(NotAStore, match="lacks pos_session.move_id"):
        read_schema(reader)


def test_modules_are_told_apart():
    reader = Reader(l10n_fr_pos_cert="17.0.1", pos_restaurant="17.0.1", pos_mine="1")
    reader.modules[-1].update(author="Somebody", id=40)
    reader.modules.append({"id": 41, "name": "sale_mine", "version": "1", "author": "Somebody"})
    reader.modules.append({"id": 42, "name": "pos_nobody", "version": "1", "author": None})
    schema = read_schema(reader)
    assert schema.fiscal_modules == ("l10n_fr_pos_cert",)
    assert schema.foreign_modules == {40: "pos_mine", 41: "sale_mine"}
    assert schema.version == "17.0.1.0.1"


@pytest.mark.parametrize(
    "name",
    [
        "l10n_fr_pos_cert",
        "pos_blackbox_be",
        "l10n_de_pos_cert",
        "l10n_es_pos_tbai",
        "l10n_do_pos",
        "l10n_es_edi_tbai_pos",
        "l10n_it_pos",
    ],
)
def test_fiscal(name):
    assert is_fiscal(name)


@pytest.mark.parametrize(
    "name",
    ["point_of_sale", "pos_restaurant", "l10n_fr", "l10n_us_pos", "l10n_gcc_pos", "pos_adyen"],
)
def test_not_fiscal(name):
    assert not is_fiscal(name)


def test_who_wrote_it():
    assert is_foreign("Camptocamp, Odoo Community Association (OCA)") is False
    assert is_foreign("Somebody") and not is_foreign("Odoo SA") and not is_foreign(None) and not is_foreign("")


def test_columns_are_asked_for_never_guessed():
    schema = Schema("s", False, NOW, 17, "", {"account_journal": {"name": "jsonb"}, "account_tax": {"name": "1043"}})
    assert schema.has("account_journal") and schema.has("account_journal", "name")
    assert not schema.has("account_tax", "price_include_override") and not schema.has("nothing")
    assert not schema.has("pos_order", "preset_time")
    assert schema.is_json("account_journal", "name") and not schema.is_json("account_tax", "name")
    assert not schema.is_json("account_account", "name")


@pytest.mark.parametrize("table,column", [("account_journal", "code"), ("nothing", "x")])
def test_a_column_that_nobody_looks_for_is_not_taken_for_missing(table, column):
    schema = Schema("s", False, NOW, 17, "", {"account_journal": {}})
    for ask in (schema.has, schema.is_json):
        with pytest.raises(LookupError, match="^%s.%s is not listed in TABLES" % (table, column)):
            ask(table, column)


def test_a_branch_has_the_codes_of_its_root_company():
    """From 18 on; an account may have another code in every root company, and none of another's is shown."""
    old = Schema("s", False, NOW, 17, "", {"account_account": {"code": "varchar"}})
    new = Schema(
        "s", False, NOW, 19, "", {"account_account": {"code_store": "jsonb"}, "res_company": {"parent_path": "varchar"}}
    )
    assert queries.account_code(old) == "a.code"
    assert queries.account_code(new) == "(a.code_store->>split_part(co.parent_path, '/', 1))"
    assert queries.account_code(new) in queries_around.account_name(new) and "LIMIT" not in queries_around.account_name(
        new
    )


TEXTS = (
    queries.sessions,
    queries_sales.orders,
    queries_sales.payments,
    queries_around.tills,
    functools.partial(queries_around.platform, openers=True, modules=True),
    functools.partial(queries_around.platform, openers=False, modules=False),
    functools.partial(queries_books.books, named=False),
    functools.partial(queries_books.books, named=True),
)


@pytest.mark.parametrize("series", SERIES)
def test_every_text_is_whole_whatever_columns_a_store_has(series):
    """No fragment is left over, and no series asks for a column that this schema does not know of."""
    bare = {name: {"id": "integer"} for name in REQUIRED_TABLES}
    bare["res_company"] = {"fiscalyear_lock_date": "date"}
    rich = {
        **bare,
        **{name: {} for name in TABLES},
        "pos_order": {"preset_time": "timestamp"},
        "res_company": bare["res_company"],
    }
    for tables in (bare, rich):
        schema = Schema("s", False, NOW, series, "", tables)
        for make in TEXTS:
            text = make(schema)
            assert "{" not in text and "}" not in text and "None" not in text
            assert ("preset_time" in text) <= (tables is rich)
