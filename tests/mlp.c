// mlp: windows, the count of weights, first weights, and the forward, on sizes of one and two that
// a person can redo by hand; then on odd sizes against doubles and against the reference.
//
// Texts are written in letters: a is id 0, b is id 1.  Outputs stand between guards, and hold NaN
// or an impossible id before.  A given() says first what decides, and fits one line.
#include "mlp.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson.h"
#include "random.h"
#include "ref_mlp.h"
#include "tape.h"

FUNCTION(mlp_windows, 4);
FUNCTION(mlp_count, 2);
FUNCTION(mlp_init, 4);
FUNCTION(mlp_forward, 5);

enum { ROOM = 4096, GUARD = 8, UNTOUCHED = -77 };
static const double NEAR = 1e-5;

// --- mlp_windows -----------------------------------------------------------------------------

// ids_of returns letters as ids, with other ids before and behind them: who looks there finds
// something, always the same.
static const int32_t *ids_of(const char *letters)
{
    static int32_t room[ROOM];
    size_t n = strlen(letters);
    CHECK(n + 2 * GUARD <= ROOM, "n=%zu", n);
    for (size_t i = 0; i < n + 2 * GUARD; i++) room[i] = 1000 + (int32_t)i;
    for (size_t i = 0; i < n; i++) room[GUARD + i] = letters[i] - 'a';
    return room + GUARD;
}

// expect_windows checks the windows of N places, and that nothing else is written.
static void expect_windows(const struct mlp_config *c, const int32_t *ids, int N, const size_t *at,
                           const int32_t *want)
{
    static int32_t got[ROOM];
    size_t size = (size_t)N * (size_t)c->context;
    CHECK(size + GUARD <= ROOM, "N=%d T=%d", N, c->context);
    for (size_t i = 0; i < size + GUARD; i++) got[i] = UNTOUCHED;
    mlp_windows(c, ids, N, at, got);
    expect_ids("windows, one place after the other", size, got, size, want);
    int32_t rest[GUARD];
    for (int i = 0; i < GUARD; i++) rest[i] = UNTOUCHED;
    expect_ids("what stands behind the last window", GUARD, got + size, GUARD, rest);
}

// has_windows is the same for a text in letters.
static void has_windows(int T, int V, const char *text, int N, const size_t *at,
                        const int32_t *want)
{
    char places[40] = "";
    for (int n = 0, used = 0; n < N && used < 30; n++)
        used += snprintf(places + used, sizeof places - (size_t)used, " %zu", at[n]);
    given("text %s, window of %d, V = %d, place%s%s", lesson_quote(strlen(text), text), T, V,
          N == 1 ? "" : "s", places);
    struct mlp_config c = {.vocab = V, .context = T, .embed = 1, .hidden = 1, .layers = 1};
    expect_windows(&c, ids_of(text), N, at, want);
}

TEST(mlp_windows, a_window_of_one)
{
    has_windows(1, 2, "ba", 1, (size_t[]){1}, (int32_t[]){1});
}

TEST(mlp_windows, at_the_beginning_stands_nothing)
{
    has_windows(1, 2, "ba", 1, (size_t[]){0}, (int32_t[]){2});
    has_windows(2, 2, "ba", 1, (size_t[]){0}, (int32_t[]){2, 2});
    has_windows(2, 2, "ba", 1, (size_t[]){1}, (int32_t[]){2, 1});
}

TEST(mlp_windows, the_nearest_is_last)
{
    has_windows(2, 3, "abc", 1, (size_t[]){2}, (int32_t[]){0, 1});
    has_windows(3, 5, "bead", 1, (size_t[]){3}, (int32_t[]){1, 4, 0});
}

TEST(mlp_windows, behind_the_end)
{
    has_windows(2, 3, "abc", 1, (size_t[]){3}, (int32_t[]){1, 2});
    has_windows(1, 1, "", 1, (size_t[]){0}, (int32_t[]){1});
}

TEST(mlp_windows, places_one_after_the_other)
{
    has_windows(3, 5, "bead", 5, (size_t[]){0, 1, 2, 3, 4},
                (int32_t[]){5, 5, 5, 5, 5, 1, 5, 1, 4, 1, 4, 0, 4, 0, 3});
}

TEST(mlp_windows, places_in_any_order)
{
    has_windows(2, 5, "bead", 4, (size_t[]){3, 0, 3, 1}, (int32_t[]){4, 0, 5, 5, 4, 0, 5, 1});
}

// The text's memory ends where the place is; before the text there are other ids.
TEST(mlp_windows, reads_nothing_from_the_place_on)
{
    enum { BEFORE = 4 };
    static const int32_t ROW[] = {1000, 1001, 1002, 1003, 3, 1, 4, 1, 5, 9, 2, 6};
    for (size_t at = 0; at <= 8; at++) {
        const struct mlp_config c = {.vocab = 10, .context = 3, .embed = 1, .hidden = 1};
        const int32_t *row = lesson_input((BEFORE + at) * sizeof *ROW, ROW);
        int32_t want[3];
        ref_mlp_windows(&c, ROW + BEFORE, 1, &at, want);
        given("place %zu of a text that ends there, window of 3, V = 10", at);
        expect_windows(&c, row + BEFORE, 1, &at, want);
    }
}

TEST(mlp_windows, random_texts)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        enum { IDS = 60, PLACES = 16, T_MOST = 12 };
        struct mlp_config c = {.vocab = 40, .context = 1 + i % T_MOST, .embed = 1, .hidden = 1};
        int N = 1 + (int)random_below(&r, PLACES);
        int32_t row[T_MOST + IDS], *ids = row + T_MOST, want[PLACES * T_MOST];
        size_t at[PLACES];
        for (int k = 0; k < T_MOST; k++) row[k] = 1000 + k;
        for (int k = 0; k < IDS; k++) ids[k] = (int32_t)random_below(&r, 40);
        for (int n = 0; n < N; n++) at[n] = random_below(&r, i % 2 ? IDS + 1 : 10);
        ref_mlp_windows(&c, ids, N, at, want);
        given("%d random ids, window of %d, %d places, the first %zu", IDS, c.context, N, at[0]);
        expect_windows(&c, ids, N, at, want);
    }
}

// --- mlp_count -------------------------------------------------------------------------------

static void has_weights(int V, int T, int E, int H, int L, int64_t want)
{
    const struct mlp_config c = {V, T, E, H, L};
    given("V = %d, T = %d, E = %d, H = %d, L = %d", V, T, E, H, L);
    expect_int("mlp_count", (int64_t)mlp_count(&c), want);
}

TEST(mlp_count, without_a_hidden_layer)
{
    has_weights(1, 1, 1, 1, 0, 2 + 2);
    has_weights(2, 1, 1, 1, 0, 3 + 4);
    has_weights(2, 3, 1, 1, 0, 3 + 8);
    has_weights(2, 3, 5, 7, 0, 15 + 32);
}

TEST(mlp_count, one_hidden_layer)
{
    has_weights(1, 1, 1, 1, 1, 2 + 2 + 2);
    has_weights(2, 2, 2, 1, 1, 6 + 5 + 4);
    has_weights(2, 3, 5, 7, 1, 15 + 112 + 16);
}

TEST(mlp_count, more_layers)
{
    has_weights(1, 1, 1, 2, 2, 2 + 4 + 6 + 3);
    has_weights(2, 3, 5, 7, 2, 15 + 112 + 56 + 16);
    has_weights(2, 3, 5, 7, 6, 15 + 112 + 5 * 56 + 16);
    has_weights(56, 8, 16, 128, 1, 912 + 16512 + 7224);
}

TEST(mlp_count, is_what_the_model_has)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 12; i++) {
        struct mlp_config c = {1 + (int)random_below(&r, 50), 1 + (int)random_below(&r, 9),
                               1 + (int)random_below(&r, 9), 1 + (int)random_below(&r, 30), i % 5};
        struct mlp *m = ref_mlp_new(&c);
        has_weights(c.vocab, c.context, c.embed, c.hidden, c.layers, (int64_t)ref_mlp_weights(m));
        ref_mlp_free(m);
    }
}

TEST(mlp_count, more_than_an_int_holds)
{
    has_weights(1 << 20, 1, 1 << 12, 1, 0, 8590987264);
    has_weights(1, 1 << 10, 1 << 12, 1 << 10, 1, 4294977537);
    has_weights(1, 1, 1, 1 << 14, 40, 10469670915);
}

// --- models ----------------------------------------------------------------------------------

// describe says which model it is.
static const char *describe(const struct mlp_config *c)
{
    static char text[64];
    snprintf(text, sizeof text, "V = %d, T = %d, E = %d, H = %d, L = %d", c->vocab, c->context,
             c->embed, c->hidden, c->layers);
    return text;
}

// part_of names a tensor as the contract does.
static const char *part_of(const struct mlp_config *c, int i)
{
    static char text[64];
    const char *which = i % 2 ? "weight" : "bias";
    if (i == 0) return "the table";
    if (i > 2 * c->layers)
        snprintf(text, sizeof text, "the head's %s", which);
    else
        snprintf(text, sizeof text, "hidden layer %d's %s", (i - 1) / 2, which);
    return text;
}

// --- mlp_init --------------------------------------------------------------------------------

// deviation_of is the contract's, in double.
static double deviation_of(const struct mlp_config *c, int i, double gain)
{
    struct mlp *m = ref_mlp_new(c);
    double inputs = ref_mlp_param(m, i).shape[1];
    ref_mlp_free(m);
    if (i == 0) return 1;
    return (i == 1 + 2 * c->layers ? (double)MLP_HEAD : gain) / sqrt(inputs);
}

// expect_first draws the first weights and checks them all, tensor after tensor.
static void expect_first(const struct mlp_config *c, uint64_t seed, float gain)
{
    struct mlp *m = mlp_new(c);
    size_t weights = mlp_weights(m);
    for (size_t i = 0; i < weights; i++) mlp_data(m)[i] = NAN;
    mlp_init(m, seed, gain);
    struct random r = random_start(seed, RANDOM_INIT);
    for (int i = 0; i < mlp_params(m); i++) {
        struct param p = mlp_param(m, i);
        double *want = calloc(p.size, sizeof *want);
        if (!want) die("out of memory: %zu", p.size);
        double deviation = p.rank == 2 ? deviation_of(c, i, (double)gain) : 0;
        for (size_t j = 0; j < p.size && p.rank == 2; j++)
            want[j] = deviation * (double)random_normal(&r);
        given("seed %d, gain %g; %s", (int)seed, (double)gain, describe(c));
        expect_floats(part_of(c, i), p.size, p.data, want, NEAR);
        free(want);
    }
    mlp_free(m);
}

TEST(mlp_init, without_a_hidden_layer)
{
    expect_first(&(struct mlp_config){1, 1, 1, 1, 0}, 1, 1);
    expect_first(&(struct mlp_config){1, 1, 4, 1, 0}, 1, 1);
}

TEST(mlp_init, one_hidden_layer)
{
    expect_first(&(struct mlp_config){1, 1, 1, 1, 1}, 1, 1);
    expect_first(&(struct mlp_config){2, 2, 2, 1, 1}, 1, 1);
    expect_first(&(struct mlp_config){2, 2, 2, 3, 1}, 1, 1);
}

TEST(mlp_init, gain)
{
    expect_first(&(struct mlp_config){2, 2, 2, 3, 1}, 1, 2);
    expect_first(&(struct mlp_config){2, 2, 2, 3, 1}, 1, 0);
}

TEST(mlp_init, several_layers)
{
    expect_first(&(struct mlp_config){2, 2, 2, 3, 2}, 1, 1);
    expect_first(&(struct mlp_config){5, 3, 4, 6, 4}, 7, 1.5f);
}

TEST(mlp_init, other_seeds)
{
    for (uint64_t seed = 0; seed < 4; seed++)
        expect_first(&(struct mlp_config){2, 2, 2, 3, 1}, seed, 1);
}

// Measured as the text does: how far the numbers of a wide layer are spread.
TEST(mlp_init, deviations_of_wide_layers)
{
    const struct mlp_config c = {30, 8, 8, 256, 2};
    struct mlp *m = mlp_new(&c);
    mlp_init(m, 3, 1);
    for (int i = 0; i < mlp_params(m); i++) {
        struct param p = mlp_param(m, i);
        double square = 0, want = p.rank == 2 ? deviation_of(&c, i, 1) : 0;
        for (size_t j = 0; j < p.size; j++) square += (double)p.data[j] * (double)p.data[j];
        given("%s, %zu numbers; gain 1; %s", part_of(&c, i), p.size, describe(&c));
        expect_double("deviation", sqrt(square / (double)p.size), want, 0.15 * want);
    }
    mlp_free(m);
}

// --- mlp_forward -----------------------------------------------------------------------------

// struct trial: the learner's model, its tape, and what the forward should give.
struct trial {
    struct mlp_config c;
    struct mlp *m;
    struct tape *tape;
    int N, logits, hidden[8];
    const int32_t *windows;
};

static void end(struct trial *t)
{
    mlp_free(t->m);
    tape_free(t->tape);
}

// struct naming: how failures call the properties of a node.
struct naming {
    const char *node, *rank, *rows, *columns;
};

static const struct naming RETURNED = {"mlp_forward returns a node", "rank of the node returned",
                                       "rows of the node returned", "columns of the node returned"};
static const struct naming IN_HIDDEN = {"hidden[l] is a node, for each layer l",
                                        "rank of a node in hidden", "rows of a node in hidden",
                                        "columns of a node in hidden"};

// shaped checks that a node is a tensor (N, width).
static int shaped(const struct naming *of, const struct trial *t, int node, int width)
{
    if (!expect_true(of->node, node >= 0)) return 0;
    if (!expect_int(of->rank, tape_rank(t->tape, node), 2)) return 0;
    return expect_int(of->rows, tape_dim(t->tape, node, 0), t->N) &
           expect_int(of->columns, tape_dim(t->tape, node, 1), width);
}

// forward runs the learner's forward on weights that are given; 0 if what it returns makes no
// sense.
static int forward(struct trial *t, int learn, const float *weights)
{
    t->m = mlp_new(&t->c);
    t->tape = tape_new();
    memcpy(mlp_data(t->m), weights, mlp_weights(t->m) * sizeof *weights);
    for (int l = 0; l < 8; l++) t->hidden[l] = UNTOUCHED;
    t->logits = mlp_forward(t->m, t->tape, learn, t->N, t->windows, t->hidden);
    if (!shaped(&RETURNED, t, t->logits, t->c.vocab)) return 0;
    for (int l = 0; l < t->c.layers; l++) {
        if (!shaped(&IN_HIDDEN, t, t->hidden[l], t->c.hidden)) return 0;
    }
    return expect_int("what stands behind the last of hidden", t->hidden[t->c.layers], UNTOUCHED);
}

// layer is W x + b in double, of one row.
static void layer(int outputs, int inputs, const float *w, const float *b, const double *x,
                  double *y)
{
    for (int o = 0; o < outputs; o++) {
        y[o] = (double)b[o];
        for (int i = 0; i < inputs; i++) y[o] += (double)w[o * inputs + i] * x[i];
    }
}

enum { WIDE = 64 };

// wanted computes one row in double: each hidden layer's results, and the logits.
static void wanted(const struct mlp_config *c, const float *weights, const int32_t *window,
                   double hidden[][WIDE], double *logits)
{
    int T = c->context, E = c->embed, H = c->hidden, inputs = T * E;
    double x[WIDE];
    CHECK(inputs <= WIDE && H <= WIDE && c->vocab <= WIDE, "T E=%d H=%d", inputs, H);
    for (int i = 0; i < inputs; i++) x[i] = (double)weights[window[i / E] * E + i % E];
    weights += (c->vocab + 1) * E;
    for (int l = 0; l < c->layers; l++) {
        layer(H, inputs, weights, weights + H * inputs, x, hidden[l]);
        weights += H * inputs + H;
        inputs = H;
        for (int i = 0; i < H; i++) x[i] = hidden[l][i] = tanh(hidden[l][i]);
    }
    layer(c->vocab, inputs, weights, weights + c->vocab * inputs, x, logits);
}

// expect_rows checks all rows of the result, layer by layer.
static void expect_rows(const struct trial *t, const float *weights)
{
    const struct mlp_config *c = &t->c;
    for (int n = 0; n < t->N; n++) {
        double hidden[8][WIDE], logits[WIDE];
        const int32_t *window = t->windows + n * c->context;
        wanted(c, weights, window, hidden, logits);
        for (int l = 0; l < c->layers; l++) {
            expect_floats(l == 0 ? "results of hidden layer 0" : "results of a later hidden layer",
                          (size_t)c->hidden, tape_data(t->tape, t->hidden[l]) + n * c->hidden,
                          hidden[l], NEAR);
        }
        expect_floats("logits", (size_t)c->vocab, tape_data(t->tape, t->logits) + n * c->vocab,
                      logits, NEAR);
    }
}

static void tries(struct mlp_config c, const float *weights, int N, const int32_t *windows)
{
    struct trial t = {.c = c, .N = N, .windows = windows};
    if (forward(&t, 0, weights)) expect_rows(&t, weights);
    end(&t);
}

TEST(mlp_forward, head_alone)
{
    given("V = 2, T = 1, E = 1, L = 0: table 1 2 3, head 10 20 + 0.5 -0.5, window b");
    tries((struct mlp_config){2, 1, 1, 1, 0}, (float[]){1, 2, 3, 10, 20, 0.5f, -0.5f}, 1,
          (int32_t[]){1});
    given("the same with the window \"nothing\", id 2");
    tries((struct mlp_config){2, 1, 1, 1, 0}, (float[]){1, 2, 3, 10, 20, 0.5f, -0.5f}, 1,
          (int32_t[]){2});
}

TEST(mlp_forward, two_tokens_side_by_side)
{
    given("V = 1, T = 2, E = 2, L = 0: table 1 2, 3 4; head 1 10 100 1000 + 0");
    tries((struct mlp_config){1, 2, 2, 1, 0}, (float[]){1, 2, 3, 4, 1, 10, 100, 1000, 0}, 1,
          (int32_t[]){1, 0});
}

TEST(mlp_forward, one_hidden_unit)
{
    given("V = 1, T = 1, E = 1, H = 1: table 0.5 2, hidden 1 + 0.25, head 3 + 1");
    tries((struct mlp_config){1, 1, 1, 1, 1}, (float[]){0.5f, 2, 1, 0.25f, 3, 1}, 1,
          (int32_t[]){0});
}

// EXAMPLE is the text's: table, hidden layer, head.
static const float EXAMPLE[] = {1, 0, 0, 1, 0, 0, 0.5f, -1, -0.5f, 1, -0.5f, 2, -1, 0, 0};

TEST(mlp_forward, example_of_the_text)
{
    given("the text's example: V = 2, T = 2, E = 2, H = 1, window a b");
    tries((struct mlp_config){2, 2, 2, 1, 1}, EXAMPLE, 1, (int32_t[]){0, 1});
    given("the same, three windows: a b, nothing a, b b");
    tries((struct mlp_config){2, 2, 2, 1, 1}, EXAMPLE, 3, (int32_t[]){0, 1, 2, 0, 1, 1});
}

TEST(mlp_forward, several_layers)
{
    given("V = 1, T = 1, E = 1, H = 1, L = 2: table 0 1, 1 + 0, 2 - 1, head 3 + 1");
    tries((struct mlp_config){1, 1, 1, 1, 2}, (float[]){0, 1, 1, 0, 2, -1, 3, 1}, 1,
          (int32_t[]){1});
    given("the same with L = 3, the third layer -2 + 0.5");
    tries((struct mlp_config){1, 1, 1, 1, 3}, (float[]){0, 1, 1, 0, 2, -1, -2, 0.5f, 3, 1}, 1,
          (int32_t[]){1});
}

// Sums of thousands: tanh is 1 or -1 there, and all is finite.
TEST(mlp_forward, saturated)
{
    given("V = 1, T = 1, E = 1, H = 1: table 10000 -10000, hidden 5 + 0, head 3 + 1");
    tries((struct mlp_config){1, 1, 1, 1, 1}, (float[]){1e4f, -1e4f, 5, 0, 3, 1}, 2,
          (int32_t[]){0, 1});
}

TEST(mlp_forward, hidden_may_be_left_out)
{
    struct trial t = {.c = {2, 2, 2, 1, 1}, .N = 1, .windows = (int32_t[]){0, 1}};
    given("the text's example, with hidden = NULL");
    t.m = mlp_new(&t.c);
    t.tape = tape_new();
    memcpy(mlp_data(t.m), EXAMPLE, sizeof EXAMPLE);
    double hidden[1][WIDE], logits[WIDE];
    wanted(&t.c, EXAMPLE, t.windows, hidden, logits);
    t.logits = mlp_forward(t.m, t.tape, 0, 1, t.windows, NULL);
    if (shaped(&RETURNED, &t, t.logits, 2))
        expect_floats("logits", 2, tape_data(t.tape, t.logits), logits, NEAR);
    end(&t);
}

// random_weights draws weights at which no layer saturates.
static float *random_weights(const struct mlp_config *c, struct random *r)
{
    struct mlp *m = ref_mlp_new(c);
    size_t n = ref_mlp_weights(m);
    float *w = malloc(n * sizeof *w);
    if (!w) die("out of memory: %zu", n);
    for (size_t i = 0; i < n; i++) w[i] = 0.4f * random_normal(r);
    ref_mlp_free(m);
    return w;
}

// random_windows draws N windows; nothing stands in some of them.
static int32_t *random_windows(const struct mlp_config *c, int N, struct random *r)
{
    int32_t *w = malloc((size_t)N * (size_t)c->context * sizeof *w);
    if (!w) die("out of memory: %d", N);
    for (int i = 0; i < N * c->context; i++)
        w[i] = (int32_t)random_below(r, (uint32_t)c->vocab + 1);
    return w;
}

static const struct mlp_config SHAPES[] = {{1, 1, 1, 1, 1},  {3, 1, 4, 2, 1}, {5, 4, 1, 3, 2},
                                           {7, 3, 5, 11, 0}, {2, 7, 3, 1, 3}, {13, 2, 6, 9, 4}};
enum { SHAPED = sizeof SHAPES / sizeof *SHAPES };

TEST(mlp_forward, random_shapes)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int k = 0; k < SHAPED; k++) {
        int N = 1 + k * 2;
        float *weights = random_weights(&SHAPES[k], &r);
        int32_t *windows = random_windows(&SHAPES[k], N, &r);
        given("%d random windows and weights; %s", N, describe(&SHAPES[k]));
        tries(SHAPES[k], weights, N, windows);
        free(weights);
        free(windows);
    }
}

// overwrite fills the stack below its caller, where what was local to a function that has returned
// still stands; with 0, an id like any other.
__attribute__((noinline)) static void overwrite(void)
{
    volatile int32_t room[1 << 14];
    for (size_t i = 0; i < sizeof room / sizeof *room; i++) room[i] = 0;
}

// BEFORE is what stands in every gradient before.
static const double BEFORE = 1;

// gradients_of runs the reference over the same windows and returns what its gradients are then, in
// double.
static double *gradients_of(const struct trial *t, const float *weights, const int32_t *target)
{
    struct mlp *m = ref_mlp_new(&t->c);
    struct tape *tape = tape_new();
    size_t n = ref_mlp_weights(m);
    double *want = malloc(n * sizeof *want);
    if (!want) die("out of memory: %zu", n);
    memcpy(ref_mlp_data(m), weights, n * sizeof *weights);
    int loss = ref_mlp_loss(m, tape, 1, t->N, t->windows, target, NULL);
    tape_backward(tape, loss, 0.5f);
    for (size_t i = 0; i < n; i++) want[i] = BEFORE + (double)ref_mlp_grad(m)[i];
    tape_free(tape);
    ref_mlp_free(m);
    return want;
}

// Every weight that the result depends on gets its gradient, through every layer.
static void expect_gradients(const struct mlp_config *c, int N, struct random *r)
{
    struct trial t = {.c = *c, .N = N};
    float *weights = random_weights(c, r);
    int32_t *windows = random_windows(c, N, r), target[16];
    for (int n = 0; n < N; n++) target[n] = (int32_t)random_below(r, (uint32_t)c->vocab);
    t.windows = windows;
    t.m = mlp_new(c);
    t.tape = tape_new();
    memcpy(mlp_data(t.m), weights, mlp_weights(t.m) * sizeof *weights);
    for (size_t i = 0; i < mlp_weights(t.m); i++) mlp_grad(t.m)[i] = (float)BEFORE;
    given("half the loss of %d windows; each gradient was 1 before; %s", N, describe(c));
    int loss = mlp_loss(t.m, t.tape, 1, N, windows, target, NULL);
    overwrite();
    tape_backward(t.tape, loss, 0.5f);
    double *want = gradients_of(&t, weights, target), *at = want;
    for (int i = 0; i < mlp_params(t.m); i++) {
        struct param p = mlp_param(t.m, i);
        expect_floats(part_of(c, i), p.size, p.grad, at, NEAR);
        at += p.size;
    }
    end(&t);
    free(want);
    free(windows);
    free(weights);
}

TEST(mlp_forward, gradients_reach_every_weight)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int k = 0; k < SHAPED; k++) expect_gradients(&SHAPES[k], 2 + k, &r);
}

TEST(mlp_forward, without_learning_no_gradient)
{
    struct trial t = {.c = {2, 2, 2, 1, 1}, .N = 1, .windows = (int32_t[]){0, 1}};
    given("the text's example, learn = 0, then tape_backward from the logits");
    if (forward(&t, 0, EXAMPLE)) {
        double none[15] = {0};
        tape_backward(t.tape, t.logits, 1);
        expect_floats("gradients of all weights", 15, mlp_grad(t.m), none, 0);
        expect_true("the logits need no gradient", tape_grad(t.tape, t.logits) == NULL);
    }
    end(&t);
}

// What lesson 02's counts cannot do.  A sentence is two ids and what follows them; ids below HALF
// are of one kind, the others of another, and what follows depends on the two kinds alone.  Some
// pairs are never shown.
enum { KINDS = 2, HALF = 6, WORDS = KINDS * HALF, SENTENCES = WORDS * WORDS };

static int held_back(int a, int b)
{
    return (a * 5 + b * 7) % 4 == 0;
}

static int follows(int a, int b)
{
    return (a / HALF) * KINDS + b / HALF;
}

// descend takes one step down the slope, and zeroes the gradients.
static void descend(struct mlp *m, float rate)
{
    for (size_t i = 0; i < mlp_weights(m); i++) {
        mlp_data(m)[i] -= rate * mlp_grad(m)[i];
        mlp_grad(m)[i] = 0;
    }
}

TEST(mlp_forward, learns_that_contexts_are_alike)
{
    enum { STEPS = 120 };
    struct trial t = {.c = {WORDS, 2, 3, 8, 1}};
    int32_t windows[SENTENCES * 2], target[SENTENCES], seen = 0, unseen = SENTENCES;
    for (int i = 0; i < SENTENCES; i++) {
        int a = i / WORDS, b = i % WORDS, at = held_back(a, b) ? --unseen : seen++;
        windows[2 * at] = a, windows[2 * at + 1] = b;
        target[at] = follows(a, b);
    }
    struct mlp *first = ref_mlp_new(&t.c);
    ref_mlp_init(first, 1, 1);
    t.m = mlp_new(&t.c);
    memcpy(mlp_data(t.m), ref_mlp_data(first), mlp_weights(t.m) * sizeof(float));
    ref_mlp_free(first);
    t.tape = tape_new();
    for (int step = 0; step < STEPS; step++) {
        tape_reset(t.tape);
        int loss = mlp_loss(t.m, t.tape, 1, seen, windows, target, NULL);
        tape_backward(t.tape, loss, 1 / (float)seen);
        descend(t.m, 1);
    }
    int rest = SENTENCES - seen;
    tape_reset(t.tape);
    int loss = mlp_loss(t.m, t.tape, 0, rest, windows + 2 * seen, target + seen, NULL);
    double nats = (double)*tape_data(t.tape, loss) / rest;
    given("%d pairs of ids shown %d times, then %d pairs never shown", seen, STEPS, rest);
    expect_double("loss on what was never shown, nats", nats, 0, 0.2);
    end(&t);
}
