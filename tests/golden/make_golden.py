#!/usr/bin/env python3
"""Answers computed elsewhere: PyTorch, in double precision, from first weights that are exact floats.

Run from anywhere: /usr/bin/python3 tests/golden/make_golden.py
Needs PyTorch 1.12 or later.  Writes *.safetensors beside itself: float32 and int32 tensors only.
The results are rounded to float once, at the end.
"""
import json
import math
import pathlib
import struct

import numpy
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).parent


def write(name, tensors):
    """Writes a safetensors file: length of header, header, data; the data begins at 64 bytes."""
    header, parts, at = {}, [], 0
    for key, value in tensors.items():
        array = numpy.asarray(value)
        kind = "I32" if array.dtype.kind == "i" else "F32"
        data = array.astype("<i4" if kind == "I32" else "<f4").tobytes()
        header[key] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":"))
    text += " " * (-(8 + len(text)) % 64)
    path = HERE / f"{name}.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text.encode() + b"".join(parts))
    print(f"{path.name}: {path.stat().st_size} bytes")


def as_float(x):
    """The nearest float, as Python computes with it."""
    return float(numpy.float32(x))


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.c_attn = nn.Linear(channels, 3 * channels)
        self.c_proj = nn.Linear(channels, channels)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            part.view(B, T, self.heads, C // self.heads).transpose(1, 2)
            for part in self.c_attn(x).split(C, dim=2)
        )
        score = q @ k.transpose(2, 3) / math.sqrt(C // self.heads)
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        p = score.masked_fill(future, -math.inf).softmax(dim=3)
        return self.c_proj((p @ v).transpose(1, 2).reshape(B, T, C))


class Network(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.c_fc = nn.Linear(channels, 4 * channels)
        self.c_proj = nn.Linear(4 * channels, channels)

    def forward(self, x):
        return self.c_proj(functional.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(channels, eps=1e-5)
        self.attn = Attention(channels, heads)
        self.ln_2 = nn.LayerNorm(channels, eps=1e-5)
        self.mlp = Network(channels)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class GPT(nn.Module):
    """GPT-2, with GPT-2's names; matrices are (outputs, inputs), as nn.Linear keeps them."""

    def __init__(self, vocab, context, layers, heads, channels):
        super().__init__()
        self.wte = nn.Embedding(vocab, channels)
        self.wpe = nn.Embedding(context, channels)
        self.h = nn.ModuleList(Block(channels, heads) for _ in range(layers))
        self.ln_f = nn.LayerNorm(channels, eps=1e-5)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


# What tests/gpt.c trains with; epsilon is large so that a gradient that is zero but for
# roundings, such as that of the keys' bias, moves its weight by next to nothing.
RATE, BETAS, EPSILON, DECAY, CLIP, STEPS = 0.01, (0.9, 0.95), 1e-3, 0.1, 0.5, 3


def flat(tensors):
    return torch.cat([x.detach().reshape(-1) for x in tensors])


def gpt(name, seed, B, T, **config):
    torch.manual_seed(seed)
    model = GPT(**config).double()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            gain = key.endswith("weight") and weight.dim() == 1
            drawn = (1 if gain else 0) + 0.3 * torch.randn(weight.shape)
            weight.copy_(drawn.float().double())
    tokens = torch.randint(config["vocab"], (B, T))
    target = torch.randint(config["vocab"], (B, T))
    target[0, 1] = target[-1, 0] = -1
    count = int((target >= 0).sum())
    out = {
        "config": numpy.array([config[k] for k in ("vocab", "context", "layers", "heads", "channels")]),
        "tokens": tokens,
        "target": target,
        "weights": flat(model.parameters()),
    }

    def loss_of(logits):
        return functional.cross_entropy(
            logits.reshape(B * T, -1), target.reshape(-1), ignore_index=-1, reduction="none"
        )

    logits = model(tokens)
    losses = loss_of(logits)
    losses.sum().backward()
    out["logits"] = logits.detach()
    out["losses"] = losses.detach()
    out["grads"] = flat(p.grad for p in model.parameters())

    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=as_float(RATE),
        betas=tuple(as_float(b) for b in BETAS),
        eps=as_float(EPSILON),
        weight_decay=as_float(DECAY),
    )
    totals = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model(tokens)).sum() / count
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        totals.append(loss.item())
    out["trained"] = flat(model.parameters())
    out["train_losses"] = numpy.array(totals)
    write(name, out)


def adamw(name, seed, n, steps):
    """The weights after each step; among the gradients, zeros and very large and small ones."""
    torch.manual_seed(seed)
    size = 10 ** torch.linspace(-6, 3, n)
    w = torch.nn.Parameter((3 * torch.randn(n)).double())
    out = {"start": w.detach().clone(), "grads": [], "after": []}
    optimizer = torch.optim.AdamW(
        [w], lr=as_float(0.01), betas=(as_float(0.9), as_float(0.999)), eps=as_float(1e-8),
        weight_decay=as_float(0.1),
    )
    for step in range(steps):
        g = (size * torch.randn(n)).double()
        g[0] = 0
        g[n // 2] = 0 if step % 3 else 1
        w.grad = g
        optimizer.step()
        out["grads"].append(g.numpy())
        out["after"].append(w.detach().clone().numpy())
    write(name, out)


if __name__ == "__main__":
    torch.set_num_threads(1)
    gpt("gpt_small", 1, B=2, T=8, vocab=13, context=8, layers=2, heads=2, channels=8)
    gpt("gpt_odd", 2, B=3, T=7, vocab=29, context=11, layers=1, heads=3, channels=15)
    adamw("adamw", 3, n=37, steps=20)
