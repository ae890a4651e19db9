#include "optim.h"

#include <criterion/criterion.h>
#include <math.h>

#include "check.h"

static const struct optim SETTINGS = {
    .lr = 0.01f, .beta1 = 0.9f, .beta2 = 0.999f, .epsilon = 1e-8f, .decay = 0.1f, .scale = 1};

// tolerance_of: each step rounds w four times; the update's moments are off by a rounding per
// step, relative to the largest gradient so far, which is at most 5 times their root mean square
// in 20 steps; 20 operations make the update.
static double tolerance_of(double w, double lr, int step)
{
    return CHECK_U * step * (4 * (fabs(w) + lr) + lr * 5 * (step + 20));
}

Test(optim, adamw_gives_the_weights_of_pytorch)
{
    enum { n = 37, STEPS = 20 };
    struct check *c = check_begin(1);
    struct safetensors *st = check_golden("adamw");
    float *w = check_copy(c, n, check_golden_floats(st, "start", n));
    float *m = check_zeros(c, n), *v = check_zeros(c, n);
    const float *g = check_golden_floats(st, "grads", STEPS * n);
    const float *after = check_golden_floats(st, "after", STEPS * n);
    double *tolerance = check_doubles(c, n);
    struct optim o = SETTINGS;
    for (o.step = 1; o.step <= STEPS; o.step++, g += n, after += n) {
        adamw_step(&o, n, w, g, m, v);
        double *want = check_widen(c, n, after);
        for (int i = 0; i < n; i++) tolerance[i] = tolerance_of(want[i], 0.01, o.step);
        check_near_each(n, w, want, tolerance, "weights after step %d", o.step);
    }
    safetensors_close(st);
    check_end(c);
}

// oracle_adamw is the header's formula, in double.
static void oracle_adamw(const struct optim *o, int n, double *w, const float *g, double *m,
                         double *v)
{
    double b1 = (double)o->beta1, b2 = (double)o->beta2, lr = (double)o->lr;
    for (int i = 0; i < n; i++) {
        double g_i = (double)o->scale * (double)g[i];
        m[i] = b1 * m[i] + (1 - b1) * g_i;
        v[i] = b2 * v[i] + (1 - b2) * g_i * g_i;
        double m_hat = m[i] / (1 - pow(b1, o->step)), v_hat = v[i] / (1 - pow(b2, o->step));
        w[i] -= lr * (m_hat / (sqrt(v_hat) + (double)o->epsilon) + (double)o->decay * w[i]);
    }
}

Test(optim, adamw_is_the_formula_under_changing_settings)
{
    static const int SIZES[] = {1, 15, 16, 17, 1003};
    for (int k = 0; k < 5; k++) {
        struct check *c = check_begin((uint64_t)k);
        int n = SIZES[k];
        size_t size = (size_t)n;
        float *w = check_normals(c, size, 2), *m = check_zeros(c, size), *v = check_zeros(c, size);
        double *w64 = check_widen(c, size, w), *m64 = check_doubles(c, size);
        double *v64 = check_doubles(c, size), *tolerance = check_doubles(c, size);
        for (int step = 1; step <= 20; step++) {
            const float *g = check_normals(c, size, 5);
            struct optim o = {.lr = 0.002f * (float)step,
                              .beta1 = 0.8f,
                              .beta2 = 0.95f,
                              .epsilon = 0.01f,
                              .decay = step % 2 ? 0.3f : 0,
                              .scale = 1 / (float)step,
                              .step = step};
            adamw_step(&o, size, w, g, m, v);
            oracle_adamw(&o, n, w64, g, m64, v64);
            for (int i = 0; i < n; i++) tolerance[i] = tolerance_of(w64[i], 0.04, step);
            check_near_each(size, w, w64, tolerance, "w n=%d step %d", n, step);
            check_near(size, m, m64, CHECK_U * 4 * step * 20, "m n=%d step %d", n, step);
            check_near(size, v, v64, CHECK_U * 5 * step * 400, "v n=%d step %d", n, step);
        }
        check_end(c);
    }
}

Test(optim, the_first_step_has_the_length_of_the_rate)
{
    // m / sqrt(v) is then the gradient's sign, whatever its size.
    const float g[4] = {1e-3f, -1, 1000, -1e6f};
    float w[4] = {0}, m[4] = {0}, v[4] = {0};
    struct optim o = SETTINGS;
    o.step = 1, o.scale = 0.5f;
    adamw_step(&o, 4, w, g, m, v);
    check_near(4, w, (double[]){-0.01, 0.01, -0.01, 0.01}, 1e-6, "w");
}

struct problem {
    size_t n;
    const float *w, *g;
};

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    float *m = out + p->n, *v = m + p->n;
    for (size_t i = 0; i < p->n; i++) v[i] = fabsf(v[i]);
    struct optim o = SETTINGS;
    o.step = 3;
    adamw_step(&o, p->n, out, p->g, m, v);
    v[p->n] = gradient_norm(p->n, p->g);
}

Test(optim, threads_change_no_bit)
{
    struct check *c = check_begin(7);
    struct problem p = {100003, NULL, check_normals(c, 100003, 2)};
    check_threads(c, 3 * p.n + 1, work, &p, "w, m, v, norm");
    check_end(c);
}

Test(optim, norm_is_that_of_all_elements)
{
    static const size_t SIZES[] = {1, 15, 63, 64, 65, 1000, 100000, 64 * 4096 + 3};
    cr_assert(gradient_norm(0, NULL) == 0);
    for (int k = 0; k < 8; k++) {
        struct check *c = check_begin((uint64_t)k);
        size_t n = SIZES[k];
        const float *g = check_normals(c, n, 3);
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += (double)g[i] * (double)g[i];
        sum = sqrt(sum);
        // At most 4096 products are summed in float, the rest in double.
        check_near(1, &(float){gradient_norm(n, g)}, &sum, CHECK_U * 4096 * sum, "n=%zu", n);
        check_end(c);
    }
}

Test(optim, norm_misses_no_element)
{
    for (size_t n = 1; n < 200; n += n < 60 ? 13 : 1) {
        struct check *c = check_begin(1);
        float *g = check_zeros(c, n);
        for (size_t i = 0; i < n; i++) {
            g[i] = -3;
            cr_assert(gradient_norm(n, g) == 3, "n=%zu: element %zu", n, i);
            g[i] = 0;
        }
        check_end(c);
    }
}

Test(optim, clipping_shortens_what_is_too_long)
{
    cr_assert(clip_scale(4, 1) == 0.25f);
    cr_assert(clip_scale(1, 4) == 1 && clip_scale(4, 4) == 1 && clip_scale(0, 1) == 1);
    cr_assert(clip_scale(4, 0) == 1 && clip_scale(4, -1) == 1, "no clipping");
    struct check *c = check_begin(8);
    float *g = check_normals(c, 5000, 3), scale = clip_scale(gradient_norm(5000, g), 0.7f);
    for (int i = 0; i < 5000; i++) g[i] *= scale;
    check_near(1, &(float){gradient_norm(5000, g)}, &(double){0.7}, 1e-6, "after clipping");
    check_end(c);
}

static void check_rate(int step, int warmup, int steps, double want)
{
    float rate = learning_rate(step, warmup, steps, 0.4f, 0.04f);
    check_near(1, &rate, &want, 1e-7, "step %d of %d, warmup %d", step, steps, warmup);
}

Test(optim, the_rate_climbs_in_a_line)
{
    for (int step = 0; step <= 10; step++) check_rate(step, 10, 100, 0.4 * (step + 1) / 11);
}

Test(optim, the_rate_falls_along_half_a_cosine)
{
    for (int step = 10; step < 111; step++) {
        check_rate(step, 10, 111, 0.04 + 0.36 * (1 + cos(acos(-1) * (step - 10) / 100)) / 2);
    }
    check_rate(60, 10, 111, 0.22);   // half-way
    check_rate(110, 10, 111, 0.04);  // the last step
    check_rate(0, 0, 11, 0.4);       // no warmup
    check_rate(10, 0, 11, 0.04);
}

Test(optim, the_rate_is_defined_for_short_runs)
{
    check_rate(0, 0, 1, 0.4);
    check_rate(0, 0, 2, 0.4);
    check_rate(1, 0, 2, 0.04);
    check_rate(5, 5, 6, 0.4);
    check_rate(2, 5, 3, 0.2);  // it ends while still climbing
}
