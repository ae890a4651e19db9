#include "attention_fast_rows.h"

#include <math.h>
#include <string.h>

#include "mathf.h"
#include "registers.h"
#include "turn.h"

enum { KEYS = ATTENTION_FAST_KEYS };

// QUERIES share each load of a turned key; about six vectors for each of them must fit in the
// registers.  The sums' tile: ROWS x VECTORS sums, VECTORS for a row of x, one for a weight.
#if defined(__AVX512F__)
enum { QUERIES = 4, ROWS = 8, VECTORS = 2 };
#elif defined(__AVX__)
enum { QUERIES = 2, ROWS = 4, VECTORS = 2 };
#else
enum { QUERIES = 4, ROWS = 4, VECTORS = 4 };
#endif
enum { COLUMNS = VECTORS * VEC_WIDTH };

static int min(int a, int b)
{
    return a < b ? a : b;
}

// --- dot products ----------------------------------------------------------------------------

// turn_keys copies n <= KEYS rows of D numbers, so that turned[d * KEYS + s] = x[s][d].  Behind
// the n-th it leaves zeros.
static void turn_keys(int n, int D, struct rows x, float *turned)
{
    int whole = n / 4 * 4;
    if (n < KEYS) memset(turned, 0, sizeof *turned * (size_t)D * KEYS);
    for (int d = 0; d < D; d += 4)
        for (int s = 0; s < whole; s += 4)
            turn(x.data + s * x.stride + d, x.stride, turned + d * KEYS + s, KEYS);
    for (int s = whole; s < n; s++)
        for (int d = 0; d < D; d++) turned[d * KEYS + s] = x.data[s * x.stride + d];
}

// lane is lane l of vec_dot for QUERIES rows x and a vector of keys.  A sum that begins with its
// first product instead of 0 is -0 where that one would be +0, and otherwise the same.
INLINE void lane(int D, int l, const float *const *x, const float *turned, vec_part *sum)
{
    vec_part y;
    memcpy(&y, turned + l * KEYS, sizeof y);
    UNROLL
    for (int i = 0; i < QUERIES; i++) sum[i] = x[i][l] * y;
    UNROLL
    for (int d = l + VEC_LANES; d < D; d += VEC_LANES) {
        memcpy(&y, turned + d * KEYS, sizeof y);
        UNROLL
        for (int i = 0; i < QUERIES; i++) sum[i] += x[i][d] * y;
    }
}

INLINE void add(vec_part *a, const vec_part *b)
{
    UNROLL
    for (int i = 0; i < QUERIES; i++) a[i] += b[i];
}

// dots is vec_dot of QUERIES rows x with n keys, up to whole vectors, times factor.
INLINE void dots(int n, int D, const float *const *x, const float *turned, float factor,
                 float out[QUERIES][KEYS])
{
    for (int s = 0; s < n; s += VEC_WIDTH, turned += VEC_WIDTH) {
        vec_part a[QUERIES], b[QUERIES], c[QUERIES], fold[4][QUERIES];
        // A loop that stays one: unrolled, all its loads come first and fill the registers.
        ROLLED
        for (int l = 0; l < 4; l++) {
            lane(D, l, x, turned, a);
            lane(D, l + 8, x, turned, b);
            add(a, b);
            lane(D, l + 4, x, turned, b);
            lane(D, l + 12, x, turned, c);
            add(b, c);
            add(a, b);
            UNROLL
            for (int i = 0; i < QUERIES; i++) fold[l][i] = a[i];
        }
        UNROLL
        for (int i = 0; i < QUERIES; i++) {
            vec_part sum = (fold[0][i] + fold[2][i]) + (fold[1][i] + fold[3][i]);
            sum *= factor;
            memcpy(out[i] + s, &sum, sizeof sum);
        }
    }
}

// As functions of their own: in one, what they have in common would be pulled to the front.
typedef void dots_of(int n, int D, const float *const *x, const float *turned, float factor,
                     float out[QUERIES][KEYS]);
#define DOTS(name, size)                                                                    \
    static WIDE_VECTORS void name(int n, int D, const float *const *x, const float *turned, \
                                  float factor, float out[QUERIES][KEYS])                   \
    {                                                                                       \
        (void)D;                                                                            \
        dots(n, size, x, turned, factor, out);                                              \
    }
DOTS(dots_32, 32)
DOTS(dots_64, 64)
DOTS(dots_any, D)

// keep replaces the elements behind the first n by `rest`.
static void keep(int n, float rest, float *x)
{
    for (int l = 0; l < KEYS; l++) x[l] = l < n ? x[l] : rest;
}

void rows_products(int from, int to, int T, int D, struct rows x, struct rows y, float factor,
                   float rest, float *z)
{
    _Alignas(64) float turned[ATTENTION_FAST_DEEP * KEYS], out[QUERIES][KEYS];
    dots_of *d = D == 32 ? dots_32 : D == 64 ? dots_64 : dots_any;
    for (int s = 0; s < to; s += KEYS, y.data += KEYS * y.stride) {
        int keys = min(KEYS, T - s);
        turn_keys(keys, D, y, turned);
        for (int t = from > s ? from : s; t < to; t += QUERIES) {
            const float *row[QUERIES];
            int there = min(QUERIES, to - t);
            // The last row stands in for those that are missing.
            for (int i = 0; i < QUERIES; i++) row[i] = x.data + min(t + i, to - 1) * x.stride;
            for (int i = 0; i < there; i++)
                __builtin_prefetch(z + (ptrdiff_t)(t + i) * T + s + KEYS, 1);
            d(min(KEYS, t + there - s), D, row, turned, factor, out);
            float *z_t = z + (ptrdiff_t)t * T + s;
            for (int i = 0; i < there; i++, z_t += T) {
                if (t + i - s + 1 < KEYS) keep(t + i - s + 1, rest, out[i]);
                if (keys == KEYS)
                    memcpy(z_t, out[i], sizeof out[i]);
                else
                    memcpy(z_t, out[i], sizeof *z_t * (size_t)keys);
            }
        }
    }
}

// --- sums over rows --------------------------------------------------------------------------

// step adds w[r] * x to the sums of rows [first, last).
INLINE void step(int first, int last, int vectors, const float *const *w, ptrdiff_t at,
                 const float *x, vec_part sum[ROWS][VECTORS])
{
    vec_part v[VECTORS];
    UNROLL
    for (int j = 0; j < vectors; j++) memcpy(&v[j], x + j * VEC_WIDTH, sizeof *v);
    UNROLL
    for (int r = 0; r < ROWS; r++) {
        if (r < first || r >= last) continue;
        UNROLL
        for (int j = 0; j < vectors; j++) sum[r][j] += w[r][at] * v[j];
    }
}

// struct sums: sums y[r] of w[r,i] x[i] over the i of a triangle.
//   begin  where true, row r's sum begins at i = r, otherwise at 0
//   n      row 0's sum ends before n; row r's too where begin is true, otherwise before n + r
//   add    whether the sums are added to y
struct sums {
    const float *w;
    ptrdiff_t row, step;  // w[r,i] = w[r * row + i * step]
    struct rows x;
    float *y;
    ptrdiff_t y_stride;
    int n, add;
};

INLINE void tile(int begin, int rows, int vectors, const struct sums *s)
{
    vec_part sum[ROWS][VECTORS];
    const float *w[ROWS], *x = s->x.data;
    ptrdiff_t x_step = s->x.stride, w_step = s->step, at = 0;
    float *y = s->y;
    UNROLL
    for (int r = 0; r < rows; r++) {
        w[r] = s->w + r * s->row;
        UNROLL
        for (int j = 0; j < vectors; j++) sum[r][j] = (vec_part){0};
    }
    // What a row leaves out is not added as 0 * x either, which is NaN where x is infinite.
    UNROLL
    for (int r = 1; begin && r < rows; r++, at += w_step, x += x_step)
        step(0, r, vectors, w, at, x, sum);
    for (int i = begin ? rows - 1 : 0; i < s->n; i++, at += w_step, x += x_step)
        step(0, rows, vectors, w, at, x, sum);
    UNROLL
    for (int r = 1; !begin && r < rows; r++, at += w_step, x += x_step)
        step(r, rows, vectors, w, at, x, sum);
    UNROLL
    for (int r = 0; r < rows; r++, y += s->y_stride) {
        UNROLL
        for (int j = 0; j < vectors; j++) {
            vec_part old;
            memcpy(&old, y + j * VEC_WIDTH, sizeof old);
            if (s->add) sum[r][j] += old;
            memcpy(y + j * VEC_WIDTH, &sum[r][j], sizeof old);
        }
    }
}

// struct shape: a size of tile, and the functions that sum one: mix to the diagonal, spread from
// it.
struct shape {
    int rows, columns;
    void (*mix)(const struct sums *s), (*spread)(const struct sums *s);
};
#define TILE(name, begin, rows, vectors)                \
    static WIDE_VECTORS void name(const struct sums *s) \
    {                                                   \
        tile(begin, rows, vectors, s);                  \
    }
TILE(mix_wide, 0, ROWS, VECTORS)
TILE(mix_narrow, 0, ROWS, VEC_PARTS)
TILE(mix_row, 0, 1, VEC_PARTS)
TILE(spread_wide, 1, ROWS, VECTORS)
TILE(spread_narrow, 1, ROWS, VEC_PARTS)
TILE(spread_row, 1, 1, VEC_PARTS)

static struct shape shape_of(int rows, int columns)
{
    if (rows < ROWS) return (struct shape){1, KEYS, mix_row, spread_row};
    if (columns < COLUMNS) return (struct shape){ROWS, KEYS, mix_narrow, spread_narrow};
    return (struct shape){ROWS, COLUMNS, mix_wide, spread_wide};
}

void rows_mix(int from, int to, int T, int D, const float *map, struct rows x, float *y,
              ptrdiff_t y_stride, int add)
{
    struct shape f = {0};
    for (int t = from; t < to; t += f.rows) {
        for (int d = 0; d < D; d += f.columns) {
            f = shape_of(to - t, D - d);
            struct sums s = {.w = map + (ptrdiff_t)t * T, .row = T, .step = 1};
            s.x = (struct rows){x.data + d, x.stride};
            s.y = y + t * y_stride + d, s.y_stride = y_stride;
            s.n = t + 1, s.add = add;
            f.mix(&s);
        }
    }
}

void rows_spread(int from, int to, int T, int D, int heads, const float *map, struct rows x,
                 float *y, ptrdiff_t y_stride)
{
    _Alignas(64) float sum[ROWS][COLUMNS];
    struct shape f = {0};
    for (int t = from; t < to; t += f.rows) {
        for (int d = 0; d < D; d += f.columns) {
            f = shape_of(to - t, D - d);
            for (int r = 0; r < f.rows; r++) {
                for (int j = 0; j < f.columns; j += KEYS)
                    __builtin_prefetch(y + (t + r) * y_stride + d + j, 1);
            }
            for (int h = 0; h < heads; h++) {
                struct sums s = {.w = map + ((ptrdiff_t)h * T + t) * T + t, .row = 1, .step = T};
                s.x = (struct rows){x.data + t * x.stride + h * D + d, x.stride};
                s.y = sum[0], s.y_stride = COLUMNS;
                s.n = T - t, s.add = h > 0;
                f.spread(&s);
            }
            for (int r = 0; r < f.rows; r++) vec_add(f.columns, sum[r], y + (t + r) * y_stride + d);
        }
    }
}

// --- rows of a map ---------------------------------------------------------------------------

// softmax is rows_softmax where [from, to) begin and end in the same KEYS.  One step for all rows,
// then the next: no row waits for its own.
static void softmax(int from, int to, int T, float *z)
{
    int n = min(from / KEYS * KEYS + KEYS, T), rows = to - from;
    float max[KEYS], scale[KEYS], *row = z += (ptrdiff_t)from * T;
    for (int r = 0; r < rows; r++, row += T) max[r] = vec_max(n, row);
    row = z;
    for (int r = 0; r < rows; r++, row += T)
        for (int s = 0; s < n; s++) row[s] = mathf_exp(row[s] - max[r]);
    row = z;
    for (int r = 0; r < rows; r++, row += T) scale[r] = 1 / vec_sum(n, row);
    row = z;
    for (int r = 0; r < rows; r++, row += T) {
        for (int s = 0; s < n; s++) row[s] *= scale[r];
        for (int s = n; s < T; s++) row[s] = 0;
    }
}

void rows_softmax(int from, int to, int T, float *z)
{
    for (int t = from; t < to; t += KEYS) softmax(t, min(t + KEYS, to), T, z);
}

void rows_slopes(int from, int to, int T, float scale, const float *p, float *ds)
{
    p += (ptrdiff_t)from * T, ds += (ptrdiff_t)from * T;
    for (int t = from; t < to; t++, p += T, ds += T) {
        int n = min(t / KEYS * KEYS + KEYS, T);
        float mean = vec_dot(n, p, ds);
        for (int s = 0; s < n; s++) ds[s] = scale * p[s] * (ds[s] - mean);
    }
}
