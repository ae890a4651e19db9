#!/bin/sh
# The learner's verbs, in a scratch copy of the project with a course of two small lessons: what
# they say, what they write, and what they say to files that are damaged.
set -u
build=${BUILD:-build}
dir=$(mktemp -d)
watching=
trap '[ -z "$watching" ] || kill "$watching" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
# The make above us and its caller's choices are not the learner's.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GPT BUILD B G MINE ONLY STRICT FORCE L
LC_ALL=C
export LC_ALL
tests/harness/scratch.sh "$dir" "$build"
cd "$dir" || exit 1

check() { # check STATUS WHAT: what was said last is shown below a failure
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        sed 's/^/#   /' said 2>/dev/null | head -n 30
    fi
}

run() { # run ARGUMENT ...: make, its output in said; sets status
    make --no-print-directory "$@" >said 2>&1 </dev/null
    status=$?
}

says() { # says TEXT ...: whether each stands in a line of what was said
    for text; do
        grep -aqF -e "$text" said || { echo "#   expected: $text" >>said && return 1; }
    done
}

lacks() { # lacks TEXT
    ! grep -aqF -e "$1" said
}

one_line() { # one_line TEXT: one line of ours, which has it, and make's own about it
    [ "$(grep -vc '^make' said)" = 1 ] && says "$1"
}

# --- a course of two lessons ----------------------------------------------------------------------

rm -rf lessons build/grade
mkdir -p lessons/00-plus lessons/01-times reference/base tests
cat >map <<'END'
# The map

| # | slug | part | you write | points | hours | level |
|---|---|---|---|---|---|---|
| 00 | [plus](00-plus/README.md) | first | `plus_add`, `plus_twice` | 5 | 0.5 | 0 rider |
| 01 | times | first | `times_mul` | 4 | 1 | 1 user |
| 02 | later | second | what is not here yet | 8 | 2 | 2 engineer |

Below the table.
END
cp map lessons/README.md

module() { # module SLUG FUNCTION PARAMETERS BODY ...: the reference's two files
    slug=$1
    shift
    printf '// %s: a lesson.\n#ifndef GPT_%s_H\n#define GPT_%s_H\n\n' "$slug" "$slug" "$slug" >reference/base/"$slug".h
    printf '#include "%s.h"\n' "$slug" >reference/base/"$slug".c
    while [ $# -gt 0 ]; do
        printf 'int %s(int a, int b);\n' "$1" >>reference/base/"$slug".h
        printf '\nint %s(int a, int b)\n{\n    // SOLUTION BEGIN\n    return %s;\n    // SOLUTION END\n}\n' "$1" "$2" >>reference/base/"$slug".c
        shift 2
    done
    printf '\n#endif\n' >>reference/base/"$slug".h
}
module plus plus_add 'a + b' plus_twice '2 * (a + b)'
module times times_mul 'a * b'

suite() { # suite SLUG FUNCTION POINTS ...
    slug=$1
    shift
    printf '#include "lesson.h"\n#include "%s.h"\n#include "ref_%s.h"\n' "$slug" "$slug" >tests/"$slug".c
    while [ $# -gt 0 ]; do
        cat >>tests/"$slug".c <<END

FUNCTION($1, $2);

TEST($1, small_numbers)
{
    given("a = 2, b = 3");
    expect_int("$1", $1(2, 3), ref_$1(2, 3));
}
END
        shift 2
    done
}
mkdir -p tests/mutants
printf '== minus\nfunction: plus_add\nsays: It subtracts.\n-    return a + b;\n+    return a - b;\n' >tests/mutants/plus.txt
printf '== plus\nfunction: times_mul\nsays: It adds.\n-    return a * b;\n+    return a + b;\n' >tests/mutants/times.txt
suite plus plus_add 2 plus_twice 3
suite times times_mul 4

cat >lessons/00-plus/hints.md <<'END'
# Hints

## plus_add

1. What is a sum?
2. Look at
   the operators of C.

   All of them.
3. `return a + b;`

## plus_twice
1. Which function do you have already?
2. plus_add.
3. `return 2 * plus_add(a, b);`
END
cat >lessons/00-plus/predict.md <<'END'
# Predictions

## How many bytes has "Привет"?
unit: bytes

    $ printf 'Привет' | wc -c

Two for each letter.

## What share of a byte is a bit?
unit: %

    $ awk 'BEGIN {
    >   print 12.5 }'

One of eight.

## Where does gpt stand?
unit: letters

    $ printf %s "$GPT" | wc -c

It is build/gpt.
END

# write SLUG FUNCTION BODY ...: the learner's file
write() {
    file=$(echo lessons/*-"$1")/$1.c
    printf '#include "%s.h"\n' "$1" >"$file"
    shift
    while [ $# -gt 0 ]; do
        printf '\nint %s(int a, int b)\n{\n    return %s;\n}\n' "$1" "$2" >>"$file"
        shift 2
    done
}

# --- reset: the stub ------------------------------------------------------------------------------

run reset-00
[ $status = 0 ] && says 'lessons/00-plus/plus.c is the stub again.' && lacks backup &&
    grep -q 'TODO();' lessons/00-plus/plus.c
check $? "make reset-00 writes the stub where there is none"
run reset-0
[ $status = 0 ] && says 'is the stub already' && [ ! -e lessons/00-plus/plus.c.backup-1 ]
check $? "again, by 0: it is the stub already, and no backup is made"
for i in 1 2 3; do
    echo "// mine $i" >lessons/00-plus/plus.c
    run reset-00
done
[ $status = 0 ] && says 'kept in lessons/00-plus/plus.c.backup-3' &&
    [ "$(cat lessons/00-plus/plus.c.backup-[123])" = "$(printf '// mine 1\n// mine 2\n// mine 3')" ]
check $? "three files of the learner's are three backups"
run reset-01
check $status "make reset-01"

# --- progress and grade ---------------------------------------------------------------------------

run progress
[ $status = 0 ] && says '00  plus        0/5  [..........]  not graded yet' '0 of 9 points, 0 of 2 lessons' \
    'No level yet.  For level 0, rider: 00 plus.' 'Next: make 00, lessons/00-plus/README.md' &&
    lacks later && [ ! -e lessons/progress.txt ]
check $? "make progress before anything: what there is, what is next, nothing written"

run 00
[ $status != 0 ] && says 'not written yet' && lacks 'make: ' && grep -q '^plus 0/5 unwritten [0-9a-f]*$' lessons/progress.txt
check $? "make 00 grades the stub, is an error without a word of make's, and is written down"
write plus plus_add 'a + b' plus_twice 'a + b'
run 00
grep -q '^plus 2/5 failed ' lessons/progress.txt
check $? "one function of two: its points"
run progress
says '00  plus        2/5  [####......]  failed'
check $? "make progress shows them"
write plus plus_add 'a + b' plus_twice '2 * (a + b)'
run 0
[ $status = 0 ] && grep -q '^plus 5/5 passed ' lessons/progress.txt && run progress &&
    says 'Level 0, rider.  For level 1, user: 01 times.' 'Next: make 01'
check $? "passed: the next lesson, the first level"
cp -p lessons/00-plus/plus.c kept
write plus plus_add 'a - b' plus_twice '2 * (a + b)'
run 0
[ $status != 0 ] && mv kept lessons/00-plus/plus.c && run 0 && [ $status = 0 ]
check $? "a copy that is put back is graded, though it is older than what was tried"
echo '// two at once' >>lessons/00-plus/plus.c
make --no-print-directory 0 >other 2>&1 </dev/null &
run 0
wait $!
[ $? = 0 ] && [ $status = 0 ] && says '5 of 5 points' && grep -q '5 of 5 points' other
check $? "two terminals that grade at once: one waits for the other"
echo '// a thought' >>lessons/00-plus/plus.c
run progress
says 'changed since it passed: make 00' 'No level yet.' 'Next: make 00'
check $? "changed since it passed: says so, and does not count"

printf '# mine\nunknown_lesson 1/1 passed 0123456789abcdef\n' >>lessons/progress.txt
printf '#include "times.h"\nint times_mul(int a, int b) { return a - b; }\n#warning "\001 \033[31m <&> \377 ]]>"\n' \
    >lessons/01-times/times.c
run grade
[ $status = 0 ] && says '00 plus  5/5 passed' '01 times  0/4 failed' '01  times       0/4' 'build/grade/junit.xml'
check $? "make grade: a line a lesson, then the table"
grep -q '^# mine$' lessons/progress.txt && grep -q '^unknown_lesson 1/1 passed' lessons/progress.txt
check $? "comments and lessons of another course stay in progress.txt"
run grade STRICT=1
[ $status != 0 ]
check $? "make grade STRICT=1 fails when a lesson is open"

if command -v python3 >/dev/null; then
    python3 - >said 2>&1 <<'END'
import json, xml.etree.ElementTree as tree
suites = tree.parse('build/grade/junit.xml').getroot()
assert suites.get('tests') == '3' and suites.get('failures') == '1', suites.attrib
cases = {c.get('classname') + '.' + c.get('name'): c for c in suites.iter('testcase')}
assert set(cases) == {'plus.plus_add', 'plus.plus_twice', 'times.times_mul'}, cases
assert cases['plus.plus_add'].find('failure') is None
assert cases['times.times_mul'].find('failure').text.strip()
r = json.load(open('build/grade/results.json'))
assert r['score'] == 5 and r['max_score'] == 9, r
assert [t['score'] for t in r['tests']] == [2, 3, 0] and [t['max_score'] for t in r['tests']] == [2, 3, 4]
assert [t['status'] for t in r['tests']] == ['passed', 'passed', 'failed']
assert all(t['visibility'] == 'visible' for t in r['tests']) and r['tests'][2]['output'].strip()
END
    check $? "JUnit's XML and Gradescope's JSON are well-formed and say the same"
    printf 'broken \001 \033[31m <&> \377\n' >>lessons/01-times/times.c
    run grade
    [ $status = 0 ] && python3 -c 'import json, xml.etree.ElementTree as t; t.parse("build/grade/junit.xml"); json.load(open("build/grade/results.json"))' 2>said
    check $? "also with control characters and bad UTF-8 in the learner's file"
else
    echo "# skip: python3, to read the reports"
fi
rm lessons/01-times/times.c
run grade
[ $status = 0 ] && says '01 times  0/4'
check $? "make grade where a file is missing: no points, and the rest is graded"

# --- numbers that are none ------------------------------------------------------------------------

for goal in 07 7 hint-07 predict-9 solution-12 reset-99 hint-x; do
    run $goal
    [ $status != 0 ] && one_line 'no lesson ' && says 'the lessons are 00 plus, 01 times'
    check $? "make $goal: one line with the lessons there are"
done

# --- hints and the solution -----------------------------------------------------------------------

write plus plus_add 'a - b' plus_twice 'a'
run hint-00
[ $status = 0 ] && says 'plus_add, hint 1 of 3' '    What is a sum?' && lacks operators
check $? "make hint-00: the first, to the first function that has not passed; graded by itself"
run hint-00
says 'hint 2 of 3' '    Look at' '    the operators of C.' '    All of them.' && lacks 'a + b'
check $? "the second, all its lines"
run hint-00
says 'hint 3 of 3' '`return a + b;`'
check $? "the third"
run hint-00
says 'no more hints' 'make solution-00' && grep -q '^plus 0/5 .* plus_add:3$' lessons/progress.txt
check $? "then there are no more; progress.txt keeps how many were taken"
write plus plus_add 'a + b' plus_twice 'a'
run hint-00
says 'plus_twice, hint 1 of 3'
check $? "the next function has its own; the file is graded again because it changed"
run solution-00
[ $status != 0 ] && one_line 'has not passed yet'
check $? "make solution-00 before it passes: no"
run solution-00 FORCE=1
[ $status = 0 ] && says '-    return a;' '+    return 2 * (a + b);' '+++ the reference' && lacks SOLUTION
check $? "with FORCE=1: the difference, without the marks"
write plus plus_add 'a + b' plus_twice '2 * (a + b)'
run 00
grep -q '^plus 5/5 passed [0-9a-f]* plus_add:3 plus_twice:1$' lessons/progress.txt
check $? "hints taken stay when it passes"
run hint-00
[ $status = 0 ] && says 'has passed'
check $? "make hint-00 after it passed"
run solution-00
[ $status = 0 ] && says 'the reference'
check $? "make solution-00 after it passed"
printf 'int broken' >lessons/01-times/times.c
run hint-01
[ $status = 0 ] && says 'lessons/01-times/times.c cannot be run yet: make 01'
check $? "make hint-01 of a file that does not compile"

# --- mine -----------------------------------------------------------------------------------------

run reset-01
run mine
[ $status = 0 ] && says '00 plus      you            lessons/00-plus/plus.c' \
    '01 times     the reference  yours has not passed yet: make 01' '1 of 2 lessons are yours'
check $? "make mine: who fills what"
build/mine/gpt --help >/dev/null
check $? "and the program runs"
nm build/mine/gpt >said && [ -e build/mine/plus.o ] && [ ! -e build/mine/times.o ]
check $? "built from the file of the lesson that passed, and of no other"
echo '// later' >>lessons/00-plus/plus.c
run mine
[ $status = 0 ] && says 'changed since it passed: make 00' 'no lesson has passed yet' && build/mine/gpt --help >said
check $? "a file that changed since is not taken; with none passed it still builds"

# --- predictions ----------------------------------------------------------------------------------

# predict INPUT: what it says to that input from a pipe
predict() {
    printf '%b' "$1" | make --no-print-directory predict-00 >said 2>&1
    status=$?
}

predict '12\n25\n9\nWhy two?\n'
[ $status = 0 ] && says '1 of 3.  How many bytes' "    \$ printf 'Привет' | wc -c" '    >   print 12.5 }' 'it is 12: exact.' 'Two for each letter.' \
    'it is 12.5: 100 % too large: right size.' 'it is 9: exact.' 'Score: 7 of 9.'
check $? "make predict-00: three numbers from a pipe, the truth, how far off, the score"
grep -q '^## 20..-..-.., lesson plus$' lessons/journal.md && grep -q 'I said 25, it is 12.5 %' lessons/journal.md &&
    grep -q '^- My question: Why two?$' lessons/journal.md && grep -q '^- Score: 7 of 9.$' lessons/journal.md
check $? "the journal has the date, guesses, truths and their question"
printf 'my own words, without an end' >>lessons/journal.md
cp lessons/journal.md before
predict '10_000 bytes\n12.5 %\n'
[ $status = 0 ] && says '833 times too large: far off' 'No more answers: 2 of 3 questions asked.' 'Score: 3 of 6.'
check $? "the answers end early: politely; 10_000 and units are understood"
predict ''
[ $status = 0 ] && says 'Going on with question 3' 'No more answers: 2 of 3' && lacks 'Score'
check $? "the next time it goes on where it stopped"
predict '9\n\n'
[ $status = 0 ] && says 'Going on with question 3' "    \$ printf %s build/gpt | wc -c" 'Score: 6 of 9.' &&
    [ "$(grep -c '^## ' lessons/journal.md)" = 1 ] && [ "$(grep -c '^- Score: ' lessons/journal.md)" = 2 ]
check $? "and writes it under the same heading; commands are shown so that they can be typed"
[ "$(head -c "$(wc -c <before)" lessons/journal.md)" = "$(cat before)" ] &&
    grep -q '^my own words, without an end$' lessons/journal.md
check $? "what stood in the journal still stands there"
cp lessons/journal.md before
predict ''
[ $status = 0 ] && says 'No more answers: 0 of 3' && lacks 'Going on' && cmp -s before lessons/journal.md
check $? "no answer at all: nothing is written"
for bad in 1,000 twelve '' 0x10 inf nan 1e999 '12 letters' '1 2x' --5; do
    predict "$bad\n"
    [ $status != 0 ] && says "standard input:1: '$bad': expected a number such as 1000" && cmp -s before lessons/journal.md
    check $? "from a pipe, '$bad' is refused with what was expected"
done
chmod a-w lessons/journal.md
if [ -w lessons/journal.md ]; then  # root may write everything
    mv lessons/journal.md kept && mkdir lessons/journal.md
    predict '12\n'
    [ $status != 0 ] && says 'lessons/journal.md: cannot append'
    check $? "a journal that cannot be written: one line"
    rmdir lessons/journal.md && mv kept lessons/journal.md
else
    predict '12\n'
    [ $status != 0 ] && says 'lessons/journal.md: cannot append'
    check $? "a journal that cannot be written: one line"
fi
chmod u+w lessons/journal.md

cp lessons/00-plus/predict.md good.md
# broken SED LINE TEXT WHAT: predict.md changed by sed is refused at that line
broken() {
    sed "$1" good.md >lessons/00-plus/predict.md
    predict '12\n12\n12\n\n'
    [ $status != 0 ] && says "lessons/00-plus/predict.md:$2: $3"
    check $? "predict.md: $4"
}
broken '6s/.*/    $ echo twelve/' 6 "expected the command to print one number; it printed 'twelve" "a command that prints no number"
broken '6s/.*/    $ echo 1 2/' 6 'expected the command to print one number' "two numbers"
broken '6s/.*/    $ true/' 6 'expected the command to print one number' "nothing"
broken '6s/.*/    $ echo no such thing >\&2; exit 3/' 6 'the command failed, with status 3: no such thing' "a command that fails"
broken '6s/.*/    $ yes | head -n 3000000/' 6 "expected the command to print one number; it printed 'y" "one that floods"
broken '4d' 5 "expected 'unit: NAME'" "no unit"
broken '4s/ bytes//' 4 "expected a name behind 'unit:'" "an empty unit"
broken '6d' 7 "expected the command" "no command"
broken '8d' 6 "expected an explanation" "no explanation"
broken 's/^## //' 1 "expected questions" "no question"
sed '6s/.*/    $ echo 0/' good.md >lessons/00-plus/predict.md
predict '5\n12.6\n'
says 'it is 0: too large by 5: far off.' 'it is 12.5: 0.8 % too large: right.' 'Score: 3 of 6.'
check $? "no percentage of a truth that is 0"
# Two that are waited for 20 s each, at once, and while other things are tried.
sed '6s/.*/    $ sleep 30 | cat/' good.md >lessons/00-plus/predict.md
sed '6s/.*/    $ exec >\&- 2>\&-; sleep 30/' good.md >lessons/01-times/predict.md
mkdir slow
for slow in 00 01; do
    echo 12 | make --no-print-directory MINE=slow predict-$slow >slow/$slow 2>&1 &
done
until grep -q '^Your guess' slow/00 && grep -q '^Your guess' slow/01; do sleep 0.1; done
cp good.md lessons/00-plus/predict.md
rm lessons/01-times/predict.md

# --- damaged files --------------------------------------------------------------------------------

cp lessons/progress.txt good.txt
# damaged TEXT LINE WHAT: progress.txt with that line is refused by every verb, and left as it is
damaged() {
    { printf '# one\n' && printf '%b' "$1"; } >lessons/progress.txt
    cp lessons/progress.txt before
    for goal in progress ${4:-}; do
        run $goal
        [ $status != 0 ] && says "lessons/progress.txt:$2: expected" && cmp -s before lessons/progress.txt
        check $? "progress.txt, $3: make $goal names the line"
    done
}
damaged 'plus 5/5 passed\n' 2 "cut off" 'mine hint-01 01'
damaged 'plus five/5 passed 0123456789abcdef\n' 2 "no number"
damaged 'plus 6/5 passed 0123456789abcdef\n' 2 "more points than there are"
damaged 'plus 5/5 great 0123456789abcdef\n' 2 "no verdict"
damaged 'plus 5/5 passed 0123456789abcdef plus_add\n' 2 "a hint without a count"
damaged 'plus 5/5 passed 0123456789abcdef\nplus 5/5 passed 0123456789abcdef\n' 3 "a lesson twice"
damaged '\n<<<<<<< HEAD\n' 3 "a conflict"
damaged 'plus 5/5 pas\000\000\000\000\n' 2 "zero bytes"
printf 'plus 5/5 passed 0123456789abcdef   \r\n\n' >lessons/progress.txt
run progress
[ $status = 0 ]
check $? "blanks, empty lines and carriage returns are no damage"
cp good.txt lessons/progress.txt

write times times_mul 'a'
run hint-01
[ $status != 0 ] && says 'lessons/01-times/hints.md: cannot open'
check $? "no hints.md: one line"
printf '# Hints\n## other\n1. a\n2. b\n3. c\n' >lessons/01-times/hints.md
run hint-01
[ $status != 0 ] && says "lessons/01-times/hints.md:5: expected a section '## times_mul'"
check $? "hints.md without a section: one line"
printf '# Hints\n## times_mul\n1. a\n3. c\n' >lessons/01-times/hints.md
run hint-01
[ $status != 0 ] && says "lessons/01-times/hints.md:4: expected hint 2. to times_mul"
check $? "a hint is left out: one line"
printf '# Hints\n## times_mul\n1. a\n' >lessons/01-times/hints.md
run hint-01
[ $status != 0 ] && says "lessons/01-times/hints.md:2: expected hints 1. to 3. to times_mul, found 1"
check $? "hints end early: one line"
grep -q times_mul: lessons/progress.txt
check $((1 - $?)) "and none of them was counted"

# map SED LINE TEXT WHAT: the map changed by sed is refused at that line
map() {
    sed "$1" map >lessons/README.md
    run progress
    [ $status != 0 ] && one_line "lessons/README.md:$2: $3"
    check $? "the map: $4"
}
map '5s/ | 5 | / | /' 5 'expected 7 cells' "a cell is left out"
map '5s/$/ more |/' 5 'expected 7 cells' "a cell too many"
map '6s/01/one/' 6 "number 'one': expected a whole number" "no number"
map '6s/times/Times!/' 6 "slug 'Times!': expected" "no slug"
map '6s/ 4 / four /' 6 "points 'four': expected" "no points"
map '6s/1 user/9/' 6 'level: expected a whole number from 0 to 5' "no level"
map '6s/01/00/' 6 'number 00 stands on line 5 already' "a number twice"
map '7s/later/times/' 7 'slug '\''times'\'' stands on line 6 already' "a slug twice"
map '6s/01/03/' 6 'expected number 01 for times: it is in lessons/01-times' "another number than the directory's"
map '6d' 3 'expected a row for lessons/01-times' "a lesson without a row"
map '3,4d' 1 'expected a table that begins | # | slug' "no table"
map '4d' 4 'expected |---|' "no line below the head"
rm lessons/README.md
run progress
[ $status != 0 ] && one_line 'lessons/README.md: cannot open'
check $? "no map: one line"
cp map lessons/README.md

# --- at a terminal --------------------------------------------------------------------------------

if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    rm -f lessons/journal.md
    # At a terminal what cannot be read is asked again.
    { sleep 1; for line in twelve 12 12.5 9 'Why?'; do printf '%s\r' "$line" && sleep 0.3; done; sleep 1; } |
        script -qec 'make --no-print-directory predict-00' /dev/null >said 2>&1
    says 'expected a number such as 1000' 'Score: 9 of 9.'
    check $? "predict at a terminal asks again"
    { sleep 1; printf '12\r'; sleep 0.5; printf '\004'; sleep 0.5; } |
        script -qec 'make --no-print-directory predict-00' /dev/null >said 2>&1
    says 'No more answers: 1 of 3'
    check $? "and ends politely when the person does"
    { sleep 1; printf '\004'; sleep 0.5; } | script -qec 'make --no-print-directory predict-00' /dev/null >said 2>&1
    says 'Going on with question 2'
    check $? "and goes on there"

    run reset-00
    mkfifo keys && : >screen
    rm -f build/grade/mutants/plus/recorded.*
    script -qec 'make --no-print-directory watch' /dev/null <keys >screen 2>&1 &
    watching=$!
    exec 9>keys
    # seen TEXT COUNT: waits until the screen has shown the text so many times
    seen() {
        for _ in $(seq 1 300); do
            [ "$(grep -acF -e "$1" screen)" -lt "$2" ] || return 0
            sleep 0.1
        done
        cp screen said
        return 1
    }
    seen 'Watching lessons/00-plus/plus.c' 1
    check $? "watch shows a verdict and waits"
    write plus plus_add 'a - b' plus_twice 'a'
    seen 'Watching lessons/00-plus/plus.c' 2
    check $? "a save: another verdict"
    grep -aq "$(printf '\033')\[2J" screen
    check $? "on a clear screen"
    { cat lessons/00-plus/plus.c && echo '//'; } >new.c && mv new.c lessons/00-plus/plus.c
    seen 'Watching lessons/00-plus/plus.c' 3
    check $? "a save by renaming"
    rm lessons/00-plus/plus.c && sleep 0.3 && write plus plus_add 'a + b' plus_twice 'a'
    seen 'Watching lessons/00-plus/plus.c' 4
    check $? "a save that takes the file away first"
    write plus plus_add 'a + b' plus_twice '2 * (a + b)'
    seen 'Watching lessons/01-times/times.c' 1
    check $? "when it passes, the next lesson"
    printf '\003' >&9
    wait "$watching"
    watching=
    exec 9>&-
    cp screen said
    says 'Stopped.' && lacks 'Error'
    check $? "Ctrl-C ends it, without a word from make"
    says 'The likely cause is still being looked for' 'likely cause: It subtracts.'
    check $? "while it looks for the likely cause for the first time, it says so"

    : >screen
    script -qec 'make --no-print-directory watch L=00' /dev/null <keys >screen 2>&1 &
    watching=$!
    exec 9>keys
    seen 'Passed.' 1 && seen 'Watching lessons/00-plus/plus.c' 1
    check $? "with a lesson's number, it stays with a lesson that has passed"
    printf '\003' >&9
    wait "$watching"
    watching=
    exec 9>&-
else
    echo "# skip: script(1), to be at a terminal"
fi
write plus plus_add 'a + b' plus_twice '2 * (a + b)'
write times times_mul 'a * b'
run grade
run watch
[ $status = 0 ] && says 'All 2 lessons have passed.' && ! grep -q "$(printf '\033')" said
check $? "watch with nothing left to do; no terminal, no commands to one"
run progress
says 'Level 1, user.' && lacks 'For level'
check $? "all that are there: the highest level that has lessons"
run 00 01
[ $status = 0 ]
check $? "make 00 01"

# --- another directory of files -------------------------------------------------------------------

mkdir -p class/anna/00-plus
cp lessons/00-plus/plus.c class/anna/00-plus/
cp lessons/progress.txt before
run grade MINE=class/anna G=build/anna
[ $status = 0 ] && says '00 plus  5/5 passed' '01 times  0/4' 'build/anna/results.json' &&
    grep -q '^plus 5/5 passed' class/anna/progress.txt && cmp -s before lessons/progress.txt
check $? "make grade MINE=DIR: another's files, another progress.txt"

wait
for slow in 00 01; do
    cp slow/$slow said
    says "predict.md:6: the command took more than 20 s and was ended"
    check $? "predict.md: a command that hangs; $slow of two"
done
rm -rf slow

# --- a newer course -------------------------------------------------------------------------------

if command -v git >/dev/null; then
    export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
    run upgrade
    [ $status != 0 ] && one_line 'upgrade: '
    check $? "make upgrade where there is no git clone: one line"

    # Upstream has the stubs; the learner is a copy of this directory.
    run reset-00 && run reset-01
    rm -f lessons/*/*.backup-* kept before good.md good.txt map new.c said screen keys
    printf '/build/\n/said\n/lessons/progress.txt\n/lessons/journal.md\n*.backup-*\n' >.gitignore
    rm -rf class && git init -q -b main . && git add -A && git commit -qm "A course" && git clone -q --bare . ../upstream-$$
    trap 'rm -rf "$dir" "${dir%/*}/upstream-$$"' EXIT
    git remote add origin "$(cd .. && pwd)/upstream-$$" && git fetch -q && git branch -q -u origin/main
    write plus plus_add 'a + b' plus_twice '2 * (a + b)'
    cp lessons/00-plus/plus.c theirs
    echo '// older' >lessons/00-plus/plus.c.backup-1
    run 00
    run upgrade
    [ $status = 0 ] && says 'no newer course'
    check $? "make upgrade without anything new"

    git worktree add -q --detach new HEAD
    (cd new && git mv lessons/00-plus lessons/03-plus && sed -i 's/| 00 | \[plus\](00-plus/| 03 | [plus](03-plus/' lessons/README.md &&
        sed -i 's/a + b)/a + b + 1)/' reference/base/plus.c && echo '// plus_twice adds 1 now' >>reference/base/plus.h &&
        git commit -qam "Another order, another contract" && git push -q origin HEAD:main)
    git worktree remove --force new
    echo mine >>reference/base/plus.h
    run upgrade
    [ $status != 0 ] && one_line 'upgrade: reference/base/plus.h: ' && cmp -s theirs lessons/00-plus/plus.c
    check $? "make upgrade beside changes that are not the lessons': refused, nothing lost"
    git checkout -q reference/base/plus.h
    echo '// not passed like this' >>lessons/01-times/times.c
    run upgrade
    [ $status = 0 ] && says 'now in lessons/03-plus' 'contract changed: reference/base/plus.h' 'passed before, and not now: make 03' &&
        cmp -s theirs lessons/03-plus/plus.c && [ ! -e lessons/00-plus ] && [ -e lessons/03-plus/plus.c.backup-1 ] &&
        grep -q 'not passed like this' lessons/01-times/times.c && lacks 'times: passed before' && grep -q '^plus 2/5 failed' lessons/progress.txt
    check $? "make upgrade: files follow their slug, are graded again, and what newly fails is named"
else
    echo "# skip: git"
fi

# --- doctor and help ------------------------------------------------------------------------------

run doctor
[ $status = 0 ] && says 'ok        compiler' 'ok        Criterion' 'FMA in hardware' 'Nothing is missing.'
check $? "make doctor"
PATH=/usr/bin:/bin CC=no-such-compiler tests/harness/doctor.sh >said 2>&1
[ $? = 1 ] && says 'missing   compiler' 'is marked missing'
check $? "make doctor without a compiler: missing, exit status 1"
run help
[ "$(head -n 2 said | grep -c 'make 01')" = 1 ] && says 'make hint-01' 'make demo'
check $? "make help: the learner's verbs first"
