# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pos_log_info: what is asked for, since when, and what Odoo itself offers. A real log is read in the laboratory."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.retailops.odoo_pos.plugins.module_utils import log_info as module
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, OdooError, Unreachable

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=timezone.utc)
ODOO = {"odoo_url": "http://127.0.0.1:9", "odoo_user": "u", "odoo_password": "p", "odoo_db": "store_042"}
DEFAULTS = {"max_entries": 20, "max_bytes": 2**20, "odoo_timeout": 5, "validate_certs": True}


def run(**given):
    return module.log_info({**DEFAULTS, **given}, False, False)


@pytest.mark.parametrize(
    "given",
    [{}, {"path": "/a", "journald_unit": "b"}, {"path": "/a", "from_odoo": True}, {"path": " "}],
    ids=str,
)
def test_exactly_one_log(given):
    with pytest.raises(BadInput, match="exactly one of path"):
        run(**given)


@pytest.mark.parametrize("given", [{"max_entries": 0}, {"max_bytes": 0}], ids=str)
def test_limits_of_nothing(given):
    with pytest.raises(BadInput, match="at least 1"):
        run(path="/a", **given)


@pytest.mark.parametrize(
    "text, at",
    [
        (None, None),
        (" ", None),
        ("24h", NOW - timedelta(hours=24)),
        ("90 m", NOW - timedelta(minutes=90)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-11-22T06:00:00Z", NOW - timedelta(hours=1)),
        ("2026-11-22 07:00:00", NOW),
        ("2026-11-22T09:00:00+02:00", NOW),
    ],
)
def test_since(text, at):
    assert module.moment_of(text, NOW) == at


@pytest.mark.parametrize("text", ["yesterday", "24", "24x", "2026-13-01", "999999w"])
def test_since_that_is_no_time(text):
    with pytest.raises(BadInput, match="since is neither"):
        module.moment_of(text, NOW)


def odoo(monkeypatch, answer):
    sent = []

    def call(_self, *args, **named):
        sent.append((args, named))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(module.JsonRpc, "call", call)
    return sent


def test_what_odoo_keeps_itself(monkeypatch):
    row = {"create_date": "2026-11-22 07:00:00", "dbname": "store_042", "level": "ERROR", "name": "odoo.http",
           "message": "Exception\nTraceback (most recent call last):\n  File \"/x/odoo/addons/point_of_sale/a.py\", line 1, in f\n"
                      "KeyError: 30"}  # fmt: skip
    sent = odoo(monkeypatch, [row])
    result = run(from_odoo=True, since="2026-11-22T00:00:00Z", **ODOO)
    assert result["available"] and result["entries"][0]["exception"] == "KeyError"
    (model, method, domain), named = sent[0]
    assert (model, method) == ("ir.logging", "search_read") and ["create_date", ">=", "2026-11-22 00:00:00"] in domain
    assert named["limit"] == module.MOST_RECORDS


def test_a_log_that_odoo_does_not_keep_or_show(monkeypatch):
    odoo(monkeypatch, [])
    assert "--log-db" in run(from_odoo=True, **ODOO)["reason"]
    odoo(monkeypatch, OdooError("no", kind="odoo.exceptions.AccessError"))
    result = run(from_odoo=True, **ODOO)
    assert result["available"] is False and "base.group_erp_manager" in result["reason"]
    odoo(monkeypatch, OdooError("broken", kind="odoo.exceptions.UserError"))
    with pytest.raises(OdooError):
        run(from_odoo=True, **ODOO)


def test_odoo_has_to_be_named():
    for missing in ODOO:
        with pytest.raises(BadInput, match="missing|needs"):
            run(from_odoo=True, **{**ODOO, missing: None})


def test_an_odoo_that_does_not_answer():
    with pytest.raises(Unreachable, match="Cannot reach Odoo"):
        run(from_odoo=True, **ODOO)
