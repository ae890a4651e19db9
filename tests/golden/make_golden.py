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
EPSILON_OF_NORM = float(numpy.float32(1e-5))


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


class RMSNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(channels))

    def forward(self, x):
        return x * (x.pow(2).mean(-1, keepdim=True) + EPSILON_OF_NORM).rsqrt() * self.weight


def turned(x, base):
    """Rotary positions; x (B, heads, T, D): neighbours 2 i and 2 i + 1 turn by t / base^(2 i / D)."""
    T, D = x.shape[2:]
    angle = torch.arange(T, dtype=x.dtype)[:, None] / base ** (torch.arange(0, D, 2, dtype=x.dtype) / D)
    z = torch.view_as_complex(x.reshape(*x.shape[:3], D // 2, 2).contiguous())
    return torch.view_as_real(z * torch.polar(torch.ones_like(angle), angle)).reshape(x.shape)


class LlamaBlock(nn.Module):
    """Queries, keys and values in one matrix, gates and values in one: as struct block has them."""

    def __init__(self, channels, heads, groups, hidden):
        super().__init__()
        self.heads, self.groups, self.size = heads, groups, channels // heads
        self.norm1 = RMSNorm(channels)
        self.qkv = nn.Linear(channels, (heads + 2 * groups) * self.size, bias=False)
        self.out = nn.Linear(channels, channels, bias=False)
        self.norm2 = RMSNorm(channels)
        self.up = nn.Linear(channels, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, channels, bias=False)

    def forward(self, x):
        B, T, C = x.shape
        H, G, D = self.heads, self.groups, self.size
        rows = self.qkv(self.norm1(x)).view(B, T, H + 2 * G, D).transpose(1, 2)
        q, k, v = rows.split([H, G, G], dim=1)
        q, k = turned(q, 10000), turned(k, 10000)
        k, v = (part.repeat_interleave(H // G, dim=1) for part in (k, v))
        future = torch.ones(T, T, dtype=torch.bool).triu(1)
        score = (q @ k.transpose(2, 3) / math.sqrt(D)).masked_fill(future, -math.inf)
        x = x + self.out((score.softmax(dim=3) @ v).transpose(1, 2).reshape(B, T, C))
        gate, value = self.up(self.norm2(x)).chunk(2, dim=2)
        return x + self.down(functional.silu(gate) * value)


class Llama(nn.Module):
    def __init__(self, vocab, context, layers, heads, channels, groups, hidden):
        super().__init__()
        self.embed = nn.Embedding(vocab, channels)
        self.layers = nn.ModuleList(LlamaBlock(channels, heads, groups, hidden) for _ in range(layers))
        self.norm = RMSNorm(channels)
        self.head = nn.Linear(channels, vocab, bias=False)

    def forward(self, tokens):
        x = self.embed(tokens)
        for block in self.layers:
            x = block(x)
        return self.head(self.norm(x))


# What tests/gpt_golden.c trains with; epsilon is large so that a gradient that is zero but for
# roundings, such as that of the keys' bias, moves its weight by next to nothing.
RATE, BETAS, EPSILON, DECAY, CLIP, STEPS = 0.01, (0.9, 0.95), 1e-3, 0.1, 0.5, 3


def flat(tensors):
    return torch.cat([x.detach().reshape(-1) for x in tensors])


def gpt(name, seed, B, T, kind=GPT, **config):
    torch.manual_seed(seed)
    model = kind(**config).double()
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
        "config": numpy.array(list(config.values())),
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
    gpt("llama_small", 4, B=2, T=7, kind=Llama, vocab=17, context=9, layers=2, heads=4, channels=16, groups=2,
        hidden=11)
    adamw("adamw", 3, n=37, steps=20)
