#!/usr/bin/env bash
# pos_cash_info, pos_cash_move and pos_cash_count on slices of real stores, with no Odoo behind them: the sums are those that the
# real server computed, every move and count is planned in check mode or refused in one line, and nothing is written. What a
# real Odoo does with them is shown in the laboratory.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        before="$(python "$COLLECTION/tests/support/digest.py" "store_$series")"
        ansible-playbook cash.yml "$@" -e "store=store_$series" -e "truth=$(truth "$series")"
        # what is refused does not depend on the series
        [ "$series" -ne 19 ] || ansible-playbook refusals.yml "$@" -e "store=store_$series"
        [ "$before" = "$(python "$COLLECTION/tests/support/digest.py" "store_$series")" ]
    fi
done
