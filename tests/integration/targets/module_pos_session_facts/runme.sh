#!/usr/bin/env bash
# pos_session_facts on slices of real stores: agrees with what the real servers answered, writes nothing, refuses in one line.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
postgresql sql postgres "CREATE ROLE pos_reader LOGIN; CREATE DATABASE no_odoo"

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        postgresql sql "store_$series" "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pos_reader"
        before="$(python "$COLLECTION/tests/support/digest.py" "store_$series")"
        ansible-playbook facts.yml "$@" -e "store=store_$series" -e "truth_file=$(truth "$series")"
        # what is refused does not depend on the series
        [ "$series" -ne 19 ] || ansible-playbook refusals.yml "$@" -e "store=store_$series"
        [ "$before" = "$(python "$COLLECTION/tests/support/digest.py" "store_$series")" ]
    fi
done

# The rest on a server of its own that writes down every statement: rights, deadlines, a standby, bad input, secrets.
python -m pytest -q -rs -p no:cacheprovider --rootdir . .
