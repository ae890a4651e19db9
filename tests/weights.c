// weights: rows as in files, as in memory, and products with them.
#include "weights.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "linear.h"
#include "quant.h"

struct product {
    int N, C, O;
    const float *x, *b;
    struct weights w;
};

static void multiply(const void *job, float *y)
{
    const struct product *p = job;
    weights_linear(p->N, p->C, p->O, p->x, p->w, p->b, y);
}

static const int SIZES[][3] = {{1, 32, 1},  {1, 64, 16},   {3, 96, 17},  {2, 128, 33},
                               {7, 32, 15}, {17, 160, 48}, {1, 2048, 5}, {5, 64, 100}};
enum { COUNT = sizeof SIZES / sizeof *SIZES };

// plain: the same by quant.h's own functions.
static void plain(const struct product *p, const char *rows, float *y)
{
    struct quant_q8_0 *x = malloc(sizeof *x * (size_t)(p->C / QUANT_BLOCK));
    for (int n = 0; n < p->N; n++) {
        quant_to_q8_0(p->C, p->x + n * p->C, x);
        for (int o = 0; o < p->O; o++) {
            const void *row = rows + (size_t)o * quant_row_bytes(p->w.type, p->C);
            float dot = p->w.type == QUANT_Q8_0 ? quant_dot_q8_0(p->C, row, x)
                                                : quant_dot_q4_0(p->C, row, x);
            y[n * p->O + o] = p->b ? dot + p->b[o] : dot;
        }
    }
    free(x);
}

Test(weights, multiplies_to_the_bits_of_the_plain_functions)
{
    for (int i = 0; i < 2 * COUNT; i++) {
        struct check *c = check_begin((uint64_t)i);
        enum quant_type type = i < COUNT ? QUANT_Q8_0 : QUANT_Q4_0;
        const int *s = SIZES[i % COUNT], N = s[0], C = s[1], O = s[2];
        size_t size = (size_t)N * (size_t)O;
        char *rows = malloc((size_t)O * quant_row_bytes(type, C));
        void *data = malloc(weights_bytes(type, O, C));
        // Rows of all sizes: the scales of the smallest are denormal halves, or 0.
        float *weights = check_normals(c, (size_t)(O * C), 1);
        for (int o = 0; o < O; o++)
            for (int k = 0; k < C; k++) weights[o * C + k] *= powf(0.25f, (float)(o % 14));
        quant_rows(type, O, C, weights, rows);
        weights_fill(type, O, C, rows, data);
        struct product p = {N, C, O, check_normals(c, (size_t)(N * C), 1), NULL, {type, data}};
        for (int bias = 0; bias < 2; bias++) {
            if (bias) p.b = check_normals(c, (size_t)O, 1);
            float *want = check_nans(c, size), *got = check_nans(c, size);
            plain(&p, rows, want);
            multiply(&p, got);
            check_same(size, got, want, "%s (%d, %d) x (%d, %d)", quant_name(type), N, C, O, C);
            check_threads(c, size, multiply, &p, "%s on threads", quant_name(type));
        }
        free(rows), free(data);
        check_end(c);
    }
}

Test(weights, an_x_that_is_not_finite_makes_its_row_nan)
{
    struct check *c = check_begin(7);
    enum { N = 11, C = 64, O = 20 };
    struct quant_q8_0 rows[O * C / QUANT_BLOCK];
    quant_rows(QUANT_Q8_0, O, C, check_normals(c, O * C, 1), rows);
    void *data = malloc(weights_bytes(QUANT_Q8_0, O, C));
    weights_fill(QUANT_Q8_0, O, C, rows, data);
    float *x = check_normals(c, N * C, 1), *y = check_zeros(c, N * O), *z = check_zeros(c, N * O);
    x[2 * C + 33] = NAN, x[9 * C] = -INFINITY;
    weights_linear(N, C, O, x, (struct weights){QUANT_Q8_0, data}, NULL, y);
    quant_rows_linear(QUANT_Q8_0, N, C, O, x, rows, NULL, z);
    for (int i = 0; i < N * O; i++) {
        int bad = i / O == 2 || i / O == 9;
        cr_assert(isnan(y[i]) == bad && isnan(z[i]) == bad, "row %d", i / O);
    }
    free(data);
    check_end(c);
}

Test(weights, floats_are_linear_forward)
{
    struct check *c = check_begin(1);
    enum { N = 3, C = 37, O = 21 };
    const float *x = check_normals(c, N * C, 1), *w = check_normals(c, O * C, 1),
                *b = check_normals(c, O, 1);
    float *want = check_nans(c, N * O), *got = check_nans(c, N * O);
    linear_forward(N, C, O, x, w, b, want);
    weights_linear(N, C, O, x, (struct weights){QUANT_F32, w}, b, got);
    check_same(N * O, got, want, "F32");
    check_end(c);
}

Test(weights, rows_come_back)
{
    for (int type = 0; type < QUANT_TYPES; type++) {
        struct check *c = check_begin((uint64_t)type);
        enum { O = 37, C = 96 };
        size_t bytes = quant_row_bytes((enum quant_type)type, C);
        char *rows = malloc(O * bytes), *data = malloc(weights_bytes((enum quant_type)type, O, C));
        float *want = check_nans(c, O * C), *got = check_nans(c, O * C);
        quant_rows((enum quant_type)type, O, C, check_normals(c, O * C, 1), rows);
        quant_rows_floats((enum quant_type)type, O, C, rows, want);
        weights_fill((enum quant_type)type, O, C, rows, data);
        for (int o = 0; o < O; o++)
            weights_row((struct weights){(enum quant_type)type, data}, C, o, got + o * C);
        check_same(O * C, got, want, "%s", quant_name((enum quant_type)type));
        cr_assert_eq(quant_rows_bad((enum quant_type)type, O, C, rows), -1);
        free(rows), free(data);
        check_end(c);
    }
}

Test(weights, names_a_row_with_a_scale_that_is_no_number)
{
    struct quant_q4_0 w[6] = {{0}};
    cr_assert_eq(quant_rows_bad(QUANT_Q4_0, 3, 64, w), -1);
    w[3].d = 0x7C00;
    cr_assert_eq(quant_rows_bad(QUANT_Q4_0, 3, 64, w), 1);
    w[1].d = 0xFE01;
    cr_assert_eq(quant_rows_bad(QUANT_Q4_0, 3, 64, w), 0);
}

Test(weights, knows_sizes)
{
    cr_assert_eq(quant_row_bytes(QUANT_F32, 33), 132);
    cr_assert_eq(quant_row_bytes(QUANT_Q8_0, 64), 68);
    cr_assert_eq(quant_row_bytes(QUANT_Q4_0, 64), 36);
    cr_assert(quant_fits(QUANT_F32, 33) && !quant_fits(QUANT_Q8_0, 33) &&
              !quant_fits(QUANT_Q4_0, 48));
}
