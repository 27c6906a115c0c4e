# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bad way to Odoo: the laboratory's proxy, with a trouble for the request of a number, and with requests that arrive late."""

from __future__ import annotations

import threading
import time

from ..lab.closing_proxy import SLOW, Proxy

#: Odoo gets the request as late as this; where ``SLOW`` has the answer come late.
LATE = "late"


class Once(dict):
    """What befalls the request of one number, as the proxy asks for it by name."""

    def __init__(self, number, trouble):
        super().__init__()
        self.number, self.trouble, self.seen = number, trouble, 0

    def pop(self, _method, default=None):
        self.seen += 1
        return self.trouble if self.seen == self.number + 1 else default


class Way(Proxy):
    """``number``: the request that something befalls, from 0; ``late``: seconds that LATE and SLOW take."""

    def __init__(self, url, number, trouble, late):
        super().__init__(url)
        self.late = late
        self.trouble = Once(number, None if trouble in (LATE, SLOW) else trouble)
        self._slow = Once(number, trouble if trouble in (LATE, SLOW) else None)
        self._going, self._lock = 0, threading.Condition()

    @property
    def hit(self):
        """Whether the request of that number came."""
        return self.trouble.seen > self.trouble.number

    def pass_on(self, path, body, headers, method):
        with self._lock:
            self._going += 1
        try:
            trouble = self._slow.pop(method)
            time.sleep(self.late if trouble == LATE else 0)
            found = super().pass_on(path, body, headers, method)
            time.sleep(self.late if trouble == SLOW else 0)
            return found
        finally:
            with self._lock:
                self._going -= 1
                self._lock.notify_all()

    def settled(self):
        """Wait until Odoo has answered whatever nobody waited for."""
        super().settled()
        with self._lock:
            assert self._lock.wait_for(lambda: not self._going, 120)
