# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets a plain ``pytest`` find the collection in a checkout; under ansible-test it is found already."""

from __future__ import annotations

import os
import pathlib
import shlex
import sys
import tempfile

CHECKOUT = pathlib.Path(__file__).resolve().parents[1]


def _know_this_machine():
    """ansible-test hides the environment; the driver of the tests left what they need in a file."""
    known = CHECKOUT / "tests" / "support" / "here.env"
    lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
    for line in lines:
        name, _equals, value = line.partition("=")
        os.environ.setdefault(name, "".join(shlex.split(value)))
    os.environ.setdefault("POS_STORES_DIR", str(CHECKOUT.parent / "shared" / "stores"))


_know_this_machine()
# What the tests change must not stand in the trail of whoever runs them.
_FOLDER = tempfile.TemporaryDirectory(prefix="pos-trail-")
os.environ.setdefault("ODOO_POS_TRAIL", os.path.join(_FOLDER.name, "trail.jsonl"))
# Under ansible-test there is no package `tests` to import from, and no need.
if not any(type(finder).__name__ == "_AnsibleCollectionFinder" for finder in sys.meta_path):
    from tests.support.collection import make_importable

    make_importable()
