// vocab_files: a byte-pair vocabulary as GPT-2 was published: two files in a directory.
//
//   vocab.json   an object: each token's name and its id
//   merges.txt   perhaps a first line "#version: 0.2"; then line by line the two names that merge
//                0, 1, 2 … joins, with a space between
// A name has a letter per byte (vocab_name).  Tokens that no merge makes come behind all others:
// they are the special ones.
// Source: the files published with GPT-2; Hugging Face calls them vocab.json and merges.txt.
#ifndef GPT_VOCAB_FILES_H
#define GPT_VOCAB_FILES_H

#include "error.h"
#include "vocab.h"

#define VOCAB_JSON "vocab.json"
#define MERGES_TXT "merges.txt"

// vocab_files_read makes *v of the two files in dir.  Every message names the file; the line in
// merges.txt, counted from 1; the token in vocab.json.
//   ERR_IO      one cannot be read
//   ERR_FORMAT  vocab.json is not an object of names and ids, or merges.txt has a line that is not
//               two names
//   ERR_SYMBOL  merges.txt names a token, or makes one, that vocab.json does not have
//   ERR_VALUE   ids not each once from 0 up; not in the order that vocab.h describes
enum err vocab_files_read(const char *dir, struct vocab **v, struct error *e);

// vocab_files_write writes the two files into dir, which it makes if need be.
//   ERR_VALUE  a special token reads like the name of another token
//   ERR_IO     dir or a file cannot be written; old files are still there
enum err vocab_files_write(const char *dir, const struct vocab *v, struct error *e);

#endif
