#!/usr/bin/env bash
# A scan of a hundred stores, twelve of them broken in every way: the others arrive, each of the twelve says why.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

python -m pytest -q -rs -p no:cacheprovider --rootdir . .
