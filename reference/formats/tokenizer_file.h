// tokenizer_file: a tokenizer from whatever file or directory a person points at.
#ifndef GPT_TOKENIZER_FILE_H
#define GPT_TOKENIZER_FILE_H

#include "error.h"
#include "tokenizer.h"

// tokenizer_file_read makes *t of path:
//   a file       is a GGUF, if it begins as one does, a tokenizer.json, or llama2.c's tokenizer.bin
//                if its name ends in .bin
//   a directory  has a tokenizer.json, as a model of ours has, or vocab.json and merges.txt, as
//                GPT-2 was published, or a tokenizer.bin; the first of these that is there is taken
//   ERR_IO  a directory with none of them
//   else as tokenizer_json_read, vocab_files_read, tokenizer_bin_read and tokenizer_gguf_open
enum err tokenizer_file_read(const char *path, struct tokenizer **t, struct error *e);

#endif
