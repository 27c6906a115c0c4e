#!/usr/bin/env bash
# pos_order_resolve on slices of real stores, with no Odoo behind them: tells orders apart, plans in check mode, refuses in one
# line, and writes nothing. What a real Odoo does with it is shown in the laboratory.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql

# untouched STORE PLAYBOOK...: play it, and not one row has changed.
untouched() {
    local before store="$1"
    shift
    before="$(python "$COLLECTION/tests/support/digest.py" "$store")"
    ansible-playbook "$@" -e "store=$store"
    [ "$before" = "$(python "$COLLECTION/tests/support/digest.py" "$store")" ]
}

for series in 15 17; do
    if restore_slice "$series" "store_$series"; then
        untouched "store_$series" plan.yml "$@" -e "series=$series"
        # no matter what is done to the orders here: an order that holds a payment, or may get one, is kept
        postgresql sql "store_$series" "
            UPDATE pos_payment p SET amount = 4 FROM pos_order o WHERE o.id = p.pos_order_id AND o.state = 'draft';
            CREATE TABLE payment_transaction (id serial, pos_order_id integer, state varchar);
            INSERT INTO payment_transaction (pos_order_id, state)
                SELECT o.id, 'pending' FROM pos_order o JOIN pos_session s ON s.id = o.session_id AND s.state <> 'closed'
                 WHERE o.state = 'draft' AND NOT EXISTS (SELECT 1 FROM pos_payment p WHERE p.pos_order_id = o.id);"
        untouched "store_$series" kept.yml "$@"
        postgresql sql "store_$series" "
            UPDATE payment_transaction SET state = 'cancel';
            UPDATE ir_module_module SET state = 'installed' WHERE name = 'l10n_fr_pos_cert';"
        untouched "store_$series" fiscal.yml "$@"
        [ "$series" -ne 17 ] || untouched "store_$series" refusals.yml "$@"
    fi
done
