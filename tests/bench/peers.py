#!/usr/bin/env python3
"""Other programs' times, for tests/bench: lines "WHO<tab>WHAT<tab>SECONDS of processor time".

peers.py encode DIRECTORY TEXT ...   with vocab.json and merges.txt in it: the first time, and again
peers.py train TOKENS TEXT ...       byte pairs with two places or more, as ours
"""
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"


def timed(work):
    begin = time.process_time()
    work()
    return time.process_time() - begin


def tokenizers_encode(text, directory):
    import tokenizers
    from tokenizers import Tokenizer, models, pre_tokenizers
    files = [os.path.join(directory, name) for name in ("vocab.json", "merges.txt")]
    tokenizer = Tokenizer(models.BPE.from_file(*files))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tokenizers.__version__, lambda: tokenizer.encode(text)


def tiktoken_encode(text, directory):
    import tiktoken
    from tiktoken.load import data_gym_to_mergeable_bpe_ranks
    vocab, merges = (os.path.join(directory, name) for name in ("vocab.json", "merges.txt"))
    pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"
    encoding = tiktoken.Encoding("gpt2", pat_str=pattern, special_tokens={"<|endoftext|>": 50256},
                                 mergeable_ranks=data_gym_to_mergeable_bpe_ranks(merges, vocab))
    return tiktoken.__version__, lambda: encoding.encode_ordinary(text)


def tokenizers_train(text, tokens):
    import tokenizers
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=int(tokens) - 1, min_frequency=2, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    return tokenizers.__version__, lambda: tokenizer.train_from_iterator([text], trainer)


def main(job, argument, *paths):
    text = ""
    for path in paths:
        with open(path, newline="") as f:
            text += f.read()
    peers = {"encode": [("tiktoken", tiktoken_encode), ("tokenizers", tokenizers_encode)],
             "train": [("tokenizers", tokenizers_train)]}
    names = {"encode": ["encode cold", "encode warm"], "train": ["train " + argument]}
    for who, prepare in peers[job]:
        try:
            version, work = prepare(text, argument)
        except ImportError:
            for what in names[job]:
                print(f"{who}\t{what}\tnot run: pip install {who}")
            continue
        for what in names[job]:
            print(f"{who} {version}\t{what}\t{timed(work):.6f}")


main(*sys.argv[1:])
