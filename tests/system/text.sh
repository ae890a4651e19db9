#!/bin/sh
# The text runs: first the runner itself, on a small project whose text is right or wrong in known
# ways; then the text of this project.
set -u
build=$PWD/${BUILD:-build}
here=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
unset ONLY B

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

mkdir -p "$dir/tests/harness" "$dir/build" "$dir/lessons/01-one/figures" "$dir/reference/base"
cp "$here"/tests/harness/text.sh "$here"/tests/harness/scratch.sh "$here"/tests/harness/stub.awk "$dir/tests/harness/"
cp -p "$build/console" "$dir/build/"
cd "$dir" || exit 1
: >Makefile

# text STATUS [OPTION ...]: whether the runner ends so.
text() {
    want=$1
    shift
    tests/harness/text.sh "$@" >said 2>&1
    got=$?
    [ $got = "$want" ] && return
    echo "# exit $got, expected $want:" && sed 's/^/# /' said
    return 1
}

says() { # says TEXT ...: whether it said so, each on a line
    for line; do
        grep -qF -- "$line" said && continue
        echo "# expected '$line' in:" && sed 's/^/# /' said
        return 1
    done
}

last() { # last LINE: whether it ended so
    [ "$(tail -n 1 said)" = "$1" ] && return
    echo "# expected '$1' at the end of:" && sed 's/^/# /' said
    return 1
}

# readme: the README from standard input, in which @ begins a fence.
readme() {
    sed 's/^@/```/' >README.md
}

# --- what is right --------------------------------------------------------------------------------

readme <<'END'
Not run:
@
$ false
@
@sh
false
@
~~~
```console
$ false
```
~~~
Run:
@console
$ echo one; echo two >&2; echo three
one
two
three
$ printf 'no newline'
no newline
$ true
@
@console
$ echo in the middle of it: 12 ms, 3 s
in … of it: … ms, … s
$ echo 123 ms 123 ms
… ms
$ seq 9
1
…
5
…
9
$ seq 3
…
1
2
3
…
$ echo begin; \
> echo 'two
> lines'
begin
two
lines
@
@console
$ mkdir runs && echo kept >runs/file
@
~~~console
$ cat runs/file
kept
$ echo '```console'
```console
$ (exit 3)
$ echo $?
3
$ cat
$ echo $MAKEFLAGS$MINE, $COLUMNS, $NO_INSTALL
, 80, 1
~~~
@console fails
$ echo before; exit 7
before
@
@console fails
$ printf 'all:\n\t@false\n' >x.mk; make -f x.mk
make: *** [x.mk:2: all] Error 1
@
@console
$ printf 'all:\n\t@false\n' >x.mk; make -f x.mk
make: *** [x.mk:2: all] Error 1
@
@console needs datasets/none
$ false
@
@console needs datasets/mine needs Makefile
$ cat datasets/mine/text
my own
@
END
mkdir -p datasets/mine && echo 'my own' >datasets/mine/text
git init -q . && printf '/build/\n/runs/\n/datasets/*/\n/said\n' >.gitignore
MINE=x MAKEFLAGS=k text 0 && last "text: 8/9 blocks, 0/0 figures, 1 not run" &&
    says "# not run: README.md:74: datasets/none is not here" && [ ! -e runs ]
check $? "blocks that are right pass; what they need and is not here is said"

mkdir runs && echo stale >runs/file && echo "another person's" >notes
readme <<'END'
@console
$ ls runs
… No such file …
$ echo $?
2
$ cat notes
another person's
@
@console needs runs/file
$ false
@
END
text 0 && last "text: 1/2 blocks, 0/0 figures, 1 not run"
check $? "runs of one's own are not in the scratch copy; files that are not yet committed are"
rm -rf runs notes
rm -rf .git && readme <<'END'
@console
$ ls -a
.
..
.gitignore
Makefile
README.md
build
said
tests
@
END
text 0
check $? "without git, what is made is left out too"
git init -q .

# --- what is wrong --------------------------------------------------------------------------------

# wrong WHAT LINE SAYS ...: the README from standard input fails on that line, with these words.
wrong() {
    what=$1 line=$2
    shift 2
    readme
    text 1 && says "README.md:$line: " "$@"
    check $? "$what"
}

wrong "a line that differs: where, what, and what instead" 6 '$ seq 3' 'want: two' 'got:  2' 'it printed 3 lines' <<'END'
Text.

@console
$ seq 3
1
two
3
@
END
says "text: 0/1 blocks, 0/0 figures"
check $? "and it is counted"
wrong "a line too few" 4 'want: (no more lines)' 'got:  2' <<'END'
@console
$ seq 2
1

@
@console
$ seq 2
1
@
END
wrong "a line too many" 4 'want: 2' 'got:  (no more lines)' <<'END'
@console
$ seq 1
1
2
@
END
wrong "behind … a line that does not come" 5 'want: 7' 'got:  no such line from line 2 on' <<'END'
@console
$ seq 3
1
…
7
@
END
wrong "a … inside a line does not cross it" 3 'want: a…d' 'got:  a b' <<'END'
@console
$ printf 'a b\nc d\n'
a…d
@
END
wrong "parts in another order" 3 'want: …b…a…' <<'END'
@console
$ echo ab
…b…a…
@
END
wrong "parts that overlap" 3 'want: ab…bc' <<'END'
@console
$ echo abc
ab…bc
@
END
wrong "an exit status that the text does not show" 2 'exit status 3' 'console fails' <<'END'
@console
$ echo out; exit 3
…
@
END
wrong "a signal is such a status" 2 'exit status 139' <<'END'
@console
$ kill -SEGV $$
@
END
wrong "marked fails, but nothing does" 1 'marked `fails`' <<'END'
@console fails
$ true
@
END
wrong "a fence that is never closed" 3 'never closed' <<'END'
Text.

@console
$ true
END
wrong "an unknown word after console" 1 'expected long, fails or needs PATH' <<'END'
@console slow
$ true
@
END
wrong "needs without a path" 1 'expected long, fails or needs PATH' <<'END'
@console needs
$ true
@
END
wrong "output without a command" 2 'expected a line that begins with `$ `' <<'END'
@console
true
@
END
wrong "an empty block" 1 'expected a command' <<'END'
@console
@
END
wrong "control characters and NUL in what it prints" 3 'want: a' <<'END'
@console
$ printf 'b\000\033c\n'
a
@
END
readme <<'END'
@console
$ false
@
@console
$ echo the next block is run all the same
the next block is run all the same
@
END
text 1 && last "text: 1/2 blocks, 0/0 figures"
check $? "a block that fails does not stop the others"

# limited WHAT TEXT: a block that does not end by itself, with one second for it.
limited() {
    readme
    mkdir -p limited
    begin=$(date +%s)
    build/console -t 1 limited README.md >said 2>&1
    [ $? = 1 ] && says "$2" && [ $(($(date +%s) - begin)) -lt 15 ]
    check $? "$1"
}
limited "a command that does not end is killed" 'README.md:2: not at its end after 1 s' <<'END'
@console
$ echo first; sleep 100
first
@
END
limited "a flood is cut" 'README.md:2: prints more than 1 MB' <<'END'
@console
$ yes | head -c 3000000
…
@
END
readme <<'END'
@console
$ sleep 100 & echo done
done
@
END
text 0
check $? "what a command leaves running is not waited for"
: >README.md
text 1
check $? "nothing to run is no success"

# --- long blocks ----------------------------------------------------------------------------------

readme <<END
@console long
$ mkdir -p runs/long && echo x >>'$dir/said.count' && echo made >runs/long/file; echo; printf ' 7\\n'

 7
$ (exit 5)
$ echo \$?
5
@
@console needs runs/long
$ cat runs/long/file
made
@
END
text 1 -s && last "text: 0/2 blocks, 0/0 figures, 2 not run" && [ ! -e said.count ]
check $? "-s leaves out what takes long and what needs it"
text 0 && last "text: 2/2 blocks, 0/0 figures" && text 0 -s &&
    last "text: 2/2 blocks, 0/0 figures, 1 from the cache" && [ "$(wc -l <said.count)" = 1 ]
check $? "it is run once; its outcome and its files come from the cache"
sed 's/^ 7$/ 8/' README.md >other && mv other README.md
text 1 && says 'want:  8' 'got:   7' && [ "$(wc -l <said.count)" = 1 ]
check $? "what came from the cache is compared too"
sed 's/^ 8$/ 7/' README.md >other && mv other README.md
echo '# another' >Makefile
text 0 && last "text: 2/2 blocks, 0/0 figures" && [ "$(wc -l <said.count)" = 2 ]
check $? "it is run again when what it depends on has changed"
sed 's/echo;/echo ;/' README.md >other && mv other README.md
text 0 && last "text: 2/2 blocks, 0/0 figures" && [ "$(wc -l <said.count)" = 3 ]
check $? "and when the command has"
rm -f said.count
: >Makefile

# --- writing the outputs --------------------------------------------------------------------------

readme <<'END'
@console
$ echo 1.234 s; seq 5
… s
one
two
…
5
$ seq 2
$ echo last
…
@
Text without newline at the end
END
sed -n '1,3p;$p' README.md >kept
text 1 -u && says '-one' '+1' && text 0
check $? "-u writes what commands print, and shows the change"
[ "$(sed -n '3p;7p' README.md)" = "$(printf '… s\n4')" ] || [ "$(sed -n 3p README.md)" = "… s" ]
check $? "and keeps each … that it can"
sed -n '1,3p;$p' README.md | cmp -s - kept
check $? "and all else"

# --- only some ------------------------------------------------------------------------------------

printf '```console\n$ echo lesson\nlesson\n```\n' >lessons/01-one/README.md
printf '```console\n$ false\n```\n' >README.md
ONLY=lessons/01-one text 0 && last "text: 1/1 blocks, 0/0 figures"
check $? "ONLY=lessons/01-one"
ONLY=README.md text 1 && last "text: 0/1 blocks, 0/0 figures"
check $? "ONLY=README.md"

# --- a learner's own files ------------------------------------------------------------------------

cat >reference/base/one.c <<'END'
#include "one.h"
int one(void)
{
    // SOLUTION BEGIN
    return 1;
    // SOLUTION END
}
END
echo 'int one(void) { return my_own; }' >lessons/01-one/one.c
echo mine | tee lessons/progress.txt lessons/journal.md lessons/01-one/one.c.backup-1 >/dev/null
printf '```console\n$ cat lessons/01-one/one.c; ls lessons lessons/01-one\n#include "one.h"\n…\n    TODO();\n}\nlessons:\n01-one\n\nlessons/01-one:\nREADME.md\none.c\n```\n' >README.md
ONLY=README.md text 0 && grep -q my_own lessons/01-one/one.c && [ -e lessons/progress.txt ]
check $? "blocks meet a fresh stub, and no progress; the learner's files stay as they are"

# --- figures --------------------------------------------------------------------------------------

if command -v gnuplot >/dev/null; then
    : >README.md
    cat >lessons/01-one/figures/line.gp <<'END'
# A line.
# data: seq 5
set terminal svg size 400,300
plot data using 1 with lines
END
    text 1 && says "figures/line.svg is missing" && last "text: 1/1 blocks, 0/1 figures"
    check $? "a figure that was never drawn"
    text 0 -u && text 0 && last "text: 1/1 blocks, 1/1 figures"
    check $? "drawn by -u, it is the same the next time"
    sed 's/seq 5/seq 6/' lessons/01-one/figures/line.gp >other && mv other lessons/01-one/figures/line.gp
    text 1 && says "line.svg is not what it draws" && last "text: 1/1 blocks, 0/1 figures"
    check $? "other data, another figure"
    sed 's/GNUPLOT .* patch/GNUPLOT 1.0 patch/' lessons/01-one/figures/line.svg >other && mv other lessons/01-one/figures/line.svg
    text 0 && says "# figures are drawn, not compared: they are by gnuplot 1.0"
    check $? "by another gnuplot, it is drawn and not compared"
    echo 'plot nothing' >>lessons/01-one/figures/line.gp
    text 1 && says "line.gp:1: it cannot be drawn" "undefined variable: nothing"
    check $? "a figure that gnuplot refuses"
    sed -i.old 's/data: seq 6/data: seq 6; exit 1/; /nothing/d' lessons/01-one/figures/line.gp
    text 1 && says "line.gp:1: it cannot be drawn"
    check $? "a figure whose data fail"
    rm lessons/01-one/figures/line.gp*
    text 1 && says "line.svg:1: no lessons/01-one/figures/line.gp draws it"
    check $? "a picture that nothing draws"
else
    echo "# skip: figures: gnuplot is not here"
fi

# --- the text of this project ---------------------------------------------------------------------

cd "$here" || exit 1
out=$(B=${BUILD:-build} tests/harness/text.sh -s)
status=$?
echo "$out" | sed 's/^/# /'
check $status "$(echo "$out" | tail -n 1)"
