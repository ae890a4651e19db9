// train_tokenizer: the vocabulary of a training run.
#ifndef GPT_TRAIN_TOKENIZER_H
#define GPT_TRAIN_TOKENIZER_H

#include "dataset.h"
#include "error.h"
#include "tokenizer.h"
#include "train_options.h"

// train_tokenizer learns the vocabulary that o->tokenizer asks for from the data, or reads the
// file it names; a resumed run reads its own.
//   ERR_UTF8, ERR_VALUE  chars only: a text is not UTF-8, or has U+0000, which tokenizer.json
//                        cannot hold; names file and byte
//   errors of bpe_train, tokenizer_file_read, model_tokenizer
enum err train_tokenizer(const struct train_options *o, const struct dataset *d,
                         struct tokenizer **t, struct error *e);

#endif
