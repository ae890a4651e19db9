#!/bin/sh
# The checkpoint that comes with the course: what its page and the first lesson say of it is so.
set -u
gpt=${GPT:-build/gpt}
model=checkpoints/stories
check() { # check STATUS WHAT [DETAIL]
    if [ "$1" = 0 ]; then
        echo "ok - $2"
    else
        echo "not ok - $2"
        [ -z "${3:-}" ] || printf '%s\n' "$3" | sed 's/^/#   /'
    fi
}

out=$("$gpt" inspect $model 2>&1)
check $? "config, vocabulary and weights open, and their checksums hold" "$out"
said=$(sed -n 's/^weights: .*checksum \([0-9a-f]*\)$/\1/p' $model/README.md)
got=$(printf '%s\n' "$out" | sed -n 's/^weights: .*checksum \([0-9a-f]*\)$/\1/p')
[ -n "$said" ] && [ "$said" = "$got" ]
check $? "the weights have the checksum that its page names" "$said, not '$got'"

out=$("$gpt" tokenize --tokenizer $model/tokenizer.json --count --text 'Once upon a time' 2>&1)
[ "$out" = '16 bytes, 4 tokens' ]
check $? "its vocabulary cuts a text" "$out"

# The lesson folds the story into lines.
out=$("$gpt" generate --model $model --prompt 'Once upon a time' --stop '\n\n' --temperature 0 \
    --threads 1 2>&1)
said=$(awk '/^Once upon a time, / { on = 1 } /^```/ { on = 0 } on { printf "%s", $0 }' \
    lessons/00-ride/README.md)
[ -n "$said" ] && [ "$said" = "$out" ]
check $? "it tells the story that lesson 00 prints" "$out"
