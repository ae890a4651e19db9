#!/usr/bin/env python3
"""Files as gguf-py, llama.cpp's own Python library, writes them, and what llama.cpp makes of files of
ours, for tests/gguf.c, tests/tokenizer_gguf.c and tests/model_gguf.c.

    pip install gguf==0.19.0 llama-cpp-python==0.3.36
    make && tests/golden/make_gguf.py

gguf/kinds.gguf   a pair of every kind, arrays of them, and tensors of every type and rank
gguf/blocks.gguf  rows of floats, and what gguf-py rounds them to: F16, BF16, Q8_0, Q4_0
gguf/gpt2.gguf, gguf/llama.gguf   the models of hf/ of that name, as llama.cpp's convert_hf_to_gguf
                  lays them out, with a letter for each token
gguf/tiny_ids.txt, gguf/stories_ids.txt   of llama/model.bin and of checkpoints/stories, imported and
                  exported by build/gpt: on each line a text in hexadecimal, or -, and the ids that
                  llama.cpp has of it
gguf/llama_cpp.txt   of each of the two: its name, the file's XXH64 and size, a text in hexadecimal, and
                  the ids that llama.cpp goes on with, the likeliest again and again
"""
import json
import pathlib
import shutil
import subprocess
import tempfile

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


def tensors_of(where):
    """The tensors of a model's safetensors files, by name."""
    found = {}
    for path in sorted(where.glob("model*.safetensors")):
        data = path.read_bytes()
        n = int.from_bytes(data[:8], "little")
        for name, t in json.loads(data[8:8 + n]).items():
            if name != "__metadata__":
                a, b = t["data_offsets"]
                found[name] = np.frombuffer(data[8 + n + a:8 + n + b], "<f4").reshape(t["shape"])
    return found


def neighbours(w, heads):
    """Rows of queries or keys in llama.cpp's order: i beside i + D / 2."""
    return w.reshape(heads, 2, -1, w.shape[1]).swapaxes(1, 2).reshape(w.shape)


def convert(arch, rename, change):
    """A model of hf/ as convert_hf_to_gguf has it; the vocabulary is one of single letters."""
    where = HERE.parent / "hf" / arch
    c = json.loads((where / "config.json").read_text())
    w = gguf.GGUFWriter(HERE / f"{arch}.gguf", arch)
    w.add_context_length(c.get("n_positions") or c["max_position_embeddings"])
    w.add_embedding_length(c.get("n_embd") or c["hidden_size"])
    w.add_block_count(c.get("n_layer") or c["num_hidden_layers"])
    w.add_feed_forward_length(c.get("n_inner") or c["intermediate_size"])
    w.add_head_count(c.get("n_head") or c["num_attention_heads"])
    if arch == "llama":
        w.add_head_count_kv(c["num_key_value_heads"])
        w.add_layer_norm_rms_eps(c["rms_norm_eps"])
        w.add_rope_dimension_count(c["hidden_size"] // c["num_attention_heads"])
    else:
        w.add_layer_norm_eps(c["layer_norm_epsilon"])
    w.add_file_type(gguf.LlamaFileType.ALL_F32)
    w.add_tokenizer_model("rwkv")
    w.add_token_list([chr(ord("a") + i) for i in range(c["vocab_size"])])
    w.add_token_types([gguf.TokenType.NORMAL] * c["vocab_size"])
    for name, x in tensors_of(where).items():
        for old, new in rename:
            name = name.replace(old, new)
        w.add_tensor(name, np.ascontiguousarray(change(name, x, c)))
    close(w)


def models():
    convert("gpt2", [("transformer.", ""), ("wte", "token_embd"), ("wpe", "position_embd"),
                     ("ln_f", "output_norm"), ("h.", "blk."), ("ln_1", "attn_norm"),
                     ("attn.c_attn", "attn_qkv"), ("attn.c_proj", "attn_output"),
                     ("ln_2", "ffn_norm"), ("mlp.c_fc", "ffn_up"), ("mlp.c_proj", "ffn_down")],
            lambda name, x, c: x.T if name.startswith("blk.") and x.ndim == 2 else x)
    convert("llama", [("model.embed_tokens", "token_embd"), ("model.layers", "blk"),
                      ("model.norm", "output_norm"), ("lm_head", "output"),
                      ("input_layernorm", "attn_norm"), ("self_attn.q_proj", "attn_q"),
                      ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"),
                      ("self_attn.o_proj", "attn_output"),
                      ("post_attention_layernorm", "ffn_norm"), ("mlp.gate_proj", "ffn_gate"),
                      ("mlp.up_proj", "ffn_up"), ("mlp.down_proj", "ffn_down")],
            lambda name, x, c: neighbours(x, c["num_attention_heads"]) if "attn_q" in name else
            neighbours(x, c["num_key_value_heads"]) if "attn_k" in name else x)


ODD = ["", " ", "a ", "\n\n \n", "\t\tx = y;\r\n", "Once upon a time", "it's we'll 'S don't",
       "x  y   z    ", "0 12 345 6789 3.14", "gr\u00f6\u00dfe e\u0301", "\u0416\u0443\u043a \u6f22",
       "\U0001f41a \u00bd \u201c", "\u00a0nbsp\u2003", "<|endoftext|>", "one<|endoftext|>two",
       "<s> </s>", "(a+b)!=d && x[0]->y", "\u2581lower"]


def xxh64(data):
    """XXH64 with seed 0, of at least 32 bytes, as reference/base/hash.c has it."""
    P = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
         0x27D4EB2F165667C5)
    M = 2**64 - 1

    def left(x, n):
        return (x << n | x >> 64 - n) & M

    def turn(a, x):
        return left((a + x * P[1]) & M, 31) * P[0] & M

    lane = [(P[0] + P[1]) & M, P[1], 0, -P[0] & M]
    words = [int.from_bytes(data[i:i + 8], "little") for i in range(0, len(data) - 7, 8)]
    blocks = len(words) // 4 * 4
    for i in range(blocks):
        lane[i % 4] = turn(lane[i % 4], words[i])
    h = sum(left(x, n) for x, n in zip(lane, (1, 7, 12, 18))) & M
    for x in lane:
        h = ((h ^ turn(0, x)) * P[0] + P[3]) & M
    h = (h + len(data)) & M
    for x in words[blocks:]:
        h = (left(h ^ turn(0, x), 27) * P[0] + P[3]) & M
    assert len(data) % 8 == 0
    for n, p in (33, P[1]), (29, P[2]), (32, 1):
        h = (h ^ h >> n) * p & M
    return h


def clear(m, ids, T):
    """The likeliest tokens behind ids, T in all; None where one of them is hardly the likeliest:
    llama.cpp looks gelu up in a table of halves, and ours is not as coarse."""
    m.reset()
    m.eval(ids)
    more = []
    while len(ids) + len(more) < T:
        logits = m.scores[m.n_tokens - 1]
        second, first = np.partition(logits, -2)[-2:]
        if first - second < 0.004:
            return None
        more.append(int(logits.argmax()))
        m.eval(more[-1:])
    return more


def answers(name, path, prompts):
    """Writes NAME_ids.txt; returns the line in llama_cpp.txt, of the first text that is clear."""
    import llama_cpp
    m = llama_cpp.Llama(str(path), n_ctx=0, type_k=0, type_v=0, flash_attn=False, verbose=False,
                        logits_all=True)
    with open(HERE / f"{name}_ids.txt", "w") as out:
        print(f"# made by make_gguf.py, with llama_cpp {llama_cpp.__version__}", file=out)
        for text in ODD:
            ids = m.tokenize(text.encode(), add_bos=True, special=True)
            print(text.encode().hex() or "-", *ids, file=out)
    # llama.cpp rounds its own context up to 256, where there may be no positions.
    T = next(int(v) for k, v in m.metadata.items() if k.endswith(".context_length"))
    data = path.read_bytes()
    for prompt in prompts:
        more = clear(m, m.tokenize(prompt.encode(), add_bos=True, special=True), T)
        if more:
            return " ".join([name, f"{xxh64(data):016x}", str(len(data)), prompt.encode().hex(),
                             *map(str, more)])
    raise SystemExit(f"{name}: no text is clear")


def exported():
    gpt, llama = HERE.parents[2] / "build/gpt", HERE.parent / "llama"
    with tempfile.TemporaryDirectory() as where, open(HERE / "llama_cpp.txt", "w") as out:
        def run(*arguments):
            subprocess.run([gpt, *arguments], check=True, cwd=where, stdout=subprocess.DEVNULL)

        run("import", llama / "model.bin", "--tokenizer", llama / "tokenizer.bin", "--out", "tiny")
        shutil.copytree(HERE.parents[2] / "checkpoints/stories", f"{where}/stories")
        for name, prompts in ("tiny", ["a", "b", "c"]), ("stories", [
                f"Once there was a {kind} {child} named {name}" for name in ("Tom", "Mia", "Finn")
                for child in ("boy", "girl") for kind in ("shy", "kind", "brave", "happy")]):
            run("export", "--model", name, "--gguf", f"{name}.gguf")
            print(answers(name, pathlib.Path(where) / f"{name}.gguf", prompts), file=out)


HERE.mkdir(exist_ok=True)
kinds()
blocks()
models()
exported()
for f in sorted(HERE.iterdir()):
    print(f"gguf/{f.name}: {f.stat().st_size} bytes")
