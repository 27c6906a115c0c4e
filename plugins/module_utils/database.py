# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PostgreSQL: connecting, one read-only snapshot, deadlines. psycopg2 is imported nowhere else."""

from __future__ import annotations

import functools
import os
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .errors import BadInput, Unreachable
from .tls import ADVICE, verification

try:
    import psycopg2
    import psycopg2.errors
    import psycopg2.extensions

    PSYCOPG2_ERROR = None
except ImportError:
    PSYCOPG2_ERROR = traceback.format_exc()

# A name and what libpq calls it. What is not given is left to libpq (PGHOST, service files and so on).
LIBPQ_NAMES = {
    "login_host": "host",
    "login_port": "port",
    "login_user": "user",
    "login_password": "password",
    "login_db": "dbname",
    "ssl_mode": "sslmode",
    "ca_cert": "sslrootcert",
    "ssl_cert": "sslcert",
    "ssl_key": "sslkey",
}
SECRET_NAMES = re.compile(r"pass|secret|scram", re.IGNORECASE)
SECRET_VALUES = re.compile(r"://[^/@\s]*@|:[^/@\s]+@|pass\w*\s*=", re.IGNORECASE)
TLS_TROUBLE = re.compile(r"SSL|certificate", re.IGNORECASE)
# psycopg2's own arguments: no connection parameters, and they would change what a connection is.
NOT_LIBPQ = ("dsn", "connection_factory", "cursor_factory", "async", "async_")


def carries_secret(value: Any) -> bool:
    """Whether an option that is shown holds credentials: in a URL, in a connection string, or under a name such as password."""
    if isinstance(value, Mapping):
        return any(SECRET_NAMES.search(str(name)) or SECRET_VALUES.search(str(inner)) for name, inner in value.items())
    return SECRET_VALUES.search(str(value)) is not None


def libpq_parameters(options: Mapping[str, Any]) -> dict[str, Any]:
    """Turn connection options (community.postgresql 5 names) into libpq keywords.

    Raises BadInput for credentials where they would be shown: in a URL or in ``connect_params``.
    """
    parameters = {LIBPQ_NAMES[name]: options[name] for name in LIBPQ_NAMES if options.get(name) not in (None, "")}
    if options.get("login_unix_socket") and options.get("login_host") in (None, "", "localhost"):
        parameters["host"] = options["login_unix_socket"]
    for name in ("host", "dbname"):
        given = str(parameters.get(name, ""))
        # A host may begin with @: that is a socket in the abstract namespace.
        if "://" in given or "=" in given or (name == "host" and "@" in given[1:]):
            raise BadInput(
                "%s must be a plain name, not a connection string: give host, port, user and password as options of their own."
                % {"host": "login_host", "dbname": "login_db"}[name]
            )
    extra = dict(options.get("connect_params") or {})
    for name, value in extra.items():
        if carries_secret({name: value}):
            raise BadInput(
                "connect_params must not carry credentials (%s): use login_password, or PGPASSWORD or PGPASSFILE in the environment."
                % name
            )
        if name in NOT_LIBPQ:
            raise BadInput("connect_params.%s is no connection parameter of libpq: leave it out." % name)
        if name == "dbname" and ("://" in str(value) or "=" in str(value)):
            raise BadInput("connect_params.%s must be a plain database name, not a connection string." % name)
        if name == "host" and "@" in str(value)[1:]:
            raise BadInput("connect_params.%s must be a plain host name, not a connection string." % name)
    parameters["connect_timeout"] = options.get("connect_timeout") or 10
    parameters["application_name"] = "retailops.odoo_pos"
    # Whatever the database is kept in: Odoo writes UTF-8, also into one of SQL_ASCII, whose client would speak ASCII otherwise.
    parameters["client_encoding"] = "UTF8"
    parameters.update(extra)
    return parameters


@dataclass
class Reader:
    """One open snapshot. ``opening`` says where we are; ``statements`` names what was sent."""

    connection: Any
    opening: dict[str, Any] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def rows(self, name: str, text: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run one statement and return its rows as dicts. Raises Unreachable, with the table to grant where that is the reason."""
        self.statements.append(name)
        try:
            with self.connection.cursor() as cursor:
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
    try:
        connection = psycopg2.connect(**{**parameters, **verified})
    except psycopg2.Error as error:
        # libpq never repeats a password. To look for it here would blank the user 'odoo' for the password 'odoo', and say so.
        reason = " ".join(str(error).split()).rstrip(".?")
        raise Unreachable(
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


# The number of a type that PostgreSQL has built in never changes.
JSONB = {"3802": "jsonb"}

# Sets the deadlines and the role for the rest of the transaction and says where we are, in one round trip. They are set
# by a statement because a connection pooler may refuse them in the start-up packet. Compiling a statement (jit) costs more
# than it saves on statements that read a few thousand rows, and so does weighing many plans: ours are written in the order
# that serves, and look rows up by an index. The tables come as one text, a line each: PostgreSQL takes half as long for it as for JSON.
OPENING = """
SELECT set_config('statement_timeout', %(statement_timeout)s, true),
       set_config('lock_timeout', %(lock_timeout)s, true),
       set_config('jit', 'off', true),
       set_config('join_collapse_limit', '3', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       set_config('role', coalesce(%(session_role)s, current_setting('role')), true),
       current_database() AS database,
       pg_is_in_recovery() AS standby,
       clock_timestamp() AS read_at,
       (SELECT string_agg(c.relname || (SELECT string_agg(E'\\t' || a.atttypid || ' ' || a.attname, '')
                                          FROM pg_catalog.pg_attribute a
                                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), E'\\n')
          FROM pg_catalog.pg_class c
         WHERE c.relname = ANY(%(tables)s) AND c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace('public')) AS tables
"""


@contextmanager
def snapshot(options: Mapping[str, Any], tables: Sequence[str]) -> Iterator[Reader]:
    """One REPEATABLE READ, READ ONLY transaction: all statements see the same moment, none can write. Always closed.

    ``tables`` are those whose columns the first statement is to list (Reader.opening["tables"]).
    """
    connection = connect(options)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        reader = Reader(connection)
        reader.opening = open_up(reader, opening_parameters(options, tables))
        yield reader
    finally:
        connection.close()


@contextmanager
def change(options: Mapping[str, Any]) -> Iterator[Reader]:
    """One read-write transaction, committed where the block ends well and rolled back where it raises. Always closed.

    READ COMMITTED, so that an UPDATE judges the rows as they are at that very moment. Raises BadInput on a standby.
    """
    connection = connect(options)
    try:
        connection.set_session(isolation_level="READ COMMITTED", readonly=False, autocommit=False)
        reader = Reader(connection)
        reader.opening = open_up(reader, opening_parameters(options, ()))
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


@functools.lru_cache(maxsize=32)
def columns_by_table(text: str) -> Mapping[str, Mapping[str, str]]:
    """The tables that OPENING found: table -> column -> 'jsonb', or PostgreSQL's number of any other type.

    Stores of one series have the same text, and a fleet has hundreds of them.
    """
    tables = {}
    for line in text.split("\n") if text else []:
        table, *columns = line.split("\t")
        tables[table] = {name: JSONB.get(number, number) for number, _, name in (c.partition(" ") for c in columns)}
    return tables


def opening_parameters(options: Mapping[str, Any], tables: Sequence[str]) -> dict[str, Any]:
    return {
        "statement_timeout": "%ds" % (options.get("statement_timeout") or 30),
        "lock_timeout": "%ds" % (options.get("lock_timeout") or 5),
        "session_role": options.get("session_role") or None,
        "tables": list(tables),
    }


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
        asked = {"space": LOCK_SPACE, "number": number}
        rows = Reader(connection).rows("alone", "SELECT pg_try_advisory_lock(%(space)s, %(number)s) AS held", asked)
        yield bool(rows[0]["held"])
    finally:
        connection.close()
