# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL that speaks another language, and every way in which it can turn a reading away."""

from __future__ import annotations

import contextlib
import gettext
import os
import shutil
import subprocess
from unittest import mock

import psycopg2
import pytest

from ..lab.closing_store import errors, reading
from ..lab.place import cache, lock
from .servers import Server

#: Locales by the names that localedef takes apart: language, encoding.
SPOKEN = ("fr_FR.UTF-8", "ru_RU.UTF-8", "fr_FR.ISO-8859-1", "ja_JP.EUC-JP")


def locale_folder(name):
    """A folder that holds the locale, compiled once; skips, loudly, where this machine cannot."""
    folder = cache() / "locales"
    with lock("locales"):
        folder.mkdir(exist_ok=True)
        language, _dot, encoding = name.partition(".")
        if not (folder / name).exists():
            if not shutil.which("localedef"):
                pytest.skip("NOT TRIED in %s: there is no localedef here; install locales" % name)
            words = ["localedef", "-i", language, "-f", encoding, "--no-archive", str(folder / name)]
            # Warnings about a locale's own definition end with 1, and it is written all the same.
            subprocess.run(words, capture_output=True, check=False)
            if not (folder / name).exists():
                pytest.skip("NOT TRIED in %s: localedef does not know it; install locales" % name)
    return folder


@contextlib.contextmanager
def speaking(name, major):
    """A Server whose messages are in the language of the locale ``name``."""
    if not gettext.find("postgres-%d" % major, "/usr/share/locale", [name.partition(".")[0]]):
        pytest.skip("NOT TRIED in %s: the programs of PostgreSQL %d carry no translation" % (name, major))
    # psql and pg_ctl are run with it as well; they need not be understood.
    with (
        mock.patch.dict(os.environ, LOCPATH=str(locale_folder(name))),
        Server.temporary(major=major, settings={"lc_messages": name}) as server,
    ):
        yield server


def turned_away(server, database):
    """What a reading ends with that the server turns away: {why: (class, our own words, all that was said)}."""
    options = server.options(database)
    server.psql(database, "DROP ROLE IF EXISTS nobody_here; CREATE ROLE nobody_here LOGIN;")
    tries = {
        "no such database": {"login_db": "base_inconnue"},
        "no such role": {"login_user": "personne"},
        "no right": {"login_user": "nobody_here"},
        "no such session_role": {"session_role": "personne"},
        "session_role of somebody else": {"login_user": "nobody_here", "session_role": server.user},
        "locked": {"lock_timeout": 1},
        "too slow": {"lock_timeout": 30, "statement_timeout": 1},
        "bad setting": {"connect_params": {"options": "-c no_such_setting=1"}},
        "TLS that is not there": {"ssl_mode": "require", "login_host": "127.0.0.1"},
    }
    found = {}
    for why, changed in tries.items():
        locked = _locked(server, database) if why in ("locked", "too slow") else contextlib.nullcontext()
        with locked, pytest.raises(errors.PosError) as caught:
            reading.read_store({**options, **changed}, reading.Selection())
        said = caught.value.message.replace(server.host, "the server")
        assert "\n" not in said and "Traceback" not in said and said.endswith("."), said
        found[why] = (type(caught.value).__name__, said.partition("(")[0].partition(": ")[0], said)
    return found


@contextlib.contextmanager
def _locked(server, database):
    connection = psycopg2.connect(host=server.host, port=server.port, user=server.user, dbname=database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE public.pos_session IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        connection.close()
