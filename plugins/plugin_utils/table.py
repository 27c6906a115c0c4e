# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain text for a screen: cleaned, measured, wrapped, in columns. Knows nothing of stores."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

GAP = "  "


def width_of(text: str) -> int:
    """How many cells a terminal needs: wide East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: object, width: int) -> list[str]:
    """Break text into lines of at most ``width`` cells; its own line breaks are kept, other control characters are not."""
    lines: list[str] = []
    for paragraph in str(text).split("\n"):
        line = ""
        for word in clean(paragraph).split():
            for piece in pieces(word, width):
                joined = line + " " + piece if line else piece
                if line and width_of(joined) > width:
                    lines.append(line)
                    joined = piece
                line = joined
        lines.append(line)
    return lines


def pieces(word: str, width: int) -> list[str]:
    """A word that is wider than a line, cut."""
    found, piece = [], ""
    for c in word:
        if piece and width_of(piece + c) > width:
            found.append(piece)
            piece = ""
        piece += c
    return [*found, piece]


def indented(text: object, width: int, indent: str = "  ") -> list[str]:
    """A paragraph below a heading: the first line with a dash, the others under it."""
    lines = wrap(text, width - len(indent) - 2)
    return [indent + ("- " if at == 0 else "  ") + line for at, line in enumerate(lines)]


def table(header: Sequence[str], rows: Iterable[Sequence[object]], width: int, caps: Sequence[int]) -> list[str]:
    """A table of at most ``width`` cells.

    A column with a cap is as wide as its content, up to the cap; the columns whose cap is 0 share what is left, the first
    of them taking five eighths. Rows are separated by an empty line where one of them has more than one line.
    """
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [
        min(cap, max(width_of(clean(line)) for row in [header, *texts] for line in row[at].split("\n"))) if cap else 0
        for at, cap in enumerate(caps)
    ]
    share(widths, width - len(GAP) * (len(caps) - 1))
    wrapped = [[wrap(cell, size) for cell, size in zip(row, widths)] for row in texts]
    tall = any(len(cell) > 1 for row in wrapped for cell in row)
    lines = [join(header, widths), join(["-" * size for size in widths], widths)]
    for at, row in enumerate(wrapped):
        if at and tall:
            lines.append("")
        for depth in range(max(len(cell) for cell in row)):
            lines.append(join([cell[depth] if depth < len(cell) else "" for cell in row], widths))
    return lines


def share(widths: list[int], width: int) -> None:
    """Fill in the columns without a width, in place."""
    free = [at for at, size in enumerate(widths) if not size]
    left = max(width - sum(widths), 12 * len(free))
    for number, at in enumerate(free):
        widths[at] = left if number == len(free) - 1 else left * 5 // 8
        left -= widths[at]


def join(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cell + " " * (size - width_of(cell)) for cell, size in zip(cells, widths)).rstrip()
