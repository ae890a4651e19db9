// tokenizer_bin: Llama's vocabulary as llama2.c keeps it, in a tokenizer.bin.
//
//   int32             bytes of the longest piece
//   then, for each piece up to the end of the file, from id 0:
//   float32           its score: of two pairs that make pieces, the higher is joined first
//   int32             bytes of its text
//   the text          UTF-8; a space is a space
// All little-endian.  Pieces 0, 1, 2 are <unk>, <s>, </s>, the last two perhaps between line
// breaks. Source: Karpathy 2023, llama2.c, tokenizer.py.
#ifndef GPT_TOKENIZER_BIN_H
#define GPT_TOKENIZER_BIN_H

#include "error.h"
#include "tokenizer.h"

enum { TOKENIZER_BIN_LONGEST = 1024 };  // bytes of a piece; Llama's longest has 27

// tokenizer_bin_read makes *t of the file at path, with <s> before every text and a space before
// each word that has none, as Llama's models were trained.  Messages name the byte, or the piece.
//   ERR_IO      path cannot be read
//   ERR_SHORT   it ends inside a piece
//   ERR_FORMAT  a length is not 1 to what the head says, or that not 1 to TOKENIZER_BIN_LONGEST; a
//               zero byte in a text
//   ERR_VALUE   pieces 0, 1, 2 are others; what sentencepiece_new refuses
//   ERR_UTF8    as sentencepiece_new
enum err tokenizer_bin_read(const char *path, struct tokenizer **t, struct error *e);

// tokenizer_bin_view does the same with bytes[0..size) of a file called `name`.
enum err tokenizer_bin_view(const char *name, size_t size, const char *bytes, struct tokenizer **t,
                            struct error *e);

#endif
