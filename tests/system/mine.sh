#!/bin/sh
# The learner's own program.  Another solution stands in the learner's place in every lesson that
# has one; all are graded, `make mine` links them, and what it trains is compared with what the
# reference trains: the first loss to 1e-5, the first ten to 1e-3, the end within the spread of
# seeds.  LONG=1 trains the whole demo instead of 80 steps.
set -u
build=${BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GPT BUILD B G MINE ONLY STRICT FORCE L
LC_ALL=C OMP_WAIT_POLICY=passive
export LC_ALL OMP_WAIT_POLICY
tests/harness/scratch.sh "$dir" "$build"
cd "$dir" || exit 1

check() { # check STATUS WHAT: what was said last is shown below a failure
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        sed 's/^/#   /' said 2>/dev/null | tail -n 30
    fi
}

mkdir mine
lessons=0 others=0
for lesson in lessons/[0-9][0-9]-*; do
    name=${lesson#lessons/} slug=${lesson#*-} lessons=$((lessons + 1))
    mkdir "mine/$name"
    cp "$lesson/$slug.c" "mine/$name/"
    for other in tests/accept/"$slug"/*.c; do
        [ -f "$other" ] || continue
        cp "$other" "mine/$name/$slug.c"
        others=$((others + 1))
        break
    done
done
echo "# $others of $lessons lessons by other solutions"

make --no-print-directory grade STRICT=1 MINE=mine G=build/other >said 2>&1 </dev/null
check $? "all of them pass"
make --no-print-directory mine MINE=mine G=build/other >said 2>&1 </dev/null
status=$?
[ $status = 0 ] && grep -q "build/mine/gpt: $others of $lessons lessons are yours" said &&
    ! grep -q 'the reference  ' said
check $? "make mine fills every lesson from them"
grep -q '^  ready after .*; a step takes .*: 1200 steps take about ' said
check $? "and says how long the demo would take"
nm -gP build/gpt >said 2>&1 && grep -q attention_fast_forward said &&
    nm -gP build/mine/gpt >said 2>&1 && grep -q attention_forward said && ! grep -q attention_fast said
check $? "and takes their attention where gpt takes the fast one"
nm -gP build/gpt >said 2>&1 && grep -q flash_fast_forward said &&
    nm -gP build/mine/gpt >said 2>&1 && grep -q flash_heads_forward said && ! grep -q flash_fast said
check $? "and theirs that keeps no map"

# Bits per byte that five seeds were apart at the end, of 1200 steps and of 80.
options='' spread=0.0027
[ -n "${LONG:-}" ] || options='--steps 80 --warmup 20' spread=0.0218
# shellcheck disable=SC2086  # several options
build/gpt train $options --out runs/ours >ours 2>&1 && build/mine/gpt train $options --out runs/mine >said 2>&1
check $? "it trains"
build/gpt compare --spread $spread runs/ours runs/mine >said 2>&1
status=$?
sed 's/^/# /' said
check $status "and its losses are ours within the bounds"
build/mine/gpt generate --model runs/mine --prompt 'Once' --tokens 40 --seed 1 >said 2>&1 &&
    [ "$(head -c 4 said)" = Once ] && [ "$(wc -c <said)" -gt 40 ]
check $? "and it writes"
