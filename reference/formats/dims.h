// dims: the shape of a tensor in a file, compared with the one that is wanted.
#ifndef GPT_DIMS_H
#define GPT_DIMS_H

#include <stdint.h>

#include "error.h"

enum { DIMS_MOST = 8 };  // dimensions

// dims_want compares.
//   ERR_MATCH  they differ; the message names the file, the tensor and both shapes
enum err dims_want(const char *path, const char *tensor, int rank, const int64_t *shape,
                   int wanted_rank, const int64_t *wanted, struct error *e);

#endif
