#!/bin/sh
# notebooks.sh [-u] [FILE …]: runs notebooks, and compares what they print with what is committed.
#
# Each (default: notebooks/*.ipynb) is run by Jupyter in a scratch copy of the project, so that it
# leaves nothing behind.  It may import the standard library and IPython.display, and may not
# show absolute paths, times or dates: its outputs are read on the web and must stay true.
#   -u        write the outputs into the notebooks, without what varies
#   B=build   the build to use
# Prints a line for each and for what is wrong with it.  Exit status: 0 all are as committed,
# 1 one is not, 77 Jupyter is not here.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build}
update=
if [ "${1:-}" = -u ]; then update=yes && shift; fi
[ $# -gt 0 ] || set -- notebooks/*.ipynb
[ -f "$1" ] || { echo "there are no notebooks" && exit 1; }

if ! command -v jupyter-nbconvert >/dev/null || ! command -v python3 >/dev/null; then
    NO_INSTALL=1 tests/harness/install.sh report jupyter
    exit 77
fi
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MINE GPT BUILD B CC ONLY
export COLUMNS=80 TERM=dumb NO_COLOR=1 LC_ALL=C.UTF-8 NO_INSTALL=1 OMP_WAIT_POLICY=passive \
    PYTHONDONTWRITEBYTECODE=1

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# Nothing of this person's settings, and nothing written into them.
export HOME="$tmp/home" IPYTHONDIR="$tmp/home" JUPYTER_CONFIG_DIR="$tmp/home" JUPYTER_DATA_DIR="$tmp/home"
mkdir -p "$tmp/home"

# notebook FILE: runs one; what is wrong goes to $tmp/said.
notebook() {
    rm -rf "$tmp/scratch"
    tests/harness/scratch.sh "$tmp/scratch" "$build" || return
    name=$(basename "$1" .ipynb)
    mkdir -p "$tmp/scratch/notebooks"
    cp "$1" "$tmp/scratch/notebooks/$name.ipynb"
    if ! (cd "$tmp/scratch" && jupyter-nbconvert --to notebook --execute --log-level ERROR \
        --ExecutePreprocessor.timeout=600 --output "$name.run" "notebooks/$name.ipynb") \
        >"$tmp/log" 2>&1; then
        echo "$1: it does not run to its end:"
        tail -n 12 "$tmp/log" | sed 's/^/    /'
        return 1
    fi
    python3 tests/harness/notebook.py normal "$tmp/scratch/notebooks/$name.run.ipynb" >"$tmp/new" || return
    if [ -n "$update" ]; then
        cmp -s "$tmp/new" "$1" || cp "$tmp/new" "$1"
        python3 tests/harness/notebook.py rules "$1"
        return
    fi
    python3 tests/harness/notebook.py rules "$1" || return
    python3 tests/harness/notebook.py normal "$1" >"$tmp/normal" || return
    cmp -s "$tmp/normal" "$1" || {
        echo "$1: holds what varies (times, versions, ids): make notebooks" && return 1
    }
    python3 tests/harness/notebook.py same "$1" "$tmp/new"
}

status=0
for file; do
    if notebook "$file" >"$tmp/said" 2>&1; then
        sed 's/^/# /' "$tmp/said"
        echo "$file: ${update:+written, }as it is run here"
    else
        cat "$tmp/said"
        status=1
    fi
done
exit $status
