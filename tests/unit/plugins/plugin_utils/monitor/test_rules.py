# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules, silences and limits are data: what is right is used, what is wrong is named, and neither stops the other."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.limits import DEFAULTS, for_rules, read_limits
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.metrics import METRICS
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.rules import (
    BadRule,
    Message,
    compile_rule,
    compile_rules,
)
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.run import Wanted, monitor
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.silences import parse_silences

from ...module_utils.made import NOW, counted, paid, session, till
from .made_monitor import DEFAULTS as ROLE_DEFAULTS
from .made_monitor import HOSTILE, ROLE, RULES, judged, read, rules_of, settings, sick, unread, watch

SPECS = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"][
    "options"
]
GOOD = {"name": "mine", "when": "sessions", "severity": "info", "message": "{name}"}


def test_the_rules_of_the_role_compile_and_know_their_limits():
    rules, faults = compile_rules(RULES)
    assert not faults and len(rules) == len(RULES) >= 10
    for name in ("hours_open", "stuck_minutes", "rescue_sessions"):
        assert "limits.%s" % name in str(RULES) and name in DEFAULTS
    assert "limits.minor.drawer_difference" in str(RULES)
    assert ROLE_DEFAULTS["pos_monitor_limits"] == {}


def test_each_rule_finds_what_it_is_for_and_leaves_a_healthy_store_alone():
    assert rules_of(judged(session())) == []
    assert rules_of(judged(*sick())) == [
        "books_wrong", "close_will_fail", "closing_stuck", "drawer_difference", "session_forgotten",
    ]  # fmt: skip


def test_rescue_sessions_are_a_pile_from_the_limit_on():
    pile = [session(id=i, rescue=True, name="(RESCUE %d)" % i, cash=None) for i in (1, 2, 3)]
    assert "rescue_pile" not in rules_of(judged(*pile[:2]))
    assert "rescue_pile" in rules_of(judged(*pile))
    assert "rescue_pile" not in rules_of(judged(*pile, held_to=watch(limits={"rescue_sessions": "4"})))


@pytest.mark.parametrize(
    ("amount", "limit", "of_till", "found"),
    [
        ("120.00", "10.00", None, False),
        ("119.99", "10.00", None, True),
        ("140.01", "10.00", None, True),
        # the till's own limit is the one that counts
        ("119.99", "10.00", "50.00", False),
        ("129.98", "10.00", "0.01", True),
        ("129.99", "0.009", None, False),
    ],
)
def test_a_drawer_is_held_to_its_tills_limit_or_else_to_ours_to_the_cent(amount, limit, of_till, found):
    own = till(max_difference=None if of_till is None else Decimal(of_till))
    one = judged(counted(amount, till=own), held_to=watch(limits={"drawer_difference": limit}))
    assert ("drawer_difference" in rules_of(one)) is found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"when": "sessions["}, "its expression is no JMESPath: Invalid jmespath expression: Incomplete expression"),
        ({"when": "sessions[?`]"}, "its expression is no JMESPath"),
        ({"when": ""}, "its expression is no JMESPath"),
        ({"when": None}, "'when' must be a JMESPath expression"),
        ({"name": "Not good"}, "its name must be"),
        ({"name": ""}, "its name must be"),
        ({"severity": "fatal"}, "its severity must be one of critical, warning, info"),
        ({"message": ""}, "it has no message"),
        ({"message": "{name"}, "a brace too many or too few"),
        ({"message": "{name.__class__!r}"}, r"may hold {field} and {field.field} only"),
        ({"message": "{name:>9999999}"}, "may hold"),
        ({"message": "{sessions[0]}"}, "may hold"),
        ({"mesage": "typo"}, "unknown keys .mesage."),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_and_the_others_are_used(change, says):
    with pytest.raises(BadRule, match=says):
        compile_rule({**GOOD, **change})
    rules, faults = compile_rules(RULES, [{**GOOD, **change}, {**GOOD, "name": "other"}])
    assert [rule.name for rule in rules][-1] == "other" and len(rules) == len(RULES) + 1
    assert len(faults) == 1 and "is not used" in faults[0].message and "\n" not in faults[0].message


@pytest.mark.parametrize("wrong", ["sessions", {"name": "x"}, None, 7])
def test_rules_that_are_no_list_leave_the_others(wrong):
    rules, faults = compile_rules(RULES, wrong)
    assert len(rules) == len(RULES) and "no list" in faults[0].message
    rules, faults = compile_rules(RULES, ["text", 3, None])
    assert len(rules) == len(RULES) and [fault.name for fault in faults] == ["number 1", "number 2", "number 3"]


def test_a_rule_takes_the_place_of_its_namesake_unless_it_is_broken():
    mine = {**GOOD, "name": RULES[0]["name"], "severity": "info"}
    assert next(r for r in compile_rules(RULES, [mine])[0] if r.name == mine["name"]).severity == "info"
    broken = {**mine, "when": "["}
    assert next(r for r in compile_rules(RULES, [broken])[0] if r.name == mine["name"]).severity == "critical"


@pytest.mark.parametrize(
    ("when", "message", "says"),
    [
        ("no_such_function(sessions)", "x", "Unknown function"),
        ("sessions[?abs(name) > `1`]", "x", "invalid type for value"),
        ("length(sessions)", "x", "not a number"),
        ("sessions[0].name", "x", "not text"),
        ("sessions[0]", "x", "not an object"),
        ("sessions[].name", "x", "not a list of other things"),
        ("sessions", "{no.such.field}", "names {no.such.field}"),
        ("sessions", "{till}", "no single value"),
        ("sessions", "{findings}", "no single value"),
        ("`true`", "{name}", "names {name}"),
    ],
)
def test_a_rule_that_fails_on_the_data_is_named_and_the_others_are_heard(when, message, says):
    one = judged(*sick(), held_to=watch(extra=[{**GOOD, "when": when, "message": message}]))
    assert [fault.name for fault in one.faults] == ["mine"]
    assert says in one.faults[0].message and one.faults[0].store == "store_042"
    assert len(rules_of(one)) == 5


def test_true_is_about_the_store_and_a_list_about_each_of_it():
    def messages(when, message):
        one = judged(*sick(), held_to=watch([{**GOOD, "when": when, "message": message}]))
        return [alert.message for alert in one.alerts]

    assert messages("summary.sessions > `3`", "{host} ({odoo.series}): {summary.sessions}, {limits.hours_open}") == [
        "store_042 (19.0): 4, 16"
    ]
    assert messages("sessions[?id < `3`]", "{name} on {till.name}, {database}: {stopped_at}, {rescue}") == [
        "POS/00001 on Till 7, store_042: nothing, no",
        "POS/00002 on Two, store_042: nothing, no",
    ]
    assert messages("tills[?findings]", "{{{id}}} {name}") == ["{4} Four"]
    for nothing in ("sessions[?id > `99`]", "no.such.thing", "`false`", "`null`", "`[]`"):
        assert messages(nothing, "x") == []


def test_a_store_that_cannot_be_read_is_an_alert_of_every_rule_set():
    found = monitor({"a": unread("Gone."), "b": read(session())}, {"a": settings(), "b": settings()}, Wanted(), NOW)
    assert [(a["store"], a["rule"], a["message"]) for a in found["alerts"]] == [
        ("a", "store_unreachable", "The store cannot be read: Gone.")
    ]
    assert found["faults"] == []


def test_what_a_database_holds_is_never_more_than_text():
    one = judged(session(till=till(name=HOSTILE), started_at=NOW.replace(day=1)))
    (alert,) = one.alerts
    assert "{{ lookup('pipe','id') }}" in alert.message and "{name.__class__}" in alert.message
    assert "\n" not in alert.message


@given(st.text(max_size=40), st.dictionaries(st.sampled_from(["a", "b", "till"]), st.text(max_size=5)))
def test_a_message_is_refused_or_filled_and_never_runs(text, match):
    try:
        assert isinstance(Message.of(text).fill(match), str)
    except BadRule as error:
        assert str(error)


@pytest.mark.parametrize(
    ("silence", "quiet"),
    [
        ({"rule": "drawer_difference"}, True),
        ({"rule": "*"}, True),
        ({"rule": "drawer_*", "store": "store_0*"}, True),
        ({"rule": "*", "store": "store_1*"}, False),
        ({"rule": "*", "till": "7"}, True),
        ({"rule": "*", "till": 7}, True),
        ({"rule": "*", "till": "Till 7"}, True),
        ({"rule": "*", "till": "Till"}, False),
        ({"rule": "session_forgotten"}, False),
        # NOW is 2026-11-22 07:00 UTC; a day counts to its end
        ({"rule": "*", "until": "2026-11-22"}, True),
        ({"rule": "*", "until": "2026-11-21"}, False),
        ({"rule": "*", "until": "2026-11-22T07:00:00Z"}, False),
        ({"rule": "*", "until": "2026-11-22 07:01"}, True),
        ({"rule": "*", "until": "2026-11-22T08:30:00+02:00"}, False),
        ({"rule": "*", "until": "9999-12-31"}, True),
    ],
)
def test_a_silence_keeps_quiet_what_it_names_until_it_ends(silence, quiet):
    one = judged(counted("100.00"), held_to=watch(silence=[{**silence, "reason": "being counted"}]))
    (alert,) = one.alerts
    assert (alert.silenced is not None) is quiet
    assert not quiet or "being counted" in alert.silenced


@pytest.mark.parametrize(
    ("silence", "says"),
    [
        ({"rule": "drawer_diference"}, "there is no such rule"),
        ({"rule": ""}, "names no rule"),
        ({"rule": "*", "until": "soon"}, "'until' must be"),
        ({"rule": "*", "untill": "2026-11-22"}, "unknown keys"),
        ("drawer_difference", "no mapping"),
    ],
)
def test_a_silence_that_cannot_be_used_silences_nothing_and_says_so(silence, says):
    silences, faults = parse_silences([silence, {"rule": "lock_wait"}], [rule["name"] for rule in RULES])
    assert [one.rule for one in silences] == ["lock_wait"]
    assert len(faults) == 1 and says in faults[0].message
    assert "no list" in parse_silences("x", [])[1][0].message


def test_limits_are_numbers_over_the_defaults():
    limits, faults = read_limits({"hours_open": "8.5", "drawer_difference": 3, "mine": 7, "spread_floor": "-1", "x": True,
                                  "stuck_minutes": "nan", "spread_factor": None})  # fmt: skip
    assert sorted(fault.name for fault in faults) == ["spread_factor", "spread_floor", "stuck_minutes", "x"]
    assert limits["hours_open"] == Decimal("8.5") and limits["stuck_minutes"] == 60 and limits["mine"] == 7
    seen = for_rules(limits, 3)
    assert seen["hours_open"] == 8.5 and seen["minor"]["drawer_difference"] == 3000
    assert read_limits([])[0]["hours_open"] == 16 and "no mapping" in read_limits([])[1][0].message


def test_the_clock_of_a_silence_is_utc():
    (silence,), _none = parse_silences([{"rule": "*", "until": "2026-11-22"}], ["x"])
    assert silence.until == datetime(2026, 11, 23, tzinfo=timezone.utc)


def test_the_examples_of_the_documentation_are_rules_and_silences():
    page = (ROLE.parents[1] / "docs/docsite/rst/guide_rules.rst").read_text(encoding="utf-8")
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"code-block:: yaml\n\n((?:   .+\n|\n)+)", page) + re.findall(
        r"```yaml\n(.+?)```", readme, re.DOTALL
    )
    given = [yaml.safe_load(block) for block in blocks]
    extra = [rule for one in given if isinstance(one, dict) for rule in one.get("pos_monitor_rules_extra", [])]
    quiet = [silence for one in given if isinstance(one, dict) for silence in one.get("pos_monitor_silence", [])]
    held_to = watch(extra=extra, silence=quiet)
    assert len(extra) == 1 and len(quiet) == 2
    one = judged(session(payments=(paid(unconfirmed=1),)), held_to=held_to)
    assert rules_of(one) == [extra[0]["name"]] and "(session POS/00024)" in one.alerts[0].message
    written = re.findall(r"``? ?(\w+\[\?.+?\])(?:``|`[:. ])", page)
    assert len(written) == 2
    for expression in written:
        assert judged(*sick(), held_to=watch([{**GOOD, "when": expression}])).faults == ()
    table = re.findall(r"^\| `(\w+)` \| (critical|warning|info) \|", readme, re.MULTILINE)
    assert table == [(rule["name"], rule["severity"]) for rule in RULES]
    assert [name for name in METRICS if name not in readme] == []
    assert [name for name in ROLE_DEFAULTS if "`%s`" % name not in readme] == []
    assert sorted(SPECS) == sorted(ROLE_DEFAULTS)
    for name, spec in SPECS.items():
        assert name == "pos_monitor_rules" or spec["default"] == ROLE_DEFAULTS[name]
