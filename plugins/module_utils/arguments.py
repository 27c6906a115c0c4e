# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs that modules compose, and the one way in which a task ends. Ansible itself is touched here only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule, env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .database import carries_secret
from .errors import PosError
from .rows import clean

# Takes the options, whether it is check mode and whether a diff is wanted; returns the result or raises PosError.
Work = Callable[[Mapping[str, Any], bool, bool], dict[str, Any]]

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


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
        result = work(params, check_mode, diff)
    except PosError as error:
        result = {**error.details, "failed": True, "msg": spoken(error.message)}
    result["invocation"] = invocation(params, spec)
    plain: dict[str, Any] = json.loads(json.dumps(result))
    return plain


def spoken(message: str) -> str:
    """A message without control characters; a refusal keeps its line for every blocker."""
    return "\n".join(clean(line) for line in message.split("\n"))


def run(spec: ArgumentSpec, work: Work) -> None:
    """Make the module, do ``work`` and end with its result."""
    module = AnsibleModule(supports_check_mode=True, **spec.to_kwargs())
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
    checked = ArgumentSpecValidator(kwargs.pop("argument_spec"), **kwargs).validate(dict(args))
    params = checked.validated_parameters
    if checked.error_messages:
        # The first error in the words of AnsibleModule.
        wrong = str(checked.errors.msg)
        if isinstance(checked.errors[0], UnsupportedError):
            wrong = "Unsupported parameters for (%s) module: %s" % (name, wrong)
        return {"failed": True, "msg": wrong, "invocation": invocation(params, spec)}
    return ended(spec, work, params, check_mode, diff)
