#!/bin/sh
# install.sh [learn|demo|test|notebooks|all]: finds what this machine lacks, and installs it.
# install.sh report NEED …: installs nothing; for each need a line `NEED ok`, or `NEED missing` and
#   the command that installs it.
#
#   learn  what the lessons need: compiler, libraries, Criterion, sanitizers
#   demo   what `make demo` needs: compiler, libraries, gnuplot (the default)
#   test   and what `make test` needs: Criterion, clang, sanitizers, git, clang-format, MPI
#   notebooks   only what runs the notebooks, which all else does without: Jupyter
#   all    and what the aarch64 tests need: a cross compiler and qemu
#
# Every need is tried: a few lines are compiled and linked, a tool is run.  No package database is
# asked, so a library built by hand counts and a broken package does not.  Where nothing is missing
# nothing is printed, and it takes a fraction of a second.
#
#   CC             the compiler to try, and to provide for (default cc)
#   NO_INSTALL=1   only say what is missing and the command that installs it
#
# Package managers: apt-get, dnf, pacman; Homebrew on macOS.  Their output: build/install.log.
# Exit status: 0 nothing is missing (any more), 1 something is, 2 wrong arguments.
set -eu

level=${1:-demo}
case $#:$level in
0:* | 1:learn | 1:demo | 1:test | 1:notebooks | 1:all | [2-9]:report | [1-9][0-9]:report) ;;
*)
    echo "usage: tests/harness/install.sh [learn|demo|test|notebooks|all], or report NEED …" >&2
    exit 2
    ;;
esac

cc=${CC:-cc}
cd "$(dirname "$0")/../.."
log=build/install.log
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() {
    echo "install: $*"
}

# --- what is missing ------------------------------------------------------------------------------

# compiles COMPILER SOURCE [FLAG ...]: true when SOURCE compiles and links.
compiles() {
    compiler=$1
    source=$2
    shift 2
    # shellcheck disable=SC2086  # CC may carry options: "gcc -m64"
    printf '%b\n' "$source" | $compiler -x c - -x none -o "$scratch/$need" "$@"
}

# links LIBRARY SOURCE: found as the Makefile finds it, by pkg-config or else by its plain name.
links() {
    flags=$(pkg-config --cflags --libs "$1") || flags=-l${1#lib}
    # shellcheck disable=SC2086  # several flags
    compiles "$cc" "$2" $flags
}

# openmp COMPILER: by -fopenmp or, for Apple's clang, by Homebrew's libomp.
openmp() {
    source='#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }'
    compiles "$1" "$source" -fopenmp && return
    omp=$(brew --prefix libomp) &&
        compiles "$1" "$source" -Xpreprocessor -fopenmp "-I$omp/include" "-L$omp/lib" -lomp
}

# met NEED: true when this machine has it.
met() {
    hello='#include <math.h>\n#include <stdio.h>\nint main(void) { return puts("") < 0; }'
    case $1 in
    compiler) compiles "$cc" "$hello" -lm ;;
    pkg-config) pkg-config --version ;;
    pcre2)
        links libpcre2-8 '#define PCRE2_CODE_UNIT_WIDTH 8\n#include <pcre2.h>
            int main(void) { return pcre2_config(PCRE2_CONFIG_UNICODE, 0) < 0; }'
        ;;
    jansson)
        links jansson '#include <jansson.h>
            int main(void) { return json_null() == 0; }'
        ;;
    openmp) openmp "$cc" ;;
    gnuplot) gnuplot -e "set terminal svg; set output '$scratch/plot'; plot x" ;;
    criterion)
        links criterion '#include <criterion/criterion.h>
            Test(a, b) { cr_assert(1); }'
        ;;
    sanitizers) compiles "$cc" "$hello" -fsanitize=address,undefined ;;
    clang) compiles clang "$hello" -lm ;;
    clang-openmp) openmp clang ;;
    clang-sanitizers) compiles clang "$hello" -fsanitize=address,undefined ;;
    git) git --version ;;
    clang-format) clang-format --version ;;
    aarch64-gcc) compiles aarch64-linux-gnu-gcc "$hello" -static -fopenmp -lm ;;
    qemu-aarch64) qemu-aarch64 --version ;;
    mpi)
        flags=$(pkg-config --cflags --libs ompi-c || pkg-config --cflags --libs mpich) || flags=-lmpi
        # shellcheck disable=SC2086  # several flags
        mpirun --version &&
            compiles "$cc" '#include <mpi.h>
            int main(void) { return MPI_Init(0, 0); }' $flags
        ;;
    binutils) nm --version && { addr2line --version || atos -h; } ;;
    jupyter)
        page='{"cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [],
            "source": "1"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}'
        echo "$page" | jupyter nbconvert --to notebook --execute --stdin --stdout
        ;;
    esac >"$scratch/$1.log" 2>&1
}

# find_missing: sets $missing to the needs that are not met.  They are tried side by side, because
# every `make demo` waits for this.
find_missing() {
    for need in $needs; do
        rm -f "$scratch/$need.met"
        { met "$need" && : >"$scratch/$need.met"; } &
    done
    wait
    missing=
    for need in $needs; do
        [ -e "$scratch/$need.met" ] || missing="$missing $need"
    done
}

needs="compiler pkg-config pcre2 jansson openmp"
case $level in
report) shift && needs=$* ;;
learn) needs="$needs criterion sanitizers" ;;
demo) needs="$needs gnuplot" ;;
notebooks) needs=jupyter ;;
*) needs="$needs gnuplot criterion sanitizers clang clang-openmp clang-sanitizers git clang-format mpi" ;;
esac
[ "$level" != all ] || needs="$needs aarch64-gcc qemu-aarch64"
find_missing
[ -n "$missing" ] || [ "$level" = report ] || exit 0

# --- what it is called here -----------------------------------------------------------------------

manager=none
for name in pacman dnf apt-get; do
    if command -v $name >/dev/null; then manager=$name; fi
done
if [ "$(uname)" = Darwin ]; then
    if command -v brew >/dev/null; then manager=brew; else manager=none; fi
fi

# clang_version COMPILER: "-14" for clang 14: asked, or judged by the name where it is not there
# yet; nothing for the system's own.  On Debian each version has run-time libraries of its own.
clang_version() {
    case $($1 --version 2>/dev/null) in
    *clang*) version=$($1 -dumpversion) && echo "-${version%%.*}" ;;
    *) expr "${1%% *}" : '.*clang\(-[0-9]*\)$' || : ;;
    esac
}

# table: need | its packages: apt-get | dnf | pacman | brew (nothing: see by_hand).
table() {
    program=${cc%% *}
    program=${program##*/}
    arm_apt="gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
    jup_apt="jupyter-nbconvert python3-ipykernel" jup_dnf="python3-nbconvert python3-ipykernel"
    jup_arch="jupyter-nbconvert python-ipykernel"
    mpi_apt="openmpi-bin libopenmpi-dev"
    llvm=$(clang_version clang)
    cc_apt='' omp_apt='' san_apt=''
    cc_dnf='' omp_dnf='' san_dnf=''
    cc_arch='' omp_arch='' san_arch=''
    # By what it is (cc is clang on some systems) or, not being there yet, by its name.  For another
    # compiler we know no package.
    case $program:$($cc --version 2>/dev/null) in
    clang*:* | *:*clang*)
        own=$(clang_version "$cc")
        cc_apt="clang libc6-dev" omp_apt=libomp$own-dev san_apt=libclang-rt$own-dev
        cc_dnf=clang omp_dnf=libomp-devel san_dnf=compiler-rt
        cc_arch=clang omp_arch=openmp san_arch=compiler-rt
        ;;
    cc:* | gcc*:*)
        cc_apt="gcc libc6-dev" omp_apt=gcc san_apt=gcc
        cc_dnf=gcc omp_dnf=libgomp san_dnf="libasan libubsan"
        cc_arch=gcc omp_arch=gcc san_arch=gcc
        ;;
    esac
    # Debian also has each version as a package: gcc-13, clang-16.
    case $program in gcc-* | clang-*) cc_apt="$program libc6-dev" ;; esac

    cat <<END
compiler         | $cc_apt              | $cc_dnf            | $cc_arch              |
pkg-config       | pkg-config           | pkgconf-pkg-config | pkgconf               | pkgconf
pcre2            | libpcre2-dev         | pcre2-devel        | pcre2                 | pcre2
jansson          | libjansson-dev       | jansson-devel      | jansson               | jansson
openmp           | $omp_apt             | $omp_dnf           | $omp_arch             | libomp
gnuplot          | gnuplot-nox          | gnuplot            | gnuplot               | gnuplot
criterion        | libcriterion-dev     |                    | criterion             | criterion
sanitizers       | $san_apt             | $san_dnf           | $san_arch             |
clang            | clang                | clang              | clang                 |
clang-openmp     | libomp$llvm-dev      | libomp-devel       | openmp                | libomp
clang-sanitizers | libclang-rt$llvm-dev | compiler-rt        | compiler-rt           |
git              | git                  | git                | git                   |
clang-format     | clang-format         | clang-tools-extra  | clang                 | clang-format
aarch64-gcc      | $arm_apt             |                    | aarch64-linux-gnu-gcc |
qemu-aarch64     | qemu-user            | qemu-user          | qemu-user             |
mpi              | $mpi_apt             | openmpi-devel      | openmpi               | open-mpi
binutils         | binutils             | binutils           | binutils              |
jupyter          | $jup_apt             | $jup_dnf           | $jup_arch             | jupyterlab
END
}

# plan: for $missing sets $packages, and $manual to the needs that have none.
plan() {
    packages='' manual=''
    while IFS='|' read -r need apt dnf pacman brew; do
        need=${need%% *}
        case " $missing " in *" $need "*) ;; *) continue ;; esac
        case $manager in
        apt-get) found=$apt ;;
        dnf) found=$dnf ;;
        pacman) found=$pacman ;;
        brew) found=$brew ;;
        none) found='' ;;
        esac
        # shellcheck disable=SC2086  # several packages
        set -- $found
        [ $# -gt 0 ] || manual="$manual $need"
        for package; do
            case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
        done
    done <<END
$(table)
END
}

# by_hand NEED: what to do where there is no package.
by_hand() {
    case $manager:$1 in
    none:*)
        echo "None of apt-get, dnf, pacman is here (on macOS: Homebrew, https://brew.sh)."
        ;;
    brew:*aarch64* | dnf:*aarch64*)
        echo "The aarch64 tests want Debian or Ubuntu; a container will do."
        ;;
    brew:*) echo "Apple's compiler and git:  xcode-select --install" ;;
    dnf:criterion)
        cat <<'END'
Fedora does not package Criterion.  To build it:
    sudo dnf install -y gcc-c++ meson ninja-build cmake git libffi-devel libgit2-devel nanomsg-devel
    curl -LO https://github.com/Snaipe/Criterion/releases/download/v2.4.3/criterion-2.4.3.tar.xz
    tar xf criterion-2.4.3.tar.xz && cd criterion-2.4.3
    meson setup --prefix=/usr build && meson compile -C build && sudo meson install -C build
END
        ;;
    *) echo "CC=$cc does not work here, and no package of it is known to this script." ;;
    esac
}

# install_command: sets $command to what installs $packages here.
install_command() {
    case $manager in
    apt-get)
        command="apt-get update && ${as_person}apt-get install -y$packages"
        if apt_lists_fresh; then
            apt_split
            command="apt-get install -y${known:-$packages}"
        fi
        ;;
    dnf) command="dnf install -y$packages" ;;
    pacman) command="pacman -S --needed$packages" ;;
    brew) command="brew install$packages" ;;
    esac
    command=$as_person${command:-}
}

# report WHAT: one line with what is missing and the command that installs it; below it, what to do
# where there is no package.
report() {
    install_command
    # shellcheck disable=SC2086  # several needs
    names=$(printf ', %s' $missing)
    echo "$1: ${names#, }.${packages:+ Install them with:  $command}"
    if [ -n "${unknown:-}" ] && [ -z "$known" ] && grep -q ubuntu /etc/os-release; then
        echo "Ubuntu has that in universe:  sudo add-apt-repository universe"
    fi
    hints=
    for need in $manual; do
        hint=$(by_hand "$need")
        case $hints in *"$hint"*) ;; *) hints=$hints$hint && echo "$hint" ;; esac
    done
}

# --- installing it --------------------------------------------------------------------------------

# logged COMMAND ...: as root, its output in the log.
logged() {
    echo "\$ $*" >>"$log"
    $as_root "$@" >>"$log" 2>&1 </dev/null
}

apt_lists_fresh() {
    ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 &&
        [ -n "$(find /var/lib/apt/lists/partial -prune -mtime -7 2>/dev/null)" ]
}

# apt_update: once; sets $updated.  A failure is not the end: one source of many may be broken.
apt_update() {
    say "reading the package lists"
    updated=yes
    logged apt-get -o APT::Update::Error-Mode=any update || updated=failed
}

# apt_split: $packages into $known and $unknown: one unknown name would fail the whole command.
apt_split() {
    known='' unknown=''
    for package in $packages; do
        if apt-cache show --no-all-versions "$package" >/dev/null 2>&1; then
            known="$known $package"
        else
            unknown="$unknown $package"
        fi
    done
}

# apt_get: installs $known.  Nothing of the user's is removed for it.
apt_get() {
    say "installing$known"
    # shellcheck disable=SC2086  # several packages
    logged env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 \
        install -y --no-install-recommends --no-remove $known
}

# apt_install: $packages, but for those that apt does not know even after an update.
apt_install() {
    [ -n "$updated" ] || apt_lists_fresh || apt_update
    apt_split
    if [ -n "$unknown" ] && [ -z "$updated" ]; then
        apt_update
        apt_split
    fi
    if [ -z "$known" ]; then
        [ "$updated" = yes ]
    elif ! apt_get; then
        [ -z "$updated" ] && apt_update && apt_get
    fi
}

# pacman_install: reads package lists only where there are none, because newer lists without a full
# upgrade are how Arch systems break.
pacman_install() {
    ls /var/lib/pacman/sync/*.db >/dev/null 2>&1 || logged pacman -Sy || return 1
    # shellcheck disable=SC2086  # several packages
    logged pacman -S --needed --noconfirm $packages
}

# install_packages: $packages; false when the manager fails.
install_packages() {
    [ $manager = apt-get ] || say "installing$packages"
    # shellcheck disable=SC2086  # several packages
    case $manager in
    apt-get) apt_install ;;
    dnf) logged dnf install -y --setopt=install_weak_deps=False $packages ;;
    pacman) pacman_install ;;
    brew) logged brew install $packages ;;
    esac
}

# may_install: root may, and sudo that asks nothing; at a terminal, the person is asked once.
may_install() {
    if [ "${NO_INSTALL:-}" = 1 ] || [ -z "$packages" ]; then return 1; fi
    if [ -z "$as_root" ] || sudo -n true 2>/dev/null; then return 0; fi
    command -v sudo >/dev/null && [ -t 2 ] && (: </dev/tty) 2>/dev/null || return 1
    report missing >/dev/tty
    printf 'Do that now? [Y/n] ' >/dev/tty
    read -r answer </dev/tty
    case $answer in [Nn]*) exit 1 ;; esac
}

if [ $manager = brew ] || [ "$(id -u)" = 0 ]; then as_root=; else as_root=sudo; fi
as_person=${as_root:+$as_root }
updated=
if [ "$level" = report ]; then
    lacking=$missing
    for wanted in $needs; do
        case " $lacking " in
        *" $wanted "*) ;;
        *) echo "$wanted ok" && continue ;;
        esac
        missing=$wanted
        plan
        install_command
        if [ -n "$packages" ]; then
            echo "$wanted missing $command"
        else
            echo "$wanted missing $(by_hand "$wanted" | head -n 1)"
        fi
    done
    exit 0
fi
plan
if ! may_install; then
    report missing >&2
    exit 1
fi

mkdir -p build
: >"$log"
failed=
# A second round, because the packages of clang's libraries are known for sure once clang is there.
for _ in 1 2; do
    before=$packages
    if ! install_packages; then
        failed=yes
        break
    fi
    find_missing
    plan
    if [ -z "$packages" ] || [ "$packages" = "$before" ]; then break; fi
done
if [ -z "$missing" ]; then
    say "nothing is missing now"
    exit 0
fi

if [ -n "$failed" ]; then
    tail -n 15 "$log"
    say "that failed; the whole output is in $log"
elif [ -n "${unknown:-}" ]; then
    say "apt-get knows no$unknown"
elif [ -n "$packages" ]; then
    for need in $missing; do
        echo "--- $need:" && cat "$scratch/$need.log"
    done >>"$log"
    say "the packages are there, but do not work: the trials are at the end of $log"
    packages=''
fi >&2
report "still missing" >&2
exit 1
