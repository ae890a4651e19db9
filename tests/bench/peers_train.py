#!/usr/bin/env python3
"""PyTorch's training step, for tests/bench/train.c: lines "WHO<tab>WHAT<tab>SECONDS of wall clock".

peers_train.py SETTING THREADS     SETTING is a, b or c of reference/run/bench_step.c

Twice: as it comes, and tuned: threads bound to cores, OpenBLAS with OpenMP where it is there, and a
malloc that keeps its pages and takes large ones.
"""
import glob
import os
import subprocess
import sys
import time

SETTINGS = {  # layers, heads, channels, vocabulary, context, batch, tokens
    "a": (12, 12, 768, 50257, 1024, 4, 64),
    "b": (4, 4, 128, 65, 64, 12, 64),
    "c": (6, 6, 384, 65, 256, 8, 256),
}
MALLOC = ("glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184:"
          "glibc.malloc.top_pad=268435456:glibc.malloc.hugetlb=1")


def model_of(torch, layers, heads, channels, vocabulary, context):
    """GPT-2 in plain torch.nn: fused queries, keys, values; masked attention; a tied head."""
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(channels), nn.LayerNorm(channels)
            self.qkv, self.out = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
            self.up = nn.Linear(channels, 4 * channels)
            self.down = nn.Linear(4 * channels, channels)
            mask = torch.tril(torch.ones(context, context, dtype=torch.bool))
            self.register_buffer("hidden", ~mask.view(1, 1, context, context))

        def attention(self, x):
            B, T, C = x.shape
            q, k, v = (y.view(B, T, heads, C // heads).transpose(1, 2)
                       for y in self.qkv(x).split(C, dim=2))
            scores = (q @ k.transpose(-2, -1)) * (C // heads) ** -0.5
            scores = scores.masked_fill(self.hidden[:, :, :T, :T], float("-inf"))
            y = functional.softmax(scores, dim=-1) @ v
            return self.out(y.transpose(1, 2).contiguous().view(B, T, C))

        def forward(self, x):
            x = x + self.attention(self.norm1(x))
            return x + self.down(functional.gelu(self.up(self.norm2(x)), approximate="tanh"))

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens = nn.Embedding(vocabulary, channels)
            self.places = nn.Embedding(context, channels)
            self.blocks = nn.ModuleList(Block() for _ in range(layers))
            self.norm = nn.LayerNorm(channels)
            self.head = nn.Linear(channels, vocabulary, bias=False)
            self.head.weight = self.tokens.weight
            for p in self.parameters():
                if p.dim() == 2:
                    nn.init.normal_(p, std=0.02)

        def forward(self, ids, target):
            x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
            for block in self.blocks:
                x = block(x)
            logits = self.head(self.norm(x))
            return functional.cross_entropy(logits.view(-1, vocabulary), target.view(-1))

    return Model()


def measure(setting, threads):
    """The best time of a step; the first two meet their memory."""
    import torch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    layers, heads, channels, vocabulary, context, batch, tokens = SETTINGS[setting]
    model = model_of(torch, layers, heads, channels, vocabulary, context)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.1)
    ids = torch.randint(vocabulary, (2, batch, tokens))
    best, begun, steps = float("inf"), time.perf_counter(), 0
    while steps < 4 or time.perf_counter() - begun < 2:
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        model(ids[0], ids[1]).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        steps += 1
        if steps > 2:
            best = min(best, time.perf_counter() - begin)
    return best


def tuned():
    environment = dict(os.environ, OMP_PROC_BIND="true", GLIBC_TUNABLES=MALLOC)
    blas = glob.glob("/usr/lib/*/openblas-openmp")
    if blas:
        environment["LD_LIBRARY_PATH"] = blas[0]
    return environment


def main(setting, threads, *inner):
    if inner:
        print(f"{measure(setting, int(threads)):.6f}")
        return
    what = f"({setting}), {threads} thread" + ("s" if int(threads) > 1 else "")
    try:
        import torch
        version = torch.__version__.split("a")[0]
    except ImportError:
        print(f"PyTorch\t{what}\tnot run: pip install torch, or apt-get install python3-torch")
        return
    command = [sys.executable, __file__, setting, threads, "inner"]
    for how, environment in (("", dict(os.environ)), (", tuned", tuned())):
        environment["OMP_NUM_THREADS"] = threads
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        lines = run.stderr.strip().split("\n")
        said = run.stdout.strip() if run.returncode == 0 else f"not run: {lines[-1]}"
        print(f"PyTorch {version}{how}\t{what}\t{said}")


main(*sys.argv[1:])
