// param: one tensor of a model's weights, as whoever trains, saves or shows it sees it.
#ifndef GPT_PARAM_H
#define GPT_PARAM_H

#include <stddef.h>

// struct param: a view; name and arrays are the model's.
struct param {
    const char *name;  // as in published files, such as "h.0.attn.c_attn.weight"
    int rank;          // 1 or 2
    int shape[2];      // a matrix is (outputs, inputs); a table of rows is (rows, channels)
    int hidden;        // a matrix from channels to channels: no table of rows, and not the head
    size_t size;       // elements
    float *data, *grad;
    int transposed;  // published files keep it as (inputs, outputs)
};

#endif
