// gpt: counts of shapes that a person can redo, and of published ones; first weights; the way
// through on models whose blocks do nothing, then on random shapes against the reference, and
// against what PyTorch and Hugging Face compute.
//
// Models are made by gpt_blank and filled here, or by the reference's gpt_new: no test of one
// function needs another of the learner's, but where gpt.h says that it is called.
#include "gpt.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "config_file.h"
#include "lesson.h"
#include "model_file.h"
#include "ops.h"
#include "optim.h"
#include "random.h"
#include "ref_gpt.h"
#include "shape.h"
#include "tape.h"

FUNCTION(gpt_count, 4);
FUNCTION(gpt_flops, 3);
FUNCTION(gpt_bytes, 1);
FUNCTION(gpt_init, 4);
FUNCTION(gpt_embed, 3);
FUNCTION(gpt_logits, 4);
FUNCTION(gpt_loss, 1);

static const double NEAR = 1e-4;

// --- shapes ----------------------------------------------------------------------------------

static const struct gpt_config HAND = {SIZES(3, 4, 1, 1, 2)};
static const struct gpt_config HAND_LLAMA = {SIZES(3, 4, 1, 1, 2),
                                             .hidden = 4,
                                             .position = POSITION_ROTARY,
                                             .norm = NORM_RMS,
                                             .network = NETWORK_SWIGLU,
                                             .unbiased = 1,
                                             .untied = 1};

// given_shape says what the shape is, in one line.
static void given_shape(const struct gpt_config *config, const char *more)
{
    static const char *const places[] = {"learned", "waves", "rotary", "no places"};
    struct gpt_config c = gpt_filled(config);
    given("V=%d T=%d L=%d H=%d G=%d C=%d F=%d, %s, %s, %s, %s, %s%s", c.vocab, c.context, c.layers,
          c.heads, c.groups, c.channels, c.hidden, places[c.position],
          c.norm == NORM_LAYER ? "layer" : "rms", c.network == NETWORK_GELU ? "gelu" : "swiglu",
          c.unbiased ? "no biases" : "biases", c.untied ? "untied" : "tied", more);
}

// some returns the i-th of many small shapes, of which no two sizes are alike.
static struct gpt_config some(int i)
{
    static const int HEADS[][2] = {{1, 1}, {2, 2}, {4, 2}, {3, 1}, {6, 3}};
    const int *heads = HEADS[i % 5];
    struct gpt_config c = {.vocab = 5 + i % 7,
                           .context = 6 + i % 4,
                           .layers = 1 + i % 3,
                           .heads = heads[0],
                           .groups = heads[1],
                           .channels = heads[0] * (2 + 2 * (i % 2)),
                           .hidden = i % 4 ? 3 + i % 11 : 0,
                           .position = (enum position)(i / 2 % 4),
                           .norm = i / 3 % 2 ? NORM_RMS : NORM_LAYER,
                           .network = i / 5 % 2 ? NETWORK_SWIGLU : NETWORK_GELU,
                           .unbiased = i / 4 % 2,
                           .untied = i / 7 % 2};
    if (i % 6 == 5) gpt_llama(&c);
    return c;
}
enum { SOME = 42 };

// blank returns a model for one thread: these are too small for more.
static struct gpt *blank(const struct gpt_config *c)
{
    check_set_threads(1);
    return gpt_blank(c);
}

// filled_model returns a model whose weights all matter: gains about 1, the rest about 0.
static struct gpt *filled_model(const struct gpt_config *c, uint64_t seed)
{
    struct gpt *m = blank(c);
    struct random r = random_start(seed, RANDOM_TEST);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        float middle = gpt_role(m, i) == GPT_GAIN ? 1 : 0;
        for (size_t j = 0; j < p.size; j++) p.data[j] = middle + 0.4f * random_normal(&r);
    }
    return m;
}

static struct param named(const struct gpt *m, const char *name)
{
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        if (strcmp(p.name, name) == 0) return p;
    }
    die("no tensor %s", name);
}

static void expect_near(const char *what, size_t n, const float *got, const float *want,
                        double tolerance)
{
    double *wide = malloc((n + 1) * sizeof *wide);
    if (!wide) die("out of memory: %zu numbers", n);
    for (size_t i = 0; i < n; i++) wide[i] = (double)want[i];
    expect_floats(what, n, got, wide, tolerance);
    free(wide);
}

// --- gpt_count -------------------------------------------------------------------------------

static void expect_counts(struct gpt_counts got, struct gpt_counts want)
{
    expect_int("weights of the embedding", (int64_t)got.embedding, (int64_t)want.embedding);
    expect_int("weights of the positions", (int64_t)got.positions, (int64_t)want.positions);
    expect_int("weights of attention", (int64_t)got.attention, (int64_t)want.attention);
    expect_int("weights of the networks", (int64_t)got.network, (int64_t)want.network);
    expect_int("weights of the norms", (int64_t)got.norms, (int64_t)want.norms);
    expect_int("weights of the head", (int64_t)got.head, (int64_t)want.head);
    expect_int("weights in all", (int64_t)got.total, (int64_t)want.total);
}

static void has_counts(struct gpt_config c, struct gpt_counts want)
{
    given_shape(&c, "");
    expect_counts(gpt_count(&c), want);
}

TEST(gpt_count, example_of_the_text)
{
    has_counts(HAND, (struct gpt_counts){6, 8, 24, 42, 12, 0, 92});
}

TEST(gpt_count, example_in_llamas_shape)
{
    has_counts(HAND_LLAMA, (struct gpt_counts){6, 0, 16, 24, 6, 6, 58});
}

TEST(gpt_count, all_sizes_are_one)
{
    has_counts((struct gpt_config){SIZES(1, 1, 1, 1, 1)},
               (struct gpt_counts){1, 1, 8, 13, 6, 0, 29});
}

TEST(gpt_count, two_layers)
{
    struct gpt_config c = HAND;
    c.layers = 2;
    has_counts(c, (struct gpt_counts){6, 8, 48, 84, 20, 0, 166});
}

TEST(gpt_count, heads_change_nothing)
{
    has_counts((struct gpt_config){SIZES(3, 4, 1, 4, 8)},
               (struct gpt_counts){24, 32, 288, 552, 48, 0, 944});
    has_counts((struct gpt_config){SIZES(3, 4, 1, 1, 8)},
               (struct gpt_counts){24, 32, 288, 552, 48, 0, 944});
}

TEST(gpt_count, groups_share_keys_and_values)
{
    struct gpt_config c = {SIZES(3, 4, 1, 4, 8), .groups = 2};
    has_counts(c, (struct gpt_counts){24, 32, 216, 552, 48, 0, 872});
    c.groups = 1;
    has_counts(c, (struct gpt_counts){24, 32, 180, 552, 48, 0, 836});
}

TEST(gpt_count, one_choice_at_a_time)
{
    struct gpt_config c = HAND;
    c.hidden = 5;
    has_counts(c, (struct gpt_counts){6, 8, 24, 27, 12, 0, 77});
    c = HAND, c.unbiased = 1;
    has_counts(c, (struct gpt_counts){6, 8, 16, 32, 12, 0, 74});
    c = HAND, c.norm = NORM_RMS;
    has_counts(c, (struct gpt_counts){6, 8, 24, 42, 6, 0, 86});
    c = HAND, c.network = NETWORK_SWIGLU, c.hidden = 5;
    has_counts(c, (struct gpt_counts){6, 8, 24, 42, 12, 0, 92});
    c = HAND, c.untied = 1;
    has_counts(c, (struct gpt_counts){6, 8, 24, 42, 12, 6, 98});
    for (int p = POSITION_WAVES; p <= POSITION_NONE; p++) {
        c = HAND, c.position = (enum position)p;
        has_counts(c, (struct gpt_counts){6, 0, 24, 42, 12, 0, 84});
    }
}

static void has_total(const char *name, struct gpt_config c, int64_t want)
{
    given("%s: V=%d T=%d L=%d H=%d G=%d C=%d F=%d", name, c.vocab, c.context, c.layers, c.heads,
          c.groups, c.channels, c.hidden);
    expect_int("weights in all", (int64_t)gpt_count(&c).total, want);
}

TEST(gpt_count, published_sizes)
{
    has_total("GPT-2", (struct gpt_config){SIZES(50257, 1024, 12, 12, 768)}, 124439808);
    has_total("GPT-2 XL", (struct gpt_config){SIZES(50257, 1024, 48, 25, 1600)}, 1557611200);
    struct gpt_config c = {SIZES(512, 512, 5, 8, 64), .groups = 4, .hidden = 172};
    gpt_llama(&c), c.untied = 0;
    has_total("stories260K", c, 260032);
    c = (struct gpt_config){SIZES(32000, 2048, 22, 32, 2048), .groups = 4, .hidden = 5632};
    gpt_llama(&c);
    has_total("TinyLlama", c, 1100048384);
}

TEST(gpt_count, more_than_an_int_can_hold)
{
    struct gpt_config c = {SIZES(32000, 4096, 32, 32, 4096), .hidden = 11008};
    gpt_llama(&c);
    has_total("Llama-2 7B", c, 6738415616);
    c = (struct gpt_config){SIZES(32000, 4096, 80, 64, 8192), .groups = 8, .hidden = 28672};
    gpt_llama(&c);
    has_total("Llama-2 70B", c, 68976648192);
    // Each product alone is too large for an int.
    c = (struct gpt_config){SIZES(1 << 24, 1 << 20, 1, 1, 1 << 12), .hidden = 1 << 18, .untied = 1};
    given_shape(&c, "");
    expect_counts(gpt_count(&c), ref_gpt_count(&c));
}

// What a model has is what was counted.
TEST(gpt_count, random_shapes)
{
    for (int i = 0; i < SOME; i++) {
        struct gpt_config c = some(i);
        struct gpt *m = blank(&c);
        given_shape(&c, "");
        expect_counts(gpt_count(&c), ref_gpt_count(&c));
        expect_int("weights that such a model has", (int64_t)gpt_count(&c).total,
                   (int64_t)gpt_weights(m));
        gpt_free(m);
    }
}

// --- gpt_flops -------------------------------------------------------------------------------

static void has_flops(struct gpt_config c, int B, int T, double want)
{
    char more[40];
    snprintf(more, sizeof more, "; B=%d T=%d", B, T);
    given_shape(&c, more);
    expect_double("operations", gpt_flops(&c, B, T), want, 1e-9 * want);
}

TEST(gpt_flops, example_of_the_text)
{
    has_flops(HAND, 1, 1, 348);
}

TEST(gpt_flops, all_sizes_are_one)
{
    has_flops((struct gpt_config){SIZES(1, 1, 1, 1, 1)}, 1, 1, 90);
}

TEST(gpt_flops, as_often_as_there_are_sequences)
{
    has_flops(HAND, 3, 1, 3 * 348);
}

TEST(gpt_flops, a_token_looks_at_all_before_it)
{
    has_flops(HAND, 1, 2, 720);
    has_flops(HAND, 1, 4, 1536);
}

TEST(gpt_flops, each_layer_costs_as_much)
{
    struct gpt_config c = HAND;
    c.layers = 3;
    has_flops(c, 1, 1, 36 + 3 * 312);
}

TEST(gpt_flops, in_llamas_shape)
{
    has_flops(HAND_LLAMA, 1, 1, 6 * (16 + 24 + 6 + 4));
}

TEST(gpt_flops, groups_cost_less)
{
    struct gpt_config c = {SIZES(3, 4, 1, 4, 8), .groups = 1};
    has_flops(c, 1, 1, 6 * (8 * 12 + 64 + 2 * 8 * 32 + 24 + 16));
}

TEST(gpt_flops, what_is_added_or_looked_up_is_not_counted)
{
    struct gpt_config c = HAND;
    c.unbiased = 1, c.untied = 1, c.norm = NORM_RMS, c.position = POSITION_WAVES;
    has_flops(c, 1, 1, 348);
}

TEST(gpt_flops, published_sizes)
{
    struct gpt_config c = {SIZES(50257, 1024, 12, 12, 768)};
    has_flops(c, 1, 1024, ref_gpt_flops(&c, 1, 1024));
    has_flops(c, 512, 1024, ref_gpt_flops(&c, 512, 1024));
    c = (struct gpt_config){SIZES(32000, 4096, 80, 64, 8192), .groups = 8, .hidden = 28672};
    gpt_llama(&c);
    has_flops(c, 1024, 4096, ref_gpt_flops(&c, 1024, 4096));
}

TEST(gpt_flops, more_than_an_int_can_hold)
{
    struct gpt_config c = HAND;
    has_flops(c, 1 << 30, 4, (double)(1 << 30) * 1536);
    // Each product alone is too large for an int.
    c = (struct gpt_config){SIZES(1 << 24, 1 << 20, 1, 1, 1 << 12), .hidden = 1 << 20};
    has_flops(c, 1, 1, ref_gpt_flops(&c, 1, 1));
    has_flops(c, 1 << 20, 1 << 20, ref_gpt_flops(&c, 1 << 20, 1 << 20));
}

TEST(gpt_flops, random_shapes)
{
    for (int i = 0; i < SOME; i++) {
        struct gpt_config c = some(i);
        int B = 1 + i % 5, T = 1 + i % c.context;
        has_flops(c, B, T, ref_gpt_flops(&c, B, T));
    }
}

// --- gpt_bytes -------------------------------------------------------------------------------

TEST(gpt_bytes, sixteen_a_weight)
{
    given_shape(&HAND, ": 92 weights");
    expect_int("bytes", (int64_t)gpt_bytes(&HAND), 1472);
    given_shape(&HAND_LLAMA, ": 58 weights");
    expect_int("bytes", (int64_t)gpt_bytes(&HAND_LLAMA), 928);
}

TEST(gpt_bytes, more_than_an_int_can_hold)
{
    struct gpt_config c = {SIZES(32000, 4096, 32, 32, 4096), .hidden = 11008};
    gpt_llama(&c);
    given_shape(&c, ": 6738415616 weights");
    expect_int("bytes", (int64_t)gpt_bytes(&c), 107814649856);
}

// --- gpt_init --------------------------------------------------------------------------------

static int written(const struct gpt *m)
{
    for (size_t i = 0; i < gpt_weights(m); i++) {
        if (!isfinite(gpt_data(m)[i])) return 0;
    }
    return 1;
}

// begun returns a model that gpt_init has filled; its weights were NaN before.
static struct gpt *begun(const struct gpt_config *c, uint64_t seed)
{
    struct gpt *m = blank(c);
    for (size_t i = 0; i < gpt_weights(m); i++) gpt_data(m)[i] = NAN;
    gpt_init(m, seed);
    return m;
}

static void expect_all(const char *what, struct param p, float want)
{
    size_t as_wanted = 0;
    for (size_t j = 0; j < p.size; j++) as_wanted += p.data[j] == want;
    expect_int(what, (int64_t)as_wanted, (int64_t)p.size);
}

TEST(gpt_init, gains_are_one_and_shifts_zero)
{
    struct gpt_config shapes[] = {HAND, HAND_LLAMA};
    for (int k = 0; k < 2; k++) {
        struct gpt *m = begun(&shapes[k], 1);
        given_shape(&shapes[k], ", seed 1");
        for (int i = 0; i < gpt_params(m); i++) {
            if (gpt_role(m, i) == GPT_GAIN) expect_all("gains that are 1", gpt_param(m, i), 1);
            if (gpt_role(m, i) == GPT_SHIFT)
                expect_all("shifts and biases that are 0", gpt_param(m, i), 0);
        }
        expect_true("every weight is set to a finite number", written(m));
        gpt_free(m);
    }
}

static double deviation_of(struct param p)
{
    double squares = 0;
    for (size_t j = 0; j < p.size; j++) squares += (double)p.data[j] * (double)p.data[j];
    return sqrt(squares / (double)p.size);
}

// With 5 standard errors of a deviation to each side; those of different rules are further apart.
static void has_deviations(int C, int L)
{
    struct gpt_config c = {SIZES(200, 100, L, 4, C), .groups = 1, .hidden = 24, .untied = 1};
    struct gpt *m = begun(&c, 5);
    double base = 0.02 * sqrt(768.0 / C);
    given("C = %d, L = %d, 200 tokens, 100 learned places, G = 1, F = 24, a head of its own", C, L);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        char what[120];
        if (p.rank == 1) continue;
        int residual = gpt_role(m, i) == GPT_RESIDUAL;
        double want = residual ? base / sqrt(2.0 * L) : base;
        snprintf(what, sizeof what, "deviation of %s%s", p.name,
                 residual ? ", which writes to the residual stream" : "");
        expect_double(what, deviation_of(p), want, 5 * want / sqrt(2.0 * (double)p.size));
    }
    gpt_free(m);
}

TEST(gpt_init, as_in_the_paper_at_768_channels)
{
    has_deviations(768, 1);
}

TEST(gpt_init, fewer_channels_are_spread_further)
{
    has_deviations(100, 1);
}

TEST(gpt_init, more_layers_write_less_each)
{
    has_deviations(100, 8);
}

TEST(gpt_init, normal_and_not_uniform)
{
    struct gpt_config c = {SIZES(2000, 4, 1, 1, 12)};
    struct gpt *m = begun(&c, 3);
    struct param p = gpt_param(m, 0);
    size_t far = 0;
    double sum = 0;
    for (size_t j = 0; j < p.size; j++) {
        far += fabsf(p.data[j]) > 2 * 0.16f;
        sum += (double)p.data[j];
    }
    given("C = 12, 24000 weights of an embedding, deviation 0.16");
    expect_double("share of them further than two deviations from 0", (double)far / 24000, 0.0455,
                  0.007);
    expect_double("their mean", sum / 24000, 0, 0.005);
    gpt_free(m);
}

TEST(gpt_init, one_draw_after_the_other)
{
    struct gpt *m = begun(&HAND, 7);
    struct random r = random_start(7, RANDOM_INIT);
    double want[6];
    float deviation = 0.02f * sqrtf(384);
    for (int i = 0; i < 6; i++) want[i] = (double)(deviation * random_normal(&r));
    given_shape(&HAND, ", seed 7");
    expect_floats("wte.weight, the first tensor", 6, gpt_data(m), want, 1e-6);
    for (int i = 0; i < 6; i++) want[i] = (double)(deviation * random_normal(&r));
    expect_floats("wpe.weight, the second tensor", 6, named(m, "wpe.weight").data, want, 1e-6);
    gpt_free(m);
}

TEST(gpt_init, random_shapes)
{
    for (int i = 0; i < SOME; i++) {
        struct gpt_config c = some(i);
        struct gpt *m = begun(&c, (uint64_t)i), *want = ref_gpt_new(&c, (uint64_t)i);
        char more[32];
        snprintf(more, sizeof more, ", seed %d", i);
        given_shape(&c, more);
        for (int k = 0; k < gpt_params(m); k++) {
            struct param p = gpt_param(m, k);
            expect_near(p.name, p.size, p.data, gpt_param(want, k).data, 1e-6);
        }
        gpt_free(m), gpt_free(want);
    }
}

TEST(gpt_init, the_seed_decides)
{
    struct gpt *a = begun(&HAND, 5), *b = begun(&HAND, 5), *other = begun(&HAND, 6);
    given_shape(&HAND, ", seeds 5, 5 and 6");
    expect_near("the same seed again", gpt_weights(a), gpt_data(b), gpt_data(a), 0);
    expect_true("another seed gives other weights", gpt_data(a)[0] != gpt_data(other)[0]);
    gpt_free(a), gpt_free(b), gpt_free(other);
}

// --- gpt_embed -------------------------------------------------------------------------------

static int expect_shape(const struct tape *t, int node, int B, int T, int width)
{
    expect_int("dimensions of the result", tape_rank(t, node), 3);
    if (tape_rank(t, node) != 3) return 0;
    const int want[] = {B, T, width};
    const int got[] = {tape_dim(t, node, 0), tape_dim(t, node, 1), tape_dim(t, node, 2)};
    return expect_ints("shape of the result", 3, got, 3, want);
}

// ordered returns a model of one channel: token v is 10 (v + 1), place t is t + 1.
static struct gpt *ordered(enum position position)
{
    struct gpt_config c = {SIZES(3, 4, 1, 1, 2), .position = position};
    struct gpt *m = blank(&c);
    for (int i = 0; i < 6; i++) named(m, "wte.weight").data[i] = (float)(10 * (i / 2 + 1));
    if (position == POSITION_LEARNED)
        for (int i = 0; i < 8; i++) named(m, "wpe.weight").data[i] = (float)(i / 2 + 1);
    return m;
}

static void has_rows(struct gpt *m, int B, int T, const int32_t *tokens, int first,
                     const double *want)
{
    struct tape *t = tape_new();
    int x = gpt_embed(m, t, 0, B, T, tokens, first);
    if (expect_shape(t, x, B, T, 2))
        expect_floats("rows", (size_t)(2 * B * T), tape_data(t, x), want, NEAR);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_embed, one_token)
{
    given("rows of tokens 10 10, 20 20, 30 30; of places 1 1, 2 2, 3 3, 4 4; token 2 at place 0");
    has_rows(ordered(POSITION_LEARNED), 1, 1, (int32_t[]){2}, 0, (double[]){31, 31});
}

TEST(gpt_embed, each_at_its_place)
{
    given("rows of tokens 10 10, 20 20, 30 30; of places 1 1, 2 2, 3 3, 4 4; tokens 2 0 2 from 0");
    has_rows(ordered(POSITION_LEARNED), 1, 3, (int32_t[]){2, 0, 2}, 0,
             (double[]){31, 31, 12, 12, 33, 33});
}

TEST(gpt_embed, from_a_later_place)
{
    given("rows of tokens 10 10, 20 20, 30 30; of places 1 1, 2 2, 3 3, 4 4; tokens 0 1 from 2");
    has_rows(ordered(POSITION_LEARNED), 1, 2, (int32_t[]){0, 1}, 2, (double[]){13, 13, 24, 24});
}

TEST(gpt_embed, every_sequence_begins_at_the_same_place)
{
    given("rows of tokens 10 10, 20 20, 30 30; of places 1 1 to 4 4; B = 2: 0 1 and 2 0, from 0");
    has_rows(ordered(POSITION_LEARNED), 2, 2, (int32_t[]){0, 1, 2, 0}, 0,
             (double[]){11, 11, 22, 22, 31, 31, 12, 12});
}

TEST(gpt_embed, nothing_is_added_for_rotary_and_none)
{
    given("rotary; rows of tokens 10 10, 20 20, 30 30; tokens 2 0 from 1");
    has_rows(ordered(POSITION_ROTARY), 1, 2, (int32_t[]){2, 0}, 1, (double[]){30, 30, 10, 10});
    given("no places; rows of tokens 10 10, 20 20, 30 30; tokens 2 0 from 1");
    has_rows(ordered(POSITION_NONE), 1, 2, (int32_t[]){2, 0}, 1, (double[]){30, 30, 10, 10});
}

TEST(gpt_embed, waves_are_added)
{
    double size = sqrt(2) * 0.02 * sqrt(768 / 2.0);
    given("waves; rows of tokens 10 10, 20 20, 30 30; tokens 2 0 from 0, then 1 from 3");
    has_rows(ordered(POSITION_WAVES), 1, 2, (int32_t[]){2, 0}, 0,
             (double[]){30, 30 + size, 10 + size * sin(1), 10 + size * cos(1)});
    has_rows(ordered(POSITION_WAVES), 1, 1, (int32_t[]){1}, 3,
             (double[]){20 + size * sin(3), 20 + size * cos(3)});
}

TEST(gpt_embed, gradients_go_to_tokens_and_places)
{
    struct gpt *m = ordered(POSITION_LEARNED);
    struct tape *t = tape_new();
    const int32_t tokens[] = {2, 0, 2};
    int x = gpt_embed(m, t, 1, 1, 3, tokens, 0);
    tape_backward(t, x, 1);
    given("learn = 1, tokens 2 0 2, a gradient of 1 everywhere");
    expect_floats("gradient of wte", 6, named(m, "wte.weight").grad, ((double[]){1, 1, 0, 0, 2, 2}),
                  1e-6);
    expect_floats("gradient of wpe", 8, named(m, "wpe.weight").grad,
                  ((double[]){1, 1, 1, 1, 1, 1, 0, 0}), 1e-6);
    tape_free(t);
    gpt_free(m);
}

static void learns_nothing(enum position position, const char *places)
{
    struct gpt *m = ordered(position);
    struct tape *t = tape_new();
    given("%s, learn = 0", places);
    expect_int("whether the result needs a gradient",
               tape_needs_grad(t, gpt_embed(m, t, 0, 1, 1, (int32_t[]){1}, 0)), 0);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_embed, nothing_is_learned_unless_asked)
{
    learns_nothing(POSITION_ROTARY, "rotary");
    learns_nothing(POSITION_LEARNED, "learned places");
}

TEST(gpt_embed, random_shapes)
{
    for (int i = 0; i < SOME; i++) {
        struct check *k = check_begin((uint64_t)i);
        struct gpt_config c = some(i);
        struct gpt *m = filled_model(&c, (uint64_t)i);
        struct tape *t = tape_new();
        int first = i % 4, T = c.context - first, B = 1 + i % 3;
        const int32_t *tokens = check_ids(k, (size_t)(B * T), c.vocab);
        char more[40];
        snprintf(more, sizeof more, "; B=%d, from %d", B, first);
        given_shape(&c, more);
        int want = ref_gpt_embed(m, t, 0, B, T, tokens, first);
        int got = gpt_embed(m, t, 0, B, T, tokens, first);
        if (expect_shape(t, got, B, T, c.channels))
            expect_near("rows", tape_size(t, want), tape_data(t, got), tape_data(t, want), NEAR);
        tape_free(t);
        gpt_free(m);
        check_end(k);
    }
}

// --- gpt_logits ------------------------------------------------------------------------------

// idle returns a model whose blocks add nothing: all their weights are 0.
static struct gpt *idle(int untied)
{
    struct gpt_config c = {SIZES(2, 4, 1, 1, 2), .position = POSITION_NONE, .untied = untied};
    struct gpt *m = blank(&c);
    memcpy(named(m, "wte.weight").data, (float[]){3, -3, -1, 2}, 4 * sizeof(float));
    memcpy(named(m, "ln_f.weight").data, (float[]){1, 1}, 2 * sizeof(float));
    if (untied) memcpy(named(m, "lm_head.weight").data, (float[]){5, 0, 0, 7}, 4 * sizeof(float));
    return m;
}

static void has_scores(struct gpt *m, int T, const int32_t *tokens, const double *want)
{
    struct tape *t = tape_new();
    int x = gpt_logits(m, t, 0, 1, T, tokens, 0, NULL, NULL);
    if (expect_shape(t, x, 1, T, 2))
        expect_floats("scores", (size_t)(2 * T), tape_data(t, x), want, NEAR);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_logits, norm_and_tied_head)
{
    given("blocks add nothing; rows of tokens 3 -3 and -1 2; gain 1, shift 0; tied; token 0");
    has_scores(idle(0), 1, (int32_t[]){0}, (double[]){6, -3});
    given("blocks add nothing; rows of tokens 3 -3 and -1 2; gain 1, shift 0; tied; tokens 0 1");
    has_scores(idle(0), 2, (int32_t[]){0, 1}, (double[]){6, -3, -6, 3});
}

TEST(gpt_logits, a_head_of_its_own)
{
    given("blocks add nothing; rows of tokens 3 -3, -1 2; rows of the head 5 0, 0 7; token 0");
    has_scores(idle(1), 1, (int32_t[]){0}, (double[]){5, -7});
}

TEST(gpt_logits, the_last_norm_has_gain_and_shift)
{
    struct gpt *m = idle(1);
    memcpy(named(m, "ln_f.weight").data, (float[]){2, 3}, 2 * sizeof(float));
    memcpy(named(m, "ln_f.bias").data, (float[]){10, 20}, 2 * sizeof(float));
    given("blocks add nothing; rows 3 -3, -1 2; gain 2 3, shift 10 20; head 5 0, 0 7; token 0");
    has_scores(m, 1, (int32_t[]){0}, (double[]){60, 119});
}

// Asks both for scores, and for gradients when learn is 1.
static void like_reference(const struct gpt_config *c, int i, int learn, int first)
{
    struct check *k = check_begin((uint64_t)i);
    struct gpt *m = filled_model(c, (uint64_t)i);
    struct tape *t = tape_new();
    int T = c->context - first, B = learn ? 2 : 1;
    const int32_t *tokens = check_ids(k, (size_t)(B * T), c->vocab);
    char more[40];
    snprintf(more, sizeof more, "; B=%d%s from %d", B, learn ? ", learn = 1," : "", first);
    given_shape(c, more);
    int want = ref_gpt_logits(m, t, learn, B, T, tokens, first, NULL, NULL);
    float *scores = check_copy(k, tape_size(t, want), tape_data(t, want));
    size_t n = tape_size(t, want), weights = gpt_weights(m);
    if (learn) tape_backward(t, want, 1);
    float *grads = check_copy(k, weights, gpt_grad(m));
    memset(gpt_grad(m), 0, weights * sizeof(float));
    tape_reset(t);
    int got = gpt_logits(m, t, learn, B, T, tokens, first, NULL, NULL);
    if (expect_shape(t, got, B, T, c->vocab)) {
        expect_near("scores", n, tape_data(t, got), scores, NEAR);
        expect_int("whether the result needs a gradient", tape_needs_grad(t, got), learn);
        if (learn) tape_backward(t, got, 1);
        for (int p = 0; p < gpt_params(m); p++) {
            struct param x = gpt_param(m, p);
            char what[120];
            snprintf(what, sizeof what, "gradient of %s", x.name);
            expect_near(what, x.size, x.grad, grads + (x.grad - gpt_grad(m)), 2e-4);
        }
    }
    tape_free(t);
    gpt_free(m);
    check_end(k);
}

TEST(gpt_logits, one_layer_of_each_shape)
{
    like_reference(&HAND, 1, 0, 0);
    like_reference(&HAND_LLAMA, 1, 0, 0);
}

TEST(gpt_logits, layers_in_their_order)
{
    like_reference(&(struct gpt_config){SIZES(5, 6, 3, 2, 8)}, 2, 0, 0);
}

TEST(gpt_logits, from_a_later_place)
{
    struct gpt_config c = {SIZES(5, 8, 2, 2, 8)};
    like_reference(&c, 3, 0, 3);
    c.position = POSITION_ROTARY;
    like_reference(&c, 3, 0, 3);
}

TEST(gpt_logits, a_tied_head_gets_both_gradients)
{
    like_reference(&(struct gpt_config){SIZES(5, 4, 1, 1, 4)}, 4, 1, 0);
}

TEST(gpt_logits, gradients_of_every_tensor)
{
    for (int i = 0; i < SOME; i += 3) {
        struct gpt_config c = some(i);
        like_reference(&c, i, 1, 0);
    }
}

TEST(gpt_logits, random_shapes)
{
    for (int i = 0; i < SOME; i++) {
        struct gpt_config c = some(i);
        like_reference(&c, i, 0, i % 3);
    }
}

struct seen {
    int calls, H, G;
};

static int count_attend(void *self, struct tape *t, int qkv)
{
    struct seen *s = self;
    s->calls++;
    return op_attention(t, qkv, s->H, s->G);
}

TEST(gpt_logits, attends_once_a_layer_by_what_it_is_given)
{
    struct gpt_config c = {SIZES(5, 6, 3, 2, 8)};
    struct gpt *m = filled_model(&c, 5);
    struct tape *t = tape_new();
    const int32_t tokens[] = {1, 4, 0};
    struct seen s = {0, 2, 2};
    int got = gpt_logits(m, t, 0, 1, 3, tokens, 1, count_attend, &s);
    given_shape(&c, "; with an attend of the test's");
    expect_int("calls of attend", s.calls, 3);
    int want = ref_gpt_logits(m, t, 0, 1, 3, tokens, 1, NULL, NULL);
    expect_near("scores", 15, tape_data(t, got), tape_data(t, want), NEAR);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_logits, the_future_changes_no_score)
{
    struct gpt_config c = {SIZES(5, 6, 2, 2, 8)};
    struct gpt *m = filled_model(&c, 6);
    struct tape *t = tape_new();
    int32_t tokens[] = {3, 1, 4, 1, 0, 2}, other[] = {3, 1, 4, 0, 1, 1};
    int a = gpt_logits(m, t, 0, 1, 6, tokens, 0, NULL, NULL);
    int b = gpt_logits(m, t, 0, 1, 6, other, 0, NULL, NULL);
    given("two layers; tokens 3 1 4 1 0 2, and 3 1 4 0 1 1");
    expect_near("scores after the first three tokens", 15, tape_data(t, b), tape_data(t, a), 0);
    tape_free(t);
    gpt_free(m);
}

// Weights, tokens and scores that Hugging Face's transformers wrote: tests/golden/make_hf.py.
static void like_hugging_face(const char *dir, const char *golden)
{
    enum { B = 2, T = 12 };
    struct gpt_config c;
    struct error e = {.text = ""};
    CHECK(config_file_read(dir, &c, &e) == ERR_NONE, "%s", e.text);
    struct gpt *m = blank(&c);
    CHECK(model_weights(dir, m, &e) == ERR_NONE, "%s", e.text);
    struct safetensors *st = check_golden(golden);
    struct tape *t = tape_new();
    size_t n = (size_t)(B * T * c.vocab);
    int got = gpt_logits(m, t, 0, B, T, check_golden_ids(st, "tokens", B * T), 0, NULL, NULL);
    given("the weights in %s", strstr(dir, "tests/golden"));
    if (expect_shape(t, got, B, T, c.vocab))
        expect_near("scores", n, tape_data(t, got), check_golden_floats(st, "logits", n), 1e-3);
    tape_free(t);
    safetensors_close(st);
    gpt_free(m);
}

TEST(gpt_logits, weights_of_others)
{
    like_hugging_face(GOLDEN "/hf/gpt2", "hf/gpt2/expected");
    like_hugging_face(GOLDEN "/hf/llama", "hf/llama/expected");
}

// --- gpt_loss --------------------------------------------------------------------------------

TEST(gpt_loss, who_knows_nothing_pays_the_log_of_all)
{
    struct gpt *m = blank(&HAND);
    struct tape *t = tape_new();
    float losses[2] = {NAN, NAN};
    int loss = gpt_loss(m, t, 0, 1, 2, (int32_t[]){0, 1}, (int32_t[]){1, 2}, losses);
    given("V = 3, all weights 0; tokens 0 1, targets 1 2");
    expect_int("elements of the result", (int64_t)tape_size(t, loss), 1);
    expect_double("loss, the sum over both", (double)*tape_data(t, loss), 2 * log(3), 1e-5);
    expect_floats("losses", 2, losses, ((double[]){log(3), log(3)}), 1e-5);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_loss, a_target_of_minus_one_costs_nothing)
{
    struct gpt *m = blank(&HAND);
    struct tape *t = tape_new();
    int loss = gpt_loss(m, t, 0, 1, 2, (int32_t[]){0, 1}, (int32_t[]){-1, 2}, NULL);
    given("V = 3, all weights 0; tokens 0 1, targets -1 2; losses is NULL");
    expect_double("loss", (double)*tape_data(t, loss), log(3), 1e-5);
    tape_free(t);
    gpt_free(m);
}

TEST(gpt_loss, nothing_is_learned_unless_asked)
{
    struct gpt *m = blank(&HAND);
    struct tape *t = tape_new();
    int loss = gpt_loss(m, t, 0, 1, 2, (int32_t[]){0, 1}, (int32_t[]){1, 2}, NULL);
    given("V = 3, all weights 0; tokens 0 1, targets 1 2; learn = 0");
    expect_int("whether the result needs a gradient", tape_needs_grad(t, loss), 0);
    tape_free(t);
    gpt_free(m);
}

// The tests below give what PyTorch computed: tests/golden/make_golden.py.
TEST(gpt_loss, loss_and_gradients_are_pytorchs)
{
    struct safetensors *st = check_golden("gpt_small");
    const int32_t *k = check_golden_ids(st, "config", 5);
    struct gpt *m = blank(&(struct gpt_config){SIZES(k[0], k[1], k[2], k[3], k[4])});
    struct tape *t = tape_new();
    struct check *c = check_begin(1);
    size_t n = gpt_weights(m);
    memcpy(gpt_data(m), check_golden_floats(st, "weights", n), n * sizeof(float));
    float *losses = check_nans(c, 16);
    int loss = gpt_loss(m, t, 1, 2, 8, check_golden_ids(st, "tokens", 16),
                        check_golden_ids(st, "target", 16), losses);
    given("a small GPT-2 with PyTorch's weights, B=2, T=8, learn = 1");
    expect_near("losses", 16, losses, check_golden_floats(st, "losses", 16), NEAR);
    tape_backward(t, loss, 1);
    const float *want = check_golden_floats(st, "grads", n);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        char what[120];
        snprintf(what, sizeof what, "gradient of %s", p.name);
        expect_near(what, p.size, p.grad, want + (p.grad - gpt_grad(m)), 1e-3);
    }
    tape_free(t);
    gpt_free(m);
    safetensors_close(st);
    check_end(c);
}

// overfits trains on one batch by gpt_loss and AdamW.  The first weights are the reference's.
static void overfits(struct gpt_config c, const char *name)
{
    enum { B = 3, T = 8, STEPS = 200 };
    struct check *k = check_begin(25);
    check_set_threads(1);
    struct gpt *m = ref_gpt_new(&c, 4);
    struct tape *t = tape_new();
    size_t n = gpt_weights(m);
    int32_t *tokens = check_ids(k, B * T, c.vocab);
    const int32_t *target = check_ids(k, B * T, c.vocab);
    for (int b = 0; b < B; b++) tokens[b * T] = b;  // so that no two sequences begin alike
    float *moments = check_zeros(k, 2 * n);
    double mean = 0;
    for (int step = 1; step <= STEPS; step++) {
        tape_reset(t);
        memset(gpt_grad(m), 0, n * sizeof(float));
        int loss = gpt_loss(m, t, 1, B, T, tokens, target, NULL);
        mean = (double)*tape_data(t, loss) / (B * T);
        tape_backward(t, loss, 1.0f / (B * T));
        struct optim o = {.lr = 0.01f,
                          .beta1 = 0.9f,
                          .beta2 = 0.99f,
                          .epsilon = 1e-8f,
                          .scale = clip_scale(gradient_norm(n, gpt_grad(m)), 1),
                          .step = step};
        adamw_step(&o, n, gpt_data(m), gpt_grad(m), moments, moments + n);
    }
    given("%s's shape, V=13 L=2 H=2 C=16; 3 sequences of 8 random tokens, 200 steps of AdamW",
          name);
    expect_double("loss of a token at the end", mean, 0, 0.05);
    tape_free(t);
    gpt_free(m);
    check_end(k);
}

TEST_SLOW(gpt_loss, overfits_one_batch, 4)
{
    struct gpt_config c = {SIZES(13, 8, 2, 2, 16)};
    overfits(c, "GPT-2");
    gpt_llama(&c), c.groups = 1;
    overfits(c, "Llama");
}
