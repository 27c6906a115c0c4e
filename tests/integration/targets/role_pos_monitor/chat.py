# Copyright (c) 2026 RetailOps
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""chat.py FOLDER: stands in for a chat. Writes its port to FOLDER/port and each message to FOLDER/said, a line of JSON each.

It answers what the file FOLDER/answer says, 200 where there is none.
"""

from __future__ import annotations

import http.server
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


class Chat(http.server.BaseHTTPRequestHandler):
    """Takes messages."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = folder / "answer"
        code = int(answer.read_text()) if answer.exists() else 200
        with open(folder / ("said" if code == 200 else "refused"), "ab") as said:
            said.write(body + b"\n")
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_words):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Chat)
(folder / "port.new").write_text(str(server.server_port))
(folder / "port.new").rename(folder / "port")
server.serve_forever()
