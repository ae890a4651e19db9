// tokenizer_gguf: a vocabulary as pairs of a GGUF, tokenizer.ggml.…, which llama.cpp turns text
// into the same ids with.
//
//   model    "gpt2": byte-level byte pairs, laid out as vocab.h says, cut by pre "gpt-2";
//            "llama": SentencePiece's pieces and scores; "rwkv": the longest token that fits, which
//            for a vocabulary of characters is the next character
//   tokens, token_type   each token's name (vocab_name, or the piece) and what it is for
//   merges, or scores    "left right", earliest first; of pieces, the highest first
//   add_bos_token, bos_token_id, eos_token_id, unknown_token_id, add_space_prefix
//
// Where llama.cpp differs: it finds special tokens in a text only where it is told to parse them
// (prompts are), knows of our four ways of a sentencepiece's prefix two (PREFIX_EVERY, which it
// takes for the two others, and PREFIX_NEVER), and of two ways to make the same piece takes the
// leftmost.  handmade.prefix notes what it does not know, for our own reader.
// Sources: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, section Tokenizer; llama.cpp,
// llama-vocab.cpp.
#ifndef GPT_TOKENIZER_GGUF_H
#define GPT_TOKENIZER_GGUF_H

#include "error.h"
#include "gguf.h"
#include "tokenizer.h"

// tokenizer_gguf_put adds the pairs of a vocabulary to a set.  llama.cpp always has a token that
// ends a text; where the vocabulary has none, it is the byte FF, which is in no UTF-8.
//   ERR_VALUE  llama.cpp has nothing that would cut text in the same way: characters beyond ASCII,
//              a sentencepiece with merges that no scores ask for
enum err tokenizer_gguf_put(struct gguf_set *s, const struct tokenizer *t, struct error *e);

// tokenizer_gguf_read makes *t of the pairs of an open file.
//   ERR_MATCH   a pair is missing
//   ERR_FORMAT  a pair is of another kind, or the vocabulary one that we do not know: another model
//               or pre, ids in another order than vocab.h's
// Each names the file.
enum err tokenizer_gguf_read(const struct gguf *g, struct tokenizer **t, struct error *e);

// tokenizer_gguf_open reads the vocabulary of the file at path; errors as above, and gguf_open's.
enum err tokenizer_gguf_open(const char *path, struct tokenizer **t, struct error *e);

#endif
