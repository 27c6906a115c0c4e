# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection ships, as its tree says: names, options, and the pages that describe them."""

from __future__ import annotations

import ast
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).parents[2]
FQCN = "retailops.odoo_pos."
PAGES = sorted(
    [
        ROOT / "README.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/docsite/rst/*.rst"),
        *ROOT.glob("roles/*/README.md"),
    ]
)
# A block of code: its language and its text, in Markdown and in reStructuredText.
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DIRECTIVE = re.compile(r"^\.\. code-block:: (\S+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)


def names(pattern):
    """The stems of the files that match, without private ones (a set)."""
    return {path.stem for path in ROOT.glob(pattern) if not path.stem.startswith("_")}


def roles():
    """Role -> the options of its entry point."""
    found = {}
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]
        found[path.parents[1].name] = spec.get("options", {})
    return found


def role_variables():
    """Every variable of every role (a set)."""
    return {name for options in roles().values() for name in options}


def playbook_variables():
    """The variables that playbooks read and no role has (a set)."""
    text = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("playbooks/*.yml"))
    return set(re.findall(r"\b(pos_\w+) \| default\(", text))


def documentation(path, name):
    """What stands in DOCUMENTATION, EXAMPLES or RETURN of a Python plugin, parsed; None where there is none."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return yaml.safe_load(ast.literal_eval(node.value))
    return None


def module_options(name):
    """The documented options of a module, with those of its fragments (a set)."""
    told = documentation(ROOT / "plugins/modules" / (name + ".py"), "DOCUMENTATION")
    found = set(told.get("options", {}))
    for fragment in told.get("extends_documentation_fragment", []):
        path = ROOT / "plugins/doc_fragments" / (fragment.split(".")[2] + ".py")
        if fragment.startswith(FQCN) and path.exists():
            text = path.read_text(encoding="utf-8").split('DOCUMENTATION = r"""')[1].split('"""')[0]
            found |= set((yaml.safe_load(text) or {}).get("options") or {})
    return found


def blocks(path, *languages):
    """The blocks of code of a page in one of the languages."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return [body for language, body in FENCED.findall(text) if language in languages]
    return [
        re.sub(r"^   ", "", body, flags=re.MULTILINE) for word, body in DIRECTIVE.findall(text) if word in languages
    ]


def commands(path):
    """The commands of a page, each in one line."""
    joined = "\n".join(blocks(path, "", "console", "bash", "shell")).replace("\\\n", " ")
    return [line.removeprefix("$ ").strip() for line in joined.splitlines() if "ansible" in line or " -e " in line]
