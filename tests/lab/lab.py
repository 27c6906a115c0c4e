# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One laboratory: a PostgreSQL cluster, an Odoo that serves every database in it, a template and its broken copy."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from .client import Odoo
from .clock import refresh
from .place import LabError, cache, lock, say
from .postgres import Cluster
from .program import program

# Adyen for its terminals; Odoo 14 has no chart of accounts unless one is asked for.
INSTALL_ONLY = ("--without-demo=all", "--stop-after-init", "--no-http")
MODULES = {19: "point_of_sale,pos_adyen", 14: "point_of_sale,pos_adyen,l10n_generic_coa"}
ROLE = "odoo"
TEMPLATE, BROKEN = "template_store", "broken_store"
MASTER = "admin"


class Lab:
    """The laboratory of the series ``number`` (19 or 14). ``up`` makes and starts it, ``down`` stops it."""

    def __init__(self, number):
        self.number = number
        self.program = program(number)
        self.folder = cache() / ("lab-%d-%s" % (number, self.program.key))
        self.folder.mkdir(exist_ok=True)
        # The folder is PostgreSQL's user's, so that Odoo's own things lie beside it, not in it.
        self.pg = Cluster(self.folder / "pg")
        self.log = self.folder / "odoo.log"
        self._pid = self.folder / "server.json"

    # --- up and down ------------------------------------------------------------------------------------------

    def up(self, build=None):
        """Start everything, building what is missing; return the description that ``info`` prints.

        build: the function that breaks the tills, ``build(lab)``; its ``key`` says what it would build. None: no broken tills.
        """
        with lock("lab-%d" % self.number):
            self.pg.start()
            if not self.pg.rows("postgres", "SELECT 1 FROM pg_roles WHERE rolname = :'role'", role=ROLE):
                self.pg.psql("postgres", 'CREATE ROLE :"role" SUPERUSER LOGIN', role=ROLE)
            fresh = self._template()
            self._serve()
            if fresh or not self._key_file.exists():
                self._finish_template()
            if build and self.built(BROKEN) != build.key:
                self._break(build)
            if build:
                refresh(self.pg, BROKEN, self.number)
            self._state.write_text(json.dumps(self.describe(), indent=1) + "\n", encoding="utf-8")
        say("Odoo %d is up: %s (log: %s)" % (self.number, self.url, self.log))
        return self.describe()

    def _break(self, build):
        """Build the broken database aside and put it into its place when it is whole."""
        say("breaking tills")
        for left in [name for name in self.pg.databases() if name.startswith("building_")]:
            self.drop(left)
        # A new name each time: the server remembers what it knows of a database by its name.
        aside = "building_%d" % time.time()
        self._clone(aside, TEMPLATE)
        build(self, aside)
        self.drop(BROKEN)
        self._clone(BROKEN, aside)
        self._mark(BROKEN, build.key)
        self.drop(aside)

    def down(self):
        """Stop Odoo, then PostgreSQL. Nothing is thrown away."""
        with lock("lab-%d" % self.number):
            self._stop_server()
            self.pg.stop()
            self._state.unlink(missing_ok=True)

    def _stop_server(self):
        pid = self._alive()
        if pid:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + 20
            while self._alive() and time.monotonic() < deadline:
                time.sleep(0.1)
            if self._alive():
                os.kill(pid, signal.SIGKILL)
        self._pid.unlink(missing_ok=True)

    def running(self):
        """Whether both servers run."""
        return bool(self._alive()) and self.pg.running()

    # --- databases --------------------------------------------------------------------------------------------

    def built(self, name):
        """The key that the database ``name`` was completely built from; None when it is not there or half-built."""
        found = self.pg.rows(
            "postgres",
            "SELECT shobj_description(oid, 'pg_database') AS key FROM pg_database WHERE datname = :'name'",
            name=name,
        )
        return found[0]["key"] if found else None

    def _mark(self, name, key):
        self.pg.psql("postgres", "COMMENT ON DATABASE :\"name\" IS :'key'", name=name, key=key)

    def clone(self, name, source=BROKEN):
        """Make ``name`` a fresh copy of ``source`` that the running Odoo serves; return its name."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
            raise LabError("A database is named by small letters, digits and _, not %r." % name)
        # Under the lock, so that nobody copies what is only being built.
        with lock("lab-%d" % self.number):
            if not self.pg.running() or source not in self.pg.databases():
                raise LabError("There is no database %s here; run: python3 -m tests.lab up %d." % (source, self.number))
            return self._clone(name, source)

    def _clone(self, name, source):
        self.drop(name)
        self.pg.clone(source, name)
        files = self.folder / "odoo" / "filestore"
        if (files / source).exists():
            # Odoo never changes a stored file, it only adds and removes them: links are copies enough.
            shutil.copytree(files / source, files / name, copy_function=os.link)
        refresh(self.pg, name, self.number)
        return name

    def drop(self, name):
        """Drop the database ``name`` and its files; Odoo forgets what it knew of it."""
        if self._alive() and name in self.pg.databases():
            Odoo(self.url, name).service("db", "drop", MASTER, name)
        self.pg.drop(name)
        shutil.rmtree(self.folder / "odoo" / "filestore" / name, ignore_errors=True)

    def odoo(self, database=BROKEN, user="admin", password="admin"):
        """A client of the running Odoo."""
        return Odoo(self.url, database, user, password)

    def _template(self):
        key = "%s %s" % (self.program.key, self._modules)
        if self.built(TEMPLATE) == key:
            return False
        say("installing %s into a new database (about a minute)" % self._modules)
        # A server that runs would go on with what it knows of the old one.
        self._stop_server()
        self.pg.drop(TEMPLATE)
        shutil.rmtree(self.folder / "odoo" / "filestore" / TEMPLATE, ignore_errors=True)
        self._key_file.unlink(missing_ok=True)
        done = subprocess.run(
            [
                *self._command(),
                "-d",
                TEMPLATE,
                "-i",
                self._modules,
                *INSTALL_ONLY,
            ],
            env=self.program.environment,
            cwd=self.folder,
            check=False,
        )
        if done.returncode or not self.pg.rows(
            TEMPLATE, "SELECT 1 FROM ir_module_module WHERE name = 'point_of_sale' AND state = 'installed'"
        ):
            raise LabError("Odoo could not install %s; see %s." % (self._modules, self.log))
        self._mark(TEMPLATE, key)
        return True

    def _finish_template(self):
        if self.number >= 19:
            self._key_file.write_text(self.odoo(TEMPLATE).api_key("laboratory"), encoding="ascii")
        else:
            self._key_file.write_text("", encoding="ascii")

    # --- the server -------------------------------------------------------------------------------------------

    @property
    def _modules(self):
        return MODULES[self.number]

    @property
    def url(self):
        """Where Odoo listens."""
        return "http://127.0.0.1:%d" % json.loads(self._pid.read_text(encoding="ascii"))["port"]

    def _command(self):
        conf = self.folder / "odoo.conf"
        conf.write_text("[options]\nadmin_passwd = %s\n" % MASTER, encoding="ascii")
        return [
            *self.program.command,
            "-c",
            str(conf),
            "--db_host=%s" % self.pg.host,
            "--db_port=%d" % self.pg.port,
            "--db_user=%s" % ROLE,
            "--data-dir=%s" % (self.folder / "odoo"),
            "--logfile=%s" % self.log,
            "--max-cron-threads=0",
        ]

    def _alive(self):
        """The server's process id, or None. The command line is looked at: ids are used again."""
        with contextlib.suppress(OSError, ValueError):
            pid = json.loads(self._pid.read_text(encoding="ascii"))["pid"]
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            # Without a terminal ps cuts its lines; -ww does not.
            shown = subprocess.run(
                ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
            )
            if str(self.folder) in shown.stdout:
                return pid
        return None

    def _serve(self):
        if self._alive():
            return
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        say("starting Odoo %d" % self.number)
        (self.folder / "odoo").mkdir(exist_ok=True)
        with open(os.devnull, "r+b") as nothing:
            server = subprocess.Popen(
                [*self._command(), "--http-interface", "127.0.0.1", "--http-port", str(port)],
                env=self.program.environment,
                cwd=self.folder,
                stdin=nothing,
                stdout=nothing,
                stderr=nothing,
                start_new_session=True,
            )
        self._pid.write_text(json.dumps({"pid": server.pid, "port": port}), encoding="ascii")
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                Odoo(self.url, TEMPLATE, timeout=10).service("common", "version")
                return
            if server.poll() is not None or time.monotonic() > deadline:
                raise LabError("Odoo %d does not answer; see %s." % (self.number, self.log))
            time.sleep(0.2)

    # --- what callers are told --------------------------------------------------------------------------------

    @property
    def _state(self):
        return cache() / ("lab-%d.json" % self.number)

    @property
    def _key_file(self):
        return self.folder / "api_key"

    @property
    def truth_file(self):
        """Where the recorded answers of this Odoo lie."""
        return pathlib.Path(self.folder) / "truth.json"

    def describe(self):
        """What a caller needs to use the laboratory, as plain data."""
        return {
            "series": self.number,
            "pg": {
                "host": self.pg.host,
                "port": self.pg.port,
                "user": self.pg.user,
                "socket": "%s/.s.PGSQL.%d" % (self.pg.host, self.pg.port),
            },
            "odoo": {
                "url": self.url,
                "user": "admin",
                "password": "admin",
                "db": BROKEN,
                "api_key": self._key_file.read_text(encoding="ascii") or None,
            },
            "template_db": TEMPLATE,
            "broken_db": BROKEN,
            "truth_file": str(self.truth_file),
            "log": str(self.log),
        }


def source_key(folder, *patterns):
    """A hash over the files below ``folder`` that match: what is built from them is built anew when they change."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in pathlib.Path(folder).glob(pattern)}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
