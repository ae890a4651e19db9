#!/bin/sh
# tally.sh BUILD: runs every Criterion suite in BUILD/tests and every script in tests/system, and
# counts.  A script prints one TAP line a check: "ok - what" or "not ok - what".
# Ends with "N passed, N failed" and exits 1 if anything failed or nothing ran.
#   ONLY="gemm kill"   only these
set -u
build=$1
tap=$build/tap
mkdir -p "$tap"
rm -f "$tap"/*
passed=0 failed=0

# count NAME FILE STATUS SECONDS: adds up a TAP file; shows what failed.
count() {
    ok=$(grep -c '^ok' "$2")
    bad=$(grep -c '^not ok' "$2")
    # A program that died, or that checked nothing, has failed too.
    if [ "$bad" = 0 ] && { [ "$3" != 0 ] || [ "$ok" = 0 ]; }; then bad=1; fi
    passed=$((passed + ok)) failed=$((failed + bad))
    printf '%-24s %4d passed %3d failed  %3d s\n' "$1" "$ok" "$bad" "$4"
    if [ "$bad" != 0 ]; then
        grep -A12 '^not ok' "$2"
        [ ! -f "$2.log" ] || tail -n 20 "$2.log"
    fi
}

wanted() {
    [ -z "${ONLY:-}" ] && return 0
    for w in $ONLY; do [ "$w" = "$1" ] && return 0; done
    return 1
}

for suite in tests/*.c; do
    name=$(basename "$suite" .c)
    wanted "$name" || continue
    begin=$(date +%s)
    "$build/tests/$name" --tap="$tap/$name" --timeout 300 >"$tap/$name.log" 2>&1
    count "$name" "$tap/$name" $? $(($(date +%s) - begin))
done
for script in tests/system/*.sh; do
    [ "${SYSTEM:-1}" = 1 ] && [ -f "$script" ] || continue
    name=$(basename "$script" .sh)
    wanted "$name" || continue
    begin=$(date +%s)
    GPT="$build/gpt" BUILD="$build" "$script" >"$tap/$name" 2>"$tap/$name.log"
    count "$name" "$tap/$name" $? $(($(date +%s) - begin))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
