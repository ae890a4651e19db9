#include "losses.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "check.h"
#include "loss.h"
#include "mathf.h"
#include "oracle.h"

static const char *const NAMES[] = {"cross-entropy", "smooth", "focal", "z", "kl", "own"};
enum { KINDS = 6 };

// {N, V}
static const int SHAPES[][2] = {{1, 1}, {1, 2}, {5, 3}, {3, 16}, {9, 33}};
enum { SHAPE_COUNT = sizeof SHAPES / sizeof *SHAPES };

struct problem {
    const struct loss_kind *kind;
    int N, V;
    double weight, dloss, *x64, *q64;
    const int32_t *target;
};

static const struct loss_kind *found(const char *name)
{
    const struct loss_kind *kind = NULL;
    struct error e;
    cr_assert_eq(losses_find(name, &kind, &e), ERR_NONE, "%s", name);
    cr_assert_str_eq(kind->name, name);
    return kind;
}

// row_loss is the formula of a row once more, in double.
static double row_loss(const struct problem *p, const double *x, int32_t target, const double *q)
{
    double lse = oracle_lse(p->V, x), w = p->weight, s = x[target] - lse, sum = 0;
    const char *name = p->kind->name;
    if (strcmp(name, "cross-entropy") == 0) return -s;
    if (strcmp(name, "focal") == 0) return -pow(1 - exp(s), w) * s;
    if (strcmp(name, "z") == 0) return -s + w * lse * lse;
    for (int v = 0; v < p->V; v++) {
        if (strcmp(name, "smooth") == 0)
            sum += (w / p->V + (v == target) * (1 - w)) * (lse - x[v]);
        else if (strcmp(name, "own") == 0)
            sum += pow(exp(x[v] - lse) - (v == target), 2);
        else
            sum += q[v] > 0 ? w * q[v] * (log(q[v]) - x[v] + lse) : 0;
    }
    return strcmp(name, "kl") == 0 ? sum - (1 - w) * s : sum;
}

static double objective(const void *context)
{
    const struct problem *p = context;
    double sum = 0;
    for (int n = 0; n < p->N; n++) {
        if (p->target[n] >= 0)
            sum += row_loss(p, p->x64 + n * p->V, p->target[n], p->q64 + n * p->V);
    }
    return p->dloss * sum;
}

// teacher returns rows of probabilities; some are 0.
static float *teacher(struct check *c, int N, int V)
{
    float *q = check_normals(c, (size_t)(N * V), 1);
    for (int n = 0; n < N; n++) {
        float sum = 0;
        for (int v = 0; v < V; v++) sum += q[n * V + v] = v && v % 5 == 4 ? 0 : expf(q[n * V + v]);
        for (int v = 0; v < V; v++) q[n * V + v] /= sum;
    }
    return q;
}

static void check_loss(const char *name, double weight, int shape)
{
    struct check *c = check_begin((uint64_t)shape + 1);
    int N = SHAPES[shape][0], V = SHAPES[shape][1];
    size_t size = (size_t)(N * V);
    const float *x = check_normals(c, size, 2), *q = teacher(c, N, V);
    int32_t *target = check_ids(c, (size_t)N, V);
    for (int n = 2; n < N; n += 3) target[n] = -1;
    const struct loss_kind *kind = found(name);
    float w = (float)weight;
    struct error e;
    cr_assert_eq(losses_weight(kind, &w, &e), ERR_NONE);
    struct problem p = {.kind = kind,
                        .N = N,
                        .V = V,
                        .weight = (double)w,
                        .dloss = -0.375,
                        .x64 = check_widen(c, size, x),
                        .q64 = check_widen(c, size, q),
                        .target = target};
    float *slope = check_nans(c, size), *loss = check_nans(c, (size_t)N);
    losses_forward(kind, w, N, V, x, target, kind->taught ? q : NULL, slope, loss);
    for (int n = 0; n < N; n++) {
        double want = target[n] < 0 ? 0 : row_loss(&p, p.x64 + n * V, target[n], p.q64 + n * V);
        check_near(1, loss + n, &want, CHECK_U * (V + 20) * 40, "%s, weight %g: loss[%d], V=%d",
                   name, p.weight, n, V);
    }
    double *want = check_doubles(c, size);
    check_slopes(size, p.x64, objective, &p, want);
    float *dx = check_zeros(c, size), *before = check_normals(c, size, 5);
    float *added = check_copy(c, size, before);
    losses_backward(N, V, slope, (float)p.dloss, dx);
    losses_backward(N, V, slope, (float)p.dloss, added);
    check_near(size, dx, want, CHECK_U * (V + 20) * 40 + 1e-9, "%s, weight %g: dx, V=%d", name,
               p.weight, V);
    check_added(size, added, before, dx, "%s: dx adds, V=%d", name, V);
    check_end(c);
}

Test(losses, each_is_its_formula_and_its_slope)
{
    for (int k = 0; k < KINDS; k++) {
        for (int s = 0; s < SHAPE_COUNT; s++) check_loss(NAMES[k], -1, s);
    }
}

Test(losses, every_weight)
{
    static const struct {
        const char *name;
        double weight;
    } cases[] = {{"smooth", 0},  {"smooth", 1}, {"smooth", 0.5}, {"focal", 0},
                 {"focal", 0.5}, {"focal", 1},  {"focal", 5},    {"z", 0},
                 {"z", 1},       {"kl", 0},     {"kl", 0.25},    {"kl", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int s = 0; s < SHAPE_COUNT; s++) check_loss(cases[i].name, cases[i].weight, s);
    }
}

Test(losses, finite_at_the_ends)
{
    for (int k = 0; k < KINDS; k++) {
        const struct loss_kind *kind = found(NAMES[k]);
        float x[3] = {1e4f, -1e4f, 0}, q[3] = {0, 0.5f, 0.5f}, slope[3], loss;
        for (int32_t t = 0; t < 3; t++) {
            losses_forward(kind, kind->weight, 1, 3, x, &t, kind->taught ? q : NULL, slope, &loss);
            cr_expect(isfinite(loss), "%s, target %d: loss %g", NAMES[k], t, (double)loss);
            for (int v = 0; v < 3; v++)
                cr_expect(isfinite(slope[v]), "%s, target %d: slope[%d] is %g", NAMES[k], t, v,
                          (double)slope[v]);
        }
    }
}

static void work(const void *job, float *out)
{
    const float *x = job;
    int32_t target[53];
    for (int n = 0; n < 53; n++) target[n] = n % 7 ? n : -1;
    const struct loss_kind *kind = found("z");
    losses_forward(kind, 0.1f, 53, 101, x, target, NULL, out, out + 53 * 101);
    losses_backward(53, 101, out, 0.7f, out + 53 * 102);
}

Test(losses, threads_change_no_bit)
{
    struct check *c = check_begin(3);
    check_threads(c, 53 * 203, work, check_normals(c, 53 * 101, 3), "slope, loss, dx");
    check_end(c);
}

static void check_refused(const char *name, float weight, const char *part)
{
    struct error e;
    float before = weight;
    cr_expect_eq(losses_weight(found(name), &weight, &e), ERR_VALUE, "%s", name);
    cr_expect(strstr(e.text, part) != NULL, "\"%s\" should say %s", e.text, part);
    cr_expect_eq(mathf_bits(weight), mathf_bits(before));
}

Test(losses, refuses_what_it_does_not_know)
{
    const struct loss_kind *kind = NULL;
    struct error e;
    cr_expect_eq(losses_find("hinge", &kind, &e), ERR_VALUE);
    cr_expect(strstr(e.text, "--loss hinge") != NULL, "%s", e.text);
    cr_expect_null(kind);
    check_refused("smooth", 1.5f, "0 to 1");
    check_refused("focal", 10.5f, "0 to 10");
    check_refused("z", NAN, "0 to 1");
    check_refused("own", 0.5f, "no weight");
    check_refused("cross-entropy", 0, "no weight");
}

Test(losses, refuses_to_go_without_a_teacher, .signal = SIGABRT)
{
    float x[2] = {0}, slope[2], loss;
    losses_forward(found("kl"), 0.5f, 1, 2, x, (int32_t[]){0}, NULL, slope, &loss);
}

Test(losses, refuses_a_target_past_the_vocabulary, .signal = SIGABRT)
{
    float x[2] = {0}, slope[2], loss;
    losses_forward(found("z"), 0.5f, 1, 2, x, (int32_t[]){2}, NULL, slope, &loss);
}

// loss.h refuses them too; its own suite is graded with the learner's code.
Test(losses, cross_entropy_refuses_a_target_past_the_vocabulary, .signal = SIGABRT)
{
    float x[3] = {0}, lse, loss;
    cross_entropy_forward(1, 3, x, (int32_t[]){3}, &lse, &loss);
}

Test(losses, cross_entropy_refuses_a_target_below_minus_one, .signal = SIGABRT)
{
    float x[3] = {0}, lse, loss;
    cross_entropy_forward(1, 3, x, (int32_t[]){-2}, &lse, &loss);
}
