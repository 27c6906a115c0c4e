# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that nobody in their right mind gives, and some do: for the options of modules, and for names in a store."""

from __future__ import annotations

import base64

from hypothesis import strategies as st

#: What each would run in the hands of a careless program leaves a file at {canary}.
INJECTIONS = (
    "'; DROP TABLE pos_session; --",
    "1 OR 1=1",
    "1); UPDATE pos_session SET state='closed'; --",
    "$$; SELECT pg_sleep(60); $$",
    "{{{{ lookup('pipe', 'touch {canary}') }}}}",
    "{{% for x in range(3) %}}{{{{ x }}}}{{% endfor %}}",
    "{{# {canary} #}}",
    "{{{{ cycler.__init__.__globals__.os.system('touch {canary}') }}}}",
    "$(touch {canary})",
    "`touch {canary}`",
    "; touch {canary} #",
    "| touch {canary}",
    "-o/ProxyCommand=touch {canary}",
    "--output={canary}",
    "<script>fetch('/x')</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></system-out><testcase name='x'/>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "../../../../etc/passwd",
    "..\\..\\boot.ini",
    "%2e%2e%2f",
    "a\r\nX-Injected: yes",
    "line\nfatal: [store]: FAILED! => forged",
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "*)(uid=*))(|(uid=*",
    "host=evil.example.com",
    "dbname=postgres host=evil.example.com",
    "postgresql://evil.example.com/x",
    "http://evil.example.com/",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:x/",
    "http://\u2100.example.com/",
    "http://a b.example.com/",
    "http://" + "a" * 70 + ".example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "!unsafe x",
    "!!python/object/apply:os.system",
    "*anchor",
    "&anchor",
    "%s%n%d",
    "{{0.__class__}}",
    "%(x)s",
    "\\",
    "'",
    '"',
    "-",
    "--",
    "-rf",
    "~",
    "~root",
    "$HOME",
    "${{IFS}}",
    "con",
    "nul",
)
UNICODE = (
    "\u202eevil\u202c",
    "\u2066isolate\u2069",
    "a\u0300\u0301\u0302" * 40,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\ud800",
    "\udfff",
    "ok\udc80",
    "nul\x00byte",
    "\x00",
    "\ufeff",
    "\u00a0",
    "\u2028",
    "\u0662\u0663",
    "\uff11\uff12",
    "\u0130",
    "\u00df",
    "\ufdfa" * 10,
    "\U000e0041",
    "\u3164",
)
NUMBERS = (
    0,
    1,
    -1,
    2,
    5,
    15,
    59,
    99,
    10**4,
    2**31 - 1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**30,
    10**400,
    1e308,
    0.1,
    -0.0,
    float("nan"),
    float("inf"),
    "NaN",
    "Infinity",
    "-inf",
    "1e9",
    "1e-9",
    "0x10",
    "1_000",
    "12,50",
    "12.505",
    "1.",
    ".5",
    "+5",
    "0" * 50 + "1",
    "9" * 40,
    "9" * 5000,
)
OTHERS = (
    None,
    True,
    False,
    "yes",
    "no",
    "",
    " ",
    "\n",
    b"bytes",
    [],
    [None],
    [[]],
    {},
    {"a": {"b": None}},
    {None: 1},
    {1: 2},
    {"": ""},
    "[]",
    "{}",
    "null",
    "{'a': 1}",
    '{"a": 1}',
    "a=b c=d",
    "A" * (1 << 20),
    "{{ " * 5000,
    [["x"]] * 200,
)
PATHS = (
    "/etc/passwd",
    "/dev/full",
    "/dev/zero",
    "/proc/self/environ",
    "/proc/self/mem",
    "/",
    ".",
    "..",
    "/nowhere/at/all",
    "a/b",
    "{fifo}",
    "{folder}/made",
    "{folder}",
    "{folder}/loop",
    "/" + "x" * 300,
    "x" * 5000,
    "~nobody-at-all/x",
    "nul\x00",
)
WORDS = (
    "admin",
    "1",
    "2",
    "3",
    "Till healthy",
    "all",
    "none",
    "in",
    "out",
    "0",
    "24h",
    "2026-11-22",
    "opened",
    "store",
    "*",
    "~",
    "localhost",
    "127.0.0.1",
    "::1",
    "/tmp",
    "@abstract",
    "http://127.0.0.1:9",
    "https://127.0.0.1:9/",
    "empty",
    "unpaid",
)


def injections(canary):
    """The injection texts, each of which would leave ``canary`` behind where it ran."""
    return [text.format(canary=canary) for text in INJECTIONS]


def anything(canary="/nowhere/ran", folder="/nowhere", fifo="/nowhere/fifo"):
    """A value of any type."""
    paths = [text.format(folder=folder, fifo=fifo) for text in PATHS]
    texts = st.one_of(
        st.sampled_from(injections(canary)),
        st.sampled_from(UNICODE),
        st.sampled_from(WORDS),
        st.sampled_from(paths),
        st.text(max_size=40),
        # with surrogates, which st.text leaves out
        st.lists(st.integers(0, 0x10FFFF).map(chr), max_size=12).map("".join),
        st.binary(max_size=30).map(lambda raw: base64.b64encode(raw).decode()),
    )
    plain = st.one_of(texts, st.sampled_from(NUMBERS), st.sampled_from(OTHERS), st.integers(), st.floats())
    return st.one_of(
        plain, texts, st.lists(plain, max_size=4), st.dictionaries(st.one_of(texts, st.integers()), plain, max_size=3)
    )


def for_option(option, strange):
    """A value for an option: a strange one, or more often one that it takes, or a strange one inside of what it takes."""
    kind, choices = option.get("type", "str"), option.get("choices")
    if choices:
        fitting = st.sampled_from(list(choices))
        return (
            st.one_of(strange, fitting, fitting)
            if kind != "list"
            else st.one_of(strange, st.lists(fitting, max_size=3))
        )
    if kind == "int":
        return st.one_of(strange, st.sampled_from(NUMBERS), st.integers(-5, 100), st.integers(-(2**40), 2**40))
    if kind == "bool":
        return st.one_of(strange, st.booleans(), st.booleans(), st.booleans())
    if kind == "list":
        return st.one_of(strange, st.lists(strange, max_size=3), st.lists(strange, max_size=3))
    if kind == "dict":
        inside = st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=8)), strange, max_size=3)
        return st.one_of(strange, inside, inside)
    return strange


#: Names that mean something inside of the options that are dicts.
KEYS = (
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "options",
    "service",
    "sslmode",
    "sslrootcert",
    "application_name",
    "dsn",
    "password",
    "passfile",
    "target_session_attrs",
    "connect_timeout",
    "async",
    "stores",
    "sessions",
    "tills",
    "store",
    "pos_store",
    "reachable",
    "error",
    "summary",
    "Cash",
    "Card",
    "1",
)
