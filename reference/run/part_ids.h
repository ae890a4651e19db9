// part_ids: a part of a data set as tokens.
#ifndef GPT_PART_IDS_H
#define GPT_PART_IDS_H

#include <stddef.h>
#include <stdint.h>

#include "dataset.h"
#include "error.h"
#include "tokenizer.h"

struct part_ids {
    size_t bytes, count;
    int32_t *ids;  // (count)  from malloc
};

// part_ids_read turns a part into tokens.
//   ERR_VALUE  more than INT32_MAX tokens
//   errors of tokenizer_encode; each names the part
enum err part_ids_read(const struct tokenizer *t, const struct part *p, struct part_ids *out,
                       struct error *e);

#endif
