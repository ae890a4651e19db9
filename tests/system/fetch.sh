#!/bin/sh
# datasets/fetch.sh against a server of our own on 127.0.0.1: what it gets, what it refuses, what it
# goes on with.  Needs no internet, and touches nothing of datasets/.
set -u
fetch=$PWD/datasets/fetch.sh
dir=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Nothing of this machine's settings: no proxy, no .curlrc or .wgetrc.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY FETCH_BASE
export HOME="$dir/home" CURL_HOME="$dir/home" WGETRC="$dir/home/wgetrc" LC_ALL=C
export DATASETS_DIR="$dir/sets" FETCH_LIST="$dir/list"
mkdir -p "$dir/home" "$dir/www" "$dir/sets"
: >"$WGETRC"

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

sum() {
    if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -c 1-64
}

# run STATUS NAME [ARG ...]: whether it exits so, and says at most one line.
run() {
    want=$1
    shift
    PATH=${tools:-$PATH} "$fetch" "$@" >"$dir/said" 2>&1 </dev/null
    got=$?
    [ $got = "$want" ] && [ "$(wc -l <"$dir/said")" = 1 ] && return
    echo "# exit $got, expected $want and one line:" && sed 's/^/# /' "$dir/said"
    return 1
}

says() { # says TEXT ...: whether the last run did
    for text; do
        grep -qF -- "$text" "$dir/said" && continue
        echo "# expected '$text' in:" && sed 's/^/# /' "$dir/said"
        return 1
    done
}

# clean: no data set, and no half of one.
clean() {
    rm -rf "$dir/sets" && mkdir "$dir/sets"
}

absent() { # absent NAME: whether nothing finished is there
    [ ! -e "$dir/sets/$1" ]
}

has_pair() {
    cmp -s "$dir/www/train.txt" "$dir/sets/pair/train.txt" &&
        cmp -s "$dir/www/valid.txt" "$dir/sets/pair/val.txt" &&
        [ "$(ls "$dir/sets/pair")" = "$(printf 'train.txt\nval.txt')" ] && [ ! -e "$dir/sets/pair.new" ]
}

# has_one: 300007 bytes are divided after 270006 of them.
has_one() {
    cat "$dir/sets/one/train.txt" "$dir/sets/one/val.txt" | cmp -s - "$dir/www/train.txt" &&
        [ "$(wc -c <"$dir/sets/one/train.txt")" -eq 270006 ] &&
        [ "$(ls "$dir/sets/one")" = "$(printf 'train.txt\nval.txt')" ] && [ ! -e "$dir/sets/one.new" ]
}

# text SEED BYTES: some text
text() {
    awk -v n="$1" -v bytes="$2" 'BEGIN {
        for (size = 0; size < bytes; size += length(line)) {
            n = (n * 16807) % 2147483647
            line = "line " n "\n"
            printf "%s", substr(line, 1, bytes - size)
        }
    }'
}

text 1 300007 >"$dir/www/train.txt"
text 2 5000 >"$dir/www/valid.txt"
text 3 300007 >"$dir/www/damaged.txt"
text 4 1000 >"$dir/www/short.txt"
train=$(sum "$dir/www/train.txt")
cat >"$dir/list" <<END
pair    train.txt 300007 $train https://example.org/train.txt
pair    val.txt   5000   $(sum "$dir/www/valid.txt") https://example.org/valid.txt
one     whole     300007 $train https://example.org/train.txt

damaged whole     300007 $train https://example.org/damaged.txt
short   whole     300007 $train https://example.org/short.txt
missing whole     300007 $train https://example.org/nowhere.txt
END

# --- without a server -----------------------------------------------------------------------------

run 2 && says "one of pair, one, damaged, short, missing"
check $? "no name: the names"
run 2 nothing && says "one of pair, one, damaged, short, missing, not \"nothing\"" && absent nothing
check $? "an unknown name: the names"
run 2 pair --from "$dir/www/train.txt" && says "pair [--from FILE FILE]" && run 2 one --form x
check $? "too few files, or another option: how to call it"

run 0 one --from "$dir/www/train.txt" && has_one
check $? "--from: one file is divided at nine tenths"
run 0 one && says "there, and intact"
check $? "already there: says so"
cp -R "$dir/sets" "$dir/good"
cat "$dir/sets/one/val.txt" >>"$dir/sets/one/train.txt" && : >"$dir/sets/one/val.txt"
run 1 one && says "is not the published data"
check $? "already there, but divided elsewhere: refused"
rm -rf "$dir/sets" && mv "$dir/good" "$dir/sets"
printf x >>"$dir/sets/one/val.txt"
cp -R "$dir/sets" "$dir/before"
run 1 one && says "is there, but is not the published data: remove it" && diff -r "$dir/before" "$dir/sets"
check $? "already there, but changed: refused, and left alone"
clean
run 0 pair --from "$dir/www/train.txt" "$dir/www/valid.txt" && has_pair
check $? "--from: a file for each part"
mv "$dir/sets/pair/val.txt" "$dir/sets/pair/other.txt"
run 1 pair && says "is not the published data"
check $? "already there, but a part is missing: refused"
clean

run 1 one --from "$dir/www/damaged.txt" && absent one && [ ! -e "$dir/sets/one.new" ] &&
    says "$dir/www/damaged.txt is damaged" "$train" "$(sum "$dir/www/damaged.txt")" &&
    [ -e "$dir/www/damaged.txt" ]
check $? "--from a damaged file: refused, the file left alone"
run 1 one --from "$dir/www/short.txt" && absent one && says "short.txt has 1000 bytes" 300007 &&
    run 1 one --from "$dir/www/none" && absent one && says "cannot read $dir/www/none"
check $? "--from a file of another size, or none: refused"

# A limit on the size of files, its signal ignored, fails as a full disk does.
(trap '' XFSZ && ulimit -f 64 && run 1 one --from "$dir/www/train.txt") && absent one &&
    says "cannot write $dir/sets/one.new/whole" "MB free there"
check $? "--from onto a full disk: says so"
clean

# bare TOOL ...: a directory of programs with only these besides the ordinary ones.
bare() {
    tools=$dir/tools
    rm -rf "$tools" && mkdir "$tools"
    for program in awk cat cp df dirname head mkdir mv perl rm rmdir sed sleep sync tail wc "$@"; do
        path=$(command -v "$program") && ln -s "$path" "$tools/$program"
    done
}
hash=shasum
command -v sha256sum >/dev/null && hash=sha256sum

bare $hash
run 1 one && says "neither curl nor wget" "--from FILE" && run 0 one --from "$dir/www/train.txt" && has_one
check $? "neither curl nor wget: says so; --from needs neither"
bare curl wget
clean
run 1 one --from "$dir/www/train.txt" && says "neither sha256sum nor shasum" && absent one
check $? "nothing to check with: nothing is installed"
if command -v shasum >/dev/null; then
    bare shasum
    run 0 one --from "$dir/www/train.txt" && has_one
    check $? "shasum serves as well as sha256sum"
fi

# --- the server -----------------------------------------------------------------------------------

if ! python3 -c "import http.server" 2>/dev/null; then
    echo "# SKIP the downloads: no python3 here to serve them"
    exit 0
fi

# It sends a part of a file to who asks for one; below /plain/ it knows only whole files, and below
# /cut/ it hangs up after 40000 bytes, below /slow/ it waits there until
# the other side does.  It ends by itself after a minute.
cat >"$dir/server.py" <<'END'
import http.server, os, sys, threading

class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        path, mode = self.path, ""
        for each in ("plain", "cut", "slow"):
            if path.startswith("/" + each + "/"):
                path, mode = path[len(each) + 1:], each
        begin = self.headers.get("Range", "bytes=0-")[6:].split("-")[0]
        with open(os.path.join(sys.argv[1], "requests"), "a") as log:
            print(path, begin, file=log)
        try:
            with open(os.path.join(sys.argv[1], "www", path[1:]), "rb") as f:
                data = f.read()
        except OSError:
            return self.send_error(404)
        begin = 0 if mode == "plain" else int(begin)
        if begin >= len(data):
            return self.send_error(416)
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", "bytes %d-%d/%d" % (begin, len(data) - 1, len(data)))
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        self.wfile.write(data[begin:][:40000 if mode in ("cut", "slow") else None])
        if mode == "slow":
            self.connection.recv(1)
            open(os.path.join(sys.argv[1], "hung up"), "w").close()

http.server.ThreadingHTTPServer.block_on_close = False
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
    threading.Timer(60, os._exit, [1]).start()
    with open(os.path.join(sys.argv[1], "port.new"), "w") as f:
        f.write(str(server.server_port))
    os.rename(f.name, os.path.join(sys.argv[1], "port"))
    server.serve_forever()
END
python3 "$dir/server.py" "$dir" 2>"$dir/server.log" &
server=$!
for _ in $(seq 30); do
    [ -e "$dir/port" ] && break
    sleep 0.3
done
base=http://127.0.0.1:$(cat "$dir/port")
export FETCH_BASE="$base"

asked() { # asked LINE ...: whether the server got these requests since it was last asked
    printf '%s\n' "$@" | cmp -s - "$dir/requests"
    same=$?
    [ $same = 0 ] || sed 's/^/# asked for /' "$dir/requests"
    : >"$dir/requests"
    return $same
}

# --- with curl, and with wget ---------------------------------------------------------------------

for tool in curl wget; do
    if ! command -v $tool >/dev/null; then
        echo "# SKIP $tool: not here"
        continue
    fi
    bare $hash $tool
    : >"$dir/requests"

    clean
    run 0 one && says "there now" && has_one && asked "/train.txt 0"
    check $? "$tool: one file, divided at nine tenths"
    run 0 pair && has_pair && asked "/train.txt 0" "/valid.txt 0"
    check $? "$tool: a file for each part"
    run 0 pair && says "there, and intact" && has_pair && [ ! -s "$dir/requests" ]
    check $? "$tool: already there: asks for nothing"

    run 1 damaged && absent damaged && [ ! -e "$dir/sets/damaged.new" ] &&
        says "$base/damaged.txt is damaged" "$train" "$(sum "$dir/www/damaged.txt")"
    check $? "$tool: a damaged file is removed"
    run 1 short && absent short && [ ! -e "$dir/sets/short.new" ] && says "found 1000 with"
    check $? "$tool: a file that is too short is removed"
    run 1 missing && absent missing && [ ! -e "$dir/sets/missing.new" ] &&
        says "127.0.0.1" "does not give $base/nowhere.txt" 404
    check $? "$tool: a missing file is named"

    clean
    : >"$dir/requests"
    mkdir "$dir/sets/pair.new"
    head -c 123456 "$dir/www/train.txt" >"$dir/sets/pair.new/train.txt"
    run 0 pair && has_pair && asked "/train.txt 123456" "/valid.txt 0"
    check $? "$tool: goes on where it stopped"
    mv "$dir/sets/pair" "$dir/sets/pair.new" && rm "$dir/sets/pair.new/val.txt"
    run 0 pair && has_pair && asked "/valid.txt 0"
    check $? "$tool: asks only for what it lacks"

    clean
    mkdir "$dir/sets/one.new"
    head -c 123456 "$dir/www/damaged.txt" >"$dir/sets/one.new/whole"
    run 1 one && absent one && [ ! -e "$dir/sets/one.new" ] && run 0 one && has_one
    check $? "$tool: a beginning of something else is removed, and the next run is good"

    mkdir "$dir/sets/short.new"
    head -c 2000 "$dir/www/valid.txt" >"$dir/sets/short.new/whole"
    run 1 short && absent short && [ ! -e "$dir/sets/short.new/whole" ]
    check $? "$tool: more than the server has is removed"

    clean
    mkdir "$dir/sets/one.new"
    head -c 123456 "$dir/www/train.txt" >"$dir/sets/one.new/whole"
    FETCH_BASE=$base/plain run 0 one && has_one
    check $? "$tool: a server that cannot go on"

    clean
    : >"$dir/requests"
    FETCH_BASE=$base/cut run 1 one && absent one && says "broke again and again" "byte 200000 of 300007" &&
        asked "/train.txt 0" "/train.txt 40000" "/train.txt 80000" "/train.txt 120000" "/train.txt 160000"
    check $? "$tool: a connection that breaks is tried again from there, not for ever"
    FETCH_BASE=$base/cut run 0 one && has_one &&
        asked "/train.txt 200000" "/train.txt 240000" "/train.txt 280000"
    check $? "$tool: the next run goes on from there"

    clean
    FETCH_BASE=$base/slow PATH=$tools "$fetch" one >"$dir/said" 2>&1 &
    pid=$!
    for _ in $(seq 30); do
        [ -s "$dir/sets/one.new/whole" ] && break
        sleep 0.3
    done
    rm -f "$dir/hung up"
    kill -TERM $pid
    wait $pid
    got=$?
    for _ in $(seq 30); do
        [ -e "$dir/hung up" ] && break
        sleep 0.1
    done
    part=$(($(wc -c <"$dir/sets/one.new/whole")))
    [ $got = 143 ] && says "stopped; run make datasets/one again" && [ -e "$dir/hung up" ] &&
        absent one && [ $part -gt 0 ] && : >"$dir/requests" &&
        run 0 one && has_one && asked "/train.txt $part"
    check $? "$tool: ended by a signal: nothing is there, and the next run goes on"

    clean
    (trap '' XFSZ && ulimit -f 64 && run 1 one) && absent one &&
        says "cannot write $dir/sets/one.new/whole" "MB free there"
    check $? "$tool: a full disk: says so"
    run 0 one && has_one
    check $? "$tool: with room again, the download is finished"
done

# --- no server ------------------------------------------------------------------------------------

kill $server
wait $server 2>/dev/null
server=
for tool in curl wget; do
    command -v $tool >/dev/null || continue
    bare $hash $tool
    clean
    run 1 one && absent one && [ ! -e "$dir/sets/one.new" ] &&
        says "cannot reach 127.0.0.1" "connect to the internet and run make datasets/one again" "--from FILE"
    check $? "$tool: nobody answers: what to do"
done
