# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The webhook against a small server: what is sent, what is tried again, and that nobody ever reads its address."""

from __future__ import annotations

import http.server
import json
import threading

import pytest

from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.judge import Alert
from ansible_collections.retailops.odoo_pos.plugins.plugin_utils.monitor.webhook import (
    LONGEST_LINE,
    MOST_LINES,
    Undelivered,
    Webhook,
    send,
    told,
)

from .made_monitor import HOSTILE

SECRET = "T000/B000/very-secret-token"


class Chat(http.server.BaseHTTPRequestHandler):
    """Answers what the test wants, in turn; the last answer for ever."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        code, headers = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if code is None:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture(name="chat")
def _chat():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    server.got, server.answers = [], [(200, {})]
    server.url = "http://127.0.0.1:%d/%s" % (server.server_port, SECRET)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def alert(message="The drawer differs.", store="store_042", severity="warning", key="k"):
    return Alert(store, "rule", severity, message, message, key, None, None, "2026-11-22T07:00:00Z", None, False)


def waits_of(chat, **more):
    """Send once; return the waits between the attempts, or the error."""
    waits = []
    try:
        send(Webhook(chat.url, **more), {"text": "x"}, waits.append)
    except Undelivered as error:
        assert SECRET not in str(error) and "127.0.0.1" not in str(error) and "\n" not in str(error)
        return waits, str(error)
    return waits, None


def test_it_is_sent_once_as_json(chat):
    assert waits_of(chat) == ([], None)
    assert chat.got == [("/" + SECRET, "application/json", {"text": "x"})]


def test_it_is_tried_again_with_growing_waits(chat):
    chat.answers = [(503, {}), (500, {}), (None, {}), (200, {})]
    assert waits_of(chat) == ([1.0, 2.0, 4.0], None)
    assert len(chat.got) == 4


def test_a_chat_that_asks_for_patience_gets_it_within_reason(chat):
    chat.answers = [
        (429, {"Retry-After": "7"}),
        (429, {"Retry-After": "9999"}),
        (429, {"Retry-After": "soon"}),
        (200, {}),
    ]
    assert waits_of(chat) == ([7, 30, 30], None)


def test_it_gives_up_after_the_attempts_and_says_so(chat):
    chat.answers = [(502, {})]
    waits, error = waits_of(chat, attempts=3)
    assert waits == [1.0, 2.0] and "it answers 502" in error and "told next time" in error


@pytest.mark.parametrize(
    ("code", "says"), [(404, "it answers 404"), (403, "403"), (302, "leads elsewhere"), (400, "400")]
)
def test_what_will_not_get_better_is_not_tried_again(chat, code, says):
    chat.answers = [(code, {"Location": "http://127.0.0.1:1/"})]
    waits, error = waits_of(chat)
    assert waits == [] and says in error and len(chat.got) == 1


@pytest.mark.parametrize(
    ("url", "says", "tries"),
    [
        ("http://127.0.0.1:1/" + SECRET, "nothing listens there", 2),
        ("http://no-such-host.invalid/" + SECRET, "its host has no address|the connection failed", 2),
        ("file:///etc/passwd?" + SECRET, "must begin with https://", 0),
        (SECRET, "must begin with https://", 0),
        ("https://[" + SECRET, "must begin with https://", 0),
    ],
)
def test_an_address_that_leads_nowhere_is_not_said(url, says, tries):
    waits = []
    with pytest.raises(Undelivered, match=says) as caught:
        send(Webhook(url, attempts=max(1, tries)), {}, waits.append)
    assert SECRET not in str(caught.value) and "invalid" not in str(caught.value) and len(waits) == max(0, tries - 1)


def test_a_chat_that_does_not_answer_is_given_up(chat):
    stop = threading.Event()
    chat.RequestHandlerClass = type("Slow", (Chat,), {"do_POST": lambda _self: stop.wait(5)})
    with pytest.raises(Undelivered, match="no answer in time"):
        send(Webhook(chat.url, timeout=1, attempts=1), {}, None)
    stop.set()


def test_the_message_is_worst_first_and_says_what_is_over():
    text = told([alert("b", "s2"), alert("a", "s9", "critical")], [("s1", {"message": "c"})], 12)["text"].split("\n")
    assert text[0] == "Point of Sale, 12 stores: 1 critical, 1 warning, 0 info"
    assert [line[2:] for line in text[1:]] == ["s9: a", "s2: b", "s1: over: c"]


def test_a_hostile_name_mentions_nobody_and_links_nowhere():
    payload = told([alert(HOSTILE, "<!here>")], [("@all", {"message": "<http://e.example|free>"})], 1)
    text = payload["text"]
    for live in ("<", ">", "@", "](", "`"):
        assert live not in text
    assert "&lt;!channel&gt;" in text and "{{ lookup('pipe','id') }}" in text and text.count("\n") == 2
    assert payload["mrkdwn"] is False and payload["unfurl_links"] is False


def test_a_long_message_is_cut_and_says_how_much_is_left_out():
    text = told([alert("&" * 1000, "s%d" % i) for i in range(MOST_LINES + 7)], [], 99)["text"].split("\n")
    assert text[-1] == "and 7 more" and len(text) == MOST_LINES + 2
    assert all(len(line) <= LONGEST_LINE + 3 for line in text)
    assert not any(line.replace("&amp;", "").count("&") for line in text)
