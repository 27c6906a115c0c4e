# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""read_tables.py COLLECTION: the tables that docs/least-privilege.md grants are the tables that are read, no more, no fewer."""

from __future__ import annotations

import ast
import pathlib
import re
import sys

collection = pathlib.Path(sys.argv[1])
tree = ast.parse((collection / "plugins/module_utils/schema.py").read_text(encoding="utf-8"))
read = {
    name
    for node in tree.body
    if isinstance(node, ast.Assign) and node.targets[0].id in ("REQUIRED_TABLES", "OPTIONAL_TABLES")
    for name in ast.literal_eval(node.value)
}
page = (collection / "docs/least-privilege.md").read_text(encoding="utf-8")
granted = set(re.findall(r"'(\w+)'", page.split("c.relname IN (")[1].split("GROUP BY")[0]))
if read != granted:
    sys.exit(
        "docs/least-privilege.md grants %s too much and %s too little"
        % (sorted(granted - read), sorted(read - granted))
    )
