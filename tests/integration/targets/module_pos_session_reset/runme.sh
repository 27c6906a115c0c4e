#!/usr/bin/env bash
# pos_session_reset on slices of real stores whose Odoo is down: planned, refused, reset by the one guarded UPDATE, and undone so
# that not one byte differs. (What a real Odoo does with it is shown in the laboratory.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
digest() { python "$COLLECTION/tests/support/digest.py" "$1"; }

for series in 15 17 19; do
    if restore_slice "$series" "store_$series"; then
        images="$(mktemp -d)"
        before="$(digest "store_$series")"
        ansible-playbook plan.yml "$@" -e "store=store_$series images=$images/"
        [ "$before" = "$(digest "store_$series")" ]
        [ -z "$(ls "$images")" ]
        ansible-playbook reset.yml "$@" -e "store=store_$series images=$images/"
        [ "$before" = "$(digest "store_$series")" ]
        # two resets and their two undos, each with its own pre-image, for its owner alone
        [ "$(find "$images" -name '*.json' -perm 0600 | wc -l)" -eq 4 ]
        # a user who may only read is told so, and nothing is changed
        postgresql sql "store_$series" "DROP ROLE IF EXISTS only_reads; CREATE ROLE only_reads LOGIN;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_reads"
        ansible-playbook reader.yml "$@" -e "store=store_$series images=$images/"
        [ "$before" = "$(digest "store_$series")" ]
        postgresql sql "store_$series" "DROP OWNED BY only_reads; DROP ROLE only_reads"
    fi
done
