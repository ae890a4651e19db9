#!/bin/sh
# What a learner reads: one screen, told in one order, in which nothing that matters is cut.  In a
# scratch copy of the project with a course of one lesson, made so that it fails in every way.
set -u
build=${BUILD:-build}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GPT BUILD B G MINE ONLY STRICT FORCE L
LC_ALL=C.UTF-8
export LC_ALL
tests/harness/scratch.sh "$dir" "$build"
cd "$dir" || exit 1

check() { # check STATUS WHAT: the screen is shown below a failure
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        sed 's/^/#   /' said | head -n 40
    fi
}

says() { # says TEXT ...: whether each stands in a line of the screen
    for text; do
        grep -qF -e "$text" said || { echo "#   expected: $text" >>said && return 1; }
    done
}

lacks() { # lacks TEXT
    ! grep -qF -e "$1" said
}

# --- the lesson -----------------------------------------------------------------------------------

rm -rf lessons build/grade
mkdir -p lessons/00-sums lessons/01-vocab tests/mutants
cat >lessons/README.md <<'END'
| # | slug | part | you write | points | hours | level |
|---|---|---|---|---|---|---|
| 00 | sums | first | sums | 10 | 1 | 0 |
| 01 | vocab | first | vocab | 1 | 1 | 0 |
END
cat >reference/base/sums.h <<'END'
#ifndef GPT_SUMS_H
#define GPT_SUMS_H
typedef int sums_source(void *self);
int sums_all(int n, const int *x);
int sums_twice(int n, const int *x);
double sums_mean(int n, const int *x);
int sums_drawn(int n, sums_source *source, void *self);
#endif
END
cat >reference/base/sums.c <<'END'
#include "sums.h"
#include <stdio.h>
#include <stdlib.h>

int sums_all(int n, const int *x)
{
    // SOLUTION BEGIN
    int sum = 0;
    for (int i = 0; i < n; i++) sum += x[i];
    return sum;
    // SOLUTION END
}

int sums_twice(int n, const int *x)
{
    // SOLUTION BEGIN
    return 2 * sums_all(n, x);
    // SOLUTION END
}

double sums_mean(int n, const int *x)
{
    // SOLUTION BEGIN
    return (double)sums_all(n, x) / n;
    // SOLUTION END
}

int sums_drawn(int n, sums_source *source, void *self)
{
    // SOLUTION BEGIN
    int sum = 0;
    for (int i = 0; i < n; i++) sum += source(self);
    return sum;
    // SOLUTION END
}
END
cat >tests/sums.c <<'END'
#include "sums.h"
#include "lesson.h"
#include "ref_sums.h"

FUNCTION(sums_all, 2);
FUNCTION(sums_twice, 3);
FUNCTION(sums_mean, 4);
FUNCTION(sums_drawn, 1);

TEST(sums_all, many_words)
{
    const int x[] = {1, 2, 3};
    given("three numbers, which are told in so many words that they do not fit into a line of a "
          "terminal, nor into two of them, as an input sometimes does not: and here they are at "
          "last, {1, 2, 3}");
    expect_int("the sum", sums_all(3, x), 6);
}

TEST(sums_all, from_the_heap)
{
    int *x = malloc(3 * sizeof *x);
    for (int i = 0; i < 3; i++) x[i] = i;
    given("{0, 1, 2} from malloc");
    expect_int("the sum", sums_all(3, x), 3);
    free(x);
}

TEST(sums_all, nothing)
{
    given("nothing");
    expect_int("the sum", sums_all(0, NULL), 0);
}

TEST(sums_twice, two)
{
    const int x[] = {1, 2};
    given("{1, 2}");
    expect_int("twice the sum", sums_twice(2, x), 6);
}

TEST(sums_mean, two)
{
    const int x[] = {1, 2};
    given("{1, 2}");
    expect_double("the mean", sums_mean(2, x), 1.5, 1e-9);
}

static int next(void *self)
{
    int *count = self;
    return ++*count;
}

TEST(sums_drawn, two)
{
    int count = 0;
    given("1 and 2");
    expect_int("the sum", sums_drawn(2, next, &count), 3);
}
END
cat >tests/mutants/sums.txt <<'END'
== last
function: sums_all
says: the last number is left out
-    for (int i = 0; i < n; i++) sum += x[i];
+    for (int i = 0; i < n - 1; i++) sum += x[i];
END

# with FUNCTION BODY [FILE]: the reference, or the file, with another body of that function
with() {
    awk -v name="$1" -v body="$2" '
        index($0, name "(") && /^[a-z]/ { in_it = 1 }
        /SOLUTION BEGIN/ { skip = in_it; if (in_it) print "    " body; else print; next }
        /SOLUTION END/ { if (!in_it) print; skip = in_it = 0; next }
        !skip' "${3:-reference/base/sums.c}"
}

# grade: what make 00 says, in said; sets status, and screen: 0 if it is one
grade() {
    make --no-print-directory 00 >said 2>&1 </dev/null
    status=$?
    # A terminal breaks what is longer; lines of the kind FILE:LINE: … may be.
    sed 's/[^ -~]/x/g' said | awk -v mine="$mine" '
        { rows += length ? int((length + 78) / 79) : 1 }
        length > 79 && index($0, mine) != 1 { bad = 1; print "# too wide: " $0 }
        END { exit bad || rows > 24 }'
    screen=$?
}
mine=lessons/00-sums/sums.c

# --- the beginning --------------------------------------------------------------------------------

cp reference/base/sums.c $mine
rm -f build/ready.mk build/names.txt build/plain/base/arena.o
grade
[ $status = 0 ] && says 'Building the course, once' && lacks ' CC ' && lacks ' LINK '
check $? "what is built at first is one line"
says '00 sums: 10 of 10 points.  Passed.  Next: make 01, lessons/01-vocab/README.md'
check $? "a pass says how to go on: what to type, what to read"

# --- a failure ------------------------------------------------------------------------------------

with sums_all 'int s = 0; for (int i = 0; i < n - 1; i++) s += x[i]; return s;' >$mine
grade
cp said first
says "$mine:5: sums_all: wrong answer" 'tests/sums.c:16: test many_words: the sum'
check $? "the place, the test by its name"
says '  input   three numbers, which' 'at last, {1, 2, 3}' && lacks '…' && [ $screen = 0 ]
check $? "a long input is broken, not cut"
says 'got     3' 'want    6' && lacks 'off by'
check $? "whole numbers are not \"off by\""
[ "$(tail -n 2 said)" = 'likely cause: the last number is left out
00 sums: 1 of 10 points.  Stuck?  make hint-00' ]
check $? "the likely cause stands above the last line, also when it has to be found first"
grade
cmp -s first said
check $? "and in the same place when it is known"
[ $status != 0 ] && lacks 'make: '
check $? "not to have passed is an error to the shell, of which make says nothing"

with sums_mean 'return (double)sums_all(n, x) / (n + 1);' >$mine
grade
says 'want    1.5' 'off by  0.5, allowed 1e-09'
check $? "real numbers are off by something"
with sums_mean 'return (sums_all(n, x) - 3) / 0.0;' >$mine
grade
says 'nan' && lacks 'off by'
check $? "NaN is not"

# --- who it is ------------------------------------------------------------------------------------

with sums_all 'for (volatile int i = 0;; i++) continue;' >$mine
grade
says ': sums_all: timeout' 'sums_twice              0/3   stopped by sums_all' \
    'sums_mean               0/4   stopped by sums_all' 'sums_drawn              1/1   passed'
check $? "functions whose tests end in another one are stopped by it"
grep -qx 'function sums_twice 0 3 stopped sums_all' build/grade/sums.result
check $? "also in the result"
with sums_twice 'TODO();' $mine | sed '1i #include "todo.h"' >other && cp other $mine
grade
says 'sums_twice              0/3   unwritten' 'sums_mean               0/4   stopped by sums_all'
check $? "and are unwritten where they are not written"
with sums_all 'TODO();' | sed '1i #include "todo.h"' >$mine
grade
says ': sums_all: not written yet' 'sums_twice              0/3   stopped by sums_all' 'What to write: '
check $? "what is written is not called unwritten for another's sake"

with sums_twice 'return n ? 2 * sums_all(n, 0) : 0;' >$mine
grade
says ': sums_twice: crashed: it used a null pointer' \
    "  in sums_all, called from sums_twice, line $(grep -n 'sums_all(n, 0)' $mine | cut -d: -f1)" &&
    [ "$(grep -c segmentation said)" = 1 ] && lacks 'closer look'
check $? "a crash in another function: who was called, from where, and that once"
with sums_drawn 'return source(0) + source(self) + n;' >$mine
grade
says ': sums_drawn: crashed: it used a null pointer' "  in the test's next (tests/sums.c:5" ', which it called' &&
    lacks uninitialised
check $? "a crash in what the test gives: so it says"

# --- a closer look --------------------------------------------------------------------------------

with sums_all 'int s = 0; for (int i = 0; i < n + (n == 3); i++) s += i < n ? x[i] : x[i] == s; return s;' >$mine
grade
cp said closer
grep -q ': sums_all: [a-z]*-buffer-overflow: it reads 4 bytes behind the end of ' said &&
    grep -q 'an array of 12 bytes\|`x`, 12 bytes' said &&
    grep -q 'tests/sums.c:[0-9]*: test ' said && says '  input   '
check $? "memory behind an array: of how many bytes, in which test, on which input"
with sums_all 'int *y = malloc(sizeof *y); *y = 0; for (int i = 0; i < n; i++) *y += x[i]; return *y;' >$mine
grade
[ $status = 0 ] && says ': sums_all: your code does not give back 4 bytes' '10 of 10 points.  Passed.'
check $? "memory that is not given back: a word, and no failure"
with sums_all 'int s = 0; printf("n is %d\\n", n); for (int i = 0; i < n; i++) s += x[i]; return s;' >$mine
grade
[ $status = 0 ] && says 'your code prints: n is 3' 'Passed.'
check $? "what a passing lesson prints is mentioned"

with sums_all 'fprintf(stderr, "sums.c:12: CHECK(there >= 0 && there < all_that_there_are && all > 0) failed: there is %d of 3\\n", -n - 40); abort();' >$mine
grade
[ $screen = 0 ] && says 'failed: there is -4'
check $? "the numbers with which a check stopped it are shown"

# --- warnings -------------------------------------------------------------------------------------

with sums_all 'unsigned m = n, s = 0; for (int i = 0; i < m; i++) if (s = x[i]) s += n == 1 && s == 2 || m == 3; if (s = 1) s++; if (s = 2) s++; return s;' >$mine
grade
[ "$(grep -c 'warning: ' said)" = 2 ] && says 'suggest parentheses' && lacks sign-compare && lacks '…' && [ $screen = 0 ]
check $? "two warnings, whole; none of how signed and unsigned are compared"

print='for (int i = 0; i < 9; i++) printf("a line that is printed, of several, number %d, and long as it is, it ends here\\n", i);'
with sums_all "$print return (n = x[0]) ? x[0] == 1 && n == 2 || n == 3 : 0;" >$mine
grade
[ $screen = 0 ] && says 'the end of what it printed' 'Stuck?'
check $? "with all there can be it is one screen"
