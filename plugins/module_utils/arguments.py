# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs that modules compose, and the one way in which a module ends. Ansible itself is touched here only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule, env_fallback

from .database import carries_secret
from .errors import PosError
from .rows import clean

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


# No default that libpq would not choose by itself, and no aliases (community.postgresql 5).
DATABASE = ArgumentSpec(
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


# Where people put credentials although they are refused there.
SMUGGLED = ("login_host", "login_db", "login_unix_socket", "connect_params", "odoo_url")


def invocation(module: AnsibleModule, spec: ArgumentSpec) -> dict[str, Any]:
    """The options as they may be shown: secrets replaced, whatever else they contain left alone."""
    return {"module_args": {name: shown(name, value, spec) for name, value in module.params.items()}}


def shown(name: str, value: Any, spec: ArgumentSpec) -> Any:
    """An option's value, or HIDDEN for a secret, also for one in an option that was refused because of it."""
    secret = spec.options.get(name, {}).get("no_log") or (name in SMUGGLED and carries_secret(value))
    return HIDDEN if secret and value is not None else value


def run(spec: ArgumentSpec, work: Callable[[AnsibleModule], dict[str, Any]]) -> None:
    """Make the module, do ``work`` and end with its result; a PosError ends it with one sentence.

    Ansible would blank every value that contains a secret's text, so that a till called 'admin 2' vanishes when the password
    is 'admin'. Results are made of the database and of Odoo's answers, never of options; so the blanking is switched off and
    the invocation is hidden here, option by option.
    """
    module = AnsibleModule(supports_check_mode=True, **spec.to_kwargs())
    module_args = invocation(module, spec)
    try:
        result, failed = work(module), None
    except PosError as error:
        result, failed = error.details, error.message
    module.no_log_values.clear()
    if failed is not None:
        module.fail_json(msg=clean(failed), invocation=module_args, **result)
    module.exit_json(invocation=module_args, **result)
