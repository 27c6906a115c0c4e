# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small proxy in front of a real Odoo that loses answers, as proxies and networks do."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import threading
import time
import urllib.parse

#: What can befall a call that reaches Odoo: 504 at once while Odoo goes on; the connection cut; the answer cut short; the
#: answer late; and before it reaches Odoo: the connection cut.
GATEWAY, CUT, SHORT, SLOW, BEFORE = "504 at once", "cut after", "cut short", "slow", "cut before"
LATE_SECONDS = 4


class Proxy:
    """``trouble`` says what befalls the next call of a method: {"close_session_from_ui": CUT}. ``calls`` are those that
    reached Odoo, by name; ``hooks`` are run before a call is passed on."""

    def __init__(self, url):
        self.odoo = urllib.parse.urlsplit(url)
        self.trouble, self.hooks, self.calls = {}, {}, []
        self.pending = []

    @contextlib.contextmanager
    def running(self, tls=None):
        """Yields the proxy's address. tls: an ssl.SSLContext, where it is to speak HTTPS."""
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield "%s://127.0.0.1:%d" % ("https" if tls else "http", server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            self.settled()

    def settled(self):
        """Wait until Odoo has answered whatever nobody waited for."""
        for thread in self.pending:
            thread.join()

    def pass_on(self, path, body, headers, method):
        """Ask Odoo; return status and body."""
        connection = http.client.HTTPConnection(self.odoo.hostname, self.odoo.port, timeout=300)
        try:
            self.calls.append(method)
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


def called(path, body):
    """The Odoo method that a request calls."""
    if path.startswith("/json/2/"):
        return path.rsplit("/", 1)[1]
    params = json.loads(body)["params"]
    return params["args"][4] if params["service"] == "object" else params["method"]


def _handler(proxy):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            method = called(self.path, body)
            proxy.hooks.pop(method, lambda: None)()
            trouble = proxy.trouble.pop(method, None)
            kept = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
            if trouble == BEFORE:
                self.close_connection = True
                return
            if trouble == GATEWAY:
                thread = threading.Thread(target=proxy.pass_on, args=(self.path, body, kept, method))
                proxy.pending.append(thread)
                thread.start()
                self._answer(504, b"<html>Gateway Time-out</html>")
                return
            status, answer = proxy.pass_on(self.path, body, kept, method)
            if trouble == SLOW:
                time.sleep(LATE_SECONDS)
            if trouble == CUT:
                self.close_connection = True
                return
            with contextlib.suppress(OSError):
                self._answer(status, answer, len(answer) // 2 if trouble == SHORT else None)

        def _answer(self, status, answer, only=None):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer[:only])
            self.close_connection = True

        def log_message(self, *_ignored):
            """Says nothing."""

    return Handler
