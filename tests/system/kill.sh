#!/bin/sh
# Kill a training run with SIGKILL at 20 random moments, resume it, and compare the end with that
# of an unbroken run: weights, state and log must be the same to the byte.
# SEED picks the moments; the script prints it.
set -u
gpt=${GPT:-build/gpt}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
seed=${SEED:-$(date +%s)}
echo "# seed $seed"

check() { # check STATUS WHAT
    if [ "$1" = 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi
}

# A text of its own, so that the test needs nothing from outside.
awk 'BEGIN { n = split("the cat sat on a mat and saw the old dog run far away from home", w, " "); srand(1)
             for (i = 0; i < 6000; i++) printf "%s%s", w[int(rand() * n) + 1], i % 12 == 11 ? ".\n" : " " }' >"$dir/text"

# Saving after every second step makes a kill inside a save likely.
options="--data $dir/text --tokenizer chars --layers 2 --heads 2 --channels 48 --context 32 --batch 8
         --steps 120 --warmup 10 --save-every 2 --eval-every 50 --threads 1"
begin=$(date +%s%N)
"$gpt" train $options --out "$dir/whole" >"$dir/whole.out" 2>"$dir/log"
check $? "an unbroken run ends"
span=$((($(date +%s%N) - begin) / 1000000))
echo "# it takes $span ms"

same() { # same DIR: whether it ended where the unbroken run did
    cmp -s "$dir/whole/model.safetensors" "$1/model.safetensors" &&
        cmp -s "$dir/whole/state.safetensors" "$1/state.safetensors" &&
        cmp -s "$dir/whole/loss.tsv" "$1/loss.tsv"
}

# A run that had ended already when its moment came is no kill: the machine has become quicker.
kills=0
for i in $(seq 1 60); do
    [ $kills -lt 20 ] || break
    rm -rf "$dir/run"
    at=$(awk -v seed="$seed" -v i="$i" -v span="$span" 'BEGIN { srand(seed + 1000 * i); rand(); printf "%.3f", rand() * span / 1000 }')
    "$gpt" train $options --out "$dir/run" >/dev/null 2>&1 &
    pid=$!
    sleep "$at"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? = 137 ] || continue
    kills=$((kills + 1))
    # Killed before its first checkpoint, a run has nothing to resume and begins anew.
    if [ -f "$dir/run/state.safetensors" ]; then
        "$gpt" train --resume --out "$dir/run" --threads 1 >/dev/null 2>"$dir/log"
    else
        "$gpt" train $options --out "$dir/run" >/dev/null 2>"$dir/log"
    fi
    same "$dir/run"
    check $? "killed after $at s, resumed, the same bytes"
done
[ $kills = 20 ]
check $? "20 runs were still running when killed ($kills of $i)"

# The one instant that chance will not hit: both files written, only the state renamed.
rm -rf "$dir/run"
"$gpt" train $options --steps 50 --out "$dir/run" >/dev/null 2>&1
cp "$dir/run/model.safetensors" "$dir/older"
"$gpt" train --resume --steps 120 --out "$dir/run" >/dev/null 2>&1
mv "$dir/run/model.safetensors" "$dir/run/model.safetensors.new"
cp "$dir/older" "$dir/run/model.safetensors"
"$gpt" train --resume --out "$dir/run" >/dev/null 2>"$dir/log" && [ ! -f "$dir/run/model.safetensors.new" ]
check $? "dead between the two renames: the second is done on resuming"
cp "$dir/older" "$dir/run/model.safetensors"
"$gpt" train --resume --out "$dir/run" >/dev/null 2>"$dir/log"
[ $? = 1 ] && grep -q 'not the weights' "$dir/log" && [ "$(wc -l <"$dir/log")" = 1 ]
check $? "weights of another moment are refused in one line"
