// model_file: a model as a directory, in the form in which GPT-2 is published, so that other
// programs open it:
//   model.safetensors  the weights, under GPT-2's names; matrices as (inputs, outputs)
//   config.json        the model's shape
//   tokenizer.json     the vocabulary
#ifndef GPT_MODEL_FILE_H
#define GPT_MODEL_FILE_H

#include <stdint.h>

#include "error.h"
#include "gpt.h"
#include "tokenizer.h"

// model_stage writes the weights to DIR/model.safetensors.new and flushes them.  step is noted in
// the file's metadata.  model_publish renames the file: from then on it is the model.
//   ERR_IO  the disk is full, or the system refused
enum err model_stage(const char *dir, const struct gpt *m, int step, struct error *e);
enum err model_publish(const char *dir, struct error *e);

// model_weights reads DIR/model.safetensors into m, which must have the file's shape;
// model_staged reads what model_stage left behind.
//   ERR_IO  there is none    ERR_SHORT, ERR_FORMAT  it is damaged or another format
//   ERR_MATCH  a tensor is missing or has another shape
// After an error m may hold a part of the file.
enum err model_weights(const char *dir, struct gpt *m, struct error *e);
enum err model_staged(const char *dir, struct gpt *m, struct error *e);

// model_describe writes config.json and tokenizer.json, which do not change during a run.
//   ERR_IO  the disk is full, or the system refused
enum err model_describe(const char *dir, const struct gpt_config *c, const struct tokenizer *tok,
                        struct error *e);

// model_read reads all three files.  Both results are the caller's to free.
//   ERR_IO  a file is missing    ERR_SHORT, ERR_FORMAT  a file is damaged or another format
//   ERR_MATCH  a tensor is missing or has another shape than config.json says, or the
//              vocabularies differ in size    ERR_VALUE  a size in config.json is impossible
enum err model_read(const char *dir, struct gpt **m, struct tokenizer **tok, struct error *e);

// model_config_read reads config.json alone.
enum err model_config_read(const char *dir, struct gpt_config *c, struct error *e);

// model_checksum returns the XXH64 of all weights, in the order of gpt_data.
uint64_t model_checksum(const struct gpt *m);

#endif
