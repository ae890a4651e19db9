#!/usr/bin/env python3
"""Rows in blocks of Q8_0 and Q4_0 as gguf-py rounds them, for tests/quant_rows.c.

    pip install gguf==0.19.0
    tests/golden/make_quant.py

quant.safetensors   x (3, 96) and, for each type, the bytes of its rows as I32, and their floats.  Rows
                    of usual weights; of numbers whose scales are denormal halves, or 0; with ties, with
                    blocks of zeros, and with a largest number of either sign.
"""
import json
import pathlib
import struct

import numpy as np
from gguf import quants
from gguf.constants import GGMLQuantizationType

HERE = pathlib.Path(__file__).parent


def rows():
    r = np.random.default_rng(1)
    x = np.zeros((3, 96), np.float32)
    x[0] = 0.02 * r.standard_normal(96)
    x[1] = np.repeat([1e-3, 1e-5, 1e-8], 32) * r.standard_normal(96)
    x[2, :32] = np.arange(32) * 0.5 - 4  # from -4 to 11.5 in halves
    x[2, 64:] = np.where(np.arange(32) % 2, -8, 8)
    return x


def main():
    x = rows()
    tensors = {"x": x}
    for kind in (GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_0):
        packed = quants.quantize(x, kind)
        tensors[kind.name] = packed.astype(np.int32)
        tensors[kind.name + " floats"] = quants.dequantize(packed, kind)
    header, data = {}, b""
    for name, t in tensors.items():
        raw = np.ascontiguousarray(t).tobytes()
        header[name] = {"dtype": "I32" if t.dtype == np.int32 else "F32", "shape": list(t.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = HERE / "quant.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(f"{path.name}: {path.stat().st_size} bytes")


main()
