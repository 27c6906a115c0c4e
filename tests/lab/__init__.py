# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A laboratory: a real PostgreSQL and a real Odoo with tills that were sold on and then broken."""

from __future__ import annotations
