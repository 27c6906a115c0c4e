# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong, as exceptions whose text is one sentence for a person: what, where, what to do."""

from __future__ import annotations


class PosError(Exception):
    """Root of everything this collection raises on purpose.

    ``message`` is safe to show: no secret, no traceback. ``details`` are plain JSON values for the module's result.
    """

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class BadInput(PosError):
    """An option cannot be what it is; nothing was contacted or nothing was written."""


class Unreachable(PosError):
    """PostgreSQL or Odoo could not be reached or did not let us in."""

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message, reachable=False, **details)


class NoAnswer(Unreachable):
    """Not even a refusal came back: libpq waited as long as it may. Another database of that server would fare no better."""


class NotAStore(PosError):
    """The database is no Odoo, has no Point of Sale, or is of a series that is not supported."""


class NotFound(PosError):
    """No such session or till, or more than one of that name."""


class Refused(PosError):
    """A close or another change that must not be made; ``details`` hold the findings that say why."""


class OdooError(PosError):
    """Odoo itself answered with an error. ``kind`` is Odoo's exception class, such as odoo.exceptions.UserError."""

    def __init__(self, message: str, kind: str = "", **details: object) -> None:
        super().__init__(message, kind=kind, **details)
        self.kind = kind


class AnswerLost(PosError):
    """A call was sent and no whole answer came back: it may or may not have been carried out."""


class NotProven(PosError):
    """A change was carried out, and what was read afterwards does not prove it."""
