#!/bin/sh
# fetch.sh NAME [--from FILE ...]: gets a data set, checks it, and makes datasets/NAME of it: a text
# as train.txt and val.txt, or files under the names in the list below.
#
#   datasets/fetch.sh shakespeare                     downloads it
#   datasets/fetch.sh shakespeare --from FILE         takes the file that is here already
#   datasets/fetch.sh tinystories --from TRAIN VALID  one FILE for each line of the list below
#
# All of it happens in datasets/NAME.new, which is renamed once everything in it has the size and
# the sha256 of the list.  A download that was interrupted goes on where it stopped.
#
#   FETCH_BASE=https://HOST   a mirror: stands in every address for the https://HOST there
#   FETCH_LIST=FILE           a list like the one below, to use instead
#   DATASETS_DIR=DIR          where the data sets are (default: where this script is)
#
# Exit status: 0 the data set is there and intact, 1 it is not, 2 wrong arguments.
set -u

# name, file, bytes, sha256, address.  The file "whole" is divided into train.txt and val.txt.
list='
shakespeare whole        1115394 86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt
tinystories train.txt 2227753162 6418d412de72888f52b5142c761ac21a582f7d1166f0bfbdb5f03ccfdec90443 https://huggingface.co/datasets/roneneldan/TinyStories/resolve/main/TinyStoriesV2-GPT4-train.txt
tinystories val.txt     22502601 6874bae9a4c1a4e7edcf0e53b86c17817e9cf881fc75ff2368da457b80c0585d https://huggingface.co/datasets/roneneldan/TinyStories/resolve/main/TinyStoriesV2-GPT4-valid.txt
gpt2        vocab.json   1042301 196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783 https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/encoder.json
gpt2        merges.txt    456318 1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5 https://openaipublic.blob.core.windows.net/gpt-2/encodings/main/vocab.bpe
'

# --- small things ---------------------------------------------------------------------------------

# fail REASON ...: says in one line why there is no data set, and ends.
fail() {
    rm -f "$new/log"
    rmdir "$new" 2>/dev/null # what has arrived so far stays
    echo "$home: $*" >&2
    exit 1
}

unwritable() {
    room=$(df -Pk "$dir" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
    fail "cannot write $1 (${room:-?} MB free there): make room, or permit it," \
        "and run $again again"
}

# size FILE: its bytes, 0 if there is none.
size() {
    if [ -f "$1" ]; then echo $(($(wc -c <"$1"))); else echo 0; fi
}

# digest: the sha256 of its input.
digest() {
    # shellcheck disable=SC2086  # a program and its options
    sum=$($hash) && echo "${sum%% *}"
}

# tenths BYTES: where the last tenth begins, as reference/formats/dataset.c has it for ASCII.
tenths() {
    echo $(($1 * 9 / 10))
}

# divide BYTES: $new/whole into train.txt, of so many, and val.txt.
divide() {
    head -c "$1" "$new/whole" >"$new/train.txt" &&
        tail -c "+$(($1 + 1))" "$new/whole" >"$new/val.txt" &&
        rm "$new/whole"
}

# --- downloading ----------------------------------------------------------------------------------

# show FILE BYTES: how far it is, until killed.
show() {
    while sleep 1; do
        printf '\r%s: %d of %d MB ' "$name" $(($(size "$1") / 1000000)) $(($2 / 1000000)) >&2
    done
}

# transfer FILE BYTES ADDRESS: downloads once, from the end of FILE on; returns the tool's status.
# In the background, because a shell heeds a signal while it waits, but not while a command runs.
transfer() {
    to=$1 goal=$2
    case $tool in
    curl) set -- curl -fsSL -C - --connect-timeout 20 -y 60 -Y 1 -o "$to" "$3" ;;
    wget) set -- wget -nv -c -t 1 -T 60 -O "$to" "$3" ;;
    esac
    "$@" </dev/null >"$new/log" 2>&1 &
    pids=$!
    if [ -t 2 ]; then
        show "$to" "$goal" &
        pids="$pids $!"
    fi
    wait "${pids%% *}"
    status=$?
    if [ -t 2 ]; then
        kill "${pids##* }"
        wait "${pids##* }" 2>/dev/null # bash would report its death
        printf '\r\033[K' >&2
    fi
    pids=''
    [ -s "$to" ] || rm -f "$to"
    return $status
}

# stop STATUS: ends at a signal.
stop() {
    # shellcheck disable=SC2086  # several processes
    [ -z "$pids" ] || kill $pids 2>/dev/null
    if [ -t 2 ]; then echo >&2; fi
    echo "$home: stopped; run $again again: it goes on from there" >&2
    exit "$1"
}

# reason: what the tool said last, without its name or the time.
reason() {
    sed -n '$ { s/^curl: ([0-9]*) //; s/^[0-9-]* [0-9:]* //; s/[. ]*$//; p; }' "$new/log"
}

# download FILE BYTES ADDRESS: until the server says that this is all.  Where the connection breaks
# it goes on from there, as long as each try brings something, but not for ever.
download() {
    host=${3#*://}
    host=${host%%/*}
    for _ in 1 2 3 4 5; do
        before=$(size "$1")
        [ "$before" -lt "$2" ] || return
        transfer "$@"
        case $tool:$? in
        *:0) return ;;
        curl:23 | wget:3) unwritable "$1" ;;
        curl:22 | wget:8) fail "$host does not give $3 ($(reason)): try later, or $otherwise" ;;
        curl:33) rm -f "$1" ;; # this server can only begin at the beginning
        *)
            [ "$(size "$1")" -gt "$before" ] ||
                fail "cannot reach $host ($(reason)): connect to the internet" \
                    "and run $again again, or $otherwise"
            ;;
        esac
    done
    fail "the connection to $host broke again and again, last at byte $(size "$1") of $2" \
        "($(reason)): run $again again; it goes on from there"
}

# --- checking -------------------------------------------------------------------------------------

# check FILE BYTES SHA256 WHAT: fails, and removes FILE, if it is not the published one.
check() {
    found=$(digest <"$1") && [ "$found" = "$3" ] && return
    have=$(size "$1")
    rm -f "$1"
    fail "$4 is damaged, or another version, and is not used:" \
        "expected $2 bytes with sha256 $3, found $have with $found;" \
        "run $again again, or $otherwise"
}

# intact: whether $home has what the list says.
intact() {
    while read -r _ file bytes sha256 _; do
        if [ "$file" = whole ]; then
            [ "$(size "$home/train.txt")" = "$(tenths "$bytes")" ] || return
            set -- "$home/train.txt" "$home/val.txt"
        else
            set -- "$home/$file"
        fi
        [ "$(cat "$@" 2>/dev/null | digest)" = "$sha256" ] || return
    done <<END
$wanted
END
}

# --- what is wanted -------------------------------------------------------------------------------

dir=${DATASETS_DIR:-$(dirname "$0")}
if [ -n "${FETCH_LIST:-}" ]; then list=$(cat "$FETCH_LIST") || exit 2; fi
name=${1:-}
wanted=$(echo "$list" | name=$name awk 'NF && $1 == ENVIRON["name"]')
if [ -z "$wanted" ]; then
    names=$(echo "$list" | awk 'NF && $1 != last { printf "%s%s", sep, last = $1; sep = ", " }')
    echo "usage: fetch.sh NAME [--from FILE ...]; NAME is one of $names${name:+, not \"$name\"}" >&2
    exit 2
fi
from="--from$(echo "$wanted" | awk '{ printf " FILE" }')"
if [ $# != 1 ] && { [ "$2" != --from ] || [ $# != $(($(echo "$wanted" | wc -l) + 2)) ]; }; then
    echo "usage: fetch.sh $name [$from]" >&2
    exit 2
fi
shift
[ $# = 0 ] || shift # --from

home=$dir/$name
new=$home.new
pids=''
again="make datasets/$name"

if command -v sha256sum >/dev/null; then
    hash=sha256sum
elif command -v shasum >/dev/null; then
    hash='shasum -a 256'
else
    fail "neither sha256sum nor shasum is here to check it: install coreutils and run $again again"
fi

if [ -e "$home" ]; then
    intact || fail "is there, but is not the published data: remove it and run $again again"
    echo "$home: there, and intact"
    exit 0
fi

# --- getting it -----------------------------------------------------------------------------------

if command -v curl >/dev/null; then
    tool=curl
elif command -v wget >/dev/null; then
    tool=wget
else
    tool=none
fi
trap 'stop 130' INT
trap 'stop 143' TERM HUP

mkdir -p "$new" 2>/dev/null || unwritable "$new"
while read -r _ file bytes sha256 url; do
    [ -z "${FETCH_BASE:-}" ] || url=${FETCH_BASE%/}/${url#*://*/}
    otherwise="get $url some other way and run datasets/fetch.sh $name $from"
    if [ $# -gt 0 ]; then
        what=$1
        [ -r "$1" ] || fail "cannot read $1"
        [ "$(size "$1")" = "$bytes" ] ||
            fail "$1 has $(size "$1") bytes, and $url has $bytes"
        cp -f "$1" "$new/$file" 2>/dev/null || unwritable "$new/$file"
        shift
    else
        what=$url
        [ $tool != none ] ||
            fail "neither curl nor wget is here: install one and run $again again, or $otherwise"
        download "$new/$file" "$bytes" "$url"
    fi
    check "$new/$file" "$bytes" "$sha256" "$what"
    if [ "$file" = whole ]; then
        divide "$(tenths "$bytes")" 2>/dev/null || unwritable "$new"
    fi
done <<END
$wanted
END
rm -f "$new/log"
sync "$new"/* 2>/dev/null # a power cut after the rename must not leave empty files
mv "$new" "$home" 2>/dev/null || unwritable "$home"
echo "$home: there now, and intact"
