# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a connection to PostgreSQL is verified when nobody says so: fully, unless it stays on this machine.

libpq's own default, ``prefer``, takes any certificate and goes without one where somebody in the middle wants it so.
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import os
from collections.abc import Mapping
from typing import Any

VERIFIED = "verify-full"
# From libpq 16 on this word stands for the authorities that the system trusts.
SYSTEM, KNOWS_SYSTEM = "system", 160000
# Where Debian's libpq looks for services when no variable says so.
SERVICE_FILES = ("/etc/postgresql-common/pg_service.conf",)
ADVICE = (
    " What is not on this machine is verified by default: give ca_cert with the authority that signed the server's certificate, "
    "or choose another ssl_mode."
)


def local(host: str) -> bool:
    """Whether a host is this machine: the default socket, a socket's folder, a loopback address, localhost."""
    if not host or host.startswith(("/", "@")) or host.lower() == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def verification(parameters: Mapping[str, Any], libpq: int, environment: Mapping[str, str]) -> dict[str, str]:
    """What to add to libpq's parameters, so that a server elsewhere is verified; nothing where somebody chose otherwise.

    libpq: its version as a number. A parameter wins over a service, and a service over the environment.
    """
    service = service_of(parameters, environment)
    # A service whose file is not found here may lead anywhere.
    unseen = bool(parameters.get("service") or environment.get("PGSERVICE")) and not service

    def chosen(name: str, variable: str) -> str:
        return str(parameters.get(name) or service.get(name) or environment.get(variable) or "")

    if chosen("sslmode", "PGSSLMODE"):
        return {}
    place = chosen("hostaddr", "PGHOSTADDR") or chosen("host", "PGHOST")
    if all(local(host.strip()) for host in place.split(",")) and (place or not unseen):
        return {}
    added = {"sslmode": VERIFIED}
    home = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".postgresql", "root.crt")
    if not chosen("sslrootcert", "PGSSLROOTCERT") and not os.path.exists(home) and libpq >= KNOWS_SYSTEM:
        added["sslrootcert"] = SYSTEM
    return added


def service_of(parameters: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """What the service that is asked for says, as far as its file can be found; else nothing."""
    name = str(parameters.get("service") or environment.get("PGSERVICE") or "")
    if not name:
        return {}
    own = environment.get("PGSERVICEFILE") or os.path.join(os.path.expanduser("~"), ".pg_service.conf")
    folder = environment.get("PGSYSCONFDIR")
    others = (os.path.join(folder, "pg_service.conf"),) if folder else SERVICE_FILES
    for path in (own, *others):
        with contextlib.suppress(OSError, UnicodeError):
            found = services(path, os.stat(path).st_mtime_ns).get(name)
            if found:
                return dict(found)
    return {}


@functools.lru_cache(maxsize=8)
def services(path: str, _changed: int) -> Mapping[str, Mapping[str, str]]:
    """The services of a file, as libpq reads them: ``[name]``, then ``keyword=value``, ``#`` before a comment.

    Read once: a file may have a service for each of the stores of a fleet. Raises OSError or UnicodeError.
    """
    with open(path, encoding="utf-8") as lines:
        text = lines.read()
    found: dict[str, dict[str, str]] = {}
    inside: dict[str, str] = {}
    for line in (raw.strip() for raw in text.split("\n")):
        if line.startswith("["):
            inside = found.setdefault(line[1:].partition("]")[0], {})
        elif "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            inside.setdefault(key.strip(), value.strip())
    return found
