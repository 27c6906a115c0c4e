# shellcheck shell=bash
# What the targets of roles and playbooks ask of the screen. Source it after target.sh.

# What the last playbook printed.
out="$(mktemp)"

# play WORDS...: run ansible-playbook on stores.yml and keep what it prints in $out.
play() {
    echo "\$ ansible-playbook $*"
    ansible-playbook -i stores.yml "$@" >"$out" 2>&1
}

# shows REGEX, hides REGEX: the last playbook printed it, or not.
shows() {
    grep -qE -- "$1" "$out" || { echo "not on the screen: $1"; cat -v "$out"; exit 1; }
}
hides() {
    if grep -qE -- "$1" "$out"; then echo "on the screen: $1"; cat -v "$out"; exit 1; fi
}

# run EXPECTED WORDS...: play, and the exit code is the expected one.
run() {
    local expected="$1" code=0
    shift
    play "$@" || code=$?
    [ "$code" -eq "$expected" ] || { echo "exit code $code, not $expected"; cat -v "$out"; exit 1; }
}

# digest DATABASE: one text that changes when a row of the database does.
digest() {
    python "$COLLECTION/tests/support/digest.py" "$1"
}

# demo_store DATABASE: make DATABASE the demonstration's store, as it is this minute.
demo_store() {
    (cd "$COLLECTION" && python -m tests.lab.demo_store restore "$1")
}
