# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""digest.py DATABASE: one hash over every row of every table of the database."""

from __future__ import annotations

import hashlib
import sys

import psycopg2
from psycopg2 import sql

connection = psycopg2.connect(dbname=sys.argv[1])
digest = hashlib.sha256()
with connection.cursor() as cursor:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    tables = [name for (name,) in cursor.fetchall()]
    for table in tables:
        query = "SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {} AS t"
        cursor.execute(sql.SQL(query).format(sql.Identifier(table)))
        digest.update(("%s %s\n" % (table, cursor.fetchone()[0])).encode())
connection.close()
if not tables:
    sys.exit("%s holds no table" % sys.argv[1])
print(digest.hexdigest())
