#!/bin/sh
# abuse.sh: hostile and hopeless files, tests/abuse, each graded as if a learner had written it.
# Prints one TAP line a check.  Each must get the verdict that its first two lines name (one, which
# leaks, passes, and is told so), within a screen and within LIMIT seconds, must leave nothing running and nothing behind, and must not touch
# the learner's progress.  On a machine that is busy with other things the processor time counts: two
# processors have twice LIMIT.
#   BUILD=build   where the grader is; CC=clang if that is not what `make` takes
#   ONLY="fork"   only these
set -u
BUILD=${BUILD:-build}
LIMIT=3
cd "$(dirname "$0")/../.." || exit 1
home=$(mktemp -d) || exit 1
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM HUP

# grade MINE: grades MINE/01-bytes/bytes.c; what is told goes to MINE/out.
grade() {
    mkdir -p "$1/tmp"
    TMPDIR=$1/tmp MINE=$1 G=$1/G "$BUILD/grader" run bytes >"$1/out" 2>&1
}

# judge NAME: grades tests/abuse/NAME.c and writes its TAP line.
judge() {
    name=$1 part=tests/abuse/$1.c mine=$home/$1 bad=
    how=$(sed -n 's|^// how: ||p' "$part") says=$(sed -n 's|^// says: ||p' "$part")
    mkdir -p "$mine/01-bytes"
    awk -f tests/abuse/assemble.awk -v reference=reference/text/bytes.c \
        -v stub="$BUILD/stubs/bytes.c" "$part" >"$mine/01-bytes/bytes.c"
    echo 'bytes 0/13 unwritten 0' >"$mine/progress.txt"
    before=$(date +%s.%N)
    grade "$mine"
    status=$?
    after=$(date +%s.%N)
    # What it cost: seconds by the clock, and of the processors, which `times` tells of children.
    times >"$mine/times"
    cost=$(awk -v wall="$before $after" 'NR == 2 {
        split(wall, w, " "); gsub(/s/, ""); split($1 "m" $2, t, "m")
        printf "%.1f %.1f", w[2] - w[1], 60 * (t[1] + t[3]) + t[2] + t[4] }' "$mine/times")
    got=$(awk '$1 == "function" { print $3 == 0 ? $5 : $5 == "passed" ? "" : "points for " $5 }' "$mine/G/bytes.result" | grep -m 1 .)
    got=${got:-$(sed -n 's/^verdict //p' "$mine/G/bytes.result")}
    [ "$status" = 1 ] || [ "$how $status" = 'passed 0' ] || bad="$bad; exit status $status"
    [ "$got" = "$how" ] || bad="$bad; want '$how', got '$got'"
    # Compilers find some things in different ways: `// or: …` is as good.
    sed -n -e 's|^// says: ||p' -e 's|^// or: ||p' "$part" >"$mine/says"
    tr -s ' \n' '  ' <"$mine/out" | grep -qFf "$mine/says" || bad="$bad; the verdict does not say '$says'"
    head -n 3 "$mine/out" | grep -q '^[^ ]*bytes\.c:[0-9]*:' || bad="$bad; no FILE:LINE:"
    [ "$(wc -l <"$mine/out")" -le 24 ] || bad="$bad; more than a screen"
    [ "$(cat "$mine/progress.txt")" = 'bytes 0/13 unwritten 0' ] || bad="$bad; changed progress"
    [ -z "$(ls "$mine/tmp")" ] || bad="$bad; left behind: $(ls "$mine/tmp")"
    echo "$cost" | awk -v limit=$LIMIT '{ exit $1 > limit && $2 > 2 * limit }' || bad="$bad; too slow"
    echo "$cost $name" >"$mine/cost"
    if [ -z "$bad" ]; then
        echo "ok - abuse: $name: $how"
    else
        echo "not ok - abuse: $name:${bad#;} ($cost s)"
        sed 's/^/# /' "$mine/out"
    fi >"$mine/tap"
}

# What every run needs is built before the clock runs; the reference itself must pass.
mkdir -p "$home/reference/01-bytes" && cp reference/text/bytes.c "$home/reference/01-bytes" || exit 1
built() { make --no-print-directory "B=$BUILD" ${CC:+"CC=$CC"} "$@" >&2; }
built "$BUILD/stubs/bytes.c" "$BUILD/grader" || exit 1
if grade "$home/reference"; then
    echo 'ok - abuse: the reference passes'
else
    echo 'not ok - abuse: the reference passes'
    sed 's/^/# /' "$home/reference/out"
fi
built "$BUILD/grade/mutants/bytes/recorded.bytes_decode" \
    "$BUILD/grade/mutants/bytes/recorded.chars_encode"

names=${ONLY:-$(ls tests/abuse | sed -n 's/\.c$//p')}
count=0
for name in $names; do
    judge "$name" &
    count=$((count + 1))
    [ $((count % 2)) = 0 ] && wait
done
wait
for name in $names; do cat "$home/$name/tap"; done
cat "$home"/*/cost | sort -n | awk -v limit=$LIMIT '
    { most = $0 } END { split(most, m, " "); print "# " NR " files; the longest took " m[1] " s, " m[2] " s of processor time: " m[3] }' >&2
cat "$home"/*/cost | sort -rnk2 | head -n 6 | sed 's/^/# /' >&2
