#!/usr/bin/env bash
# pos_emergency_reset where Odoo is down: what it asks for, plans, refuses, does by SQL and undoes, and what it prints.
# (What it does through a real Odoo is tested in tests/lab.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
before="$(digest store_a)"
images="$PWD/images"
mkdir "$images"
name="$(psql -Atc "SELECT name FROM pos_session WHERE state = 'closing_control' LIMIT 1" store_a)"
closed="$(psql -Atc "SELECT name FROM pos_session WHERE state = 'closed' LIMIT 1" store_a)"
state() { psql -Atc "SELECT state FROM pos_session WHERE name = '$name'" store_a; }
# pairs of variables for one session
this() { printf '{"pos_emergency_reset_session": "%s", "pos_emergency_reset_confirm": "%s", "pos_emergency_reset_pre_image": "%s/"}' "$1" "$2" "$images"; }

echo "--- it wants one session and its name repeated"
run 2 reset.yml -l store_a
shows 'repeat the session.s name'
run 2 reset.yml -l store_a -e "$(this "$name" POS)"
shows 'name repeated'
shows 'The session was not reset and nothing was changed'

echo "--- check mode plans, asks no Odoo and writes no pre-image"
run 0 reset.yml -l store_a --check --diff -e "$(this "$name" "$name")"
shows 'would reset'
shows '^\+ .*opened|^\+.*state.*opened'
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'

echo "--- Odoo is down: refused, unless SQL is allowed"
run 2 reset.yml -l store_a -e "$(this "$name" "$name")" -e pos_emergency_reset_on_refusal=report
shows '"reachable": false'
shows 'allow_sql would allow'
shows '^store_a .* unreachable=0 +failed=1 +skipped=0'

echo "--- a closed session is refused; a store that is out of reach fails"
run 2 reset.yml -l store_a -e "$(this "$closed" "$closed")" -e pos_emergency_reset_allow_sql=true
shows 'second time'
run 0 reset.yml -l store_a -e "$(this "$closed" "$closed")" -e pos_emergency_reset_allow_sql=true -e pos_emergency_reset_on_refusal=report
shows '^Store store_a: 1 refused\.$'
run 2 reset.yml -l gone -e "$(this "$name" "$name")" -e pos_emergency_reset_on_refusal=report
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ -z "$(ls "$images")" ]
[ "$before" = "$(digest store_a)" ]

echo "--- other stores have a session of the same name: the role wants one store, too"
run 2 reset.yml -e "$(this "$name" "$name")" -e pos_emergency_reset_allow_sql=true -e pos_emergency_reset_on_refusal=report
[ "$(grep -c '^fatal.*one session of one store, and 3 stores were named' "$out")" -eq 3 ]

echo "--- the playbook of the collection is for one store, and explains it first"
run 2 retailops.odoo_pos.emergency_reset -e "$(this "$name" "$name")"
shows 'one session of one store, and 3 stores were named'
run 0 retailops.odoo_pos.emergency_reset --check -e pos_hosts=store_a -e "$(this "$name" "$name")"
shows '^Store store_a \(Odoo 19\.0\)'
shows 'would reset'
[ "$before" = "$(digest store_a)" ]

echo "--- by SQL, once; as a survey of AWX would ask: everything is text"
for expected in 1 0; do
    run 0 reset.yml -l store_a -e "$(this "$name" "$name")" -e pos_emergency_reset_allow_sql=true \
        -e pos_emergency_reset_dry_run=false -e pos_emergency_reset_show=true -e pos_emergency_reset_undo=
    shows "^store_a .* changed=$expected +unreachable=0 +failed=0 +skipped=0"
    [ "$(state)" = opened ]
done
run 0 reset.yml -l store_a -e "$(this "$name" "$name")" -e pos_emergency_reset_allow_sql=true -e pos_emergency_reset_dry_run=true \
    -e pos_emergency_reset_show=false -e pos_emergency_reset_state=closing_control
hides '^Store store_a'
[ "$(state)" = opened ]
image="$(find "$images" -name '*.json' -perm 0600)"

echo "--- and undone"
run 0 reset.yml -l store_a -e "$(this "$name" "$name")" -e pos_emergency_reset_allow_sql=true -e "pos_emergency_reset_undo=$image"
shows '^Store store_a: 1 reset\.$'
shows 'opened ->'
shows '^Pre-image \(sha256 [0-9a-f]{64}\):$'
shows '^/.*\.json$'
shows 'counted_cash'
[ "$before" = "$(digest store_a)" ]
rm -r "$images"
