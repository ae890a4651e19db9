#!/usr/bin/env python3
"""Witten-Bell n-grams computed elsewhere: in Python, with exact fractions.

Run from anywhere:
    tests/golden/make_ngram.py                         writes ngram.h beside itself
    tests/golden/make_ngram.py --compare DATASET N     bits per byte of five smoothings on DATASET/val.txt,
                                                       counted in characters on DATASET/train.txt

The second says why the course teaches Witten-Bell.  It is short, has no number to tune, and one
counting serves every order.  Kneser-Ney is better and needs a second kind of count.
"""
import math
import pathlib
import subprocess
import sys
from collections import Counter, defaultdict
from fractions import Fraction

HERE = pathlib.Path(__file__).parent


class Exact:
    """Counts of a row of ids, and probabilities as fractions."""

    def __init__(self, order, vocab, ids):
        self.order, self.vocab = order, vocab
        self.behind = defaultdict(Counter)
        for i in range(len(ids)):
            for length in range(min(order - 1, i) + 1):
                self.behind[tuple(ids[i - length : i])][ids[i]] += 1

    def probability(self, context, w):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        shorter = self.probability(context[1:], w) if context else Fraction(1, self.vocab)
        counts = self.behind.get(context)
        if not counts:
            return shorter
        after, kinds = sum(counts.values()), len(counts)
        return (counts[w] + kinds * shorter) / (after + kinds)

    def bits(self, order, ids):
        return math.fsum(
            -math.log2(self.probability(ids[max(0, i - order + 1) : i], w)) for i, w in enumerate(ids)
        )


def drawn(n, vocab, seed):
    """Ids in which some follow others more often: the sum of two small draws."""
    out = []
    for _ in range(n):
        seed = (seed * 1103515245 + 12345) % 2**31
        out.append(((seed >> 16) % 3 + (out[-1] if out else 0) * 2) % vocab)
    return out


def array(values):
    return "{" + ", ".join(str(v) for v in values) + "}"


def golden():
    vocab, order = 7, 4
    text, held = drawn(90, vocab - 1, 1), drawn(24, vocab - 1, 3)
    held[11] = vocab - 1  # which does not occur in the text
    model = Exact(order, vocab, text)
    contexts = [[]] + [held[i : i + n] for n in (1, 2, 3, 5) for i in (0, 8, 17)] + [text[-3:], text[-1:], [6]]
    rows = [
        "{%d, %s, %s}" % (len(c), array(c or [0]), array(repr(float(model.probability(c, w))) for w in range(vocab)))
        for c in contexts
    ]
    lines = [
        "// Made by make_ngram.py, with exact fractions: a text, and what is expected behind some contexts.",
        "#ifndef GPT_GOLDEN_NGRAM_H",
        "#define GPT_GOLDEN_NGRAM_H",
        "",
        "#include <stdint.h>",
        "",
        f"enum {{ GOLDEN_V = {vocab}, GOLDEN_ORDER = {order} }};",
        "",
        "static const int32_t GOLDEN_TEXT[] = " + array(text) + ";",
        "",
        "static const struct {",
        "int n;",
        "int32_t context[5];",
        "double p[GOLDEN_V];",
        "} GOLDEN_P[] = {" + ",\n".join(rows) + "};",
        "",
        "// Another text, and its surprise in bits read with orders 1 … GOLDEN_ORDER.",
        "static const int32_t GOLDEN_HELD[] = " + array(held) + ";",
        "static const double GOLDEN_BITS[] = "
        + array(repr(model.bits(k, held)) for k in range(1, order + 1)) + ";",
        "",
        "#endif",
    ]
    path = HERE / "ngram.h"
    path.write_text("\n".join(lines) + "\n")
    subprocess.run(["clang-format", "-i", path], check=True)
    print(f"{path.name}: {len(contexts)} contexts, {path.stat().st_size} bytes")


def part(total, ones, twos):
    """Absolute discounting's D and modified Kneser-Ney's D1, D2, D3+ from counts of counts."""
    y = ones / (ones + 2 * twos) if ones else 0.5
    n = {k: max(total[k], 1) for k in (1, 2, 3, 4)}
    return y, [0.0] + [max(0.0, k - (k + 1) * y * n[k + 1] / n[k]) for k in (1, 2, 3)]


def compare(dataset, order):
    train, val = (open(f"{dataset}/{x}.txt", encoding="utf-8", newline="").read() for x in ("train", "val"))
    size, vocab = len(val.encode()), len(set(train + val))
    plain, kinds_left = [], []  # by length of context: rows' counts; in how many contexts the row stands
    for length in range(order):
        plain.append(Counter(train[i - length : i + 1] for i in range(length, len(train))))
    for length in range(order - 1):
        kinds_left.append(Counter(row[1:] for row in plain[length + 1]))
    tables = []
    for counts in plain + kinds_left:
        behind = defaultdict(lambda: [0, 0, [0, 0, 0, 0]])
        for row, c in counts.items():
            b = behind[row[:-1]]
            b[0] += c
            b[1] += 1
            b[2][min(c, 3)] += 1
        of = Counter(counts.values())
        tables.append((counts, behind, *part(of, of[1], of[2])))
    names = ("Witten-Bell", "absolute", "Kneser-Ney", "modified KN", "Jelinek-Mercer")
    print("order " + " ".join(f"{n:>14}" for n in names))
    # Jelinek-Mercer: a weight for each order, chosen on val itself, which flatters it.
    below = [1 / vocab] * len(val)
    for n in range(1, order + 1):
        bits = [0.0] * 4
        times = []
        for i, w in enumerate(val):
            wb = ad = kn = mkn = 1 / vocab
            top = min(i, n - 1)
            for length in range(top + 1):
                h = val[i - length : i]
                counts, behind, d, _ = tables[length]
                b = behind.get(h)
                if not b:
                    break
                c = counts[h + w]
                wb = (c + b[1] * wb) / (b[0] + b[1])
                ad = (max(c - d, 0) + min(d, 1) * b[1] * ad) / b[0]
                counts, behind, d, ds = tables[length] if length == top else tables[order + length]
                b = behind.get(h)
                if b:
                    c = counts[h + w]
                    kn = (max(c - d, 0) + d * b[1] * kn) / b[0]
                    left = sum(ds[j] * b[2][j] for j in (1, 2, 3))
                    mkn = (c - ds[min(c, 3)] + left * mkn) / b[0]
            for j, p in enumerate((wb, ad, kn, mkn)):
                bits[j] -= math.log2(p) if p > 0 else -math.inf
            b = tables[top][1].get(val[i - top : i]) if top == n - 1 else None
            times.append(tables[top][0][val[i - top : i + 1]] / b[0] if b else None)
        best = min(
            (sum(-math.log2(a * t + (1 - a) * p if t is not None else p) for t, p in zip(times, below)), a)
            for a in (0.05 * k for k in range(1, 20))
        )
        below = [best[1] * t + (1 - best[1]) * p if t is not None else p for t, p in zip(times, below)]
        print(f"{n:5} " + " ".join(f"{b / size:14.4f}" for b in bits + [best[0]]), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "--compare":
        compare(sys.argv[2], int(sys.argv[3]))
    else:
        golden()
