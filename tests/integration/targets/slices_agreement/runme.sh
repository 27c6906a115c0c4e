#!/usr/bin/env bash
# Over every session of the slices of real stores: expected cash equals to the cent, and the verdict is what the server did.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

if ! slice 15 >/dev/null && ! slice 17 >/dev/null && ! slice 19 >/dev/null; then
    skip_target "no slices of real stores in ${POS_STORES_DIR:-the folder POS_STORES_DIR}"
fi

cd "$COLLECTION"
code=0
python -m tests.lab.agreement slices || code=$?
[ "$code" -ne 77 ] || skip_target "this machine cannot have a PostgreSQL server"
exit "$code"
