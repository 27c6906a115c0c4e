# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where a store's Odoo API is."""

from __future__ import annotations


class ModuleDocFragment:
    """Where Odoo answers, and as whom to ask."""

    DOCUMENTATION = r"""
options:
  odoo_url:
    description:
      - Where the store's Odoo answers, for example V(https://store-042.example.com).
      - Credentials inside the URL are refused.
      - Not given, the environment variable E(ODOO_POS_URL) is used. An explicit option wins.
    type: str
  odoo_user:
    description:
      - The login of the Odoo user to work as. Its language should be English, so that Odoo's answers can be recognised.
      - Not given, the environment variable E(ODOO_POS_USER) is used. An explicit option wins.
    type: str
  odoo_password:
    description:
      - The password of O(odoo_user).
      - Not given, the environment variable E(ODOO_POS_PASSWORD) is used. An explicit option wins.
    type: str
  odoo_api_key:
    description:
      - An API key of O(odoo_user). Where the server has JSON-2 (Odoo 19 and newer), the key alone is enough.
      - Not given, the environment variable E(ODOO_POS_API_KEY) is used. An explicit option wins.
    type: str
  odoo_db:
    description:
      - The name of the store's database as Odoo knows it. It must be the very database that O(login_db) names.
      - Not given, the environment variable E(ODOO_POS_DB) is used, and without that O(login_db). An explicit option wins.
    type: str
  odoo_timeout:
    description:
      - Seconds to wait for one answer of Odoo. Closing a session with thousands of orders takes minutes.
      - After this time the database is looked at; a close is never sent a second time while the first may be running. The same task,
        run again, waits this long for a close that Odoo still works on.
      - Odoo's own C(limit_time_real) and a proxy before it have deadlines of their own, which this one does not lengthen.
      - While Odoo works, the controller says every 30 seconds on its error output which session is being closed and for how long; not
        where the work is done on the host.
    type: int
    default: 600
  validate_certs:
    description:
      - Whether the certificate of O(odoo_url) is checked. V(false) gives a warning, and so does an O(odoo_url) elsewhere that
        begins with C(http://).
    type: bool
    default: true
  ca_path:
    description:
      - File with the certificate authorities that may have signed the certificate of O(odoo_url).
    type: path
"""
