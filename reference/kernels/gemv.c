#include "gemv.h"

#include <stddef.h>
#include <string.h>

#include "error.h"
#include "registers.h"

// A chain may not be cut, so the lanes of a vector are different rows, whose numbers lie K apart in
// memory: squares of LANES rows and columns are read along the rows, and transposed in registers.
#if defined(__AVX__)
enum { LANES = 8 };
#define EVEN_1 0, 8, 2, 10, 4, 12, 6, 14
#define ODD_1 1, 9, 3, 11, 5, 13, 7, 15
#define EVEN_2 0, 1, 8, 9, 4, 5, 12, 13
#define ODD_2 2, 3, 10, 11, 6, 7, 14, 15
#define EVEN_4 0, 1, 2, 3, 8, 9, 10, 11
#define ODD_4 4, 5, 6, 7, 12, 13, 14, 15
#else
enum { LANES = 4 };
#define EVEN_1 0, 4, 2, 6
#define ODD_1 1, 5, 3, 7
#define EVEN_2 0, 1, 4, 5
#define ODD_2 2, 3, 6, 7
#endif

// ROWS rows are summed side by side, and of each a cache line is read at a time, LINE numbers.
// Memory is slow to answer, and the processor does not see that so many rows go on: so each line
// is asked for when the one AHEAD numbers before it is needed.
enum { ROWS = 16, LINE = 16, AHEAD = 128, SMALL = 1 << 14 };

typedef float vector __attribute__((vector_size(LANES * sizeof(float))));

typedef int numbers __attribute__((vector_size(LANES * sizeof(int))));

// EXCHANGE swaps, of vectors d apart, the lanes of the first whose number has d in it for those of
// the second whose number has not.
#define EXCHANGE(t, d, EVEN, ODD)                \
    for (int i = 0; i < LANES; i++) {            \
        if (i & (d)) continue;                   \
        vector a = (t)[i], b = (t)[i + (d)];     \
        (t)[i] = PICK(numbers, a, b, EVEN);      \
        (t)[i + (d)] = PICK(numbers, a, b, ODD); \
    }

// square adds to each lane r the products of row[r][0 … LANES) and x, in their order.
static inline vector square(const float *const *row, ptrdiff_t k, const float *x, vector sum)
{
    vector t[LANES];
    UNROLL
    for (int r = 0; r < LANES; r++) memcpy(&t[r], row[r] + k, sizeof t[r]);
    UNROLL
    EXCHANGE(t, 1, EVEN_1, ODD_1)
    UNROLL
    EXCHANGE(t, 2, EVEN_2, ODD_2)
#ifdef EVEN_4
    UNROLL
    EXCHANGE(t, 4, EVEN_4, ODD_4)
#endif
    // Now t[i] is column i.
    UNROLL
    for (int i = 0; i < LANES; i++) sum += t[i] * x[k + i];
    return sum;
}

// rows_dot sums ROWS rows of w, K apart; of those behind `count` it sums the last one again.
static void rows_dot(int count, int K, const float *w, const float *x, float *sum)
{
    const float *row[ROWS];
    vector s[ROWS / LANES] = {{0}};
    for (int r = 0; r < ROWS; r++) row[r] = w + (ptrdiff_t)(r < count ? r : count - 1) * K;
    int k = 0;
    for (; k + LINE <= K; k += LINE) {
        // What comes behind the end of these rows is the beginning of the next ones.
        ptrdiff_t next = k + AHEAD < K ? k + AHEAD : k + AHEAD + (ptrdiff_t)(ROWS - 1) * K;
        UNROLL
        for (int r = 0; r < ROWS; r++) __builtin_prefetch(row[r] + next, 0, 3);
        UNROLL
        for (int i = 0; i < LINE; i += LANES) {
            UNROLL
            for (int p = 0; p < ROWS / LANES; p++) s[p] = square(row + p * LANES, k + i, x, s[p]);
        }
    }
    for (; k < K; k++) {
        for (int p = 0; p < ROWS / LANES; p++) {
            vector column;
            for (int r = 0; r < LANES; r++) column[r] = row[p * LANES + r][k];
            s[p] += column * x[k];
        }
    }
    memcpy(sum, s, sizeof s);
}

void gemv(int O, int K, const float *w, const float *x, const float *b, float *y)
{
    CHECK(O >= 0 && K >= 0, "O=%d K=%d", O, K);
    int blocks = O / ROWS + (O % ROWS != 0);
    // To wake the other threads takes longer than a small product.
#pragma omp parallel for if ((ptrdiff_t)O * K > SMALL)
    for (int i = 0; i < blocks; i++) {
        float sum[ROWS];
        int o = i * ROWS, count = O - o < ROWS ? O - o : ROWS;
        rows_dot(count, K, w + (ptrdiff_t)o * K, x, sum);
        for (int r = 0; r < count; r++) y[o + r] = b ? sum[r] + b[o + r] : sum[r];
    }
}
