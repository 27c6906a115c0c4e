# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data for AWX, read as infra.aap_configuration reads it, against AWX's own rules and against the roles that it is for."""

from __future__ import annotations

import ast
import re
import zoneinfo

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from . import awx, shipped

# The variables that infra.aap_configuration's roles read, and the keys that they take (its roles/controller_*/tasks/main.yml).
KNOWN = {
    "controller_credential_types": "name description kind inputs injectors",
    "controller_credentials": "name description organization credential_type inputs update_secrets",
    "controller_execution_environments": "name description image pull organization",
    "controller_inventories": "name description organization variables",
    "controller_inventory_sources": "name inventory organization source source_project source_path execution_environment credential "
    "overwrite overwrite_vars update_on_launch update_cache_timeout",
    "controller_notifications": "name organization notification_type notification_configuration messages",
    "controller_projects": "name organization scm_type scm_url scm_branch scm_clean scm_update_on_launch scm_update_cache_timeout "
    "default_environment wait update_project",
    "controller_schedules": "name organization unified_job_template rrule enabled",
    "controller_templates": "name description organization project playbook inventory execution_environment credentials job_type forks "
    "diff_mode extra_vars ask_limit_on_launch ask_job_type_on_launch allow_simultaneous survey_enabled survey_spec "
    "notification_templates_error notification_templates_success",
    "controller_workflows": "name description organization inventory allow_simultaneous ask_variables_on_launch survey_enabled "
    "survey_spec simplified_workflow_nodes notification_templates_approvals notification_templates_error",
}  # fmt: skip
SURVEYS = [pytest.param(one, id=one["name"].replace(" ", "-")) for one in shipped.asked()]


def questions_of(template):
    return template["survey_spec"]["spec"]


# --- names --------------------------------------------------------------------------------------------------------------


def test_every_variable_and_key_is_one_that_is_read():
    found = {name for name in shipped.data() if not name.startswith("pos_awx_")}
    assert found == {*KNOWN}
    for name, keys in KNOWN.items():
        entries = shipped.data()[name]
        assert len({entry["name"] for entry in entries}) == len(entries) > 0
        for entry in entries:
            assert {*entry} <= {*keys.split()}, "%s: %s" % (name, entry["name"])


def test_every_name_that_is_referred_to_is_there():
    data = shipped.data()
    names = {kind: {entry["name"] for entry in entries} for kind, entries in data.items() if kind in KNOWN}
    notices = names["controller_notifications"]
    for job in data["controller_templates"]:
        assert job["project"] in names["controller_projects"] and job["inventory"] in names["controller_inventories"]
        assert job["execution_environment"] in names["controller_execution_environments"]
        assert {*job["credentials"]} <= names["controller_credentials"]
        assert {*job.get("notification_templates_error", []), *job.get("notification_templates_success", [])} <= notices
        assert (shipped.PROJECT / job["playbook"]).is_file()
    for credential in data["controller_credentials"]:
        assert credential["credential_type"] in names["controller_credential_types"]
    for source in data["controller_inventory_sources"]:
        assert source["inventory"] in names["controller_inventories"]
        assert (
            source["source_project"] in names["controller_projects"]
            and (shipped.PROJECT / source["source_path"]).is_file()
        )
    for flow in data["controller_workflows"]:
        assert {*flow["notification_templates_approvals"], *flow["notification_templates_error"]} <= notices
    for schedule in data["controller_schedules"]:
        assert schedule["unified_job_template"] in names["controller_templates"] | names["controller_workflows"]


def test_awx_lists_the_playbooks_and_only_those():
    # What has a line like this is a playbook for AWX (awx/main/utils/ansible.py); newer ones also take the long name.
    line = re.compile(r"^\s*?-?\s*?(?:hosts|include|import_playbook):\s*?.*?$", re.MULTILINE)
    listed = {path.name for path in shipped.PROJECT.glob("*.yml") if line.search(path.read_text(encoding="utf-8"))}
    used = {job["playbook"] for job in shipped.data()["controller_templates"]}
    assert used < listed and listed - used == {"first.yml"}


def test_the_playbooks_hand_answers_on_to_options_that_there_are():
    asked = {question["variable"] for template in shipped.asked() for question in questions_of(template)}
    handed = set()
    for path in shipped.PROJECT.glob("*.yml"):
        for play in yaml.safe_load(path.read_text(encoding="utf-8")):
            for name, text in (
                play.get("vars", {}).items() if isinstance(play, dict) and "import_playbook" in play else []
            ):
                assert shipped.option(name), "%s: %s" % (path.name, name)
                handed |= {*re.findall(r"\bpos_\w+", text)} & asked
    # Every answer that is no option itself is handed on, or is read by a playbook.
    assert {name for name in asked if not shipped.option(name)} <= handed | {"pos_hosts", "pos_explain"}


def test_the_project_wants_a_collection_that_is_this_one():
    text = (shipped.PROJECT / "collections" / "requirements.yml").read_text(encoding="utf-8")
    (wanted,) = yaml.safe_load(text)["collections"]
    galaxy = yaml.safe_load((shipped.ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    assert wanted["name"] == "%(namespace)s.%(name)s" % galaxy
    least, most = re.fullmatch(r">=([\d.]+),<([\d.]+)", wanted["version"]).groups()
    numbers = [tuple(int(part) for part in version.split(".")) for version in (least, galaxy["version"], most)]
    assert numbers[0] <= numbers[1] < numbers[2]


# --- surveys ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", SURVEYS)
def test_awx_takes_the_survey(template):
    assert template["survey_enabled"] is True
    assert awx.survey_faults(template["survey_spec"]) == []
    for question in questions_of(template):
        assert awx.NAME.fullmatch(question["variable"])
        # AWX wants an answer to what is required even where there is a default, from schedules and workflows too.
        assert not (question["required"] and "default" in question)
        # A default that the survey's own limits forbid would be left out without a word.
        if "default" in question and question["type"] != "multiselect":
            assert awx.answer_faults(question, {question["variable"]: question["default"]}) == []


@pytest.mark.parametrize("template", SURVEYS)
def test_every_answer_is_an_option_that_the_role_takes(template):
    """Its default and each of its choices; what is no option of a role is a variable of the playbooks behind it."""
    playbooks = [template["playbook"]] if "playbook" in template else playbooks_of(template)
    texts = "".join(shipped.texts_behind(playbook) for playbook in playbooks)
    for question in questions_of(template):
        name, option = question["variable"], shipped.option(question["variable"])
        assert re.search(r"\b%s\b" % name, texts), "%s is read by nothing behind %s" % (name, playbooks)
        if option is None:
            assert re.search(r"\b%s \| default\(" % name, texts), name
            continue
        for answer in answers_to(question):
            spec = {
                name: {key: value for key, value in option.items() if key in ("type", "choices", "elements", "default")}
            }
            checked = ArgumentSpecValidator(spec).validate({name: answer})
            assert checked.error_messages == [], "%s: %r" % (name, answer)


def answers_to(question):
    """What may come out of a question: its default, and its choices."""
    lists = question["type"] == "multiselect"
    found = [] if lists or "default" not in question else [question["default"]]
    for choice in awx.choices_of(question) if "choices" in question else []:
        found.append([choice] if lists else choice)
    return found


@pytest.mark.parametrize("template", SURVEYS)
def test_defaults_are_those_of_the_role_or_safer(template):
    """Where a survey's default differs from the role's, it is one that is written down here."""
    safer = {
        "pos_session_close_dry_run": "true",
        "pos_emergency_reset_dry_run": "true",
        "pos_monitor_fail_on": "critical",
        "pos_session_close_min_idle_minutes": 60,
    }
    for question in questions_of(template):
        option = shipped.option(question["variable"])
        if option is None or "default" not in question:
            continue
        theirs = option.get("default")
        ours = question["default"].splitlines() if question["type"] == "multiselect" else question["default"]
        if option["type"] == "bool":
            assert question["type"] == "multiplechoice" and question["choices"] == ["true", "false"]
            ours = {"true": True, "false": False}[ours]
            safe = safer.get(question["variable"]) == question["default"]
        else:
            ours = {} if ours == "{}" else ours
            safe = safer.get(question["variable"]) == ours
        assert ours == theirs or safe, question["variable"]


def test_no_boolean_of_a_role_is_asked_for_as_anything_else():
    for template in shipped.asked():
        for question in questions_of(template):
            option = shipped.option(question["variable"])
            booleans = {"true", "false"} & {*map(str, question.get("choices", []))}
            assert bool(booleans) == (option is not None and option["type"] == "bool"), question["variable"]


@pytest.mark.parametrize(
    "change, words",
    [
        ({"type": "boolean"}, "no type"),
        ({"required": "true"}, "no bool"),
        ({"default": True}, "default of a"),
        ({"default": "maybe"}, "is no choice"),
        ({"default": "true\nfalse"}, "several defaults"),
        ({"min": "1"}, "no whole number"),
        ({"variable": None}, "no str"),
        ({"default": "$encrypted$"}, "is no choice"),
    ],
)
def test_the_rules_find_what_is_wrong(change, words):
    question = {
        "question_name": "Q",
        "variable": "v",
        "required": True,
        "type": "multiplechoice",
        "choices": ["true", "false"],
    }
    survey = {"name": "", "description": "", "spec": [question]}
    assert awx.survey_faults(survey) == []
    assert words in " ".join(awx.survey_faults({**survey, "spec": [{**question, **change}]}))
    assert "twice" in " ".join(awx.survey_faults({**survey, "spec": [question, question]}))


def test_what_a_launch_takes():
    job = shipped.named("templates", "POS repair")
    with pytest.raises(ValueError, match="pos_hosts is missing"):
        awx.launched(job, {})
    with pytest.raises(ValueError, match="not asked for"):
        awx.launched(job, {"pos_hosts": "a", "pos_session_close_dry_run": "false"})
    with pytest.raises(ValueError, match="is no choice"):
        awx.launched(job, {"pos_hosts": "a", "pos_pending_orders_discard": ["paid"]})
    made = awx.launched(job, {"pos_hosts": "a"})
    # The lines of a multiselect are no answer to it, so the role's own default holds, which is the same.
    assert "pos_repair_fixes" not in made and made["pos_repair_give_back"] == "false"


# --- credentials --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", shipped.data()["controller_credential_types"], ids=lambda kind: kind["name"])
def test_awx_takes_the_credential_type(kind):
    # Only these two can be made by users, and job templates and inventory sources take the first.
    assert kind["kind"] == "cloud"
    assert awx.inputs_faults(kind["inputs"]) == []
    assert awx.injectors_faults(kind) == []


@pytest.mark.parametrize("kind", shipped.data()["controller_credential_types"], ids=lambda kind: kind["name"])
def test_a_secret_is_in_no_variable_that_a_job_shows(kind, tmp_path):
    secrets = [field["id"] for field in kind["inputs"]["fields"] if field.get("secret")]
    assert secrets
    _environment, variables = awx.injected(
        kind, {field["id"]: "IS-" + field["id"] for field in kind["inputs"]["fields"]}, tmp_path
    )
    for secret in secrets:
        assert "IS-" + secret not in str(variables)


def test_injectors_arrive_as_they_were_written():
    """infra.aap_configuration turns them into text and back."""
    sent = [ast.literal_eval(text) for text in shipped.read()["injectors"]]
    assert sent == [kind["injectors"] for kind in shipped.data()["controller_credential_types"]]
    assert sent[0]["env"]["PGUSER"] == "{{ user }}"


def test_what_a_job_gets_of_them(tmp_path):
    pg, odoo = (shipped.named("credential_types", name) for name in ("PostgreSQL of Odoo stores", "Odoo of the stores"))
    environment, variables = awx.injected(pg, {"user": "reader"}, tmp_path)
    assert variables == {}
    # What is empty is not given for libpq, but for the mode, which has to be one.
    assert {name for name, value in environment.items() if value} == {"PGUSER", "PGSSLMODE"}
    assert environment["PGSSLMODE"] == "verify-full"
    environment, _variables = awx.injected(
        pg, {"user": "reader", "ca_cert": "CA\n", "ssl_key": "KEY\n", "port": "5433"}, tmp_path
    )
    with open(environment["PGSSLROOTCERT"], encoding="utf-8") as file:
        assert file.read() == "CA\n"
    assert environment["PGSSLKEY"] and environment["PGSSLCERT"] == "" and environment["PGPORT"] == "5433"
    _environment, variables = awx.injected(odoo, {"user": "u", "api_key": "k"}, tmp_path)
    assert variables == {"odoo_pos_ca_path": ""}


def test_credentials_have_the_inputs_of_their_types_and_no_secret_in_a_file():
    for credential in shipped.data()["controller_credentials"]:
        kind = shipped.named("credential_types", credential["credential_type"])
        known = {field["id"]: field for field in kind["inputs"]["fields"]}
        assert {*credential["inputs"]} <= {*known} and {*kind["inputs"]["required"]} <= {*credential["inputs"]}
        for name, value in credential["inputs"].items():
            assert not known[name].get("secret") or value.startswith("hush-"), "%s is written in a file" % name
            assert value in (known[name].get("choices") or [value])
        assert credential["update_secrets"] is False


@pytest.mark.parametrize(
    "change, words",
    [
        ({"env": {"ANSIBLE_PASSWORD": "{{ user }}"}}, "not allowed"),
        ({"env": {"CACHE": "{{ user }}"}}, "not allowed"),
        ({"env": {"PGUSER": "{{ usr }}"}}, "undefined"),
        ({"env": {"PGUSER": "{{ tower.filename }}"}}, "no attribute"),
        ({"vars": {}}, "no injector"),
    ],
)
def test_the_rules_for_injectors_find_what_is_wrong(change, words):
    kind = {"inputs": {"fields": [{"id": "user", "label": "User"}]}, "injectors": {"env": {"PGUSER": "{{ user }}"}}}
    assert awx.injectors_faults(kind) == []
    assert words in " ".join(awx.injectors_faults({**kind, "injectors": change}))


# --- workflow and schedules -----------------------------------------------------------------------------------------------


def links(node):
    return [*node.get("success_nodes", []), *node.get("failure_nodes", []), *node.get("always_nodes", [])]


def playbooks_of(flow):
    """The playbooks of the jobs of a workflow."""
    names = [
        node["unified_job_template"] for node in flow["simplified_workflow_nodes"] if "unified_job_template" in node
    ]
    return [shipped.named("templates", name)["playbook"] for name in names]


def test_the_workflow_leads_from_the_plan_through_an_approval_to_the_close():
    (flow,) = shipped.data()["controller_workflows"]
    nodes = {node["identifier"]: node for node in flow["simplified_workflow_nodes"]}
    assert len(nodes) == len(flow["simplified_workflow_nodes"])
    for node in nodes.values():
        assert ("unified_job_template" in node) != ("approval_node" in node)
        assert {*links(node)} <= {*nodes}
    (first,) = {*nodes} - {name for node in nodes.values() for name in links(node)}
    order = []
    while first:
        assert first not in order, "a cycle"
        order.append(first)
        (first,) = links(nodes[first]) or [None]
    assert order == ["diagnose", "plan", "approve", "close", "report"]
    # Nobody's silence is an approval, and only an approval closes.
    assert (
        nodes["approve"]["approval_node"]["timeout"] > 0
        and links(nodes["approve"]) == nodes["approve"]["success_nodes"]
    )
    assert shipped.named("templates", nodes["plan"]["unified_job_template"])["job_type"] == "check"


def test_the_two_halves_decide_by_the_same_options():
    """The plan's hash is over every option that decides money: both jobs have to get them from the workflow and from nowhere else."""
    plan, close = (shipped.named("templates", name) for name in ("POS close, the plan", "POS close, by the plan"))
    for job in (plan, close):
        assert "survey_spec" not in job and not job.get("ask_variables_on_launch")
        assert {*job.get("extra_vars", {})} <= {"pos_session_close_on_refusal"}
    (flow,) = shipped.data()["controller_workflows"]
    assert flow["ask_variables_on_launch"] is False
    assert not {"pos_approved", "pos_session_close_approved_plan"} & {q["variable"] for q in questions_of(flow)}


def test_awx_takes_the_schedules_and_they_need_no_answers():
    for schedule in shipped.data()["controller_schedules"]:
        assert awx.rule_faults(schedule["rrule"]) == []
        zoneinfo.ZoneInfo(re.search(r"TZID=([^:]+):", schedule["rrule"]).group(1))
        awx.launched(shipped.named("templates", schedule["unified_job_template"]), {})
    for wrong in ("DTSTART:20260101T000000 RRULE:FREQ=DAILY;INTERVAL=1", "DTSTART:20260101T000000Z RRULE:FREQ=DAILY",
                  "DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY;INTERVAL=1", "RRULE:FREQ=DAILY;INTERVAL=1"):  # fmt: skip
        assert awx.rule_faults(wrong)


def test_the_roles_keep_what_has_to_outlive_a_job_in_the_folder_that_does():
    state = shipped.data()["pos_awx_state"]
    (inventory,) = shipped.data()["controller_inventories"]
    for name, value in inventory["variables"].items():
        assert value.startswith(state)
        assert name in ("pos_awx_state", "odoo_pos_trail") or shipped.option(name), name
