#!/bin/sh
# sweep.sh: every optimizer of `gpt train` on one small GPT, with the same data, steps and order of
# windows, at five rates each, half a decade apart.  A line for each run: optimizer, rate, seed, bits
# per byte of 20 kB of held-back stories, seconds of the processor.
#   sweep.sh [-s SEEDS] [-n STEPS] [OPTIMIZER …]
# All of them with one seed take about a minute and a half.  GPT=build/gpt is the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
GPT=${GPT:-build/gpt} seeds=1 steps=300
while getopts s:n: option; do
    case $option in
    s) seeds=$OPTARG ;;
    n) steps=$OPTARG ;;
    *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- sgd momentum nesterov adamw muon

out=build/optim
mkdir -p $out/data
cp datasets/stories/train.txt $out/data/train.txt
head -c 20000 datasets/stories/val.txt >$out/data/val.txt

rates() {
    case $1 in
    sgd) echo 0.03 0.1 0.3 1 3 ;;
    momentum | nesterov) echo 0.01 0.03 0.1 0.3 1 ;;
    *) echo 0.001 0.003 0.01 0.03 0.1 ;;
    esac
}

before=0
for optimizer; do
    for rate in $(rates "$optimizer"); do
        for seed in $(seq "$seeds"); do
            "$GPT" train --data $out/data --tokenizer chars --layers 2 --heads 4 --channels 64 \
                --context 64 --batch 8 --steps "$steps" --warmup 30 --threads 1 \
                --optimizer "$optimizer" --lr "$rate" --seed "$seed" --overwrite --out $out/run \
                >$out/said 2>$out/log
            times >$out/times
            awk -v what="$optimizer $rate $seed" -v bits="$(sed -n 's/^val bits.byte //p' $out/said)" \
                -v before="$before" '
                NR == 2 { split($1, t, "[ms]"); t[1] = 60 * t[1] + t[2] - before
                          print what, bits == "" ? "diverged" : bits, t[1] }' $out/times
            before=$(awk 'NR == 2 { split($1, t, "[ms]"); print 60 * t[1] + t[2] }' $out/times)
        done
    done
done
