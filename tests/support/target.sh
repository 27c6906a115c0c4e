# shellcheck shell=bash
# For the runme.sh of an integration target. Source it with:
#
#   source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"
#
# ansible-test runs a target in a copy that holds nothing but the target, with an environment that is nearly empty.
# The collection's own tree stays where ANSIBLE_COLLECTIONS_PATH points, under a plain name.

set -eu -o pipefail

# Elsewhere what a target writes would stay in the tree and be taken for its own the next time.
: "${OUTPUT_DIR:?a target is run by ansible-test, which copies it: tests/support/run integration}"

COLLECTION="${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos"
TARGET="$(basename "$PWD")"
# What the tests change must not stand in the trail of whoever runs them.
ODOO_POS_TRAIL="$PWD/trail.jsonl"
export COLLECTION TARGET ODOO_POS_TRAIL

# What the driver of the tests knows of this machine; without the driver the values are looked for where it would.
if [ -r "$COLLECTION/tests/support/here.env" ]; then
    set -a
    # shellcheck source=/dev/null
    source "$COLLECTION/tests/support/here.env"
    set +a
fi

# skip_part PART REASON: say loudly that a part of the target was not run.
skip_part() {
    echo "SKIPPED: $TARGET/$1: $2"
}

# skip_target REASON: say loudly that the target was not run, and end it.
skip_target() {
    echo "SKIPPED: $TARGET: $1"
    exit 0
}

# postgresql COMMAND...: the laboratory's PostgreSQL (restore DATABASE DUMP, clone SOURCE TARGET, drop DATABASE, sql DATABASE TEXT).
postgresql() {
    (cd "$COLLECTION" && python -m tests.lab.postgres "$@")
}

# start_postgresql [--tcp] [--auth METHOD]: start a server that is gone when the target ends. Sets PGHOST (the socket's
# folder), PGPORT, PGUSER and PGLAB.
start_postgresql() {
    local variables code=0
    variables="$(postgresql start "$@")" || code=$?
    if [ "$code" -eq 77 ]; then
        skip_target "this machine cannot have a PostgreSQL server"
    fi
    [ "$code" -eq 0 ] || return "$code"
    eval "$variables"
    trap 'postgresql stop "$PGLAB"' EXIT
}

# slice SERIES: print where the slice of a real store of that Odoo series is; fails when there is none.
slice() {
    local file="${POS_STORES_DIR:-}/odoo-$1.sql.gz"
    [ -r "$file" ] && printf '%s\n' "$file"
}

# truth SERIES: print where it is written what the real server of that slice answered.
truth() {
    local file="${POS_STORES_DIR:-}/odoo-$1.truth.json"
    [ -r "$file" ] && printf '%s\n' "$file"
}

# restore_slice SERIES DATABASE: make DATABASE anew from the slice; says so and fails when this machine has no slice.
restore_slice() {
    local file
    if ! file="$(slice "$1")"; then
        skip_part "odoo-$1" "no slice odoo-$1.sql.gz in ${POS_STORES_DIR:-the folder POS_STORES_DIR}"
        return 1
    fi
    postgresql restore "$2" "$file"
}
