# Check the floors: a file includes only headers of its own floor, without circles, and of the
# floors below; and no two modules have the same name.
# usage: awk -f floors.awk base text … - reference/*/*.[ch]        (lowest floor first)
function base(path) { sub(/.*\//, "", path); sub(/\.[ch]$/, "", path); return path }
# family: the module that m is a part of.  safetensors_read, on the same floor as safetensors, is a
# part of it, and parts of one module may include each other's headers.
function family(m,    i, n, word, p) {
    n = split(m, word, "_"); p = ""
    for (i = 1; i <= n; i++) {
        p = p (i > 1 ? "_" : "") word[i]
        if ((p in floor) && floor[p] == floor[m]) return p
    }
    return m
}
function fail(text) { print text; bad = 1 }
# visit walks the includes inside one floor; a module that is met again on the way is a circle.
function visit(m, path,    i, n, next_) {
    if (state[m] == 1) { fail("circle: " path m); return }
    if (state[m] == 2) return
    state[m] = 1
    n = split(inside[m], next_, " ")
    for (i = 1; i <= n; i++) visit(next_[i], path m " -> ")
    state[m] = 2
}
BEGIN {
    for (i = 1; i < ARGC && ARGV[i] != "-"; i++) { level[ARGV[i]] = i; ARGV[i] = "" }
    ARGV[i++] = ""
    for (; i < ARGC; i++) {
        m = base(ARGV[i]); dir = ARGV[i]; sub(/\/[^\/]*$/, "", dir); sub(/.*\//, "", dir)
        if ((m in floor) && floor[m] != dir) fail(ARGV[i] ": there is a " m " in " floor[m] " too")
        floor[m] = dir
    }
}
match($0, /^#include "[a-z0-9_]+\.h"/) {
    split($0, part, "\""); it = base(part[2]); me = base(FILENAME)
    if (!(it in floor)) fail(FILENAME ":" FNR ": no module is called " it)
    else if (level[floor[it]] > level[floor[me]])
        fail(FILENAME ":" FNR ": " floor[me] " may not include " it ", which is on " floor[it])
    else if (floor[it] == floor[me] && family(it) != family(me))
        inside[family(me)] = inside[family(me)] " " family(it)
    modules[family(me)] = 1
}
END { for (m in modules) visit(m, ""); exit bad }
