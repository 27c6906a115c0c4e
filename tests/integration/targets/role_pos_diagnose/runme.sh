#!/usr/bin/env bash
# pos_diagnose: real lines on the screen, dead text, nothing changed, one store of three out of reach.
# shellcheck source=tests/support/target.sh
source "${ANSIBLE_COLLECTIONS_PATH%%:*}/ansible_collections/retailops/odoo_pos/tests/support/target.sh"

start_postgresql
# shellcheck source=tests/integration/targets/role_pos_diagnose/screen.sh
source "$COLLECTION/tests/integration/targets/role_pos_diagnose/screen.sh"

demo_store store_a
postgresql sql store_a "UPDATE pos_config SET name = E'{{ lookup(''pipe'',''touch $PWD/RAN'') }}\\x1b[31m\\x1b]0;t\\x07\\u202e'
    WHERE name LIKE '%lookup%'"
postgresql clone store_a store_b

echo "--- three stores, one of them out of reach"
code=0
play retailops.odoo_pos.diagnose || code=$?
[ "$code" -eq 2 ]
shows '^Store store_a \(Odoo 19\.0\), .* UTC: 1[0-9] open sessions \([0-9]+ will not close, [0-9]+ to be counted first, '
shows '^Store store_b \(Odoo 19\.0\)'
shows '^till +since \(UTC\) +verdict +what is in the way +what to do next$'
shows '^Till draft_unpaid +[0-9-]+ [0-9:]+ +will not close +- 1 order\(s\) not paid yet'
shows '^Closed wrongly$'
shows '^Settings of tills$'
shows '^gone .* unreachable=0 +failed=1 +skipped=0'
shows '^store_a .* ok=4 +changed=0 +unreachable=0 +failed=0 +skipped=0'
shows '^2 stores read in [0-9.]+ s, 1 could not be read: '
shows '^gone +not read .* its database could not be reached$'
shows 'fatal: \[gone\]: FAILED! .*"msg": "Cannot connect to gone on 127\.0\.0\.1'
hides 'Traceback|\\n +"|\\u001b'
[ "$(awk '/^Store store_a/,/^ok: /' "$out" | awk '{ if (length($0) > most) most = length($0) } END { print most }')" -le 120 ]
# the first table is sorted: nothing that will not close stands below anything that can be closed
awk '/^Store store_a/,/^Closed wrongly/' "$out" | grep -oE 'will not close  |count first  |can be closed  ' | uniq >"$out.order"
[ "$(tr -d '\n' <"$out.order" | tr -s ' ')" = "will not close count first can be closed " ]

echo "--- a till's hostile name is dead text"
shows "lookup\('pipe'"
[ ! -e RAN ]
if LC_ALL=C grep -q "$(printf '\033')\\|$(printf '\007')\\|$(printf '\342\200\256')" "$out"; then cat -v "$out"; exit 1; fi
ANSIBLE_CALLBACK_RESULT_FORMAT=yaml play retailops.odoo_pos.diagnose -l store_a -vvv
[ ! -e RAN ]
shows '^Till draft_unpaid'

echo "--- as a survey of AWX would ask: everything is text"
play retailops.odoo_pos.diagnose -l store_a -e pos_diagnose_show=false -e pos_diagnose_width=100 -e pos_diagnose_closed_days=0
hides '^Till draft_unpaid'
play retailops.odoo_pos.diagnose -l store_a -e pos_diagnose_show=true -e pos_diagnose_width=100 -e pos_hosts=stores --check
shows '^Till draft_unpaid'
hides '^Store store_b'
[ "$(grep -E '^(Till|Store|  )' "$out" | awk '{ if (length($0) > most) most = length($0) } END { print most }')" -le 100 ]

echo "--- nothing to say is one line"
postgresql sql store_b "DELETE FROM pos_session; DELETE FROM pos_config; DELETE FROM pos_order; DELETE FROM pos_payment"
play retailops.odoo_pos.diagnose -l store_b
hides '^1 store read'
shows '^Store store_b \(Odoo 19\.0\), .* UTC: no open session, and nothing wrong\.$'
hides '^till '

echo "--- a play that follows runs also where a store was not read and those that were need no work, or none is to go into pos_todo"
run 2 followed.yml -l 'store_b,gone'
shows 'followed by store_b'
hides 'followed by gone|Could not match'
run 2 followed.yml -l 'store_a,store_b,gone' -e pos_todo_most=0
shows 'followed by store_a'
shows 'followed by store_b'

echo "--- the role in a play of one's own"
ansible-playbook -i stores.yml role.yml "$@"

echo "--- the role of docs/least-privilege.md reads as much as a superuser, and nothing that it should not"
grants() {
    postgresql sql "$1" "$(awk '/^```sql$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$COLLECTION/docs/least-privilege.md")"
}
same_for_both() {
    grants "$1"
    grants "$1"
    ansible-playbook -i stores.yml same.yml -e "pos_hosts=$1" -e odoo_pos_login_db="$1"
    for forbidden in "SELECT password FROM res_users" "SELECT * FROM res_partner" "DELETE FROM pos_order"; do
        if PGUSER=pos_reader psql -X -q -d "$1" -c "$forbidden" 2>/dev/null; then echo "allowed: $forbidden"; exit 1; fi
    done
}
same_for_both store_a
python read_tables.py "$COLLECTION"

for series in 15 17 19; do
    if restore_slice "$series" store_b; then
        echo "--- a slice of a real store of Odoo $series"
        # The slice grows older than the week that is looked at by default.
        play retailops.odoo_pos.diagnose -l store_b -e pos_diagnose_closed_days=3650
        shows "^Store store_b \\(Odoo $series\\.0\\)"
        shows '^Till draft_paid .* will not close'
        shows '^Till closed_by_sql +.* closed '
        same_for_both store_b
    fi
done
