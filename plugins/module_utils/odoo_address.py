# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Odoo is, before anything is sent there: an address that can be, nothing secret in it, and who could read on the way."""

from __future__ import annotations

import errno
import os
import re
import ssl
from collections.abc import Mapping
from typing import Any, Optional
from urllib.parse import urlsplit

from .errors import BadInput
from .tls import local


def check_url(url: Optional[str]) -> str:
    """The URL without a trailing slash. Raises BadInput for one that is missing, is no HTTP, or carries credentials."""
    if not url:
        raise BadInput(
            "odoo_url is missing: give the address where the store's Odoo answers, such as https://store.example.com."
        )
    if re.search(r"//[^/?#]*@|[?&](password|api_key|key|token)=", url, re.IGNORECASE):
        raise BadInput("odoo_url must not carry credentials: use odoo_user with odoo_password or odoo_api_key.")
    if not url.lower().startswith(("http://", "https://")) or not host_of(url):
        raise BadInput(
            "odoo_url must begin with http:// or https:// and name a host, and a port only where it has one of its own."
        )
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadInput("odoo_url must be of printable ASCII without spaces: write other names of hosts as xn--....")
    return url.rstrip("/")


def check_ca(path: Optional[str]) -> Optional[str]:
    """``ca_path`` as it is. Raises BadInput for a file that holds no certificates that can be read."""
    if path:
        try:
            if not os.path.isfile(path):
                raise FileNotFoundError(errno.ENOENT, "it is no file")
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
        except ssl.SSLError:
            raise BadInput("ca_path %s holds no certificates in PEM: give a file that does." % path) from None
        except OSError as error:
            raise BadInput("ca_path %s cannot be read: %s." % (path, error.strerror)) from None
    return path


def insecure(options: Mapping[str, Any]) -> list[str]:
    """What is to be warned of, because somebody in between could read what is sent to Odoo, or answer in its place."""
    url = str(options.get("odoo_url") or "")
    if url.startswith("https:") and not options["validate_certs"]:
        return ["The certificate of odoo_url is not checked (validate_certs: false): give ca_path instead."]
    if url.startswith("http:") and not local(host_of(url)):
        return ["odoo_url is asked without encryption, so that the password can be read on the way: use https."]
    return []


def host_of(url: str) -> str:
    """The host that a URL names; empty where it names none, has no port that can be, or is no URL at all."""
    try:
        parts = urlsplit(url)
        # a label that is too long or empty
        (parts.hostname or "").encode("idna")
        return (parts.port != 0 and parts.hostname) or ""
    except ValueError:
        return ""


def check_header(what: str, text: str) -> None:
    """Raises BadInput, without the text, for one that cannot be sent in a header of HTTP."""
    if not (text.isascii() and text.isprintable()):
        raise BadInput("%s holds characters that cannot be sent: only printable ASCII can." % what)
