# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of findings: complete, and its sentences say what the evidence says."""

from __future__ import annotations

import json
import pathlib
import string

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import findings
from ansible_collections.retailops.odoo_pos.plugins.module_utils.findings import CATALOGUE, finding, spoken

ROLES = {path.name for path in (pathlib.Path(__file__).parents[4] / "roles").iterdir()}
PROMISED = {
    "orders.draft",
    "orders.draft_with_payment",
    "orders.draft_future",
    "orders.cancelled_poison",
    "orders.underpaid",
    "orders.no_lines",
    "orders.uncaptured",
    "orders.no_customer",
    "invoices.unposted",
    "cash.not_counted",
    "cash.count_stale",
    "cash.difference",
    "cash.difference_above_limit",
    "cash.no_loss_account",
    "cash.no_profit_account",
    "cash.no_default_account",
    "cash.shared_journal",
    "payments.unconfirmed",
    "payments.method_removed",
    "payments.method_no_journal",
    "payments.no_outstanding_account",
    "accounts.no_receivable",
    "accounts.no_sales_journal",
    "accounts.archived_journal",
    "accounts.archived_account",
    "accounts.tax_no_account",
    "accounts.imbalance",
    "accounts.lock_date",
    "accounts.rounding",
    "session.stuck_closing",
    "session.never_opened",
    "session.rescue",
    "session.duplicate",
    "session.stale",
    "session.opener_inactive",
    "session.in_use",
    "books.closed_without_entry",
    "books.orders_left_paid",
    "books.entry_unbalanced",
    "books.closed_twice",
    "books.forced_balance",
    "stock.failed_pickings",
    "platform.lock_wait",
    "platform.long_transaction",
    "platform.huge_session",
    "platform.bloat",
    "fiscal.protected",
    "custom.override",
}


def evidence_for(code):
    """A value for every name that the sentence wants."""
    wanted = [name for _text, name, _spec, _conversion in string.Formatter().parse(CATALOGUE[code].message) if name]
    return {name: "<%s>" % name for name in wanted}


def test_every_promised_code_is_there():
    assert set(CATALOGUE) >= PROMISED


@pytest.mark.parametrize("code", CATALOGUE)
def test_an_entry_is_whole(code):
    kind = CATALOGUE[code]
    assert kind.severity in findings.SEVERITIES
    assert kind.risk in (findings.SAFE, findings.HUMAN, findings.NEVER)
    assert kind.fix in ROLES
    assert kind.message.endswith((".", "}")) and "\n" not in kind.message and "  " not in kind.message


@pytest.mark.parametrize("code", CATALOGUE)
def test_the_sentence_says_all_of_its_evidence(code):
    evidence = evidence_for(code)
    said = finding(code, **evidence)
    assert all(value in said.message for value in evidence.values())
    assert (said.severity, said.risk, said.fix) == (
        CATALOGUE[code].severity,
        CATALOGUE[code].risk,
        CATALOGUE[code].fix,
    )
    json.dumps(dict(said.evidence))


@pytest.mark.parametrize("hostile", ["{0}", "{number.__class__}", "{{ lookup('pipe','id') }}", "%s %(x)s", "{"])
def test_a_name_out_of_the_database_is_dead_text(hostile):
    said = finding("orders.draft", number=1, names=[hostile])
    assert "(%s)" % hostile in said.message


def test_severity_and_risk_can_be_overridden():
    said = finding("cash.no_loss_account", severity="blocker", risk="never", journal="Cash")
    assert (said.severity, said.risk) == ("blocker", "never")


def test_a_list_is_spoken_up_to_five():
    assert spoken(["a", "b"]) == "a, b"
    assert spoken(list("abcde")) == "a, b, c, d, e"
    assert spoken(list("abcdefg")) == "a, b, c, d, e and 2 more"
    assert spoken(12) == "12"


def test_an_unknown_code_is_an_error():
    with pytest.raises(KeyError):
        finding("orders.no_such_code")


def test_every_code_has_a_test_that_provokes_it():
    """The tables of the diagnosis' tests name every code of the catalogue."""
    here = pathlib.Path(__file__).parent
    text = "".join((here / name).read_text(encoding="utf-8") for name in ("test_diagnose.py", "test_diagnose_money.py"))
    missing = [code for code in CATALOGUE if '"%s"' % code not in text]
    assert not missing
