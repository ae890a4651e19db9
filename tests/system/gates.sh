#!/bin/sh
# The gates of every lesson; and that they do not open for what is wrong, which is tried on a lesson
# whose mistakes and solutions are wrong in known ways.
set -u
build=${BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
export B="$build"

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

tests/harness/gates.sh >"$dir/said" 2>&1
status=$?
awk '/^[0-9][0-9]-/ {
         split($2, stub, "/"); split($3, reference, "/"); split($4, mutant, "/"); split($6, other, "/")
         print (stub[1] == 1 ? "" : "not ") "ok - " $1 ": the stub is not written yet"
         print (reference[1] == 1 ? "" : "not ") "ok - " $1 ": the reference passes"
         print (mutant[1] == mutant[2] && mutant[2] ? "" : "not ") "ok - " $1 ": " mutant[2] " mutants are rejected"
         print (other[1] == other[2] && other[2] ? "" : "not ") "ok - " $1 ": " other[2] " alternatives are accepted"
         next
     }
     { print "# " $0 }' "$dir/said"
check $status "$(tail -n 1 "$dir/said")"

# --- what is wrong --------------------------------------------------------------------------------

tests/harness/scratch.sh "$dir/project" "$build" || exit 1
cd "$dir/project" || exit 1
export B=build
cat >tests/mutants/ride.txt <<'END'
== none
function: ride_argmax
says: it is no mistake at all
-    int32_t best = 0;
+    int32_t best = 0 + 0;

== first-one-missed
function: ride_argmax
says: the search begins too late
-    for (int v = 1; v < V; v++) {
+    for (int v = 2; v < V; v++) {

== first-one-missed.twin
function: ride_argmax
in: same
-    for (int v = 1; v < V; v++) {
+    for (int v = 2; v < V; v++) {

== last-one-missed
function: ride_argmax
says: the search ends too early
-    for (int v = 1; v < V; v++) {
+    for (int v = 1; v < V - 1; v++) {

== last-one-forgotten
function: ride_argmax
says: something else that cannot be told from it
-    for (int v = 1; v < V; v++) {
+    for (int v = 1; v + 1 < V; v++) {
END
rm -f tests/accept/ride/*
cp reference/run/ride.c tests/accept/ride/same.c
sed 's/int v = 1; v < V; v++/int v = 0; v < 1; v++/' reference/run/ride.c >tests/accept/ride/wrong.c
tests/harness/gates.sh ride >"$dir/said" 2>&1
status=$?
sed 's/^/# /' "$dir/said"
[ $status = 1 ] && [ "$(tail -n 1 "$dir/said")" = "gates: 1 lessons, stubs 1/1, mutants 4/5 rejected, 2/5 diagnosed, alternatives 1/2 accepted, wrong diagnoses 2" ]
check $? "a lesson that is wrong is counted so, and fails"

has() { # has TEXT WHAT
    grep -qF -- "$1" "$dir/said"
    check $? "$2"
}
has "ride: mutant none: expected it to fail, found: passed" "a mutant that passes"
has "ride: mutant none: is not diagnosed" "and has no diagnosis"
has "ride: alternative wrong: expected it to pass, found: failed" "an alternative that fails"
has "ride: mutant last-one-missed: is not diagnosed" "two mistakes that the tests cannot tell apart"
has "ride: mutant last-one-missed: if it were not known, it would be called last-one-forgotten" "each would be taken for the other"
has "ride: lesson 00-ride: has 4 named mistakes, expected at least 6" "too few mistakes"

awk '/SOLUTION BEGIN/ && !n++ { print "    (void)V, (void)score; return 0;" } { print }' reference/run/ride.c >other
cp other reference/run/ride.c
tests/harness/gates.sh ride >"$dir/said" 2>&1
[ $? = 1 ] && grep -q 'ride: stub stub: expected every function to be "not written yet"' "$dir/said"
check $? "a stub that does something"
