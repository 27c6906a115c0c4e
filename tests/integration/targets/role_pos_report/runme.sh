#!/usr/bin/env bash
# pos_report: four files that agree, exit codes that hold under --limit and in check mode, dead text, nothing changed in a store.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'=1+1;{{ lookup(''pipe'',''touch $PWD/RAN'') }}</script>\\x1b[31m\\u202e'
    WHERE name LIKE '%lookup%'"
postgresql clone store_a store_b
before="$(digest store_a)"
export ODOO_POS_TRAIL="$PWD/trail.jsonl"
report() { run "$1" retailops.odoo_pos.report -e "pos_report_dest='$PWD/$2'" "${@:3}"; }
verify() { python verify.py "$COLLECTION" "$@"; }

echo "--- three stores, one of them out of reach: a task each for all of them"
report 2 all
verify all 3 1
shows '3 of 3 store\(s\) fail: .*store_b \(.*session\(s\) will not close.*gone \(could not be read'
shows '^Report:$'
shows "^  .*/all/pos-report.html"
shows 'unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|\\u001b'
[ "$(grep -c '^TASK' "$out")" -le 8 ]
[ ! -e RAN ]

echo "--- in check mode, where nothing fails, and as a survey would ask"
report 0 never --check -e pos_report_fail_on=never -e pos_report_show=false -e pos_report_results=false -e pos_report_history_days=30
verify never 3 1
hides '^Report:'

run 2 retailops.odoo_pos.report -e pos_deadline=0
shows 'deadline must be 1 or more'

echo "--- limited to one store it fails for that store"
report 2 one --limit store_b
verify one 1 0
shows '1 of 1 store\(s\) fail: store_b'
report 2 unread --limit gone -e '{"pos_report_formats": ["junit"]}' -e pos_report_fail_on=warning
shows '1 of 1 store\(s\) fail: gone \(could not be read'
[ "$(ls unread)" = pos-report.xml ]

echo "--- a play of one's own: per store, after a role, twice"
run 0 own.yml --check -e "pos_report_dest='$PWD/own'"
python - own/pos-report.json <<'PY'
import json, sys
stores = json.load(open(sys.argv[1], encoding="utf-8"))["stores"]
outcomes = {result["outcome"] for store in stores for result in store["results"]}
assert outcomes <= {"would_close", "refused"} and "would_close" in outcomes, outcomes
assert all(store["reachable"] for store in stores)
PY
[ "$(ls own/history)" = "drawers-$(date -u +%F).json" ]

echo "--- a trail that somebody was at"
postgresql sql store_b "DELETE FROM pos_session; DELETE FROM pos_config; DELETE FROM pos_order; DELETE FROM pos_payment"
report 0 whole --limit store_b
echo '{"record": {}, "hash": "0"}' >trail.jsonl
report 2 broken --limit store_b
shows 'the trail of changes is broken \(line 1 was altered'
grep -q 'The trail of changes is broken: line 1' broken/pos-report.html

[ "$(digest store_a)" = "$before" ]
[ ! -e RAN ]
