#include "gemm_fast.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ahead.h"
#include "error.h"
#include "pack.h"
#include "registers.h"
#include "threads.h"

// The register tile: ROWS x VECTORS sums, VECTORS for a row of b and one for an element of a must
// fit in the machine's vector registers.  There must be enough sums to hide the latency of an FMA;
// and the more FMAs there are for each value that is loaded, the better.
enum { LANES = VEC_WIDTH, ROWS = GEMM_ROWS, VECTORS = GEMM_VECTORS };

// A thread computes a block of c.  It copies the part of b that the block needs, at most `deep`
// steps of k at a time, in the order in which the tiles read it: panels of COLUMNS columns.  The
// copy stays in the second-level cache.  a is read where it stands, and each of its rows once for
// all panels.  Where a row's numbers are not side by side, GROUP rows are copied too, for each
// block anew: so blocks are wide there, and the copy of b takes no more room for that.
enum { COLUMNS = VECTORS * LANES, WIDE = 192 / COLUMNS * COLUMNS, DEEP = 768 };
enum { WIDEST = 2 * WIDE, HIGH = 30 * ROWS, GROUP = 4 * ROWS };
enum { TOGETHER = 4 };  // steps of k for which the memory is asked once for a line

typedef vec_part vector;

struct block {
    _Alignas(64) float b[WIDE * DEEP];       // [panel][k][column]
    _Alignas(64) float a[GROUP * DEEP / 2];  // [tile][k][row], where it is copied
    _Alignas(64) float sum[HIGH * WIDEST];   // [row][column], unfinished, where K > deep
    _Alignas(64) float bias[WIDEST];
};

// struct extent: of a block's copy of b, at most.
struct extent {
    int wide, deep;
};

// a_copied tells whether a is copied, extent_of what that means for the copy of b.
static int a_copied(struct matrix a)
{
    return a.column != 1;
}

static struct extent extent_of(struct matrix a)
{
    return a_copied(a) ? (struct extent){WIDEST, DEEP / 2} : (struct extent){WIDE, DEEP};
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

static int pieces_of(int total, int most)
{
    return total / most + (total % most != 0);
}

// --- tiles -----------------------------------------------------------------------------------

// Where a tile's sums come from and go to.
struct target {
    float *sum;         // rows WIDEST apart
    const float *bias;  // COLUMNS numbers
    float *c;           // rows N apart
    ptrdiff_t N;
    int rows, columns;     // how much of the tile is inside c
    int first, last, add;  // first, last: of the steps along k
    // Every TOGETHER steps of k the memory is asked for the line of a at `ahead`, then ahead_step
    // on.
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

// add_products takes `steps` steps of k for all sums of a tile.
INLINE void add_products(int vectors, int steps, const float *const *row, ptrdiff_t at,
                         ptrdiff_t step, const float *b, vector (*acc)[VECTORS])
{
    UNROLL
    for (int k = 0; k < steps; k++) {
        vector b_k[VECTORS];
        UNROLL
        for (int j = 0; j < vectors; j++)
            memcpy(&b_k[j], b + k * COLUMNS + j * LANES, sizeof b_k[j]);
        UNROLL
        for (int i = 0; i < ROWS; i++) {
            UNROLL
            for (int j = 0; j < vectors; j++) acc[i][j] += row[i][at + k * step] * b_k[j];
        }
    }
}

// tile continues the sums of ROWS rows and vectors * LANES columns over K steps.
//   a  (ROWS)        each row's first element, the next ones behind it; or, if it is copied, only
//                    the first row's: (K, ROWS)
//   b  (K, COLUMNS)
INLINE void tile(int vectors, int copied, int K, const float *const *a, const float *b,
                 const struct target *t)
{
    vector acc[ROWS][VECTORS];
    const float *row[ROWS];
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        row[i] = copied ? a[0] + i : a[i];
        UNROLL
        for (int j = 0; j < vectors; j++) {
            if (t->first)
                acc[i][j] = (vector){0};
            else
                memcpy(&acc[i][j], t->sum + i * WIDEST + j * LANES, sizeof(vector));
        }
    }
    // What the sums will be added to may have to come from far.
    for (int i = 0; t->last && t->add && i < t->rows; i++)
        for (int j = 0; j < vectors; j++) __builtin_prefetch(t->c + i * t->N + j * LANES, 1);
    const float *ahead = t->ahead;
    const ptrdiff_t step = copied ? ROWS : 1;
    ptrdiff_t at = 0, ahead_step = t->ahead_step;
    int k = 0;
    for (; k + TOGETHER <= K; k += TOGETHER, at += TOGETHER * step, b += TOGETHER * COLUMNS) {
        if (copied)
            __builtin_prefetch(ahead, 0, 2);  // to the second-level cache: it is much
        else
            __builtin_prefetch(ahead);
        ahead += ahead_step;
        add_products(vectors, TOGETHER, row, at, step, b, acc);
    }
    ROLLED
    for (; k < K; k++, at += step, b += COLUMNS) add_products(vectors, 1, row, at, step, b, acc);
    if (t->last && t->rows == ROWS && t->columns == vectors * LANES) {
        UNROLL
        for (int i = 0; i < ROWS; i++) finish(vectors, acc[i], t->bias, t->c + i * t->N, t->add);
        return;
    }
    UNROLL
    for (int i = 0; i < ROWS; i++) {
        UNROLL
        for (int j = 0; j < vectors; j++)
            memcpy(t->sum + i * WIDEST + j * LANES, &acc[i][j], sizeof(vector));
    }
    // At the edge of c: number by number.
    for (int i = 0; t->last && i < t->rows; i++) {
        const float *sum = t->sum + i * WIDEST;
        float *c = t->c + i * t->N;
        for (int n = 0; n < t->columns; n++)
            c[n] = t->add ? c[n] + (sum[n] + t->bias[n]) : sum[n] + t->bias[n];
    }
}

// tile_of is tile for what the compiler does not know.
_Static_assert(VECTORS <= 3, "1, 2 and VECTORS are all there are");
static WIDE_VECTORS void tile_of(int vectors, int copied, int K, const float *const *a,
                                 const float *b, const struct target *t)
{
    if (vectors == 1)
        copied ? tile(1, 1, K, a, b, t) : tile(1, 0, K, a, b, t);
    else if (vectors == 2)
        copied ? tile(2, 1, K, a, b, t) : tile(2, 0, K, a, b, t);
    else
        copied ? tile(VECTORS, 1, K, a, b, t) : tile(VECTORS, 0, K, a, b, t);
}

// --- blocks ----------------------------------------------------------------------------------

// ahead_of_copy returns where tile (i, j) of a block begins to ask the memory for the group of rows
// of a that is copied next.  Its `deep` steps have two lines each: one for each of the first two
// panels, a quarter of the steps for each tile of this group.
static const float *ahead_of_copy(struct matrix a, int i, int j, int deep)
{
    return a.data + (i - i % GROUP + GROUP + min(j / COLUMNS, 1) * AHEAD_LINE) * a.row +
           i % GROUP / ROWS * (deep / 4) * a.column;
}

// piece adds the steps [k, k + deep) to the block's sums: rows [0, high), columns [0, wide) of c.
static void piece(struct block *s, int high, int wide, int deep, struct matrix a, struct matrix b,
                  struct target t, float *c)
{
    float *sum = t.sum;
    int copied = a_copied(a), tiles = pieces_of(wide, COLUMNS), part = pieces_of(ROWS, tiles);
    pack(COLUMNS, wide, deep, b.data, b.column, b.row, s->b);
    // Each tile asks for a part of the next rows.
    t.ahead_step = copied ? a.column : part * TOGETHER;
    for (int i = 0; i < high; i += ROWS) {
        const float *row[ROWS], *a_i = a.data + i * a.row;
        t.rows = min(ROWS, high - i);
        if (copied && i % GROUP == 0)
            pack(ROWS, min(GROUP, high - i), deep, a_i, a.row, a.column, s->a);
        // The last row stands in for those that are missing.
        for (int r = 0; r < ROWS; r++)
            row[r] = copied ? s->a + i % GROUP * deep : a_i + min(r, t.rows - 1) * a.row;
        for (int j = 0; j < wide; j += COLUMNS) {
            t.columns = min(COLUMNS, wide - j);
            t.bias = s->bias + j;
            t.c = c + i * t.N + j;
            t.sum = sum + (high <= HIGH ? i : 0) * WIDEST + j;
            t.ahead = copied ? ahead_of_copy(a, i, j, deep)
                             : row[0] + (ROWS + j / COLUMNS * part) * a.row;
            tile_of(pieces_of(t.columns, LANES), copied, deep, row, s->b + j * deep, &t);
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
    int pieces = K ? pieces_of(K, extent_of(a).deep) : 1, deep = pieces_of(K, pieces);
    for (int p = 0; p < pieces; p++) {
        int k = p * deep;
        struct target t = {
            .sum = s.sum, .N = N, .first = p == 0, .last = p == pieces - 1, .add = add};
        piece(&s, high, wide, min(deep, K - k), matrix_from(a, 0, k), matrix_from(b, k, 0), t, c);
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
    // To copy an element takes about as long as COPY products.  The other kernels give each thread
    // one part of the rows: where such a part of a, of NEAR numbers at most, may still be in the
    // thread's cache, it is worth more work to take just that.
    enum { COPY = 16, NEAR = 1 << 18 };
    const double gain = 0.9;
    struct extent most = extent_of(a);
    int copied = a_copied(a);
    int down_least = K > most.deep ? pieces_of(M, HIGH) : 1, across_least = pieces_of(N, most.wide);
    double best = HUGE_VAL;
    struct blocks chosen = {0};
    for (int down = down_least; down < down_least + threads; down++) {
        for (int across = across_least; across < across_least + threads; across++) {
            int h = pieces_of(pieces_of(M, down), ROWS) * ROWS;
            int w = pieces_of(pieces_of(N, across), LANES) * LANES;
            int rounds = pieces_of(pieces_of(M, h) * pieces_of(N, w), threads);
            int own = down == threads && !copied && (int64_t)h * K <= NEAR;
            double time = (double)rounds * (h + COPY) * (w + copied * COPY) * (own ? gain : 1);
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
            multiply(min(s.high, M - m), min(s.wide, N - n), K, matrix_from(a, m, 0),
                     matrix_from(b, 0, n), bias ? bias + n : NULL, c + (ptrdiff_t)m * N + n, N,
                     add);
        }
    }
}
