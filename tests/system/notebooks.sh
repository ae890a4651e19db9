#!/bin/sh
# Every notebook runs, and prints what is committed; and the rules for notebooks are kept, which is
# tried on some that break them.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

# They are read on the web, where nothing runs them.
for file in notebooks/*.ipynb; do
    grep -q '"output_type"' "$file"
    check $? "$file is committed with its outputs"
done

if ! command -v python3 >/dev/null; then
    echo "# skip: the rules and the runs: no python3 here"
    exit 0
fi

# notebook SOURCE OUTPUT: one with a cell, as JSON has it, that printed OUTPUT.
notebook() {
    printf '{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "%s",
             "outputs": [{"output_type": "stream", "name": "stdout", "text": "%s"}]}],
             "metadata": {}, "nbformat": 4, "nbformat_minor": 4}' "$1" "$2" >"$dir/it.ipynb"
}

# breaks WHAT SOURCE OUTPUT: such a notebook is refused, with these words.
breaks() {
    notebook "$2" "$3"
    out=$(python3 tests/harness/notebook.py rules "$dir/it.ipynb")
    [ $? = 1 ] && echo "$out" | grep -q "cell 1: $1"
    check $? "refused: $1"
}
notebook 'import os, re\n%cd ..\n!gpt plot runs/x\nfrom IPython.display import SVG' 'val 1.5 (floor 0.25) 3/4 >/dev/null'
python3 tests/harness/notebook.py rules "$dir/it.ipynb"
check $? "accepted: the standard library, IPython.display, commands"
breaks "imports numpy" 'import numpy as np' ''
breaks "imports matplotlib.pyplot" 'if x:\n    from matplotlib.pyplot import plot' ''
breaks "imports IPython" 'import IPython' ''
breaks "is not Python" 'for' ''
breaks "an absolute path: /home/me" '!ls /home/me' ''
breaks "an absolute path in the output: /tmp/x/y" 'f()' 'wrote /tmp/x/y'
breaks "a time in the output: 12:34" 'f()' 'at 12:34'
breaks "a date in the output: 2024-01-31" 'f()' 'on 2024-01-31'
breaks "a time in the output: 1.5 s" 'f()' 'after 1.5 s'
breaks "a speed in the output: tokens/s" 'f()' '100 tokens/s'
printf '{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "source": "f()", "outputs": []}], "nbformat": 4}' >"$dir/it.ipynb"
python3 tests/harness/notebook.py rules "$dir/it.ipynb" | grep -q "was never run"
check $? "refused: a cell that was never run"

if ! jupyter nbconvert --version >/dev/null 2>&1; then
    echo "# skip: the runs: Jupyter is not here"
    NO_INSTALL=1 tests/harness/install.sh report jupyter | sed 's/^/# /'
    exit 0
fi

# Two at a time: most of a page's time Jupyter starts.
export dir
printf '%s\n' notebooks/*.ipynb | B=${BUILD:-build} xargs -P 2 -I FILE sh -c '
    said=$dir/$(basename FILE)
    tests/harness/notebooks.sh FILE >"$said" 2>&1
    echo $? >"$said.status"'
for file in notebooks/*.ipynb; do
    said=$dir/$(basename "$file")
    status=$(cat "$said.status")
    [ "$status" = 0 ] || sed 's/^/# /' "$said"
    check "$status" "$file runs, and prints what is committed"
done

# One that is right but for what it says it printed, and one that fails.
notebook "print(1, 'two')" 'one two\n'
B=${BUILD:-build} tests/harness/notebooks.sh -u "$dir/it.ipynb" >"$dir/said" 2>&1 &&
    B=${BUILD:-build} tests/harness/notebooks.sh "$dir/it.ipynb" >"$dir/said" 2>&1
check $? "written with -u, it is as it runs"
sed 's/1 two/one two/' "$dir/it.ipynb" >"$dir/other.ipynb"
out=$(B=${BUILD:-build} tests/harness/notebooks.sh "$dir/other.ipynb" 2>&1)
[ $? = 1 ] && echo "$out" | grep -q 'cell 1 prints something else' && echo "$out" | grep -q '+1 two'
check $? "another output is found"
notebook "print(1 / 0)" ''
out=$(B=${BUILD:-build} tests/harness/notebooks.sh "$dir/it.ipynb" 2>&1)
[ $? = 1 ] && echo "$out" | grep -q 'does not run to its end' && echo "$out" | grep -q 'ZeroDivisionError'
check $? "a cell that fails"
