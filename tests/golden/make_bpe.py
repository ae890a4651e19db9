#!/usr/bin/env python3
"""Answers of other programs' byte-pair encoding, for tests/bpe.c and tests/vocab_files.c.

    pip install tokenizers==0.23.3 tiktoken==0.14.0
    tests/golden/make_bpe.py [DIRECTORY of GPT-2's vocab.json and merges.txt]

bpe/vocab.json, merges.txt   512 tokens, learned from bpe/text.txt (ours) by Hugging Face's trainer
bpe/ids.txt                  hostile strings in hexadecimal, and their ids with that vocabulary
gpt2/ids.txt                 the same strings, and their ids with GPT-2's: Hugging Face's and
                             tiktoken's, which must agree
"""
import json
import os
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
END = "<|endoftext|>"

# Code points whose class has changed between versions of Unicode are left out: the libraries'
# tables are of different age.
STRINGS = [
    "", " ", "  ", "\n", "\r\n", "\t", "\0", "a", "aaaaaaaaaaaaaaaaaaaaaaaaa", "the the the",
    " the", "  the", "   the  ", "The THE tHe", "the\n\nthe \n the", "a  b   c    d", "x\u00a0y",
    "x\u3000y", "x\u2028y", "x\u200by", "x\ufeffy", "\u1680a", "\x0b\x0c\x1c\x85a", "tab\tand space \t",
    "don't DON'T won't I'm I'LL she'd we've they're it's 's' ''s", "'tis 'll've", "it\u2019s",
    "0 1 12 123 1234 12345 1234567890 3.14159 1,000,000 -1e-10", "٣٤٥ ² ½ Ⅷ ๓", "a1b2c3", "10:45:59",
    "привет, мир! Ёж и ёжик", "ПРИВЕТ", "шшшшшшш", "и\u0306й", "Ελληνικά", "עברית", "العربية",
    "हिन्दी", "ไทย", "日本語のテキスト", "北京和上海", "한국어", "한국어", "🐚", "👩‍👩‍👧‍👦🏳️‍🌈", "🇫🇷🇩🇪", "e\u0301\u0301\u0301",
    "𝒜𝓑", "\U0010ffff\ue000", "\ufffd", "naïve café ÿ ø ß", "for (int i = 0; i < n; i++) {\n    x[i] += 1;\n}\n",
    "http://example.com/?q=a%20b&c=d#e", "_____----=====#####", "!@#$%^&*()", "\\n\\t\\0", "a\\b\"c'd`e",
    END, END + END, " " + END + " ", "a" + END + "b", "<|endoftext|", "<|endoftext|> <|endoftext|>x",
    "<<|endoftext|>>", "<|ENDOFTEXT|>", "\n" + END + "\n\n", "  " + END, "12" + END + "34",
    " \n \n\n  a", "a \n", "a\n ", "supercalifragilisticexpialidocious", "z" * 300, " " * 100,
    "ab" * 200, "\u0416" * 100, "the quick brown fox jumps over the lazy dog.",
    "Once upon a time, there was a clever boy named Tim.",
]


def write(name, tokenizer, also=None):
    with open(os.path.join(HERE, name), "w") as f:
        f.write("# made by make_bpe.py: a string in hexadecimal, or -, and its ids\n")
        for s in STRINGS:
            ids = tokenizer.encode(s).ids
            if also is not None:
                theirs = also.encode(s, allowed_special="all")
                assert theirs == ids, (s, ids, theirs)
            f.write(" ".join([s.encode().hex() or "-"] + [str(i) for i in ids]) + "\n")


def byte_level(model):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def special(tokenizer):
    tokenizer.add_special_tokens([AddedToken(END, normalized=False, special=True)])
    return tokenizer


def learn():
    tokenizer = byte_level(models.BPE())
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=511, min_frequency=2, initial_alphabet=alphabet,
                                  show_progress=False)
    with open(os.path.join(HERE, "bpe/text.txt"), newline="") as f:
        tokenizer.train_from_iterator([f.read()], trainer)
    tokenizer.model.save(os.path.join(HERE, "bpe"))
    special(tokenizer)
    path = os.path.join(HERE, "bpe/vocab.json")
    with open(path) as f:
        vocab = json.load(f)
    vocab[END] = 511
    # An id a line, so that a change can be read.
    lines = [json.dumps(k, ensure_ascii=False) + ": " + str(v)
             for k, v in sorted(vocab.items(), key=lambda item: item[1])]
    with open(path, "w") as f:
        f.write("{" + ",\n".join(lines) + "}\n")
    return tokenizer


def gpt2(directory):
    import tiktoken
    from tiktoken.load import data_gym_to_mergeable_bpe_ranks
    vocab, merges = (os.path.join(directory, n) for n in ("vocab.json", "merges.txt"))
    ranks = data_gym_to_mergeable_bpe_ranks(merges, vocab)
    pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
    also = tiktoken.Encoding("gpt2", pat_str=pattern, mergeable_ranks=ranks,
                             special_tokens={END: 50256})
    return special(byte_level(models.BPE.from_file(vocab, merges))), also


write("bpe/ids.txt", learn())
if len(sys.argv) > 1:
    write("gpt2/ids.txt", *gpt2(sys.argv[1]))
