# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a search of servers found, as variables, words and plain data for a cache."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ansible.template import trust_as_template

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .discovery import NAME_TAKEN, UNKNOWN, Found, Server, Skipped, Store
from .host_names import SAFE
from .servers import FOR_TASKS, question

Names = Mapping[tuple[str, str], str]


def series_group(store: Store) -> str:
    """'odoo_17' for '17.0'."""
    return "odoo_%s" % store.odoo.partition(".")[0]


def stores_of(found: Sequence[Found]) -> list[Store]:
    return [item for item in found if isinstance(item, Store)]


def skipped_of(found: Sequence[Found]) -> list[Skipped]:
    return [item for item in found if isinstance(item, Skipped)]


def with_names(found: Sequence[Found], names: Names) -> list[Found]:
    """The same, where a store for which there is no host name is skipped."""
    reason = "Every host name for it is another's: rename the database."
    return [
        item
        if isinstance(item, Skipped) or (item.server, item.database) in names
        else Skipped(item.server, item.database, NAME_TAKEN, reason)
        for item in found
    ]


def marked(value: Any) -> Any:
    """A text as Ansible is to take it: what no template can be made of is harmless, anything else stays untrusted for good.

    What is not marked harmless is written as ``{"__ansible_unsafe": ...}`` by ansible-inventory, and is so for who reads that.
    """
    return trust_as_template(value) if isinstance(value, str) and SAFE.fullmatch(value) else value


def variables_of(server: Server, store: Store, python: str) -> dict[str, Any]:
    """The variables of a store's host; never the password."""
    given = {name: server.options[name] for name in FOR_TASKS if name in server.options}
    return {
        "ansible_connection": marked("local"),
        "ansible_python_interpreter": trust_as_template(python),
        **{"odoo_pos_" + name: value for name, value in given.items()},
        "odoo_pos_login_db": marked(store.database),
        "pos_stores_server": marked(store.server),
        "pos_stores_odoo": marked(store.odoo),
        "pos_stores_version": marked(store.version),
    }


def entry_of(item: Skipped) -> dict[str, Any]:
    """An entry of pos_stores_skipped. The database's name is as it is, for who looks for it; the rest may be shown."""
    entry = {**asdict(item), "reason": clean(item.reason)}
    return {name: marked(value) for name, value in entry.items()}


def summary(server: str, found: Sequence[Found]) -> list[str]:
    """What was found on a server: one line, and one for each that was skipped."""
    skipped = skipped_of(found)
    lines = ["%s: %d stores, %d skipped" % (server, len(found) - len(skipped), len(skipped))]
    lines += ["%s: %s skipped: %s" % (server, item.database or "the server", item.reason) for item in skipped]
    return [clean(line) for line in lines]


def missing(server: str, found: Sequence[Found]) -> str:
    """What may be a store and could not be read, in words; empty where there is nothing of the kind."""
    unknown = [item for item in skipped_of(found) if item.code in UNKNOWN]
    if not unknown:
        return ""
    first = unknown[0]
    if first.database is None:
        return clean("The server %s was not searched, its stores are missing: %s" % (server, first.reason))
    return clean(
        "Stores of the server %s may be missing, because %d of its databases could not be read, such as %s: %s "
        "Exclude what is no store; pos_stores_skipped lists all of them."
        % (server, len(unknown), first.database, first.reason)
    )


def record(server: Server, found: Sequence[Found]) -> dict[str, Any]:
    """What the cache keeps of a server, just searched: plain data, no secret."""
    return {
        "at": time.time(),
        "question": question(server),
        "stores": [asdict(store) for store in stores_of(found)],
        "skipped": [asdict(item) for item in skipped_of(found)],
    }


def recalled(records: Mapping[str, Mapping[str, Any]], server: Server, oldest: float) -> list[Found] | None:
    """The reverse of ``record``; None where the cache knows nothing of the server, was asked otherwise, or before ``oldest``.

    Ansible knows the age of all records together, which is that of the server that was searched last.
    """
    kept = records.get(server.name)
    if kept is None or kept["question"] != question(server) or kept["at"] < oldest:
        return None
    return [*(Store(**item) for item in kept["stores"]), *(Skipped(**item) for item in kept["skipped"])]
