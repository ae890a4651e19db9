#!/usr/bin/env python3
"""One model of ours in llama.cpp and here: the same ids of odd texts, the same greedy tokens, the same
loss of a text, and nearly so with Q8_0 and Q4_0; and the same rounded weights.

    gguf_llama.py GPT NAME MODEL TEXT F32.gguf Q8_0.gguf Q4_0.gguf

GPT is our program, MODEL what the files were made from, TEXT one that it knows all characters of.
Prints a TAP line a check; the numbers stand behind it.  Exits 3 where llama_cpp is missing.
"""
import math
import re
import subprocess
import sys

try:
    import llama_cpp
    import numpy as np
except ImportError:
    sys.exit(3)

ODD = ["", " ", "  ", "a", " a", "a ", "\n", "\n\n \n", "\t\tx = y;\r\n", "Once upon a time",
       "it's we'll I'd they've you're I'm don't 'S 'LL", "x  y   z    ", "0 12 345 6789 3.14 1,000",
       "größe Ærø naïve e\u0301 ÅÄÖ", "Жук 漢字かな 한국어 עברית العربية", "🐚 👩‍👩‍👧‍👦 🇸🇪 ½ ∑ → “”…",
       "\u00a0nbsp\u2003em\u200bzero", "<|endoftext|>", "one<|endoftext|>two", "<s> </s> <unk>",
       "(a+b)*c!=d && x[0]->y", "UPPER lower MiXeD", "_under_score_ --dash-- ...", "\u2581lower"]


def our(gpt, *arguments, text=None):
    done = subprocess.run([gpt, *arguments], input=text, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.decode()}")
    return done.stdout


def ids_of(gpt, path, text):
    out = our(gpt, "tokenize", "--tokenizer", path, "--ids", "--file", "-", text=text.encode())
    return [int(x) for x in out.split()]


def plain_params(params=llama_cpp.llama_cpp.llama_model_default_params):
    # Without weights packed for AMX: llama_cpp 0.3.36 ends in a segmentation fault there, on files
    # of its own quantizer, too.
    p = params()
    p.use_extra_bufts = False
    return p


llama_cpp.llama_cpp.llama_model_default_params = plain_params


def load(path):
    # Keys and values as floats, as ours are.
    return llama_cpp.Llama(path, n_ctx=0, n_batch=4096, n_ubatch=4096, logits_all=True,
                           type_k=0, type_v=0, flash_attn=False, n_threads=1, n_threads_batch=1, verbose=False)


def trained(m):
    """The context: llama.cpp rounds its own up to 256, where there may be no positions."""
    return int(next(v for k, v in m.metadata.items() if k.endswith(".context_length")))


def check(fine, what, detail=""):
    print(f"{'ok' if fine else 'not ok'} - {what}" + (f"\n#   {detail}" if detail else ""))


def tokens(gpt, name, m, path, text):
    known = set(text)
    odd = [t for t in ODD if name != "chars" or set(t) <= known] + [text[:4000]]
    wrong = []
    for t in odd:
        theirs = m.tokenize(t.encode(), add_bos=True, special=True)
        ours = ids_of(gpt, path, t)
        if ours != theirs:
            wrong.append(f"{t[:40]!r}: {ours[:20]}, llama.cpp has {theirs[:20]}")
    check(not wrong, f"{name}: llama.cpp has the same ids of {len(odd)} texts", "; ".join(wrong[:3]))


def follow(m, ids, ours, n, near):
    """Writes up to n tokens behind ids, the likeliest or, where ours is as good as that, ours.  Returns
    the bytes, how many tokens they are, and how many of them were only as good: llama.cpp looks gelu
    up in a table of halves, which moves scores by some thousandths; what blocks are multiplied by it
    rounds, and where two programs round one number differently, scores move by some hundredths."""
    out, ties = b"", 0
    m.reset()
    m.eval(ids)
    for written in range(1, n + 1):
        logits = m.scores[m.n_tokens - 1]
        best = int(logits.argmax())
        told = m.detokenize([best], special=True)
        if not ours.startswith(out + told):
            for t in np.flatnonzero(logits > logits[best] - near):
                other = m.detokenize([int(t)], special=True)
                if other and ours.startswith(out + other):
                    best, told, ties = int(t), other, ties + 1
                    break
        out += told
        if len(out) >= len(ours):
            break
        m.eval([best])
    return out, written, ties


def greedy(gpt, name, m, model, text, near):
    """Both go on from the same beginnings, each by its own tokens."""
    total, ties, wrong = 0, 0, ""
    for begin in 0, 700, 1500, 2600:
        prompt = text[begin:begin + 12].replace("\\", "/")
        ids = m.tokenize(prompt.encode(), add_bos=True, special=True)
        n = min(trained(m), 200) - len(ids)
        said = our(gpt, "generate", "--model", model, "--temperature", "0", "--tokens", str(n),
                   "--prompt", prompt.replace("\n", "\\n"))
        ours = said[len(prompt.encode()):-1]
        theirs, written, equal = follow(m, ids, ours, n, near)
        if ours != theirs[:len(ours)] or not ours:
            at = next((i for i in range(len(ours)) if ours[i:i + 1] != theirs[i:i + 1]), 0)
            wrong = wrong or f"after {prompt!r}, byte {at}: {ours[at:at + 30]}, not {theirs[at:at + 30]}"
        total, ties = total + written, ties + equal
    check(not wrong, f"{name}: the same {total} greedy tokens",
          wrong or (f"{ties} of them by less than {near}" if ties else ""))


def their_loss(m, ids, T):
    """Mean loss of every token after the first, in windows as `gpt eval` takes them."""
    nats, count = 0.0, 0
    for at in range(0, len(ids) - 1, T):
        window, target = ids[at:at + T], ids[at + 1:at + T + 1]
        m.reset()
        m.eval(window)
        logits = np.array(m.scores[:len(target)], dtype=np.float64)
        top = logits.max(axis=1)
        total = top + np.log(np.exp(logits - top[:, None]).sum(axis=1))
        nats += float((total - logits[range(len(target)), target]).sum())
        count += len(target)
    return nats / count


def losses(gpt, name, data, text, T, files):
    first = None
    for kind, path, near in zip(("F32", "Q8_0", "Q4_0"), files, (5e-4, 5e-3, 3e-2)):
        said = our(gpt, "eval", "--model", path, "--data", data).decode()
        ours = float(re.search(r"loss (\S+)", said)[1])
        held = text.encode()[-int(re.search(r": (\d+) bytes", said)[1]):]
        m = load(path)
        theirs = their_loss(m, ids_of(gpt, path, held.decode()), T)
        first = first or theirs
        check(abs(ours - theirs) <= near, f"{name} {kind}: llama.cpp's loss is ours within {near}",
              f"perplexity {math.exp(theirs):.4f} there, {math.exp(ours):.4f} here; "
              f"{100 * math.expm1(theirs - first):+.2f} % from F32")
        if kind != "F32":
            greedy(gpt, f"{name} {kind}", m, path, text, 0.1)
        m.close()


def quantized(gpt, name, files):
    """What llama.cpp's own tool makes of our F32 file has the weights of ours."""
    for kind, number, path in ("Q8_0", 7, files[1]), ("Q4_0", 2, files[2]):
        theirs = f"{name}.theirs.gguf"
        p = llama_cpp.llama_model_quantize_default_params()
        p.ftype, p.nthread = number, 1
        failed = llama_cpp.llama_model_quantize(files[0].encode(), theirs.encode(), p)
        floats = []
        for i, file in enumerate((theirs, path)):
            out = f"{name}.{i}.gguf"
            our(gpt, "export", "--overwrite", "--model", file, "--gguf", out)
            with open(out, "rb") as f:
                floats.append(f.read())
        check(not failed and floats[0] == floats[1], f"{name} {kind}: llama.cpp's quantizer agrees")


def main():
    gpt, name, model, data, *files = sys.argv[1:]
    text = open(data, encoding="utf-8", newline="").read()
    m = load(files[0])
    T = trained(m)
    tokens(gpt, name, m, files[0], text)
    greedy(gpt, name, m, model, text, 2e-3)
    m.close()
    losses(gpt, name, data, text, T, files)
    quantized(gpt, name, files)


main()
