// model_gguf_parts: what the files of model_gguf share.  Nobody else includes it.
#ifndef GPT_MODEL_GGUF_PARTS_H
#define GPT_MODEL_GGUF_PARTS_H

#include "model_gguf.h"

#define GGUF_GPT2 "gpt2"
#define GGUF_LLAMA "llama"

enum { GGUF_PARTS = 3 };

// struct gguf_part: a tensor of a file, and which of our tensor's rows it holds.  A vector's
// elements are its rows.
struct gguf_part {
    char name[GGUF_NAME + 1];
    int first, rows;
};

// model_gguf_split writes the tensors of a file that hold our tensor p, and returns how many.
int model_gguf_split(const struct gpt_config *c, const struct param *p,
                     struct gguf_part part[GGUF_PARTS]);

// model_gguf_key writes the key of an architecture's setting: "llama.block_count".
enum { GGUF_KEY = 64 };
const char *model_gguf_key(const char *arch, const char *name, char out[GGUF_KEY]);

#endif
