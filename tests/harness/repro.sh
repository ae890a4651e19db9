#!/bin/sh
# repro.sh small|all: trains the same short runs in many builds and prints the checksum of the
# weights, a row each.  All rows must be equal, and equal to tests/golden/repro.txt, whose first line
# is of a model like GPT-2, the second of one like Llama, but with waves, and the third of one whose
# attention keeps no maps.
#   small  gcc and clang, two instruction sets, 1 and 2 threads
#   all    and -O1, 3 and 8 threads, and aarch64 under qemu
# A row whose compiler or machine is missing says "not run".  Exit status 1 if any row differs.
set -u
level=${1:-small}
case $level in small | all) ;; *) echo "usage: tests/harness/repro.sh [small|all]" >&2 && exit 2 ;; esac
cd "$(dirname "$0")/../.." || exit 1
want=$(sed -n 1p tests/golden/repro.txt)
want_llama=$(sed -n 2p tests/golden/repro.txt)
want_flash=$(sed -n 3p tests/golden/repro.txt)
rows=0 equal=0 rows_llama=0 equal_llama=0 equal_flash=0 skipped=0
rm -rf build/repro/data

# The text is generated too, by the first build that runs: its bytes are the same everywhere.
data=build/repro/data
short="--data $data --vocab 320 --layers 2 --heads 4 --channels 72 --context 48 --batch 6
       --steps 20 --accumulate 2 --warmup 5 --lr 3e-3 --overwrite"

llama="--shape llama --position waves --channels 64 --steps 10"
flash="--attention flash --groups 2 --channels 64 --context 150 --batch 2 --steps 10"

say() {
    printf '%-8s %-4s %-11s %2s threads  %s\n' "$1" "$2" "$3" "$4" "$5"
}

# run WANT NOTE OPTIONS CC OPT ARCH THREADS BUILD [RUNNER]: one run; whether its checksum is WANT.
run() {
    expected=$1 note=$2 options=$3
    shift 3
    sum=$(OMP_NUM_THREADS=$4 ${6:-} "$5/gpt" train $short $options --out "$5/run-$4" 2>"$5/run.log" |
        sed -n 's/^checksum //p')
    [ "$sum" = "$expected" ] && say "$1" "$2" "$3" "$4" "$sum$note" && return
    say "$1" "$2" "$3" "$4" "${sum:-failed: $(tail -n 1 "$5/run.log")}   expected $expected$note"
    return 1
}

# row CC OPT ARCH THREADS BUILD [RUNNER]: the run of the first line; on two threads, of all.
row() {
    rows=$((rows + 1))
    if run "$want" '' '' "$@"; then equal=$((equal + 1)); fi
    [ "$4" = 2 ] || return
    rows_llama=$((rows_llama + 1))
    if run "$want_llama" ' llama' "$llama" "$@"; then equal_llama=$((equal_llama + 1)); fi
    if run "$want_flash" ' flash' "$flash" "$@"; then equal_flash=$((equal_flash + 1)); fi
}

# build CC OPT ARCH [MAKE ARGUMENTS]: builds into $b; false if it cannot be done here.
build() {
    b=build/repro/$1-${2#-}-$3
    cc=$1 opt=$2 arch=$3
    shift 3
    mkdir -p "$b"
    if ! command -v "$cc" >/dev/null || ! make -s -j"$(getconf _NPROCESSORS_ONLN)" "$b/gpt" "$b/stories" \
        B="$b" CC="$cc" OPT="$opt" ARCH="$arch" "$@" >"$b/build.log" 2>&1; then
        skipped=$((skipped + 1))
        say "$cc" "$opt" "$arch" - "not run: $cc is missing or cannot build for $arch"
        return 1
    fi
}

# runs_here ARCH: whether this machine has the instructions.
runs_here() {
    flags=$(grep -m1 '^flags' /proc/cpuinfo 2>/dev/null || sysctl -n machdep.cpu 2>/dev/null)
    case $1 in
    x86-64-v3) echo "$flags" | grep -qiw fma ;;
    x86-64-v4) echo "$flags" | grep -qi avx512vl ;;
    *) true ;;
    esac
}

case $(uname -m) in x86_64) arches="x86-64-v3 x86-64-v4" ;; *) arches=native ;; esac
opts=-O3 threads="1 2"
[ "$level" = all ] && opts="-O1 -O2 -O3" threads="1 2 3 8"

for cc in gcc clang; do
    for opt in $opts; do
        for arch in $arches; do
            if ! runs_here "$arch"; then
                skipped=$((skipped + 1))
                say $cc "$opt" "$arch" - "not run: this machine has no $arch"
                continue
            fi
            build $cc "$opt" "$arch" || continue
            [ -f $data/floor.json ] || "$b/stories" --out $data --train-bytes 60000 --val-bytes 6000 >/dev/null
            for n in $threads; do row $cc "$opt" "$arch" "$n" "$b"; done
        done
    done
done

# arm_libraries: PCRE2 and jansson for aarch64 into $arm.  The packages are unpacked below build/,
# with package lists of their own, so nothing of the system changes.
arm=build/repro/arm64
arm_libraries() {
    [ -f $arm/usr/lib/aarch64-linux-gnu/libjansson.a ] && return
    command -v apt-get >/dev/null || return
    here=$PWD/$arm
    mkdir -p "$here/lists/partial" "$here/cache/archives/partial"
    (
        cd "$here" || exit 1
        set -- -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
            -o "Dir::State::Lists=$here/lists" -o "Dir::Cache=$here/cache"
        apt-get "$@" update && apt-get "$@" download libpcre2-dev libjansson-dev &&
            for deb in *.deb; do dpkg-deb -x "$deb" . || exit 1; done
    ) >$arm.log 2>&1
}

if [ "$level" = all ] && [ "$(uname -m)" = x86_64 ]; then
    if command -v qemu-aarch64 >/dev/null && arm_libraries; then
        # Linked statically, so that qemu needs none of the other machine's files.
        include="-I$arm/usr/include -I$arm/usr/include/aarch64-linux-gnu"
        if build aarch64-linux-gnu-gcc -O3 armv8-a PKGC="$include" \
            LIBS="-static -L$arm/usr/lib/aarch64-linux-gnu -lpcre2-8 -ljansson"; then
            for n in 1 2; do row aarch64 -O3 armv8-a "$n" "$b" qemu-aarch64; done
        fi
    else
        skipped=$((skipped + 1))
        say aarch64 -O3 armv8-a - "not run: needs qemu-aarch64 and Debian's arm64 packages"
    fi
fi

echo "repro: $equal of $rows rows equal to $want, $skipped not run"
echo "repro: $equal_llama of $rows_llama rows like Llama equal to $want_llama"
echo "repro: $equal_flash of $rows_llama rows without maps equal to $want_flash"
[ "$equal" = "$rows" ] && [ "$rows" != 0 ] && [ "$equal_llama" = "$rows_llama" ] && [ "$equal_flash" = "$rows_llama" ]
