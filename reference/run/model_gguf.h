// model_gguf: a model as one GGUF file (gguf.h): shape, vocabulary and weights, which llama.cpp and
// its relatives run, and theirs of the same shapes here.
//
// llama.cpp computes two of our shapes, which it calls architectures:
//   gpt2   layernorm, gelu, learned positions.  Waves, and no positions, are a table too, and maps
//          without biases have zeros: such a model is written so, and read again as that.
//   llama  rotary positions, rmsnorm, swiglu
// both with grouped queries, and with a head of its own or the embedding again.  Matrices stand in
// the file as here, (outputs, inputs), and what rotary turns are neighbours in both: no row moves.
// Sources: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; llama.cpp, llama-arch.cpp for
// the names.
#ifndef GPT_MODEL_GGUF_H
#define GPT_MODEL_GGUF_H

#include <stddef.h>

#include "error.h"
#include "gguf.h"
#include "gpt.h"
#include "tokenizer.h"

// struct model_gguf_sizes: what became of the weights.
struct model_gguf_sizes {
    int tensors, unfit;  // how many; how many of them did not fit the type, and are F16
    size_t weights, bytes;
};

// model_gguf_write writes a model to path, by temporary name.  Its matrices become `type`, but:
//   the table of positions, and all vectors, stay F32
//   a matrix of which the rows are not whole blocks becomes F16
//   with GGUF_Q4_0 the head becomes Q8_0, since an error there is one in every score: llama.cpp's
//   own tool keeps it finer, too
//   name  what general.name says
//   ERR_VALUE  a shape or a vocabulary that llama.cpp cannot run; says what is different
//   ERR_IO, ERR_UTF8  as gguf_write
enum err model_gguf_write(const char *path, const char *name, const struct gpt *m,
                          const struct tokenizer *tok, enum gguf_type type,
                          struct model_gguf_sizes *sizes, struct error *e);

// model_gguf_read makes model and vocabulary of the file at path, whatever types it has, as floats.
//   errors as gguf_open and tokenizer_gguf_open
//   ERR_FORMAT  another architecture, or a variation that we do not compute
//   ERR_MATCH   a tensor is missing or has another shape, or there are more than the sizes say
enum err model_gguf_read(const char *path, struct gpt **m, struct tokenizer **tok, struct error *e);

// model_gguf_frozen reads a model that only runs (gpt_frozen): matrices of Q8_0 and Q4_0 stay in
// their blocks, which take the memory that they take in the file; of the others, floats are made.
//   errors as above
//   ERR_FORMAT  also: a block has a scale that is no finite number
enum err model_gguf_frozen(const char *path, struct gpt **m, struct tokenizer **tok,
                           struct error *e);

// model_gguf_config reads the shape of an open file, but for the number of tokens, which it takes
// from the embedding; *c is gpt_filled.  Errors as above.
enum err model_gguf_config(const struct gguf *g, struct gpt_config *c, struct error *e);

#endif
