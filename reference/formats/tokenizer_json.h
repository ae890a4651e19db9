// tokenizer_json: vocabularies as Hugging Face's tokenizer.json.
//
// What is written here gives the same ids in Hugging Face's `tokenizers` as in tokenizer_encode,
// and gives the text back.  What is read here gives the same ids as there, or is refused.
//   bpe    model BPE; pre-tokenizer and decoder ByteLevel; the special tokens as added tokens
//   chars  model BPE without merges, its vocabulary the characters; no pre-tokenizer; decoder Fuse.
//          It drops a character that it does not know, where tokenizer_encode refuses it.
//   sentencepiece  model BPE with byte_fallback; what puts U+2581 for a space, and one before a
//   text,
//          as normalizer (Prepend, Replace) or, in newer files, as pre-tokenizer (Metaspace without
//          split); a template that puts <s> first; a decoder that undoes all that.  Bytes that are
//          not UTF-8 are given back as they are, where it shows U+FFFD.
// Source: https://huggingface.co/docs/tokenizers, and files published with GPT-2 and Llama 2.
#ifndef GPT_TOKENIZER_JSON_H
#define GPT_TOKENIZER_JSON_H

#include "error.h"
#include "tokenizer.h"

// tokenizer_json_write writes t to path.  The same tokenizer gives the same bytes everywhere.
//   ERR_VALUE  the format cannot hold it: the character U+0000, or a special token that reads
//              like the name of another token
//   ERR_IO     path cannot be written; the old file, if any, is still there
enum err tokenizer_json_write(const char *path, const struct tokenizer *t, struct error *e);

// tokenizer_json_read makes *t from the file at path.
//   ERR_IO      path cannot be read
//   ERR_FORMAT  it is not JSON, or not laid out as a tokenizer.json
//   ERR_VALUE   it describes a tokenizer whose ids would not be ours: another model, another
//               pre-tokenizer, a normalizer, a setting we do not know, ids in another order …
enum err tokenizer_json_read(const char *path, struct tokenizer **t, struct error *e);

#endif
