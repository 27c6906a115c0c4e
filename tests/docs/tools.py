# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual environment with what looks at the documentation and at the archive, beside the one of the tests."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from tests.support.driver import place

WANTED = pathlib.Path(__file__).parent / "requirements.txt"


def environment():
    """Return the tools' virtual environment (a Path), made anew when a pin or the Python changes."""
    key = hashlib.sha256(WANTED.read_bytes() + sys.version.encode() + sys.base_prefix.encode()).hexdigest()[:12]
    folder = place.cache() / ("docs-" + key)
    with place.lock("docs"):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            install = [
                folder / "bin/python",
                "-m",
                "pip",
                "install",
                "-qq",
                "--disable-pip-version-check",
                "-r",
                WANTED,
            ]
            subprocess.run([str(word) for word in install], check=True)
            (folder / "complete").touch()
    return folder


def run(*command, cwd, home, **variables):
    """Run one of the tools as somebody whose home is empty; return what subprocess.run returns, output in one text."""
    bin_folder = environment() / "bin"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PG", "ODOO_", "XDG_"))
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={
            **kept,
            "HOME": str(home),
            "PATH": "%s:%s" % (bin_folder, os.environ.get("PATH", os.defpath)),
            "VIRTUAL_ENV": str(bin_folder.parent),
            "LC_ALL": "C.UTF-8",
            **variables,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=600,
        check=False,
    )
