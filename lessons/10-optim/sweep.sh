#!/bin/sh
# sweep.sh: one small GPT, trained by every optimizer of `gpt train`, each at three learning rates
# that lie half a decade apart.  All else is equal: first weights, order of the data, steps, warm-up
# and cosine, clipping.  Prints a row for each optimizer: bits per byte of 20 kB of held-back
# stories after training, and how many seconds of the processor one run took on average.
#   sweep.sh [-5] [-s SEED] [-n STEPS] [OPTIMIZER | OPTIMIZER:RATE …] [-- OPTIONS OF GPT TRAIN]
#   -5  five rates instead of three
# GPT=build/gpt is the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
GPT=${GPT:-build/gpt} seed=1 steps=300 five=
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

out=build/optim
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

# What the children of this very shell have taken so far; a subshell would start from zero.
seconds() {
    times >$out/times
    now=$(awk 'NR == 2 { split($1, t, "[ms]"); print 60 * t[1] + t[2] }' $out/times)
}

for name in $what; do
    optimizer=${name%:*} row=
    seconds
    before=$now
    for rate in $(rates "$name"); do
        "$GPT" train --data $out/data --tokenizer chars --layers 2 --heads 4 --channels 64 \
            --context 64 --batch 8 --steps "$steps" --warmup 30 --threads 1 --seed "$seed" \
            --optimizer "$optimizer" --lr "$rate" --overwrite --out "$out/$optimizer" "$@" \
            >$out/said 2>$out/log
        bits=$(sed -n 's/^val bits.byte //p' $out/said)
        row="$row  $rate: ${bits:-diverged}"
    done
    seconds
    printf '%s %s %s\n' "$before" "$now" "$optimizer$row" |
        awk '{ printf "%-8s", $3
               for (i = 4; i < NF; i += 2) printf "  %6s %s", $i, $(i + 1)
               printf "   %.1f s\n", 2 * ($2 - $1) / (NF - 3) }'
done
