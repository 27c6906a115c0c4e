#!/usr/bin/env bash
# What the other targets stand on: a private PostgreSQL, and slices of real stores that restore into it whole.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
[ -S "$PGHOST/.s.PGSQL.$PGPORT" ]

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        python check_slice.py "store_$series" "$(truth "$series")"
    fi
done
