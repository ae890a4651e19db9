#!/bin/sh
# tally.sh BUILD@THREADS …: runs every Criterion suite of each build with that many threads, then
# every script in tests/system with the first build's program, and counts.  A script prints one
# TAP line a check: "ok - what" or "not ok - what".
# Ends with "N passed, N failed" and exits 1 if anything failed or nothing ran.
#   ONLY="gemm kill"   only these
set -u
# A thread that waits by spinning takes the core from the one it waits for, if cores are scarce.
export OMP_WAIT_POLICY=passive
passed=0 failed=0

# count NAME FILE STATUS SECONDS: adds up a TAP file; shows what failed.
count() {
    [ -f "$2" ] || : >"$2"  # it died before it wrote a word
    ok=$(grep '^ok' "$2" | grep -vc '# SKIP')
    bad=$(grep -c '^not ok' "$2")
    # A program that died, or that checked nothing, has failed too.
    if [ "$bad" = 0 ] && { [ "$3" != 0 ] || [ "$ok" = 0 ]; }; then bad=1; fi
    passed=$((passed + ok)) failed=$((failed + bad))
    printf '%-32s %4d passed %3d failed  %3d s\n' "$1" "$ok" "$bad" "$4"
    sed -n 's/^ok - \(.*[^ ]\) *# SKIP/    \1:/p' "$2"
    if [ "$bad" != 0 ]; then
        grep -A12 '^not ok' "$2"
        tail -n 20 "$2.log"
    fi
}

wanted() {
    [ -z "${ONLY:-}" ] && return 0
    for w in $ONLY; do [ "$w" = "$1" ] && return 0; done
    return 1
}

for run in "$@"; do
    build=${run%@*} threads=${run#*@}
    tap=$build/tap
    rm -rf "$tap" && mkdir -p "$tap"
    for suite in tests/*.c; do
        name=$(basename "$suite" .c)
        wanted "$name" || continue
        begin=$(date +%s)
        OMP_NUM_THREADS=$threads "$build/tests/$name" --tap="$tap/$name" --timeout 300 \
            >"$tap/$name.log" 2>&1
        count "$run $name" "$tap/$name" $? $(($(date +%s) - begin))
    done
done
build=${1%@*} tap=${1%@*}/tap
for script in tests/system/*.sh; do
    name=$(basename "$script" .sh)
    wanted "$name" || continue
    begin=$(date +%s)
    GPT="$build/gpt" BUILD="$build" "$script" >"$tap/$name" 2>"$tap/$name.log"
    count "system $name" "$tap/$name" $? $(($(date +%s) - begin))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
