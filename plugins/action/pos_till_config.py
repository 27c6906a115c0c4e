# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pos_till_config in the controller; documented in plugins/modules/pos_till_config.py."""

from __future__ import annotations

from ansible_collections.retailops.odoo_pos.plugins.module_utils.till_config import SPEC, configure_till
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.direct import PosAction


class ActionModule(PosAction):
    """The action behind pos_till_config."""

    spec, work = SPEC, staticmethod(configure_till)
