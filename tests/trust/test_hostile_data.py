# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores whose every name is an attack, in databases whose names are attacks: every playbook works, and none of it runs anywhere."""

from __future__ import annotations

import csv
import html.parser
import json
import re
import xml.etree.ElementTree

import pytest

from ..lab import demo_store
from ..lab.closing_store import copy_of
from ..lab.place import CannotBeHad
from ..lab.postgres import Cluster
from . import nasty
from .effort import note
from .playing import Desk

#: Columns that people fill, of whatever table.
FILLED = (
    "name", "login", "ref", "pos_reference", "payment_ref", "closing_notes", "opening_notes", "note", "general_note", "internal_note",
    "full_product_name", "customer_note", "transaction_id", "cardholder_name", "card_type", "ticket", "author", "narration",
)  # fmt: skip
#: What is looked up by these is not poisoned: nothing would be found at all.
KEPT = ("ir_module_module", "ir_model_data", "ir_config_parameter", "res_currency", "ir_module_module_dependency")
UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f]")
SAMPLE = re.compile(r'[a-z_]+(\{([a-z_]+="(\\[\\"n]|[^"\\\n])*",?)*\})? -?[0-9.e+]+')


def attacks(canary):
    """What PostgreSQL can keep of the nasty texts; long enough to cut, and short enough for a name of a database."""
    texts = [*nasty.injections(canary), *nasty.UNICODE, "wide " * 400]
    return [text for text in texts if "\0" not in text and not re.search("[\ud800-\udfff]", text)]


def poison(rows, run, texts):
    """Give every row of every table a name out of ``texts``, the first rows the first ones."""
    columns = rows("SELECT table_name AS t, column_name AS c, data_type AS d FROM information_schema.columns JOIN pg_class k ON"
                   " k.oid = ('public.' || quote_ident(table_name))::regclass AND k.relkind = 'r' WHERE table_schema = 'public'"
                   " AND data_type IN ('character varying', 'text', 'jsonb')")  # fmt: skip
    quoted = ", ".join("$q$%s$q$" % text for text in texts)
    for number, column in enumerate(c for c in columns if c["c"] in FILLED and c["t"] not in KEPT):
        value = "(ARRAY[%s])[1 + (id + %d) %% %d] || ' ' || id" % (quoted, number % 3, len(texts))
        if column["d"] == "jsonb":
            value = "jsonb_build_object('en_US', %s)" % value
        run('UPDATE "%s" SET "%s" = %s WHERE "%s" IS NOT NULL' % (column["t"], column["c"], value, column["c"]))


def database_names(canary, number):
    """Names of databases, at most 63 bytes each."""
    texts = [text for text in attacks(canary) if 0 < len(text.encode()) <= 63 and text.strip()]
    chosen = [
        t
        for t in texts
        if "touch" in t or "\n" in t or t in ("-rf", "'", '"', "!unsafe x", "=cmd|' /C calc'!A0", "\u202eevil\u202c")
    ]
    return (chosen + [text for text in texts if text not in chosen])[:number]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    # short: a name that holds it must fit into the name of a database
    return Desk(tmp_path_factory.mktemp("h"))


@pytest.fixture(scope="module")
def server(desk, effort):
    """A PostgreSQL of hostile stores in hostile databases; yields (cluster, inventory file)."""
    try:
        with Cluster.temporary() as cluster:
            demo_store.restore(cluster, "plain")
            texts = attacks(desk.canary)
            poison(lambda query: cluster.rows("plain", query), lambda text: cluster.psql("plain", text), texts)
            for name in database_names("/tmp/%s" % desk.canary.name, 12 if effort.full else 4):
                cluster.create(name, template="plain")
            yield cluster, inventory(desk, cluster)
    except CannotBeHad as error:
        pytest.skip(str(error))


def inventory(desk, cluster):
    path = desk.folder / "hostile.pos_stores.yml"
    server = {"name": "north", "login_host": cluster.host, "login_port": cluster.port, "login_user": "postgres"}
    path.write_text(json.dumps({"plugin": "retailops.odoo_pos.pos_stores", "servers": [server], "cache": True,
                                "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(desk.folder / "stores")}))  # fmt: skip
    return path


def inert(desk, played):
    """Nothing ran, the screen shows no control character and no line that a name made up, and the attacks were really there."""
    assert not desk.canary.exists() and not list(desk.folder.rglob("RAN*")), "something ran"
    text = played.text
    assert "Traceback" not in text and not UNCLEAN.search(text), UNCLEAN.findall(text)[:5]
    assert not re.search(r"^fatal: \[store\]: FAILED! => forged", text, re.MULTILINE)
    assert "lookup('pipe', 'touch" in text and "<script>" in text


def test_what_only_reads(desk, server):
    _cluster, hosts = server
    played = desk.play(desk.all_of("diagnose", "monitor", "report"), hosts, "-v", pos_report_fail_on="never")
    assert played.code == 0, played.text[-3000:]
    inert(desk, played)
    # what was found is remembered, and as dead when it is taken from the cache, as it is from here on
    assert list((desk.folder / "stores").iterdir())
    holds_the_reports(desk)


def holds_the_reports(desk):
    """The page, the table, JUnit, JSON and the metrics hold the attacks as text."""
    folder = desk.folder / "report"
    found = Elements((folder / "pos-report.html").read_text(encoding="utf-8"))
    assert found.scripts <= 3 and not found.handlers and "img" not in found.tags and not found.outside, vars(found)
    with open(folder / "pos-report.csv", encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert any("SUM(A1)" in cell for cell in cells)
    assert not [
        c for c in cells if c.startswith(("=", "+", "-", "@", "\t", "\r")) and not re.fullmatch(r"-?[0-9.]+", c)
    ]
    suites = xml.etree.ElementTree.parse(folder / "pos-report.xml")
    assert suites.getroot().iter("testcase") and "x" not in [case.get("name") for case in suites.iter("testcase")]
    assert "lookup(" in json.dumps(json.loads((folder / "pos-report.json").read_text(encoding="utf-8")))
    lines = [
        line for path in (desk.folder / "metrics").iterdir() for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert "lookup(" in "".join(lines)
    assert not [line for line in lines if not line.startswith("# ") and not SAMPLE.fullmatch(line)]


class Elements(html.parser.HTMLParser):
    """What a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.handlers, self.outside = set(), 0, [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.handlers += [name for name, _value in attrs if name.startswith("on")]
        self.outside += [
            value for name, value in attrs if name in ("src", "href") and re.match(r"\s*(\w+:|//)", value or "")
        ]


def test_what_would_change(desk, server, effort):
    cluster, hosts = server
    session = cluster.rows("plain", "SELECT s.id FROM pos_session s WHERE s.state = 'closing_control' LIMIT 1")[0]["id"]
    odoo = {"odoo_pos_url": "http://127.0.0.1:9", "odoo_pos_user": "closer", "odoo_pos_password": "x", "pos_hosts": "plain",
            "pos_session_close_on_refusal": "report", "pos_emergency_reset_session": str(session), "pos_emergency_reset_confirm": "x",
            "pos_repair_on_refusal": "report", "pos_emergency_reset_on_refusal": "report"}  # fmt: skip
    playbooks = ("close", "emergency_reset", *(["repair"] if effort.full else []))
    inert(desk, desk.play(desk.all_of(*playbooks), hosts, "--check", "--diff", "-v", **odoo))


def test_facts_in_the_cache_stay_dead(desk, server):
    """What the plays above left in the cache, in a template, a label of a loop and a shell."""
    _cluster, hosts = server
    assert any("lookup(" in path.read_text() for path in (desk.folder / "facts").iterdir())
    play = desk.folder / "second.yml"
    play.write_text(
        "- hosts: plain\n  gather_facts: false\n  tasks:\n"
        "    - debug: {msg: '{{ item.till.name }}'}\n      loop: '{{ ansible_facts.pos_store.sessions }}'\n"
        "      loop_control: {label: '{{ item.name }} {{ item.till.name }}'}\n"
        "    - shell: 'printf %s {{ ansible_facts.pos_store.sessions | to_json | quote }}'\n"
    )
    played = desk.play(str(play), hosts, "-v")
    assert played.code == 0
    inert(desk, played)


@pytest.mark.full("test_demo closes one hostile till on every run")
def test_hostile_tills_are_closed_for_real(desk):
    """The same names in a real Odoo: what can be closed is closed, and the trail holds the names as text."""
    with copy_of(19, "hostile") as store:
        tills = [store.traded("hostile %d" % number) for number in range(4)]
        poison(store.rows, lambda text: store.sql(text.replace("%", "%%")), attacks(desk.canary)[:40])
        store.sql("UPDATE res_users SET login = 'admin' WHERE id = 2")
        hosts = desk.folder / "real.json"
        variables = {"odoo_pos_" + name: value for name, value in store.pg.items()}
        variables.update({"odoo_pos_" + name.removeprefix("odoo_"): value for name, value in store.password.items()})
        variables.update(ansible_connection="local", ansible_python_interpreter="{{ ansible_playbook_python }}")
        hosts.write_text(json.dumps({"all": {"hosts": {"store": variables}}}), encoding="utf-8")
        counts = {str(store.session(till.session)["config_id"]): "130.00" for till in tills}
        for _twice in range(2):
            played = desk.play(
                desk.all_of("close"), hosts, "-v", pos_session_close_counts=counts, pos_session_close_min_idle_minutes=0
            )
            assert played.code == 0, played.text[-3000:]
            assert not desk.canary.exists() and not UNCLEAN.search(played.text) and "Traceback" not in played.text
        for till in tills:
            store.assert_closed_once(till.session, "130")
        trail = (desk.folder / "trail.jsonl").read_text(encoding="ascii")
        assert len(trail.splitlines()) == len(tills) and not UNCLEAN.search(trail)
        note("3 hostile data", "tills with hostile names closed on a real Odoo", len(tills))
