// published: how a model's tensors stand in published files.
//
// GPT-2's matrices stand there as (inputs, outputs).  Llama's published form has matrices of their
// own for queries, keys, values, gates and values of the network, which are rows of one matrix in
// our model; and where we turn channels 2i and 2i + 1 of a head together, it turns i and i + D / 2,
// so that the rows of queries and keys stand in another order.  A shape that is neither keeps
// GPT-2's names and our own layout. Sources: the files published with GPT-2; Hugging Face
// transformers, convert_llama_weights_to_hf.
#ifndef GPT_PUBLISHED_H
#define GPT_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#include "gpt.h"
#include "param.h"

enum { PUBLISHED_PARTS = 3, PUBLISHED_NAME = 96 };

// struct published: one tensor of a file, and which of our tensor's rows it holds.
struct published {
    char name[PUBLISHED_NAME];
    int rank;
    int64_t shape[2];  // in the file
    int first, rows;   // ours; a vector is one row
    int transposed;    // the file has columns for our rows
    int heads;         // so many heads' rows stand in the other order; 0: none
    size_t size;       // elements
};

// published_parts writes the tensors of a file that hold our tensor p, and returns how many.
int published_parts(const struct gpt_config *c, const struct param *p,
                    struct published part[PUBLISHED_PARTS]);

// published_is_plain says whether a part's elements stand in the file as in our tensor;
// published_at returns where they begin there.
int published_is_plain(const struct published *part);
float *published_at(const struct published *part, const struct param *p);

// published_take puts the elements of a part, as the file has them, where they belong in p;
// published_give writes them as the file has them.
//   file  (part->size)
void published_take(const struct published *part, const struct param *p, const float *file);
void published_give(const struct published *part, const struct param *p, float *file);

#endif
