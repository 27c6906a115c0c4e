# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An error that a real Odoo wrote into its own log is found there, with its cause and the role that answers it."""

from __future__ import annotations

import datetime

import pytest

from .client import Refused
from .closing_store import arguments, shop_of

from ansible_collections.retailops.odoo_pos.plugins.module_utils import log_info  # isort: skip


@pytest.fixture(scope="module", params=(19, 14), ids=("odoo-19", "odoo-14"))
def store(request):
    return shop_of(request.param)


def told(**options):
    result = arguments.run_here(log_info.SPEC, log_info.log_info, options, True, False)
    assert not result.get("failed"), result
    return result


def test_a_refused_close_is_in_the_log(store):
    began = datetime.datetime.now(datetime.timezone.utc)
    till = store.traded("log_no_loss", **store.shop().authorised(50))
    till.shop.sql("UPDATE account_journal SET loss_account_id = NULL WHERE id = :'id'::int", id=till.drawer)
    with pytest.raises(Refused, match="define a Loss Account"):
        till.close(100)
    result = told(path=store.info["log"], database=store.database, since=began.isoformat())
    (found,) = [entry for entry in result["entries"] if "log_no_loss" in entry["message"]]
    assert found["cause"] == {"id": "C15", "code": "cash.no_loss_account", "fix": "pos_accounting"}
    assert found["exception"] == "odoo.exceptions.UserError" and found["database"] == store.database
    assert result["summary"]["complete"] and not result["changed"]
    # and none of it is told of another store
    assert not [
        e for e in told(path=store.info["log"], database="no_such_store")["entries"] if "log_no_loss" in e["message"]
    ]


def test_a_fault_inside_odoo_has_its_traceback(store):
    began = datetime.datetime.now(datetime.timezone.utc)
    with pytest.raises(Refused):
        store.shop().odoo("pos.order", "create_from_ui" if store.series == 14 else "sync_from_ui", [{"id": "no order"}])
    result = told(path=store.info["log"], database=store.database, since=began.isoformat())
    faults = [entry for entry in result["entries"] if entry["traceback"]["frames"]]
    assert faults and faults[0]["level"] == "ERROR" and faults[0]["exception"]
    assert len(faults[0]["traceback"]["last"]) <= 8 < faults[0]["traceback"]["frames"]
    assert "point_of_sale/models/pos_order.py" in faults[0]["traceback"]["point_of_sale"]


def test_an_odoo_that_keeps_no_log_says_so(store):
    result = told(from_odoo=True, odoo_db=store.database, **store.password)
    assert result["available"] is False and "--log-db" in result["reason"] and result["entries"] == []


def test_what_odoo_keeps_with_log_db_comes_over_its_api(store):
    """The row that --log-db writes (odoo/netsvc.py, PostgreSQLHandler), asked for through the real Odoo."""
    frame = '  File "/x/addons/point_of_sale/models/pos_session.py", line 7, in f'
    message = "\n".join(["Exception", "Traceback (most recent call last):", frame, "KeyError: 30"])
    store.sql(
        """INSERT INTO ir_logging (create_date, type, dbname, name, level, message, path, line, func)
           VALUES (now() at time zone 'UTC', 'server', current_database(), 'odoo.http', 'ERROR', %(message)s, 'http.py', '7', 'f')""",
        message=message,
    )
    try:
        result = told(from_odoo=True, odoo_db=store.database, since="1h", **store.password)
    finally:
        store.sql("DELETE FROM ir_logging")
    assert result["available"] and [entry["exception"] for entry in result["entries"]] == ["KeyError"]
    assert result["entries"][0]["database"] == store.database
