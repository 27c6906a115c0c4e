#!/usr/bin/env bash
# pos_session_close where no Odoo answers: plans, refusals, what cannot be reached, and that nothing is written.
# (What a real Odoo closes is tested in tests/lab/test_demo.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m' WHERE name LIKE '%lookup%'"
postgresql clone store_a store_b
before="$(digest store_a)"

echo "--- check mode plans and asks no Odoo; one store of three is out of reach"
run 2 close.yml --check --diff -e pos_session_close_on_refusal=report
shows '^Store store_a: [0-9]+ refused, [0-9]+ would close, [0-9]+ left alone\.$'
shows '^till +before +outcome +drawer +proof +entry, or why not$'
shows '^Till counted_exactly +can be closed +would close +counted 130\.00'
shows '^Till draft_paid +will not close +left alone'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'
shows '"reachable": false'
hides 'Traceback|hidden-7f3a|\\u001b'

echo "--- a refusal fails, unless it is only to be reported"
run 2 close.yml --check -l store_a
shows 'session\(s\) were refused, nothing was changed in them'
run 0 close.yml --check -l store_a -e pos_session_close_on_refusal=report

echo "--- the playbook of the collection explains and plans, for the one till that is asked for"
run 0 retailops.odoo_pos.close --check -e pos_hosts=store_a -e "pos_session_close_till='Till healthy'" -e pos_session_close_counted_cash=130.00
shows '^Store store_a \(Odoo 19\.0\), .*: 1 open session '
shows '^Store store_a: 1 would close\.$'

echo "--- an Odoo that cannot be reached fails once, always, and is not Ansible's unreachable"
run 2 close.yml -l store_a -e pos_session_close_on_refusal=report
shows '"reachable": false'
shows '^Store store_a: [0-9]+ FAILED'
shows 'Not tried: see the error above'
shows '^store_a .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ "$(grep -c '^failed: .*item=' "$out")" -eq 1 ]

echo "--- a till's hostile name is dead text"
run 2 close.yml -l store_a -vvvv -e pos_session_close_cash_policy=assume_expected
shows "lookup\('pipe'"
hides 'hidden-7f3a'
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')" "$out"; then cat -v "$out"; exit 1; fi

echo "--- as a survey of AWX would ask: everything is text"
run 0 close.yml -l store_a -e pos_session_close_dry_run=true -e pos_session_close_on_refusal=report -e pos_session_close_show=true \
    -e pos_session_close_min_idle_minutes=0 -e "pos_session_close_counts='{\"Till healthy\": 130.00}'" -e pos_session_close_only=closable \
    -e pos_session_close_session= -e pos_session_close_till= -e pos_session_close_counted_cash= -e pos_session_close_note=
shows '^Till healthy +count first +would close'
run 2 close.yml -l store_a -e pos_session_close_dry_run=false -e pos_session_close_show=false -e pos_session_close_on_refusal=report
shows '"reachable": false'
hides '^Store store_a'

echo "--- tills of two stores have the same names: a count says which store it is for"
run 2 close.yml --check -l store_a,store_b -e pos_session_close_on_refusal=report \
    -e '{"pos_session_close_counts": {"Till healthy": "130.00"}}'
shows 'pos_session_close_counts is for one store, and this play has 2: name the store with pos_hosts or --limit'
hides '^Store store_[ab]'
run 0 close.yml --check -l store_a,store_b -e pos_session_close_on_refusal=report \
    -e '{"pos_session_close_counts": {"store_a": {"Till healthy": "130.00"}}}'
[ "$(grep -cE '^Till healthy +count first +would close +counted 130\.00' "$out")" -eq 1 ]
[ "$(grep -cE '^Till healthy +count first +left alone' "$out")" -eq 1 ]

echo "--- an empty answer of a survey is null, and null is not given"
run 0 nulls.yml --check -l store_a
shows '^Till healthy +count first +left alone'
shows '^store_a .* unreachable=0 +failed=0 +skipped=0'

echo "--- nothing to close is no skipped task"
run 0 close.yml -l store_a -e '{"pos_session_close_only": []}'
shows '^Store store_a: 1[0-9] left alone\.$'
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
postgresql sql store_b "DELETE FROM pos_session; DELETE FROM pos_order; DELETE FROM pos_payment"
run 0 close.yml -l store_b
shows '^Store store_b: nothing to close\.$'
shows '^store_b .* changed=0 +unreachable=0 +failed=0 +skipped=0'

echo "--- what the role leaves behind"
ansible-playbook -i stores.yml results.yml "$@"

[ "$before" = "$(digest store_a)" ]
