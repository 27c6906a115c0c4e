# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Odoo of our own on the laboratory's PostgreSQL, to be killed and started again while others go on using theirs."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time

from ..lab.client import Odoo


class Server:
    """Serves one database on a port of its own. ``url`` stays the same over a restart."""

    def __init__(self, store, folder):
        self.lab, self.database, self.folder = store.lab, store.database, folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self._process = None

    def start(self):
        """Begin to start; nothing to do while it runs."""
        if self._process is not None:
            return
        words = ["--logfile=%s" % (self.folder / "odoo.log"), "-d", self.database, "--db-filter=^%s$" % self.database,
                 "--http-interface", "127.0.0.1", "--http-port", str(self.port)]  # fmt: skip
        with open(os.devnull, "r+b") as nothing:
            self._process = subprocess.Popen(
                [*self.lab._command(), *words],
                env=self.lab.program.environment,
                cwd=self.folder,
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,
            )

    def ready(self, seconds=90):
        """Start where needed, and wait until it serves the database."""
        self.start()
        deadline = time.monotonic() + seconds
        while True:
            with contextlib.suppress(OSError):
                Odoo(self.url, self.database, timeout=60).uid()
                return
            assert self._process.poll() is None, "Our Odoo ended by itself; see %s" % (self.folder / "odoo.log")
            assert time.monotonic() < deadline, "Our Odoo does not answer; see %s" % (self.folder / "odoo.log")
            time.sleep(0.1)

    def kill(self):
        """SIGKILL, as the kernel does that runs out of memory."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @contextlib.contextmanager
    def running(self):
        """It is gone afterwards."""
        try:
            self.ready()
            yield self
        finally:
            self.kill()
