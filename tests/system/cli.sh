#!/bin/sh
# The program as people use it, and misuse it: exit status (0 fine, 1 the world is not as it should
# be, 2 the call made no sense), one line on stderr that names the thing, and nothing lost.
# Everything happens in a temporary directory, on texts made here.  SEED picks the damaged bytes.
set -u
gpt=${GPT:-build/gpt}
case $gpt in /*) ;; *) gpt=$PWD/$gpt ;; esac
golden=$PWD/tests/golden
dir=$(mktemp -d)
mounted=
trap '[ -z "$mounted" ] || umount "$mounted"; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
cd "$dir" || exit 1
seed=${SEED:-$(date +%s)}
echo "# seed $seed"
# One thread: these models are too small for two, which on a busy machine wait for each other.
LC_ALL=C OMP_NUM_THREADS=1
export LC_ALL OMP_NUM_THREADS

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

# one_line PATTERN: whether stderr is one line, from us, with the pattern in it.
one_line() {
    [ "$(wc -l <err)" = 1 ] && grep -q '^gpt: ' err && grep -qF -e "$1" err
}

# refused STATUS PATTERN WHAT ARGUMENTS: nothing on stdout and one line on stderr.
refused() {
    want=$1 pattern=$2 what=$3
    shift 3
    run "$@"
    [ "$status" = "$want" ] && [ ! -s out ] && one_line "$pattern"
    check $? "$what" "gpt $*: exit $status, wanted $want and '$pattern'; said: $(cat err)"
}

# works WHAT ARGUMENTS: exit status 0.
works() {
    what=$1
    shift
    run "$@"
    check "$status" "$what" "gpt $*: exit $status; said: $(tail -n 1 err)"
}

sums() { # sums DIR: what is in it, to the byte
    (cd "$1" && cksum ./*)
}

# write_byte FILE OFFSET VALUE
write_byte() {
    printf "\\$(printf %o "$3")" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

# words SEED LETTERS: a text of 1500 words, with those letters for a … y.
words() {
    awk -v seed="$1" 'BEGIN {
        n = split("the cat sat on a mat and saw the old dog run far away from home", w, " ")
        srand(seed)
        for (i = 0; i < 1500; i++) printf "%s%s", w[int(rand() * n) + 1], i % 12 == 11 ? ".\n" : " " }' |
        tr 'a-y' "$2"
}

words 1 a-y >text
words 2 b-z >other
small="--layers 2 --heads 2 --channels 16 --context 16 --batch 4 --warmup 2 --threads 1"
chars="$small --tokenizer chars --steps 40 --save-every 10 --eval-every 20"
bpe="$small --tokenizer bpe --vocab 280 --steps 40"

tab=$(printf '\t')
# --- help, and calls that make no sense ------------------------------------------------------
works "gpt --help" --help
[ -s out ] && [ ! -s err ]
check $? "it goes to stdout"
names="train generate chat eval tokenize inspect plot memory bench ngram slope bigram scalar view near tape mlp optim attend import grow export quantize position compare depth gemm shape flash parallel cluster blocks lab"
all=1
for c in $names; do
    grep -q "  $c " out || all=0
done
[ $all = 1 ]
check $? "and lists every command"
for c in $names; do
    run $c --help
    [ "$status" = 0 ] && [ ! -s err ] && grep -q "^usage: gpt $c " out && grep -q -e '--help' out
    check $? "gpt $c --help"
    refused 2 '--nonsense: unknown option' "$c: unknown option" $c --nonsense
    refused 2 '-z: unknown option' "$c: unknown short option" $c -zx
done
run train --help
awk 'length > 100 || /^[^ u]/ && NR > 2 { bad = 1 } END { exit bad }' out
check $? "each option has one line"
run
[ "$status" = 2 ] && [ ! -s out ] && grep -q '^usage: gpt COMMAND' err
check $? "gpt alone: how to use it, on stderr, status 2"
refused 2 'bogus: no such command' "unknown command" bogus
refused 2 'no such command' "a command that is empty" ''
refused 2 '--steps: expected a value' "missing value" train --steps
refused 2 '--resume=1: expected no value' "a value where none is expected" train --resume=1
refused 2 'word: expected options only' "a word too many, train" train word
refused 2 'generate: expected options only' "a word too many, generate" generate word
refused 2 'inspect: expected one name' "a word too few, inspect" inspect
refused 2 'plot: expected one name' "a word too many, plot" plot a b
for bad in 0 -1 1.5 x 12x '' ' ' nan inf 1e999 99999999999 1000000001; do
    refused 2 "--steps '$bad': expected a whole number from 1 to 1000000000" "--steps '$bad'" \
        train --steps "$bad"
done
for bad in -0.1 11 1e999 nan x '' 0.1.; do
    refused 2 "--lr '$bad': expected a number from 0 to 10" "--lr '$bad'" train --lr "$bad"
done
for bad in -1 ' -1' 18446744073709551616 1.5 x ''; do
    refused 2 "--seed '$bad': expected a whole number" "--seed '$bad'" train --seed "$bad"
done
refused 2 "--vocab '99999999': expected a whole number from 257 to 16777216" \
    "a limit is written out in full" train --vocab 99999999
refused 2 "--out ''" "--out ''" train --out ''
refused 2 "--data ''" "--data ''" train --data ''
refused 2 'channels 16: expected a multiple of heads, 3' "heads that do not divide channels" \
    train --data nosuch --heads 3 --channels 16
refused 2 '--batch 1048576 times --context 4096' "a batch past all counting" \
    train --batch 1048576 --context 4096
refused 2 '--batch 1048576 times --context 4096' "a batch past all counting, memory" \
    memory --batch 1048576 --context 4096
refused 2 'channels 16: expected a multiple of heads, 3' "heads that do not divide channels, memory" \
    memory --heads 3 --channels 16
refused 2 '--setting x: expected a, b, c, decode, prompt, limits or all' "a setting that is none" \
    bench --setting x
refused 1 'text/there: ' "a directory below a file, bench" bench --setting limits --out text/there
refused 2 "--rounds '-1': expected a whole number" "less than no rounds" bench --rounds -1
for shape in '3 4' '3 4 5 6' '0 4 5' '3 4 5.5' '3 4 99999' x; do
    refused 2 "--shape '$shape': expected three whole numbers" "a product of $shape" gemm --shape "$shape"
done
works "a product that no tile fits into" gemm --shape '1 2 3' --rounds 1 --threads 2
works "a step on paper" cluster --project 5
[ "$(awk '{ print $1 }' out | tr '\n' ' ')" = 'machines 1 2 4 5 ' ]
check $? "for 1, 2, 4, … machines and the last"
refused 2 "--processes '1'" "a cluster of one" cluster --processes 1
works "the machine's limits" bench --setting limits --threads 1
[ "$(wc -l <out)" = 5 ] && grep -q '^fp32 fused multiply-add .* GFLOP/s$' out && [ ! -s err ]
check $? "are four"
if command -v gnuplot >/dev/null; then
    works "a small setting" bench --setting b --threads 1 --rounds 1 --out bench
    grep -q '^ *1 .* ms .* 1.00 fast$' out && grep -q '^rest of the step ' out
    check $? "has its step, and the rest of it"
    grep -q "^b${tab}step${tab}1${tab}" bench/results.tsv && [ "$(grep -c "^b$tab" bench/results.tsv)" = 17 ]
    check $? "and its rows in results.tsv"
    [ -s bench/roofline.svg ] && [ -s bench/scaling.svg ] && [ ! -e bench/roofline.svg.new ]
    check $? "and its pictures"
    works "a product with its picture" gemm --shape '50 60 70' --rounds 1 --svg gemm.svg
    [ -s gemm.svg ] && [ ! -e gemm.svg.new ] && [ "$(grep -c '^gemm' out)" -ge 6 ]
    check $? "has every rung"
else
    echo "# skip: gpt bench --out, gpt gemm --svg: gnuplot is not here"
fi
works "tape beside lesson 06" tape --compare 2 --inputs 3 --units 4
grep -q '^lesson 06 ' out
check $? "has both"
works "memory, only predicted" memory --predict --layers 12 --channels 768 --heads 12
[ "$(wc -l <out)" = 12 ] && ! grep -q measured out
check $? "has no measured line"
works "memory, without maps" memory --attention flash --context 40
awk '$1 == "sum" { p = $7 } $1 == "measured" { m = $7 } END { exit !(p > 0 && p == m) }' out
check $? "predicted to the byte"
works "memory of a whole step" memory --step --attention flash
grep -q '^a training step on 8 x 128 tokens: [0-9.]* MB predicted, [0-9.]* MB measured (' out
check $? "predicted and measured"
refused 2 '--attention map: expected maps or flash' "memory: no such attention" memory --attention map
refused 2 '--hidden: expected neither --step nor --attention' "memory: a network of windows has none" \
    memory --hidden 8 --attention flash
works "memory of the network of windows" memory --hidden 8 --context 3 --batch 5
awk '$1 == "sum" { p = $7 } $1 == "measured" { m = $7 } END { exit !(p > 0 && p == m) }' out
check $? "predicted to the byte"
refused 2 '--resume and --overwrite' "--resume with --overwrite" train --resume --overwrite
refused 2 '--optimizer adam: expected sgd, momentum' "an optimizer that there is not" train --optimizer adam
refused 2 '--resume and --estimate' "--resume with --estimate" train --resume --estimate
refused 2 "--until '-1'" "a loss below nothing to stop at" train --until -1
refused 2 "--until 'nan'" "a loss that is none to stop at" train --until nan
refused 2 "--until 'low'" "a loss that is no number" train --until low
refused 2 '--part x' "eval of no such part" eval --part x
refused 2 '--text and --file' "tokenize of two texts" tokenize --text a --file text
[ ! -e runs ]
check $? "none of these calls has made a directory"

# --- data ------------------------------------------------------------------------------------
train="train --out run"
mkdir empty parts valless
: >nothing
printf x >one
printf 'a short text' >short
printf 'abcdefghij' >letters
cp text valless/train.txt
cp text parts/train.txt
cp short parts/val.txt
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%c", 1 + (i * 7919 + int(i / 3)) % 255 }' >binary
awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%c", 128 + i % 64 }' >tails
sed 's/$/\r/' text >crlf
awk 'BEGIN { for (i = 0; i < 400; i++) printf "Привет, мир! \360\237\230\200 %d \360\237\221\215\n", i % 7 }' >world
awk 'BEGIN { for (i = 0; i < 400; i++) printf "a zero: . end\n" }' | tr . '\000' >zeros
{ cat text && printf '\377' && head -c 100 text; } >late

refused 1 'nosuch: no such file or directory, and no datasets/nosuch either' "data: missing" $train --data nosuch
refused 1 './nosuch: cannot open: No such file' "data: missing path" $train --data ./nosuch
refused 1 'text/x: cannot open: Not a directory' "data: below a file" $train --data text/x
refused 1 'empty/train.txt: cannot open' "data: directory without train.txt" $train --data empty
refused 1 'valless/val.txt: cannot open' "data: directory without val.txt" $train --data valless
refused 2 'nothing: 0 bytes' "data: empty file" $train --data nothing
refused 2 'one: 1 bytes' "data: one byte" $train --data one $chars
refused 2 'short: the text has 10 tokens: expected at least context + 1, 17' \
    "data: shorter than the context" $train --data short $chars
refused 1 'binary: byte 9: expected a UTF-8 character, found 0x' "data: binary as characters" \
    $train --data binary $chars
refused 1 "late: byte $(wc -c <text): expected" "data: a bad byte in the last tenth, counted from the file's start" \
    $train --data late $chars
refused 2 'zeros: byte 8: found U+0000' "data: a zero byte as a character" $train --data zeros $chars
refused 2 'the validation part has 1 tokens' "data: too little to judge by" $train --data letters \
    $chars --context 2
[ ! -e run ]
check $? "a run that could not begin has made no directory"

# decode: gpt tokenize's output as the text it came from.
decode() {
    sed '$d' | cut -f 2- | awk '
        function digit(c) { return index("0123456789ABCDEF", c) - 1 }
        {
            while ((i = index($0, "\\")) > 0) {
                printf "%s", substr($0, 1, i - 1)
                kind = substr($0, i + 1, 1)
                if (kind == "x") printf "%c", 16 * digit(substr($0, i + 2, 1)) + digit(substr($0, i + 3, 1))
                else printf "%s", kind == "n" ? "\n" : "\\"
                $0 = substr($0, i + (kind == "x" ? 4 : 2))
            }
            printf "%s", $0
        }'
}

# comes_back FILE TOKENIZER: whether the tokens of a file are the file.
comes_back() {
    "$gpt" tokenize --tokenizer "$2" --file "$1" >tokens && decode <tokens | cmp -s - "$1"
}

for t in binary zeros tails crlf world; do
    works "data: $t as byte pairs" train --data $t $bpe --out "run-$t"
    comes_back $t run-$t/tokenizer.json
    check $? "and its tokens are the text again"
done
for t in crlf world; do
    works "data: $t as characters" train --data $t $chars --out "chars-$t"
    comes_back $t chars-$t/tokenizer.json
    check $? "and its tokens are the text again"
done
works "data: a directory with train.txt and val.txt" train --data parts $small --tokenizer chars \
    --steps 5 --context 4 --out run-parts

# --- tokenizers ------------------------------------------------------------------------------
works "a run of characters" train --data text $chars --out a
cp out a.out
works "a run of byte pairs" train --data text $bpe --out b
echo '{"model": 3}' >three.json
echo 'no json' >garbage.json
printf '{"model":{"type":"WordPiece","vocab":{"a":0},"unk_token":"[UNK]"}}' >pieces.json
head -c 300 a/tokenizer.json >cut.json
refused 1 '--tokenizer bqe: expected chars, bpe, or a file' "--tokenizer: a name that is none" $train --data text --tokenizer bqe
refused 1 'garbage.json: line 1' "--tokenizer: garbage" $train --data text --tokenizer garbage.json
refused 1 'cut.json: line' "--tokenizer: cut off" $train --data text --tokenizer cut.json
refused 1 'three.json' "--tokenizer: other JSON" $train --data text --tokenizer three.json
refused 2 'pieces.json' "--tokenizer: another kind" $train --data text --tokenizer pieces.json
refused 1 'empty: expected tokenizer.json in it, or vocab.json and merges.txt' "--tokenizer: a directory without one" $train --data text --tokenizer empty
refused 1 'other: byte 1: U+0076 is not in the vocabulary' "--tokenizer: other characters" \
    $train --data other --tokenizer a/tokenizer.json
[ ! -e run ]
check $? "none of these has made a directory"
works "--tokenizer FILE" train --data text $small --steps 40 --tokenizer b/tokenizer.json --out b2
cmp -s b/tokenizer.json b2/tokenizer.json && cmp -s b/model.safetensors b2/model.safetensors
check $? "is the same run as with what made the file"

# --- n-grams ---------------------------------------------------------------------------------
mkdir word
printf abracadabra >word/train.txt
printf bardacabra >word/val.txt
works "ngram: a table" ngram --data word --order 3 --train
cat >want <<'END'
word: 11 bytes, 11 tokens counted, 5 in the vocabulary
order  contexts      rows  bits/token  bits/byte  train bits/byte
    0         -         -      2.3219     2.3219           2.3219
    1         1         5      2.1320     2.1320           2.0668
    2         5         7      1.9309     1.9309           1.0616
    3         7         7      2.0461     2.0461           0.5335
END
cmp -s out want
check $? "ngram: the numbers worked out by hand"
works "ngram: on a bpe" ngram --data text --tokenizer bpe --vocab 280 --order 2
works "ngram: an order longer than the text" ngram --data word --order 64
works "ngram: it writes" ngram --data word --order 3 --generate 200 --seed 5 --prompt abr
[ "$(wc -c <out)" = 204 ] && grep -q '^abr[abcdr]*$' out
check $? "the prompt, as many tokens as asked, and a new line"
mv out first
works "ngram: again" ngram --data word --order 3 --generate 200 --seed 5 --prompt abr
cmp -s out first
check $? "the same seed writes the same"
works "ngram: another seed" ngram --data word --order 3 --generate 200 --seed 6 --prompt abr
! cmp -s out first
check $? "writes something else"
works "ngram: from no prompt" ngram --data word --order 3 --generate 5 --prompt ''
[ "$(wc -c <out)" = 6 ]
check $? "writes too"
refused 2 "--order '0': expected a whole number from 1 to 64" "ngram: order 0" ngram --data word --order 0
refused 1 'the prompt: byte 2: U+0078 is not in the vocabulary' "ngram: a prompt of other characters" \
    ngram --data word --generate 5 --prompt abx
refused 1 'none: no such file or directory' "ngram: no data" ngram --data none
refused 1 '--tokenizer bqe: expected chars, bpe, or a file' "ngram: no tokenizer" ngram --data word --tokenizer bqe
refused 2 'ngram: expected options only, found 1' "ngram: a word too many" ngram word

# --- slopes through graphs of single numbers ---------------------------------------------------
works "scalar: a formula" scalar graph --of '(a*b + c)*a' --at a=2,b=-3,c=10
cat >want <<'END'
node       value    gradient  by differences  is
n0        2.0000     -2.0000           -2.00  a
n1       -3.0000      4.0000            4.00  b
n2       -6.0000      2.0000               -  n0 * n1
n3       10.0000      2.0000            2.00  c
n4        4.0000      2.0000               -  n2 + n3
n5        8.0000      1.0000               -  n4 * n0
END
cmp -s out want
check $? "scalar: the numbers worked out by hand"
for c in graph xor moons chars; do
    run scalar $c --help
    [ "$status" = 0 ] && [ ! -s err ] && grep -q "^usage: gpt scalar $c " out
    check $? "gpt scalar $c --help"
done
works "scalar: XOR" scalar xor --seeds 3
grep -q '^2 hidden: 3 of 3 nets learn XOR' out
check $? "scalar: which it learns"
works "scalar: moons" scalar moons --points 20 --steps 50
works "scalar: a map of them" scalar moons --points 20 --steps 5 --map 5
[ "$(grep -c . out)" = 45 ] && [ "$(wc -l <out)" = 52 ]
check $? "scalar: its points, and rows with a blank line behind each"
works "scalar: characters" scalar chars --data word --steps 20 --hidden 3 --judge 5
grep -q 'gradients the same to 0.00001$' out && grep -q '^val, 5 characters: ' out
check $? "scalar: the graph's gradients are the kernels'"
refused 2 "character 5 of 'a*(b': expected )" "scalar: half a formula" \
    scalar graph --of 'a*(b' --at a=1,b=2
refused 2 "character 3 of 'a*d': expected a name that has a value" "scalar: a name without value" \
    scalar graph --of 'a*d' --at a=1
refused 2 "scalar: expected graph, xor, moons or chars, found nets" "scalar: of what is not there" scalar nets
run scalar chars --data word --steps 900 --lr 1000 --batch 1
[ "$status" = 2 ] && one_line 'the loss is not a finite number'
check $? "scalar: too large a step"
refused 1 'none: no such file or directory' "scalar: no data" scalar chars --data none
# --- near ------------------------------------------------------------------------------------
works "near: a list" near --model a --to t --count 3
awk -F '\t' 'NR == 1 && /^\(1, 16\) by \(16, [0-9]+\): [0-9]+ flops$/ { ok++ }
    NR == 2 && $1 == "1.0000" && $3 == "t" { ok++ } END { exit NR != 4 || ok != 2 }' out
check $? "the token itself comes first"
works "near: a table" near --model a --among tet
[ "$(wc -l <out)" = 4 ] && grep -q '^t	1.00	-*[01]\.[0-9][0-9]	1.00$' out
check $? "has a line for each token"
refused 2 '--to, --among: expected one of them' "near: nothing asked" near --model a
refused 2 "'te' is 2 tokens: expected one" "near: two tokens" near --model a --to te

# --- shape -----------------------------------------------------------------------------------
works "shape: what is published" shape --named gpt2
grep -q '^total *	 *124439808	100.0$' out && grep -q '^bytes: 497759232 to run, 1991036928 to train' out
check $? "GPT-2 has 124439808 weights"
works "shape: larger than this machine" shape --named llama2-70b
grep -q '^total *	 *68976648192	' out
check $? "Llama-2 70B is counted, not made"
works "shape: of a model" shape --model a
works "shape: by its sizes" shape --shape llama --vocab 3 --layers 1 --heads 1 --channels 2 --hidden 4
grep -q '^total *	 *58	' out
check $? "as counted by hand"
refused 2 '--named gpt5: expected gpt2, gpt2-medium' "shape: of no known name" shape --named gpt5
refused 2 '--named, --model: expected one of them' "shape: both" shape --named gpt2 --model a
refused 2 'channels 128: expected a multiple of heads, 3' "shape: that cannot be made" shape --heads 3

# --- flash ----------------------------------------------------------------------------------
works "flash: block by block" flash --scores '1 0 3 2' --values '4 8 -2 6' --block 2
[ "$(awk 'NR == 3 { print $1, $3, $5, $7, $8 }' out)" = "3 0.135 1.553 0.739 3.440" ]
check $? "as counted by hand"
works "flash: merged" flash --scores '1 0 3 2' --values '4 8 -2 6' --split 1
[ "$(awk '$1 == "merged" { print $3, $5, $6 }' out)" = "1.553 0.739 3.440" ]
check $? "is the same"
refused 2 "--scores '1 x': expected 1 to 4096 numbers" "flash: no numbers" flash --scores '1 x'
refused 2 "--values '1': expected 2, as many as scores" "flash: too few values" flash --scores '1 2' --values 1
refused 2 '--split 16: expected less than 16, the keys' "flash: nothing behind the cut" flash --split 16

# --- blocks ----------------------------------------------------------------------------------
works "blocks: rows that are no whole blocks" blocks --model a
[ "$(sed -n 2p out | cut -f 1,5,6)" = "wte.weight	-	-" ]
check $? "have no error in Q8_0 and Q4_0"
works "blocks: sizes" blocks --model a --bits 4
[ "$(cut -f 1,2 out | tr '\n' ' ')" = "block	bits 8	6 16	5 " ]
check $? "those that cut every row"
works "blocks: one size, and the loss" blocks --model a --bits 3 --block 16 --data text
[ "$(wc -l <out)" = 2 ] && [ "$(sed -n 2p out | awk '{ print NF }')" = 4 ]
check $? "in one line"
works "blocks: one block" blocks --model "${golden%tests/golden}checkpoints/stories" --matrix wte.weight --row 1023
[ "$(wc -l <out)" = 33 ]
check $? "of 32 numbers"
refused 2 "--bits 1: expected 2 to 8" "blocks: of one bit" blocks --model a --bits 1
refused 2 '--block, --data, --outlier: expected with --bits' "blocks: a size alone" blocks --model a --block 8
refused 2 '--bits, --matrix: expected one of them' "blocks: both" blocks --model a --bits 4 --matrix wte.weight
refused 2 '--block 12: not all rows are whole blocks' "blocks: of 12" blocks --model a --bits 4 --block 12
refused 2 'wte.weight: rows of 16: expected whole blocks of 32' "blocks: a row that is none" blocks --model a --matrix wte.weight
refused 2 '--matrix x: there is none' "blocks: no such matrix" blocks --model a --matrix x

# --- attend ----------------------------------------------------------------------------------
works "attend: a map" attend --model a --prompt tet --layer 1 --head 1
[ "$(wc -l <out)" = 4 ] && [ "$(sed -n 2p out)" = "t	1.00	-	-" ]
check $? "has a line for each token, and nothing of the future"
works "attend: what is looked at most" attend --model a --prompt tet --most
[ "$(head -n 1 out)" = "0	t	1.00 of	0	t" ]
check $? "the first token has only itself"
works "attend: beside another text" attend --model a --prompt tet --beside tee
[ "$(grep -c 'the same bits' out)" = 2 ] && tail -n 1 out | grep -q 'scores differ by up to'
check $? "only what is changed differs"
refused 2 'attend: expected --prompt TEXT' "attend: nothing asked" attend --model a
refused 2 '--most, --beside: expected one of them' "attend: both" \
    attend --model a --prompt t --most --beside t
refused 2 '--layer 2: expected 0 to 1' "attend: no such layer" attend --model a --prompt t --layer 2
refused 2 '--head 2: expected 0 to 1' "attend: no such head" attend --model a --prompt t --head 2
refused 2 'the text has 17 tokens: expected 1 to 16' "attend: too long a text" \
    attend --model a --prompt ttttttttttttttttt
refused 1 'the text' "attend: unknown characters" attend --model a --prompt Ж

# --- depth -----------------------------------------------------------------------------------
awk 'BEGIN { for (i = 0; i < 60; i++) print "the cat sat on the mat and the dog sat on the log" }' >sat
works "depth: a stack" depth --data sat --layers 3
[ "$(awk '$1 ~ /^[0-9]+$/' out | wc -l)" = 4 ] && grep -q '^first / last' out
check $? "has a row for what comes in, and for each layer"
works "depth: post" depth --data sat --layers 3 --place post
awk '$1 == 3 { exit !($2 > 0.99 && $2 < 1.01) }' out
check $? "post: what leaves a block has deviation 1"
works "depth: trained" depth --data sat --layers 1 --steps 20 --norm rms --network swiglu --scaled
head -n 1 out | grep -q '^after 20 steps: loss [012]\.'
check $? "learns a text of few words"
works "depth: without norms" depth --data sat --layers 48 --place none --steps 9
[ "$(cat out)" = 'diverged: a loss or a gradient is not a finite number' ]
check $? "says that it diverged"
refused 2 '--place up: expected pre, post or none' "depth: no such place" depth --data sat --place up
refused 2 '--norm rsm: expected layer or rms' "depth: no such norm" depth --data sat --norm rsm
refused 2 'channels 32: expected a multiple of heads, 5' "depth: heads" depth --data sat --heads 5

# --- views -----------------------------------------------------------------------------------
works "view: of a table" view --shape '2 3' --do 'transpose 0 1; at 2 1'
[ "$(tail -n 1 out)" = 'at 2 1: element (2, 1) stands at 5' ]
check $? "says where an element stands"
refused 2 "'reshape 6': cannot be done with that view" "view: with gaps" view --do 'transpose 0 1; reshape 6'
refused 2 "shape '2 x': expected at most 4 sizes" "view: no sizes" view --shape '2 x'
works "slope: a table" slope --at 2
awk '$1 == "0.001" { exit !($3 > 9e-7 && $3 < 1.1e-6) }' out
check $? "slope: central differences of x^3 miss by h^2"
works "slope: a walk" slope --of square --at 1 --walk 0.25 --steps 2
awk '$1 == 2 { x = $2 } END { exit x != "0.2500" }' out
check $? "slope: down the square, half as far each step"
refused 2 '--of line: expected square or cube' "slope: of nothing known" slope --of line
works "optim: down the valley" optim --optimizer momentum --lr 0.02 --steps 2
grep -q '^   2    -9.4240    -0.6800      53.6539$' out
check $? "optim: the numbers worked out by hand"
works "optim: a matrix made round" optim --matrix '3 0 0 4' --polynomial classical --steps 1
grep -q '0.7920 .*0.9440 ' out
check $? "optim: and those of the matrix"
refused 2 "--matrix '1 2 3': expected four numbers" "optim: three numbers" optim --matrix '1 2 3'
refused 2 '--polynomial cubic: expected muon or classical' "optim: a polynomial that there is not" optim --polynomial cubic
refused 2 '--optimizer adam: expected' "mlp: an optimizer that there is not" mlp --optimizer adam
refused 2 '--optimizer adam: expected' "optim: an optimizer that there is not" optim --optimizer adam
works "position: scores of a query and a key" position --query '1 0' --key '0 1' --places 3
grep -q '^    2   0.9093   0.8415   0.0000$' out
check $? "position: the sine of the distance, worked out by hand"
works "position: the table" position --kind waves --width 4 --places 2 --table
grep -q '^    1   0.8415   0.5403   0.0100   0.9999$' out
check $? "position: two frequencies"
for kind in learned waves none; do works "position: $kind" position --kind $kind --width 3; done
refused 2 '--kind spiral: expected learned, waves, rotary or none' "position of no known kind" position --kind spiral
refused 2 "--query '1 x': expected 1 to 256 numbers" "position: no numbers" position --query '1 x'
refused 2 "--key '': expected" "position: an empty key" position --key ''
refused 2 '--query has 2 numbers, --key 1: expected as many' "position: two lengths" position --query '1 0' --key 1
refused 2 'vectors of 3 numbers: expected an even number' "position: an odd rotation" position --width 3

works "bigram: a table" bigram --data word --steps 3000 --lr 10
awk '$2 == "gradient" { g = $3 } $3 == "shares" { c = $4 } END { exit !(g - c < 0.001 && c - g < 0.001) }' out
check $? "bigram: by gradient as by counting"
works "bigram: rows on the way" bigram --data word --steps 50 --trace
[ "$(head -n 1 out)" = "0	2.3219	2.3219" ] && [ "$(tail -n 1 out | cut -f 1)" = 50 ]
check $? "bigram: from the first step to the last"
refused 2 "--batch '0': expected a whole number" "bigram: an empty batch" bigram --data word --batch 0
for loss in smooth focal z kl own; do
    works "bigram: --loss $loss" bigram --data word --steps 300 --lr 10 --loss $loss --calibration
    awk 'NR == 2 { ok = $1 == "'$loss'" && $3 < 2 } END { exit !ok }' out
    check $? "bigram: it learns by $loss"
done
works "bigram: bins" bigram --data word --steps 300 --lr 10 --bins
awk -F '\t' '{ sum += $3 } END { exit !(sum > 99.9 && sum < 100.1) }' out
check $? "bigram: each prediction is in one bin"
refused 2 '--loss hinge: expected one of cross-entropy, smooth' "bigram: no such loss" bigram --data word --loss hinge
refused 2 '--loss-weight: the loss own has no weight' "bigram: a weight too many" \
    bigram --data word --loss own --loss-weight 1
printf abc >one
refused 2 'one: 1 tokens: expected at least 2' "bigram: a text without pairs" bigram --data one

# --- a run's directory -----------------------------------------------------------------------
before=$(sums a)
refused 1 'a: holds a run already; --resume' "--out that holds a run" train --data other $chars --out a
refused 1 'none: holds no run to resume' "--resume of nothing" train --resume --out none
refused 1 'empty: holds no run to resume' "--resume of an empty directory" train --resume --out empty
refused 1 '--layers 2: --layers 3 is another run' "--resume with another shape" train --resume --layers 3 --out a
refused 1 'a: other: byte 1: U+0076 is not in the vocabulary' "--resume with another text" train --resume --data other --out a
refused 1 '--seed 1: --seed 2 is another run' "--resume with another seed" train --resume --seed 2 --out a
refused 1 '--optimizer adamw: --optimizer muon is another run' "--resume with another optimizer" train --resume --optimizer muon --out a
refused 1 'text/x/run: cannot create directory: Not a directory' "--out below a file" \
    train --data text $chars --out text/x/run
refused 1 'text: cannot create directory: Not a directory' "--out that is a file" \
    train --data text $chars --out text
cp text kept
sed 's/cat/cow/' kept >text
refused 1 'a: the run was begun on other tokens' "--resume with a changed text" train --resume --out a
cp kept text
works "--resume after the end" train --resume --out a
sed 1d a.out >want && sed 1d out | cmp -s - want
check $? "says again what came out"
grep -q '40 steps are done already, of 40' err
check $? "and that there was nothing to do"
[ "$before" = "$(sums a)" ]
check $? "and nothing in the directory has changed by all this"

works "--loss kl --teacher" train --data text $chars --loss kl --teacher a --out taught
works "and on" train --resume --steps 42 --out taught
grep -q '"option.loss":"kl"' taught/state.safetensors && grep -q '"option.teacher":"a"' taught/state.safetensors
check $? "the run remembers both"
refused 1 '--loss kl: --loss z is another run' "--resume with another loss" train --resume --loss z --out taught
refused 2 '--loss kl: expected --teacher' "--loss kl without a teacher" train --data text --loss kl
refused 2 '--teacher: the loss smooth has none' "a teacher too many" train --data text --loss smooth --teacher a
refused 2 '--loss-weight 2: the loss smooth expects 0 to 1' "--loss-weight 2" \
    train --data text --loss smooth --loss-weight 2
refused 1 'a: has other tokens than the run' "a teacher of other tokens" \
    train --data text $bpe --loss kl --teacher a --out untaught
refused 1 'a: sees 16 tokens at once: expected at least 32' "a teacher that sees less" \
    train --data text $chars --context 32 --loss kl --teacher a --out untaught

# --- larger models
works "grow" grow a --channels 24 --layers 3 --out larger
grep -q '^after  3 layers, 3 heads, 24 channels, network of 96: ' out
check $? "says what it has become"
works "eval of it" eval --model larger --data text --part train
larger=$(grep '^loss' out)
works "eval of the smaller one" eval --model a --data text --part train
[ "$larger" = "$(grep '^loss' out)" ] && [ -n "$larger" ]
check $? "has the same loss"
works "train --from it" train --data text --from larger --steps 20 --lr-end 1 --warmup 0 --out on
grep -q '"option.channels":"24"' on/state.safetensors && grep -q '"n_embd": *24' on/config.json
check $? "has its shape"
works "and on" train --resume --steps 40 --out on
works "both at once" train --data text --from larger --steps 40 --lr-end 1 --warmup 0 --out once
cmp -s on/model.safetensors once/model.safetensors
check $? "gives the same bits"
works "a GGUF of it" export --model larger --gguf larger.gguf
works "train --from that" train --data text --from larger.gguf --steps 1 --lr 0 --decay 0 --out unpacked
cmp -s unpacked/config.json larger/config.json
check $? "is the same model"
works "train --from the same model" train --data text --from a --steps 1 --lr 0 --decay 0 --out same
cmp -s same/config.json a/config.json && cmp -s same/tokenizer.json a/tokenizer.json
check $? "has its files"
refused 1 'a: holds a model already' "grow over a model" grow b --layers 3 --out a
refused 2 'grow: expected --out' "grow without --out" grow a --layers 3
refused 2 'grow: expected --layers, --channels or --hidden' "grow by nothing" grow a --out none
refused 2 'a: layers 1: the model has 2 already' "grow smaller" grow a --layers 1 --out none
refused 2 'channels 20: expected a multiple of 8: heads of 8' "grow by half a head" grow a --channels 20 --out none
refused 1 'nosuch: no model there' "grow nothing" grow nosuch --layers 3 --out none
refused 2 '--from and --layers: the model has its own' "--from with a shape" train --data text --from a --layers 3 --out none
refused 1 '--from: nosuch/config.json: cannot open' "--from nothing" train --data text --from nosuch --out none
refused 1 'U+0076 is not in the vocabulary' "--from with another text" train --data other --from a --out none
[ ! -e none ]
check $? "none of these calls has made a directory"

# --- a memory beside a model, and the best of several texts
works "eval --memory" eval --model a --data text --part train --memory text
awk '$1 == "model" { own = $2 } $1 == "memory" { memory = $2 }
     $1 == "both" { exit !($2 < own && $2 <= memory + 0.1) }' out
check $? "knows what it has read better than the model alone"
grep -q "^the memory's share, by tokens it has met in a row:\( [01]\.[0-9][0-9]\)\{8\}$" out
check $? "says how much the memory counts"
works "eval without" eval --model a --data text --part train
own=$(awk '$1 == "loss" { print $2 }' out)
works "eval --share 0" eval --model a --data text --part train --memory text --share 0
awk -v own="$own" '$1 == "model" || $1 == "both" { bad += $3 != own } END { exit bad }' out
check $? "is the model alone"
works "generate --memory" generate --model a --memory text --tokens 20
works "generate --best-of" generate --model a --best-of 4 --tokens 8 --seed 3
grep -q '^number [1-4] of 4: [0-9.]* nats a token, of [0-9.]* to [0-9.]*$' err
check $? "says which it was"
works "the same judged by a memory" generate --model a --best-of 4 --tokens 8 --seed 3 --memory text --judge memory
works "and by majority" generate --model a --best-of 9 --tokens 1 --judge majority
grep -q '^[1-9] of 9 are this$' err
check $? "says how many agree"
works "--best-of 1" generate --model a --best-of 1 --tokens 8 --seed 3
cp out one-text
works "plain" generate --model a --tokens 8 --seed 3
cmp -s out one-text && [ ! -s err ]
check $? "is the same text"
refused 2 '--judge memory: expected --memory' "--judge memory without one" generate --model a --best-of 3 --judge memory
refused 2 "--judge me: expected model, memory or majority" "--judge me" generate --model a --best-of 3 --judge me
refused 2 '--best-of 3: at --temperature 0 all texts are the same' "--best-of without dice" generate --model a --best-of 3 --temperature 0
refused 2 '--scores: they are the model' "--scores with --memory" generate --model a --scores 3 --memory text
refused 1 'nosuch: no such file or directory' "eval with a memory of nothing" eval --model a --data text --memory nosuch
refused 1 'U+0076 is not in the vocabulary' "eval with a memory of other characters" eval --model a --data text --memory other

# --- which targets count
works "training with --intend" train --data text $chars --intend 0.1 --out intent
grep -q '^--intend 0.1: [0-9.]* % of the targets sent nothing back$' out
check $? "says how many sent nothing back"
cmp -s intent/model.safetensors a/model.safetensors
[ $? -eq 1 ]
check $? "and the model is another one"
works "--intend 0 is plain training" train --data text $chars --intend 0 --out plain
cmp -s plain/model.safetensors a/model.safetensors
check $? "bit for bit"
works "training with --trust and --noise" train --data text $chars --trust --noise 0.2 --out trusting
grep -q '^--trust: 0\.[0-9]* of the targets taken for drawn by lot$' out
check $? "says what it makes of the noise"
steady="$chars --lr-end 1 --warmup 0 --trust --noise 0.2 --intend 0.9"
works "such a run at one rate" train --data text $steady --out whole
trust=$(grep '^--trust' out)
works "half of it" train --data text $steady --steps 20 --out halved
works "and the other half" train --resume --steps 40 --out halved
cmp -s whole/model.safetensors halved/model.safetensors && [ "$trust" = "$(grep '^--trust' out)" ]
check $? "has the same bits, and takes as many for drawn by lot"
refused 1 '--noise 0.2: --noise 0.1 is another run' "--resume with another --noise" train --resume --noise 0.1 --out halved
refused 1 '--intend 0: --intend 0.5 is another run' "--resume with another --intend" train --resume --intend 0.5 --out a
refused 1 '--trust 0: --trust 1 is another run' "--resume with --trust" train --resume --trust --out a
refused 2 '--trust: 2 processes' "--trust of two processes" train --data text $chars --trust --accumulate 2 --processes 2 --out none
refused 2 '--intend: expected the loss cross-entropy, not z' "--intend of another loss" train --data text $chars --intend 0.5 --loss z --out none
refused 2 "--intend '1.5': expected a number from 0 to 1" "--intend 1.5" train --data text $chars --intend 1.5 --out none
refused 2 "--noise '-1': expected a number from 0 to 1" "--noise -1" train --data text $chars --noise -1 --out none

cp -r a longer
refused 2 '--attention none: expected maps or flash' "no such attention" train --data text $chars --attention none --out none
works "training without maps" train --data text $chars --attention flash --out mapless
works "and on with them" train --resume --steps 44 --attention maps --out mapless
works "eval with maps" eval --model mapless
maps=$(grep '^loss' out)
works "eval without" eval --model mapless --attention flash
[ "$maps" = "$(grep '^loss' out)" ] && [ -n "$maps" ]
check $? "has the same loss"
works "generate without maps" generate --model mapless --attention flash --no-cache --tokens 5
refused 2 '--attention no: expected maps or flash' "generate: no such attention" generate --model mapless --attention no
works "--resume with more --steps" train --resume --steps 60 --out longer
cp -r a more
works "and with a few more" train --resume --steps 50 --out more
works "and more again" train --resume --steps 60 --out more
grep -q '"step":"60"' more/model.safetensors && [ "$(grep -c '^[0-9]' more/loss.tsv)" = 60 ]
check $? "goes on to the new end, a line a step"
grep -q '"option.steps":"60"' more/state.safetensors
check $? "and notes it"
cp -r more again
works "--overwrite" train --data text $chars --overwrite --out again
cmp -s again/model.safetensors a/model.safetensors && cmp -s again/state.safetensors a/state.safetensors &&
    cmp -s again/loss.tsv a/loss.tsv && cmp -s again/config.json a/config.json
check $? "begins anew: the same as in a new directory"
works "--overwrite with another kind of run" train --data other $bpe --overwrite --out again
works "which can be used" generate --model again --tokens 5
[ -z "$(find . -name '*.new')" ]
check $? "no temporary file is left behind"

# A run that will never end by itself.
endless="train --data text $chars --steps 1000000 --save-every 1000000 --eval-every 1000000"

# wait_for FILE: until it is there, at most ten seconds.
wait_for() {
    for _ in $(seq 1 100); do
        [ -e "$1" ] && return 0
        sleep 0.1
    done
    return 1
}

"$gpt" $endless --out held >/dev/null 2>held.err &
pid=$!
wait_for held/state.safetensors
refused 1 'held: another process is working in it' "a second run in the same directory" $endless --overwrite --out held
refused 1 'held: another process is working in it' "a second run that resumes it" train --resume --out held
works "generating from it meanwhile" generate --model held --tokens 3
kill -TERM $pid
wait $pid 2>/dev/null
[ $? = 143 ] && grep -q '^stopped after step [1-9][0-9]* and saved' held.err
check $? "SIGTERM: the step is finished and saved"
step=$(sed -n 's/^stopped after step \([0-9]*\) .*/\1/p' held.err)
works "the run can be resumed" train --resume --steps $((step + 5)) --out held
[ "$(grep -c '^[0-9]' held/loss.tsv)" = $((step + 5)) ]
check $? "where it was"
if command -v timeout >/dev/null; then
    # On a busy machine half a second may not be enough to begin.
    for seconds in 0.5 2 8; do
        timeout -s INT $seconds "$gpt" $endless --overwrite --out cut >out 2>err
        step=$(sed -n 's/^stopped after step \([0-9]*\) .*/\1/p' err)
        [ -z "$step" ] || break
    done
    [ "${step:-0}" -gt 0 ] && works "SIGINT (Ctrl-C): saved, and can be resumed" train --resume --steps $((step + 1)) --out cut
    [ "${step:-0}" -gt 0 ]
    check $? "it says at which step"
fi
(
    trap '' INT
    exec "$gpt" train --data text $chars --steps 3000 --save-every 100000 --eval-every 100000 --out deaf >out 2>err
) &
pid=$!
wait_for deaf/state.safetensors
kill -INT $pid
wait $pid && ! grep -q stopped err
check $? "a signal that was to be ignored is"

run train --data text $chars --save-every 1 --lr 10 --decay 10 --clip 0 --out wild
[ "$status" = 1 ] && tail -n 1 err | grep -q '^gpt: after step [0-9]*: a loss, gradient or weight is not a finite number'
check $? "a run that diverges ends, status 1"
run inspect wild
[ "$status" = 0 ] && ! grep -qi 'not finite\|nan\|inf' out
check $? "and has saved nothing that is not a number"

# --- a full disk -----------------------------------------------------------------------------
mkdir small
if mount -t tmpfs -o size=400k none small 2>/dev/null; then
    mounted=$dir/small
    works "a run on a small disk" train --data text $chars --out small/a
    before=$(sums small/a)
    dd if=/dev/zero of=small/fill bs=1k 2>/dev/null
    run train --resume --steps 60 --out small/a
    [ "$status" = 1 ] && tail -n 1 err | grep -q '^gpt: small/a/.*No space left on device'
    check $? "disk full while resuming: one line, status 1" "exit $status: $(tail -n 1 err)"
    refused 1 'No space left on device' "disk full with --overwrite" train --data other $bpe --overwrite --out small/a
    [ "$before" = "$(sums small/a)" ]
    check $? "disk full: the checkpoint is as before"
    rm small/fill
    works "with room again it resumes" train --resume --steps 60 --out small/a
    cmp -s small/a/model.safetensors longer/model.safetensors && [ "$(grep -c '^[0-9]' small/a/loss.tsv)" = 60 ]
    check $? "to the same end as on a large disk"
else
    echo "# disk full: not run: may not mount"
fi

# --- damage ----------------------------------------------------------------------------------
prompt='the '
"$gpt" generate --model a --prompt "$prompt" --seed 3 >a.text

# fate FILE ARGUMENTS: the program on the damaged directory d must refuse in one line, or, if the
# change has no meaning, do what it does undamaged; and change nothing.  Counts in refusals.
fate() {
    file=$1
    shift
    before=$(sums d)
    run "$@"
    if [ "$status" = 1 ] && [ ! -s out ] && one_line " d"; then
        refusals=$((refusals + 1))
    elif [ "$status" != 0 ]; then
        echo "#   exit $status: $(cat err)" && return 1
    elif [ "$1" = generate ] && ! cmp -s out a.text; then
        echo "#   generate said: $(head -n 2 out)" && return 1
    fi
    [ "$before" = "$(sums d)" ] || { echo "#   the directory has changed" && return 1; }
}

# use FILE: the commands that read d/FILE; `bad` and `refusals` add up.
use() {
    if [ "$1" != state.safetensors ]; then
        fate "$1" generate --model d --prompt "$prompt" --seed 3 || bad=$((bad + 1))
    fi
    fate "$1" train --resume --out d || bad=$((bad + 1))
}

for f in model.safetensors state.safetensors config.json tokenizer.json; do
    size=$(wc -c <a/$f)
    uses=2
    [ $f != state.safetensors ] || uses=1

    rm -rf d && cp -r a d
    bad=0 refusals=0 tries=0
    for n in 0 1 7 8 9 50 $((size / 2)) $((size - 2)) $((size - 1)); do
        head -c "$n" a/$f >d/$f
        tries=$((tries + uses))
        use $f
    done
    # A JSON file may do without its last line break.
    case $f in *.json) allowed=$((tries - uses)) ;; *) allowed=$tries ;; esac
    [ $bad = 0 ] && [ $refusals -ge $allowed ]
    check $? "$f cut off: refused ($refusals of $tries)"

    bad=0 refusals=0 tries=0
    for place in $(awk -v seed="$seed" -v f="$f" -v size="$size" 'BEGIN {
        srand(seed + length(f)); for (i = 0; i < 30; i++) print int(rand() * size) ":" 1 + int(rand() * 255) }'); do
        cp a/$f d/$f
        at=${place%:*}
        old=$(od -An -tu1 -j "$at" -N 1 a/$f)
        write_byte d/$f "$at" $((old ^ ${place#*:}))
        cmp -s a/$f d/$f && echo "#   nothing was changed at $at" && bad=$((bad + 1))
        tries=$((tries + uses))
        was=$bad
        use $f
        [ $bad = $was ] || echo "#   byte $at of $f, $old ^ ${place#*:}"
    done
    # What may pass is a change in the JSON that no reader of it sees.
    case $f in *.json) allowed=$((tries / 4)) ;; *) allowed=$tries ;; esac
    [ $bad = 0 ] && [ $refusals -ge $allowed ]
    check $? "$f with a byte changed: refused ($refusals of $tries), or the same result"

    bad=0 refusals=0
    : >d/$f && use $f
    [ $bad = 0 ] && [ $refusals = $uses ]
    check $? "$f empty: refused"
    rm d/$f && use $f
    [ $bad = 0 ] && [ $refusals = $((2 * uses)) ]
    check $? "$f missing: refused"
    mkdir d/$f && touch d/$f/x && use $f
    [ $bad = 0 ] && [ $refusals = $((3 * uses)) ]
    check $? "$f a directory: refused"
done

# Files that are whole, but of another model.
works "another model of the same shape" train --data other $chars --out o
works "another model with more heads" train --data text $chars --heads 4 --out h
works "another model with more layers" train --data text $chars --layers 3 --out l
works "the same with another seed" train --data text $chars --seed 9 --out s
mixed() { # mixed FROM FILE WHAT ARGUMENTS: d is a, with one file of FROM.
    rm -rf d && cp -r a d && cp "$1/$2" d/"$2"
    what=$3
    shift 3
    before=$(sums d)
    run "$@"
    [ "$status" = 1 ] && [ ! -s out ] && one_line " d" && [ "$before" = "$(sums d)" ]
    check $? "$what" "gpt $*: exit $status; said: $(cat err)"
}
printf '\066\0\0\0\0\0\0\0{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}abcd' >foreign
mkdir f && cp foreign f/model.safetensors && cp foreign f/state.safetensors
run inspect foreign
[ "$status" = 0 ] && grep -q '^x  *F32  *1 ' out
check $? "a foreign safetensors can be looked at"
for from in o h l f b; do
    mixed $from model.safetensors "generate: model.safetensors of another model ($from)" generate --model d
done
for from in h l b; do
    mixed $from config.json "generate: config.json of another model ($from)" generate --model d
    mixed $from config.json "resume: config.json of another model ($from)" train --resume --out d
done
for from in o b; do
    mixed $from tokenizer.json "generate: tokenizer.json of another model ($from)" generate --model d
    mixed $from tokenizer.json "resume: tokenizer.json of another model ($from)" train --resume --out d
done
for from in o h l s f b; do
    mixed $from model.safetensors "resume: model.safetensors of another model ($from)" train --resume --out d
    mixed $from state.safetensors "resume: state.safetensors of another model ($from)" train --resume --out d
done

# --- tokenize --chars ------------------------------------------------------------------------
run tokenize --chars --text "b$(printf '\320\271')a"
[ "$status" = 0 ] && [ "$(printf '1\tb\n2\t\\xD0\\xB9\n0\ta\n4 bytes, 3 tokens')" = "$(cat out)" ]
check $? "tokenize --chars numbers the characters of the text" "$(cat out err)"
refused 1 '--text: byte 1: expected a UTF-8 character, found 0xFF' "bad UTF-8 by characters" \
    tokenize --chars --text "a$(printf '\377')"
refused 2 '--text: the text is empty' "no text by characters" tokenize --chars --text ''
refused 2 '--tokenizer, --learn, --chars' "two vocabularies" tokenize --chars --tokenizer x --text a

# --- tokenize: Llama's kind --------------------------------------------------------------------
llama=$golden/llama/tokenizer.bin
run tokenize --tokenizer "$llama" --text 'the <s>' --bars
[ "$status" = 0 ] && [ "$(sed 1q out)" = '<s>| the| |<s>' ]
check $? "tokenize: tokenizer.bin puts <s> before a text, and a space" "$(cat out err)"
works "tokenize: its tokenizer.json" tokenize --tokenizer "$llama" --save llama
[ ! -s out ] && "$gpt" tokenize --tokenizer "$llama" --ids <text >ids &&
    "$gpt" tokenize --tokenizer llama --ids <text | cmp -s - ids &&
    "$gpt" tokenize --tokenizer llama --decode <ids | cmp -s - text
check $? "gives the same ids, and they the text"
head -c 3000 "$llama" >cut.bin
refused 1 'cut.bin: byte 2' "a tokenizer.bin that is cut off" tokenize --tokenizer cut.bin --text a
cp a/tokenizer.json json.bin
refused 1 'json.bin: byte 0: the longest piece has' "no tokenizer.bin" tokenize --tokenizer json.bin --text a
cp "$llama" bin.json
refused 1 'bin.json: line 1' "a tokenizer.bin called .json" tokenize --tokenizer bin.json --text a
works "train with Llama's kind of tokenizer" train --data text $small --steps 4 --tokenizer "$llama" --out ll
works "inspect names it" inspect ll
grep -q '^tokenizer:   sentencepiece, 420 tokens' out
check $? "as sentencepiece"
[ -n "$("$gpt" generate --model ll --prompt '' --tokens 5 --temperature 0)" ]
check $? "generate --prompt '': a text from <s>"

# --- import: a model of llama2.c's ---------------------------------------------------------------
works "import" import "$golden/llama/model.bin" --tokenizer "$llama" --out imported
grep -q '^weights 7720, checksum ' out && grep -q '"model_type": "llama"' imported/config.json
check $? "says what it has taken over, and writes the form that other programs read"
works "generate from it" generate --model imported --prompt 'the' --temperature 0 --tokens 8
works "inspect it" inspect imported
grep -q '^Llama shape: 2 layers, 2 heads, 8 channels, context 12$' out &&
    grep -q '^model.layers.1.self_attn.k_proj.weight  *F32  *4 x 8 ' out
check $? "shows its shape, and its tensors under published names"
before=$(sums imported)
refused 1 'imported: holds a model already' "import into a model" \
    import "$golden/llama/model.bin" --tokenizer "$llama" --out imported
[ "$before" = "$(sums imported)" ]
check $? "leaves it alone"
refused 2 'import: expected --out' "import to nowhere" import "$golden/llama/model.bin" --tokenizer "$llama"
refused 2 'import: expected --tokenizer' "import without a tokenizer" import "$golden/llama/model.bin" --out x
refused 2 'import: expected one name' "import of nothing" import --tokenizer "$llama" --out x
refused 1 'a/tokenizer.json: has ' "import with another tokenizer" \
    import "$golden/llama/model.bin" --tokenizer a/tokenizer.json --out x
head -c 30000 "$golden/llama/model.bin" >cut.bin
refused 1 'cut.bin: 30000 bytes: expected 31100, for 8 channels' "a MODEL.bin that is cut off" \
    import cut.bin --tokenizer "$llama" --out x
refused 1 'nosuch.bin: cannot open' "a MODEL.bin that is not there" import nosuch.bin --tokenizer "$llama" --out x
[ ! -e x ]
check $? "nothing is left of imports that failed"

# --- generate --------------------------------------------------------------------------------
# text_of ARGUMENTS: what is generated, a dot behind it so that line breaks at the end stay.
text_of() {
    "$gpt" generate "$@" 2>err
    echo .
}
refused 1 'the prompt: byte 1: U+00E9 is not in the vocabulary' "a prompt with an unknown character" \
    generate --model a --prompt "t$(printf '\303\251')"
refused 1 'the prompt: byte 2: expected a UTF-8 character, found 0xFF' "a prompt that is not UTF-8" \
    generate --model a --prompt "th$(printf '\377')"
escaped=$(text_of --model b --prompt 'the\n' --temperature 0)
typed=$(text_of --model b --prompt 'the
' --temperature 0)
[ -n "$typed" ] && [ "$escaped" = "$typed" ]
check $? "--prompt: backslash n is a new line"
refused 2 'the prompt has 0 tokens' "an empty prompt" generate --model a --prompt ''
refused 1 'nosuch: no model there; --model DIR names one' "a model that is not there" generate --model nosuch
run generate --model b --prompt "$(printf '\377')"
[ "$status" = 0 ] && [ "$(head -c 1 out | od -An -tx1 | tr -d ' ')" = ff ]
check $? "byte pairs take any bytes as a prompt"
run generate --model a --prompt t --tokens 100
[ "$status" = 0 ] && [ "$(wc -c <out)" = 102 ]
check $? "--tokens beyond the context: as many as asked for"
greedy=$(text_of --model a --prompt "$prompt" --temperature 0 --seed 1)
[ "$greedy" = "$(text_of --model a --prompt "$prompt" --temperature 0 --seed 2)" ]
check $? "--temperature 0: the same whatever the seed"
for model in a b; do
    one=$(text_of --model $model --prompt "$prompt" --seed 5)
    [ "$one" = "$(text_of --model $model --prompt "$prompt" --seed 5)" ]
    check $? "the same seed writes the same text ($model)"
    [ "$one" != "$(text_of --model $model --prompt "$prompt" --seed 6)" ]
    check $? "another seed another ($model)"
    [ "$one" = "$(text_of --model $model --prompt "$prompt" --seed 5 --threads 2)" ]
    check $? "two threads the same ($model)"
    greedy=$(text_of --model $model --prompt "$prompt" --temperature 0)
    for way in '--top-k 1' '--top-p 0' '--top-p 0.000001'; do
        [ "$greedy" = "$(text_of --model $model --prompt "$prompt" --seed 5 --temperature 3 $way)" ]
        check $? "$way is --temperature 0 ($model)"
    done
    # The stop text: one that comes in the middle of what is written without one.
    whole=${one#"$prompt"}
    for from in 3 40 100; do
        for length in 1 2 3 7; do
            stop=$(printf '%s' "$whole" | tail -c +$from | head -c $length | tr '\n' '|')
            case $stop in *'|'*) stop="$(printf '%s' "$stop" | tr '|' '\n')x" && stop=${stop%x} ;; esac
            [ -n "$stop" ] || continue
            got=$(text_of --model $model --prompt "$prompt" --seed 5 --stop "$stop")
            want="$prompt${whole%%"$stop"*}
."
            case $whole in *"$stop"*) ;; *) want=$one ;; esac
            [ "$got" = "$want" ]
            check $? "--stop: all before it, and not it ($model, $from, $length)"
        done
    done
done
"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 --stop 'zzz' >stopped
"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 >unstopped
cmp -s stopped unstopped
check $? "a stop text that never comes holds nothing back"
run generate --model a --prompt th --scores 3
[ "$status" = 0 ] && [ "$(wc -l <out)" = 3 ] && sort -c -g -r -k 1 out
check $? "--scores 3 prints three, the highest first" "$(cat out err)"
"$gpt" generate --model a --prompt th --temperature 0 --tokens 1 >greedy
[ "$(cat greedy)" = "th$(head -n 1 out | cut -f 3)" ]
check $? "the first of them is what temperature 0 writes" "$(cat out greedy)"
refused 2 'the prompt has 0 tokens' "no scores after nothing" generate --model a --prompt '' --scores 3
run generate --model a --speed --tokens 5
[ "$status" = 0 ] && grep -q '^5 tokens, ' err
check $? "--speed"

"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 --no-cache >written.uncached
"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 --stream >written.streamed
cmp -s written.uncached unstopped && cmp -s written.streamed unstopped
check $? "--no-cache and --stream change no byte"
"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 --temperature 9 --top-k 1 >written.one
"$gpt" generate --model a --prompt "$prompt" --seed 6 --tokens 40 --temperature 9 --min-p 1 >written.other
"$gpt" generate --model a --prompt "$prompt" --tokens 40 --temperature 0 >written.greedy
cmp -s written.one written.greedy && cmp -s written.other written.greedy
check $? "--top-k 1 and --min-p 1 leave what temperature 0 takes"
"$gpt" generate --model a --prompt "$prompt" --seed 5 --tokens 40 --stop zzz --stop "$(head -c 3 unstopped | tail -c 1)" >written.two
[ "$(wc -c <written.two)" -le "$(wc -c <unstopped)" ]
check $? "several --stop"
"$gpt" generate --model a --prompt "$prompt" --tokens 40 --temperature 0 --repeat-penalty 50 --repeat-last 3 >written.spread
[ "$(wc -c <written.spread)" -gt 1 ] && ! cmp -s written.spread written.greedy
check $? "--repeat-penalty changes what is written"
refused 2 "--min-p '2'" "min-p above 1" generate --model a --min-p 2
refused 2 "--repeat-penalty '0'" "a penalty of 0" generate --model a --repeat-penalty 0
refused 2 "--forget '0'" "to forget nothing" generate --model a --forget 0
refused 2 'expected no more than 8 of them' "nine stop texts" generate --model a --stop 1 --stop 2 \
    --stop 3 --stop 4 --stop 5 --stop 6 --stop 7 --stop 8 --stop 9

# --- chat ------------------------------------------------------------------------------------
talk() { # talk LINES ARGUMENTS: a conversation; leaves out, err and status
    lines=$1
    shift
    printf "$lines" | "$gpt" chat --model a --seed 5 --tokens 5 "$@" >out 2>err
    status=$?
}

talk 'th\nth\n'
[ "$status" = 0 ] && [ "$(wc -l <out)" = 2 ] && [ ! -s err ]
check $? "chat: a line for each line" "$(cat out err)"
cp out talked
talk 'th\n/quit\nth\n'
[ "$status" = 0 ] && [ "$(cat out)" = "$(head -n 1 talked)" ]
check $? "/quit ends it"
talk ''
[ "$status" = 0 ] && [ ! -s out ] && [ ! -s err ]
check $? "no line, no reply"
refused 2 'chat: expected options only' "a word too many, chat" chat word
refused 1 'nosuch: no model there; --model DIR names one' "chat without a model" chat --model nosuch

# --- where the output goes -------------------------------------------------------------------
if [ -c /dev/full ]; then
    for c in 'generate --model a' 'eval --model a --data text' 'inspect a' '--help' 'generate --help' \
        'tokenize --tokenizer a/tokenizer.json --text the' 'train --resume --out a'; do
        "$gpt" $c >/dev/full 2>err
        [ $? = 1 ] && grep -q '^gpt: standard output: cannot write' err
        check $? "gpt $c >/dev/full: status 1 and a line"
    done
fi

# --- the other commands ----------------------------------------------------------------------
run eval --model a --data text
[ "$(sed -n 's/^val loss //p' a.out)" = "$(sed -n 's/^loss //p' out)" ] && [ -s out ]
check $? "eval gives the val loss that train printed"
[ "$(sed -n 's/^val bits.byte //p' a.out)" = "$(sed -n 's/^bits.byte //p' out)" ]
check $? "and the bits per byte"
works "eval in shorter windows" eval --model a --data text --context 8
refused 2 'a: context 17: this model has learned 16 positions' "eval in windows longer than what was learned" eval --model a --data text --context 17
works "train with rotary" train --data text $chars --position rotary --out turned
works "eval in longer windows" eval --model turned --data text --context 64
works "eval of the training part" eval --model a --data text --part train
refused 1 'other: byte 1: U+0076 is not in the vocabulary' "eval of another text" eval --model a --data other --part train
refused 1 'other: from byte ' "eval of its last tenth" eval --model a --data other
refused 1 'nosuch: no such file' "eval of no text" eval --model a --data nosuch

refused 1 'empty/config.json: cannot open' "inspect of a directory without a model" inspect empty
refused 1 'text: ' "inspect of a text" inspect text
refused 1 'nothing: ' "inspect of an empty file" inspect nothing
refused 1 'nosuch: cannot open: No such file' "inspect of nothing" inspect nosuch
works "inspect of a directory" inspect a
grep -q "checksum $(sed -n 's/^checksum //p' a.out)" out
check $? "its checksum is the one that train printed"
works "inspect of a file" inspect a/state.safetensors
grep -q '^  option.data  *text$' out
check $? "shows the run's options"

for m in a b; do
    comes_back text $m/tokenizer.json
    check $? "tokenize: the tokens are the text ($m)"
    "$gpt" tokenize --tokenizer $m/tokenizer.json --ids <text >ids
    sed '$d' tokens | cut -f 1 | cmp -s - ids
    check $? "tokenize --ids, from standard input: the same ids ($m)"
    [ "$("$gpt" tokenize --tokenizer $m/tokenizer.json --count <text)" = "$(wc -c <text) bytes, $(wc -l <ids) tokens" ]
    check $? "tokenize --count ($m)"
    [ "$("$gpt" tokenize --tokenizer $m/tokenizer.json --text 'the cat')" = "$(printf 'the cat' | "$gpt" tokenize --tokenizer $m/tokenizer.json --file -)" ]
    check $? "tokenize --text ($m)"
done
"$gpt" tokenize --tokenizer a/tokenizer.json <other >out 2>err
[ $? = 1 ] && one_line '/dev/stdin: byte 1: U+0076'
check $? "tokenize of unknown characters"
refused 1 'nosuch: cannot open' "tokenize of nothing" tokenize --tokenizer a/tokenizer.json --file nosuch
refused 1 'nosuch: cannot open' "tokenize with nothing" tokenize --tokenizer nosuch --text a
works "tokenize --learn, --save" tokenize --learn text --vocab 280 --save learned
[ ! -s out ] && "$gpt" tokenize --tokenizer learned --ids <text >ids &&
    "$gpt" tokenize --learn text --vocab 280 --ids <text | cmp -s - ids
check $? "tokenize: what was saved gives the ids of what was learned"
"$gpt" tokenize --tokenizer learned --decode <ids | cmp -s - text
check $? "tokenize --decode: the ids are the text"
[ "$("$gpt" tokenize --tokenizer learned --bars <text | sed '$d' | tr -d '|')" = "$(sed 's/$/\\n/' text | tr -d '\n|')" ]
check $? "tokenize --bars: the text with bars in it"
refused 1 '--text: byte 0: expected an id from 0 to 279' "tokenize --decode of words" tokenize --tokenizer learned --decode --text the
refused 2 '--tokenizer, --learn, --chars' "tokenize with two vocabularies" tokenize --tokenizer learned --learn text --text a
refused 2 '--ids, --bars' "tokenize in two forms" tokenize --tokenizer learned --ids --bars --text a
rm learned/merges.txt
refused 1 'learned/merges.txt: cannot open' "tokenize with half of a vocabulary" tokenize --tokenizer learned --text a

# --- mlp -------------------------------------------------------------------------------------
small='--context 3 --embed 4 --hidden 8 --batch 16 --steps 30'
works "mlp" mlp --data text $small --stats --near the --generate 5 --prompt the --out net
grep -q '^after 30 steps: ' out && grep -q '^head' out && [ -f net/mlp.safetensors ]
check $? "mlp: scores, layers, weights"
after=$(grep '^after' out)
[ "$("$gpt" mlp --data text $small --threads 2 2>/dev/null | tail -n 1)" = "$after" ]
check $? "mlp: the same on two threads"
works "mlp --steps 0" mlp --data text --steps 0
works "mlp --help" mlp --help
refused 2 "--layers '-1'" "mlp with less than no layers" mlp --data text --layers -1
refused 1 'nosuch' "mlp of nothing" mlp --data nosuch
refused 1 '--near' "mlp --near of unknown characters" mlp --data text --steps 0 --near Ж

# --- the lab ---------------------------------------------------------------------------------
works "lab --list" lab --list
grep -q '^mlp  *backprop' out && grep -q '^reso ' out && grep -q '^xor ' out
check $? "lists the rules and the experiments"
works "lab RULE" lab reso --data text --examples 500
[ "$(wc -l <out)" = 4 ] && grep -q '^      500 ' out
check $? "prints the rule's scores"
for t in forgetting once novelty noise online; do works "lab --trial $t" lab bigram --data text --examples 500 --trial $t; done
works "lab EXPERIMENT" lab xor
[ "$(grep -c '^ *[2-4]   500 ' out)" = 3 ]
check $? "prints what an experiment finds"
for x in growth columns turns grow linear cascade; do works "lab $x" lab $x --data text --examples 500; done
for t in drop memorise rename rebind overfit often sure; do works "lab $t" lab $t --data text --examples 1000; done
works "lab maze" lab maze --seeds 2
[ "$(grep -c '^ *[0-9]* *200 ' out)" = 6 ] && [ "$(tail -n 6 out | head -n 1 | cut -c 10-11)" = '#G' ]
check $? "prints episodes of each seed, and what is known of the way"
works "lab countdown" lab countdown --examples 64
[ "$(grep -c '^numbers  *64 ' out)" = 1 ] && [ "$(grep -c '^problems  *64 ' out)" = 1 ]
check $? "prints what trying out plans gains, by both ways to hold back"
works "lab judge" lab judge --data text --examples 64
[ "$(grep -c '^mlp  *reso ' out)" = 1 ] && [ "$(grep -c '^reso  *reso ' out)" = 1 ]
check $? "prints what judges keep"
works "lab es" lab es --data text --examples 128
works "lab EXPERIMENT on a text" lab updates --data text --examples 500
grep -q '^mlp  *100.0 ' out && grep -q '^passive ' out
check $? "prints what each rule was taught"
works "lab EXPERIMENT of goals" lab goals --examples 64 --seeds 2
[ "$(grep -c '^imagined  *64 ' out)" = 2 ]
check $? "prints a row for each way and seed"
works "lab --table" lab --table --only bigram,reso --data text --examples 500 --out lab
grep -q '^reso ' out && [ "$(wc -l <lab/results.tsv)" = 11 ] && [ "$(wc -l <lab/table.tsv)" = 3 ] && [ -s lab/examples.svg ] && [ -s lab/seconds.svg ]
check $? "prints all side by side, and keeps the table and its pictures"
refused 2 'telepathy: neither a rule nor an experiment: gpt lab --list ' "a rule that is not there" lab telepathy --data text
refused 2 '--only: telepathy: neither a rule' "nor in the table" lab --table --only reso,telepathy --data text
refused 2 '--trial' "a trial that is not there" lab reso --data text --trial fire
refused 1 'nosuch' "lab of nothing" lab reso --data nosuch

# --- until a loss is reached -----------------------------------------------------------------
works "train --until" train --data text $chars --eval-every 3 --until 2.6 --out until
grep -q '^--until 2.6000 reached: [0-9]* tokens, ' out && [ "$(tail -n 1 until/loss.tsv | cut -f 1)" -lt 40 ]
check $? "it ends before its last step, and says so"
grep -q "on the whole validation part" err && awk '$1 == "val" && $2 == "loss" { exit !($3 <= 2.6) }' out
check $? "the whole validation part has that loss"
sed -n 's/^checksum //p' out >want
works "train --resume of it" train --resume --out until
grep -q '^--until 2.6000 reached: .* since it was resumed' out && sed -n 's/^checksum //p' out | cmp -s - want
check $? "remembers what it was to reach, and has nothing to do"
works "train --resume --until 0" train --resume --until 0 --out until
sed 1d a.out >want && sed 1d out | cmp -s - want
check $? "goes on to its end, to the bits of a run that never stopped"
works "train --until what is not reached" train --data text $chars --until 0.001 --out never
grep -q '^--until 0.0010 not reached: ' out && grep -q '^at step 40 ' out
check $? "takes all its steps, and says so"

works "train --estimate" train --data text $chars --estimate --out a
[ "$(wc -l <out)" = 1 ] && grep -q '^ready after .* s; a step takes .* ms, .* tokens/s: 40 steps take about ' out
check $? "says in one line how long it would take"
works "train --estimate, where there is no run" train --data text $chars --estimate --out nowhere
[ ! -e nowhere ]
check $? "and makes no directory"

# --- compare ---------------------------------------------------------------------------------
works "compare" compare a until
[ "$(grep -c 'within$' out)" = 3 ]
check $? "three rows"
works "another seed" train --data text $chars --seed 2 --out seed
run compare --spread 0.00001 a seed
[ "$status" = 1 ] && [ "$(grep -c 'OUTSIDE$' out)" = 3 ] && [ ! -s err ]
check $? "compare of runs that differ: exit status 1"
refused 1 'empty/loss.tsv: cannot open' "compare with no run" compare a empty
refused 2 'compare: expected' "compare of one run" compare a
works "a shorter run" train --data text $chars --steps 12 --out brief
refused 1 'a has 40 steps, and brief 12' "compare of runs of other lengths" compare a brief
mkdir -p cut && head -n 20 a/loss.tsv >cut/loss.tsv
refused 1 'cut/loss.tsv: ends after step 18: expected a finished run' "compare of an unfinished run" compare a cut
sed '5s/.*/3 two -/' a/loss.tsv >cut/loss.tsv
refused 1 'cut/loss.tsv:5: expected step 3, its loss' "compare of a damaged log" compare a cut

# --- plot ------------------------------------------------------------------------------------
refused 1 'empty/loss.tsv: cannot open' "plot of no run" plot empty
mkdir bare && printf '# floor unknown\n# step\n1\t2.5\t-\n' >bare/loss.tsv
refused 1 'bare/loss.tsv: 1 steps, expected two' "plot of one step" plot bare
PATH=$dir/empty "$gpt" plot a >out 2>err
[ $? = 1 ] && [ ! -s out ] && one_line 'gnuplot is missing; `make deps` installs it'
check $? "plot without gnuplot: one line"
if command -v gnuplot >/dev/null; then
    works "plot" plot a
    grep -q '</svg>' a/loss.svg && [ ! -s err ]
    check $? "draws a picture and says nothing"
    printf 'x\ny\nz\n' >bare/loss.tsv
    refused 1 'gnuplot failed' "plot of garbage" plot bare
    works "plot --terminal" plot --terminal 60 a
    awk 'length > 60 { bad = 1 } END { exit bad || NR < 20 }' out && ! grep -q "$(printf '\f')" out
    check $? "fits in that many columns"
fi
[ -z "$(find . -name '*.new')" ]
check $? "no temporary file is left behind"

# --- the live line ---------------------------------------------------------------------------
run train --data text $chars --steps 3000 --out pipe
grep -q "$(printf '\r')" err
[ $? = 1 ] && grep -q '^step 3000/3000 ' err
check $? "without a terminal: whole lines, no carriage returns"
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    script -qec "$gpt train --data text $chars --steps 6000 --save-every 3000 --eval-every 3000 --out tty" /dev/null </dev/null >seen 2>/dev/null
    tr '\r' '\n' <seen | grep '^step [0-9]*/6000 ' >lines
    [ "$(wc -l <lines)" -ge 3 ] && [ "$(grep -c '^step [0-9]*/6000 ' seen)" -le 1 ]
    check $? "on a terminal: one line, rewritten in place ($(wc -l <lines) times)"
    awk '{ sub(/\033\[K.*/, "") } length > 79 { bad = 1 } END { exit bad }' lines
    check $? "never wider than the terminal"
    grep -q '^step 3000: validation' seen
    check $? "what stays has a line of its own"
else
    echo "# live line: not run: no script -qec"
fi
