# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One store, one answer: on PostgreSQL 14 to 18, on a standby, in every encoding and collation, in any language of the server."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile

import pytest

from ..lab.closing_store import DEFAULTS, close_session, errors
from . import servers as servers_of
from .effort import note
from .languages import SPOKEN, speaking, turned_away
from .matrix import SOURCES, NoSource, Source, axis, seen
from .servers import MAJORS, REFERENCE, Server

from ansible_collections.retailops.odoo_pos.plugins.module_utils.forced_lines import FORCED_LINES  # isort: skip

#: What CREATE DATABASE is told, and how the text of the store is written there (None: as it is).
KINDS = {
    "SQL_ASCII": ("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'", None),
    "LATIN1": ("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", "latin-1"),
    "WIN1256": ("ENCODING 'WIN1256' LC_COLLATE 'C' LC_CTYPE 'C'", "cp1256"),
    "UTF8, Turkish": ("LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR'", None),
    "UTF8, German telephone book": ("LOCALE_PROVIDER icu ICU_LOCALE 'de-u-co-phonebk'", None),
    "UTF8, Arabic": ("LOCALE_PROVIDER icu ICU_LOCALE 'ar'", None),
}
_SOURCES, _REFERENCE, _ENGLISH = {}, {}, {}


def pytest_generate_tests(metafunc):
    full = metafunc.config.getoption("--full")
    if "major" in metafunc.fixturenames:
        metafunc.parametrize("major", axis(full, MAJORS, (MAJORS[0], MAJORS[-1])))
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", axis(full, KINDS, ("SQL_ASCII",)))
    if "locale" in metafunc.fixturenames:
        metafunc.parametrize("locale", axis(full, SPOKEN, ("fr_FR.UTF-8",)))
    if "where" in metafunc.fixturenames:
        few = (("slice", 19),)
        metafunc.parametrize("where", axis(full, SOURCES, few), ids=lambda where: "%s-%d" % where)


@pytest.fixture(scope="module")
def reference():
    """The PostgreSQL that all others are held against."""
    return servers_of.reference()


def source(kind, series):
    """A store's text, read once; skips, loudly, where it is not there."""
    try:
        if (kind, series) not in _SOURCES:
            _SOURCES[kind, series] = Source(kind, series)
        return _SOURCES[kind, series]
    except NoSource as missing:
        pytest.skip(str(missing))


def on_reference(server, store):
    """What is read of a store on the reference, once; it must be what its own Odoo said."""
    if store.name not in _REFERENCE:
        options = server.restore_as("reference", store.sql)
        wrong, compared = store.disagreements(options)
        assert wrong == []
        _REFERENCE[store.name] = (seen(options), compared)
    return _REFERENCE[store.name]


def test_every_postgresql_gives_the_same_answer(major, where, reference, servers):
    store = source(*where)
    expected, compared = on_reference(reference, store)
    server = servers(major)
    options = server.restore_as("store", store.sql)
    assert seen(options) == expected
    wrong, again = store.disagreements(options)
    assert wrong == [] and again == compared
    note("5 matrix", "PostgreSQL %s, %s" % (server.version().split()[0], store.name),
         "%d sessions equal, %d of %d as Odoo said" % (len(expected["sessions"]), again, compared))  # fmt: skip


@pytest.fixture(scope="module")
def servers():
    """``servers(major)``: a cluster of that version, one at a time."""
    running = {}

    def of(major):
        if major not in running:
            stop()
            servers_of.needs(major)
            context = Server.temporary(major=major)
            running[major] = (context, context.__enter__())
        return running[major][1]

    def stop():
        while running:
            running.popitem()[1][0].__exit__(None, None, None)

    yield of
    stop()


# --- encodings and collations ---------------------------------------------------------------------------------------


def test_every_encoding_and_collation_gives_the_same_answer(kind, reference):
    how, codec = KINDS[kind]
    store = source("slice", 19)
    # Names that these alphabets have, where an ASCII name would prove nothing.
    names = {"LATIN1": "Café Größe", "WIN1256": "صندوق"}.get(kind, "Café ıİ صندوق €")
    text = store.sql + "UPDATE public.pos_config SET name = '%s ' || name;\n" % names
    if codec:
        text = text.encode(codec, "replace").decode(codec)
    expected = seen(reference.restore_as("plain", text))
    options = reference.restore_as("kind", text, how)
    assert seen(options) == expected
    assert all(session["till"]["name"].startswith(names) for session in expected["sessions"])
    till = expected["sessions"][0]["till"]["name"]
    assert seen(options, till=till)["sessions"] == [s for s in expected["sessions"] if s["till"]["name"] == till]
    note("5 matrix", "database in %s" % kind, "%d sessions equal" % len(expected["sessions"]))


@pytest.mark.parametrize("encoding", ("LATIN1", "SQL_ASCII"))
def test_a_name_that_the_database_cannot_hold_is_not_found(encoding, reference):
    store = source("slice", 19)
    text = store.sql.encode("latin-1", "replace").decode("latin-1")
    options = reference.restore_as("kind", text, "ENCODING '%s' LC_COLLATE 'C' LC_CTYPE 'C'" % encoding)
    with pytest.raises(errors.PosError) as caught:
        seen(options, till="صندوق")
    assert "\n" not in caught.value.message and "till" in caught.value.message


def test_bytes_that_are_no_text_are_said_in_one_sentence(reference):
    """SQL_ASCII takes what a program wrote in another encoding."""
    store = source("slice", 19)
    options = reference.restore_as("kind", store.sql, "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'")
    reference.psql("kind", "UPDATE pos_config SET name = E'Caf\\xe9 ' || id")
    with pytest.raises(errors.Unreachable) as caught:
        seen(options)
    assert "UTF-8" in caught.value.message and "\n" not in caught.value.message


FORCE = """
SET client_encoding = 'UTF8';
UPDATE public.account_move_line SET name = '%s'
 WHERE id = (SELECT min(l.id) FROM public.account_move_line l JOIN public.pos_session s ON s.move_id = l.move_id
              WHERE s.state = 'closed' AND l.balance <> 0)"""


def test_a_forced_close_is_known_in_the_language_of_whoever_forced_it(reference, effort):
    """Odoo names the line by which it balances a forced close in the language of the user."""
    words = FORCED_LINES if effort.full else [line for line in FORCED_LINES if line.startswith(("Diff", "الفرق"))]
    options = reference.restore_as("store", source("slice", 19).sql)
    for line in words:
        reference.psql("store", FORCE % line)
        codes = [found["code"] for session in seen(options)["closed_wrongly"] for found in session["findings"]]
        assert "books.forced_balance" in codes, line
    reference.psql("store", FORCE % "Sales")
    codes = [found["code"] for session in seen(options)["closed_wrongly"] for found in session["findings"]]
    assert "books.forced_balance" not in codes
    # A database that could not hold the Arabic words is asked for the French ones.
    latin = source("slice", 19).sql.encode("latin-1", "replace").decode("latin-1")
    there = reference.restore_as("kind", latin, KINDS["LATIN1"][0])
    reference.psql("kind", FORCE % next(line for line in FORCED_LINES if line.startswith("Écart")))
    codes = [found["code"] for session in seen(there)["closed_wrongly"] for found in session["findings"]]
    assert "books.forced_balance" in codes
    note("5 matrix", "languages in which a forced close is known", len(words))


# --- languages of the server ----------------------------------------------------------------------------------------


def test_what_a_server_says_in_its_own_language_is_understood(locale, reference):
    text = source("slice", 19).sql
    reference.restore_as("store", text)
    if not _ENGLISH:
        _ENGLISH.update(turned_away(reference, "store"))
    with speaking(locale, REFERENCE) as server:
        assert seen(server.restore_as("store", text)) == seen(reference.options("store"))
        spoken = turned_away(server, "store")
    for why, (kind, ours, said) in _ENGLISH.items():
        assert spoken[why][:2] == (kind, ours), (why, said, spoken[why])
    translated = [why for why in _ENGLISH if spoken[why][2] != _ENGLISH[why][2]]
    # It was another language: what the server itself says differs.
    assert {"no right", "no such session_role"} <= set(translated), translated
    note(
        "5 matrix",
        "messages of the server in %s" % locale,
        "%d of %d refusals understood" % (len(spoken), len(_ENGLISH)),
    )


# --- a standby ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def standby_of(primary):
    """A hot standby of ``primary`` with all that it holds."""
    folder = tempfile.mkdtemp(prefix="pos-lab-pg-", dir="/var/tmp" if os.getuid() == 0 else None)
    os.chmod(folder, 0o755)
    standby = Server(folder, major=primary.major)
    try:
        if standby.owner:
            os.chown(folder, standby.owner.pw_uid, standby.owner.pw_gid)
        words = ("-h", primary.host, "-p", str(primary.port), "-U", primary.user, "-D", os.path.join(folder, "data"))
        primary._run("pg_basebackup", *words, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        yield standby.start()
    finally:
        standby.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_a_standby_reads_as_the_primary_and_refuses_to_close(reference):
    options = reference.restore_as("store", source("slice", 19).sql)
    expected = seen(options)
    with standby_of(reference) as standby:
        there = standby.options("store")
        assert seen(there) == expected
        session = next(one for one in expected["sessions"] if one["verdict"] == "closable" and one["cash"])
        wish = {
            **DEFAULTS, **there, "session": str(session["id"]), "counted_cash": session["cash"]["expected"],
            "odoo_url": "http://127.0.0.1:9", "odoo_user": "admin", "odoo_password": "admin",
        }  # fmt: skip
        assert close_session.close_session(wish, True, False)["plan"]["hash"]
        with pytest.raises(errors.BadInput) as caught:
            close_session.close_session(wish, False, False)
        assert caught.value.message == "store is a standby: give login_host of the primary to change a session."
    assert seen(options) == expected
    note(
        "5 matrix",
        "hot standby, PostgreSQL %d" % REFERENCE,
        "%d sessions equal, the close refused" % len(expected["sessions"]),
    )
