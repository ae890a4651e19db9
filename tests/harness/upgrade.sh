#!/bin/sh
# upgrade.sh: takes a newer course from where this clone came from, and keeps the learner's files.
#
# A learner's file is lessons/NN-SLUG/SLUG.c as far as it differs from the stub that came with the
# course.  It is saved by slug, put back wherever that lesson is afterwards, and graded again.
# Everything is in functions, because git may replace this script while it runs.
#   B      where things are built (default build)
set -eu

saved=lessons/.upgrade

refuse() {
    echo "upgrade: $*" >&2
    exit 1
}

# slug_of DIRECTORY: of lessons/NN-SLUG
slug_of() {
    name=${1##*/}
    echo "${name#[0-9][0-9]-}"
}

# save: every file that is not as git has it is copied, and is then as git has it.
save() {
    mkdir -p "$saved"
    for home in lessons/[0-9][0-9]-*; do
        file=$home/$(slug_of "$home").c
        if [ -f "$file" ] && ! git diff --quiet HEAD -- "$file"; then
            cp -p "$file" "$saved/"
            git checkout -q HEAD -- "$file"
        fi
    done
}

# put_back: where the lesson of that slug is now; also what else was in its old directory.
put_back() {
    for file in "$saved"/*.c; do
        [ -f "$file" ] || continue
        slug=$(basename "$file" .c)
        home=$(echo lessons/[0-9][0-9]-"$slug")
        if [ -d "$home" ]; then
            cp -p "$file" "$home/"
        else
            cp -p "$file" "lessons/$slug.c.kept"
            echo "$slug: this course has no such lesson; your file is kept in lessons/$slug.c.kept"
        fi
        rm "$file"
    done
    rmdir "$saved"
}

# follow OLD: what git left in a directory whose lesson has another number now, such as backups.
follow() {
    git ls-tree -d --name-only "$1" lessons/ | while IFS= read -r old; do
        if [ ! -d "$old" ] || [ -n "$(git ls-files -- "$old")" ]; then continue; fi
        new=$(git ls-files -- "lessons/[0-9][0-9]-$(slug_of "$old")/*" | head -n 1)
        [ -n "$new" ] || continue
        echo "$(slug_of "$old"): now in ${new%/*}"
        for file in "$old"/* "$old"/.[!.]*; do
            if [ -e "$file" ] && [ ! -e "${new%/*}/${file##*/}" ]; then mv "$file" "${new%/*}/"; fi
        done
        rmdir "$old" 2>/dev/null || :
    done
}

# passed: the slugs of the lessons that have passed, with the files as they are.
passed() {
    ${MAKE:-make} -s --no-print-directory B="${B:-build}" progress 2>/dev/null |
        awk '$NF == "passed" { print $2 }'
}

# report OLD BEFORE: which contracts changed, and which lessons passed before and do not now.
report() {
    now=$(passed)
    short=$(git rev-parse --short "$1")
    for home in lessons/[0-9][0-9]-*; do
        slug=$(slug_of "$home")
        git diff --name-only "$1" HEAD -- "reference/*/$slug.h" |
            sed "s|.*|contract changed: &    see: git diff $short -- &|"
    done
    for slug in $2; do
        home=$(echo lessons/[0-9][0-9]-"$slug")
        if [ -d "$home" ] && ! echo "$now" | grep -qx "$slug"; then
            number=${home#lessons/}
            echo "$slug: passed before, and not now: make ${number%%-*}"
        fi
    done
}

upgrade() {
    cd "$(dirname "$0")/../.."
    [ "${MINE:-lessons}" = lessons ] || refuse "works on lessons/, not on MINE=$MINE"
    command -v git >/dev/null || refuse "git is not here: make doctor says how to install it"
    [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ] ||
        refuse "this is no git clone: clone the course, and copy your lessons/ files there"
    git rev-parse -q --verify '@{upstream}' >/dev/null 2>&1 ||
        refuse "this branch follows no other: git branch --set-upstream-to=origin/main"
    [ ! -d "$saved" ] || put_back  # an earlier one was broken off
    other=$(git status --porcelain --untracked-files=no |
        sed 's/^...//' | grep -vE '^lessons/([0-9][0-9]-([a-z0-9_]+)/\2\.c|progress\.txt|journal\.md)$' | head -n 1) || :
    [ -z "$other" ] || refuse "$other: changed here: git stash, or commit it, first"
    git fetch -q || refuse "git fetch failed"
    old=$(git rev-parse HEAD)
    if git merge-base --is-ancestor '@{upstream}' HEAD; then
        echo "There is no newer course."
        return
    fi
    git merge-base --is-ancestor HEAD '@{upstream}' ||
        refuse "this clone has commits of its own: git merge @{upstream}, then make grade"
    before=$(passed)
    trap '[ ! -d "$saved" ] || put_back' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    save
    git merge -q --ff-only '@{upstream}' || refuse "git could not move to the newer course"
    follow "$old"
    put_back
    git log --format='  %s' "$old..HEAD" | head -n 20
    ${MAKE:-make} --no-print-directory B="${B:-build}" grade || :
    echo
    report "$old" "$before"
}

upgrade
exit
