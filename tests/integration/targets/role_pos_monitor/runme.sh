#!/usr/bin/env bash
# pos_monitor: alerts, metrics that Prometheus reads, a chat that hears what is new; once is enough, and no store is changed.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

work="$(mktemp -d)"
mkdir "$work/metrics" "$work/chat"
python chat.py "$work/chat" &
chat=$!
trap 'kill "$chat"; postgresql stop "$PGLAB"; rm -rf "$work"' EXIT

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m\"\\n</b> <!channel> @here' WHERE name LIKE '%lookup%';
    UPDATE pos_session s SET start_at = start_at - interval '40 hours' FROM pos_config c WHERE c.id = s.config_id AND c.name LIKE '%lookup%'"
# Who sells now is idle in a minute: a store that stays as it is, is what is asked for here.
postgresql sql store_a "DELETE FROM pos_session s USING pos_config c WHERE c.id = s.config_id AND c.name = 'Till busy'"
postgresql clone store_a store_b
before="$(digest store_a)"
for _try in $(seq 50); do [ -e "$work/chat/port" ] || sleep 0.1; done
cat >"$work/vars.json" <<END
{"pos_monitor_metrics_dir": "$work/metrics", "pos_monitor_state_dir": "$work/state",
 "pos_monitor_webhook_url": "http://127.0.0.1:$(cat "$work/chat/port")/T0/hidden-7f3a"}
END
# watch EXPECTED WORDS...: the playbook, with those folders and that chat.
watch() {
    run "$1" retailops.odoo_pos.monitor -e "@$work/vars.json" "${@:2}"
    hides 'Traceback|hidden-7f3a|\\u001b'
}

echo "--- check mode says what it would do and does nothing"
watch 0 --check --diff -vvv
shows '^3 stores: [0-9]+ critical, [0-9]+ warning; [0-9]+ new; 1 silenced; 1 not read\.$'
shows '^critical +gone +new +The store cannot be read: Cannot connect to gone'
hides '^warning +store_[ab] +new +Till forgotten has been open for '
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'
shows '^\+odoo_pos_store_up\{store="gone"\} 0$'
[ -z "$(ls -A "$work/metrics")" ]
[ ! -e "$work/state" ]
[ ! -e "$work/chat/said" ]

echo "--- the first run writes and tells"
watch 0
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'
shows '^warning +store_a .*Till counted_short: the drawer differs by -12\.50 USD'
[ "$(ls "$work/metrics")" = "$(printf 'odoo_pos_%s.prom\n' gone store_a store_b)" ]
[ "$(stat -c %a "$work/metrics/odoo_pos_store_a.prom")" = 644 ]
[ "$(wc -l <"$work/chat/said")" -eq 1 ]
python parse.py "$work"/metrics/*.prom

echo "--- the second run changes nothing, tells nobody and still says that it looked"
touch -d '2 hours ago' "$work"/metrics/*.prom
find "$work/metrics" "$work/state" -type f -exec sha256sum {} + >"$work/before"
watch 0
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
hides '; [0-9]+ new'
sha256sum --quiet -c "$work/before"
[ -z "$(find "$work/metrics" -name '*.prom' -mmin +60)" ]
[ "$(wc -l <"$work/chat/said")" -eq 1 ]

echo "--- a hostile name is dead text on the screen, in the metrics and in the chat"
shows "lookup\('pipe'"
[ ! -e RAN ]
grep -q "lookup('pipe'" "$work/metrics/odoo_pos_store_a.prom"
python - "$work/chat/said" <<'END'
import json, sys
text = json.loads(open(sys.argv[1], encoding="utf-8").readline())["text"]
assert "lookup('pipe'" in text and "&lt;!channel&gt;" in text
assert "<" not in text and "@" not in text and "\x1b" not in text, text
END
if LC_ALL=C grep -q "$(printf '\033')" "$out" "$work"/metrics/*.prom "$work"/state/*.json; then echo "an escape"; exit 1; fi

echo "--- a chat hears what is new and what is over, and a store alone leaves the others' files be"
postgresql sql store_b "UPDATE pos_session s SET state = 'closing_control', stop_at = now() at time zone 'utc' - interval '3 hours'
    FROM pos_config c WHERE c.id = s.config_id AND c.name = 'Till draft_unpaid'"
echo 503 >"$work/chat/answer"
touch -d '2 hours ago' "$work/metrics/odoo_pos_store_a.prom"
watch 2 -l store_b -e pos_monitor_webhook_attempts=2
shows 'The webhook did not take the message \(it answers 503\)'
[ "$(wc -l <"$work/chat/refused")" -eq 2 ]
rm "$work/chat/answer"
[ "$(find "$work/metrics" -name '*.prom' -mmin +60)" = "$work/metrics/odoo_pos_store_a.prom" ]
watch 0 -l store_b
[ "$(wc -l <"$work/chat/said")" -eq 2 ]
tail -n 1 "$work/chat/said" | grep -q 'Till draft_unpaid has been locked in closing'
tail -n 1 "$work/chat/said" | grep -q '2 critical\|1 critical'
postgresql sql store_b "UPDATE pos_session SET state = 'opened', stop_at = NULL WHERE state = 'closing_control'"
watch 0 -l store_b
shows '^Over$'
tail -n 1 "$work/chat/said" | grep -q 'over: Till draft_unpaid has been locked in closing'

echo "--- what cannot be used or written is named, and fails last or not at all"
watch 2 -l store_a -e pos_monitor_metrics_dir="$work/no such folder" -e '{"pos_monitor_silence": [{"rule": "nothing_like_it"}]}'
shows 'The metrics cannot be written to .*no such folder'
shows 'there is no such rule'
shows '^critical +store_a '
watch 2 -l store_a -e pos_monitor_metrics_dir="$work/no such folder" -e pos_monitor_on_fault=report -e pos_monitor_fail_on=critical
shows 'critical and [0-9]+ other alert\(s\)'
ansible-playbook -i stores.yml given.yml -e "@$work/vars.json" "$@"
run 2 facts.yml -e @rules.yml
shows '^store_b .* failed=0 +skipped=0'
hides 'Assertion failed|evaluates? to false'

echo "--- as a survey of AWX would ask: everything is text"
watch 0 -l store_a -e pos_monitor_show=false -e pos_monitor_width=100 -e pos_monitor_keep_state=true -e pos_monitor_webhook_on=change \
    -e pos_monitor_webhook_timeout=5 -e pos_monitor_fail_on=never -e '{"pos_monitor_limits": "{\"hours_open\": \"1000\"}"}'
hides '^critical'

echo "--- without jmespath it says what is missing"
mkdir "$work/without"
echo 'raise ImportError(name="jmespath")' >"$work/without/jmespath.py"
PYTHONPATH="$work/without${PYTHONPATH:+:$PYTHONPATH}" watch 2 -l store_a
shows 'pos_monitor needs jmespath on the machine that runs Ansible'

echo "--- one rule of one's own, one limit of one's own"
watch 0 -l store_b -e '{"pos_monitor_limits": {"most_tills": 3}}'
shows '^warning +store_b .*Till forgotten has been open for '
shows '^info +store_b +new +store_b has many tills\.$'

echo "--- the metrics and the alert rules, by Prometheus' own tool"
# shellcheck source=tests/integration/targets/role_pos_monitor/promtool.sh
source "$COLLECTION/tests/integration/targets/role_pos_monitor/promtool.sh"
if promtool="$(find_promtool)"; then
    "$promtool" check rules "$COLLECTION/roles/pos_monitor/files/pos-alerts.rules.yml"
    for file in "$work"/metrics/*.prom; do "$promtool" check metrics <"$file"; done
    python expressions.py "$COLLECTION/roles/pos_monitor/files/grafana-dashboard.json" >"$work/expressions.yml"
    "$promtool" check rules "$work/expressions.yml"
    cp "$COLLECTION/roles/pos_monitor/files/pos-alerts.rules.yml" alerts.test.yml "$work"
    (cd "$work" && "$promtool" test rules alerts.test.yml)
else
    skip_part promtool "this machine has no promtool, and no Debian package to take it from; its parser in Python has read the metrics"
fi

[ "$before" = "$(digest store_a)" ]
