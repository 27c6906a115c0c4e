# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL: connecting, one read-only snapshot, deadlines. psycopg2 is imported nowhere else."""

from __future__ import annotations

import os
import re
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from .errors import BadInput, NoAnswer, Unreachable
from .libpq import libpq_parameters
from .opening import OPENING, columns_by_table, opening_parameters
from .patience import patience
from .tls import ADVICE, verification

try:
    import psycopg2
    import psycopg2.errors
    import psycopg2.extensions

    PSYCOPG2_ERROR = None
except ImportError:
    PSYCOPG2_ERROR = traceback.format_exc()

TLS_TROUBLE = re.compile(r"SSL|certificate", re.IGNORECASE)


@dataclass
class Reader:
    """One open snapshot. ``opening`` says where we are; ``statements`` names what was sent; ``limit`` is in seconds a statement."""

    connection: Any
    limit: float | None = None
    opening: dict[str, Any] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def rows(self, name: str, text: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return its rows as dicts. Raises Unreachable, with the table to grant where that is the reason."""
        self.statements.append(name)
        try:
            # The first statement of a transaction sends its BEGIN, too.
            with patience(self.connection, self.limit, "Reading " + name), self.connection.cursor() as cursor:
                cursor.execute("/* retailops.odoo_pos %s */ %s" % (name, text), dict(parameters or {}))
                # psycopg2's own dict cursors take a third of the time of a whole reading.
                columns = [column.name for column in cursor.description or ()]
                return [dict(zip(columns, row)) for row in cursor.fetchall()]
        except psycopg2.errors.InsufficientPrivilege as error:
            raise Unreachable(
                "The database user may not read what %s needs (%s): grant it SELECT on that table."
                % (name, first_line(error))
            ) from error
        except psycopg2.errors.QueryCanceled as error:
            raise Unreachable(
                "Reading %s took longer than statement_timeout allows: raise it, or look for what slows the server down."
                % name
            ) from error
        except psycopg2.errors.LockNotAvailable as error:
            raise Unreachable(
                "Reading %s waited longer than lock_timeout for a table that somebody has locked: try again, or find who holds it."
                % name
            ) from error
        except (psycopg2.errors.CharacterNotInRepertoire, UnicodeDecodeError):
            raise Unreachable(
                "Reading %s failed: the database holds text that is not UTF-8, which its encoding lets in (SQL_ASCII?): "
                "find what wrote it, and correct that text." % name
            ) from None
        except psycopg2.errors.UntranslatableCharacter:
            raise Unreachable(
                "Reading %s failed: the database's encoding lacks a character of the session or till that was asked for, "
                "so there is none of that name: give the id." % name
            ) from None
        except psycopg2.Error as error:
            raise Unreachable("Reading %s failed: %s." % (name, first_line(error))) from error


def first_line(error: Exception) -> str:
    """The first line of PostgreSQL's own message, without its full stop."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")


def where(parameters: Mapping[str, Any]) -> str:
    """Name the server and database in words, for error messages."""
    database = parameters.get("dbname") or "the default database"
    host = parameters.get("host") or "libpq's default server"
    return "%s on %s" % (database, host)


def connect(options: Mapping[str, Any]) -> Any:
    """Open a connection. Raises BadInput or Unreachable."""
    if PSYCOPG2_ERROR:
        raise BadInput(
            "The Python library psycopg2 is missing where this task runs: install psycopg2 (or psycopg2-binary) for that interpreter."
        )
    parameters = libpq_parameters(options)
    verified = verification(parameters, psycopg2.extensions.libpq_version(), os.environ)
    begun = time.monotonic()
    try:
        connection = psycopg2.connect(**{**parameters, **verified})
    except psycopg2.Error as error:
        # libpq never repeats a password. To look for it here would blank the user 'odoo' for the password 'odoo', and say so.
        reason = " ".join(str(error).split()).rstrip(".?")
        silent = timed_out(parameters["connect_timeout"], time.monotonic() - begun)
        raise (NoAnswer if silent else Unreachable)(
            "Cannot connect to %s: %s. Check login_host, login_port, login_user, the password and login_db.%s"
            % (where(parameters), reason, ADVICE if verified and TLS_TROUBLE.search(reason) else "")
        ) from None
    except UnicodeError:
        # Before the connection stands a server speaks in the encoding of its own messages.
        raise Unreachable(
            "Cannot connect to %s: the server refuses in a language that cannot be read here; its log says why. "
            "Check login_host, login_port, login_user, the password and login_db." % where(parameters)
        ) from None
    except (TypeError, ValueError) as error:
        raise BadInput("connect_params is not what libpq understands: %s." % first_line(error)) from None
    return connection


def timed_out(limit: Any, seconds: float) -> bool:
    """Whether libpq gave up because its connect_timeout was over. By the clock, as its words are in any language.

    It counts whole seconds of the time of day, so it may be one early, and waits for ever with 0 or less.
    """
    with suppress(ValueError):
        return int(limit) > 0 and seconds >= max(0.9, int(limit) - 1)
    return False


@contextmanager
def snapshot(options: Mapping[str, Any], tables: Mapping[str, str] | None = None) -> Iterator[Reader]:
    """One REPEATABLE READ, READ ONLY transaction: all statements see the same moment, none can write. Always closed.

    ``tables``: the columns that the first statement is to look for, by table (Reader.opening["tables"]). Its locks are gone when the
    block ends: a busy server keeps those of a closed connection for a moment, and a reset would find itself at the sessions.
    """
    with Looks(options) as looks, looks.snapshot(tables) as reader:
        yield reader


class Looks:
    """Short transactions as ``snapshot`` makes them, one after the other on one connection: to connect takes longer than to look.

    A connection that broke since the last look is replaced: a look may be tried twice, because it changes nothing. To be used
    as a context manager, which closes it.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._connection: Any = None

    def __enter__(self) -> Looks:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self.close()

    @contextmanager
    def snapshot(self, tables: Mapping[str, str] | None = None) -> Iterator[Reader]:
        """A transaction that sees the store as it is now. Raises as ``snapshot`` does."""
        reader = self._begin(tables)
        try:
            yield reader
        finally:
            self._end()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _begin(self, tables: Mapping[str, str] | None) -> Reader:
        if self._connection is not None:
            try:
                return self._begun(tables)
            except Unreachable:
                self.close()
        self._connection = connect(self._options)
        self._connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        return self._begun(tables)

    def _begun(self, tables: Mapping[str, str] | None) -> Reader:
        reader = Reader(self._connection, limit_of(self._options))
        reader.opening = open_up(reader, opening_parameters(self._options, tables))
        return reader

    def _end(self) -> None:
        try:
            with patience(self._connection, limit_of(self._options), "Ending a transaction"):
                self._connection.rollback()
        except (psycopg2.Error, NoAnswer):
            self.close()


def limit_of(options: Mapping[str, Any]) -> float:
    """Seconds after which nobody waits for a statement any more: PostgreSQL's own limit, and the time that an answer may travel."""
    return float((options.get("statement_timeout") or 30) + (options.get("connect_timeout") or 10))


@contextmanager
def change(options: Mapping[str, Any]) -> Iterator[Reader]:
    """One read-write transaction, committed where the block ends well and rolled back where it raises. Always closed.

    READ COMMITTED, so that an UPDATE judges the rows as they are at that very moment. Raises BadInput on a standby.
    """
    connection = connect(options)
    try:
        connection.set_session(isolation_level="READ COMMITTED", readonly=False, autocommit=False)
        reader = Reader(connection, limit_of(options))
        reader.opening = open_up(reader, opening_parameters(options, None))
        if reader.opening["standby"]:
            raise BadInput("%s is a standby: give login_host of the primary to change it." % reader.opening["database"])
        yield reader
        commit(connection)
    finally:
        connection.close()


def commit(connection: Any) -> None:
    """Raises Unreachable where nobody knows whether it was committed."""
    try:
        connection.commit()
    except psycopg2.Error as error:
        raise Unreachable(
            "PostgreSQL did not confirm the change (%s): run the same task again, it will look first."
            % first_line(error)
        ) from error


def open_up(reader: Reader, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Run the first statement. Raises BadInput for a role that is not there or not ours to take."""
    try:
        opening = reader.rows("opening", OPENING, parameters)[0]
        return {**opening, "tables": columns_by_table(opening["tables"] or "")}
    except Unreachable as error:
        cause = error.__cause__
        if isinstance(cause, (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.InvalidParameterValue)):
            raise BadInput(
                "session_role cannot be taken (%s): name a role that exists and that login_user is a member of."
                % first_line(cause)
            ) from cause
        raise


# Two-part advisory locks: the first part is ours, the second the session's id.
LOCK_SPACE = 0x0D00705


@contextmanager
def alone(options: Mapping[str, Any], number: int) -> Iterator[bool]:
    """Hold the advisory lock of a session, outside any transaction; yields whether nobody else of this collection holds it.

    Raises BadInput or Unreachable.
    """
    connection = connect(options)
    try:
        connection.autocommit = True
        reader, asked = Reader(connection), {"space": LOCK_SPACE, "number": number}
        rows = reader.rows("alone", "SELECT pg_try_advisory_lock(%(space)s, %(number)s) AS held", asked)
        try:
            yield bool(rows[0]["held"])
        finally:
            if rows[0]["held"]:
                # A busy server keeps the lock of a closed connection for a moment, and the next task would be refused.
                with suppress(Unreachable):
                    reader.rows("let_go", "SELECT pg_advisory_unlock(%(space)s, %(number)s)", asked)
    finally:
        connection.close()
