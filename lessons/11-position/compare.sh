#!/bin/sh
# compare.sh: the small GPT of lesson 10, which learns in several ways where tokens stand.  All else
# is equal: first weights, order of the data, steps, optimizer.  It is trained on windows of 64
# characters, then measured on 20 kB of held-back stories in windows of other lengths.  Prints a row
# for each way: bits per byte against the length of the window; - where the model knows no such
# places.
#   compare.sh [none | learned | waves | rotary …] [-- OPTIONS OF GPT TRAIN]
# As many train at a time as there are processors.  Each is left in build/position/WAY.
# GPT=build/gpt is the program.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=build/position lengths='16 32 64 96 128 256'

# train WAY …: one run.
if [ "${1:-}" = train ]; then
    way=$2
    shift 2
    "$GPT" train --data $out/data --tokenizer chars --layers 2 --heads 4 --channels 64 \
        --context 64 --batch 8 --steps 300 --warmup 30 --lr 0.01 --threads 1 --position "$way" \
        --overwrite --out "$out/$way" "$@" >"$out/$way.log" 2>&1
    exit 0
fi

GPT=${GPT:-build/gpt}
export GPT
ways=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    ways="$ways $1"
    shift
done
[ $# -eq 0 ] || shift
ways=${ways:-none learned waves rotary}

mkdir -p $out/data
make -s datasets/stories >/dev/null
cp datasets/stories/train.txt $out/data/train.txt
head -c 20000 datasets/stories/val.txt >$out/data/val.txt
printf '%s\n' $ways | xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -I WAY \
    "$0" train WAY "$@"

printf '%-9s' window && printf '%8d' $lengths && echo
for way in $ways; do
    printf '%-9s' "$way"
    for length in $lengths; do
        bits=$("$GPT" eval --model "$out/$way" --context "$length" --threads 1 2>/dev/null |
            sed -n 's/^bits.byte \([0-9.]*\).*/\1/p')
        printf '%8s' "${bits:--}"
    done
    echo
done
