// tokenizer_gguf_parts: what the files of tokenizer_gguf share.  Nobody else includes it.
#ifndef GPT_TOKENIZER_GGUF_PARTS_H
#define GPT_TOKENIZER_GGUF_PARTS_H

#include "tokenizer_gguf.h"

#define GGML_KEY "tokenizer.ggml."
#define GGML_PREFIX "handmade.prefix"

// What a token is for, as tokenizer.ggml.token_type says it.
enum { TOKEN_NORMAL = 1, TOKEN_UNKNOWN, TOKEN_CONTROL, TOKEN_USER, TOKEN_UNUSED, TOKEN_BYTE };

// What handmade.prefix says, in the order of enum sentencepiece_prefix.
extern const char *const TOKENIZER_GGUF_PREFIXES[];

#endif
