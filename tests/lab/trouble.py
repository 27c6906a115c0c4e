# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trouble in PostgreSQL itself: a transaction left open, and somebody who waits for it. For live tests."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import threading
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
        # A busy server keeps the locks of a closed connection for a moment: they are given back before. It may have been ended.
        with contextlib.suppress(BrokenPipeError):
            holder.stdin.write("ROLLBACK;\n\\echo over\n")
            holder.stdin.flush()
            holder.stdout.readline()
        with contextlib.suppress(BrokenPipeError):
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


TERMINATE = b"X\x00\x00\x00\x04"


@contextlib.contextmanager
def slow_to_notice(folder, port):
    """A way to the server in ``folder`` on which it never learns that a client has gone, as if it were too busy to look.

    Yields the folder to give as login_host. What a client leaves to the end of its connection stays until this one ends.
    """
    name, far = ".s.PGSQL.%d" % port, []
    with tempfile.TemporaryDirectory(prefix="pos-slow-") as here, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.join(here, name))
        listening.listen(20)

        def take():
            with contextlib.suppress(OSError):
                while True:
                    near = listening.accept()[0]
                    far.append(socket.socket(socket.AF_UNIX))
                    far[-1].connect(os.path.join(folder, name))
                    threading.Thread(target=pass_on, args=(near, far[-1]), daemon=True).start()
                    threading.Thread(target=pass_on, args=(far[-1], near), daemon=True).start()

        taking = threading.Thread(target=take, daemon=True)
        taking.start()
        try:
            yield here
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            taking.join(10)
            for one in far:
                one.shutdown(socket.SHUT_RDWR)
                one.close()


def pass_on(source, sink):
    """Hand on what arrives, but that it is over."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            if data != TERMINATE:
                sink.sendall(data)
