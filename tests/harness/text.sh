#!/bin/sh
# text.sh [-v] [-s] [-u]: runs what the text says.
#
# Every console block of README.md and of the lessons is run in a scratch copy of the project, a
# copy for each file, and what it prints is compared with the text.  Every figure is drawn again from its data,
# and compared with the one that is committed if this gnuplot is the version that drew that one.
#   -v   a line for each block and figure, with the time it took
#   -s   leave out blocks that take long, unless their outcome is known from an earlier run
#   -u   write what the commands print, and what gnuplot draws, into the project; shows the change
#   ONLY=lessons/02-ngram    only what stands there
#   B=build                  the build to use
# The last line counts.  Exit status 1 if anything is not as the text says, or nothing was run.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${B:-build}
only=${ONLY:-}
console=$build/console
options='' verbose='' update=''
while getopts vsu option; do
    case $option in
    v) options="$options -v" verbose=yes ;;
    s) options="$options -s" ;;
    u) options="$options -u" update=yes ;;
    *) echo "usage: tests/harness/text.sh [-v] [-s] [-u]" >&2 && exit 2 ;;
    esac
done

# A reader's terminal: no settings of ours, none of make's, 80 columns, no colour.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES MINE GPT BUILD B CC ONLY FORCE L STRICT CDPATH
export COLUMNS=80 TERM=dumb LC_ALL=C.UTF-8 NO_INSTALL=1 OMP_WAIT_POLICY=passive

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

wanted() {
    case $1 in "${only%/}" | "${only%/}"/*) return 0 ;; esac
    [ -z "$only" ]
}

# --- console blocks -------------------------------------------------------------------------------

# Long blocks depend on the programs and on what they are fed.
key=$(
    {
        for file in "$build/gpt" "$build/stories" "$build/grader" Makefile; do
            if [ -f "$file" ]; then cat "$file"; fi
        done
        find lessons checkpoints datasets -type f ! -name '*.md' ! -name '*.svg' ! -name progress.txt 2>/dev/null |
            sort | while IFS= read -r file; do echo "$file" && cat "$file"; done
    } | cksum | tr -d ' \n'
)

# page NUMBER FILE: runs one file's blocks; its words go to $tmp/NUMBER.said.
page() {
    if tests/harness/scratch.sh "$tmp/$1" "$build" >"$tmp/$1.said" 2>&1; then
        # shellcheck disable=SC2086  # several options
        $console $options -c "$build/text-cache" -k "$key" "$tmp/$1" "$2" >>"$tmp/$1.said" 2>&1
    else
        echo "cannot make a scratch copy of the project" >>"$tmp/$1.said"
    fi
    grep -q '^blocks ' "$tmp/$1.said" || echo "blocks 0 1 0 0" >>"$tmp/$1.said"
    rm -rf "${tmp:?}/$1"
}

pages=$(
    for file in README.md lessons/*.md lessons/*/README.md datasets/README.md \
        reference/README.md checkpoints/README.md checkpoints/*/README.md notebooks/README.md; do
        case $file in */journal.md) continue ;; esac
        if [ -f "$file" ] && wanted "$file" && grep -q '^ *[`~]\{3,\} *console' "$file"; then
            echo "$file"
        fi
    done
)
number=0
for file in $pages; do
    number=$((number + 1))
    cp "$file" "$tmp/$number.before"
    page $number "$file" &
    # Two at a time.
    [ $((number % 2)) = 1 ] || wait
done
wait

number=0
for file in $pages; do
    number=$((number + 1))
    grep -v '^blocks ' "$tmp/$number.said"
    [ -z "$update" ] || diff -u "$tmp/$number.before" "$file"
done
counts=$(cat "$tmp"/*.said 2>/dev/null | awk '/^blocks / { p += $2; t += $3; c += $4; l += $5 }
    END { print p + 0, t + 0, c + 0, l + 0 }')

# --- figures --------------------------------------------------------------------------------------

version() { # version SVG: the gnuplot that drew it
    sed -n 's/.*Produced by GNUPLOT \(.*[^ ]\) *<\/desc>.*/\1/p' "$1" | head -n 1
}

# draw GP SVG: draws it into SVG, in the scratch copy, from the data that its head names.
draw() {
    command=$(sed -n '/^[^#]/q; s/^# data: //p' "$1")
    (
        cd "$tmp/figures" || exit 1
        sh -c "${command:-:}" >"$tmp/data" 2>"$tmp/said" </dev/null || exit 1
        gnuplot -e "data='$tmp/data'" "$1" >"$2" 2>"$tmp/said" </dev/null
    ) && grep -q '</svg>' "$2"
}

figures=0 drawn=0 left=0 other=''
for gp in lessons/*/figures/*.gp; do
    [ -f "$gp" ] && wanted "$gp" || continue
    figures=$((figures + 1))
    svg=${gp%.gp}.svg
    if ! command -v gnuplot >/dev/null; then
        echo "# not run: $gp: gnuplot is not here"
        left=$((left + 1))
        continue
    fi
    [ -d "$tmp/figures" ] || tests/harness/scratch.sh "$tmp/figures" "$build"
    if ! draw "$gp" "$tmp/new.svg"; then
        echo "$gp:1: it cannot be drawn"
        sed 's/^/    /' "$tmp/said" | tail -n 8
        continue
    fi
    now=$(version "$tmp/new.svg") then=$(version "$svg" 2>/dev/null)
    if [ -n "$update" ] && ! cmp -s "$tmp/new.svg" "$svg"; then
        cp "$tmp/new.svg" "$svg" && echo "$svg: drawn anew"
    elif [ ! -f "$svg" ]; then
        echo "$gp:1: $svg is missing: make text-update"
        continue
    elif [ "$now" != "$then" ]; then
        other="# figures are drawn, not compared: they are by gnuplot $then, this is $now"
    elif ! cmp -s "$tmp/new.svg" "$svg"; then
        echo "$gp:1: $svg is not what it draws from its data: make text-update"
        diff "$svg" "$tmp/new.svg" | cut -c 1-100 | head -n 6 | sed 's/^/    /'
        continue
    fi
    [ -z "$verbose" ] || echo "# $gp: drawn"
    drawn=$((drawn + 1))
done
for svg in lessons/*/figures/*.svg; do
    if [ -f "$svg" ] && wanted "$svg" && [ ! -f "${svg%.svg}.gp" ]; then
        echo "$svg:1: no ${svg%.svg}.gp draws it"
        figures=$((figures + 1))
    fi
done
[ -z "$other" ] || echo "$other"

# --- the count ------------------------------------------------------------------------------------

# shellcheck disable=SC2086  # four numbers
set -- $counts
left=$((left + $4))
printf 'text: %d/%d blocks, %d/%d figures' "$1" "$2" "$drawn" "$figures"
[ "$3" = 0 ] || printf ', %d from the cache' "$3"
[ "$left" = 0 ] || printf ', %d not run' "$left"
echo
[ $(($1 + drawn + left)) = $(($2 + figures)) ] && [ $(($1 + drawn)) != 0 ]
