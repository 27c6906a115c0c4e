# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say where a store's PostgreSQL database is."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options with the names of C(community.postgresql) 5, and the three deadlines."""

    DOCUMENTATION = r"""
options:
  login_host:
    description:
      - Host name or address of the PostgreSQL server, or the directory of its socket.
      - Not given, libpq decides (E(PGHOST), a service file, its own default).
    type: str
  login_port:
    description:
      - Port of the PostgreSQL server.
      - Not given, libpq decides (E(PGPORT), a service file, its own default).
    type: int
  login_unix_socket:
    description:
      - Directory of the server's Unix socket. Used when O(login_host) is not given.
    type: path
  login_user:
    description:
      - The PostgreSQL role to log in as. For reading, C(SELECT) on the tables of Odoo is all it needs.
      - Not given, libpq decides (E(PGUSER), a service file, the name of the operating system user).
    type: str
  login_password:
    description:
      - The password of O(login_user).
      - Not given, libpq decides (E(PGPASSWORD), E(PGPASSFILE), the password file of the user).
    type: str
  login_db:
    description:
      - The name of the store's database.
      - Not given, libpq decides (E(PGDATABASE), a service file, the name of the role).
    type: str
  ssl_mode:
    description:
      - Whether and how the connection is encrypted, and how the server's certificate is checked.
      - Not given, a service file or E(PGSSLMODE) decides. Where they do not say either, a server that is not this machine is
        verified in full (V(verify-full)); a socket, C(localhost) and loopback addresses are left to libpq (V(prefer)).
      - Only V(verify-ca) and V(verify-full) protect against somebody in the middle.
    type: str
    choices:
      - allow
      - disable
      - prefer
      - require
      - verify-ca
      - verify-full
  ca_cert:
    description:
      - File with the certificate authorities that may have signed the server's certificate (libpq's C(sslrootcert)).
      - Not given, libpq decides (E(PGSSLROOTCERT), C(~/.postgresql/root.crt)). Where there is none, and nobody chose O(ssl_mode),
        the authorities that the system trusts are taken (libpq 16 and newer).
    type: path
  ssl_cert:
    description:
      - File with the client's certificate (libpq's C(sslcert)).
    type: path
  ssl_key:
    description:
      - File with the private key of O(ssl_cert) (libpq's C(sslkey)).
    type: path
  connect_params:
    description:
      - Further libpq connection parameters by their libpq names, such as C(service) or C(target_session_attrs).
      - Credentials are refused here, because they could not be kept out of the output. Use O(login_password).
    type: dict
  session_role:
    description:
      - Role to switch to (C(SET ROLE)) after logging in. O(login_user) must be a member of it.
    type: str
  connect_timeout:
    description:
      - Seconds to wait for the connection.
    type: int
    default: 10
  statement_timeout:
    description:
      - Seconds that one statement may take before PostgreSQL cancels it.
    type: int
    default: 30
  lock_timeout:
    description:
      - Seconds that a statement may wait for a lock before PostgreSQL cancels it.
    type: int
    default: 5
  run_on:
    description:
      - V(controller) does the work in Ansible's own process, V(host) starts a module on the host, V(auto) takes the first
        where the host's connection is local and the controller has psycopg2.
      - The results are the same. Ansible's own process saves starting a Python for every store.
    type: str
    choices: [auto, controller, host]
    default: auto
requirements:
  - psycopg2 on the host that runs the module
notes:
  - An option of a connection that is not given is taken from the variable of its name with C(odoo_pos_) before it, such as
    C(odoo_pos_login_host) or C(odoo_pos_url) for C(odoo_url), so that an inventory sets a store's connection once.
  - Connect to PostgreSQL itself or to a pooler in session mode, because deadlines and O(session_role) do not survive
    transaction pooling.
"""
