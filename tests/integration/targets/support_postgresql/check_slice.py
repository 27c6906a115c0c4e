# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_slice.py DATABASE TRUTH: every session that the real server spoke of is there, in the state it had."""

from __future__ import annotations

import json
import pathlib
import sys

import psycopg2

database, truth = sys.argv[1:]
with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT id, name, state FROM pos_session")
    restored = set(cursor.fetchall())
connection.close()

told = json.loads(pathlib.Path(truth).read_text(encoding="utf-8"))
expected = {(session["id"], session["name"], session["state"]) for session in told["sessions"]}
missing = expected - restored
if missing or not expected:
    sys.exit("%s: %d of %d sessions are missing: %s" % (database, len(missing), len(expected), sorted(missing)))
print("%s: all %d sessions of the truth are there" % (database, len(expected)))
