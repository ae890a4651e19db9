# stub.awk: a lesson's stub from the reference.
#
# The learner writes what stands between `// SOLUTION BEGIN` and `// SOLUTION END`.  Inside a
# function (the marks are indented) TODO(); takes its place.  Outside (the marks stand at the left
# margin) the lines are dropped: private helpers, which the learner will have others of.
#
# usage: awk -f stub.awk reference/FLOOR/SLUG.c >lessons/NN-SLUG/SLUG.c
function fail(text) { print FILENAME ":" FNR ": " text >"/dev/stderr"; bad = 1; exit 1 }
/^ *\/\/ SOLUTION BEGIN$/ {
    if (inside) fail("SOLUTION BEGIN inside another, which began on line " inside)
    inside = FNR; marks++
    if (match($0, /^ +/)) print substr($0, 1, RLENGTH) "TODO();"
    else dropped = 1
    next
}
/^ *\/\/ SOLUTION END$/ {
    if (!inside) fail("SOLUTION END without BEGIN")
    inside = 0
    next
}
/SOLUTION (BEGIN|END)/ { fail("expected the mark alone on its line") }
inside { next }
# What was dropped leaves two empty lines where one will do.
dropped && /^$/ { dropped = 0; next }
{ dropped = 0; print }
# The stub's own contract comes first; todo.h goes right behind it.
/^#include "/ && !included++ { print "\n#include \"todo.h\"" }
END {
    if (!bad && inside) { FNR = inside; fail("SOLUTION BEGIN without END") }
    if (!bad && !marks) fail("no SOLUTION marks: nothing for the learner to write")
}
