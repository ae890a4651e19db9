#include "embedding.h"

#include <stddef.h>
#include <string.h>

#include "error.h"
#include "vec.h"

enum { BLOCK = 64 };

void embedding_forward(int N, int V, int C, const int32_t *ids, const float *w, float *y)
{
    for (int n = 0; n < N; n++) CHECK(ids[n] >= 0 && ids[n] < V, "ids[%d]=%d V=%d", n, ids[n], V);
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        memcpy(y + (ptrdiff_t)n * C, w + (ptrdiff_t)ids[n] * C, sizeof *y * (size_t)C);
    }
}

// chain links the rows that share an id: next[n] is the row after n with n's id, or -1, and
// first[v] is the first row with id v, or -1.
static void chain(int N, int V, const int32_t *ids, int32_t *next, int32_t *first)
{
    for (int v = 0; v < V; v++) first[v] = -1;
    for (int n = N - 1; n >= 0; n--) {
        next[n] = first[ids[n]];
        first[ids[n]] = n;
    }
}

void embedding_backward(int N, int V, int C, const int32_t *ids, const float *dy, float *dw,
                        int32_t *next, int32_t *first)
{
    chain(N, V, ids, next, first);
    // The thread with the first row of a chain sums the whole chain, so no row of dw has two
    // writers.
#pragma omp parallel for schedule(dynamic, 16)
    for (int n = 0; n < N; n++) {
        if (first[ids[n]] != n) continue;
        for (int c = 0; c < C; c += BLOCK) {
            int width = vec_left(C, c, BLOCK);
            float sum[BLOCK] = {0};
            for (int i = n; i >= 0; i = next[i]) vec_add(width, dy + (ptrdiff_t)i * C + c, sum);
            vec_add(width, sum, dw + (ptrdiff_t)ids[n] * C + c);
        }
    }
}
