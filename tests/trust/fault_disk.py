# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full: a small file system of our own where we may mount one, and a limit on the size of files elsewhere."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess

PAGE = 4096


class CannotMount(Exception):
    """This machine lets us mount nothing (no root, or a container without the right)."""


@contextlib.contextmanager
def small_disk(folder, pages, files=64):
    """``folder`` is a file system of so many pages and files. Raises CannotMount."""
    options = "size=%d,nr_inodes=%d,mode=700" % (pages * PAGE, files)
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
        )
    except FileNotFoundError:
        raise CannotMount("there is no mount") from None
    if done.returncode:
        raise CannotMount(done.stderr.decode().strip())
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def small_files(size):
    """Files of this process may not become larger than that. (Of this process only: PostgreSQL and Odoo have their own.)"""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def filled(folder, leave):
    """Fill the file system of a folder but for so many pages."""
    room = os.statvfs(folder)
    with open(os.path.join(folder, "others"), "wb") as file:
        file.write(b"\0" * max(0, room.f_bavail * room.f_frsize - leave * PAGE))
