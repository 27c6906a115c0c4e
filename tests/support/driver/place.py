# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tests run: the virtual environment, the collection's tree, and a home for ansible-test."""

from __future__ import annotations

import ast
import contextlib
import fcntl
import hashlib
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]
BUILD = CHECKOUT / ".build"
COLLECTION = pathlib.Path("ansible_collections", "retailops", "odoo_pos")

# ansible-test fetches a script that brings pip into its virtual environments from a host of its own. Python carries one.
GET_PIP = '''\
"""Stands in for get-pip: the pip that Python carries installs the one that is asked for."""
import os
import subprocess
import sys


def main():
    # A process of its own: ensurepip switches pip's configuration off for the rest of the process that calls it.
    subprocess.check_call([sys.executable, "-m", "ensurepip", "--upgrade"], stdout=subprocess.DEVNULL)
    wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--upgrade"] + wanted, env=dict(os.environ)))


if __name__ == "__main__":
    main()
'''


class Failure(Exception):
    """The tests cannot run here. One sentence: what is wrong, where, what to do."""


def cache():
    """Return the folder that outlives a checkout (a Path): virtual environments and ansible-test's home.

    Below ``XDG_CACHE_HOME`` or ``~/.cache``; below /var/tmp where there is no such folder that can be written to, or where
    its name has characters that cannot stand in the first line of a script.
    """
    home = os.environ.get("HOME")
    for base in (os.environ.get("XDG_CACHE_HOME"), home and os.path.join(home, ".cache"), "/var/tmp/%d" % os.getuid()):
        if base and re.fullmatch(r"/[\w./+@-]{1,60}", base, re.ASCII):
            folder = pathlib.Path(base, "retailops-odoo-pos-tests")
            with contextlib.suppress(OSError):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if folder.stat().st_uid == os.getuid() and os.access(folder, os.W_OK):
                    return folder
    raise Failure("There is no folder for the tests' tools: set XDG_CACHE_HOME to one that can be written to.")


@contextlib.contextmanager
def lock(name):
    """Hold the lock ``name`` of the cache, so that two runs do not build the same thing at once."""
    with open(cache() / (name + ".lock"), "w", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another run that holds %s" % handle.name, flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def virtual_environment():
    """Return the virtual environment with the pinned tools (a Path); made anew when a pin or the Python changes."""
    wanted = (CHECKOUT / "requirements-dev.txt").read_bytes()
    key = hashlib.sha256(wanted + sys.version.encode() + sys.base_prefix.encode()).hexdigest()[:12]
    folder = cache() / ("venv-" + key)
    with lock("venv"):
        if not (folder / "complete").exists():
            started = time.monotonic()
            print("making the virtual environment %s with Python %s" % (folder, sys.version.split()[0]), flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            _must([sys.executable, "-m", "venv", str(folder)], "a virtual environment cannot be made")
            _must(
                [
                    str(folder / "bin/python"),
                    "-m",
                    "pip",
                    "install",
                    "-qq",
                    "--disable-pip-version-check",
                    "-r",
                    str(CHECKOUT / "requirements-dev.txt"),
                ],
                "the tools of requirements-dev.txt cannot be installed",
            )
            (folder / "complete").touch()
            print("made in %.0f s" % (time.monotonic() - started), flush=True)
    link = CHECKOUT / ".venv"
    if link.is_symlink() or not link.exists():
        _link(link, folder)
    return folder


def _must(command, complaint):
    if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode:
        raise Failure(
            "%s; see above what %s said." % (complaint[0].upper() + complaint[1:], pathlib.Path(command[0]).name)
        )


@contextlib.contextmanager
def tree():
    """Yield the collection as ansible-test wants it: a copy under ``ansible_collections/retailops/odoo_pos``.

    Everything that git tracks or could track, uncommitted changes included. It lies in the temporary folder, because
    ansible-test resolves symbolic links, ansible-lint asks the git above it, and the checkout may have any name.
    """
    parent = pathlib.Path(tempfile.mkdtemp(prefix="odoo_pos-"))
    os.chmod(parent, 0o755)
    try:
        target = parent / COLLECTION
        copy(target)
        yield target
    finally:
        if os.environ.get("POS_KEEP_TREE"):
            print("kept %s" % parent)
        else:
            shutil.rmtree(parent, ignore_errors=True)


def copy(target):
    """Copy the checkout's files to ``target``."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
        cwd=CHECKOUT,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Failure("git cannot list the files of %s: %s" % (CHECKOUT, done.stderr.decode().strip()))
    for name in done.stdout.decode().split("\0"):
        if name and os.path.lexists(CHECKOUT / name):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name, follow_symlinks=False)
    # ansible-test hides the environment from the tests: what they need of it goes in a file.
    lines = ["%s=%s\n" % (name, shlex.quote(value)) for name, value in here().items()]
    (target / "tests/support/here.env").write_text("".join(lines), encoding="utf-8")


def here():
    """Return what the tests need to know of this machine and cannot see from a copy: variables and values."""
    known = {"POS_STORES_DIR": os.environ.get("POS_STORES_DIR") or str((CHECKOUT / "../shared/stores").resolve())}
    for name in ("POS_LAB_CACHE", "XDG_CACHE_HOME"):
        if os.environ.get(name):
            known[name] = os.environ[name]
    if "XDG_CACHE_HOME" not in known and os.environ.get("HOME"):
        known["XDG_CACHE_HOME"] = os.path.join(os.environ["HOME"], ".cache")
    return known


def environment(venv):
    """Return the environment in which the tools run: real interpreters first, and a home that is not the user's."""
    home = cache() / "home"
    stands = home / ".ansible/test/cache"
    stands.mkdir(parents=True, exist_ok=True)
    source = next(venv.glob("lib/python3*/site-packages/ansible_test/_internal/python_requirements.py"))
    for version in set(re.findall(r"pip='([\d.]+)'", source.read_text(encoding="utf-8"))):
        (stands / ("get_pip_%s.py" % version.replace(".", "_"))).write_text(GET_PIP, encoding="utf-8")
    _carry_pip_settings(venv, home)
    # ansible-test makes a key for machines that it would start, and two runs at once make it in each other's way.
    # It starts none here: an empty one will do.
    for name in ("id_rsa", "id_rsa.pub"):
        (home / ".ansible/test" / name).touch()
    # A shim answers for every Python that its manager knows, also for those that do not run.
    rest = [
        part for part in os.environ.get("PATH", os.defpath).split(os.pathsep) if "shims" not in pathlib.Path(part).parts
    ]
    return {
        **os.environ,
        **here(),
        "HOME": str(home),
        "PATH": os.pathsep.join([str(venv / "bin"), *_older_python(), *rest]),
        "VIRTUAL_ENV": str(venv),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": "C.UTF-8",
        "XDG_CACHE_HOME": str(home / ".cache"),
    }


def _carry_pip_settings(venv, home):
    """Write the user's pip settings into ``home``: ansible-test passes none of them on."""
    shown = subprocess.run([str(venv / "bin/pip"), "config", "list"], capture_output=True, text=True, check=True).stdout
    found = re.findall(r"^(global|install|user|:env:)\.([\w-]+)=(.+)$", shown, re.MULTILINE)
    settings = {
        name: ast.literal_eval(value) for _where, name, value in sorted(found, key=lambda row: row[0] == ":env:")
    }
    settings["quiet"] = "1"
    target = home / ".config/pip/pip.conf"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("[global]\n" + "".join("%s = %s\n" % pair for pair in settings.items()), encoding="utf-8")
    target.chmod(0o600)


def _older_python():
    """Return a folder with Python 3.9, the oldest that modules may meet, in a list; empty where none runs."""
    choose = [str(CHECKOUT / "tests/support/choose_python"), "9"]
    found = subprocess.run(choose, capture_output=True, text=True, check=False).stdout.strip()
    if not found:
        return []
    folder = cache() / "pythons"
    folder.mkdir(exist_ok=True)
    _link(folder / "python3.9", found)
    return [str(folder)]


def _link(link, target):
    """Make ``link`` point at ``target``, in one step."""
    fresh = link.with_name("%s.%d" % (link.name, os.getpid()))
    fresh.symlink_to(target)
    fresh.replace(link)


def collections_path():
    """Return a folder (a str) where the checkout itself has the name that imports and playbooks expect.

    Good enough for Ansible, which does not mind the symbolic link; ansible-test does, see :func:`tree`.
    """
    link = BUILD / "path" / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        _link(link, CHECKOUT)
    return str(BUILD / "path")
