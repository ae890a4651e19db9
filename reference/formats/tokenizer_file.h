// tokenizer_file: a tokenizer from whatever file or directory a person points at.
#ifndef GPT_TOKENIZER_FILE_H
#define GPT_TOKENIZER_FILE_H

#include "error.h"
#include "tokenizer.h"

// tokenizer_file_read makes *t of path:
//   a file       is a tokenizer.json
//   a directory  has a tokenizer.json, as a model of ours has, or vocab.json and merges.txt, as
//                GPT-2 was published; tokenizer.json is taken where it has all three
//   ERR_IO  a directory with none of them
//   else as tokenizer_json_read and vocab_files_read
enum err tokenizer_file_read(const char *path, struct tokenizer **t, struct error *e);

#endif
