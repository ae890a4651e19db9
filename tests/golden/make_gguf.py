#!/usr/bin/env python3
"""Files as gguf-py, llama.cpp's own Python library, writes them, for tests/gguf.c.

    pip install gguf==0.19.0
    tests/golden/make_gguf.py

gguf/kinds.gguf   a pair of every kind, arrays of them, and tensors of every type and rank
gguf/blocks.gguf  rows of floats, and what gguf-py rounds them to: F16, BF16, Q8_0, Q4_0
"""
import pathlib

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Kind

HERE = pathlib.Path(__file__).parent / "gguf"


def close(w):
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


def kinds():
    w = gguf.GGUFWriter(HERE / "kinds.gguf", "gpt2")
    w.data_alignment = 64
    w.add_custom_alignment(64)
    one = {Kind.UINT8: 200, Kind.INT8: -100, Kind.UINT16: 60000, Kind.INT16: -30000,
           Kind.UINT32: 4000000000, Kind.INT32: -2000000000, Kind.FLOAT32: 0.1, Kind.BOOL: True,
           Kind.STRING: "größe 🐚", Kind.UINT64: 2**64 - 1, Kind.INT64: -2**63,
           Kind.FLOAT64: 0.1}
    for kind, value in one.items():
        w.add_key_value(f"test.{kind.name.lower()}", value, kind)
        other = {Kind.STRING: "", Kind.BOOL: False}.get(kind, 3)
        w.add_key_value(f"test.{kind.name.lower()}.list", [value, other], Kind.ARRAY, kind)
    w.add_key_value("test.nested", [[1, 2, 3], [4]], Kind.ARRAY, Kind.ARRAY)
    x = np.arange(1 * 2 * 3 * 4, dtype=np.float32) / 8
    w.add_tensor("vector", x[:5])
    w.add_tensor("matrix", x[:6].reshape(2, 3))
    w.add_tensor("four", x.reshape(1, 2, 3, 4))
    w.add_tensor("half", x[:7].astype(np.float16))
    close(w)


def blocks():
    g = np.random.Generator(np.random.PCG64(1))
    x = g.standard_normal((8, 64)).astype(np.float32)
    x[1] *= 1000
    x[2] *= 1e-4
    x[3] = 0
    x[4] = np.round(x[4] * 4) / 4  # many as large as each other, many halves
    x[5, 7] = 50  # far out
    x[6, ::2] = 0
    x[7] = np.arange(64) - 32
    w = gguf.GGUFWriter(HERE / "blocks.gguf", "gpt2")
    w.add_tensor("x", x)
    for kind in Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0:
        w.add_tensor(f"x.{kind.name.lower()}", gguf.quants.quantize(x, kind), raw_dtype=kind)
    close(w)


HERE.mkdir(exist_ok=True)
kinds()
blocks()
for f in sorted(HERE.iterdir()):
    print(f"gguf/{f.name}: {f.stat().st_size} bytes")
