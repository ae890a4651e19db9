#include "flash_fast.h"

#include <math.h>
#include <string.h>

#include "attention_sizes.h"
#include "flash.h"
#include "flash_fast_product.h"
#include "flash_heads.h"
#include "mathf.h"
#include "threads.h"
#include "turn.h"
#include "vec.h"

// Where a block of queries meets its own keys, STRIP of them are taken at a time, so that little is
// computed of the future.
enum { BLOCK = FLASH_BLOCK, DEEP = 128, STRIP = VEC_LANES };

static int is_fast(int D)
{
    return D % VEC_LANES == 0 && D <= DEEP;
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

// turn_rows copies n <= BLOCK rows of D numbers, so that turned[d * BLOCK + i] = x[i][d].  Behind
// the n-th it leaves zeros.
static void turn_rows(int n, int D, const float *x, ptrdiff_t stride, float *turned)
{
    int whole = n / 4 * 4;
    if (n < BLOCK) memset(turned, 0, sizeof *turned * (size_t)D * BLOCK);
    for (int d = 0; d < D; d += 4)
        for (int i = 0; i < whole; i += 4)
            turn(x + i * stride + d, stride, turned + d * BLOCK + i, BLOCK);
    for (int i = whole; i < n; i++)
        for (int d = 0; d < D; d++) turned[d * BLOCK + i] = x[i * stride + d];
}

// --- forward ---------------------------------------------------------------------------------

// struct seen: what a block of queries has seen so far: struct flash_row, one a lane.
struct seen {
    _Alignas(64) float max[BLOCK];
    _Alignas(64) float sum[BLOCK];
    _Alignas(64) float mix[BLOCK * DEEP];  // rows of D
};

// look lets the queries look at n keys more.
//   z  [key][query]  their products; become exp(score - max)
static void look(int n, int D, float scale, float (*z)[BLOCK], struct seen *a)
{
    float before[BLOCK];
    memcpy(before, a->max, sizeof before);
    for (int s = 0; s < n; s++) {
        for (int i = 0; i < BLOCK; i++) {
            z[s][i] *= scale;
            a->max[i] = z[s][i] > a->max[i] ? z[s][i] : a->max[i];
        }
    }
    for (int i = 0; i < BLOCK; i++) before[i] = mathf_exp(before[i] - a->max[i]);
    for (int i = 0; i < BLOCK; i++) a->sum[i] *= before[i];
    for (int s = 0; s < n; s++) {
        for (int i = 0; i < BLOCK; i++) {
            z[s][i] = mathf_exp(z[s][i] - a->max[i]);
            a->sum[i] += z[s][i];
        }
    }
    for (int i = 0; i < BLOCK; i++)
        for (int d = 0; d < D; d++) a->mix[i * D + d] *= before[i];
}

// forward: queries [from, from + BLOCK), as many as there are, of head n = b H + h.
static void forward(int from, int n, const struct attention_sizes *z, const float *qkv, float *lse,
                    float *out)
{
    _Alignas(64) float turned[DEEP * BLOCK], scores[BLOCK][BLOCK];
    struct seen a;
    int b = n / z->H, h = n % z->H, g = h / z->heads, D = z->D, rows = min(BLOCK, z->T - from);
    const float *first = qkv + b * z->T * z->W, *k = first + (z->H + g) * D;
    const float *v = k + (ptrdiff_t)z->G * D;
    turn_rows(rows, D, first + from * z->W + h * D, z->W, turned);
    for (int i = 0; i < BLOCK; i++) a.max[i] = -INFINITY, a.sum[i] = 0;
    memset(a.mix, 0, sizeof *a.mix * (size_t)(BLOCK * D));
    for (int s = 0; s <= from; s += BLOCK, k += BLOCK * z->W, v += BLOCK * z->W) {
        int keys = min(BLOCK, z->T - s), step = s == from ? STRIP : BLOCK;
        // scores[s][i] = k[s] . q[i], of the queries that may look at the strip
        for (int r = 0; r < keys; r += step)
            flash_fast_product(min(step, keys - r), D, BLOCK - r,
                               (struct matrix){k + r * z->W, z->W, 1}, turned + r, BLOCK,
                               scores[r] + r, BLOCK, 0);
        for (int j = 0; s == from && j < keys; j++)
            for (int i = 0; i < j; i++) scores[j][i] = -INFINITY;  // nobody looks ahead
        look(keys, D, z->scale, scores, &a);
        for (int r = 0; r < rows; r += step)
            flash_fast_product(min(step, rows - r), min(keys, r + step), D,
                               (struct matrix){scores[0] + r, 1, BLOCK}, v, z->W, a.mix + r * D, D,
                               1);
    }
    float *y = out + (b * (ptrdiff_t)z->T + from) * z->HD + h * D;
    lse += (ptrdiff_t)n * z->T + from;
    for (int i = 0; i < rows; i++, y += z->HD) {
        for (int d = 0; d < D; d++) y[d] = a.mix[i * D + d] / a.sum[i];
        lse[i] = a.max[i] + mathf_log(a.sum[i]);
    }
}

void flash_fast_forward(int B, int T, int H, int G, int D, const float *qkv, float *lse, float *out)
{
    struct attention_sizes z = attention_sizes_of(B, T, H, G, D);
    if (!is_fast(D)) {
        flash_heads_forward(B, T, H, G, D, qkv, lse, out);
        return;
    }
#pragma omp parallel for collapse(2) schedule(dynamic)
    for (int n = 0; n < B * H; n++)
        for (int t = 0; t < T; t += BLOCK) forward(t, n, &z, qkv, lse, out);
}

// --- backward --------------------------------------------------------------------------------

// struct keys: a block of a group's keys and values, turned, and their gradients.
struct keys {
    int first, count;
    const float *data;  // the keys' rows, W apart
    _Alignas(64) float k[DEEP * BLOCK];
    _Alignas(64) float v[DEEP * BLOCK];
    _Alignas(64) float dk[BLOCK * DEEP];  // rows of D
    _Alignas(64) float dv[BLOCK * DEEP];
};

// struct head: the rows of one head's queries and of what it gave, those of out HD apart.
struct head {
    const float *q, *lse, *out, *dout;
    float *dq;
};

// struct arrays: the arguments of the backward.
struct arrays {
    struct attention_sizes z;
    const float *qkv, *lse, *out, *dout;
    float *dqkv;
};

static struct head head_of(const struct arrays *x, int n)
{
    const struct attention_sizes *z = &x->z;
    ptrdiff_t b = n / z->H, h = n % z->H;
    ptrdiff_t q = b * z->T * z->W + h * z->D, y = (b * z->T * z->H + h) * z->D;
    return (struct head){x->qkv + q, x->lse + (ptrdiff_t)n * z->T, x->out + y, x->dout + y,
                         x->dqkv + q};
}

// offset returns where group n = b G + g has its keys in qkv; its values are G D further.
static ptrdiff_t offset(const struct attention_sizes *z, int n)
{
    return n / z->G * z->T * z->W + (z->H + n % z->G) * z->D;
}

// open_keys turns the block of group n that begins at key s.
static void open_keys(const struct arrays *x, int n, int s, struct keys *a)
{
    const struct attention_sizes *z = &x->z;
    a->first = s, a->count = min(BLOCK, z->T - s);
    a->data = x->qkv + offset(z, n) + s * z->W;
    turn_rows(a->count, z->D, a->data, z->W, a->k);
    turn_rows(a->count, z->D, a->data + z->G * z->D, z->W, a->v);
}

// struct strip: queries [t, t + rows) of a head, and the first `keys` keys of a block.
struct strip {
    int t, rows, keys;
    int columns;                         // keys, up to whole vectors
    _Alignas(64) float p[BLOCK][BLOCK];  // [query][key]
    _Alignas(64) float ds[BLOCK][BLOCK];
};

// slopes computes p and ds of a strip.
static void slopes(struct strip *x, const struct attention_sizes *z, const struct head *h,
                   const struct keys *a)
{
    int D = z->D;
    const float *q = h->q + x->t * z->W, *y = h->out + x->t * z->HD, *dy = h->dout + x->t * z->HD;
    // p[i][s] = q[i] . k[s], ds[i][s] = dy[i] . v[s]
    flash_fast_product(x->rows, D, x->columns, (struct matrix){q, z->W, 1}, a->k, BLOCK, x->p[0],
                       BLOCK, 0);
    flash_fast_product(x->rows, D, x->columns, (struct matrix){dy, z->HD, 1}, a->v, BLOCK, x->ds[0],
                       BLOCK, 0);
    for (int i = 0; i < x->rows; i++, y += z->HD, dy += z->HD) {
        float *p = x->p[i], *ds = x->ds[i], mean = vec_dot(D, dy, y), lse = h->lse[x->t + i];
        for (int s = 0; s < x->columns; s++) {
            p[s] = mathf_exp(p[s] * z->scale - lse);
            ds[s] = z->scale * p[s] * (ds[s] - mean);
        }
        for (int s = x->t + i + 1 - a->first; s < x->columns; s++) p[s] = ds[s] = 0;
    }
}

// send_back goes from a strip of a head's queries to the gradients of the queries, of the keys, or
// both.
static void send_back(struct strip *x, const struct attention_sizes *z, const struct head *h,
                      int queries, int keys, struct keys *a)
{
    int D = z->D;
    ptrdiff_t at = x->t * z->W;
    slopes(x, z, h, a);
    if (queries)
        flash_fast_product(x->rows, x->keys, D, (struct matrix){x->ds[0], BLOCK, 1}, a->data, z->W,
                           h->dq + at, z->W, 1);
    if (!keys) return;
    // Read by columns: what the queries send back to each key.
    struct matrix ds = {x->ds[0], 1, BLOCK}, p = {x->p[0], 1, BLOCK};
    flash_fast_product(x->keys, x->rows, D, ds, h->q + at, z->W, a->dk, D, 1);
    flash_fast_product(x->keys, x->rows, D, p, h->dout + x->t * z->HD, z->HD, a->dv, D, 1);
}

// pair does so for the queries [t, t + BLOCK) and a block of keys.
static void pair(int t, const struct attention_sizes *z, const struct head *h, int queries,
                 int keys, struct keys *a)
{
    struct strip x;
    int end = min(t + BLOCK, z->T), step = t == a->first ? STRIP : BLOCK;
    for (x.t = t; x.t < end; x.t += step) {
        x.rows = min(step, end - x.t);
        x.columns = x.t - t + step;
        x.keys = min(x.columns, a->count);
        send_back(&x, z, h, queries, keys, a);
    }
}

// to_keys: the gradients of group n's keys and values from s on; those of its queries too, if
// asked.
static void to_keys(int s, int n, const struct arrays *x, int queries)
{
    const struct attention_sizes *z = &x->z;
    struct keys a;
    size_t bytes = sizeof *a.dk * (size_t)(BLOCK * z->D);
    open_keys(x, n, s, &a);
    memset(a.dk, 0, bytes);
    memset(a.dv, 0, bytes);
    for (int i = 0; i < z->heads; i++) {
        struct head h = head_of(x, n * z->heads + i);
        for (int t = s; t < z->T; t += BLOCK) pair(t, z, &h, queries, 1, &a);
    }
    float *dk = x->dqkv + offset(z, n) + s * z->W, *dv = dk + z->G * z->D;
    for (int i = 0; i < a.count; i++, dk += z->W, dv += z->W) {
        vec_add(z->D, a.dk + i * z->D, dk);
        vec_add(z->D, a.dv + i * z->D, dv);
    }
}

// to_queries: the gradients of the queries [t, t + BLOCK) of head n.
static void to_queries(int t, int n, const struct arrays *x)
{
    struct head h = head_of(x, n);
    for (int s = 0; s <= t; s += BLOCK) {
        struct keys a;
        open_keys(x, n / x->z.heads, s, &a);
        pair(t, &x->z, &h, 1, 0, &a);
    }
}

void flash_fast_backward(int B, int T, int H, int G, int D, const float *qkv, const float *lse,
                         const float *out, const float *dout, float *dqkv)
{
    struct arrays x = {attention_sizes_of(B, T, H, G, D), qkv, lse, out, dout, dqkv};
    int groups = B * G;
    if (!is_fast(D)) {
        flash_heads_backward(B, T, H, G, D, qkv, lse, out, dout, dqkv);
        return;
    }
    if (2 * groups > threads_max()) {
#pragma omp parallel for
        for (int n = 0; n < groups; n++)
            for (int s = 0; s < T; s += BLOCK) to_keys(s, n, &x, 1);
        return;
    }
    // More threads than groups: they share out blocks, and p and ds are computed twice.  Each sum
    // has the order that it has above.
#pragma omp parallel
    {
#pragma omp for collapse(2) schedule(dynamic)
        for (int n = 0; n < B * H; n++)
            for (int t = 0; t < T; t += BLOCK) to_queries(t, n, &x);
#pragma omp for collapse(2) schedule(dynamic)
        for (int n = 0; n < groups; n++)
            for (int s = 0; s < T; s += BLOCK) to_keys(s, n, &x, 0);
    }
}
