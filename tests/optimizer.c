// optimizer: which rule moves which tensor; and what lesson 10 is given: the norm of a gradient,
// which no number of threads may change, nor any step's bits.
#include "optimizer.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check.h"

static const struct optim SETTINGS = {.lr = 0.01f,
                                      .scale = 0.5f,
                                      .decay = 0.1f,
                                      .momentum = 0.9f,
                                      .beta1 = 0.9f,
                                      .beta2 = 0.999f,
                                      .epsilon = 1e-8f,
                                      .step = 3};

// --- by name -----------------------------------------------------------------------------------

Test(optimizer, is_found_by_its_name)
{
    static const char *const NAMES[] = {"sgd", "momentum", "nesterov", "adamw", "muon"};
    for (int i = 0; i < 5; i++) {
        enum optimizer which;
        struct error e;
        cr_assert(optimizer_find(NAMES[i], &which, &e) == ERR_NONE && (int)which == i, "%s",
                  NAMES[i]);
    }
}

Test(optimizer, says_which_names_there_are)
{
    enum optimizer which = OPTIMIZER_MUON;
    struct error e;
    cr_assert(optimizer_find("adam", &which, &e) == ERR_VALUE && which == OPTIMIZER_MUON);
    cr_assert(strstr(e.text, "adam:") && strstr(e.text, "momentum") && !strchr(e.text, '\n'));
}

// --- which rule for which tensor -----------------------------------------------------------------

enum { ROWS = 6, COLUMNS = 4, n = ROWS * COLUMNS };

// struct memory: what a rule changes.
struct memory {
    float *w, *m, *v;
};

static struct memory fresh(struct check *c, const float *w)
{
    return (struct memory){check_copy(c, n, w), check_zeros(c, n), check_zeros(c, n)};
}

// expected applies the rule that should be taken.
static void expected(enum optimizer which, int rank, int hidden, const float *g, struct memory *a)
{
    struct optim o = SETTINGS;
    o.decay = rank == 2 ? o.decay : 0;
    o.nesterov = which == OPTIMIZER_NESTEROV || which == OPTIMIZER_MUON;
    if (which == OPTIMIZER_SGD)
        sgd_step(&o, n, a->w, g);
    else if (which == OPTIMIZER_MOMENTUM || which == OPTIMIZER_NESTEROV)
        momentum_step(&o, n, a->w, g, a->m);
    else if (which == OPTIMIZER_MUON && hidden)
        muon_step(&o, ROWS, COLUMNS, a->w, g, a->m);
    else
        adamw_step(&o, n, a->w, g, a->m, a->v);
}

static void check_rule(enum optimizer which, int rank, int hidden)
{
    struct check *c = check_begin(1);
    const float *w = check_normals(c, n, 2), *g = check_normals(c, n, 3);
    struct memory got = fresh(c, w), want = fresh(c, w);
    struct param p = {.rank = rank,
                      .shape = {rank == 2 ? ROWS : n, rank == 2 ? COLUMNS : 0},
                      .hidden = hidden,
                      .size = n,
                      .data = got.w};
    optimizer_step(which, &SETTINGS, &p, g, got.m, got.v);
    expected(which, rank, hidden, g, &want);
    check_same(n, got.w, want.w, "w, optimizer %d, rank %d, hidden %d", which, rank, hidden);
    check_same(n, got.m, want.m, "m, optimizer %d, rank %d, hidden %d", which, rank, hidden);
    check_same(n, got.v, want.v, "v, optimizer %d, rank %d, hidden %d", which, rank, hidden);
    check_end(c);
}

Test(optimizer, takes_the_rule_that_belongs_to_the_tensor)
{
    for (int which = OPTIMIZER_SGD; which <= OPTIMIZER_MUON; which++) {
        check_rule((enum optimizer)which, 1, 0);
        check_rule((enum optimizer)which, 2, 0);
        check_rule((enum optimizer)which, 2, 1);
    }
}

// --- threads -------------------------------------------------------------------------------------

struct problem {
    int rows, columns;
    const float *g;
};

static void work(const void *job, float *out)
{
    const struct problem *p = job;
    size_t size = (size_t)p->rows * (size_t)p->columns;
    float *m = out + size, *v = m + size;
    for (size_t i = 0; i < size; i++) v[i] = fabsf(v[i]);
    adamw_step(&SETTINGS, size, out, p->g, m, v);
    v[size] = gradient_norm(size, p->g);
    sgd_step(&SETTINGS, size, out, p->g);
    momentum_step(&SETTINGS, size, out, p->g, m);
    muon_step(&SETTINGS, p->rows, p->columns, out, p->g, m);
}

Test(optimizer, threads_change_no_bit)
{
    struct check *c = check_begin(7);
    struct problem p = {307, 71, check_normals(c, 307 * 71, 2)};
    check_threads(c, 3 * 307 * 71 + 1, work, &p, "w, m, v, norm");
    check_end(c);
}

// --- gradient_norm -------------------------------------------------------------------------------

Test(optimizer, norm_is_that_of_all_elements)
{
    static const size_t SIZES[] = {1, 15, 63, 64, 65, 1000, 100000, 64 * 4096 + 3};
    cr_assert(gradient_norm(0, NULL) == 0);
    for (int k = 0; k < 8; k++) {
        struct check *c = check_begin((uint64_t)k);
        size_t size = SIZES[k];
        const float *g = check_normals(c, size, 3);
        double sum = 0;
        for (size_t i = 0; i < size; i++) sum += (double)g[i] * (double)g[i];
        sum = sqrt(sum);
        // At most 4096 products are summed in float, the rest in double.
        check_near(1, &(float){gradient_norm(size, g)}, &sum, CHECK_U * 4096 * sum, "n=%zu", size);
        check_end(c);
    }
}

Test(optimizer, norm_misses_no_element)
{
    for (size_t size = 1; size < 200; size += size < 60 ? 13 : 1) {
        struct check *c = check_begin(1);
        float *g = check_zeros(c, size);
        for (size_t i = 0; i < size; i++) {
            g[i] = -3;
            cr_assert(gradient_norm(size, g) == 3, "n=%zu: element %zu", size, i);
            g[i] = 0;
        }
        check_end(c);
    }
}

Test(optimizer, clipping_shortens_the_norm)
{
    struct check *c = check_begin(8);
    float *g = check_normals(c, 5000, 3), scale = clip_scale(gradient_norm(5000, g), 0.7f);
    for (int i = 0; i < 5000; i++) g[i] *= scale;
    check_near(1, &(float){gradient_norm(5000, g)}, &(double){0.7}, 1e-6, "after clipping");
    check_end(c);
}
