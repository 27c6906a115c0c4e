#!/usr/bin/env bash
# pos_payment_methods where no Odoo answers: what it explains, plans and refuses, and that nothing is written.
# (What a real Odoo makes of it is tested in tests/lab/fixes_config.py and tests/lab/test_settings_roles.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
before="$(digest store_a)"

echo "--- payments that were not confirmed are explained, and Odoo is not asked; one store of two is out of reach"
run 2 settings.yml
shows '^Store store_a: [0-9]+ left\.$'
shows '^Till terminal_pending +left +1 payment\(s\) were never confirmed'
shows 'a payment is never'
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a|\\u001b'

echo "--- a method cannot be changed while its session is open: refused, and named"
wish='{"pos_payment_methods_methods": [{"till": "Till healthy", "method": "Card healthy", "receivable": "101300"}], "pos_payment_methods_replace": true}'
run 2 settings.yml -l store_a --check -e "$wish"
shows '^Till healthy +refused'
shows 'cannot be changed'
run 0 settings.yml -l store_a --check -e "$wish" -e pos_payment_methods_on_refusal=report

echo "--- a lint before opening"
run 2 settings.yml -l store_a -e pos_payment_methods_repair=false -e pos_payment_methods_fail_on=warning
shows 'fault\(s\) as'
run 0 settings.yml -l store_a -e pos_payment_methods_repair=false -e pos_payment_methods_fail_on=blocker -e pos_payment_methods_show=false
hides '^Store store_a'
run 0 settings.yml -l store_a -e "pos_payment_methods_till='Till healthy'" -e pos_payment_methods_fail_on=warning
shows '^Store store_a: nothing is wrong with its settings\.$'

echo "--- what cannot be understood is one sentence"
run 2 settings.yml -l store_a -e '{"pos_payment_methods_methods": [{"till": "Till healthy"}]}'
shows 'needs till and method'
run 2 settings.yml -l store_a -e '{"pos_payment_methods_accounts": {"loss": "642000"}}'
shows 'pos_payment_methods_accounts knows outstanding, not loss'

for series in 15 17; do
    if restore_slice "$series" store_a; then
        echo "--- a slice of a real store of Odoo $series without an outstanding account"
        postgresql sql store_a "UPDATE res_company SET account_journal_payment_debit_account_id = NULL;
            UPDATE pos_payment_method SET outstanding_account_id = NULL; UPDATE account_payment_method_line SET payment_account_id = NULL"
        before="$(digest store_a)"
        code="$(psql -X -A -t -d store_a -c "SELECT code FROM account_account WHERE reconcile AND code LIKE '1014%' ORDER BY code LIMIT 1")"
        run 0 settings.yml -l store_a --check -e "{\"pos_payment_methods_accounts\": {\"outstanding\": \"$code\"}}"
        shows '^Store store_a: [0-9]+ to set'
        shows 'outstanding receipts account of company'
        run 2 settings.yml -l store_a -e pos_payment_methods_repair=false -e pos_payment_methods_fail_on=blocker
    fi
done

[ "$before" = "$(digest store_a)" ]
