# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which PostgreSQL servers carry stores."""

from __future__ import annotations


class ModuleDocFragment:
    """A list of servers, with the connection options of C(community.postgresql) 5."""

    DOCUMENTATION = r"""
options:
  servers:
    description:
      - The servers, at least one.
      - What an entry does not say is what O(defaults) says, and else what libpq decides (E(PGHOST), E(PGPASSFILE), a service
        file, its own default).
      - Templates are evaluated, so that a password can come from the environment or another lookup. Vaulted values work, too.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - The server's name in groups and host names. It may have letters, digits, dots, dashes and underscores.
        type: str
        required: true
      service:
        description: A service of libpq's service file (C(pg_service.conf)) that says where the server is.
        type: str
      login_host:
        description: Host name or address of the server, or the directory of its socket.
        type: str
      login_port:
        description: Port of the server.
        type: int
      login_unix_socket:
        description: Directory of the server's Unix socket. Used when O(servers[].login_host) is not given.
        type: path
      login_user:
        description: The PostgreSQL role to log in as.
        type: str
      login_password:
        description:
          - The password of O(servers[].login_user), for the search alone. It reaches neither host variables nor the cache.
          - Tasks get theirs from E(PGPASSWORD), from libpq's password file (E(PGPASSFILE)), or from C(odoo_pos_login_password)
            in a vault among the group variables.
        type: str
      login_db:
        description: The database that is asked for the list of all databases. By default V(postgres).
        type: str
      ssl_mode:
        description:
          - Whether and how the connection is encrypted, and how the server's certificate is checked.
          - Not given, a server that is not this machine is verified in full, unless a service file or E(PGSSLMODE) says otherwise.
        type: str
        choices: [allow, disable, prefer, require, verify-ca, verify-full]
      ca_cert:
        description: File with the certificate authorities that may have signed the server's certificate.
        type: path
      ssl_cert:
        description: File with the client's certificate.
        type: path
      ssl_key:
        description: File with the private key of O(servers[].ssl_cert).
        type: path
      connect_params:
        description:
          - Further libpq connection parameters by their libpq names. Credentials are refused here, because tasks get them, too.
        type: dict
      session_role:
        description: Role to switch to (C(SET ROLE)) after logging in.
        type: str
      connect_timeout:
        description: Seconds to wait for a connection during the search. By default 10.
        type: int
      statement_timeout:
        description: Seconds that one statement of the search may take. By default 30.
        type: int
      lock_timeout:
        description: Seconds that a statement of the search may wait for a lock. By default 5.
        type: int
      include:
        description: As O(include), for this server.
        type: list
        elements: str
      exclude:
        description: As O(exclude), for this server.
        type: list
        elements: str
      connections:
        description: As O(connections), for this server.
        type: int
      deadline:
        description: As O(deadline), for this server.
        type: int
  defaults:
    description:
      - What entries of O(servers) do not say themselves. Takes the same options, apart from the name.
    type: dict
    default: {}
requirements:
  - psycopg2 for the Python that runs Ansible
"""
