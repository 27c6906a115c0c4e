# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of every module is given everything: a clear sentence or a result comes back, and nothing else happens.

The options are read from the modules, so a new one is tried as soon as it is there. Each case runs an action as ansible-playbook
does, on a real PostgreSQL, as a user who may write everything. ``--seed N`` plays a run again.
"""

from __future__ import annotations

import contextlib
import http.server
import itertools
import json
import os
import random
import re
import threading
import time

import hypothesis
import psycopg2
import pytest
from hypothesis import strategies as st

from ..lab import demo_store
from ..lab.place import CannotBeHad
from ..lab.postgres import Cluster
from . import in_process, nasty
from .effort import note
from .watched import watched

MARK = "hush-5519-hush"
LONGEST_SECONDS = 5
#: A message is for a person.
LONGEST_MESSAGE = 3000
#: What a case begins with, as far as the module has such an option: enough to get far.
PLAUSIBLE = {
    "login_user": "postgres", "login_password": MARK, "login_db": "store", "odoo_user": "closer", "odoo_password": MARK,
    "odoo_timeout": 2, "session": "1", "counted_cash": "130.00", "direction": "in", "amount": "1.00", "reference": "R1", "reason": "Change",
    "rules": [], "lines": ["a line"], "state": "opened", "min_idle_minutes": 0, "give_back": True,
    "webhook_url": "http://127.0.0.1:9/%s" % MARK, "webhook_attempts": 1, "path": "{folder}/odoo.log", "dest": "{folder}/report",
    "pre_image": "{folder}/pre_image", "till": "Till healthy", "settle": True, "discard": ["empty", "unpaid"],
}  # fmt: skip
REFUSED = "http://127.0.0.1:9"
UNCLEAN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
#: Not to be tried here: to wait, and to start a module.
FIXED = {"wait_minutes": 0, "webhook_attempts": 1, "run_on": "controller"}


class Liar(http.server.BaseHTTPRequestHandler):
    """An Odoo that lets everybody in and answers every other call with something else."""

    answers = itertools.cycle([True, None, [], [{}], {"successful": True}, [{"id": 1, "name": "\x1b[31m", "state": 5}], "text", 10**400,
                               [[]], {"a": "\ud800"}, [None], -1])  # fmt: skip

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        service = isinstance(asked, dict) and (asked.get("params") or {}).get("service")
        body = json.dumps({"jsonrpc": "2.0", "result": 2 if service == "common" else next(self.answers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_ignored):
        """Says nothing."""


@contextlib.contextmanager
def liar():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield "http://127.0.0.1:%d" % server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class World:
    """The store, the folder that may be written to, and what must stay as it was."""

    def __init__(self, cluster, folder, odoo):
        self.cluster, self.folder, self.odoo = cluster, str(folder), odoo
        self.canary, self.fifo = str(folder / "RAN"), str(folder / "fifo")
        os.mkfifo(self.fifo)
        os.symlink("loop", folder / "loop")
        (folder / "odoo.log").write_text("2026-11-22 07:00:00,000 1 ERROR store odoo.http: odd\n", encoding="ascii")
        (folder / "report").mkdir()
        self.connection = psycopg2.connect(host=cluster.host, port=cluster.port, user="postgres", dbname="store")
        self.connection.autocommit = True
        where = "FROM pos_session s JOIN pos_config c ON c.id = s.config_id WHERE c.name = 'Till healthy' AND s.state = 'opened'"
        self.session, self.name = self.asked("SELECT s.id " + where), self.asked("SELECT s.name " + where)

    def asked(self, query):
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def writes(self):
        """A number that counts every transaction of the server that wrote anything."""
        return self.asked("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")

    def base(self, options, url):
        """What a case begins with."""
        given = {name: value for name, value in PLAUSIBLE.items() if name in options}
        given = {n: v.format(folder=self.folder) if isinstance(v, str) else v for n, v in given.items()}
        if "login_host" in options:
            given.update(login_host="127.0.0.1", login_port=self.cluster.port)
        if "odoo_url" in options:
            given["odoo_url"] = url
        if {"session", "till"} <= set(options):
            given.update(session=str(self.session), till=None)
        if "confirm" in options:
            given.update(confirm=self.name)
        return given

    def variables(self):
        """The connection as the inventory has it: for actions that read stores without options for it."""
        return {"odoo_pos_login_host": "127.0.0.1", "odoo_pos_login_port": self.cluster.port, "odoo_pos_login_user": "postgres",
                "odoo_pos_login_db": "store", "odoo_pos_login_password": MARK}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world").resolve()
    try:
        # nothing may write on its own: every write would be taken for ours
        with Cluster.temporary(tcp=True, settings={"autovacuum": "off"}) as cluster, liar() as odoo:
            demo_store.restore(cluster, "store")
            made = World(cluster, folder, odoo)
            yield made
            made.connection.close()
    except CannotBeHad as error:
        pytest.skip(str(error))


@pytest.fixture(autouse=True)
def home(world, monkeypatch):
    """Nothing of whoever runs this is read or written."""
    for name in list(os.environ):
        if name.startswith(("PG", "ODOO_POS")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", world.folder + "/home")
    monkeypatch.setenv("XDG_STATE_HOME", world.folder + "/state")
    monkeypatch.chdir(world.folder)


def told(world, path, given):
    """Whether an option says that this file, or something below it, may be written."""
    texts = [text for text in strings(given) if text and "\0" not in text]
    with contextlib.suppress(UnicodeError):
        places = [os.path.abspath(os.path.expanduser(os.path.expandvars(text.strip()))) for text in texts]
        return path.startswith((world.folder + "/state", *places)) or any(place.startswith(path) for place in places)
    return False


def strings(value):
    """Every text inside of a value, and the value itself as the text that Ansible makes of it."""
    if isinstance(value, (dict, list, tuple)):
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings(inner)
    if value is not None:
        yield str(value)


def hold(world, given, variables, result, seen):
    """What must be so after every case."""
    text, message = json.dumps(result), str(result.get("msg", ""))
    assert not result.get("failed") or message.strip(), "a failure without a sentence"
    assert "Traceback" not in text and "most recent call" not in text
    assert MARK not in text, "the secret is shown"
    if in_process.BY_ANSIBLE not in result:
        assert len(message) <= LONGEST_MESSAGE, "a message of %d characters" % len(message)
        assert not UNCLEAN.search(message), "a message that is not clean: %s" % ascii(message)
        assert "\n" not in message or result.get("refused"), "a message of more than one line: %s" % ascii(message)
    assert not os.path.exists(world.canary), "something ran"
    for path in seen.files:
        assert told(world, path, [given, variables]), "nobody said that %s may be written" % path
    for event, words in seen.programs:
        assert event == "subprocess.Popen" and os.path.basename(words[0]) == "journalctl", words
    for host in seen.hosts - {"", "127.0.0.1"}:
        assert any(host.lower() in said.lower() for said in strings([given, variables])), "nobody said %s" % host


def cases(module, world):
    """Options, variables, check mode and diff of one case."""
    options = {**in_process.options_of(module), **extra(module)}
    strange = nasty.anything(world.canary, world.folder, world.fifo)

    @st.composite
    def case(draw):
        given = world.base(options, draw(st.sampled_from([REFUSED, world.odoo])))
        for name in draw(st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=3, unique=True)):
            given[name] = draw(nasty.for_option(options[name], strange))
        if not draw(st.integers(0, 40)):
            given[draw(st.text(max_size=10))] = draw(strange)
        given.update({name: value for name, value in FIXED.items() if name in options})
        check_mode = draw(st.booleans())
        if not check_mode and "allow_sql" in options:
            # it is asked for, and would be done
            given["allow_sql"] = False
        if isinstance(given.get("deadline"), (int, float)) and not isinstance(given["deadline"], bool):
            given["deadline"] = min(given["deadline"], 3)
        variables = {**world.variables(), **{n: given.pop(n) for n in list(given) if n.startswith("odoo_pos_")}}
        return given, variables, check_mode, draw(st.booleans())

    return case()


def extra(module):
    """Variables of the hosts that an action reads as options: the connection, where it has no options for it."""
    options = in_process.options_of(module)
    if "login_host" in options or not {"stores", "scan"} & set(options):
        return {}
    from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.host_variables import OPTIONS

    return {variable: {"type": "str"} for variable in OPTIONS.values()}


def attempt(world, module, given, variables, check_mode, diff):
    """One case: run it and hold it to all that must be so. Returns the result and the seconds that it took."""
    before, started = world.writes(), time.monotonic()
    with watched(world.folder) as seen:
        result = in_process.run(module, given, check_mode, diff, variables)
    took = time.monotonic() - started
    hold(world, given, variables, result, seen)
    assert took <= LONGEST_SECONDS, "it took %.1f s" % took
    assert world.writes() == before, "it wrote to the database"
    return result, took


@pytest.mark.parametrize("module", in_process.MODULES)
def test_options_of_any_kind(world, effort, module):
    number = -(-effort.input_cases // len(in_process.MODULES))
    told = []

    @hypothesis.seed(effort.seed)
    @hypothesis.settings(max_examples=number, database=None, deadline=None, derandomize=False,
                         suppress_health_check=list(hypothesis.HealthCheck),
                         phases=[hypothesis.Phase.generate, *([hypothesis.Phase.shrink] if effort.full else [])])  # fmt: skip
    @hypothesis.given(cases(module, world))
    def one(case):
        told.append(attempt(world, module, *case))

    one()
    figures = (len(told), sum(not result.get("failed") for result, _took in told), max(took for _result, took in told))
    note("3 bad input", "%s: cases, with a result, slowest" % module, "%d, %d, %.1f s" % figures)


def test_each_nasty_text_in_each_option(world, effort):
    """One option is spoiled at a time, so that the code behind it is reached."""
    texts = [*nasty.injections(world.canary), *nasty.UNICODE, *(t for t in nasty.OTHERS if isinstance(t, str))]
    pairs = [(module, name, text) for module in in_process.MODULES for name, option in in_process.options_of(module).items()
             if option.get("type", "str") in ("str", "path") and name not in FIXED for text in texts]  # fmt: skip
    chosen = random.Random(effort.seed).sample(pairs, min(effort.input_cases // 2, len(pairs)))
    for number, (module, name, text) in enumerate(chosen):
        given = {**world.base(in_process.options_of(module), (REFUSED, world.odoo)[number % 2]), name: text}
        if name == "till" and "session" in given:
            given["session"] = None
        given.update({option: value for option, value in FIXED.items() if option in in_process.options_of(module)})
        try:
            attempt(world, module, given, world.variables(), bool(number % 3), True)
        except Exception as error:
            raise AssertionError("%s with %s=%s" % (module, name, ascii(text[:200]))) from error
    note("3 bad input", "an option and a text, of %d pairs" % len(pairs), "%d" % len(chosen))
