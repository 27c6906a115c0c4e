# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection options as libpq takes them, and what is refused because it would be shown. Knows no psycopg2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .errors import BadInput

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
