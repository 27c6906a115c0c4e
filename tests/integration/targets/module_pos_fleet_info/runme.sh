#!/usr/bin/env bash
# pos_fleet_info: which stores it reads, with which connections, in which detail, and that it stays what it is.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_1
# A name that would run a command if anything took it for a template, and that would steer a terminal.
postgresql sql store_1 "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m' WHERE name = 'Till healthy'"
postgresql sql store_1 "UPDATE res_users SET active = false"
for store in store_2 store_3; do postgresql clone store_1 "$store"; done
before="$(digest store_1)"

echo "--- what it returns"
run 0 same.yml -vvv
hides 'Xk9-s3cret-7Q'
if LC_ALL=C grep -q "$(printf '\033')\\[31m" "$out"; then cat -v "$out"; exit 1; fi

echo "--- the stores of the play: all, under a limit, a slice, a batch; named ones beyond it"
run 0 scan.yml
shows '"msg": "read store_1,store_2,store_3; not read broken,gone"'
run 0 scan.yml --limit 'store_1,store_3' --check
shows '"msg": "read store_1,store_3; not read "'
run 0 scan.yml -e pos_batch=3
shows '"msg": "read store_1,store_2,store_3; not read "'
shows '"msg": "read ; not read broken,gone"'
run 0 scan.yml --limit store_1 -e '{"pos_named": ["store_2", "nobody"]}'
shows '"msg": "read store_2; not read nobody"'
shows 'There is no host nobody in the inventory'

echo "--- a host that has failed is left alone"
run 2 scan.yml -e pos_fails=store_2
shows '"msg": "read store_1,store_3; not read broken,gone"'

echo "--- without run_once it says so, and wrong options are told"
run 2 scan.yml -e pos_once=false
shows 'Set run_once: true on this task'
ANSIBLE_STRATEGY=free run 2 scan.yml
shows 'Set strategy: linear on this play'
run 2 scan.yml -e pos_deadline=0
shows 'deadline must be 1 or more'
run 2 scan.yml -e pos_detail=little
shows 'value of detail must be one of: summary, sessions, full'
run 2 scan.yml -e pos_fail=true
shows '2 store\(s\) could not be read: broken, gone\.'

[ ! -e RAN ]
[ "$before" = "$(digest store_1)" ]
