# mutate.awk: writes a lesson's named mistakes as C files, one a mistake.
#
# A mistake is an edit of the reference, or of an alternative solution:
#
#     == NAME
#     function: FUNCTION       the function it is in
#     says: TEXT               what the learner is told; one line
#     in: NAME                 edits tests/accept/SLUG/NAME.c instead of the reference
#     -    lines of the file, exactly, which stand together in it once
#     +    what stands there instead
#
# An empty line parts one edit from the next.  A twin, NAME.ALTERNATIVE, is the same mistake in
# other code; it needs no `says`.
#
# usage: awk -f mutate.awk -v reference=reference/FLOOR/SLUG.c -v accept=tests/accept/SLUG \
#            -v out=DIRECTORY tests/mutants/SLUG.txt
# Writes DIRECTORY/NAME.c, leaving a file that already says the same untouched, and prints a line
# "NAME<tab>FUNCTION<tab>TEXT" for each.
function fail(text) {
    print FILENAME ":" FNR ": " text >"/dev/stderr"
    bad = 1
    exit 1
}

# read_file reads the file into line[1 … count].
function read_file(path, line,    count, got) {
    while ((got = (getline line[count + 1] <path)) > 0) count++
    close(path)
    if (got < 0) fail("cannot read " path)
    return count
}

# edit replaces in line[1 … total] the block old[1 … olds] by the text `put`.
function edit(    i, j, found) {
    for (i = 1; i + olds - 1 <= total; i++) {
        for (j = 1; j <= olds && line[i + j - 1] == old[j]; j++) {}
        if (j <= olds) continue
        if (found) fail(name ": the lines before this stand in " source " on line " found " and on line " i)
        found = i
    }
    if (!found) fail(name ": the lines before this do not stand together in " source)
    line[found] = put ? substr(put, 2) : "\001"
    for (j = 1; j < olds; j++) line[found + j] = "\001"
    edits++
}

function end_edit() {
    if (!olds && put) fail(name ": + without - lines before it: say where it goes by repeating a line")
    if (olds) edit()
    olds = 0; put = ""
}

function end_mistake(    i, path, text, before, was) {
    if (!name) return
    end_edit()
    if (!edits) fail(name ": it changes nothing")
    if (!(name ~ /\./) && says == "") fail(name ": expected a line `says: …`")
    if (what == "") fail(name ": expected a line `function: …`")
    for (i = 1; i <= total; i++) if (line[i] != "\001") text = text line[i] "\n"
    path = out "/" name ".c"
    while ((getline before <path) > 0) was = was before "\n"
    close(path)
    if (was != text) { printf "%s", text >path; close(path) }
    printf "%s\t%s\t%s\n", name, what, says
}

function begin_source() {
    if (source != "") return
    source = within == "" ? reference : accept "/" within ".c"
    delete line
    total = read_file(source, line)
}

/^== / {
    end_mistake()
    name = substr($0, 4)
    if (name !~ /^[a-z][a-z0-9-]*(\.[a-z0-9_-]+)?$/) fail("a name is lower-case words with hyphens: " name)
    if (name in seen) fail(name " is there twice")
    seen[name] = 1
    what = says = within = source = ""; edits = 0
    next
}
/^#/ && !olds { next }
/^$/ { end_edit(); next }
!name { fail("expected `== NAME` first") }
/^function: / { what = substr($0, 11); next }
/^says: / { says = substr($0, 7); next }
/^in: / { within = substr($0, 5); next }
/^-/ { if (put) end_edit(); begin_source(); old[++olds] = substr($0, 2); next }
/^\+/ { put = put "\n" substr($0, 2); next }
{ fail("expected == NAME, function:, says:, in:, - or + at the beginning of the line") }
END { if (!bad) end_mistake() }
