#!/usr/bin/env bash
# pos_cash_balance where no Odoo answers: what it prints, plans and refuses, what cannot be reached, and that nothing is written.
# (What a real Odoo records is tested in tests/lab/test_cash.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m' WHERE name LIKE '%lookup%'"
before="$(digest store_a)"

echo "--- without anything to record it only reads; the second store is not there"
run 2 cash.yml -l store_a,gone
shows '^Store store_a: [0-9]+ open drawers \([0-9]+ off, [0-9]+ not counted\)\.$'
shows '^till +drawer +what may be behind it$'
shows '^ *= expected 130\.00 +'
shows '12\.50 USD are missing: were 12\.50 USD taken out'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')" "$out"; then cat -v "$out"; exit 1; fi

echo "--- check mode plans and asks no Odoo; a refusal fails, unless it is only to be reported"
run 2 cash.yml --check --diff -l store_a -e @wishes.yml
shows '^Till counted_short +move +-12\.50 +receipt-17 +would be recorded'
shows '^Till counted_short +move +20 +18 +refused +20\.00 USD are more than'
shows '^Till never_opened +move +-5\.00 +19 +refused'
shows '^Till healthy +count +117\.50 +- +would be stored'
shows '^Till counted_exactly +count +130\.00 +- +was stored'
shows '^\+ +"?expected"?: "?117\.50"?|^\+.*expected.*117\.50'
shows '3 cash move\(s\) or count\(s\) were refused'
shows '^store_a .* changed=2 +unreachable=0 +failed=1 +skipped=0'
run 0 cash.yml --check -l store_a -e @wishes.yml -e pos_cash_balance_on_refusal=report

echo "--- with two stores in the play, a move says which of them it is for"
run 2 cash.yml --check -l store_a,gone -e @wishes.yml
[ "$(grep -cE '^fatal.*pos_cash_balance_moves\[0\] is for one store, and this play has 2' "$out")" -eq 2 ]
hides '^Store store_a'
run 2 cash.yml --check -l store_a,gone -e '{"pos_cash_balance_moves": [{"store": "store_a", "till": "Till counted_short", "direction": "out",
    "amount": "12.50", "reference": "receipt-17", "reason": "Milk"}, {"store": "store_b", "till": "Till counted_short", "direction": "out",
    "amount": "7.50", "reference": "receipt-18", "reason": "Milk"}]}'
shows '^Till counted_short +move +-12\.50 +receipt-17 +would be recorded'
hides 'receipt-18'
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'

echo "--- an Odoo that cannot be reached fails once, always, and is not Ansible's unreachable"
run 2 cash.yml -l store_a -e @wishes.yml -e pos_cash_balance_on_refusal=report -e pos_cash_balance_dry_run=false
shows '"reachable": false'
shows 'FAILED +Not tried: see the error above'
shows '^store_a .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ "$(grep -c '^failed: .*item=' "$out")" -eq 1 ]

echo "--- what the role leaves behind"
ansible-playbook -i stores.yml results.yml "$@"

[ "$before" = "$(digest store_a)" ]
