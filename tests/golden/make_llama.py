#!/usr/bin/env python3
"""Answers of other programs' SentencePiece byte pairs, for tests/tokenizer_bin.c.

    pip install sentencepiece==0.2.3 tokenizers==0.23.3
    tests/golden/make_llama.py

llama/tokenizer.bin   a vocabulary learned by sentencepiece from bpe/text.txt (ours), laid out as
                      llama2.c's
llama/tokenizer.json  the same as Hugging Face's tokenizers writes it
llama/ids.txt         strings in hexadecimal, and their ids: sentencepiece's and Hugging Face's, which
                      must agree (of special texts sentencepiece knows nothing)
"""
import io
import os
import struct

import sentencepiece
from tokenizers import (AddedToken, Tokenizer, decoders, models, normalizers, processors)

HERE = os.path.dirname(os.path.abspath(__file__))
FIXED = ["<unk>", "<s>", "</s>"]
STRINGS = [  # beside those of bpe/ids.txt
    "<s>", "</s>", "a</s>b", " <s> the </s> the", "<s><s>the", "<unk>x", "<0x0A>", "\u2581the", "the\u2581",
    "   the the", "\n the", "thethethe the", " t h e ", "\u00e9\u00e9 \u00e9",
]


def learn():
    with open(os.path.join(HERE, "bpe/text.txt"), newline="") as f:
        lines = f.read().split("\n")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, model_type="bpe", vocab_size=420,
        character_coverage=0.995, byte_fallback=True, allow_whitespace_only_pieces=True,
        split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        minloglevel=2)
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def write_bin(sp):
    tokens = []
    for i in range(sp.vocab_size()):
        text = sp.id_to_piece(i).replace("\u2581", " ")
        tokens.append((("\n%s\n" % text if i in (1, 2) else text).encode(), sp.get_score(i)))
    with open(os.path.join(HERE, "llama/tokenizer.bin"), "wb") as f:
        f.write(struct.pack("<i", max(len(text) for text, _ in tokens)))
        for text, score in tokens:
            f.write(struct.pack("<fi", score, len(text)) + text)


def merges(sp, vocab):
    """As transformers' generate_merges makes them of scores."""
    found = []
    for piece, i in vocab.items():
        for at in range(1, len(piece)):
            left, right = piece[:at], piece[at:]
            if left in vocab and right in vocab and i >= 259:
                found.append((sp.get_score(i), len(left), len(right), left, right))
    found.sort(key=lambda m: m[:3], reverse=True)
    return [m[3:] for m in found]


def hugging_face(sp):
    vocab = {sp.id_to_piece(i): i for i in range(sp.vocab_size())}
    t = Tokenizer(models.BPE(vocab, merges(sp, vocab), unk_token="<unk>", fuse_unk=True,
                             byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"),
                                         normalizers.Replace(" ", "\u2581")])
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)])
    t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(),
                                   decoders.Fuse(), decoders.Strip(content=" ", left=1)])
    t.add_special_tokens([AddedToken(x, normalized=False, special=True) for x in FIXED])
    t.save(os.path.join(HERE, "llama/tokenizer.json"), pretty=False)
    return t


def strings():
    with open(os.path.join(HERE, "bpe/ids.txt")) as f:
        rows = [line.split()[0] for line in f if not line.startswith("#")]
    return [bytes.fromhex(row).decode() if row != "-" else "" for row in rows] + STRINGS


sp = learn()
write_bin(sp)
hf = hugging_face(sp)
with open(os.path.join(HERE, "llama/ids.txt"), "w") as f:
    f.write("# made by make_llama.py: a string in hexadecimal, or -, and its ids\n")
    for s in strings():
        ids = hf.encode(s).ids
        if not any(x in s for x in FIXED):
            assert [1] + sp.encode(s) == ids, (s, ids, sp.encode(s))
        f.write(" ".join([s.encode().hex() or "-"] + [str(i) for i in ids]) + "\n")
