#!/bin/sh
# Models as GGUF files: written, read again, refused, and run in llama.cpp, which must have the same
# ids, the same greedy tokens and the same losses.  That last part wants Python with llama_cpp:
#   python3 -m venv V && V/bin/pip install llama-cpp-python==0.3.36 && PYTHON=V/bin/python
# and is skipped, which is said, where PYTHON (or python3) has none.
set -u
gpt=${GPT:-build/gpt}
case $gpt in /*) ;; *) gpt=$PWD/$gpt ;; esac
home=$PWD
golden=$home/tests/golden
python=${PYTHON:-python3}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
# One thread: these models are too small for two, which on a busy machine wait for each other.
LC_ALL=C.UTF-8 OMP_NUM_THREADS=1 GGML_NO_BACKTRACE=1
export LC_ALL OMP_NUM_THREADS GGML_NO_BACKTRACE

check() { # check STATUS WHAT [DETAIL]
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        [ -z "${3:-}" ] || echo "#   $3"
    fi
}

run() { # run ARGUMENTS: sets status; leaves out and err
    "$gpt" "$@" >out 2>err </dev/null
    status=$?
}

works() { # works WHAT ARGUMENTS
    what=$1
    shift
    run "$@"
    check "$status" "$what" "gpt $*: exit $status; said: $(tail -n 1 err)"
}

# refused STATUS PATTERN WHAT ARGUMENTS: nothing on stdout and one line on stderr.
refused() {
    want=$1 pattern=$2 what=$3
    shift 3
    run "$@"
    [ "$status" = "$want" ] && [ ! -s out ] && [ "$(wc -l <err)" = 1 ] && grep -qF -e "$pattern" err
    check $? "$what" "gpt $*: exit $status, wanted $want and '$pattern'; said: $(cat err)"
}

# --- models -----------------------------------------------------------------------------------
# Of each kind that llama.cpp computes one that has learned something; the course's own; and one with
# Llama's vocabulary.
cat "$home"/lessons/0*/README.md | tr -cd '\n -~' >text
learned="--data text --vocab 400 --layers 2 --heads 4 --channels 64 --context 128 --batch 4 --steps 50 --warmup 10"
train() { # train NAME OPTIONS
    name=$1
    shift
    # shellcheck disable=SC2086
    works "train $name" train $learned --out "$name" "$@"
}
train llama --shape llama --groups 2 --hidden 160
train biased --position rotary --norm rms --network swiglu
train waves --position waves --groups 2
train bare --shape llama --position none --norm layer --network gelu --hidden 100
train chars --tokenizer chars
train pieces --tokenizer "$golden/llama/tokenizer.bin" --shape llama
train mixed --position rotary --steps 1
cp -r "$home/checkpoints/stories" stories
# The stories that it knows, and no others.
"$gpt" generate --model stories --prompt '\n\n' --seed 3 --tokens 6000 --temperature 0.7 >told

# --- written and read -------------------------------------------------------------------------
for name in llama biased waves bare chars pieces stories; do
    for type in f32 f16 q8_0 q4_0; do
        works "export $name as $type" export --model $name --gguf $name.$type.gguf --type $type
    done
    run generate --model $name --prompt 'The ' --temperature 0 --tokens 60
    mv out there
    run generate --model $name.f32.gguf --prompt 'The ' --temperature 0 --tokens 60
    cmp -s out there
    check $? "$name writes the same from its GGUF" "$(cat err)"
done
run export --model llama.f32.gguf --gguf again.gguf
cmp -s again.gguf llama.f32.gguf
check $? "exported again, a GGUF is the same"
works "quantize" quantize --model stories --type q4_0 --out other.gguf
cmp -s other.gguf stories.q4_0.gguf
check $? "quantize writes what export --type does"
works "quantize a GGUF" quantize --model stories.f32.gguf --type q4_0 --out three.gguf
[ "$(wc -c <three.gguf)" -lt "$(wc -c <stories.q8_0.gguf)" ] &&
    [ "$(wc -c <stories.q8_0.gguf)" -lt "$(wc -c <stories.f16.gguf)" ] &&
    [ "$(wc -c <stories.f16.gguf)" -lt "$(wc -c <stories.f32.gguf)" ]
check $? "fewer bits make a smaller file"
for c in 'eval --model stories.q8_0.gguf --data told' 'inspect stories.q4_0.gguf' \
    'shape --model llama.q8_0.gguf' 'near --model stories.f32.gguf --to a' \
    'tokenize --tokenizer pieces.f32.gguf --text abc' 'attend --model stories.f32.gguf --prompt once'; do
    # shellcheck disable=SC2086
    works "gpt $c" $c
done
works "chat" chat --model stories.q8_0.gguf
# Written in the blocks of the file: the same on one thread and on two, and something else than with
# the floats that the blocks stand for, since what they are multiplied by is rounded, too.
scores() { # scores TO OPTIONS: all scores after a beginning
    to=$1
    shift
    run generate --prompt once --scores 1024 "$@"
    [ "$status" = 0 ] && [ "$(wc -l <out)" = 1024 ] && mv out "$to"
}
for type in q8_0 q4_0; do
    run export --model stories.$type.gguf --gguf floats.gguf --overwrite
    scores one --model stories.$type.gguf --threads 1 &&
        scores two --model stories.$type.gguf --threads 2 && cmp -s one two &&
        scores of_floats --model floats.gguf && ! cmp -s one of_floats
    check $? "$type: blocks are run as blocks, on any number of threads" "$(cat err)"
done
works "a run takes its tokens" train --data text --tokenizer stories.q8_0.gguf --steps 1 --out taken
works "and learns from it" train --data text --tokenizer stories.q8_0.gguf --teacher stories.q8_0.gguf \
    --loss kl --steps 1 --batch 1 --out taught

# --- refused ----------------------------------------------------------------------------------
refused 2 'mixed: a model with rotary' "a shape that llama.cpp has not" export --model mixed --gguf m.gguf
[ ! -e m.gguf ] && [ ! -e m.gguf.new ]
check $? "leaves nothing behind"
printf 'größe und weiter, und weiter, und weiter, und weiter\n' >german
run train --data german --tokenizer chars --layers 1 --heads 1 --channels 8 --context 8 --batch 1 --steps 1 --out german.run
refused 2 'german.run: the vocabulary: token' "characters beyond ASCII" export --model german.run --gguf m.gguf
refused 1 'stories.f32.gguf: is there already; --overwrite' "a file that is there" \
    export --model stories --gguf stories.f32.gguf
works "is replaced where that is asked for" export --model stories --gguf stories.f32.gguf --overwrite
refused 1 'stories: is a directory: expected a file' "a directory for a file" export --model stories --gguf stories
refused 2 'type' "a type that is none" export --model stories --gguf m.gguf --type q5_k
refused 2 'q8_0 or q4_0' "a type that rounds nothing" quantize --model stories --out m.gguf --type f16
refused 2 'expected --gguf FILE' "no file named" export --model stories
refused 2 'expected --out FILE' "no file named to quantize" quantize --model stories
refused 1 '/nowhere/m.gguf.new: cannot create' "a place that is none" export --model stories --gguf /nowhere/m.gguf
refused 1 'nosuch: no model there' "no model" export --model nosuch --gguf m.gguf
head -c 100000 stories.f32.gguf >short.gguf
refused 1 'short.gguf: byte ' "a file cut off" generate --model short.gguf
head -c 20 stories.f32.gguf >head.gguf
refused 1 'head.gguf: byte 0: the file ends at byte 20' "no more than a head" eval --model head.gguf --data text
refused 1 "kinds.gguf: tensor 'token_embd.weight'" "a GGUF that is no model" generate --model "$golden/gguf/kinds.gguf"
works "but is shown" inspect "$golden/gguf/kinds.gguf"
grep -q 'no model of ours: ' out && grep -q 'test.int16 *-30000' out
check $? "with the reason, and what is in it"

# --- llama.cpp --------------------------------------------------------------------------------
if ! "$python" -c 'import llama_cpp, numpy' 2>err; then
    echo "ok - llama.cpp runs the files # SKIP not run: needs llama_cpp ($python has none)"
    exit 0
fi
for name in stories llama biased waves bare chars pieces; do
    case $name in stories) data=told ;; *) data=text ;; esac
    head -c 40000 $data >data.$name
    "$python" "$home/tests/system/gguf_llama.py" "$gpt" $name $name data.$name $name.f32.gguf \
        $name.q8_0.gguf $name.q4_0.gguf >tap 2>err
    check $? "$name: llama.cpp runs its files to the end" "$(tail -n 1 err)"
    cat tap
done
