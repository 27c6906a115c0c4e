# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trouble in PostgreSQL itself: a transaction left open, and somebody who waits for it. For live tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time

from .place import LabError


@contextlib.contextmanager
def long_transaction(cluster, database, statement="SELECT 1;"):
    """Hold a transaction open in ``database`` after running ``statement``; rolled back at the end."""
    command = [os.path.join(cluster.bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
    holder = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **cluster.environment()}
    )
    try:
        holder.stdin.write("BEGIN;\n%s\n\\echo held\n" % statement)
        holder.stdin.flush()
        for line in holder.stdout:
            if line.strip() == "held":
                break
        else:
            raise LabError("PostgreSQL would not hold the transaction: %s" % statement)
        yield holder.pid
    finally:
        holder.stdin.close()
        holder.wait(timeout=10)
        holder.stdout.close()


@contextlib.contextmanager
def lock_wait(cluster, database, session):
    """Lock the row of a session in one transaction while another one waits to write it."""
    row = "UPDATE pos_session SET state = state WHERE id = %d;" % session
    with long_transaction(cluster, database, row):
        command = [os.path.join(cluster.bin, "psql"), "-X", "-q", "-d", database, "-c", "BEGIN; " + row + " ROLLBACK;"]
        waiter = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **cluster.environment()}
        )
        try:
            deadline = time.monotonic() + 10
            while not cluster.rows(database, "SELECT 1 FROM pg_locks WHERE NOT granted"):
                if time.monotonic() > deadline:
                    raise LabError("Nobody came to wait for the row of session %d." % session)
                time.sleep(0.05)
            yield waiter.pid
        finally:
            waiter.terminate()
            waiter.wait(timeout=10)
