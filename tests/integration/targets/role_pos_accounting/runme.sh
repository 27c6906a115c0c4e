#!/usr/bin/env bash
# pos_accounting where no Odoo answers: what it explains, plans and refuses, the log, and that nothing is written.
# (What a real Odoo makes of it is tested in tests/lab/fixes_config.py and tests/lab/test_settings_roles.py.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m', journal_id = NULL
    WHERE name LIKE '%lookup%'"
before="$(digest store_a)"

echo "--- without accounts everything is explained, and Odoo is not asked; one store of two is out of reach"
run 2 settings.yml
shows '^Store store_a: [0-9]+ left\.$'
shows '^Till no_loss_account +left +Journal Cash no_loss_account'
shows 'pos_accounting_accounts\.loss'
shows 'An accountant decides\.'
shows 'Post the invoices in Accounting\.'
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a|\\u001b|The log of Odoo'

echo "--- a till's hostile name is dead text"
shows "lookup\('pipe'"
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')" "$out"; then cat -v "$out"; exit 1; fi

echo "--- check mode plans what accounts were given for"
accounts='{"pos_accounting_accounts": {"loss": {"Till no_loss_account": "642000"}, "sales_journal": "POSS"}}'
run 0 settings.yml --check --diff -l store_a -e "$accounts"
shows '^Store store_a: 2 to set, [0-9]+ left\.$'
shows '^Till no_loss_account +to set +loss account of journal Cash no_loss_account'
shows '642000 Cash Difference Loss'
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'
[ ! -e RAN ]

echo "--- a lint before opening: nothing is set, and what is left may fail"
run 0 settings.yml -l store_a -e "$accounts" -e pos_accounting_repair=false -e pos_accounting_fail_on=never
shows '^Store store_a: [0-9]+ left\.$'
run 2 settings.yml -l store_a -e "$accounts" -e pos_accounting_repair=false -e pos_accounting_fail_on=blocker
shows 'fault\(s\) as bad as pos_accounting_fail_on are left'
run 0 settings.yml -l store_a -e "pos_accounting_till='Till healthy'" -e pos_accounting_fail_on=blocker

echo "--- a refusal fails, unless it is only to be reported"
wrong='{"pos_accounting_accounts": {"loss": "442000"}}'
run 2 settings.yml -l store_a --check -e "$wrong"
shows '^Till no_loss_account +refused'
shows 'is of the type income'
shows '[0-9] setting\(s\) were refused'
run 0 settings.yml -l store_a --check -e "$wrong" -e pos_accounting_on_refusal=report

echo "--- an Odoo that cannot be reached fails once, always, and is not Ansible's unreachable"
run 2 settings.yml -l store_a -e "$accounts" -e pos_accounting_on_refusal=report
shows '"reachable": false'
shows '^Store store_a: .*FAILED'
shows 'Not tried: see the error above'
shows '^store_a .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'

echo "--- the log of Odoo"
printf '%s\n' '2026-11-22 07:00:00,123 1 WARNING store_a odoo.http: Please go on the Cash Till 9 journal and define a Loss Account.' >odoo.log
run 0 settings.yml -l store_a -e "pos_accounting_log_path='$PWD/odoo.log'" -e pos_accounting_log_since=2026-11-01
shows '^The log of Odoo about sessions$'
shows '  - 2026-11-22 07:00: UserError: Please go on the Cash Till 9 journal .*'
shows '\[C15'
run 0 settings.yml -l store_a -e "pos_accounting_log_path='$PWD/odoo.log'" -e pos_accounting_log_since=2026-11-23
shows '^The log of Odoo tells nothing about sessions\.$'

echo "--- as a survey of AWX would ask: everything is text"
run 0 settings.yml -l store_a --check -e "pos_accounting_accounts='{\"loss\": \"642000\"}'" -e pos_accounting_repair=true \
    -e pos_accounting_show=true -e pos_accounting_width=100 -e pos_accounting_till= -e pos_accounting_restore_journals= \
    -e pos_accounting_log_path= -e pos_accounting_log_unit= -e pos_accounting_log_host=
shows '^Till no_loss_account +to set'
run 2 settings.yml -l store_a -e '{"pos_accounting_accounts": {"lose": "642000"}}'
shows 'pos_accounting_accounts knows cash, loss, profit, receivable, sales_journal, tax, not lose\.'

for series in 15 17; do
    if restore_slice "$series" store_a; then
        echo "--- a slice of a real store of Odoo $series"
        sliced="$(digest store_a)"
        run 0 settings.yml -l store_a --check -e '{"pos_accounting_accounts": {"loss": "642000"},
            "pos_accounting_restore_journals": ["Cash Till archived_journal"]}'
        shows '^Store store_a: [0-9]+ to set, [0-9]+ left\.$'
        shows '^Till archived_journal +to set +journal Cash Till archived_journal'
        [ "$sliced" = "$(digest store_a)" ]
        before="$sliced"
    fi
done

[ "$before" = "$(digest store_a)" ]
