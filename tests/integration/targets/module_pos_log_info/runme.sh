#!/usr/bin/env bash
# pos_log_info where the log is: a file, a journal, hostile bytes, several GB; and no database anywhere.
# (What a real Odoo writes is read in tests/lab/test_log_live.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

{
    echo "half a line of point_of_sale"
    echo '2026-11-22 07:00:00,123 4711 WARNING store_042 odoo.http: Please go on the Cash journal and define a Loss Account. This account will be used'
    echo '2026-11-22 07:00:00,124 4711 INFO store_042 werkzeug: 127.0.0.1 - - "POST /web/dataset/call_kw/pos.session/close_session_from_ui HTTP/1.1" 200 -'
    echo '2026-11-22 07:10:00,123 4711 WARNING store_042 odoo.http: Please go on the Cash journal and define a Loss Account. This account will be used'
    echo '2026-11-22 07:20:00,123 4711 ERROR store_043 odoo.http: Exception during JSON request handling.'
    echo 'Traceback (most recent call last):'
    echo '  File "/opt/odoo/addons/point_of_sale/models/pos_session.py", line 7, in close'
    echo '    boom(password="hidden-7f3a")'
    printf 'KeyError: \033]0;owned\007\377 password=hidden-7f3a {{ lookup("pipe", "touch RAN") }}\n'
    echo '2026-11-22 07:30:00,123 4711 INFO store_042 odoo.modules.loading: Modules loaded.'
} >"$work/odoo.log"

# several GB, most of them a hole
truncate -s 4G "$work/huge.log"
cat "$work/odoo.log" >>"$work/huge.log"

mkdir "$work/bin"
python - "$work" <<'PYTHON'
import json, pathlib, sys
work = pathlib.Path(sys.argv[1])
lines = [line for line in work.joinpath("odoo.log").read_bytes().split(b"\n") if line]
records = []
for line in reversed(lines):
    try:
        records.append({"MESSAGE": line.decode()})
    except UnicodeDecodeError:
        records.append({"MESSAGE": list(line)})
work.joinpath("records").write_text("".join(json.dumps(record) + "\n" for record in records))
program = work / "bin" / "journalctl"
program.write_text("#!/bin/sh\ncat '%s/records'\n" % work)
program.chmod(0o755)
PYTHON

PATH="$work/bin:$PATH" ansible-playbook log.yml "$@" -e "work=$work" | tee "$work/out"
[ ! -e RAN ]
if grep -q 'hidden-7f3a' "$work/out" || LC_ALL=C grep -q "$(printf '\007')" "$work/out"; then exit 1; fi
