#!/usr/bin/env bash
# The inventory plugin pos_stores on two real servers, with everything beside a store that a server may hold.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

python -m pytest -q -rs -p no:cacheprovider --rootdir . .
