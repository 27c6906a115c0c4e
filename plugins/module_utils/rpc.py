# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Odoo's API: JSON-2 with an API key (19 and newer), else JSON-RPC. HTTP is spoken nowhere else.

Not XML-RPC: it answers with a fault, after the commit, for every method that returns nothing (odoo-closing.md, fact 7).
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Optional, Protocol
from urllib.error import HTTPError, URLError

from ansible.module_utils.urls import ConnectionError as AnsibleConnectionError
from ansible.module_utils.urls import SSLValidationError, open_url

from .errors import AnswerLost, BadInput, OdooError, Unreachable
from .odoo_address import check_ca, check_header, check_url

# execute_kw wants these arguments by position, because decorators hide their names in some series.
BY_POSITION = {"create": ("vals_list",), "write": ("vals",), "read": ("fields",)}
# A proxy's answers to a request that it does not wait for any longer.
CUT_SHORT = (408, 499)
LOST = (http.client.HTTPException, ConnectionError, socket.timeout, TimeoutError, ssl.SSLError)
# What Odoo says with an AccessError, on one line.
GROUPS = re.compile(r"This operation is allowed for the following groups: - (.+?)(?: Contact your administrator.*)?$")
LANGUAGE = {"lang": "en_US"}
LONG = 12
LONGEST_TIMEOUT = 7 * 24 * 3600


def scrub(text: str, secrets: list[str]) -> str:
    """Text of a server on one line, without our keys. A short password is not looked for: blanking every 'odoo' or '42' would
    falsify what is said, and show which words the password is made of; Odoo does not repeat it."""
    for secret in secrets:
        if len(secret) >= LONG:
            text = text.replace(secret, "********")
    return " ".join(text.split())


class Transport(Protocol):
    """What closing needs of Odoo; anything with this one method may take the place of HTTP."""

    def call(self, model: str, method: str, ids: list[int], **named: Any) -> Any:
        """Call a public method on records. Raises OdooError (Odoo said no), AnswerLost (nobody knows) or Unreachable."""


def to_json(value: Any) -> str:
    """JSON in which a Decimal is written with its own digits, so that no float is made of money on our side."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (json.dumps(str(k)), to_json(v)) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(to_json(v) for v in value)
    return json.dumps(value)


def http_of(options: Mapping[str, Any], secrets: list[str]) -> Http:
    """What speaks to ``odoo_url``; nothing is sent yet. Raises BadInput."""
    url, timeout = check_url(options.get("odoo_url")), options["odoo_timeout"]
    if not 1 <= timeout <= LONGEST_TIMEOUT:
        raise BadInput("odoo_timeout is a number of seconds from 1 to %d; %d is not." % (LONGEST_TIMEOUT, timeout))
    return Http(url, timeout, options["validate_certs"], check_ca(options.get("ca_path")), secrets)


@dataclass
class Http:
    """One POST of JSON, and what went wrong with it in one sentence."""

    url: str
    timeout: int = 600
    validate_certs: bool = True
    ca_path: Optional[str] = None
    secrets: list[str] = field(default_factory=list)

    def post(self, path: str, body: Any, headers: Optional[dict[str, str]] = None) -> tuple[int, Any]:
        """Return HTTP status and parsed body (Decimal for numbers with a point). Raises Unreachable or AnswerLost."""
        try:
            response = open_url(
                self.url + path,
                method="POST",
                data=to_json(body).encode(),
                headers={"Content-Type": "application/json", **(headers or {})},
                timeout=self.timeout,
                validate_certs=self.validate_certs,
                ca_path=self.ca_path,
                follow_redirects="none",
                # a .netrc would put its own password in place of the API key
                use_netrc=False,
                http_agent="retailops.odoo_pos",
            )
            return response.status, self.parse(response.read())
        except HTTPError as error:
            return error.code, self.parse_error(error)
        except (SSLValidationError, AnsibleConnectionError) as error:
            raise self.unreachable(error) from None
        except URLError as error:
            if isinstance(error.reason, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)):
                raise self.unreachable(error.reason) from None
            raise self.lost(error.reason) from None
        except LOST as error:
            raise self.lost(error) from None

    def parse(self, text: bytes) -> Any:
        try:
            return json.loads(text, parse_float=Decimal)
        except ValueError:
            raise self.lost("its answer is not JSON, or was cut short") from None

    def parse_error(self, error: HTTPError) -> Any:
        if error.code in (502, 503, 504):
            raise self.lost("a proxy answered %d" % error.code)
        if 300 <= error.code < 400:
            raise Unreachable(
                "%s sends us elsewhere (%d): put the address that it leads to into odoo_url." % (self.url, error.code)
            )
        try:
            return json.loads(error.read(), parse_float=Decimal)
        except LOST as lost:
            raise self.lost(lost) from None
        except ValueError:
            if error.code >= 500 or error.code in CUT_SHORT:
                # what Odoo itself says with it is JSON: something in between spoke, and Odoo may be at work
                raise self.lost("something on the way answered %d" % error.code) from None
            return None

    def unreachable(self, reason: Any) -> Unreachable:
        return Unreachable(
            "Cannot reach Odoo at %s: %s. Check odoo_url, and ca_path where the certificate is your own."
            % (self.url, scrub(str(reason), self.secrets).rstrip("."))
        )

    def lost(self, reason: Any) -> AnswerLost:
        text = "no answer within %d s" % self.timeout if isinstance(reason, socket.timeout) else str(reason)
        return AnswerLost("The answer of Odoo at %s was lost: %s." % (self.url, scrub(text, self.secrets).rstrip(".")))


def odoo_error(http: Http, name: str, message: str) -> OdooError:
    """Odoo's own exception as one line, without the traceback that comes with it."""
    text = scrub(message or name, http.secrets)
    if name.endswith(("AccessError", "AccessDenied")):
        text = lacking(text)
    return OdooError(text, kind=name)


def lacking(text: str) -> str:
    """What Odoo says of a right that its user lacks, with the groups that would give it as the first thing to do."""
    named = GROUPS.search(text)
    if named is None:
        return "%s (the Odoo user lacks a right: docs/least-privilege.md says which group gives it)" % text.rstrip(".")
    groups = " or ".join(group.strip() for group in named[1].split(" - ") if group.strip())
    return "%s; the Odoo user needs the group %s, see docs/least-privilege.md" % (
        text[: named.start()].rstrip(". "),
        groups,
    )


@dataclass
class JsonRpc:
    """JSON-RPC with a password, or an API key in its place (14 to 19)."""

    http: Http
    database: str
    user: str
    secret: str
    uid: int = 0

    def request(self, service: str, method: str, args: list[Any]) -> Any:
        body = {
            "jsonrpc": "2.0",
            "method": "call",
            "id": 1,
            "params": {"service": service, "method": method, "args": args},
        }
        status, answer = self.http.post("/jsonrpc", body)
        if not isinstance(answer, dict) or (
            "result" not in answer and "error" not in answer and answer.get("jsonrpc") != "2.0"
        ):
            raise Unreachable("%s answers %d but not as an Odoo does: check odoo_url." % (self.http.url, status))
        if answer.get("error"):
            data = answer["error"].get("data") or {}
            raise odoo_error(
                self.http, data.get("name") or "", data.get("message") or answer["error"].get("message") or ""
            )
        # Odoo leaves the result out when a method returns nothing.
        return answer.get("result")

    def login(self) -> None:
        """Raises Unreachable where the database or the user is unknown, or the password wrong."""
        try:
            self.uid = self.request("common", "authenticate", [self.database, self.user, self.secret, {}]) or 0
        except OdooError as error:
            raise Unreachable(
                "Odoo at %s does not open the database %s: %s."
                % (self.http.url, self.database, error.message.rstrip("."))
            ) from None
        if not self.uid:
            raise Unreachable(
                "Odoo at %s does not let %s into %s: check odoo_user, odoo_password or odoo_api_key, and odoo_db."
                % (self.http.url, self.user, self.database)
            )

    def call(self, model: str, method: str, ids: list[int], **named: Any) -> Any:
        if not self.uid:
            self.login()
        named["context"] = {**LANGUAGE, **named.get("context", {})}
        by_position = [named.pop(name) for name in BY_POSITION.get(method, ()) if name in named]
        args = by_position if method == "create" else [ids, *by_position]
        return self.request("object", "execute_kw", [self.database, self.uid, self.secret, model, method, args, named])


@dataclass
class Json2:
    """JSON-2 with an API key (19 and newer): real HTTP status codes, arguments by name."""

    http: Http
    database: str
    key: str

    def call(self, model: str, method: str, ids: list[int], **named: Any) -> Any:
        body = {**named, "context": {**LANGUAGE, **named.get("context", {})}}
        if method != "create":
            body["ids"] = ids
        headers = {"Authorization": "bearer %s" % self.key, "X-Odoo-Database": self.database}
        status, answer = self.http.post("/json/2/%s/%s" % (model, method), body, headers)
        if status == 200:
            return answer
        if status == 401:
            raise Unreachable("Odoo at %s does not know the API key: check odoo_api_key and odoo_db." % self.http.url)
        if not isinstance(answer, dict) or "name" not in answer:
            raise Unreachable(
                "%s answers %d but not as an Odoo does: check odoo_url and odoo_db." % (self.http.url, status)
            )
        raise odoo_error(self.http, answer["name"], answer.get("message") or "")


def transport(options: dict[str, Any], database: str, series: int) -> Transport:
    """The transport that this server and these credentials allow. Nothing is sent yet. Raises BadInput."""
    password, key = options.get("odoo_password") or "", options.get("odoo_api_key") or ""
    http = http_of(options, [s for s in (password, key) if s])
    if key and series >= 19:
        check_header("odoo_api_key", key)
        check_header("The database's name, which goes with odoo_api_key,", database)
        return Json2(http, database, key)
    if not options.get("odoo_user") or not (password or key):
        raise BadInput("odoo_user and one of odoo_password and odoo_api_key are needed to change a store through Odoo.")
    return JsonRpc(http, database, options["odoo_user"], key or password)
