// embedding: a table of rows, looked up by number.
#ifndef GPT_EMBEDDING_H
#define GPT_EMBEDDING_H

#include <stdint.h>

// embedding_forward: y[n,c] = w[ids[n],c].
//   ids  (N)  0 <= ids[n] < V   w  (V, C)   y  (N, C)
void embedding_forward(int N, int V, int C, const int32_t *ids, const float *w, float *y);

// embedding_backward: dw[ids[n],c] += dy[n,c].  Rows that share an id are summed first, from
// n = 0 up, and then added once.
//   next  (N)  scratch   first  (V)  scratch
void embedding_backward(int N, int V, int C, const int32_t *ids, const float *dy, float *dw,
                        int32_t *next, int32_t *first);

#endif
