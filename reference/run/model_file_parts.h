// model_file_parts: what the files of model_file share.  Nobody else includes it.
#ifndef GPT_MODEL_FILE_PARTS_H
#define GPT_MODEL_FILE_PARTS_H

#include "arena.h"
#include "model_file.h"
#include "safetensors.h"
#include "shards.h"

// model_file_tensors lists what a file of the weights holds, in `memory`, and returns how many
// tensors that are.
int model_file_tensors(const struct gpt *m, struct arena *memory, struct safetensors_tensor **out);

// model_file_sizes looks for tensors that tell every size in the config, before memory is asked
// for.
//   ERR_MATCH  one is missing or has another shape, or there are more layers
enum err model_file_sizes(const struct shards *s, const struct gpt_config *c, struct error *e);

// model_file_load copies every tensor of open files into m.  Shapes are looked at before any is
// copied.
//   errors of shards_want and safetensors_floats
enum err model_file_load(const struct shards *s, struct gpt *m, struct error *e);

#endif
