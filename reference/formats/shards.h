// shards: the tensors of a model, in one safetensors file or spread over several.
//
// A directory has a model.safetensors; or, where it was too large for one, a
// model.safetensors.index.json, which says in which file of the directory each tensor is:
//   {"metadata": {…}, "weight_map": {"name": "model-00001-of-00002.safetensors", …}}
// Source: Hugging Face transformers, how save_pretrained writes large models.
#ifndef GPT_SHARDS_H
#define GPT_SHARDS_H

#include "error.h"
#include "safetensors.h"

#define SHARDS_ONE "model.safetensors"
#define SHARDS_INDEX "model.safetensors.index.json"

struct shards;

// shards_open opens dir/name; where that is not there and dir has an index, the index and all its
// files.
//   ERR_FORMAT  the index is not laid out as above, or names a file in another directory
//   else as json_read and safetensors_open; each names the file
enum err shards_open(const char *dir, const char *name, struct shards **out, struct error *e);
void shards_close(struct shards *s);  // s may be NULL

// shards_find returns the file that has the tensor of that name, or NULL.
const struct safetensors *shards_find(const struct shards *s, const char *name);

// shards_want finds the tensor of that name and shape, and its file.
//   ERR_MATCH  it is missing or has another shape; the message names file and tensor
enum err shards_want(const struct shards *s, const char *name, int rank, const int64_t *shape,
                     const struct safetensors **st, const struct safetensors_tensor **t,
                     struct error *e);

// shards_count returns how many files there are; shards_at the i-th, shards_path where it is.
int shards_count(const struct shards *s);
const struct safetensors *shards_at(const struct shards *s, int i);
const char *shards_path(const struct shards *s, int i);

#endif
