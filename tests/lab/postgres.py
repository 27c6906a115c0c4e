# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private PostgreSQL: start it, fill it, clone databases, stop it. No root, no service, nothing shared.

As a library::

    with Cluster.temporary() as pg:
        pg.create("store"); pg.restore("store", "odoo-19.sql.gz")
        connect(host=pg.host, port=pg.port, user=pg.user, dbname="store")

From a shell::

    eval "$(python3 -m tests.lab.postgres start)"      # sets PGHOST PGPORT PGUSER PGLAB
    python3 -m tests.lab.postgres restore store odoo-19.sql.gz
    python3 -m tests.lab.postgres stop "$PGLAB"
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from .pg_programs import programs, server_user
from .place import LabError, boot, say

#: A laboratory may lose its data when the machine dies: it is wiped and built again then.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "on",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
}


class Cluster:
    """One PostgreSQL cluster in ``folder``.

    folder: where it lives; auth: what ``initdb -A`` takes; password: of the superuser, where auth wants one;
    tcp: also listen on 127.0.0.1 (a free port); settings: more lines for the server.
    ``host`` is the socket's folder, ``port`` and ``user`` are what a client needs beside it.
    """

    def __init__(self, folder, *, auth="trust", password=None, tcp=False, settings=None):
        self.folder = pathlib.Path(folder).absolute()
        self.auth, self.password, self.tcp = auth, password, tcp
        self.settings = {**FAST, **(settings or {})}
        self.user = "postgres"
        self.port = 5432
        self.bin = programs()
        self.owner = server_user()
        # Short, because a socket's path may have 107 bytes at most.
        mark = hashlib.sha256(str(self.folder).encode()).hexdigest()[:10]
        self.host = os.path.join("/tmp", "pos-lab-%d-%s" % (os.getuid(), mark))
        self._mark = self.folder / "running"
        if (self.folder / "port").exists():
            self.port = int((self.folder / "port").read_text(encoding="ascii"))

    @classmethod
    @contextlib.contextmanager
    def temporary(cls, **options):
        """A started cluster that is gone afterwards."""
        folder = tempfile.mkdtemp(prefix="pos-lab-pg-", dir="/var/tmp" if os.getuid() == 0 else None)
        os.chmod(folder, 0o755)
        cluster = cls(folder, **options)
        try:
            yield cluster.start()
        finally:
            cluster.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_ignored):
        self.stop()

    # --- the server -------------------------------------------------------------------------------------------

    def _run(self, program, *arguments, **options):
        """Run one of the server's programs as its user; raises LabError with what it said."""
        if self.owner:
            options.update(user=self.owner.pw_uid, group=self.owner.pw_gid, extra_groups=[])
        log = self.folder / "server.log"
        # Not a pipe: the server that pg_ctl leaves behind would hold it open for ever.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [os.path.join(self.bin, program), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                check=False,
                **options,
            )
            said.seek(0)
            if done.returncode:
                raise LabError("PostgreSQL's %s failed (%s; see %s)." % (program, said.read().strip()[-300:], log))

    def initialised(self):
        """Whether there is a cluster in the folder."""
        return (self.folder / "data" / "PG_VERSION").exists()

    def trusted(self):
        """False when the machine died under the cluster: without fsync its data may be torn."""
        return not self._mark.exists() or self._mark.read_text(encoding="ascii") == boot()

    def running(self):
        """Whether the server runs (asked of pg_ctl)."""
        with contextlib.suppress(LabError):
            self._run("pg_ctl", "status", "-D", str(self.folder / "data"))
            return True
        return False

    def start(self):
        """Initialise where needed and start; returns self. Raises LabError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.trusted():
            say("the machine went down under %s: starting it anew" % self.folder)
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            self._mark.unlink()
        os.makedirs(self.host, mode=0o700, exist_ok=True)
        if self.owner:
            for folder in (self.folder, self.host):
                os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        if not self.initialised():
            self._initdb()
        if not self.running():
            self._boot()
        return self

    def _initdb(self):
        arguments = [
            "-D",
            str(self.folder / "data"),
            "-A",
            self.auth,
            "-U",
            self.user,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        if self.password:
            secret = self.folder / "password"
            secret.write_text(self.password, encoding="utf-8")
            if self.owner:
                os.chown(secret, self.owner.pw_uid, self.owner.pw_gid)
            arguments.append("--pwfile=%s" % secret)
        self._run("initdb", *arguments)

    def _boot(self):
        if self.tcp:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
        (self.folder / "port").write_text(str(self.port), encoding="ascii")
        words = {
            **self.settings,
            "unix_socket_directories": self.host,
            "port": str(self.port),
            "listen_addresses": "127.0.0.1" if self.tcp else "",
        }
        options = " ".join("-c %s='%s'" % pair for pair in words.items())
        self._mark.write_text(boot(), encoding="ascii")
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            "60",
            "-D",
            str(self.folder / "data"),
            "-l",
            str(self.folder / "server.log"),
            "-o",
            options,
        )

    def stop(self):
        """Stop the server, whoever is connected; nothing to do when it does not run."""
        if self.initialised() and self.running():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.folder / "data"))
        self._mark.unlink(missing_ok=True)
        shutil.rmtree(self.host, ignore_errors=True)

    # --- its databases ----------------------------------------------------------------------------------------

    def environment(self):
        """The variables by which libpq finds this server."""
        found = {"PGHOST": self.host, "PGPORT": str(self.port), "PGUSER": self.user}
        if self.password:
            found["PGPASSWORD"] = self.password
        return found

    def psql(self, database, text, **values):
        """Run SQL (text, or an open file of it) in ``database`` and return what psql prints. ``:'name'`` in it is values["name"].

        Raises LabError with PostgreSQL's message.
        """
        command = [os.path.join(self.bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database]
        for name, value in values.items():
            command += ["-v", "%s=%s" % (name, value)]
        given = {"input": text} if isinstance(text, str) else {"stdin": text}
        done = subprocess.run(
            command, **given, capture_output=True, text=True, check=False, env={**os.environ, **self.environment()}
        )
        if done.returncode:
            raise LabError("SQL failed in the database %s: %s" % (database, done.stderr.strip()[-400:]))
        return done.stdout

    def rows(self, database, query, **values):
        """Return the rows of one SELECT as dicts (numbers as JSON has them)."""
        text = "SELECT coalesce(json_agg(r), '[]'::json) FROM (%s) AS r;" % query.strip().rstrip(";")
        return json.loads(self.psql(database, text, **values))

    def databases(self):
        """The names of the databases that are not PostgreSQL's own."""
        found = self.rows(
            "postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
        )
        return [row["datname"] for row in found]

    def create(self, name, template="template0", owner=None):
        """Create the database ``name`` as a copy of ``template``; connections to the template are closed first."""
        text = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = :'template' AND pid <> pg_backend_pid();
                  CREATE DATABASE :"name" TEMPLATE :"template";"""
        for attempt in range(20):
            try:
                self.psql("postgres", text, name=name, template=template)
                break
            except LabError as error:
                # Somebody came back to the template between the two statements: a server serves others meanwhile.
                if attempt == 19 or "being accessed by other users" not in str(error):
                    raise
                time.sleep(0.1)
        if owner:
            self.psql("postgres", 'ALTER DATABASE :"name" OWNER TO :"owner"', name=name, owner=owner)

    def drop(self, name):
        """Drop the database ``name`` if it exists, whoever is connected."""
        self.psql("postgres", 'DROP DATABASE IF EXISTS :"name" WITH (FORCE)', name=name)

    def clone(self, source, target):
        """Make ``target`` a fresh copy of ``source`` (an older ``target`` is dropped)."""
        self.drop(target)
        self.create(target, template=source)

    def restore(self, name, dump):
        """Make the database ``name`` anew from the plain SQL ``dump`` (``.sql`` or ``.sql.gz``)."""
        opener = gzip.open if str(dump).endswith(".gz") else open
        self.drop(name)
        self.create(name)
        # Never whole in memory: what a process once took is counted for every child that the benches measure.
        with opener(dump, "rb") as handle, tempfile.TemporaryFile() as plain:
            shutil.copyfileobj(handle, plain)
            plain.seek(0)
            self.psql(name, plain)


if __name__ == "__main__":
    from .postgres_cli import main

    main()
