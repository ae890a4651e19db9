#!/bin/sh
# mutants.sh SLUG FILE OBJECT …: would the tests of a lesson see a small change of its code?
#
# Every change that $B/operators knows is made in FILE, alone.  What does not compile, or compiles
# to the same object as FILE or as an earlier change, does not count.  Each of the others is linked
# with the OBJECTs, which are the suite's, and the suite runs until its first failure.  A change
# that it does not see must stand in tests/mutants/SLUG.survivors.txt with the reason:
#
#     # comment
#     == NAME OF THE CHANGE, as printed here
#     equivalent: why no test can see it
#
# FILE may be given as `reference/text/bytes.c`; what to compile and link with is in the environment:
#   COMPILE   compiles C from standard input when `-o OBJECT` is added
#   LINK      links; LIBS stands at the end of its line
#   B         the build; what is found out is kept in $B/mutants/SLUG, and what has not changed is
#             not run again
# The last line counts.  Exit status: 1 if a survivor is not listed, or what is listed is none.
set -u

# compile FILE WORK NUMBER …: changes by their numbers into objects.
if [ "$1" = compile ]; then
    file=$2 work=$3
    shift 3
    for n; do
        # shellcheck disable=SC2086  # a command with options
        "$B/operators" apply "$file" "$n" | $COMPILE -o "$work/$n.o" >"$work/$n.log" 2>&1 || rm -f "$work/$n.o"
        if [ -f "$work/$n.o" ]; then
            echo "$n $(cksum <"$work/$n.o" | tr ' ' -)"
        elif ! grep -q 'error: ' "$work/$n.log" || grep -q 'terminated program' "$work/$n.log"; then
            echo "$n stopped"
        fi
    done
    exit 0
fi

# run OBJECTS WORK SECONDS NUMBER: one change's suite; prints "NUMBER killed" or "NUMBER survived".
if [ "$1" = run ]; then
    objects=$2 work=$3 seconds=$4 n=$5
    # shellcheck disable=SC2086,SC2046  # several words
    if ! $LINK -o "$work/$n" "$work/$n.o" $(cat "$objects") $LIBS >"$work/$n.log" 2>&1; then
        echo "$n unlinked"
        exit 0
    fi
    # A change may loop, take all memory or fill the disk.  The suite itself, whose tests are other
    # processes, ends with 0 or 1; ended by a signal, it may not have been the change's doing.
    for _ in 1 2; do
        {
            (
                ulimit -t "$seconds"
                ulimit -f 200000
                ulimit -v 6000000 2>/dev/null
                exec "$work/$n" --fail-fast -q -j1 --timeout $((4 * seconds)) </dev/null
            ) >"$work/$n.log" 2>&1
        } 2>/dev/null
        status=$?
        [ $status -gt 1 ] || break
    done
    if [ $status = 0 ]; then echo "$n survived"; else echo "$n killed"; fi
    rm -f "$work/$n" "$work/$n.log"
    exit 0
fi

slug=$1 file=$2
shift 2
: "${B:=build}" "${COMPILE:?}" "${LINK:?}" "${LIBS:=}"
export B COMPILE LINK LIBS OMP_WAIT_POLICY=passive
B=$(cd "$B" && pwd)
work=$B/mutants/$slug
list=tests/mutants/$slug.survivors.txt
rm -rf "$work/now"
mkdir -p "$work/now"
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

fail() {
    echo "operators: $slug: $*" >&2
    exit 1
}

"$B/operators" list "$file" >"$work/list" || exit 1
total=$(wc -l <"$work/list")
[ "$total" -gt 0 ] || fail "$file allows no change"
printf '%s\n' "$@" >"$work/objects"

# --- what counts ----------------------------------------------------------------------------------

# Change 0 is none: the file as it is.  Objects depend on the headers too, which are in an object
# of the file as it is.
compile() {
    xargs -n 16 -P "$cores" "$0" compile "$file" "$work/now" | sort -n
}
key=$({ echo 0 | compile && cat "$file" "$B/operators" && echo "$COMPILE"; } | cksum)
if [ "$(cat "$work/key.sums" 2>/dev/null)" != "$key" ]; then
    seq 0 "$total" | compile >"$work/sums"
    ! grep -q ' stopped$' "$work/sums" || fail "the compiler was stopped: try again"
    [ "$(wc -l <"$work/sums")" -gt 0 ] || fail "nothing was compiled"
    grep -q '^0 ' "$work/sums" || fail "$file does not compile: $COMPILE"
    echo "$key" >"$work/key.sums"
fi
awk '!seen[$2]++ && $1' "$work/sums" >"$work/count"

# --- what is known from earlier runs, and what is not -----------------------------------------------

key=$({ cat "$@" && echo "$LINK $LIBS"; } | cksum | tr ' ' -)
[ "$(cat "$work/key.known" 2>/dev/null)" = "$key" ] || rm -f "$work/known"
echo "$key" >"$work/key.known"
: >>"$work/known"
awk 'FILENAME == ARGV[1] { known[$1] = $2; next }
     $2 in known { print $1, known[$2] }' "$work/known" "$work/count" >"$work/results"
awk 'FILENAME == ARGV[1] { known[$1]; next } !($2 in known) { print $1 }' "$work/known" "$work/count" >"$work/todo"
if [ -s "$work/todo" ]; then
    { echo 0 && cat "$work/todo"; } | while read -r n; do
        if [ ! -f "$work/now/$n.o" ]; then echo "$n"; fi
    done | compile >/dev/null
    begin=$(date +%s)
    [ "$("$0" run "$work/objects" "$work/now" 120 0)" = "0 survived" ] ||
        fail "the suite does not pass with $file as it is: make $B/tests/$slug"
    seconds=$((3 + 3 * ($(date +%s) - begin)))
    xargs -n 1 -P "$cores" "$0" run "$work/objects" "$work/now" $seconds <"$work/todo" >"$work/new"
    grep unlinked "$work/new" && fail "cannot be linked: $(cat "$work"/now/*.log)"
    cat "$work/new" >>"$work/results"
    awk 'FILENAME == ARGV[1] { sum[$1] = $2; next } { print sum[$1], $2 }' "$work/sums" "$work/new" >>"$work/known"
fi
rm -rf "$work/now"

# --- survivors ------------------------------------------------------------------------------------

[ -f "$list" ] || list=/dev/null
awk -F '\t' -v slug="$slug" -v file="$file" -v list="$list" -v results="$work/results" '
    function bad(text) { print text; wrong = 1 }
    BEGIN {
        while ((getline line <results) > 0) { split(line, part, " "); how[part[1]] = part[2]; n++ }
        while ((getline line <list) > 0) {
            at++
            if (line ~ /^== /) { name = substr(line, 4); where[name] = at }
            else if (line ~ /^[a-z ]+: *[^ ]/ && name != "") reason[name] = line
            else if (line !~ /^(#.*)?$/ && !(name in reason))
                bad(list ":" at ": expected `== NAME` and below it `KIND: the reason`")
        }
    }
    { name = $3 }
    how[$1] == "killed" { killed++; if (name in where) dead[name] = 1 }
    how[$1] == "survived" {
        survivors++
        if ((name in where) && (name in reason)) triaged++
        else if (name in where) bad(list ":" where[name] ": no reason is given")
        else { bad(file ":" $2 ": no test sees this change: " name); open++ }
        found[name] = 1
    }
    END {
        for (name in where) {
            if (name in dead) bad(list ":" where[name] ": a test sees this now: take it out")
            else if (!(name in found)) bad(list ":" where[name] ": there is no such change: take it out")
        }
        if (open)
            print "Let tests/" slug ".c see each of these, or say in tests/mutants/" slug \
                ".survivors.txt why no test can."
        printf "operators: %s %d/%d killed, %d survivors (%d triaged)\n", slug, killed, n, survivors, triaged
        exit wrong
    }' "$work/list"
