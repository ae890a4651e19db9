#!/bin/sh
# Every row of `make repro` is a check; a row that cannot run here is none.
rows=$(tests/harness/repro.sh small)
status=$?
echo "$rows" | awk -v want="$(sed -n 1p tests/golden/repro.txt)" -v llama="$(sed -n 2p tests/golden/repro.txt)" '
    /not run|^repro:/ { print "# " $0; next }
                      { print ($6 == want && NF == 6 || $6 == llama && $7 == "llama" && NF == 7 ? "ok - " : "not ok - ") $0 }'
exit $status
