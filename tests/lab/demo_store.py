# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store of the demonstration: some tills of the laboratory's catalogue, and the small dump of it that is committed.

``python3 -m tests.lab.demo_store dump`` writes the dump anew from the laboratory's Odoo 19, and ``restore NAME`` makes the
database NAME from it in the cluster PGLAB (see postgres.py).
"""

from __future__ import annotations

import gzip
import os
import pathlib
import subprocess
import sys

from ..support.collection import make_importable
from .build import Build
from .clock import BUILT, refresh
from .lab import TEMPLATE, Lab
from .place import LabError, lock, say
from .postgres import Cluster

#: The store that the demonstration works on, and what it is copied from.
STORE, SOURCE = "demo_store", "demo_source"
DATA = pathlib.Path(__file__).parent / "data" / "store-19.sql.gz"
TILLS = (
    "healthy", "draft_unpaid", "draft_paid", "unposted_invoice", "counted_exactly", "counted_short_within", "counted_short",
    "no_loss_account", "cash_moves", "terminal_pending", "imbalance_price", "stuck_since_repaired", "never_opened", "rescue",
    "forgotten", "busy", "hostile", "closed_by_sql",
)  # fmt: skip

# What is in the tables and not needed: people, secrets, and what fills most of the space.
ANONYMISE = """
UPDATE res_users SET login = 'user' || id WHERE login <> 'admin';
UPDATE res_users SET password = NULL, signature = NULL;
UPDATE res_company SET email = NULL, phone = NULL, report_header = NULL, company_details = NULL;
UPDATE pos_payment_method SET adyen_api_key = NULL, adyen_terminal_identifier = NULL;
UPDATE pos_config SET access_token = NULL;
UPDATE pos_session SET access_token = NULL;
UPDATE pos_order SET access_token = NULL, uuid = NULL;
DELETE FROM ir_module_module WHERE state <> 'installed';
DELETE FROM ir_module_module_dependency WHERE module_id NOT IN (SELECT id FROM ir_module_module);
UPDATE ir_module_module SET description = NULL, summary = NULL, shortdesc = NULL, website = NULL;
DELETE FROM ir_model_fields;
DELETE FROM ir_config_parameter WHERE key <> :'built';
"""
# Keys to other tables stay behind with them. Statements group by primary keys and insert by unique ones: those come along.
PRIMARY_KEYS = """
SELECT format(E'ALTER TABLE public.%I ADD %s;\\n', c.relname, pg_get_constraintdef(k.oid)) AS text
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.contype IN ('p', 'u') AND c.relname = ANY (string_to_array(:'tables', ','))
 ORDER BY c.relname
"""


def build_source(lab):
    """Build the demonstration's tills where they are missing or out of date; return the database that holds them."""
    build = Build(19)
    key = "%s %s" % (build.key, " ".join(TILLS))
    with lock("demo"):
        if lab.built(SOURCE) != key:
            say("breaking the tills of the demonstration")
            lab.clone(SOURCE, TEMPLATE)
            build(lab, SOURCE, TILLS)
            lab.pg.psql("postgres", "COMMENT ON DATABASE :\"name\" IS :'key'", name=SOURCE, key=key)
    return SOURCE


def fresh_store(lab, name=STORE):
    """Make the database ``name`` a fresh copy of the demonstration's tills; return the name."""
    return lab.clone(name, build_source(lab))


def write_dump(lab, path=DATA):
    """Write the demonstration's store to ``path``: the tables that are read, without foreign keys, people or secrets."""
    make_importable()
    from ansible_collections.retailops.odoo_pos.plugins.module_utils.schema import TABLES

    scratch = "demo_dump"
    fresh_store(lab)
    lab.pg.clone(STORE, scratch)
    try:
        lab.pg.psql(scratch, "SET session_replication_role = replica;" + ANONYMISE, built=BUILT)
        present = [row["relname"] for row in lab.pg.rows(scratch, "SELECT relname FROM pg_class WHERE relkind = 'r'")]
        wanted = [table for table in (*TABLES, "ir_config_parameter") if table in present]
        command = [
            os.path.join(lab.pg.bin, "pg_dump"),
            "--section=pre-data",
            "--section=data",
            "--no-owner",
            "--no-acl",
            "--no-comments",
            *["--table=public." + table for table in wanted],
            scratch,
        ]
        done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **lab.pg.environment()})
        if done.returncode:
            raise LabError("pg_dump failed: %s" % done.stderr.decode().strip()[-300:])
        path.parent.mkdir(exist_ok=True)
        keys = lab.pg.rows(scratch, PRIMARY_KEYS, tables=",".join(wanted))
        path.write_bytes(gzip.compress(done.stdout + "".join(row["text"] for row in keys).encode(), 9, mtime=0))
    finally:
        lab.pg.drop(scratch)
    say("%s: %d kB, %d tables" % (path.name, path.stat().st_size // 1024, len(wanted)))


def restore(cluster, name):
    """Make the database ``name`` from the dump; whoever was selling when it was written is selling now."""
    cluster.restore(name, DATA)
    refresh(cluster, name, 19)


def _main(words):
    if words == ["dump"]:
        lab = Lab(19)
        lab.up(Build(19))
        write_dump(lab)
    elif len(words) == 2 and words[0] == "restore" and os.environ.get("PGLAB"):
        restore(Cluster(os.environ["PGLAB"]), words[1])
    else:
        raise LabError("Say dump, or restore and the name of a database (PGLAB says in which cluster).")


if __name__ == "__main__":
    try:
        _main(sys.argv[1:])
    except LabError as problem:
        say(str(problem))
        sys.exit(problem.exit_code)
