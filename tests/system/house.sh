#!/bin/sh
# The house is in order: floors, formatting, nothing of one machine, nothing generated.
check() {
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}
out=$(make -s floors)
check $? "no module includes one from a floor above${out:+: $out}"

# Another version of clang-format formats differently, and says nothing about our code.
if clang-format --version 2>/dev/null | grep -q 'version 14'; then
    out=$(find reference datasets tests -name '*.[ch]' -exec clang-format --dry-run {} + 2>&1 | grep -c warning)
    [ "$out" = 0 ]
    check $? "clang-format would change nothing ($out places)"
fi

out=$(find reference datasets -name '*.c' -exec basename {} \; | sort | uniq -d | tr '\n' ' ')
[ -z "$out" ]
check $? "each module has a name of its own${out:+: not $out}"

# "needs: 02 ngram, 04 gradient" names lessons that stand before.
out=$(for text in lessons/[0-9][0-9]-*/README.md; do
    number=${text#lessons/} number=${number%%-*}
    sed -n 's/^needs: //p' "$text" | tr ',' '\n' | while read -r n slug; do
        [ "$n $slug" = "nothing but C" ] && continue
        [ -d "lessons/$n-$slug" ] && [ "$n" -lt "$number" ] || echo "$text: $n $slug"
    done
    grep -q '^needs: ' "$text" || echo "$text: no line needs:"
done)
[ -z "$out" ]
check $? "lessons need lessons that stand before them${out:+: not $out}"

# In a learner's clone the files are no stubs any more.
if [ ! -f lessons/progress.txt ]; then
    out=$(for lesson in lessons/[0-9][0-9]-*; do
        slug=${lesson#*-}
        awk -f tests/harness/stub.awk reference/*/"$slug.c" | cmp -s - "$lesson/$slug.c" || echo "$slug"
    done)
    [ -z "$out" ]
    check $? "a lesson's file is its reference without the solution${out:+: not $out}"
fi
