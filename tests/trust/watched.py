# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a piece of code does to the world: the files it writes, the programs it starts, where it connects to.

Python tells an audit hook of each before it happens. What would leave the places that are allowed is noted and does not happen:
a write is refused as on a disk that is read-only, a connection as one to a host that has no address.
"""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import os
import socket
import sys
from unittest import mock

import psycopg2

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Events of files that are changed, and which of their arguments name them.
CHANGES = {"os.mkdir": (0,), "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.link": (1,), "os.symlink": (1,),
           "os.chmod": (0,), "os.chown": (0,), "os.truncate": (0,)}  # fmt: skip
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


@dataclasses.dataclass
class Seen:
    """Files that were written, (program, words) that were started, hosts that were asked for."""

    folder: str
    files: set = dataclasses.field(default_factory=set)
    programs: list = dataclasses.field(default_factory=list)
    hosts: set = dataclasses.field(default_factory=set)


_WATCHING = []


def _hook(event, arguments):
    if not _WATCHING:
        return
    seen = _WATCHING[-1]
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(path, (str, bytes, os.PathLike)) and (flags or 0) & WRITES:
            _written(seen, path)
    elif event in CHANGES:
        for number in CHANGES[event]:
            if isinstance(arguments[number], (str, bytes, os.PathLike)):
                _written(seen, arguments[number])
    elif event in PROGRAMS:
        seen.programs.append((event, arguments))


def _written(seen, path):
    path = os.path.abspath(os.fsdecode(path))
    seen.files.add(path)
    if os.path.commonpath([path, seen.folder]) != seen.folder:
        raise PermissionError(13, "Permission denied (by the test)", path)


def local(host):
    """Whether a host is this machine: nothing, a socket's folder, an address that never leaves it, localhost."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def _resolving(seen, real):
    def getaddrinfo(host, *others, **more):
        text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        seen.hosts.add(text)
        if not local(text):
            text.encode("idna")  # as the real one does first
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known (by the test)")
        return real(host, *others, **more)

    return getaddrinfo


def _connecting(seen, real):
    def connect(dsn=None, **parameters):
        made = psycopg2.extensions.make_dsn(dsn, **parameters)
        asked = psycopg2.extensions.parse_dsn(made)
        for name in ("host", "hostaddr"):
            for host in asked.get(name, "").split(","):
                seen.hosts.add(host)
                if not local(host):
                    raise psycopg2.OperationalError(
                        'could not translate host name "%s" to address (by the test)' % host
                    )
        return real(dsn, **parameters)

    return connect


@contextlib.contextmanager
def watched(folder):
    """Watch this process; yields Seen. Only below ``folder`` may files be written, and nothing but this machine is contacted."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    seen = Seen(os.path.realpath(folder))
    resolving = mock.patch.object(socket, "getaddrinfo", _resolving(seen, socket.getaddrinfo))
    connecting = mock.patch.object(psycopg2, "connect", _connecting(seen, psycopg2.connect))
    with resolving, connecting:
        _WATCHING.append(seen)
        try:
            yield seen
        finally:
            _WATCHING.pop()


_hooked = []
