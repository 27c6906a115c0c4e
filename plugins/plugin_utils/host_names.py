# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of inventory hosts for databases: safe in --limit, in patterns and as file names, and never one for two databases."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence

# No pattern, range, option, path or template can be written with these.
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


def digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:length]


def readable(database: str) -> str:
    """What may stay of a name; 'store' where nothing may."""
    return UNSAFE.sub("_", database).strip("_.-") or "store"


def short(_server: str, database: str) -> str:
    """The database's own name where it is safe, else what may stay of it and eight digits of its hash."""
    return database if SAFE.fullmatch(database) else "%s-%s" % (readable(database), digest(database, 8))


def with_server(server: str, database: str) -> str:
    return "%s.%s" % (short(server, database), server)


def unmistakable(server: str, database: str) -> str:
    """For names that somebody made to look like another's."""
    return "%s-%s" % (readable(database), digest("%s/%s" % (server, database), 16))


FORMS = (short, with_server, unmistakable)


def host_names(
    databases: Sequence[tuple[str, str]], taken: Collection[str], server_in_name: bool = False
) -> dict[tuple[str, str], str]:
    """Map (server, database) to a host name.

    All databases that share a name, or whose name is ``taken``, go to the next form together: which comes first decides
    nothing. With ``server_in_name`` every name carries its server. A database for which no name is left is left out.
    """
    form = dict.fromkeys(databases, 1 if server_in_name else 0)
    while True:
        names = {key: FORMS[number](*key) for key, number in form.items()}
        count = Counter(names.values())
        clashing = {key for key, name in names.items() if count[name] > 1 or name in taken}
        again = [key for key in clashing if form[key] + 1 < len(FORMS)]
        if not again:
            return {key: name for key, name in names.items() if key not in clashing}
        for key in again:
            form[key] += 1
