#!/usr/bin/env bash
# pos_session_release where no Odoo answers: who is at the tills, what it would release, what it refuses and cannot reach, and
# that nothing is written. (What a real Odoo gives back is tested in tests/lab.)
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m' WHERE name LIKE '%lookup%'"
postgresql clone store_a store_b
postgresql sql store_b "DELETE FROM pos_session; DELETE FROM pos_order; DELETE FROM pos_payment"
before="$(digest store_a)"
stuck="$(psql -Atc "SELECT id FROM pos_session WHERE state = 'closing_control' LIMIT 1" store_a)"
closed="$(psql -Atc "SELECT id FROM pos_session WHERE state = 'closed' LIMIT 1" store_a)"

echo "--- it tells who is at every till; a store out of reach fails, one with nothing open has nothing to tell"
run 2 release.yml -e pos_session_release_give_back=false
shows '^Store store_a: [0-9]+ unchanged\.$'
shows 'Last used [0-9]+ minute\(s\) ago'
shows 'In PostgreSQL nobody waits for a lock'
shows '^Store store_b: no open session\.$'
shows '^store_a .* changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^store_b .* changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')" "$out"; then cat -v "$out"; exit 1; fi

echo "--- check mode says which till it would give back, and asks no Odoo"
run 0 release.yml --check --diff -l store_a -e pos_session_release_min_idle_minutes=0
shows '^Store store_a: [0-9]+ unchanged, [0-9]+ would release\.$'
shows 'from closing_control to opened'
shows '^store_a .* changed=1 +unreachable=0 +failed=0 +skipped=0'

echo "--- a till that was touched a moment ago is left alone, and so is a closed session"
run 2 release.yml -l store_a -e "pos_session_release_session=$stuck" -e pos_session_release_min_idle_minutes=9999999
shows 'minute\(s\) ago'
shows '1 session\(s\) were not released'
run 2 release.yml -l store_a -e "pos_session_release_session=$closed"
shows 'second time'
run 0 release.yml -l store_a -e "pos_session_release_session=$closed" -e pos_session_release_on_refusal=report

echo "--- what contradicts itself, and what is too bold"
run 2 release.yml -l store_a -e pos_session_release_session=1 -e pos_session_release_till=1
shows 'not both'
run 2 release.yml -l store_a -e pos_session_release_hand_over_to=admin
shows 'one of them with pos_session_release_hand_over_to'
run 2 release.yml -l store_a -e pos_session_release_end_blockers_older_than=60
shows 'at least 300 seconds'

echo "--- an Odoo that cannot be reached fails once, always; as a survey of AWX would ask: everything is text"
run 2 release.yml -l store_a -e "pos_session_release_session=$stuck" -e pos_session_release_min_idle_minutes=0 \
    -e pos_session_release_on_refusal=report -e pos_session_release_give_back=true -e pos_session_release_dry_run=false \
    -e pos_session_release_till= -e pos_session_release_hand_over_to= -e pos_session_release_end_blockers_older_than=0
shows '"reachable": false'
shows '^Store store_a: 1 failed\.$'
shows '^store_a .* unreachable=0 +failed=1 +skipped=0'
hides 'Traceback|hidden-7f3a'

echo "--- who holds a session is told"
psql -q store_a <<SQL &
BEGIN; UPDATE pos_session SET state = state WHERE id = $stuck; SELECT pg_sleep(8); ROLLBACK;
SQL
holder=$!
sleep 1
run 0 release.yml -l store_a -e "pos_session_release_session=$stuck" -e pos_session_release_give_back=false
shows "holds the session's row"
wait "$holder"
[ "$before" = "$(digest store_a)" ]
