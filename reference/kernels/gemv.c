#include "gemv.h"

#include <math.h>
#include <stddef.h>

#include "error.h"

// A chain must wait for each of its sums, four cycles or so; with ROWS chains side by side there is
// always one that need not.
enum { ROWS = 12, SMALL = 1 << 14 };

// rows_dot sums `count` <= ROWS rows of w, K apart.
static void rows_dot(int count, int K, const float *w, const float *x, float *sum)
{
    if (count < ROWS) {
        for (int r = 0; r < count; r++, w += K) {
            sum[r] = 0;
            for (int k = 0; k < K; k++) sum[r] = fmaf(w[k], x[k], sum[r]);
        }
        return;
    }
    const float *row[ROWS];
    float s[ROWS] = {0};
    for (int r = 0; r < ROWS; r++) row[r] = w + (ptrdiff_t)r * K;
    for (int k = 0; k < K; k++) {
#pragma GCC unroll 16
        for (int r = 0; r < ROWS; r++) s[r] = fmaf(row[r][k], x[k], s[r]);
    }
    for (int r = 0; r < ROWS; r++) sum[r] = s[r];
}

void gemv(int O, int K, const float *w, const float *x, const float *b, float *y)
{
    CHECK(O >= 0 && K >= 0, "O=%d K=%d", O, K);
    int blocks = O / ROWS + (O % ROWS != 0);
    // To wake the other threads takes longer than a small product.
#pragma omp parallel for if ((ptrdiff_t)O * K > SMALL)
    for (int i = 0; i < blocks; i++) {
        int o = i * ROWS, count = O - o < ROWS ? O - o : ROWS;
        rows_dot(count, K, w + (ptrdiff_t)o * K, x, y + o);
        for (int r = 0; r < count && b; r++) y[o + r] += b[o + r];
    }
}
