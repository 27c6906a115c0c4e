# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as it is shipped: a copy of the tree, the archive that is made of it, and somebody who has installed that."""

from __future__ import annotations

import pytest

from tests.support.driver import place

from . import tools


@pytest.fixture(scope="session")
def tree():
    with place.tree() as made:
        yield made


@pytest.fixture(scope="session")
def archive(tree, tmp_path_factory):
    folder, home = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("builder")
    told = tools.run("ansible-galaxy", "collection", "build", "--output-path", folder, cwd=tree, home=home)
    assert told.returncode == 0, told.stdout
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def newcomer(archive, tmp_path_factory):
    """A home with nothing in it but the collection, installed from the archive."""
    home = tmp_path_factory.mktemp("newcomer")
    told = tools.run("ansible-galaxy", "collection", "install", archive, "--offline", cwd="/", home=home)
    assert told.returncode == 0, told.stdout
    return home
