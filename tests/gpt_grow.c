// gpt_grow: models of every kind, whose weights are all different from what they begin with, give
// the same scores after growing; and every new weight learns.
#include "gpt_grow.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "check.h"
#include "error.h"
#include "random.h"
#include "shape.h"

enum { V = 11, T = 6, B = 2, L = 2, H = 2, C = 8 };
#define SIZE SIZES(V, T, L, H, C)
#define LLAMA \
    .position = POSITION_ROTARY, .norm = NORM_RMS, .network = NETWORK_SWIGLU, .unbiased = 1

static const struct gpt_config KINDS[] = {
    {SIZE},
    {SIZE, .untied = 1},
    {SIZE, .position = POSITION_NONE, .hidden = 12},
    {SIZE, .network = NETWORK_SWIGLU, .position = POSITION_ROTARY},
    {SIZE, LLAMA, .untied = 1},
    {SIZE, LLAMA},
    {SIZE, LLAMA, .groups = 1, .untied = 1},
    {SIZE, .norm = NORM_RMS},
    {SIZE, .epsilon = 0.5f},
    {SIZE, LLAMA, .epsilon = 0.5f},
};
enum { KIND_COUNT = sizeof KINDS / sizeof *KINDS };

// Channels 16 double, 24 triple; of 12 no whole number of rows would repeat.
static const struct gpt_growth GROWTHS[] = {
    {.layers = 3},    {.hidden = 50},   {.channels = 16},
    {.channels = 24}, {.channels = 12}, {.layers = 4, .channels = 16, .hidden = 77},
};
enum { GROWTH_COUNT = sizeof GROWTHS / sizeof *GROWTHS };

// trained returns a model none of whose weights is 0 or 1.
static struct gpt *trained(const struct gpt_config *c)
{
    struct gpt *m = gpt_new(c, 1);
    struct random r = random_start(2, RANDOM_TEST);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] += 0.2f * random_normal(&r);
    return m;
}

static struct gpt *grown(const struct gpt *m, const struct gpt_growth *g)
{
    struct gpt_config c;
    struct error e;
    cr_assert_eq(gpt_grown(gpt_config(m), g, &c, &e), ERR_NONE, "%s", e.text);
    return gpt_grow(m, &c, 3);
}

static int possible(const struct gpt_config *c, const struct gpt_growth *g)
{
    struct gpt_config to;
    return gpt_grown(c, g, &to, NULL) == ERR_NONE;
}

Test(gpt_grow, the_scores_are_the_same_to_rounding)
{
    struct check *k = check_begin(1);
    int32_t *tokens = check_ids(k, B * T, V);
    struct tape *t = tape_new(), *u = tape_new();
    int tried = 0;
    for (int i = 0; i < KIND_COUNT; i++) {
        struct gpt *m = trained(&KINDS[i]);
        int a = gpt_forward(m, t, 0, B, T, tokens);
        for (int j = 0; j < GROWTH_COUNT; j++) {
            if (!possible(gpt_config(m), &GROWTHS[j])) continue;
            struct gpt *to = grown(m, &GROWTHS[j]);
            cr_assert_gt(gpt_weights(to), gpt_weights(m));
            tape_reset(u);
            int b = gpt_forward(to, u, 0, B, T, tokens);
            double *want = check_widen(k, B * T * V, tape_data(t, a));
            double most = check_largest(B * T * V, want);
            cr_assert_gt(most, 0.5, "scores to speak of");
            check_near(B * T * V, tape_data(u, b), want, 1e-5 * most, "kind %d, growth %d", i, j);
            gpt_free(to);
            tried++;
        }
        tape_reset(t);
        gpt_free(m);
    }
    cr_assert_eq(tried, KIND_COUNT * GROWTH_COUNT - 1, "a group of two heads has no 12 channels");
    tape_free(t), tape_free(u);
    check_end(k);
}

// descend takes a few steps of plain descent and returns the loss before and after.
static void descend(struct gpt *m, const int32_t *tokens, const int32_t *target, float *before,
                    float *after)
{
    struct tape *t = tape_new();
    for (int step = 0; step <= 3; step++) {
        tape_reset(t);
        memset(gpt_grad(m), 0, gpt_weights(m) * sizeof(float));
        int loss = gpt_loss(m, t, 1, B, T, tokens, target, NULL);
        *after = *tape_data(t, loss);
        if (!step) *before = *after;
        tape_backward(t, loss, 1);
        for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] -= 0.01f * gpt_grad(m)[i];
    }
    tape_free(t);
}

Test(gpt_grow, every_weight_learns_and_no_two_channels_stay_alike)
{
    struct check *k = check_begin(1);
    const int32_t *tokens = check_ids(k, B * T, V), *target = check_ids(k, B * T, V);
    for (int i = 0; i < KIND_COUNT; i++) {
        struct gpt *m = trained(&KINDS[i]);
        const struct gpt_growth g = {.layers = 3, .channels = 16};
        struct gpt *to = grown(m, &g);
        float before, after;
        descend(to, tokens, target, &before, &after);
        cr_expect(after < before, "kind %d: %g to %g", i, (double)before, (double)after);
        for (int p = 0; p < gpt_params(to); p++) {
            struct param x = gpt_param(to, p);
            if (x.rank != 2 || strstr(x.name, "wte") || strstr(x.name, "embed")) continue;
            size_t still = 0;
            for (size_t n = 0; n < x.size; n++) still += x.grad[n] == 0;
            cr_expect_eq(still, 0, "kind %d: %s: %zu of %zu", i, x.name, still, x.size);
        }
        struct param wte = gpt_param(to, 0);
        const float *row = wte.data + (ptrdiff_t)tokens[0] * 16;
        cr_expect_neq(row[14], row[15], "kind %d: two new channels", i);
        gpt_free(m), gpt_free(to);
    }
    check_end(k);
}

static void shape_of(const struct gpt_config *c, struct gpt_growth g, int heads, int groups,
                     int channels, int hidden, int layers)
{
    struct gpt_config to;
    struct error e;
    cr_assert_eq(gpt_grown(c, &g, &to, &e), ERR_NONE, "%s", e.text);
    cr_expect(to.heads == heads && to.groups == groups && to.channels == channels &&
                  to.hidden == hidden && to.layers == layers,
              "%d heads, %d groups, %d channels, network %d, %d layers", to.heads, to.groups,
              to.channels, to.hidden, to.layers);
}

Test(gpt_grow, shapes)
{
    shape_of(&KINDS[0], (struct gpt_growth){.layers = 5}, 2, 2, 8, 32, 5);
    shape_of(&KINDS[0], (struct gpt_growth){.channels = 12}, 3, 3, 12, 48, 2);
    shape_of(&KINDS[2], (struct gpt_growth){.channels = 16}, 4, 4, 16, 24, 2);
    shape_of(&KINDS[4], (struct gpt_growth){.channels = 24}, 6, 6, 24, 64, 2);
    shape_of(&KINDS[6], (struct gpt_growth){.channels = 16}, 4, 2, 16, 64, 2);
    shape_of(&KINDS[0], (struct gpt_growth){.hidden = 100}, 2, 2, 8, 100, 2);
}

static void refused(const struct gpt_config *c, struct gpt_growth g, const char *words)
{
    struct gpt_config to = {.layers = -7};
    struct error e = {.text = ""};
    cr_expect_eq(gpt_grown(c, &g, &to, &e), ERR_VALUE, "%s", words);
    cr_expect_not_null(strstr(e.text, words), "said: %s", e.text);
    cr_expect_eq(to.layers, -7, "the output is untouched");
}

Test(gpt_grow, what_cannot_grow_so_is_refused)
{
    refused(&KINDS[0], (struct gpt_growth){.layers = 1}, "layers 1: the model has 2 already");
    refused(&KINDS[0], (struct gpt_growth){.channels = 4}, "channels 4: the model has 8 already");
    refused(&KINDS[0], (struct gpt_growth){.hidden = 31}, "hidden 31: the model has 32 already");
    refused(&KINDS[0], (struct gpt_growth){.channels = 10}, "a multiple of 4: heads of 4");
    refused(&KINDS[6], (struct gpt_growth){.channels = 12}, "a multiple of 8: heads of 4, 2 to a");
    const struct gpt_config waves = {SIZE, .position = POSITION_WAVES};
    refused(&waves, (struct gpt_growth){.channels = 16}, "waves");
    refused(&KINDS[0], (struct gpt_growth){.layers = 5000}, "layers 5000");
}

Test(gpt_grow, a_seed_gives_one_model)
{
    struct gpt *m = trained(&KINDS[0]), *a = grown(m, &GROWTHS[5]), *b = grown(m, &GROWTHS[5]);
    cr_expect_eq(memcmp(gpt_data(a), gpt_data(b), gpt_weights(a) * sizeof(float)), 0);
    gpt_free(m), gpt_free(a), gpt_free(b);
}
