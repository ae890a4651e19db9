# assemble.awk: a whole file of a learner's from an abusive part of one.
#
# `// THE REST` in the part stands for the reference, in which the functions that the part defines
# itself are called right_NAME and are static; `// THE STUB` stands for the stub.
#
# usage: awk -f assemble.awk -v reference=FILE -v stub=FILE PART.c >FILE.c
function defined(text,    name) {
    if (text !~ /^[a-z][a-z_ ]*[ *][a-z_]+\(/) return ""
    sub(/\(.*/, "", text); sub(/.*[ *]/, "", text)
    return text
}
{ line[++lines] = $0 }
# A definition, not a declaration: its brackets close at the end of a line, or further down.
defined($0) && !/;$/ { own[defined($0)] = 1 }
END {
    while ((getline text <reference) > 0) its[defined(text)] = 1
    close(reference)
    for (n in own) if (!(n in its)) delete own[n]
    while ((getline text <reference) > 0) {
        name = defined(text)
        for (n in own) gsub("(^|[^a-z_])" n "\\(", "&\001", text)
        # & ends with the bracket: the name before it gets its new beginning.
        while (match(text, /[a-z_]+\(\001/)) text = substr(text, 1, RSTART - 1) "right_" substr(text, RSTART, RLENGTH - 1) substr(text, RSTART + RLENGTH)
        if (name in own) text = "static " text
        rest = rest text "\n"
    }
    while ((getline text <stub) > 0) all = all text "\n"
    for (i = 1; i <= lines; i++) {
        if (line[i] == "// THE REST") printf "%s", rest
        else if (line[i] == "// THE STUB") printf "%s", all
        else print line[i]
    }
}
