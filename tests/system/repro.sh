#!/bin/sh
# Every row of `make repro` is a check; a row that cannot run here is none.
rows=$(tests/harness/repro.sh small)
status=$?
echo "$rows" | awk -v want="$(sed -n 1p tests/golden/repro.txt)" -v llama="$(sed -n 2p tests/golden/repro.txt)" \
    -v flash="$(sed -n 3p tests/golden/repro.txt)" '
    /not run|^repro:/ { print "# " $0; next }
                      { print ($6 == want && NF == 6 || NF == 7 && ($6 == llama && $7 == "llama" || $6 == flash && $7 == "flash") ? "ok - " : "not ok - ") $0 }'
exit $status
