#include "block.h"

#include <criterion/criterion.h>

#include "check.h"
#include "oracle.h"

enum { B = 2, T = 4, H = 3, C = 6, N = B * T };

// The weights in the order of struct block.
enum { NORM1_W, NORM1_B, QKV_W, QKV_B, OUT_W, OUT_B, NORM2_W, NORM2_B, UP_W, UP_B, DOWN_W, DOWN_B };
enum { WEIGHTS = DOWN_B + 1 };
static const int SHAPE[WEIGHTS][2] = {{C, 0}, {C, 0}, {3 * C, C}, {3 * C, 0}, {C, C},     {C, 0},
                                      {C, 0}, {C, 0}, {4 * C, C}, {4 * C, 0}, {C, 4 * C}, {C, 0}};

static size_t size_of(int i)
{
    return (size_t)SHAPE[i][0] * (size_t)(SHAPE[i][1] ? SHAPE[i][1] : 1);
}

struct problem {
    float *x;
    float *w[WEIGHTS], *grad[WEIGHTS], *dx;
    double *x64, *w64[WEIGHTS], *y64;
};

static struct problem make(struct check *c)
{
    struct problem p = {.x = check_normals(c, N * C, 1), .dx = check_zeros(c, N * C)};
    p.x64 = check_widen(c, N * C, p.x), p.y64 = check_doubles(c, N * C);
    for (int i = 0; i < WEIGHTS; i++) {
        p.w[i] = check_normals(c, size_of(i), 0.5f);
        p.w64[i] = check_widen(c, size_of(i), p.w[i]);
        p.grad[i] = check_zeros(c, size_of(i));
    }
    return p;
}

static int run(struct tape *t, const struct problem *p)
{
    int id[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) {
        id[i] = tape_leaf(t, SHAPE[i][1] ? 2 : 1, SHAPE[i], p->w[i], p->grad[i]);
    }
    struct block w = {.norm1_w = id[NORM1_W],
                      .norm1_b = id[NORM1_B],
                      .qkv_w = id[QKV_W],
                      .qkv_b = id[QKV_B],
                      .out_w = id[OUT_W],
                      .out_b = id[OUT_B],
                      .norm2_w = id[NORM2_W],
                      .norm2_b = id[NORM2_B],
                      .up_w = id[UP_W],
                      .up_b = id[UP_B],
                      .down_w = id[DOWN_W],
                      .down_b = id[DOWN_B]};
    const struct block_shape shape = {.heads = H, .groups = H, .epsilon = 1e-5f};
    return block_forward(t, &shape, &w, tape_leaf(t, 3, (int[]){B, T, C}, p->x, p->dx));
}

static double objective(const void *context)
{
    const struct problem *p = context;
    double *const *w = p->w64;
    double h[N * C], qkv[N * 3 * C], map[B * H * T * T], part[N * C], up[N * 4 * C], sum = 0;
    oracle_layernorm(N, C, p->x64, w[NORM1_W], w[NORM1_B], h);
    oracle_linear(N, C, 3 * C, h, w[QKV_W], w[QKV_B], qkv);
    oracle_attention(B, T, H, H, C / H, qkv, map, h);
    oracle_linear(N, C, C, h, w[OUT_W], w[OUT_B], part);
    for (int i = 0; i < N * C; i++) p->y64[i] = p->x64[i] + part[i];
    oracle_layernorm(N, C, p->y64, w[NORM2_W], w[NORM2_B], h);
    oracle_linear(N, C, 4 * C, h, w[UP_W], w[UP_B], up);
    oracle_gelu(N * 4 * C, up, up);
    oracle_linear(N, 4 * C, C, up, w[DOWN_W], w[DOWN_B], part);
    for (int i = 0; i < N * C; i++) p->y64[i] += part[i], sum += p->y64[i];
    return sum;
}

Test(block_given, is_its_formula_and_has_its_slopes)
{
    struct check *c = check_begin(1);
    struct problem p = make(c);
    struct tape *t = tape_new();
    int y = run(t, &p);
    cr_assert(tape_rank(t, y) == 3 && tape_dim(t, y, 1) == T && tape_dim(t, y, 2) == C);
    tape_backward(t, y, 1);
    objective(&p);
    // About 300 operations stand behind an element, 2000 behind a gradient over N rows.
    check_near(N * C, tape_data(t, y), p.y64, 300 * CHECK_U * check_largest(N * C, p.y64), "y");
    for (int i = -1; i < WEIGHTS; i++) {
        size_t n = i < 0 ? N * C : size_of(i);
        double *slope = check_doubles(c, n);
        check_slopes(n, i < 0 ? p.x64 : p.w64[i], objective, &p, slope);
        check_near(n, i < 0 ? p.dx : p.grad[i], slope, 2000 * CHECK_U * check_largest(n, slope),
                   "gradient of tensor %d (-1: x)", i);
    }
    tape_free(t);
    check_end(c);
}

Test(block_given, without_output_weights_it_is_the_identity)
{
    struct check *c = check_begin(2);
    struct problem p = make(c);
    const int silent[] = {OUT_W, OUT_B, DOWN_W, DOWN_B};
    for (int i = 0; i < 4; i++) p.w[silent[i]] = check_zeros(c, size_of(silent[i]));
    struct tape *t = tape_new();
    check_same(N * C, tape_data(t, run(t, &p)), p.x, "y");
    tape_free(t);
    check_end(c);
}

Test(block_given, a_later_position_changes_nothing_before_it)
{
    struct check *c = check_begin(3);
    struct problem p = make(c);
    struct tape *t = tape_new();
    const float *want = tape_data(t, run(t, &p));
    float *x = check_copy(c, N * C, p.x);
    for (int i = 0; i < C; i++) x[(T - 1) * C + i] += (float)(i * i);
    p.x = x;
    const float *got = tape_data(t, run(t, &p));
    check_same((T - 1) * C, got, want, "before the change");
    cr_assert(got[(T - 1) * C] != want[(T - 1) * C], "the change itself");
    check_same((B - 1) * T * C, got + T * C, want + T * C, "the other sequence");
    tape_free(t);
    check_end(c);
}
