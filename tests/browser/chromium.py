# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium, spoken to through chromedriver: as much of WebDriver as the tests need."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

PROGRAMS = ("chromium", "chromedriver")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-prefers-reduced-motion",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)


class Missing(Exception):
    """This machine cannot have a browser. One sentence."""


def provide():
    """Install Debian's Chromium where it is missing and may be installed. Raises Missing."""
    if all(shutil.which(program) for program in PROGRAMS):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(
            "there is no Chromium here, and only root may install one (apt-get install chromium chromium-driver)"
        )
    quiet = {
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        "capture_output": True,
        "text": True,
    }
    subprocess.run(["apt-get", "update", "-qq"], timeout=300, check=False, **quiet)
    wanted = ["chromium", "chromium-driver", "fonts-dejavu-core"]
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted], timeout=900, check=False, **quiet
    )
    if done.returncode:
        raise Missing("apt-get cannot install Chromium: %s" % (done.stderr.strip().splitlines() or ["no reason"])[-1])


class Browser:
    """One window. ``mobile`` pages are laid out for a width with :meth:`width`."""

    def __init__(self, driver, base):
        self._driver, self._base = driver, base

    def __call__(self, method, path, **body):
        """Send one command of WebDriver; return its value."""
        data = json.dumps(body).encode() if method == "POST" else None
        request = urllib.request.Request(self._base + path, data=data, method=method)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["value"]["message"]) from None

    def open(self, path):
        """Open a file."""
        self("POST", "/url", url=pathlib.Path(path).resolve().as_uri())

    def run(self, script, *args):
        """Run a script in the page and return what it returns; a promise is waited for."""
        return self("POST", "/execute/sync", script=script, args=list(args))

    def devtools(self, command, **params):
        return self("POST", "/goog/cdp/execute", cmd=command, params=params)

    def size(self, width, height=900, mobile=False):
        """Lay the page out for this window."""
        self.devtools(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile
        )

    def media(self, media="", **features):
        """Take the page for printed, or dark: ``prefers_color_scheme='dark'``."""
        pairs = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", media=media, features=pairs)

    def click(self, selector):
        """Click the middle of an element, as a person would: it must be there and not be covered."""
        self("POST", "/element/%s/click" % self.find(selector))

    def type(self, selector, text):
        """Type into an element."""
        self("POST", "/element/%s/value" % self.find(selector), text=text)

    def find(self, selector):
        (element,) = self("POST", "/element", using="css selector", value=selector).values()
        return element

    def log(self, kind):
        """What the browser noted since the last call: ``browser`` (the console) or ``performance`` (the network)."""
        return self("POST", "/se/log", type=kind)

    def picture(self, path, whole=True):
        """Write a PNG of the page."""
        shot = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    def print(self, path):
        """Write the PDF that a printer would get."""
        printed = self.devtools("Page.printToPDF", printBackground=False)
        pathlib.Path(path).write_bytes(base64.b64decode(printed["data"]))


@contextlib.contextmanager
def browser():
    """Yield a Browser that is gone afterwards, with everything it wrote."""
    with tempfile.TemporaryDirectory(prefix="pos-browser-") as home:
        environment = {**os.environ, "HOME": home, "TMPDIR": home}
        driver = subprocess.Popen(
            ["chromedriver", "--port=0", "--log-level=SEVERE"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
        try:
            port = port_of(driver.stdout)
            base = "http://127.0.0.1:%s/session" % port
            first = Browser(driver, base)
            session = first("POST", "", capabilities={"alwaysMatch": capabilities(home)})["sessionId"]
            window = Browser(driver, "%s/%s" % (base, session))
            yield window
            window("DELETE", "")
        finally:
            driver.terminate()
            driver.wait(10)


def port_of(lines):
    """Where chromedriver says that it listens."""
    for line in lines:
        match = re.search(r"successfully on port (\d+)", line)
        if match:
            return match[1]
    raise AssertionError("chromedriver did not start")


def capabilities(home):
    return {
        "browserName": "chrome",
        "goog:chromeOptions": {
            "args": [*SWITCHES, "--user-data-dir=%s/profile" % home],
            "binary": shutil.which("chromium"),
        },
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
    }
