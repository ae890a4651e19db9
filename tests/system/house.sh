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
