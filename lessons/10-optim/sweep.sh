#!/bin/sh
# sweep.sh: one small GPT, trained by every optimizer of `gpt train`, each at three learning rates,
# each about three times the one before.  All else is equal: first weights, order of the data, steps, warm-up
# and cosine, clipping.  Prints a row for each optimizer: bits per byte of 20 kB of held-back
# stories after training, and how many seconds of a processor one run took on average.
#   sweep.sh [-5] [-s SEED] [-n STEPS] [OPTIMIZER | OPTIMIZER:RATE …] [-- OPTIONS OF GPT TRAIN]
#   -5  five rates instead of three
# As many run at a time as there are processors.  Each is left in build/optim/OPTIMIZER-RATE.
# GPT=build/gpt is the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=build/optim

# train OPTIMIZER:RATE STEPS SEED …: one run; its bits and seconds go to $out/OPTIMIZER-RATE.row.
if [ "${1:-}" = train ]; then
    optimizer=${2%:*} rate=${2#*:} steps=$3 seed=$4
    shift 4
    run=$out/$optimizer-$rate
    "$GPT" train --data $out/data --tokenizer chars --layers 2 --heads 4 --channels 64 \
        --context 64 --batch 8 --steps "$steps" --warmup 30 --threads 1 --seed "$seed" \
        --optimizer "$optimizer" --lr "$rate" --overwrite --out "$run" "$@" \
        >"$run.said" 2>"$run.log"
    times >"$run.times"
    bits=$(sed -n 's/^val bits.byte //p' "$run.said")
    awk -v bits="${bits:-diverged}" 'NR == 2 { split($1, t, "[ms]"); print bits, 60 * t[1] + t[2] }' \
        "$run.times" >"$run.row"
    exit 0
fi

GPT=${GPT:-build/gpt} seed=1 steps=300 five=
export GPT
while getopts 5s:n: option; do
    case $option in
    5) five=yes ;;
    s) seed=$OPTARG ;;
    n) steps=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
what=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    what="$what $1"
    shift
done
[ $# -eq 0 ] || shift
what=${what:-sgd momentum nesterov adamw muon}

mkdir -p $out/data
make -s datasets/stories >/dev/null
cp datasets/stories/train.txt $out/data/train.txt
head -c 20000 datasets/stories/val.txt >$out/data/val.txt

rates() {
    case $1 in
    *:*) echo "${1#*:}" ;;
    sgd | nesterov) echo ${five:+0.01} 0.03 0.1 0.3 ${five:+1} ;;
    momentum) echo ${five:+0.003} 0.01 0.03 0.1 ${five:+0.3} ;;
    adamw) echo ${five:+0.001} 0.003 0.01 0.03 ${five:+0.1} ;;
    *) echo ${five:+0.003} 0.01 0.03 0.1 ${five:+0.3} ;;
    esac
}

for name in $what; do
    for rate in $(rates "$name"); do echo "${name%:*}:$rate"; done
done | xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -I RUN \
    "$0" train RUN "$steps" "$seed" "$@"
for name in $what; do
    for rate in $(rates "$name"); do
        echo "${name%:*} $rate $(cat "$out/${name%:*}-$rate.row")"
    done | awk '
        NR == 1 { printf "%-8s", $1 }
        { printf "  %6s %s", $2 ":", $3; seconds += $4 }
        END { printf "   %.1f s\n", seconds / NR }'
done
