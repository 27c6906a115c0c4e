#!/usr/bin/env bash
# The same results in the controller and as a module: facts, plans, refusals, errors, the environment, and no secret anywhere.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

python -m pytest -q -rs -p no:cacheprovider --rootdir . .
