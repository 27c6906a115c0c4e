# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX does with the data, as far as it matters here. Taken from AWX 24: its rules are in awx/api/views/__init__.py (surveys),
awx/main/models/mixins.py (answers), awx/main/fields.py and models/credential.py (credential types), api/serializers.py (schedules).
"""

from __future__ import annotations

import re

from jinja2 import StrictUndefined, sandbox

TYPES = {
    "text": str, "textarea": str, "password": str, "multiplechoice": str, "multiselect": str, "integer": int, "float": float,
}  # fmt: skip
FIELD_KEYS = {
    "id",
    "label",
    "type",
    "format",
    "choices",
    "help_text",
    "multiline",
    "secret",
    "ask_at_runtime",
    "default",
}
BLOCKED = {
    "VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID", "AD_HOC_COMMAND_ID",
    "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE", "CALLBACK_CONNECTION", "CACHE", "JOB_CALLBACK_DEBUG",
    "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION", "SUPERVISOR_WEB_CONFIG_PATH", "SUPERVISOR_CONFIG_PATH",
}  # fmt: skip
NAME = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*")


# --- surveys --------------------------------------------------------------------------------------------------------


def choices_of(question):
    """The choices of a question, which may be written as lines."""
    given = question["choices"]
    lines = given.splitlines() if isinstance(given, str) else given
    return [choice for choice in lines if choice.strip()]


def survey_faults(survey):
    """Why AWX would not take a survey; empty when it would."""
    for key, kind in (("name", str), ("description", str), ("spec", list)):
        if not isinstance(survey.get(key), kind):
            return ["%s is missing, or no %s" % (key, kind.__name__)]
    if not survey["spec"]:
        return ["it asks nothing"]
    names = [question.get("variable") for question in survey["spec"]]
    faults = ["%s is asked for twice" % name for name in {*names} if names.count(name) > 1]
    return faults + [fault for question in survey["spec"] for fault in question_faults(question)]


def question_faults(question):
    """Why AWX would not take a question."""
    for key, kind in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(key), kind):
            return ["%s: %s is missing, or no %s" % (question, key, kind.__name__)]
    kind, name, default = question["type"], question["variable"], question.get("default", "")
    if kind not in TYPES:
        return ["%s: there is no type %s" % (name, kind)]
    faults = []
    if default != "" and (not isinstance(default, TYPES[kind]) or isinstance(default, bool)):
        faults.append("%s: the default of a %s is a %s" % (name, kind, TYPES[kind].__name__))
    for key in ("min", "max"):
        limit = question.get(key)
        if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool)):
            faults.append("%s: %s is no whole number" % (name, key))
    if kind in ("multiplechoice", "multiselect"):
        if "choices" not in question:
            return [*faults, "%s: there are no choices" % name]
        defaults = [line for line in str(default).splitlines() if line.strip()]
        if kind == "multiplechoice" and len(defaults) > 1:
            faults.append("%s: it has several defaults" % name)
        faults += [
            "%s: the default %s is no choice" % (name, one) for one in defaults if one not in choices_of(question)
        ]
    if isinstance(default, str) and default.startswith("$encrypted$"):
        faults.append("%s: $encrypted$ is reserved" % name)
    return faults


def answer_faults(question, answers):
    """Why AWX would not take the answer to a question."""
    name, kind = question["variable"], question["type"]
    if name not in answers:
        return ["%s is missing" % name] if question["required"] else []
    value, least, most = answers[name], question.get("min"), question.get("max")
    if kind in ("text", "textarea", "password"):
        if not isinstance(value, str):
            return ["%s is no text" % name]
        measure = len(value)
    elif kind in ("integer", "float"):
        if isinstance(value, bool) or not isinstance(value, int if kind == "integer" else (int, float)):
            return ["%s is no number" % name]
        measure = value
    else:
        if kind == "multiselect" and not isinstance(value, list):
            return ["%s is no list" % name]
        wrong = [one for one in (value if kind == "multiselect" else [value]) if one not in choices_of(question)]
        return ["%s: %s is no choice" % (name, one) for one in wrong]
    too_little = least is not None and measure < int(least)
    too_much = most is not None and measure > int(most)
    return ["%s is too small or too short" % name] * too_little + ["%s is too large or too long" % name] * too_much


def launched(template, answers):
    """The variables of a job: the template's, below the defaults of its survey, below the answers. Raises ValueError.

    As AWX does: what is required has to be answered although it has a default, so that a schedule, which answers nothing, cannot
    have it; and a default that is no answer by the survey's own rules is left out, such as the lines of a multiselect.
    """
    questions = template["survey_spec"]["spec"] if template.get("survey_enabled") else []
    defaults = {
        question["variable"]: question["default"]
        for question in questions
        if question.get("default") is not None
        and not answer_faults(question, {question["variable"]: question["default"]})
    }
    unknown = {*answers} - {question["variable"] for question in questions}
    faults = ["%s is not asked for" % name for name in sorted(unknown)]
    faults += [fault for question in questions for fault in answer_faults(question, answers)]
    if faults:
        raise ValueError("; ".join(faults))
    return {**template.get("extra_vars", {}), **defaults, **answers}


# --- credential types ------------------------------------------------------------------------------------------------


def inputs_faults(inputs):
    """Why AWX would not take the inputs of a credential type."""
    fields = inputs["fields"]
    names = [field["id"] for field in fields]
    faults = ["%s twice" % name for name in {*names} if names.count(name) > 1]
    faults += ["%s is not there, and required" % name for name in inputs.get("required", []) if name not in names]
    faults += ["only fields and required, not %s" % key for key in {*inputs} - {"fields", "required"}]
    for field in fields:
        name, kind = field["id"], field.get("type", "string")
        if not NAME.fullmatch(name) or name == "tower" or "label" not in field or kind not in ("string", "boolean"):
            faults.append("%s: its id, label or type" % name)
        faults += ["%s: no key %s" % (name, key) for key in {*field} - FIELD_KEYS]
        if field.get("format", "url") not in ("url", "ssh_private_key"):
            faults.append("%s: its format" % name)
        if "default" in field and not isinstance(field["default"], {"string": str, "boolean": bool}[kind]):
            faults.append("%s: its default" % name)
        faults += ["%s: %s is for text" % (name, key) for key in ("choices", "multiline", "format", "secret")
                   if key in field and kind != "string"]  # fmt: skip
    return faults


def injectors_faults(kind):
    """Why AWX would not take the injectors of a credential type; renders each with undefined fields forbidden."""
    injectors, faults = kind["injectors"], []
    faults += ["there is no injector %s" % name for name in {*injectors} - {"file", "env", "extra_vars"}]
    for name in injectors.get("env", {}):
        if not NAME.fullmatch(name) or name.startswith("ANSIBLE_") or name in BLOCKED:
            faults.append("the variable %s is not allowed" % name)
    files = [*injectors.get("file", {})]
    if "template" in files and len(files) > 1:
        faults.append("one file or several, not both")
    filenames = {name.split(".")[1]: "EXAMPLE" for name in files if "." in name} or "EXAMPLE"
    values = {field["id"]: "EXAMPLE" for field in kind["inputs"]["fields"]}
    values["tower"] = {"filename": filenames} if files else {}
    strict = sandbox.ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for group in injectors.values():
        for name, text in group.items():
            try:
                strict.from_string(text).render(values)
            except Exception as error:
                faults.append("%s: %s" % (name, error))
    return faults


def injected(kind, inputs, folder):
    """What a job gets of a credential: its environment and its variables. Files are written to ``folder``.

    As AWX does: fields without a value are undefined, and undefined is the empty text.
    """
    engine = sandbox.ImmutableSandboxedEnvironment()
    values = {name: value for name, value in inputs.items() if value != ""}
    names, prefix = {}, re.sub(r"\W", "_", kind["name"])
    for label, text in kind["injectors"].get("file", {}).items():
        path = folder / ("%s.%s" % (prefix, label))
        path.write_text(engine.from_string(text).render(values), encoding="utf-8")
        path.chmod(0o600)
        names[label.partition(".")[2]] = str(path)
    values["tower"] = {"filename": names}

    def rendered(group):
        return {
            name: engine.from_string(text).render(values) for name, text in kind["injectors"].get(group, {}).items()
        }

    return rendered("env"), rendered("extra_vars")


# --- schedules -------------------------------------------------------------------------------------------------------


def rule_faults(rule):
    """Why AWX would not take the rule of a schedule."""
    faults = []
    if len(re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", rule)) != 1:
        faults.append("it begins once, at DTSTART")
    if re.search(r"DTSTART:[0-9]+T[0-9]+ ", rule):
        faults.append("its begin has no time zone")
    rules = re.findall(r"RRULE:(\S*)", rule)
    if not rules:
        faults.append("it has no rule")
    for one in rules:
        parts = dict(part.split("=", 1) for part in one.split(";"))
        if "INTERVAL" not in parts or parts.get("FREQ") not in (
            "MINUTELY",
            "HOURLY",
            "DAILY",
            "WEEKLY",
            "MONTHLY",
            "YEARLY",
        ):
            faults.append("%s: its interval or frequency" % one)
        if (
            {"COUNT", "UNTIL"} <= {*parts}
            or int(parts.get("COUNT", 1)) > 999
            or re.match(r"[0-9]", parts.get("BYDAY", ""))
        ):
            faults.append("%s: its end or days" % one)
    return faults
