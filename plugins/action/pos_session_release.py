# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pos_session_release in the controller; documented in plugins/modules/pos_session_release.py."""

from __future__ import annotations

from ansible_collections.retailops.odoo_pos.plugins.module_utils.release_session import SPEC, release_session
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import PosAction


class ActionModule(PosAction):
    """The action behind pos_session_release."""

    spec, work = SPEC, staticmethod(release_session)
