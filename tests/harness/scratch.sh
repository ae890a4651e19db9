#!/bin/sh
# scratch.sh DIR [BUILD]: copies this project to DIR, as whoever has just cloned and built it has it.
#
# What git tracks or would track is copied with its time, and BUILD (default build) as DIR/build
# with its times, so that make finds nothing to do.  What is only a person's is left out: progress
# and journal, backups, and what they wrote into the lessons' files, which are stubs again.
set -eu
[ $# -ge 1 ] || { echo "usage: tests/harness/scratch.sh DIR [BUILD]" >&2 && exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
build=${2:-build}
cd "$(dirname "$0")/../.."

# files: one a line.  Without git (an unpacked archive), everything that is not made.
files() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git -c core.quotePath=off ls-files --cached --others --exclude-standard
    else
        find . -type d \( -name build -o -name runs -o -path './datasets/*' -o -name .git \) -prune \
            -o ! -type d -print
    fi | sort -u | while IFS= read -r file; do
        case $file in
        *lessons/progress.txt | *lessons/journal.md | *.backup-*) continue ;;
        esac
        if [ -e "$file" ]; then printf '%s\n' "$file"; fi
    done
}
# Times to the nanosecond, which ustar would cut off: make compares them.
files >"$dir/.files"
tar --format=posix -cf - -T "$dir/.files" | (cd "$dir" && tar -xpf -)
rm "$dir/.files"

# copy PART OPTION …: copies that part of the build, but for what the options leave out.
copy() {
    copied=$1
    shift
    (cd "$build" && tar --format=posix "$@" -cf - "$copied") | (cd "$dir/build" && tar -xpf -)
}

# Other builds' directories stand inside a build's own; nobody needs them here.
if [ -d "$build" ]; then
    mkdir -p "$dir/build"
    for part in "$build"/*; do
        case ${part##*/} in
        clang | sanitized | repro | text-cache | mutants | gates | tap | '*') continue ;;
        # The programs of named mistakes are large, and so are the suites; what the mistakes answered
        # is on record beside them.  Records are not copied where a link will do, for they are most
        # of a build's bytes: a new one takes the old one's name, and leaves the old one as it is.
        grade)
            copy grade --exclude='*.run' --exclude='mutants/*.o' --exclude='mutants/*.log' \
                --exclude='*.includes' --exclude='*.trace'
            for records in "$build"/grade/mutants/*; do
                into=$dir/build/grade/mutants/${records##*/}
                [ -n "$(find "$records" -name '*.trace' 2>/dev/null)" ] || continue
                ln "$records"/*.trace "$into/" 2>/dev/null || cp -p "$records"/*.trace "$into/"
            done
            continue
            ;;
        tests)
            # shellcheck disable=SC2046  # several words
            copy tests $(for suite in tests/*.c; do echo "--exclude=${suite%.c}"; done)
            continue
            ;;
        esac
        cp -Rp "$part" "$dir/build/"
    done
    rm -f "$dir"/build/grade/*.result
fi

for lesson in "$dir"/lessons/[0-9][0-9]-*; do
    slug=${lesson##*/[0-9][0-9]-}
    [ -f "$lesson/$slug.c" ] || continue
    awk -f tests/harness/stub.awk reference/*/"$slug.c" >"$dir/.stub"
    # The time of a stub that was not touched is kept.
    cmp -s "$dir/.stub" "$lesson/$slug.c" || cat "$dir/.stub" >"$lesson/$slug.c"
    rm "$dir/.stub"
done
