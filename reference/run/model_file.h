// model_file: a model as a directory, in the form in which GPT-2 and Llama are published, so that
// other programs open it, and theirs open here:
//   model.safetensors  the weights, under published names and in published layouts (published.h);
//                      read, but not written, in several files (shards.h)
//   config.json        the model's shape
//   tokenizer.json     the vocabulary; read, but not written, as vocab.json and merges.txt
#ifndef GPT_MODEL_FILE_H
#define GPT_MODEL_FILE_H

#include <stdint.h>

#include "error.h"
#include "gpt.h"
#include "tokenizer.h"

// model_stage writes the weights to DIR/model.safetensors.new and flushes them.  The file's
// metadata notes the step, and what belongs to the weights but cannot be seen in their shapes: the
// number of heads, a checksum of the tokens, and config_file_note.  model_publish renames the file:
// from then on it is the model.
//   ERR_IO  the disk is full, or the system refused
enum err model_stage(const char *dir, const struct gpt *m, const struct tokenizer *tok, int step,
                     struct error *e);
enum err model_publish(const char *dir, struct error *e);

// model_weights reads DIR/model.safetensors into m, which must have the file's shape;
// model_staged reads what model_stage left behind.
//   ERR_IO  there is none    ERR_SHORT, ERR_FORMAT  it is damaged or another format
//   ERR_MATCH  a tensor is missing or has another shape
// After an error m may hold a part of the file.
enum err model_weights(const char *dir, struct gpt *m, struct error *e);
enum err model_staged(const char *dir, struct gpt *m, struct error *e);

// model_describe writes config.json and tokenizer.json, which do not change during a run, under
// their temporary names; model_publish_description renames them.
//   ERR_IO     the disk is full, or the system refused
//   ERR_VALUE  tokenizer.json cannot hold the vocabulary
enum err model_describe(const char *dir, const struct gpt_config *c, const struct tokenizer *tok,
                        struct error *e);
enum err model_publish_description(const char *dir, struct error *e);

// model_withdraw removes what was staged of the three files and not published.
void model_withdraw(const char *dir);

// model_remove removes the weights: DIR then holds no model.
//   ERR_IO  the system refused
enum err model_remove(const char *dir, struct error *e);

// model_read reads all three files; or, where dir is a file that begins as a GGUF, that one
// (model_gguf.h).  Both results are the caller's to free.
//   ERR_IO  a file is missing    ERR_SHORT, ERR_FORMAT  a file is damaged or another format
//   ERR_MATCH  the weights are not of this config.json and this tokenizer.json
// Weights written by another program do not note their heads and tokens; for them shapes decide.
enum err model_read(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e);

// model_frozen does the same for who only runs the model: that of a GGUF is frozen then, its
// matrices in the blocks that the file has (model_gguf_frozen).
enum err model_frozen(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e);

// model_shape reads config.json alone, or the shape in a GGUF; *c is gpt_filled.  Errors as above.
enum err model_shape(const char *dir, struct gpt_config *c, struct error *e);

// model_tokenizer reads tokenizer.json alone.  Errors as above.
enum err model_tokenizer(const char *dir, struct tokenizer **tok, struct error *e);

// model_checksum returns the XXH64 of all weights, in the order of gpt_data.
uint64_t model_checksum(const struct gpt *m);

#endif
