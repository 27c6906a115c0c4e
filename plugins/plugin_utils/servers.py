# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers of an inventory file: checked, and what their stores hand on to tasks."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.retailops.odoo_pos.plugins.module_utils.arguments import DATABASE
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import BadInput, PosError
from ansible_collections.retailops.odoo_pos.plugins.module_utils.libpq import libpq_parameters

from .discovery import Server

# How to connect, but neither the password nor the database: what a task needs as well.
FOR_TASKS = (
    "login_host",
    "login_port",
    "login_unix_socket",
    "login_user",
    "ssl_mode",
    "ca_cert",
    "ssl_cert",
    "ssl_key",
    "connect_params",
    "session_role",
)
TIMEOUTS = ("connect_timeout", "statement_timeout", "lock_timeout")
CONNECTION = (*FOR_TASKS, "login_password", "login_db", *TIMEOUTS)
# What a server may say for itself, and the file for all of them.
SEARCH: dict[str, dict[str, Any]] = {
    "include": {"type": "list", "elements": "str"},
    "exclude": {"type": "list", "elements": "str"},
    "connections": {"type": "int"},
    "deadline": {"type": "int"},
}
# Without defaults: what an entry does not say, the file says.
DEFAULTS: dict[str, dict[str, Any]] = {
    **{name: {k: v for k, v in DATABASE.options[name].items() if k != "default"} for name in CONNECTION},
    "service": {"type": "str"},
    **SEARCH,
}
ENTRY = {"name": {"type": "str", "required": True}, **DEFAULTS}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# What libpq takes from the environment where an option is not given decides which server it is.
LIBPQ_PLACE = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE", "PGSERVICEFILE")
# Counts up when what the cache keeps changes its shape.
SHAPE = 2


def group_of(server: str) -> str:
    """The name of a server's group."""
    return "server_%s" % re.sub(r"\W", "_", server, flags=re.ASCII)


def read_servers(entries: Any, defaults: Any, search: Mapping[str, Any]) -> list[Server]:
    """Make servers of the entries.

    ``defaults`` is what the entries do not say, ``search`` what is for the whole file (the options of SEARCH). Raises BadInput.
    """
    if not isinstance(entries, Sequence) or isinstance(entries, (str, bytes)) or not entries:
        raise BadInput("servers must be a list of at least one server: give each a name, and how to connect to it.")
    shared = {name: DATABASE.options[name]["default"] for name in TIMEOUTS}
    shared.update(login_db="postgres", **search)
    shared.update(checked(DEFAULTS, defaults or {}, "defaults"))
    servers: dict[str, Server] = {}
    for number, entry in enumerate(entries, 1):
        where = "Entry %d of servers" % number
        server = read_server({**shared, **checked(ENTRY, entry, where)}, where)
        twin = servers.setdefault(group_of(server.name), server)
        if twin is not server:
            raise BadInput(
                "%s: the name %s makes the same group as %s: every server needs a name and a group of its own."
                % (where, server.name, twin.name)
            )
    return list(servers.values())


def checked(spec: Mapping[str, Any], given: Any, where: str) -> dict[str, Any]:
    """What is given, in the types of the spec. Raises BadInput for what is not in it."""
    if not isinstance(given, Mapping):
        raise BadInput("%s must be a mapping of options." % where)
    unknown = [str(name) for name in given if name not in spec]
    if unknown:
        raise BadInput(
            "%s: there is no option %s: there are %s." % (where, ", ".join(unknown), ", ".join(sorted(spec)))
        )
    result = ArgumentSpecValidator(dict(spec)).validate(dict(given))
    if result.error_messages:
        raise BadInput("%s: %s." % (where, "; ".join(result.error_messages).rstrip(".")))
    return {name: value for name, value in result.validated_parameters.items() if value not in (None, "")}


def read_server(options: Mapping[str, Any], where: str) -> Server:
    """One server. Raises BadInput."""
    name = options["name"]
    if not NAME.fullmatch(name):
        raise BadInput(
            "%s: the name of a server may have letters, digits, dots, dashes and underscores only, and begins with a letter "
            "or a digit." % where
        )
    connection = {option: options[option] for option in CONNECTION if option in options}
    if "service" in options:
        connection["connect_params"] = {**options.get("connect_params", {}), "service": options["service"]}
    for limit in ("connections", "deadline"):
        if options[limit] < 1:
            raise BadInput("The server %s: %s must be 1 or more." % (name, limit))
    include, exclude = tuple(options["include"]), tuple(options["exclude"])
    try:
        libpq_parameters(connection)
        wanted = chooser(include, exclude)
    except PosError as error:
        raise BadInput("The server %s: %s" % (name, error.message)) from None
    return Server(name, connection, wanted, include, exclude, options["connections"], options["deadline"])


def chooser(include: Sequence[str], exclude: Sequence[str]) -> Callable[[str], bool]:
    """Whether a database's name matches a pattern to include and none to exclude. Raises BadInput for a wrong expression."""
    included, excluded = [matcher(p) for p in include], [matcher(p) for p in exclude]
    return lambda name: any(m(name) for m in included) and not any(m(name) for m in excluded)


def matcher(pattern: str) -> Callable[[str], Any]:
    """A pattern as in Ansible's own host patterns: a glob, or with a leading ~ a regular expression for the beginning."""
    text = pattern[1:] if pattern.startswith("~") else fnmatch.translate(pattern)
    try:
        return re.compile(text).match
    except re.error as error:
        raise BadInput("The pattern %s is no regular expression: %s." % (pattern, error)) from None


def question(server: Server) -> str:
    """A hash of what decides the answer of a search, without secrets: the cached answer to another question is none."""
    asked = {name: value for name, value in server.options.items() if name not in ("login_password", *TIMEOUTS)}
    place = {name: os.environ.get(name) for name in LIBPQ_PLACE}
    text = json.dumps([SHAPE, asked, server.include, server.exclude, place], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
