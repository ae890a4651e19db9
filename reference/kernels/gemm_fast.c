#include "gemm_fast.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "error.h"
#include "registers.h"
#include "threads.h"
#include "turn.h"

// The register tile: ROWS x VECTORS sums, VECTORS for a row of b and one for an element of a must
// fit in the machine's vector registers.  There must be enough sums to hide the latency of an FMA;
// and the more FMAs there are for each value that is loaded, the better.
enum { LANES = VEC_WIDTH, ROWS = GEMM_ROWS, VECTORS = GEMM_VECTORS };

// A thread computes a block of c.  It copies the part of b that the block needs, at most DEEP steps
// of k at a time, in the order in which the tiles read it: panels of COLUMNS columns.  The copy
// stays in the second-level cache.  a is read where it stands, and each of its rows once for all
// panels.
enum { COLUMNS = VECTORS * LANES, WIDE = 192 / COLUMNS * COLUMNS, DEEP = 768, HIGH = 30 * ROWS };

typedef vec_part vector;

struct block {
    _Alignas(64) float b[WIDE * DEEP];    // [panel][k][column]
    _Alignas(64) float sum[HIGH * WIDE];  // [row][column], unfinished, where K > DEEP
    _Alignas(64) float bias[WIDE];
};

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int pieces_of(int total, int most)
{
    return total / most + (total % most != 0);
}

// --- the copy --------------------------------------------------------------------------------

// pack copies `wide` columns of b, `deep` of its rows, into panels: [panel][k][column].  Columns
// that are missing in the last panel become zero.
static void pack(int wide, int deep, struct matrix b, float *out)
{
    const float *x = b.data;
    ptrdiff_t line = b.column, step = b.row;
    int full = line == 1 ? wide / COLUMNS * COLUMNS : 0;
    for (int k = 0; k < deep; k++)
        for (int i = 0; i < full; i += COLUMNS)
            memcpy(out + i * deep + k * COLUMNS, x + k * step + i, sizeof *out * COLUMNS);
    for (int i = full; i < wide; i += COLUMNS) {
        const float *from = x + i * line;
        float *to = out + i * deep;
        int n = min(COLUMNS, wide - i), lines = step == 1 ? n / 4 * 4 : 0, steps = deep / 4 * 4;
        if (n < COLUMNS) memset(to, 0, sizeof *to * (size_t)(COLUMNS * deep));
        for (int k = 0; k < steps; k += 4)
            for (int j = 0; j < lines; j += 4)
                turn(from + j * line + k, line, to + k * COLUMNS + j, COLUMNS);
        for (int k = 0; k < deep; k++)
            for (int j = k < steps ? lines : 0; j < n; j++)
                to[k * COLUMNS + j] = from[j * line + k * step];
    }
}

// --- tiles -----------------------------------------------------------------------------------

// Where a tile's sums come from and go to.
struct target {
    float *sum;         // rows WIDE apart
    const float *bias;  // COLUMNS numbers
    float *c;           // rows N apart
    ptrdiff_t N;
    int rows, columns;     // how much of the tile is inside c
    int first, last, add;  // first, last: of the steps along k
    // With every step of k the memory is asked for the line of a at `ahead`, then ahead_step on.
    const float *ahead;
    ptrdiff_t ahead_step;
};

// finish adds the bias to `vectors` finished sums of one row and writes them to c.
INLINE void finish(int vectors, const vector *acc, const float *bias, float *c, int add)
{
    UNROLL
    for (int j = 0; j < vectors; j++) {
        vector s, old;
        memcpy(&s, bias + j * LANES, sizeof s);
        s = acc[j] + s;
        if (add) {
            memcpy(&old, c + j * LANES, sizeof old);
            s = old + s;
        }
        memcpy(c + j * LANES, &s, sizeof s);
    }
}

// tile continues the sums of ROWS rows and vectors * LANES columns over K steps.
//   a  (ROWS)  each row's first element; the next ones stand `step` apart
//   b  (K, COLUMNS)
INLINE void tile(int vectors, int K, const float *const *a, ptrdiff_t step, const float *b,
                 const struct target *t)
{
    vector acc[ROWS][VECTORS];
    const float *row[ROWS];
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        row[i] = a[i];
        UNROLL
        for (int j = 0; j < vectors; j++) {
            if (t->first)
                acc[i][j] = (vector){0};
            else
                memcpy(&acc[i][j], t->sum + i * WIDE + j * LANES, sizeof(vector));
        }
    }
    const float *ahead = t->ahead;
    ptrdiff_t at = 0, ahead_step = t->ahead_step;
    for (const float *end = b + (ptrdiff_t)K * COLUMNS; b != end; b += COLUMNS, at += step) {
        vector b_k[VECTORS];
        __builtin_prefetch(ahead);
        ahead += ahead_step;
        UNROLL
        for (int j = 0; j < vectors; j++) memcpy(&b_k[j], b + j * LANES, sizeof(vector));
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            UNROLL
            for (int j = 0; j < vectors; j++) acc[i][j] += row[i][at] * b_k[j];
        }
    }
    if (t->last && t->rows == ROWS && t->columns == vectors * LANES) {
        UNROLL
        for (int i = 0; i < ROWS; i++) finish(vectors, acc[i], t->bias, t->c + i * t->N, t->add);
        return;
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        UNROLL
        for (int j = 0; j < vectors; j++)
            memcpy(t->sum + i * WIDE + j * LANES, &acc[i][j], sizeof(vector));
    }
    // At the edge of c: number by number.
    for (int i = 0; t->last && i < t->rows; i++) {
        const float *sum = t->sum + i * WIDE;
        float *c = t->c + i * t->N;
        for (int n = 0; n < t->columns; n++)
            c[n] = t->add ? c[n] + (sum[n] + t->bias[n]) : sum[n] + t->bias[n];
    }
}

// tile_of is tile for a number of vectors that the compiler does not know.
_Static_assert(VECTORS <= 3, "1, 2 and VECTORS are all there are");
static WIDE_VECTORS void tile_of(int vectors, int K, const float *const *a, ptrdiff_t step,
                                 const float *b, const struct target *t)
{
    switch (vectors) {
    case 1:
        tile(1, K, a, step, b, t);
        break;
    case 2:
        tile(2, K, a, step, b, t);
        break;
    default:
        tile(VECTORS, K, a, step, b, t);
    }
}

// --- blocks ----------------------------------------------------------------------------------

// ask decides what of a the j-th of `tiles` tiles asks the memory for.  What a tile reads itself
// would come too late, unless each of its lines serves all rows.
static void ask(struct target *t, const float *a, struct matrix m, int j, int tiles)
{
    enum { STEPS = 16 };  // that a line is under way
    if (m.column == 1) {
        t->ahead_step = pieces_of(ROWS, tiles);  // of the next tiles' rows, a part
        t->ahead = a + ROWS * m.row + j * t->ahead_step * m.row;
    } else {
        t->ahead_step = m.column;
        t->ahead = a + STEPS * m.column;
    }
}

// piece adds the steps [k, k + deep) to the block's sums: rows [0, high), columns [0, wide) of c.
static void piece(struct block *s, int high, int wide, int deep, struct matrix a, struct matrix b,
                  struct target t, float *c)
{
    float *sum = t.sum;
    int tiles = pieces_of(wide, COLUMNS);
    pack(wide, deep, b, s->b);
    for (int i = 0; i < high; i += ROWS) {
        const float *row[ROWS], *a_i = a.data + i * a.row;
        t.rows = min(ROWS, high - i);
        // The last row stands in for those that are missing.
        for (int r = 0; r < ROWS; r++) row[r] = a_i + min(r, t.rows - 1) * a.row;
        for (int j = 0; j < wide; j += COLUMNS) {
            t.columns = min(COLUMNS, wide - j);
            t.bias = s->bias + j;
            t.c = c + i * t.N + j;
            t.sum = sum + (high <= HIGH ? i : 0) * WIDE + j;
            ask(&t, a_i, a, j / COLUMNS, tiles);
            tile_of(pieces_of(t.columns, LANES), deep, row, a.column, s->b + j * deep, &t);
        }
    }
}

// multiply computes the block of c with rows [0, high) and columns [0, wide).
static void multiply(int high, int wide, int K, struct matrix a, struct matrix b, const float *bias,
                     float *c, int N, int add)
{
    struct block s;
    memset(s.bias, 0, sizeof s.bias);
    if (bias) memcpy(s.bias, bias, sizeof *bias * (size_t)wide);
    int pieces = K ? pieces_of(K, DEEP) : 1, deep = pieces_of(K, pieces);
    for (int p = 0; p < pieces; p++) {
        int k = p * deep;
        struct matrix a_k = {a.data + k * a.column, a.row, a.column};
        struct matrix b_k = {b.data + k * b.row, b.row, b.column};
        struct target t = {
            .sum = s.sum, .N = N, .first = p == 0, .last = p == pieces - 1, .add = add};
        piece(&s, high, wide, min(deep, K - k), a_k, b_k, t, c);
    }
}

// struct blocks: how c is cut.
struct blocks {
    int high, wide;  // of a block, but for the last ones
    int together;    // a thread takes so many blocks of one row at once
};

// share chooses the blocks, so that the threads are done soonest.
static struct blocks share(int M, int N, int K, struct matrix a, int threads)
{
    // To copy an element of b takes about as long as COPY rows of tiles take with it.  The other
    // kernels give each thread one part of the rows: where such a part of a, of NEAR numbers at
    // most, may still be in the thread's cache, it is worth more work to take just that.
    enum { COPY = 16, NEAR = 1 << 18 };
    const double gain = 0.9;
    int down_least = K > DEEP ? pieces_of(M, HIGH) : 1, across_least = pieces_of(N, WIDE);
    double best = HUGE_VAL;
    struct blocks chosen = {0};
    for (int down = down_least; down < down_least + threads; down++) {
        for (int across = across_least; across < across_least + threads; across++) {
            int h = pieces_of(pieces_of(M, down), ROWS) * ROWS;
            int w = pieces_of(pieces_of(N, across), LANES) * LANES;
            int rounds = pieces_of(pieces_of(M, h) * pieces_of(N, w), threads);
            int own = down == threads && a.column == 1 && (int64_t)h * K <= NEAR;
            double time = (double)rounds * (h + COPY) * w * (own ? gain : 1);
            if (time >= best) continue;
            best = time;
            chosen = (struct blocks){h, w, own ? pieces_of(N, w) : 1};
        }
    }
    return chosen;
}

void gemm_fast(int M, int N, int K, struct matrix a, struct matrix b, const float *bias, float *c,
               int add)
{
    CHECK(M >= 0 && N >= 0 && K >= 0, "M=%d N=%d K=%d", M, N, K);
    if (M == 0 || N == 0) return;
    struct blocks s = share(M, N, K, a, threads_max());
    int down = pieces_of(M, s.high), across = pieces_of(N, s.wide);
#pragma omp parallel for collapse(2) schedule(dynamic, s.together)
    for (int i = 0; i < down; i++) {
        for (int j = 0; j < across; j++) {
            int m = i * s.high, n = j * s.wide;
            struct matrix a_m = {a.data + m * a.row, a.row, a.column};
            struct matrix b_n = {b.data + n * b.column, b.row, b.column};
            multiply(min(s.high, M - m), min(s.wide, N - n), K, a_m, b_n, bias ? bias + n : NULL,
                     c + (ptrdiff_t)m * N + n, N, add);
        }
    }
}
