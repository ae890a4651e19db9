#!/bin/sh
# Every row of `make repro` is a check; a row that cannot run here is none.
rows=$(tests/harness/repro.sh small)
status=$?
echo "$rows" | awk -v want="$(cat tests/golden/repro.txt)" '
    /not run|^repro:/ { print "# " $0; next }
                      { print ($NF == want && NF == 6 ? "ok - " : "not ok - ") $0 }'
exit $status
