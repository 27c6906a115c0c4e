# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""python3 -m tests.lab: start a laboratory, clone its databases, record what its Odoo answers, stop it."""

from __future__ import annotations

import argparse
import json
import sys

from .place import LabError, cache


def _series(text):
    number = text.split(".")[0]
    if not number.isdigit():
        raise argparse.ArgumentTypeError("a series is 19 or 14")
    return int(number)


def _arguments():
    parser = argparse.ArgumentParser(
        prog="python3 -m tests.lab", description="A real Odoo with broken tills, without root."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("up", "start it (made when missing)"),
        ("info", "what is needed to use it, as JSON"),
        ("truth", "record what this Odoo answers to every close"),
        ("tills", "the tills and what is wrong"),
    ):
        commands.add_parser(name, help=words).add_argument("series", type=_series)
    commands.add_parser("down", help="stop it").add_argument("series", type=_series, nargs="?")
    commands.add_parser("status", help="which laboratories run")
    clone = commands.add_parser("clone", help="a fresh copy of a database, served by the running Odoo")
    clone.add_argument("series", type=_series)
    clone.add_argument("name")
    clone.add_argument("--from", dest="source", default="broken", help="broken, template, or a database's name")
    commands.add_parser("coverage", help="write COVERAGE.md from coverage.json and the tills")
    return parser.parse_args()


def _info(series):
    path = cache() / ("lab-%d.json" % series)
    if not path.exists():
        raise LabError("The laboratory of Odoo %d is not up: python3 -m tests.lab up %d." % (series, series))
    return json.loads(path.read_text(encoding="utf-8"))


def main():
    """Do what the command line asks; LabError says why it cannot."""
    asked = _arguments()
    # Imported late: a machine that cannot have Odoo must still be able to say so.
    from .lab import BROKEN, TEMPLATE, Lab

    if asked.command == "coverage":
        from .coverage import write

        write()
    elif asked.command == "up":
        from .build import Build

        print(json.dumps(Lab(asked.series).up(Build(asked.series)), indent=1))
    elif asked.command == "tills":
        from .build import catalogue

        for till in catalogue(asked.series):
            print(
                "%-24s %s\n%24s %s"
                % (till.key, ", ".join(till.shows(asked.series)) or "(nothing wrong)", "", till.says)
            )
    elif asked.command == "info":
        print(json.dumps(_info(asked.series), indent=1))
    elif asked.command == "status":
        for path in sorted(cache().glob("lab-[0-9]*.json")):
            lab = Lab(_info(int(path.stem[4:]))["series"])
            print("Odoo %d: %s" % (lab.number, lab.url if lab.running() else "not running"))
    elif asked.command == "down":
        for path in sorted(cache().glob("lab-[0-9]*.json")):
            if asked.series in (None, int(path.stem[4:])):
                Lab(int(path.stem[4:])).down()
    elif asked.command == "clone":
        _info(asked.series)
        print(
            Lab(asked.series).clone(
                asked.name, {"broken": BROKEN, "template": TEMPLATE}.get(asked.source, asked.source)
            )
        )
    elif asked.command == "truth":
        _info(asked.series)
        from .truth import record

        record(Lab(asked.series))


if __name__ == "__main__":
    try:
        main()
    except LabError as error:
        print("tests.lab: %s" % error, file=sys.stderr)
        sys.exit(error.exit_code)
