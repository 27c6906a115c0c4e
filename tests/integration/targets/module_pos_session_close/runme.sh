#!/usr/bin/env bash
# pos_session_close on slices of real stores, with no Odoo behind them: plans every close in check mode, refuses in one line,
# and writes nothing. What a real Odoo does with it is shown in the laboratory.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        before="$(python "$COLLECTION/tests/support/digest.py" "store_$series")"
        ansible-playbook plan.yml "$@" -e "store=store_$series"
        # what is refused does not depend on the series
        [ "$series" -ne 19 ] || ansible-playbook refusals.yml "$@" -e "store=store_$series"
        [ "$before" = "$(python "$COLLECTION/tests/support/digest.py" "store_$series")" ]
    fi
done
