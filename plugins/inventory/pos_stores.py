# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: pos_stores
short_description: The stores of PostgreSQL servers as hosts
description:
  - Looks at the databases of one or many PostgreSQL servers and makes every Odoo database with Point of Sale an inventory host.
  - The name of the file must end in C(pos_stores.yml) or C(pos_stores.yaml).
  - Servers are searched side by side, each with a bounded number of connections and a deadline. A server that cannot be
    reached, a database that hangs or is broken, and a database that is no store never stop the rest.
  - Every host is ready for the modules and roles of this collection. It gets C(ansible_connection=local),
    C(ansible_python_interpreter), C(odoo_pos_login_db), and C(odoo_pos_login_host), C(odoo_pos_login_port) and so on as far as
    the server has them. C(pos_stores_server), C(pos_stores_odoo) (such as V(17.0)) and C(pos_stores_version) (of the module
    point_of_sale) serve grouping.
  - All hosts are in the group C(pos_stores), in C(server_<name>), and in C(odoo_<series>) such as C(odoo_17).
  - What did not become a host is listed in C(pos_stores_skipped), a variable of the group C(all). Its entries have C(server),
    C(database) (null for the server itself), C(code) and C(reason). The codes C(template), C(closed), C(no_odoo), C(no_pos) and
    C(unknown_series) are answers. C(unreadable), C(bad_name), C(unreachable), C(late) and C(name_taken) mean that there may be
    a store that is missing; only these give a warning. Databases that the patterns leave out are not listed.
author:
  - RetailOps (@retailops)
extends_documentation_fragment:
  - retailops.odoo_pos.servers
  - constructed
  - inventory_cache
options:
  plugin:
    description: The full name of this plugin.
    type: str
    required: true
    choices:
      - retailops.odoo_pos.pos_stores
  include:
    description:
      - Patterns of database names. A database must match one of them.
      - A pattern is a glob such as V(store_*), or behind a V(~) a regular expression that must match from the beginning, as in
        Ansible's host patterns.
    type: list
    elements: str
    default: ['*']
  exclude:
    description:
      - Patterns of database names, as in O(include). A database that matches one of them is left alone and not listed.
    type: list
    elements: str
    default: []
  connections:
    description:
      - How many connections to a server may be open at once.
    type: int
    default: 8
  deadline:
    description:
      - Seconds that the search of a server may take. What has not answered by then is skipped as C(late).
    type: int
    default: 60
  server_in_name:
    description:
      - Whether every host name carries its server, as in C(store_042.east).
      - Otherwise a host name is the database's name, and only databases of the same name on several servers carry their
        servers, all of them.
      - Where servers share names for good, such as one server a country with the same store numbers, use V(true), so that no
        host name depends on which servers were up.
    type: bool
    default: false
  python_interpreter:
    description:
      - The Python in which modules run for the stores. It needs psycopg2.
      - By default the Python that runs Ansible.
    type: path
  strict_servers:
    description:
      - Whether the inventory is an error when a store may be missing, because a server or a database could not be read.
      - Otherwise that is a warning. Ansible goes on after an error of an inventory, too, unless
        E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED) is set.
    type: bool
    default: false
notes:
  - A database whose name is not made of letters, digits, underscores, dots and dashes gets a host name of what may stay of it
    and a hash. The name itself is in C(odoo_pos_login_db) and is never evaluated as a template.
  - The cache keeps what was found, by server, and no secret. A server that did not answer in full is not cached. A change of
    a server's options or patterns makes its entry void, and each entry has an age of its own.
  - The state of sessions is not part of the inventory, because it would be out of date under the cache.
seealso:
  - module: retailops.odoo_pos.pos_session_facts
"""

EXAMPLES = r"""
# stores.pos_stores.yml
# One server; libpq decides what is not given (PGPASSWORD, PGPASSFILE and so on).
plugin: retailops.odoo_pos.pos_stores
servers:
  - name: main
    login_host: db.example.com
    login_user: pos_reader

---
# Many servers, with options that they share.
plugin: retailops.odoo_pos.pos_stores
defaults:
  login_user: pos_reader
  ssl_mode: verify-full
servers:
  - name: east
    login_host: db-east.example.com
    login_password: "{{ lookup('ansible.builtin.env', 'EAST_PASSWORD') }}"
  - name: west
    service: pos_west
    connections: 4
include:
  - store_*
exclude:
  - "*_test"
  - ~store_9\d\d$
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/pos_stores
compose:
  odoo_pos_url: "'https://' ~ inventory_hostname ~ '.example.com'"
keyed_groups:
  - key: odoo_pos_login_db | regex_search('^[a-z]+')
    prefix: brand
"""

import sys
import time
from collections.abc import Mapping
from typing import Any

from ansible.constants import LOCALHOST
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.retailops.odoo_pos.plugins.module_utils.database import PSYCOPG2_ERROR
from ansible_collections.retailops.odoo_pos.plugins.module_utils.errors import PosError
from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils import found as what
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.discovery import Found, Server, discover
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_names import host_names
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.servers import SEARCH, group_of, read_servers

ENDINGS = ("pos_stores.yml", "pos_stores.yaml")
ALL_STORES = "pos_stores"
SKIPPED = "pos_stores_skipped"
MARK = "pos_stores_server"
# Hosts that have one of these are stores already, of another file of ours or of somebody's own: two would become one.
OTHERS = (MARK, "odoo_pos_login_db", "odoo_pos_login_host")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "retailops.odoo_pos.pos_stores"

    def verify_file(self, path: str) -> bool:
        """Whether the file is one of ours, by its name."""
        if not super().verify_file(path):
            return False
        if path.endswith(ENDINGS):
            return True
        self.display.vvv("%s: the name of a file for %s ends in %s" % (path, self.NAME, " or ".join(ENDINGS)))
        return False

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory. Raises AnsibleParserError; but for what constructed does, nothing is filled in then."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        unknown = sorted(str(name) for name in set(config) - set(self._options))
        if unknown:
            raise AnsibleParserError("%s: there is no option %s." % (path, ", ".join(unknown)))
        try:
            servers = self._servers()
        except PosError as error:
            raise AnsibleParserError("%s: %s" % (path, clean(error.message))) from None
        found = self._found(servers, self.get_cache_key(path), cache)
        stores = [store for items in found.values() for store in what.stores_of(items)]
        names = host_names(
            [(store.server, store.database) for store in stores],
            self._taken({*map(group_of, found), *map(what.series_group, stores)}),
            self.get_option("server_in_name"),
        )
        found = {server: what.with_names(items, names) for server, items in found.items()}
        self._say(found)
        self._fill(servers, names, found)
        for host in names.values():
            self._construct(host)

    def _servers(self) -> list[Server]:
        """The servers, with the templates in their options evaluated. Raises PosError or AnsibleParserError."""
        self.templar.available_variables = self._vars
        search = {name: self._evaluated(name) for name in SEARCH}
        return read_servers(self._evaluated("servers"), self._evaluated("defaults"), search)

    def _evaluated(self, option: str) -> Any:
        try:
            return self.templar.template(self.get_option(option))
        except AnsibleError as error:
            raise AnsibleParserError("The option %s cannot be evaluated: %s" % (option, error)) from error

    def _found(self, servers: list[Server], key: str, cache: bool) -> dict[str, list[Found]]:
        """What the cache knows, and what a search finds of the rest; by server."""
        cached = self.get_option("cache")
        records = self._cache.get(key, {}) if cached and cache else {}
        timeout = self.get_option("cache_timeout")
        oldest = time.time() - timeout if timeout else 0
        known = {server.name: what.recalled(records, server, oldest) for server in servers}
        searches = {}
        to_search = [server for server in servers if known[server.name] is None]
        if to_search and PSYCOPG2_ERROR:
            raise AnsibleParserError(
                "The Python library psycopg2 is missing for %s: install psycopg2 (or psycopg2-binary) there."
                % sys.executable
            )
        for search in discover(to_search):
            self.display.vv("%s: searched in %.1f s" % (search.server.name, search.seconds))
            searches[search.server.name] = search
        found = {name: searches[name].found if items is None else items for name, items in known.items()}
        if cached and searches:
            kept = {name: records[name] for name in known if name not in searches}
            new = {name: what.record(one.server, one.found) for name, one in searches.items() if one.complete}
            self._cache[key] = {**kept, **new}
        return found

    def _taken(self, groups: set[str]) -> set[str]:
        """Names that a host must not have: of groups, of this machine, of the stores of files that were read before."""
        others = {name for name, host in self.inventory.hosts.items() if any(own in host.vars for own in OTHERS)}
        return {*LOCALHOST, ALL_STORES, *groups, *self.inventory.groups, *self.get_option("groups"), *others}

    def _say(self, found: Mapping[str, list[Found]]) -> None:
        """Say what was found. Raises AnsibleParserError where a store may be missing and strict_servers is set."""
        for server, items in found.items():
            first, *others = what.summary(server, items)
            self.display.v(first)
            for line in others:
                self.display.vvv(line)
            words = what.missing(server, items)
            if words and self.get_option("strict_servers"):
                raise AnsibleParserError(words)
            if words:
                self.display.warning(words)

    def _fill(self, servers: list[Server], names: what.Names, found: Mapping[str, list[Found]]) -> None:
        """Add the groups, the hosts and their variables."""
        python = self.get_option("python_interpreter") or sys.executable
        self.inventory.add_group(ALL_STORES)
        for server in servers:
            group = self.inventory.add_group(group_of(server.name))
            self.inventory.add_child(ALL_STORES, group)
            for store in what.stores_of(found[server.name]):
                host = self.inventory.add_host(names[store.server, store.database], group=group)
                self.inventory.add_host(host, group=self.inventory.add_group(what.series_group(store)))
                for name, value in what.variables_of(server, store, python).items():
                    self.inventory.set_variable(host, name, value)
        skipped = [what.entry_of(item) for items in found.values() for item in what.skipped_of(items)]
        earlier = self.inventory.groups["all"].vars.get(SKIPPED, [])
        self.inventory.set_variable("all", SKIPPED, [*earlier, *skipped])

    def _construct(self, host: str) -> None:
        """What ``constructed`` makes of a host."""
        strict = self.get_option("strict")
        own = self.inventory.get_host(host).get_vars
        self._set_composite_vars(self.get_option("compose"), own(), host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), own(), host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), own(), host, strict=strict)
