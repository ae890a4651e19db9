#include "layernorm.h"

#include <math.h>
#include <stddef.h>

#include "columns.h"
#include "vec.h"

static const float EPSILON = 1e-5f;

void layernorm_forward(int N, int C, const float *x, const float *w, const float *b, float *y,
                       float *mean, float *rstd)
{
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * C;
        float *y_n = y + (ptrdiff_t)n * C;
        float m = vec_sum(C, x_n) / (float)C;
        for (int c = 0; c < C; c++) y_n[c] = x_n[c] - m;
        float r = 1 / sqrtf(vec_dot(C, y_n, y_n) / (float)C + EPSILON);
        for (int c = 0; c < C; c++) y_n[c] = fmaf(y_n[c] * r, w[c], b[c]);
        mean[n] = m, rstd[n] = r;
    }
}

// The means over one row of g = dy * w and of g * h, h = (x - m) * r, summed as in vec.h.
static void row_means(int C, const float *x, const float *w, const float *dy, float m, float r,
                      float *mean_g, float *mean_gh)
{
    struct vec_lanes sum_g = {{{0}}}, sum_gh = {{{0}}};
    for (int c = 0; c < C; c += VEC_LANES) {
        int n = vec_left(C, c, VEC_LANES);
        struct vec_lanes x_c = vec_load(n, x + c), w_c = vec_load(n, w + c);
        struct vec_lanes dy_c = vec_load(n, dy + c);
        for (int p = 0; p < VEC_PARTS; p++) {
            vec_part g = dy_c.part[p] * w_c.part[p];
            sum_g.part[p] += g;
            sum_gh.part[p] += g * ((x_c.part[p] - m) * r);
        }
    }
    *mean_g = vec_fold(sum_g) / (float)C;
    *mean_gh = vec_fold(sum_gh) / (float)C;
}

// rows_backward adds dx.
static void rows_backward(int N, int C, const float *x, const float *w, const float *mean,
                          const float *rstd, const float *dy, float *dx)
{
#pragma omp parallel for
    for (int n = 0; n < N; n++) {
        const float *x_n = x + (ptrdiff_t)n * C, *dy_n = dy + (ptrdiff_t)n * C;
        float *dx_n = dx + (ptrdiff_t)n * C;
        float m = mean[n], r = rstd[n], mean_g, mean_gh;
        row_means(C, x_n, w, dy_n, m, r, &mean_g, &mean_gh);
        for (int c = 0; c < C; c++) {
            float g = dy_n[c] * w[c], h = (x_n[c] - m) * r;
            dx_n[c] = fmaf(r, fmaf(-h, mean_gh, g - mean_g), dx_n[c]);
        }
    }
}

void layernorm_backward(int N, int C, const float *x, const float *w, const float *mean,
                        const float *rstd, const float *dy, float *dx, float *dw, float *db)
{
    if (dx) rows_backward(N, C, x, w, mean, rstd, dy, dx);
    if (dw) columns_dot(N, C, dy, x, mean, rstd, dw);
    if (db) columns_sum(N, C, dy, db);
}
