# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through Ansible's own InventoryManager; only the search of the servers is a stand-in."""

from __future__ import annotations

import json
import os
import sys
import time

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import Cacheable
from ansible.template import Templar, is_trusted_as_template
from ansible.vars.manager import VariableManager

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.discovery import Search, Skipped, Store

PLUGIN = "retailops.odoo_pos.pos_stores"
SECRET = "Xk9-s3cret-7Q"
EAST = {"name": "east", "login_host": "db1", "login_port": 5433, "login_user": "pos_reader", "login_password": SECRET}
WEST = {"name": "west", "service": "pos_west"}


def store(server, database, odoo="17.0"):
    return Store(server, database, odoo, odoo + ".1.0.1")


class Inventory:
    """Writes inventory files and has Ansible read them; ``servers`` maps a server to what a search of it finds."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.servers = {}
        self.searched = []
        self.said = []
        monkeypatch.setattr("%s.discover" % self.module(), self.discover)
        monkeypatch.setattr("%s.PSYCOPG2_ERROR" % self.module(), None)
        monkeypatch.setattr("ansible.utils.display.Display.warning", lambda _self, text, **_o: self.said.append(text))
        monkeypatch.setattr("ansible.utils.display.Display.error_as_warning", self.fail)

    @staticmethod
    def module():
        name = "ansible_collections.retailops.odoo_pos.plugins.inventory.pos_stores"
        __import__(name)
        return name

    def fail(self, msg, exception, **_options):
        """Ansible tries every plugin that it knows; 'auto' is the one that finds ours."""
        if "'auto' plugin" in msg:
            self.said.append(str(exception))

    def discover(self, servers):
        self.searched.append([server.name for server in servers])
        self.options = {server.name: server.options for server in servers}
        return [Search(server, found=list(self.servers[server.name])) for server in servers]

    def file(self, name="a.pos_stores.yml", **options):
        path = self.folder / name
        path.write_text(yaml.safe_dump({"plugin": PLUGIN, **options}), encoding="utf-8")
        return str(path)

    def read(self, *paths, cache=True, loader=None):
        return InventoryManager(loader=loader or DataLoader(), sources=list(paths), cache=cache)

    def of(self, **options):
        return self.read(self.file(**options))

    def failure(self, **options):
        """What Ansible says when the file cannot be parsed."""
        manager = self.of(**options)
        assert list(manager.hosts) == []
        return self.said[0]


@pytest.fixture
def inventory(tmp_path, monkeypatch):
    monkeypatch.delenv("ANSIBLE_INVENTORY_CACHE", raising=False)
    return Inventory(tmp_path, monkeypatch)


def variables(manager, host):
    return manager.get_host(host).get_vars()


def test_a_store_is_a_host_that_is_ready_for_tasks(inventory):
    inventory.servers = {"east": [store("east", "store_1")]}
    manager = inventory.of(servers=[{**EAST, "session_role": "reader", "ssl_mode": "require"}])
    own = {k: v for k, v in variables(manager, "store_1").items() if not k.startswith(("inventory_", "group_names"))}
    assert own == {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "odoo_pos_login_db": "store_1",
        "odoo_pos_login_host": "db1",
        "odoo_pos_login_port": 5433,
        "odoo_pos_login_user": "pos_reader",
        "odoo_pos_session_role": "reader",
        "odoo_pos_ssl_mode": "require",
        "pos_stores_server": "east",
        "pos_stores_odoo": "17.0",
        "pos_stores_version": "17.0.1.0.1",
    }


def test_groups_by_server_and_by_series(inventory):
    inventory.servers = {"east": [store("east", "a"), store("east", "b", "19.0")], "west": []}
    groups = inventory.of(servers=[EAST, WEST]).get_groups_dict()
    assert groups["pos_stores"] == groups["server_east"] == ["a", "b"]
    assert (groups["odoo_17"], groups["odoo_19"], groups["server_west"]) == (["a"], ["b"], [])


def test_a_service_reaches_the_tasks(inventory):
    inventory.servers = {"west": [store("west", "a")]}
    manager = inventory.of(servers=[WEST], python_interpreter="/opt/pos/bin/python3")
    assert variables(manager, "a")["odoo_pos_connect_params"] == {"service": "pos_west"}
    assert variables(manager, "a")["ansible_python_interpreter"] == "/opt/pos/bin/python3"


def test_a_name_that_two_servers_share_is_two_hosts(inventory):
    inventory.servers = {"east": [store("east", "a"), store("east", "b")], "west": [store("west", "a")]}
    manager = inventory.of(servers=[EAST, WEST])
    assert sorted(manager.hosts) == ["a.east", "a.west", "b"]
    assert variables(manager, "a.east")["odoo_pos_login_host"] == "db1"
    assert "odoo_pos_login_host" not in variables(manager, "a.west")
    assert variables(manager, "a.west")["odoo_pos_login_db"] == "a"
    everywhere = inventory.of(servers=[EAST, WEST], server_in_name=True)
    assert sorted(everywhere.hosts) == ["a.east", "a.west", "b.east"]


def test_two_files_never_share_a_host(inventory):
    inventory.servers = {
        "east": [store("east", "a"), Skipped("east", "x", "no_odoo", "No.")],
        "west": [store("west", "a")],
    }
    manager = inventory.read(inventory.file(servers=[EAST]), inventory.file("b.pos_stores.yml", servers=[WEST]))
    assert sorted(manager.hosts) == ["a", "a.west"]
    assert variables(manager, "a")["pos_stores_server"] == "east"
    assert [entry["database"] for entry in manager.groups["all"].vars["pos_stores_skipped"]] == ["x"]


def test_a_host_of_a_static_file_may_carry_more_variables(inventory):
    static = inventory.folder / "0.yml"
    static.write_text("all: {hosts: {a: {odoo_pos_url: 'https://a'}}}", encoding="utf-8")
    inventory.servers = {"east": [store("east", "a")]}
    manager = inventory.read(str(static), inventory.file(servers=[EAST]))
    assert list(manager.hosts) == ["a"] and variables(manager, "a")["odoo_pos_url"] == "https://a"
    assert variables(manager, "a")["odoo_pos_login_db"] == "a"


@pytest.mark.parametrize("own", ["odoo_pos_login_db: other", "odoo_pos_login_host: db9"])
def test_a_host_of_a_static_file_that_is_a_store_already_is_another(inventory, own):
    static = inventory.folder / "0.yml"
    static.write_text("all: {hosts: {a: {%s}}}" % own, encoding="utf-8")
    inventory.servers = {"east": [store("east", "a"), store("east", "b")]}
    manager = inventory.read(str(static), inventory.file(servers=[EAST]))
    assert sorted(manager.hosts) == ["a", "a.east", "b"]
    assert "pos_stores_server" not in variables(manager, "a")
    assert variables(manager, "a.east")["odoo_pos_login_db"] == "a"


@pytest.mark.parametrize("database", ["localhost", "pos_stores", "server_east", "odoo_17", "mine", "all", "ungrouped"])
def test_a_database_that_is_called_like_a_group_or_this_machine_gets_another_name(inventory, database):
    inventory.servers = {"east": [store("east", database)]}
    manager = inventory.of(servers=[EAST], groups={"mine": "true"})
    assert list(manager.hosts) == [database + ".east"]
    assert variables(manager, database + ".east")["odoo_pos_login_db"] == database
    assert not manager.groups.get(database) or "odoo_pos_login_db" not in manager.groups[database].vars


HOSTILE = [
    "{{ lookup('ansible.builtin.pipe', 'touch /tmp/owned') }}",
    "{% for x in [] %}{% endfor %}",
    "a b",
    "x' OR 1=1 --",
    "a,b:!c",
    "../up",
    "-i",
    "Filiale München",
    "#jinja2: variable_start_string:'[['",
    "esc\x1b[31m\u202e",
]


@pytest.mark.parametrize("database", HOSTILE)
def test_a_hostile_name_can_be_limited_to_and_is_never_a_template(inventory, database):
    inventory.servers = {"east": [store("east", database), store("east", "other")]}
    manager = inventory.of(servers=[EAST])
    (host,) = [name for name in manager.hosts if name != "other"]
    manager.subset(host)
    assert [found.name for found in manager.get_hosts("all")] == [host]
    value = variables(manager, host)["odoo_pos_login_db"]
    assert value == database and not is_trusted_as_template(value)
    known = VariableManager(loader=DataLoader(), inventory=manager).get_vars(host=manager.get_host(host))
    assert Templar(loader=DataLoader(), variables=known).template(known["odoo_pos_login_db"]) == database


def test_what_was_skipped_is_listed_with_its_reason_and_only_the_unknown_is_a_warning(inventory):
    inventory.servers = {
        "east": [
            Skipped("east", "template1", "template", "It is a template."),
            Skipped("east", "evil\x1b[2J{{ 1 }}", "unreadable", "Reading evil\x1b[2J failed."),
            store("east", "a"),
        ],
        "west": [Skipped("west", None, "unreachable", "Cannot connect to it.")],
    }
    manager = inventory.of(servers=[EAST, WEST])
    assert manager.groups["all"].vars["pos_stores_skipped"] == [
        {"server": "east", "database": "template1", "code": "template", "reason": "It is a template."},
        {"server": "east", "database": "evil\x1b[2J{{ 1 }}", "code": "unreadable", "reason": "Reading evil[2J failed."},
        {"server": "west", "database": None, "code": "unreachable", "reason": "Cannot connect to it."},
    ]
    assert not is_trusted_as_template(manager.groups["all"].vars["pos_stores_skipped"][1]["database"])
    assert list(manager.hosts) == ["a"] and len(inventory.said) == 2
    assert "1 of its databases could not be read, such as evil[2J{{ 1 }}: Reading evil[2J failed." in inventory.said[0]
    assert "west was not searched, its stores are missing: Cannot connect to it." in inventory.said[1]


def test_strict_servers_makes_an_error_of_it_and_fills_nothing_in(inventory):
    inventory.servers = {"east": [store("east", "a")], "west": [Skipped("west", None, "late", "Too late.")]}
    assert "west was not searched" in inventory.failure(servers=[EAST, WEST], strict_servers=True)


def test_what_is_no_store_is_no_error_in_strict_mode(inventory):
    inventory.servers = {"east": [store("east", "a"), Skipped("east", "b", "no_pos", "No POS.")]}
    assert list(inventory.of(servers=[EAST], strict_servers=True, strict=True).hosts) == ["a"]
    assert inventory.said == []


def test_constructed_makes_variables_and_groups(inventory):
    inventory.servers = {"east": [store("east", "fr_1"), store("east", "de_1", "19.0")]}
    manager = inventory.of(
        servers=[EAST],
        compose={"odoo_pos_url": "'https://' ~ odoo_pos_login_db ~ '.example.com'"},
        groups={"old": "pos_stores_odoo is version('18', '<')"},
        keyed_groups=[{"key": "odoo_pos_login_db.split('_')[0]", "prefix": "land"}],
    )
    assert variables(manager, "fr_1")["odoo_pos_url"] == "https://fr_1.example.com"
    groups = manager.get_groups_dict()
    assert (groups["old"], groups["land_fr"], groups["land_de"]) == (["fr_1"], ["fr_1"], ["de_1"])


def test_strict_is_strict_about_what_is_composed(inventory):
    inventory.servers = {"east": [store("east", "a")]}
    compose = {"x": "nothing_of_the_kind"}
    assert "x" not in variables(inventory.of(servers=[EAST], compose=compose), "a")
    assert inventory.said == []
    inventory.of(servers=[EAST], compose=compose, strict=True)
    assert "Could not set x for host a" in inventory.said[0]


def test_templates_in_the_servers_are_evaluated(inventory, monkeypatch):
    monkeypatch.setenv("EAST_PASSWORD", SECRET)
    inventory.servers = {"east": []}
    inventory.of(servers=[{"name": "east", "login_password": "{{ lookup('ansible.builtin.env', 'EAST_PASSWORD') }}"}])
    assert inventory.options["east"]["login_password"] == SECRET


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "servers"),
        ({"servers": [EAST], "exlude": ["x"]}, "there is no option exlude"),
        ({"servers": [{**EAST, "deadline": 0}]}, "deadline must be 1 or more"),
        ({"servers": [{"name": "east", "login_user": "{{ nothing_of_the_kind }}"}]}, "cannot be evaluated"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(inventory, options, words):
    said = inventory.failure(**options)
    assert words in said and SECRET not in said


def test_without_psycopg2_it_says_what_to_install(inventory, monkeypatch):
    monkeypatch.setattr("%s.PSYCOPG2_ERROR" % inventory.module(), "Traceback")
    assert "psycopg2 is missing for %s: install" % sys.executable in inventory.failure(servers=[EAST])


def test_only_files_of_its_own_name_are_read(inventory):
    inventory.servers = {"east": [store("east", "a")]}
    path = inventory.file("stores.yml", servers=[EAST])
    assert list(inventory.read(path).hosts) == [] and inventory.searched == []
    assert list(inventory.read(inventory.file("pos_stores.yaml", servers=[EAST])).hosts) == ["a"]


# --- the cache ----------------------------------------------------------------------------------------------------


@pytest.fixture
def cached(inventory):
    folder = inventory.folder / "cache"
    return {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(folder),
        "cache_timeout": 3600,
    }


def everything(manager):
    hosts = {name: variables(manager, name) for name in sorted(manager.hosts)}
    return json.dumps([hosts, manager.get_groups_dict(), manager.groups["all"].vars], sort_keys=True)


def test_a_cached_inventory_is_the_same_and_holds_no_secret(inventory, cached):
    inventory.servers = {
        "east": [store("east", "a"), store("east", "{{ b }}"), Skipped("east", "c", "no_pos", "No POS.")],
        "west": [store("west", "a")],
    }
    first = inventory.of(servers=[EAST, WEST], **cached)
    second = inventory.of(servers=[EAST, WEST], **cached)
    assert everything(first) == everything(second) and len(second.hosts) == 3
    assert inventory.searched == [["east", "west"], []]
    hostile = [name for name in second.hosts if name.startswith("b-")]
    assert not is_trusted_as_template(variables(second, hostile[0])["odoo_pos_login_db"])
    (kept,) = os.listdir(cached["cache_connection"])
    text = (inventory.folder / "cache" / kept).read_text(encoding="utf-8")
    assert "{{ b }}" in text and SECRET not in text
    assert "password" not in text and "login" not in text


def test_without_the_cache_every_run_searches(inventory):
    inventory.servers = {"east": []}
    inventory.of(servers=[EAST])
    inventory.of(servers=[EAST])
    assert inventory.searched == [["east"], ["east"]]


def test_flushing_the_cache_searches_again_and_keeps_what_is_new(inventory, cached):
    inventory.servers = {"east": [store("east", "a")]}
    path = inventory.file(servers=[EAST], **cached)
    inventory.read(path)
    inventory.servers = {"east": [store("east", "b")]}
    assert list(inventory.read(path, cache=False).hosts) == ["b"]
    assert list(inventory.read(path).hosts) == ["b"] and len(inventory.searched) == 3


def test_a_server_that_did_not_answer_in_full_is_searched_again(inventory, cached):
    late = Skipped("west", "b", "late", "Too late.")
    inventory.servers = {"east": [store("east", "a")], "west": [store("west", "c"), late]}
    assert sorted(inventory.of(servers=[EAST, WEST], **cached).hosts) == ["a", "c"]
    inventory.servers["west"] = [store("west", "b"), store("west", "c")]
    assert sorted(inventory.of(servers=[EAST, WEST], **cached).hosts) == ["a", "b", "c"]
    assert sorted(inventory.of(servers=[EAST, WEST], **cached).hosts) == ["a", "b", "c"]
    assert inventory.searched == [["east", "west"], ["west"], []]


def test_an_answer_grows_old_by_itself_whatever_another_server_answers(inventory, cached, monkeypatch):
    """One that was down at first is searched in the next runs; that must not make the other's answer young again."""
    clock = [time.time()]
    monkeypatch.setattr(time, "time", lambda: clock[0])
    down = Skipped("west", None, "unreachable", "Cannot connect to it.")
    inventory.servers = {"east": [store("east", "a")], "west": [down]}
    inventory.of(servers=[EAST, WEST], **cached)
    clock[0] += 3000
    inventory.servers["west"] = [store("west", "w")]
    inventory.of(servers=[EAST, WEST], **cached)
    clock[0] += 1000
    os.utime(next((inventory.folder / "cache").iterdir()), (clock[0], clock[0]))
    inventory.servers["east"] = [store("east", "b")]
    assert sorted(inventory.of(servers=[EAST, WEST], **cached).hosts) == ["b", "w"]
    assert inventory.searched == [["east", "west"], ["west"], ["east"]]


def test_a_cache_without_a_time_out_keeps_its_answers(inventory, cached, monkeypatch):
    inventory.servers = {"east": [store("east", "a")]}
    options = {**cached, "cache_timeout": 0}
    inventory.of(servers=[EAST], **options)
    later = time.time() + 10**8
    monkeypatch.setattr(time, "time", lambda: later)
    inventory.of(servers=[EAST], **options)
    assert inventory.searched == [["east"], []]


def test_what_stays_unreadable_is_cached_and_still_a_warning(inventory, cached):
    inventory.servers = {"east": [Skipped("east", "a", "unreadable", "No grant.")]}
    inventory.of(servers=[EAST], **cached)
    inventory.of(servers=[EAST], **cached)
    assert inventory.searched == [["east"], []] and len(inventory.said) == 2


def test_other_patterns_or_another_server_make_the_cached_answer_void(inventory, cached):
    inventory.servers = {"east": [store("east", "a")], "west": [store("west", "w")]}
    inventory.of(servers=[EAST, WEST], **cached)
    inventory.of(servers=[{**EAST, "login_host": "db2"}, WEST], **cached)
    inventory.of(servers=[{**EAST, "login_host": "db2"}, WEST], exclude=["x"], **cached)
    inventory.of(servers=[{**EAST, "login_host": "db2", "login_password": "new"}, WEST], exclude=["x"], **cached)
    assert inventory.searched == [["east", "west"], ["east"], ["east", "west"], []]


def test_it_is_what_ansible_expects_of_an_inventory_plugin():
    from ansible_collections.retailops.odoo_pos.plugins.inventory import pos_stores

    assert pos_stores.InventoryModule.NAME == PLUGIN and issubclass(pos_stores.InventoryModule, Cacheable)
    documented = yaml.safe_load(pos_stores.DOCUMENTATION)
    assert documented["options"]["plugin"]["choices"] == [PLUGIN]
    for example in yaml.safe_load_all(pos_stores.EXAMPLES):
        assert example["plugin"] == PLUGIN and example["servers"]
