#!/usr/bin/env bash
# pos_pending_orders where no Odoo answers: what it explains, plans and refuses, and that nothing is written.
# (What a real Odoo makes of it is tested in tests/lab/fixes_orders.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

for series in 15 17; do
    restore_slice "$series" "store_$series" || skip_target "it wants the slices of 15 and 17"
done
postgresql clone store_17 empty
postgresql sql empty "DELETE FROM pos_payment; DELETE FROM pos_order_line; DELETE FROM pos_order"
postgresql sql store_17 "UPDATE pos_order SET pos_reference = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m'
    WHERE state = 'draft' AND session_id = (SELECT id FROM pos_session WHERE config_id = (SELECT id FROM pos_config WHERE name = 'Till draft_empty'))"
before="$(digest store_15) $(digest store_17)"
policy='{"pos_pending_orders_discard": ["empty", "unpaid"], "pos_pending_orders_settle": true, "pos_pending_orders_remove_cancelled": true,
         "pos_pending_orders_min_idle_minutes": 0}'

echo "--- without a policy orders are explained, and Odoo is not asked; one store of four is out of reach"
run 2 orders.yml
shows '^Store store_15: [0-9]+ left\.$'
shows '^Till draft_paid +24 +paid +10\.00 +left +Its 10\.00 are paid and it was never'
shows 'never sent to Odoo cannot be seen here'
shows '^Store empty: no pending order\.$'
shows '^store_15 .* changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a|\\u001b'

echo "--- check mode plans by policy"
run 0 orders.yml --check --diff -l store_15,store_17 -e "$policy"
shows '^Store store_15: 1 to discard, 1 to settle, 2 to delete\.$'
shows '^Store store_17: 1 to discard, 1 to settle, 1 left\.$'
shows '^store_15 .* changed=1 +unreachable=0 +failed=0 +skipped=0'

echo "--- a hostile receipt is dead text"
shows "lookup\('pipe'"
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')" "$out"; then cat -v "$out"; exit 1; fi

echo "--- an Odoo that cannot be reached fails once, always, and is not Ansible's unreachable"
run 2 orders.yml -l store_15 -e "$policy" -e pos_pending_orders_on_refusal=report
shows '"reachable": false'
shows '^Store store_15: .*FAILED'
shows 'Not tried: see the error above'
shows '^store_15 .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ "$(grep -c '^failed: .*item=' "$out")" -eq 1 ]

echo "--- a refusal fails, unless it is only to be reported; as a survey of AWX would ask, everything is text"
survey=(-e "pos_pending_orders_discard=empty,unpaid" -e pos_pending_orders_settle=false -e pos_pending_orders_remove_cancelled=false
    -e pos_pending_orders_min_idle_minutes=100000000 -e pos_pending_orders_older_than_minutes=0 -e pos_pending_orders_dry_run=true
    -e pos_pending_orders_till_synced=false -e pos_pending_orders_session= -e pos_pending_orders_show=true)
run 2 orders.yml -l store_17 "${survey[@]}"
shows 'session\(s\) were refused, none of them was touched'
shows '^Till draft_empty +refused +No order of session POS/00022'
run 0 orders.yml -l store_17 "${survey[@]}" -e pos_pending_orders_on_refusal=report

echo "--- two stores have orders of the same numbers: orders are named in a play of one"
named='{"pos_pending_orders_till": "Till draft_empty", "pos_pending_orders_orders": ["1"]}'
run 2 orders.yml --check -l store_15,store_17 -e "$policy" -e "$named"
shows 'pos_pending_orders_orders is for one store, and this play has 2'
run 0 orders.yml --check -l store_17 -e "$policy" -e "$named" -e pos_pending_orders_on_refusal=report

echo "--- what the role leaves behind"
ansible-playbook -i stores.yml results.yml "$@"

[ "$before" = "$(digest store_15) $(digest store_17)" ]
