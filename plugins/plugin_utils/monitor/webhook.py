# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A message to a chat by an incoming webhook, in the payload that Slack reads (and Mattermost, Rocket.Chat and others).

The address is a secret: nothing here says it, also not in an error. Names in a message come out of databases: they mention
nobody, link nowhere and format nothing.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from ansible.module_utils.urls import ConnectionError as AnsibleConnectionError
from ansible.module_utils.urls import SSLValidationError, open_url

from ansible_collections.retailops.odoo_pos.plugins.module_utils.rows import clean

from .judge import Alert
from .rules import SEVERITIES

# A chat cuts a longer message off.
MOST_LINES, LONGEST_LINE = 40, 400
SIGNS = {"critical": "\U0001f534", "warning": "\U0001f7e0", "info": "\U0001f535"}
OVER = "\u2705"
LOST = (http.client.HTTPException, OSError, ValueError)
# What may be better in a moment.
AGAIN = (408, 425, 429, 500, 502, 503, 504)
LONGEST_WAIT = 30
# Slack reads <, > and & as its own markup; Mattermost reads @ and [text](address) as well.
DEAD = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "\uff20", "[": "\uff3b", "]": "\uff3d", "`": "'"})


class Undelivered(Exception):
    """The message did not arrive. One sentence, without the address."""


@dataclass(frozen=True)
class Webhook:
    """Where to and how. ``attempts`` in all; the waits between them double from ``wait`` seconds on."""

    url: str
    timeout: int = 10
    attempts: int = 4
    wait: float = 1.0
    validate_certs: bool = True
    ca_path: str | None = None


def dead(text: Any) -> str:
    """Text that no chat takes for markup."""
    return clean(text).translate(DEAD)


def told(alerts: Sequence[Alert], over: Iterable[tuple[str, Mapping[str, Any]]], stores: int) -> dict[str, Any]:
    """The payload: what is the matter, worst first, and what is over."""
    ordered = sorted(alerts, key=lambda a: (SEVERITIES.index(a.severity), a.store, a.key))
    lines = ["%s %s: %s" % (SIGNS[a.severity], dead(a.store), dead(a.message)) for a in ordered]
    lines += ["%s %s: over: %s" % (OVER, dead(store), dead(past["message"])) for store, past in over]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], "and %d more" % (len(lines) - MOST_LINES)]
    numbers = ["%d %s" % (sum(1 for a in alerts if a.severity == s), s) for s in SEVERITIES]
    head = "Point of Sale, %d store%s: %s" % (stores, "" if stores == 1 else "s", ", ".join(numbers))
    return {
        "text": "\n".join([head, *(shortened(text) for text in lines)]),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def shortened(text: str) -> str:
    """A line that is not too long; an escape is not cut in two."""
    if len(text) <= LONGEST_LINE:
        return text
    cut = text[:LONGEST_LINE]
    start = cut.rfind("&")
    return (cut[:start] if start > LONGEST_LINE - 6 and ";" not in cut[start:] else cut) + "..."


def send(webhook: Webhook, payload: Mapping[str, Any], pause: Callable[[float], None] = time.sleep) -> None:
    """Post the payload, again where that may help. Raises Undelivered.

    An answer that was lost is asked for again: a message that comes twice is better than one that never comes.
    """
    try:
        usable = urlsplit(webhook.url).scheme in ("http", "https") and bool(urlsplit(webhook.url).hostname)
    except ValueError:
        usable = False
    if not usable:
        raise Undelivered("The webhook was not called: its address must begin with https:// and name a host.")
    wait, why = webhook.wait, ""
    for attempt in range(max(1, webhook.attempts)):
        if attempt:
            pause(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        again, why, asked = post(webhook, payload)
        if not why:
            return
        if not again:
            break
        wait = max(wait, min(asked, LONGEST_WAIT))
    raise Undelivered(
        "The webhook did not take the message (%s); what is new is told next time. Check pos_monitor_webhook_url." % why
    )


def post(webhook: Webhook, payload: Mapping[str, Any]) -> tuple[bool, str, float]:
    """One attempt: whether another may help, what went wrong (empty: nothing), and for how many seconds it asks us to wait."""
    try:
        response = open_url(
            webhook.url,
            method="POST",
            data=json.dumps(payload).encode(),
            headers={"Content-Type": "application/json"},
            timeout=webhook.timeout,
            validate_certs=webhook.validate_certs,
            ca_path=webhook.ca_path,
            follow_redirects="none",
            use_netrc=False,
            http_agent="retailops.odoo_pos",
        )
        response.read(1000)
        response.close()
        return False, "", 0
    except HTTPError as error:
        if 300 <= error.code < 400:
            return False, "it answers %d, which leads elsewhere" % error.code, 0
        asked = (error.headers.get("Retry-After") or "").strip()
        return error.code in AGAIN, "it answers %d" % error.code, float(asked) if asked.isdecimal() else 0
    except (SSLValidationError, ssl.SSLCertVerificationError):
        return False, "its certificate cannot be verified", 0
    except URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            return False, "its certificate cannot be verified", 0
        return True, reason(error.reason), 0
    except (AnsibleConnectionError, *LOST) as error:
        return True, reason(error), 0


def reason(error: Any) -> str:
    """Why there was no answer, in words that cannot hold the address."""
    if isinstance(error, (socket.timeout, TimeoutError)):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return "its host has no address"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return "the connection failed: %s" % type(error).__name__
