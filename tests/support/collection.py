# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the collection importable by its full name in a plain checkout, as ansible-test does in its own tree."""

from __future__ import annotations

import os
import sys

from .driver.place import collections_path


def make_importable():
    """Install Ansible's own loader for ``ansible_collections.retailops.odoo_pos``, where none is installed yet.

    Programs that are started later find the collection by ``ANSIBLE_COLLECTIONS_PATH``, unless that is set already.
    """
    if any(type(finder).__name__ == "_AnsibleCollectionFinder" for finder in sys.meta_path):
        return
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    os.environ.setdefault("ANSIBLE_COLLECTIONS_PATH", collections_path())
    _AnsibleCollectionFinder(paths=[collections_path()])._install()
