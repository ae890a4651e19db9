#!/usr/bin/env python3
"""Small models with random weights as Hugging Face writes them, and what it computes with them, for
tests/published.c.

    pip install torch==2.15.0 transformers==5.24.0 safetensors==0.8.0
    tests/golden/make_hf.py

hf/gpt2          GPT2LMHeadModel; another epsilon and inner width than GPT-2's
hf/llama         LlamaForCausalLM with grouped queries and a head of its own, in three shards
hf/llama_bf16    the same kind, tied, in bfloat16, another rope_theta
hf/NAME/expected.safetensors   tokens (2, T), the logits (2, T, V) in double precision, rounded once,
                 and the greedy continuation of the first row
llama/model.bin  a Llama of the tokens of llama/tokenizer.bin, laid out as llama2.c's; its
                 expected.safetensors as above
"""
import pathlib
import shutil
import struct

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

HERE = pathlib.Path(__file__).parent
T = 12


def fill(model, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, w in model.named_parameters():
            gain = w.dim() == 1 and name.endswith("weight")
            w.copy_((1 if gain else 0) + 0.3 * torch.randn(w.shape, generator=g))


def make(name, model, seed, dtype=torch.float32, **save):
    fill(model, seed)
    model = model.to(dtype)
    where = HERE / "hf" / name
    shutil.rmtree(where, ignore_errors=True)
    model.save_pretrained(where, **save)
    (where / "generation_config.json").unlink(missing_ok=True)
    # As it is read again: a model that was made bfloat16 has lost digits of its angles, too.
    expect(where, type(model).from_pretrained(where, dtype=torch.float64), seed + 1)
    for f in sorted(where.iterdir()):
        print(f"{f.relative_to(HERE)}: {f.stat().st_size} bytes")


def expect(where, model, seed):
    model = model.double().eval()
    g = torch.Generator().manual_seed(seed)
    tokens = torch.randint(model.config.vocab_size, (2, T), generator=g)
    with torch.no_grad():
        logits = model(tokens).logits
        greedy = tokens[:1, :4]
        for _ in range(T - 4):
            greedy = torch.cat([greedy, model(greedy).logits[:, -1:].argmax(-1)], dim=1)
    save_file({"tokens": tokens.int(), "greedy": greedy[0].int(), "logits": logits.float()},
              where / "expected.safetensors")
    (where / "expected.safetensors").chmod(0o644)


def neighbours(w, heads):
    """Rows of queries or keys in the order in which llama2.c turns them: i beside i + D / 2."""
    return w.view(heads, 2, -1, w.shape[1]).transpose(1, 2).reshape(w.shape)


def llama2c(where, model, seed):
    fill(model, seed)
    c, w = model.config, model.state_dict()
    H, G = c.num_attention_heads, c.num_key_value_heads
    layers = range(c.num_hidden_layers)

    def of_layers(name, heads=None):
        for i in layers:
            x = w[f"model.layers.{i}.{name}.weight"]
            yield neighbours(x, heads) if heads else x

    order = [w["model.embed_tokens.weight"], *of_layers("input_layernorm"),
             *of_layers("self_attn.q_proj", H), *of_layers("self_attn.k_proj", G),
             *of_layers("self_attn.v_proj"), *of_layers("self_attn.o_proj"),
             *of_layers("post_attention_layernorm"), *of_layers("mlp.gate_proj"),
             *of_layers("mlp.down_proj"), *of_layers("mlp.up_proj"), w["model.norm.weight"],
             torch.full((c.max_position_embeddings * c.hidden_size // H,), 7.0),
             w["lm_head.weight"]]
    head = struct.pack("<7i", c.hidden_size, c.intermediate_size, len(layers), H, G, -c.vocab_size,
                       c.max_position_embeddings)
    (where / "model.bin").write_bytes(
        head + b"".join(x.float().contiguous().numpy().astype("<f4").tobytes() for x in order))
    expect(where, model, seed + 1)


torch.set_num_threads(1)
make("gpt2", GPT2LMHeadModel(GPT2Config(
    vocab_size=19, n_positions=T, n_layer=2, n_head=2, n_embd=8, n_inner=20,
    layer_norm_epsilon=1e-3, bos_token_id=0, eos_token_id=0)), 1)
make("llama", LlamaForCausalLM(LlamaConfig(
    vocab_size=19, max_position_embeddings=T, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, hidden_size=16, intermediate_size=12, rms_norm_eps=1e-3,
    tie_word_embeddings=False)), 2, max_shard_size=5000)
make("llama_bf16", LlamaForCausalLM(LlamaConfig(
    vocab_size=19, max_position_embeddings=T, num_hidden_layers=1, num_attention_heads=2,
    num_key_value_heads=1, hidden_size=12, intermediate_size=10, rope_theta=500.0,
    tie_word_embeddings=True)), 3, dtype=torch.bfloat16)
llama2c(HERE / "llama", LlamaForCausalLM(LlamaConfig(
    vocab_size=420, max_position_embeddings=T, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, hidden_size=8, intermediate_size=12, rms_norm_eps=1e-5,
    tie_word_embeddings=False)), 4)
