#!/bin/sh
# doctor.sh: what this machine has, what it lacks, and the command that installs it.
# Exit status 1 if something is lacking that the lessons need.
#
#   CC      the compiler (default cc)
#   MARCH   its flag for this machine, as the Makefile found it
set -u
cd "$(dirname "$0")/../.." || exit 1
cc=${CC:-cc}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
lacking=0

# row STATE WHAT DETAIL: one line.  Of the states only "missing" makes the exit status 1.
row() {
    [ "$1" != missing ] || lacking=1
    printf '%-8s  %-16s  %s\n' "$1" "$2" "$3"
}

# version COMMAND …: the first line that it prints.
version() {
    "$@" 2>&1 | head -n 1
}

# has FLAG …: whether the compiler takes them and the program runs.
has() {
    # shellcheck disable=SC2086  # CC may carry options
    printf 'int main(void) { return 0; }\n' | $cc "$@" -x c - -o "$scratch/a" >/dev/null 2>&1 &&
        "$scratch/a" >/dev/null 2>&1
}

# found NEED WHAT DETAIL [optional]: a row by what install.sh says about NEED.
found() {
    said=$(sed -n "s/^$1 //p" "$scratch/report")
    case $said in
    ok) row ok "$2" "$3" ;;
    *) row "${4:-missing}" "$2" "${said#missing }" ;;
    esac
}

tests/harness/install.sh report compiler pkg-config pcre2 jansson openmp criterion sanitizers \
    binutils gnuplot git clang jupyter mpi >"$scratch/report"

echo "Needed for the lessons"
# shellcheck disable=SC2086
found compiler compiler "$(version $cc --version)"
# How the learner's files are compiled; pattern fills what was never written, so that it shows.
if has -std=c11 -O1 -ffp-contract=off -fno-math-errno; then
    row ok flags "-std=c11 -ffp-contract=off -fno-math-errno ${MARCH:-}"
else
    row missing flags "$cc does not take -std=c11 -ffp-contract=off: use gcc 9 or clang 11, or newer"
fi
found pcre2 PCRE2 "$(pkg-config --modversion libpcre2-8 2>/dev/null)"
found jansson jansson "$(pkg-config --modversion jansson 2>/dev/null)"
found criterion Criterion "$(pkg-config --modversion criterion 2>/dev/null)"
found sanitizers sanitizers "address, undefined"
found binutils "nm, addr2line" "$(version nm --version)"
for tool in awk diff make; do
    if command -v $tool >/dev/null; then
        row ok $tool "$(command -v $tool)"
    else
        row missing $tool "it is part of every Unix system; install the package $tool"
    fi
done
free=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
if [ "$free" -ge 500 ]; then
    row ok "disk space" "$free MB free"
else
    row missing "disk space" "$free MB free here, 500 MB are needed"
fi
memory=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null ||
    sysctl -n hw.memsize 2>/dev/null | awk '{ print int($1 / 1048576) }')
if [ -z "$memory" ]; then
    row unknown memory "this system does not say"
elif [ "$memory" -ge 1000 ]; then
    row ok memory "$memory MB"
else
    row missing memory "$memory MB free, 1000 MB are needed: close something"
fi

echo
echo "Good to have"
found openmp OpenMP "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) processors" absent
# shellcheck disable=SC2086
if printf '#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)\nint fma;\n#else\n#error\n#endif\n' |
    $cc ${MARCH:-} -x c -fsyntax-only - 2>/dev/null; then
    row ok "FMA in hardware" "the numbers here are those in the text, to the last digit"
else
    row absent "FMA in hardware" "everything works; numbers may differ from those in the text"
fi
if has -O1 -ftrivial-auto-var-init=pattern; then
    row ok "filled variables" "-ftrivial-auto-var-init=pattern"
else
    row absent "filled variables" "$cc is too old to fill them; gcc 12 or clang 8 would show more mistakes"
fi
found gnuplot gnuplot "$(version gnuplot --version)" absent
found git git "$(version git --version)" absent
found clang clang "$(version clang --version)" absent
found mpi MPI "$(version mpirun --version)" absent
found jupyter Jupyter "for notebooks/" absent

echo
if [ $lacking = 0 ]; then
    echo "Nothing is missing.  make progress says what is next."
else
    echo "What is marked missing is needed.  make 00 installs it, where it may."
fi
exit $lacking
