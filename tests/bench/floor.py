# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor: bare psycopg2 threads that run the very statements of the scan, and do nothing with the rows.

    python -m tests.bench.floor HOST USER THREADS DATABASE...

The statements are noted from one reading of the first database. Prints the seconds of the threads alone.
"""

from __future__ import annotations

import queue
import sys
import threading
import time

from ..support.collection import make_importable

make_importable()

import psycopg2  # noqa: E402

from ansible_collections.retailops.odoo_pos.plugins.module_utils import database  # noqa: E402
from ansible_collections.retailops.odoo_pos.plugins.module_utils.reading import Selection, read_store  # noqa: E402


def statements(options):
    """Texts and parameters of all that one reading sends."""
    sent, rows = [], database.Reader.rows

    def noted(reader, name, text, parameters=None):
        sent.append((text, dict(parameters or {})))
        return rows(reader, name, text, parameters)

    database.Reader.rows = noted
    try:
        # What pos_fleet_info reads of a store that it does not explain.
        read_store(options, Selection(openers=False))
    finally:
        database.Reader.rows = rows
    return sent


def main(words):
    host, user, threads, *databases = words
    sent = statements({"login_host": host, "login_user": user, "login_db": databases[0]})
    waiting = queue.SimpleQueue()
    for name in databases:
        waiting.put(name)

    def work():
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            connection = psycopg2.connect(host=host, user=user, dbname=name)
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection.cursor() as cursor:
                for text, parameters in sent:
                    cursor.execute(text, parameters)
                    cursor.fetchall()
            connection.close()

    started = time.monotonic()
    workers = [threading.Thread(target=work) for _number in range(int(threads))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("%.3f" % (time.monotonic() - started))


if __name__ == "__main__":
    main(sys.argv[1:])
