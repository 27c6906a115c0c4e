# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Odoo's ordinary API, as a client of it would use it: JSON-RPC, and a web session where only that will do."""

from __future__ import annotations

import http.cookiejar
import itertools
import json
import urllib.request


class Refused(Exception):
    """Odoo raised. ``name`` is the class of its exception, the text is Odoo's message."""

    def __init__(self, name, message):
        super().__init__(message)
        self.name = name


class Odoo:
    """One user of one database: ``odoo("pos.session", "read", [5], ["state"])``.

    Raises Refused where Odoo raised, OSError where it cannot be reached.
    """

    def __init__(self, url, database, user="admin", password="admin", timeout=900):
        self.url, self.database, self.user, self.password, self.timeout = url, database, user, password, timeout
        self.context = {"lang": "en_US"}
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self._ids = itertools.count(1)
        self._uid = None

    def post(self, path, params):
        """Send one JSON-RPC request; return its result (None where the answer has none)."""
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._ids), "params": params}
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with self._opener.open(request, timeout=self.timeout) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data") or {}
            raise Refused(data.get("name", "error"), data.get("message") or answer["error"].get("message", ""))
        return answer.get("result")

    def service(self, service, method, *arguments):
        """Call one of the services ``common``, ``db``, ``object``."""
        return self.post("/jsonrpc", {"service": service, "method": method, "args": list(arguments)})

    def uid(self):
        """The user's id. Raises Refused when the password is wrong."""
        if self._uid is None:
            self._uid = self.first(lambda: self.service("common", "login", self.database, self.user, self.password))
            if not self._uid:
                raise Refused("AccessDenied", "Odoo refuses the user %s of %s." % (self.user, self.database))
        return self._uid

    @staticmethod
    def first(ask):
        """The first thing that is asked, again where Odoo kept a connection that ended since: a database that is cloned ends
        those of its template, over which 19 serves whoever has not signed in."""
        try:
            return ask()
        except Refused as error:
            if "connection already closed" not in str(error):
                raise
            return ask()

    def __call__(self, model, method, *arguments, **named):
        named["context"] = {**self.context, **(named.get("context") or {})}
        return self.service(
            "object", "execute_kw", self.database, self.uid(), self.password, model, method, list(arguments), named
        )

    # --- what every caller does -------------------------------------------------------------------------------

    def create(self, model, values, **named):
        """Create one record; return its id."""
        made = self(model, "create", values, **named)
        return made[0] if isinstance(made, list) else made

    def find(self, model, domain, **named):
        """The ids that match ``domain``."""
        return self(model, "search", domain, **named)

    def read(self, model, ident, *fields):
        """The fields of one record, as a dict."""
        return self(model, "read", [ident], list(fields))[0]

    def write(self, model, ident, **values):
        """Write fields of one record."""
        return self(model, "write", [ident], values)

    def ref(self, xmlid):
        """The id behind an external identifier."""
        module, name = xmlid.split(".")
        return self("ir.model.data", "search_read", [("module", "=", module), ("name", "=", name)], ["res_id"])[0][
            "res_id"
        ]

    def api_key(self, name):
        """Make an API key as a person does in the browser: sign in, ask, type the password again."""
        self.post("/web/session/authenticate", {"db": self.database, "login": self.user, "password": self.password})

        def call(model, method, *arguments, context=None):
            named = {"context": context or {}}
            return self.post(
                "/web/dataset/call_kw/%s/%s" % (model, method),
                {"model": model, "method": method, "args": list(arguments), "kwargs": named},
            )

        wish = call("res.users.apikeys.description", "create", [{"name": name, "duration": "0"}])
        check = call("res.users.apikeys.description", "make_key", wish)
        shown = call("res.users.identitycheck", "run_check", [check["res_id"]], context={"password": self.password})
        return shown["context"]["default_key"]
