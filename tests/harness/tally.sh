#!/bin/sh
# tally.sh BUILD@THREADS …: runs every Criterion suite of each build with that many threads, and
# every script in tests/system with the first build's program, and counts.  A script prints one
# TAP line a check: "ok - what" or "not ok - what".
# As many of them run beside each other as there are processors, the longest first.  Each says a
# line when it ends; what failed is shown at the end, above the count.
# Ends with "N passed, N failed" and exits 1 if anything failed or nothing ran.
#   ONLY="gemm kill"   only these
set -u
# A thread that waits by spinning takes the core from the one it waits for, if cores are scarce.
export OMP_WAIT_POLICY=passive

# one BUILD@THREADS NAME: runs a suite, or the script NAME if it is `system NAME`; writes TAP to
# BUILD/tap/THREADS/NAME, and "PASSED FAILED" beside it.
if [ "${1:-}" = one ]; then
    kind=$2 name=$3 build=${2%@*} threads=${2#*@}
    begin=$(date +%s)
    if [ "$kind" = system ]; then
        tap=$first/tap/system/$name
        GPT="$first/gpt" BUILD="$first" "tests/system/$name.sh" >"$tap" 2>"$tap.log" </dev/null
    else
        tap=$build/tap/$threads/$name
        OMP_NUM_THREADS=$threads "$build/tests/$name" -j1 --tap="$tap" --timeout 300 \
            >"$tap.log" 2>&1 </dev/null
    fi
    status=$?
    [ -f "$tap" ] || : >"$tap"  # it died before it wrote a word
    ok=$(grep '^ok' "$tap" | grep -vc '# SKIP')
    bad=$(grep -c '^not ok' "$tap")
    # A program that died, or that checked nothing, has failed too.
    if [ "$bad" = 0 ] && { [ $status != 0 ] || [ "$ok" = 0 ]; }; then bad=1; fi
    line=$(printf '%-32s %4d passed %3d failed  %3d s' "$kind $name" "$ok" "$bad" $(($(date +%s) - begin)))
    {
        echo "$line"
        sed -n 's/^ok - \(.*[^ ]\) *# SKIP/    \1:/p' "$tap"
    } >"$tap.said"
    cat "$tap.said"
    if [ "$bad" != 0 ]; then
        { echo "$line" && grep -A12 '^not ok' "$tap" && tail -n 20 "$tap.log"; } >"$tap.failed"
    fi
    echo "$ok $bad" >"$tap.count"
    exit 0
fi

first=${1%@*}
export first

wanted() {
    [ -z "${ONLY:-}" ] && return 0
    for w in $ONLY; do [ "$w" = "$1" ] && return 0; done
    return 1
}

# Whoever takes minutes and the processors begins; the many that take a second fill what is left.
long="notebooks text mine gates verbs abuse repro kill cli"
jobs=$(
    for name in $long $(basename -s .sh tests/system/*.sh); do echo "$name"; done | awk '!seen[$0]++' |
        while read -r name; do
            if [ -f "tests/system/$name.sh" ] && wanted "$name"; then echo "system $name"; fi
        done
    for run; do
        for suite in tests/*.c; do
            name=$(basename "$suite" .c)
            if wanted "$name"; then echo "$run $name"; fi
        done
    done
)
for run; do rm -rf "${run%@*}/tap"; done
for run in "$first@system" "$@"; do mkdir -p "${run%@*}/tap/${run#*@}"; done
echo "$jobs" | xargs -n 2 -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" "$0" one

passed=0 failed=0
while read -r kind name; do
    tap=${kind%@*}/tap/${kind#*@}/$name
    [ "$kind" != system ] || tap=$first/tap/system/$name
    if [ -f "$tap.failed" ]; then cat "$tap.failed"; fi
    # Without a count it was ended from outside.
    read -r ok bad 2>/dev/null <"$tap.count" || { ok=0 bad=1 && echo "$kind $name: has no end"; }
    passed=$((passed + ok)) failed=$((failed + bad))
done <<END
$jobs
END
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
