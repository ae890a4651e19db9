#!/bin/sh
# gates.sh [-o] [SLUG …]: grades the graders.  For each lesson (default: all):
#   stub          what the learner starts with is "not written yet", in every function
#   reference     passes, with full points
#   mutants       every named mistake, and each of its twins in other code, is rejected
#   diagnosed     and its diagnosis is what the learner reads
#   alternatives  every other correct solution passes
#   wrong         another mistake's diagnosis was given; or would be, did we not know this one
# All by the program that grades learners, each from a directory of its own as learners have it, but
# for the mistakes: make has them built and graded where they are recorded (grader gate).
#   -o        and grades every small change of make mutants, which nobody has named: a row for those
#             that are told a named mistake's diagnosis all the same, and all of them in
#             build/gates/SLUG/told, for a person to judge
#   B=build   the build to use
# A row a lesson, then what was not as it should be, then the count.  Exit status 0 if all stubs,
# references, mutants and alternatives are, at least 80 % are diagnosed, and no diagnosis is wrong.
# A lesson has at least 6 named mistakes and 2 alternatives.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
export B OMP_WAIT_POLICY=passive NO_COLOR=1
unset MINE G
top=$B/gates

# subject LESSON KIND NAME FILE: grades FILE as if it were the learner's, unless nothing has
# changed since; leaves the verdict in $top/SLUG/KIND/NAME/grade/SLUG.result.
if [ "${1:-}" = subject ]; then
    lesson=$2 slug=${2#*-} dir=$top/${2#*-}/$3/$4
    mkdir -p "$dir/$lesson"
    key=$(cat "$top/$slug/key" && cksum <"$5")
    [ "$(cat "$dir/key" 2>/dev/null)" != "$key" ] || exit 0
    cmp -s "$5" "$dir/$lesson/$slug.c" || cp "$5" "$dir/$lesson/$slug.c"
    rm -f "$dir/key" "$dir/grade/$slug.result"
    MINE=$dir G=$dir/grade "$B/grader" run "$slug" --first >"$dir/said" 2>&1 </dev/null
    [ ! -f "$dir/grade/$slug.result" ] || echo "$key" >"$dir/key"
    exit 0
fi

# What the compiler can do is asked once, not for every subject.
asked=$(make -s --no-print-directory B="$B" answers) || exit 1
eval "export $asked"
operators=
if [ "${1:-}" = -o ]; then operators=yes && shift; fi
lessons=
if [ $# -gt 0 ]; then
    for slug; do lessons="$lessons $(basename "$(ls -d lessons/[0-9][0-9]-"$slug")")"; done
else
    lessons=$(cd lessons && ls -d [0-9][0-9]-*)
fi
rows=$top/rows notes=$top/notes jobs=$top/jobs
mkdir -p "$top"
: >"$jobs" && : >"$notes"

# What the subjects of a lesson share is built once.
# shellcheck disable=SC2046  # several goals
make -s --no-print-directory -j "$JOBS" B="$B" $(printf ' gate-%s' $(printf '%s\n' $lessons | sed 's/^[^-]*-//')) >"$top/log" 2>&1 || {
    echo "gates: what they need cannot be built:" && tail -n 8 "$top/log"
    exit 1
}

# prepare LESSON: lists its subjects.
prepare() {
    slug=${1#*-}
    mutants=$B/grade/mutants/$slug
    # What a verdict depends on, besides the subject.
    mkdir -p "$top/$slug"
    cat "$B/grader" "$B/tests/$slug.o" "$B/ref/$slug.o" "$B/libgpt.a" "$mutants/list" \
        "$mutants"/*.trace "$B"/tests/harness/*.o | cksum >"$top/$slug/key"
    reference=$(echo reference/*/"$slug.c")
    echo "$1 reference reference $reference" >>"$jobs"
    echo "$1 stub stub $B/stubs/$slug.c" >>"$jobs"
    cut -f 1 "$mutants/list" | while read -r name; do
        echo "$1 mutant $name $mutants/$name.c"
    done >>"$jobs"
    for file in tests/accept/"$slug"/*.c; do
        [ ! -f "$file" ] || echo "$1 alternative $(basename "$file" .c) $file" >>"$jobs"
    done
    if [ -n "$operators" ]; then
        mkdir -p "$top/$slug/operators"
        "$B/operators" list "$reference" >"$top/$slug/operators/list"
        # Those that compile to something else, and that the suite sees.
        awk '$2 == "killed" { print $1 }' "$B/mutants/$slug/results" | while read -r n; do
            "$B/operators" apply "$reference" "$n" >"$top/$slug/operators/$n.c"
            echo "$1 operator $n $top/$slug/operators/$n.c"
        done >>"$jobs"
    fi
    # Whether a mistake that we did not know would be taken for another: the tests cannot tell the
    # two, and only one of all that are alike is named.
    "$B/grader" alike "$slug" >"$top/$slug/alike" 2>>"$top/log"
}
for lesson in $lessons; do
    prepare "$lesson" || {
        echo "gates: $lesson:" && tail -n 8 "$top/log"
        exit 1
    }
done
# A mistake that make left without a verdict passes its tests: it gets its closer look here.
while read -r lesson kind name file; do
    [ "$kind" = mutant ] && [ -f "$top/${lesson#*-}/mutant/$name/grade/${lesson#*-}.result" ] ||
        echo "$lesson $kind $name $file"
done <"$jobs" | xargs -n 4 -P "$JOBS" "$0" subject

# --- what came out --------------------------------------------------------------------------------

# judge LESSON: a row "LESSON STUBS OF REFERENCES OF MUTANTS OF DIAGNOSED OF ALTERNATIVES OF WRONG".
judge() {
    slug=${1#*-}
    {
        sed 's/^/list\t/' "$B/grade/mutants/$slug/list"
        [ -z "$operators" ] || sed 's/^/change\t/' "$top/$slug/operators/list"
        sed 's/^/alike\t/' "$top/$slug/alike"
        for result in "$top/$slug"/*/*/grade/"$slug.result"; do
            subject=${result#"$top/$slug/"}
            # Only what is asked for now: an earlier run may have left others.
            name=${subject#*/}
            kind=${subject%%/*} name=${name%%/*}
            [ "$kind" = reference ] || grep -q "^$1 $kind $name " "$jobs" || continue
            printf 'subject\t%s\t%s\n' "$kind" "$name"
            tr ' ' '\t' <"$result"
        done
    } | awk -F '\t' -v lesson="$1" -v slug="$slug" -v notes="$notes" -v top="$top" '
        function note(text) { print slug ": " kind " " name ": " text "  (" top "/" slug "/" kind "/" name ")" >>notes }
        function finish(    base) {
            if (kind == "") return
            total[kind]++
            base = name; sub(/\..*/, "", base)
            if (kind == "stub") {
                if (verdict == "unwritten" && functions && written == 0) good[kind]++
                else note("expected every function to be \"not written yet\", found: " verdict " (" list ")")
            } else if (kind == "mutant") {
                if (verdict == "failed") good[kind]++
                else note("expected it to fail, found: " verdict " " list)
                if (cause_ == "") note("is not diagnosed")
                else if (cause_ == base || (says[cause_] != "" && says[cause_] == says[base])) diagnosed++
                else { wrong++; note("another diagnosis is given: " cause_) }
            } else if (kind == "operator") {
                if (cause_ != "") {
                    told++
                    print change[name] "\n    " cause_ ": " says[cause_] >(top "/" slug "/told")
                    # In another function than the mistake that it is taken for.
                    split(change[name], part, " [|] ")
                    if (part[1] != "file" && part[1] != function_[cause_]) { wrong++; note("is told " cause_ ", of " function_[cause_] ": " change[name]) }
                }
            } else {
                if (verdict == "passed" && got == possible && possible) good[kind]++
                else note("expected it to pass, found: " verdict (cause_ == "" ? "" : ", " cause_) " " list)
            }
        }
        $1 == "list" { says[$2] = $4; function_[$2] = $3; if ($2 !~ /[.]/) { named++; order[named] = $2 }; next }
        $1 == "change" { change[$2] = $4; next }
        $1 == "alike" { others[$2] = others[$2] " " $3; next }
        $1 == "subject" {
            finish()
            kind = $2; name = $3; verdict = cause_ = list = ""; functions = written = got = possible = 0
            next
        }
        $1 == "verdict" { verdict = $2 }
        $1 == "cause" { cause_ = $2 }
        $1 == "function" {
            functions++; got += $3; possible += $4
            if ($5 != "unwritten") written++
            list = list (list == "" ? "" : ", ") $2 " " $5
        }
        END {
            finish()
            # Left out, a mistake is taken for another if those that are alike all say one thing.
            for (i = 1; i <= named; i++) {
                n = split(others[order[i]], it, " "); same = n > 0
                for (k = 2; k <= n; k++) if (says[it[k]] != says[it[1]]) same = 0
                if (same && says[it[1]] != says[order[i]]) {
                    wrong++; kind = "mutant"; name = order[i]
                    note("if it were not known, it would be called " it[1])
                }
            }
            kind = "lesson"; name = lesson
            if (named < 6) note("has " named + 0 " named mistakes, expected at least 6")
            if (total["alternative"] < 2) note("has " total["alternative"] + 0 " alternatives, expected at least 2")
            few = named < 6 || total["alternative"] < 2
            if (total["operator"]) print slug ": " told + 0 " of " total["operator"] " small changes are told a diagnosis: " top "/" slug "/told" >>notes
            print lesson, good["stub"] + 0, total["stub"] + 0, good["reference"] + 0, \
                total["reference"] + 0, good["mutant"] + 0, total["mutant"] + 0, diagnosed + 0, \
                good["alternative"] + 0, total["alternative"] + 0, wrong + 0, few
        }'
}

: >"$rows"
for lesson in $lessons; do judge "$lesson" >>"$rows"; done
awk '
    BEGIN { printf "%-16s %7s %10s %9s %10s %13s %6s\n", "lesson", "stub", "reference", "mutants", "diagnosed", "alternatives", "wrong" }
    { printf "%-16s %7s %10s %9s %10s %13s %6d\n", $1, $2 "/" $3, $4 "/" $5, $6 "/" $7, $8 "/" $7, $9 "/" $10, $11 }' "$rows"
cat "$notes"
awk -v lessons="$(echo "$lessons" | wc -w)" '
    { s += $2; S += $3; r += $4; R += $5; k += $6; K += $7; d += $8; a += $9; A += $10; w += $11; few += $12 }
    END {
        printf "gates: %d lessons, stubs %d/%d, mutants %d/%d rejected, %d/%d diagnosed, alternatives %d/%d accepted, wrong diagnoses %d\n", NR, s, S, k, K, d, K, a, A, w
        exit !(NR == lessons && NR && s == NR && S == NR && r == NR && R == NR && k == K && d >= 0.8 * K && a == A && w == 0 && few == 0)
    }' "$rows"
