#!/usr/bin/env python3
"""llama.cpp's tokens, for tests/bench/generate.c: lines "WHO<tab>WHAT<tab>SECONDS of wall clock".

peers_generate.py decode THREADS   a token more, behind 64
peers_generate.py prompt THREADS   512 tokens at once

The model is of GPT-2's shape (124M), F32, with random weights: it is written once, as GGUF, below
the directory that TMPDIR names.
"""
import os
import sys
import tempfile
import time

LAYERS, HEADS, CHANNELS, VOCABULARY, CONTEXT = 12, 12, 768, 50257, 1024
BEHIND, TOKENS, PROMPT = 64, 32, 512


def tensors(numpy):
    """Names and random contents, in GGUF's names for GPT-2."""
    random = numpy.random.default_rng(1)

    def drawn(*shape):
        return (0.02 * random.standard_normal(shape)).astype(numpy.float32)

    def norm(name):
        yield name + ".weight", numpy.ones(CHANNELS, numpy.float32)
        yield name + ".bias", numpy.zeros(CHANNELS, numpy.float32)

    def linear(name, outputs, inputs):
        yield name + ".weight", drawn(outputs, inputs)
        yield name + ".bias", numpy.zeros(outputs, numpy.float32)

    yield "token_embd.weight", drawn(VOCABULARY, CHANNELS)
    yield "position_embd.weight", drawn(CONTEXT, CHANNELS)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        yield from norm(block + "attn_norm")
        yield from linear(block + "attn_qkv", 3 * CHANNELS, CHANNELS)
        yield from linear(block + "attn_output", CHANNELS, CHANNELS)
        yield from norm(block + "ffn_norm")
        yield from linear(block + "ffn_up", 4 * CHANNELS, CHANNELS)
        yield from linear(block + "ffn_down", CHANNELS, 4 * CHANNELS)
    yield from norm("output_norm")


def write(path):
    import gguf
    import numpy
    writer = gguf.GGUFWriter(path + ".new", "gpt2")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(CHANNELS)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(4 * CHANNELS)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-5)
    writer.add_file_type(0)
    # Nothing is tokenized; but it wants a vocabulary.
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{i}" for i in range(VOCABULARY)])
    writer.add_token_types([1] * VOCABULARY)
    writer.add_token_merges(["t 0"])
    for name, data in tensors(numpy):
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(path + ".new", path)


def decode(llama):
    llama.reset()
    llama.eval(list(range(100, 100 + BEHIND)))
    best = float("inf")
    for i in range(TOKENS):
        begin = time.perf_counter()
        llama.eval([200 + i])
        best = min(best, time.perf_counter() - begin)
    return best


def prompt(llama):
    llama.reset()
    begin = time.perf_counter()
    llama.eval(list(range(100, 100 + PROMPT)))
    return time.perf_counter() - begin


def main(job, threads):
    what = f"{job}, {threads} thread" + ("s" if int(threads) > 1 else "")
    try:
        import gguf  # noqa: F401
        from llama_cpp import Llama, __version__
    except ImportError:
        print(f"llama.cpp\t{what}\tnot run: pip install llama-cpp-python gguf")
        return
    path = os.path.join(tempfile.gettempdir(), "gpt-bench-124M-f32.gguf")
    if not os.path.exists(path):
        write(path)
    llama = Llama(path, n_ctx=CONTEXT, n_batch=PROMPT, n_ubatch=PROMPT, n_threads=int(threads),
                  n_threads_batch=int(threads), verbose=False)
    work = {"decode": decode, "prompt": prompt}[job]
    work(llama)
    print(f"llama-cpp-python {__version__}\t{what}\t{min(work(llama) for _ in range(3)):.6f}")


main(*sys.argv[1:])
