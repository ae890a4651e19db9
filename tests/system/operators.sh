#!/bin/sh
# The small changes: which there are, that each is what its name says, and what is said of those
# that a suite does not see.  The lessons themselves: make mutants.
set -u
operators=$PWD/${BUILD:-build}/operators
mutants=$PWD/tests/harness/mutants.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cd "$dir" || exit 1

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

# changes WHAT: of a C file from standard input exactly the changes named in `want` are found,
# without the function and the line they stand on.
changes() {
    cat >file.c
    "$operators" list file.c | sed 's/.* | //' | sort >got
    sort want >sorted
    diff sorted got | sed 's/^/# /'
    cmp -s sorted got
    check $? "$1"
}

cat >want <<'END'
not `a < b`
`<` to `<=`
`<` to `>=`
without `return a;`
without `return b;`
END
changes "a comparison: its neighbours and its opposite" <<'END'
int f(int a, int b)
{
    if (a < b) return a;
    return b;
}
END
cat >want <<'END'
without `x = y + 10 - z * w;`
`+` to `-`
`10` + 1
`10` - 1
`10` to 0
`-` to `+`
`*` to `/`
without `y +`
without `+ 10`
without `- z * w`
END
changes "a sum: its signs, its terms, its constants" <<'END'
void f(void)
{
    x = y + 10 - z * w;
}
END
cat >want <<'END'
without `x = -y - (a + b)[c];`
`-` to `+`
without `-y`
without `- (a + b)[c]`
`+` to `-`
without `a +`
without `+ b`
END
changes "a sign before a term is no difference" <<'END'
void f(void)
{
    x = -y - (a + b)[c];
}
END
cat >want <<'END'
not `i < n + 1`
`<` to `<=`
`<` to `>=`
bound `n + 1` + 1
bound `n + 1` - 1
`++` to `--`
`+` to `-`
without `+ 1`
without `n +`
`1` + 1
`1` to 0
`0` + 1
`0` - 1
without `g(i, a[i], 'x');`
`i, a[i]` swapped
`a[i], 'x'` swapped
`'x'` + 1
`'x'` - 1
`'x'` to 0
END
changes "a loop and a call: bounds, arguments" <<'END'
void f(void)
{
    for (int i = 0; i < n + 1; i++) g(i, a[i], 'x');
}
END
cat >want <<'END'
not `a`
not `b & m`
`&` to `|`
`<<=` to `>>=`
`>>` to `<<`
without `(unsigned char)`
without `(size_t)`
without `x <<= a ? b & m ? 2.5 : (unsigned char)c : (size_t)d >> e;`
`2.5` + 1
`2.5` - 1
`2.5` to 0
END
changes "conditions inside an expression, bits, casts" <<'END'
void f(void)
{
    x <<= a ? b & m ? 2.5 : (unsigned char)c : (size_t)d >> e;
}
END
cat >want <<'END'
`1` + 1
`1` to 0
without `return 1;`
`2` + 1
`2` - 1
`2` to 0
END
changes "only between the marks, and nothing in comments, strings and #" <<'END'
#define N \
    (3 + 4)
enum { GIVEN = 5 };
// SOLUTION BEGIN
enum { OWN = 2 };  // 3 + 4 // SOLUTION
// SOLUTION END
int f(void)
{
    int given = 6 + 7;
    // SOLUTION BEGIN
    /* 8 + 9
       "10" */
#if 11 + 12
#endif
    return 1;
    // SOLUTION END
}
END
printf 'int f(void)\n{\n    return a == a == a;\n}\n' >file.c
[ "$("$operators" list file.c | cut -f 3 | sed -n '2,3p')" = "$(printf 'f | return a == a == a; | `==` to `!=`\nf | return a == a == a; | `==` to `!=` (2)')" ]
check $? "a name says the function, the line, the change and which of several"
[ "$("$operators" apply file.c 3)" = "$(printf '#line 1 "file.c"\nint f(void)\n{\n    return a == a != a;\n}')" ] &&
    [ "$("$operators" apply file.c 0)" = "$(printf '#line 1 "file.c"\n' && cat file.c)" ]
check $? "a change changes that and nothing else"
printf 'void f(void)\n{\n    g(a,\n      b);\n    h();\n}\n' >file.c
n=$("$operators" list file.c | sed -n 's/\t.*swapped//p')
[ "$("$operators" apply file.c "$n" | tail -n 2)" = "$(printf '    h();\n}')" ] && [ "$("$operators" apply file.c "$n" | wc -l)" = 7 ]
check $? "the lines behind a change have their numbers still"
! "$operators" apply file.c 99 2>said && grep -q 'changes 0 … ' said && ! "$operators" list none 2>said && grep -q none said
check $? "no such change, no such file"

# --- what a suite sees ----------------------------------------------------------------------------

# A module, and a suite of it that sees neither `calls` nor, as nobody can, a larger of two equals.
cat >larger.c <<'END'
int calls;
int larger(int a, int b)
{
    calls = 1;
    return a > b ? a : b;
}
END
cat >suite.c <<'END'
int larger(int a, int b);
int main(void)
{
    while (larger(2, 1) != 2) {}
    return larger(1, 2) != 2;
}
END
mkdir -p tests/mutants build
cp "$operators" build/
cc=${CC:-cc}
$cc -c suite.c
# mutants STATUS: whether it ends so
run() {
    want=$1
    B=build COMPILE="$cc -O1 -x c - -c" LINK="$cc" "$mutants" larger larger.c suite.o >said 2>&1
    got=$?
    [ $got = "$want" ] && return
    echo "# exit $got, expected $want:" && sed 's/^/# /' said
    return 1
}
last() {
    [ "$(tail -n 1 said)" = "$1" ] || { sed 's/^/# /' said && false; }
}
run 1 && last "operators: larger 2/6 killed, 4 survivors (0 triaged)" &&
    grep -qF 'larger.c:4: no test sees this change: larger | calls = 1; | `1` + 1' said
check $? "survivors are named, with their line"
cat >tests/mutants/larger.survivors.txt <<'END'
# What calls is for nobody knows.
== larger | calls = 1; | without `calls = 1;`
unused: nobody reads it
== larger | calls = 1; | `1` + 1
unused: nobody reads it

== larger | calls = 1; | `1` to 0
unused: nobody reads it

== larger | return a > b ? a : b; | `>` to `>=`
equivalent: of two equal numbers either is the larger
END
run 0 && last "operators: larger 2/6 killed, 4 survivors (4 triaged)"
check $? "with reasons, they are triaged"
sed 's/calls = 1/calls = 01/' larger.c >other && mv other larger.c
run 1 && [ "$(grep -c 'no such change: take it out' said)" = 3 ] && [ "$(grep -c 'no test sees' said)" = 3 ]
check $? "a reason for a change that is not there any more"
sed 's/calls = 01/calls = 1/' larger.c >other && mv other larger.c
printf '== larger | return a > b ? a : b; | `>` to `<=`\nequivalent: it is not\n' >>tests/mutants/larger.survivors.txt
run 1 && grep -q 'survivors.txt:12: a test sees this now: take it out' said
check $? "a reason for one that the suite sees"
sed '$d' tests/mutants/larger.survivors.txt | sed '$d' >other && sed '3s/.*/unused:/' other >tests/mutants/larger.survivors.txt
run 1 && grep -q 'survivors.txt:2: no reason is given' said
check $? "a survivor without a reason"
sed '3s/.*/what is this/' other >tests/mutants/larger.survivors.txt
run 1 && grep -q 'survivors.txt:3: expected `== NAME`' said
check $? "a line that is none"
cp other tests/mutants/larger.survivors.txt
sed 's/larger(1, 2) != 2/larger(1, 2) != 3/' suite.c >other.c && $cc -c other.c -o suite.o
run 1 && grep -q 'the suite does not pass' said
check $? "a suite that fails without any change"
