# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which stores share a server, however each of them spells it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.retailops.odoo_pos.plugins.module_utils.libpq import libpq_parameters
from ansible_collections.retailops.odoo_pos.plugins.module_utils.tls import local, service_of

HERE, PORT = "localhost", "5432"


def server_of(options: Mapping[str, Any]) -> tuple[str, str]:
    """Host and port as libpq will have them: from the parameters, then the service, then the environment. Raises BadInput.

    A port of this machine is one server, by socket or address: two that share it by their sockets alone share a bound, too.
    A name and its address are two servers, unless ``hostaddr`` says the address: no name is looked up here.
    """
    parameters = libpq_parameters(options)
    service = service_of(parameters, os.environ)

    def given(name: str) -> str:
        return str(parameters.get(name) or service.get(name) or os.environ.get("PG" + name.upper()) or "").strip()

    host = (given("hostaddr") or given("host")).lower()
    if not host and not service and given("service"):
        # Its file is not found here: all that is known of where it leads is its name.
        return "service %s" % given("service"), given("port")
    return HERE if local(host) else host, given("port") or PORT
