# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs that modules compose, and the one way in which a task ends. Ansible itself is touched here only."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .errors import BadInput, PosError, Refused
from .libpq import carries_secret
from .odoo_address import insecure
from .rows import clean

# Takes the options, whether it is check mode and whether a diff is wanted; returns the result or raises PosError.
Work = Callable[[Mapping[str, Any], bool, bool], dict[str, Any]]

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
INFINITE = "An option that must be a whole number is infinite: give a number."
LARGEST = 2**62
# A line of a message is for a person, however long the name is that somebody gave.
LONGEST_LINE = 2000


@dataclass(frozen=True)
class ArgumentSpec:
    """A part of a module's options; ``+`` puts parts together."""

    options: Mapping[str, Mapping[str, Any]]
    rules: Mapping[str, list[Any]] = field(default_factory=dict)

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        rules = {key: [*self.rules.get(key, []), *other.rules.get(key, [])] for key in {*self.rules, *other.rules}}
        return ArgumentSpec({**self.options, **other.options}, rules)

    def to_kwargs(self) -> dict[str, Any]:
        return {"argument_spec": {name: dict(option) for name, option in self.options.items()}, **self.rules}


# Where the work is done. Modules do not read it: the action plugins of the same names do.
RUN_ON = ArgumentSpec({"run_on": {"type": "str", "choices": ["auto", "controller", "host"], "default": "auto"}})

# No default that libpq would not choose by itself, and no aliases (community.postgresql 5).
DATABASE = RUN_ON + ArgumentSpec(
    {
        "login_host": {"type": "str"},
        "login_port": {"type": "int"},
        "login_unix_socket": {"type": "path"},
        "login_user": {"type": "str"},
        "login_password": {"type": "str", "no_log": True},
        "login_db": {"type": "str"},
        "ssl_mode": {"type": "str", "choices": ["allow", "disable", "prefer", "require", "verify-ca", "verify-full"]},
        "ca_cert": {"type": "path"},
        "ssl_cert": {"type": "path"},
        "ssl_key": {"type": "path", "no_log": False},
        "connect_params": {"type": "dict"},
        "session_role": {"type": "str"},
        "connect_timeout": {"type": "int", "default": 10},
        "statement_timeout": {"type": "int", "default": 30},
        "lock_timeout": {"type": "int", "default": 5},
    }
)

ODOO = ArgumentSpec(
    {
        "odoo_url": {"type": "str", "fallback": (env_fallback, ["ODOO_POS_URL"])},
        "odoo_user": {"type": "str", "fallback": (env_fallback, ["ODOO_POS_USER"])},
        "odoo_password": {"type": "str", "no_log": True, "fallback": (env_fallback, ["ODOO_POS_PASSWORD"])},
        "odoo_api_key": {"type": "str", "no_log": True, "fallback": (env_fallback, ["ODOO_POS_API_KEY"])},
        "odoo_db": {"type": "str", "fallback": (env_fallback, ["ODOO_POS_DB"])},
        "odoo_timeout": {"type": "int", "default": 600},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
    }
)

# The one session that a module changes.
SESSION = ArgumentSpec({"session": {"type": "str"}, "till": {"type": "str"}})

# Where people put credentials although they are refused there.
SMUGGLED = ("login_host", "login_db", "login_unix_socket", "connect_params", "odoo_url")


def require_sound(params: Mapping[str, Any]) -> None:
    """Raises BadInput for what neither PostgreSQL nor Odoo nor JSON can take, before any of them meets it."""
    for name, value in params.items():
        if isinstance(value, (int, float)) and not abs(value) < LARGEST:
            raise BadInput("%s is larger than any number that is meant for it: give a smaller one." % clean(name))
        for text in texts_in(value):
            if "\0" in text or not sendable(text):
                raise BadInput(
                    "%s holds a character that is no text (NUL or half a character): take it out." % clean(name)
                )


def texts_in(value: Any) -> Iterator[str]:
    """Every text inside of a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from texts_in(name)
            yield from texts_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts_in(inner)


def sendable(text: str) -> bool:
    """Whether a text can be sent anywhere: half of a pair of surrogates cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def invocation(params: Mapping[str, Any], spec: ArgumentSpec) -> dict[str, Any]:
    """The options as they may be shown: secrets replaced, whatever else they contain left alone."""
    return {"module_args": {name: shown(name, value, spec) for name, value in params.items()}}


def shown(name: str, value: Any, spec: ArgumentSpec) -> Any:
    """An option's value, or HIDDEN for a secret, also for one in an option that was refused because of it."""
    secret = spec.options.get(name, {}).get("no_log") or (name in SMUGGLED and carries_secret(value))
    return HIDDEN if secret and value is not None else value


def ended(spec: ArgumentSpec, work: Work, params: Mapping[str, Any], check_mode: bool, diff: bool) -> dict[str, Any]:
    """What a task ends with, as plain JSON values: the result of ``work``, or one sentence for a PosError.

    Ansible would blank every value that contains a secret's text, so that a till called 'admin 2' vanishes when the password
    is 'admin'. Results are made of the database and of Odoo's answers, never of options; so the blanking is left out and the
    invocation is hidden here, option by option.
    """
    try:
        require_sound(params)
    except BadInput as error:
        return {"failed": True, "msg": spoken(error.message)}
    try:
        result = work(params, check_mode, diff)
    except Refused as error:
        result = {**error.details, "failed": True, "msg": spoken(error.message)}
    except PosError as error:
        result = {**error.details, "failed": True, "msg": sentence(error.message)}
    warnings = [] if check_mode or "odoo_url" not in params else insecure(params)
    if warnings:
        result["warnings"] = [sentence(warning) for warning in warnings]
    result["invocation"] = invocation(params, spec)
    plain: dict[str, Any] = json.loads(json.dumps(result))
    return plain


def spoken(message: str) -> str:
    """A message without control characters, and not endless; a refusal keeps its line for every blocker."""
    return "\n".join(shortened(clean(line)) for line in message.split("\n"))


def sentence(message: str) -> str:
    """A message that has one line, whatever was in the names that it quotes."""
    return spoken(message.replace("\n", " "))


def shortened(line: str) -> str:
    """The beginning and the end of a line that is too long."""
    return line if len(line) <= LONGEST_LINE else "%s ... %s" % (line[: LONGEST_LINE // 2], line[-LONGEST_LINE // 4 :])


def run(spec: ArgumentSpec, work: Work) -> None:
    """Make the module, do ``work`` and end with its result."""
    try:
        module = AnsibleModule(supports_check_mode=True, **spec.to_kwargs())
    except OverflowError:
        # Ansible's own check of an integer does not expect it, and there is no module yet that could say so.
        sys.stdout.write(json.dumps({"failed": True, "msg": INFINITE}))
        raise SystemExit(1) from None
    result = ended(spec, work, module.params, module.check_mode, module._diff)
    module.no_log_values.clear()
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def run_here(
    spec: ArgumentSpec, work: Work, args: Mapping[str, Any], check_mode: bool, diff: bool, name: str = ""
) -> dict[str, Any]:
    """The same without a module, in this process: what an action plugin returns. ``name`` is the module's, for its errors."""
    kwargs = spec.to_kwargs()
    try:
        checked = ArgumentSpecValidator(kwargs.pop("argument_spec"), **kwargs).validate(dict(args))
    except OverflowError:
        return {"failed": True, "msg": INFINITE}
    params = checked.validated_parameters
    if checked.error_messages:
        # The first error in the words of AnsibleModule.
        wrong = str(checked.errors.msg)
        if isinstance(checked.errors[0], UnsupportedError):
            wrong = "Unsupported parameters for (%s) module: %s" % (name, wrong)
        return {"failed": True, "msg": sentence(wrong), "invocation": invocation(params, spec)}
    return ended(spec, work, params, check_mode, diff)
