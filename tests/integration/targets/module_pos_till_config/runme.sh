#!/usr/bin/env bash
# pos_till_config on slices of real stores, with no Odoo behind them: plans in check mode, refuses in one line and all at once,
# and writes nothing. What a real Odoo does with it is shown in the laboratory.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        postgresql sql "store_$series" "UPDATE account_journal SET loss_account_id = NULL, profit_account_id = NULL
            WHERE id = (SELECT m.journal_id FROM pos_payment_method m JOIN pos_config_pos_payment_method_rel r
                        ON r.pos_payment_method_id = m.id JOIN pos_config c ON c.id = r.pos_config_id
                        WHERE c.name = 'Till healthy' AND m.is_cash_count)"
        postgresql sql "store_$series" "UPDATE res_company SET account_default_pos_receivable_account_id = NULL"
        [ "$series" -eq 19 ] || postgresql sql "store_$series" "UPDATE res_company SET account_journal_payment_debit_account_id = NULL"
        before="$(python "$COLLECTION/tests/support/digest.py" "store_$series")"
        ansible-playbook plan.yml "$@" -e "store=store_$series" -e "series=$series"
        [ "$before" = "$(python "$COLLECTION/tests/support/digest.py" "store_$series")" ]
    fi
done
