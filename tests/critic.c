// critic: errors, tension, a step of rest, slopes and trust, on networks of one unit that a person
// can work out, and against the reference on random ones.
#include "critic.h"

#include <math.h>
#include <string.h>

#include "error.h"
#include "lesson.h"
#include "random.h"
#include "ref_critic.h"

FUNCTION(critic_errors, 4);
FUNCTION(critic_tension, 2);
FUNCTION(critic_relax, 4);
FUNCTION(critic_slopes, 4);
FUNCTION(critic_trust, 4);

enum { N_MOST = 5, H_MOST = 6, V_MOST = 7, MOST = V_MOST * V_MOST };
static const double NEAR = 2e-5;  // a few dozen roundings of numbers around 1

// struct box: a critic and the room for all of it, with numbers that are none where it must write.
struct box {
    struct critic c;
    float w2[MOST], b2[MOST], w3[MOST], b3[MOST], mu1[MOST], x1[MOST], x2[MOST], out1[MOST],
        out2[MOST], e1[MOST], e2[MOST], p[MOST], e3[MOST], d1[MOST], d2[MOST], by_mu1[MOST];
    float dw2[MOST], db2[MOST], dw3[MOST], db3[MOST];
    int32_t target[N_MOST];
};

static void nothing(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = NAN;
}

static void join(struct box *b, int N, int H, int V, float pi)
{
    CHECK(N <= N_MOST && H <= H_MOST && V <= V_MOST, "N=%d H=%d V=%d", N, H, V);
    b->c = (struct critic){N,     H,      V,         pi,    b->w2, b->b2,   b->w3,
                           b->b3, b->mu1, b->target, b->x1, b->x2, b->out1, b->out2,
                           b->e1, b->e2,  b->p,      b->e3, b->d1, b->d2};
}

// small is the network of the text: one unit a layer, W2 = 2, W3 = (1, 0), told the second of two
// characters.
static void small(struct box *b, float x1, float x2, float pi)
{
    float *const room[] = {b->out1, b->out2, b->e1, b->e2, b->p, b->e3, b->d1, b->d2, b->by_mu1};
    memset(b, 0, sizeof *b);
    for (size_t i = 0; i < sizeof room / sizeof *room; i++) nothing(MOST, room[i]);
    b->w2[0] = 2, b->w3[0] = 1, b->mu1[0] = 1, b->target[0] = 1;
    b->x1[0] = x1, b->x2[0] = x2;
    join(b, 1, 1, 2, pi);
    given("one unit a layer, W2 = 2, W3 = (1, 0), no biases, pi = %g; mu1 = 1, x1 = %g, x2 = %g; "
          "the target is the second of two",
          (double)pi, (double)x1, (double)x2);
}

static void draw(struct random *r, size_t n, float *x)
{
    for (size_t i = 0; i < n; i++) x[i] = random_normal(r);
}

// drawn is a network with states at random, of which some are below 0.
static void drawn(struct box *b, struct random *r, int i)
{
    int N = 1 + i % N_MOST, H = 1 + (i + 2) % H_MOST, V = 2 + i % (V_MOST - 1);
    memset(b, 0, sizeof *b);
    float *const from[] = {b->w2, b->b2,  b->w3,  b->b3,  b->mu1, b->x1,
                           b->x2, b->dw2, b->db2, b->dw3, b->db3};
    float *const room[] = {b->out1, b->out2, b->e1, b->e2, b->p, b->e3, b->d1, b->d2, b->by_mu1};
    for (size_t k = 0; k < sizeof from / sizeof *from; k++) draw(r, MOST, from[k]);
    for (size_t k = 0; k < sizeof room / sizeof *room; k++) nothing(MOST, room[k]);
    for (int n = 0; n < N_MOST; n++) b->target[n] = (int32_t)random_below(r, (uint32_t)V);
    join(b, N, H, V, 0.5f + 3 * random_float(r));
    given("%d places, layers of %d, %d characters, pi = %g, the rest drawn", N, H, V,
          (double)b->c.pi);
}

// twin copies a box.
static void twin(const struct box *b, struct box *to)
{
    *to = *b;
    join(to, b->c.N, b->c.H, b->c.V, b->c.pi);
}

static int near(const char *what, int n, const float *got, const float *want)
{
    double wide[MOST], most = 1;
    for (int i = 0; i < n; i++) {
        wide[i] = (double)want[i];
        most = fmax(most, fabs(wide[i]));
    }
    return expect_floats(what, (size_t)n, got, wide, NEAR * most);
}

#define ONE(what, got, want) expect_floats(what, 1, got, (double[]){want}, NEAR)

// --- critic_errors ---------------------------------------------------------------------------

TEST(critic_errors, in_an_answer_no_layer_is_wrong)
{
    struct box b;
    small(&b, 1, 2, 2);
    critic_errors(&b.c);
    ONE("e1", b.e1, 0);
    ONE("e2", b.e2, 0);
    expect_floats("p", 2, b.p, ((double[]){0.880797, 0.119203}), NEAR);
    expect_floats("e3", 2, b.e3, ((double[]){0.880797, -0.880797}), NEAR);
}

TEST(critic_errors, a_state_above_what_it_should_be)
{
    struct box b;
    small(&b, 1.5f, 4, 2);
    critic_errors(&b.c);
    ONE("out1", b.out1, 1.5);
    ONE("out2", b.out2, 4);
    ONE("e1", b.e1, 0.5);
    ONE("e2", b.e2, 1);
}

TEST(critic_errors, below_zero_nothing_goes_on_but_the_state_stands)
{
    struct box b;
    small(&b, -1, -3, 2);
    critic_errors(&b.c);
    ONE("out1", b.out1, 0);
    ONE("out2", b.out2, 0);
    ONE("e1", b.e1, -2);
    ONE("e2", b.e2, -3);
    expect_floats("p", 2, b.p, ((double[]){0.5, 0.5}), NEAR);
    ONE("x1, which it only reads", b.x1, -1);
}

TEST(critic_errors, random_networks)
{
    struct random r = random_start(1, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct box b, want;
        drawn(&b, &r, i);
        twin(&b, &want);
        critic_errors(&b.c);
        ref_critic_errors(&want.c);
        int size = b.c.N * b.c.H;
        near("out1", size, b.out1, want.out1);
        near("out2", size, b.out2, want.out2);
        near("e1", size, b.e1, want.e1);
        near("e2", size, b.e2, want.e2);
        near("p", b.c.N * b.c.V, b.p, want.p);
        near("e3", b.c.N * b.c.V, b.e3, want.e3);
    }
}

// --- critic_tension --------------------------------------------------------------------------

TEST(critic_tension, in_an_answer_it_is_the_surprise)
{
    struct box b;
    small(&b, 1, 2, 2);
    ref_critic_errors(&b.c);
    expect_double("the tension: -ln 0.119203", (double)critic_tension(&b.c), 2.126928, NEAR);
}

TEST(critic_tension, errors_count_with_half_their_squares_times_pi)
{
    struct box b;
    small(&b, 1.5f, 4, 3);
    ref_critic_errors(&b.c);
    // 3 / 2 (0.5^2 + 1^2) - ln p, with p = 1 / (1 + e^4)
    expect_double("the tension", (double)critic_tension(&b.c), 1.875 + 4.018150, NEAR);
}

TEST(critic_tension, random_networks)
{
    struct random r = random_start(2, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct box b;
        drawn(&b, &r, i);
        ref_critic_errors(&b.c);
        double want = (double)ref_critic_tension(&b.c);
        expect_double("the tension, the mean over the places", (double)critic_tension(&b.c), want,
                      NEAR * (1 + fabs(want)));
    }
}

// --- critic_relax ----------------------------------------------------------------------------

// The example of the text: the first step moves the upper layer, the second one both.
TEST(critic_relax, example_of_the_text)
{
    struct box b;
    small(&b, 1, 2, 2);
    ref_critic_errors(&b.c);
    critic_relax(&b.c, 0.2f);
    ONE("x1 after one step", b.x1, 1);
    ONE("x2 after one step", b.x2, 1.911920);
    ref_critic_errors(&b.c);
    critic_relax(&b.c, 0.2f);
    ONE("x1 after two steps", b.x1, 0.964768);
    ONE("x2 after two steps", b.x2, 1.842413);
}

TEST(critic_relax, what_passes_nothing_on_is_not_pulled_from_above)
{
    struct box b;
    small(&b, -1, -3, 2);
    ref_critic_errors(&b.c);
    critic_relax(&b.c, 0.1f);
    // Only towards what they should be: 1 and 0.
    ONE("x1", b.x1, -0.8);
    ONE("x2", b.x2, -2.7);
}

TEST(critic_relax, leaves_what_was_measured)
{
    struct box b, was;
    small(&b, 1.5f, 4, 3);
    ref_critic_errors(&b.c);
    twin(&b, &was);
    critic_relax(&b.c, 0.1f);
    near("e2, which it only reads", 1, b.e2, was.e2);
    near("p, which it only reads", 2, b.p, was.p);
}

TEST(critic_relax, random_networks)
{
    struct random r = random_start(3, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct box b, want;
        drawn(&b, &r, i);
        ref_critic_errors(&b.c);
        twin(&b, &want);
        critic_relax(&b.c, 0.1f);
        ref_critic_relax(&want.c, 0.1f);
        near("x1", b.c.N * b.c.H, b.x1, want.x1);
        near("x2", b.c.N * b.c.H, b.x2, want.x2);
    }
}

TEST(critic_relax, step_by_step_the_tension_falls)
{
    struct random r = random_start(4, RANDOM_TEST);
    for (int i = 0; i < 10; i++) {
        struct box b;
        drawn(&b, &r, i);
        ref_critic_errors(&b.c);
        float before = ref_critic_tension(&b.c);
        critic_relax(&b.c, 0.002f);
        ref_critic_errors(&b.c);
        expect_true("after a small step the tension is lower", ref_critic_tension(&b.c) < before);
    }
}

// --- critic_slopes ---------------------------------------------------------------------------

static void slopes_of(struct box *b)
{
    critic_slopes(&b->c, b->by_mu1, b->dw2, b->db2, b->dw3, b->db3);
}

TEST(critic_slopes, one_unit)
{
    struct box b;
    small(&b, 1.5f, 4, 3);
    ref_critic_errors(&b.c);
    slopes_of(&b);
    ONE("by_mu1: -pi e1", b.by_mu1, -1.5);
    ONE("db2: -pi e2", b.db2, -3);
    ONE("dw2: -pi e2 max(x1, 0)", b.dw2, -4.5);
    expect_floats("dw3: e3 max(x2, 0)", 2, b.dw3, ((double[]){3.928055, -3.928055}), NEAR);
    expect_floats("db3: e3", 2, b.db3, ((double[]){0.982014, -0.982014}), NEAR);
}

TEST(critic_slopes, below_zero_a_matrix_has_no_part_in_it)
{
    struct box b;
    small(&b, -1, -3, 2);
    ref_critic_errors(&b.c);
    slopes_of(&b);
    ONE("dw2", b.dw2, 0);
    expect_floats("dw3", 2, b.dw3, ((double[]){0, 0}), NEAR);
    ONE("db2", b.db2, 6);
}

TEST(critic_slopes, random_networks)
{
    struct random r = random_start(5, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct box b, want;
        drawn(&b, &r, i);
        ref_critic_errors(&b.c);
        twin(&b, &want);
        slopes_of(&b);
        ref_critic_slopes(&want.c, want.by_mu1, want.dw2, want.db2, want.dw3, want.db3);
        int H = b.c.H, V = b.c.V;
        near("by_mu1", b.c.N * H, b.by_mu1, want.by_mu1);
        near("dw2, added to what was there", H * H, b.dw2, want.dw2);
        near("db2, added to what was there", H, b.db2, want.db2);
        near("dw3, added to what was there", V * H, b.dw3, want.dw3);
        near("db3, added to what was there", V, b.db3, want.db3);
    }
}

// --- critic_trust ----------------------------------------------------------------------------

TEST(critic_trust, example_of_the_text)
{
    float q[2] = {NAN, NAN}, p[] = {0.5f, 0.25f, 0.24f, 0.01f, 0.5f, 0.25f, 0.24f, 0.01f};
    int32_t target[] = {0, 3};
    given("V = 4, p = 0.5 0.25 0.24 0.01 twice, targets 0 and 3, epsilon 0.2, rate 0.5");
    float epsilon = critic_trust(2, 4, p, target, 0.2f, 0.5f, q);
    // 0.4 / 0.45 and 0.008 / 0.058
    expect_floats("q", 2, q, ((double[]){0.888889, 0.137931}), NEAR);
    expect_double("the new epsilon", (double)epsilon, 0.343295, NEAR);
}

TEST(critic_trust, who_knows_nothing_keeps_its_doubt)
{
    float q[1] = {NAN}, p[] = {0.25f, 0.25f, 0.25f, 0.25f};
    int32_t target[] = {2};
    given("V = 4, all alike, epsilon 0.3, rate 1");
    float epsilon = critic_trust(1, 4, p, target, 0.3f, 1, q);
    expect_floats("q", 1, q, (double[]){0.7}, NEAR);
    expect_double("the new epsilon", (double)epsilon, 0.3, NEAR);
}

TEST(critic_trust, without_doubt_all_is_true)
{
    float q[1] = {NAN}, p[] = {0.9f, 0.1f};
    int32_t target[] = {1};
    given("V = 2, p = 0.9 0.1, the target is the second, epsilon 0, rate 0.5");
    float epsilon = critic_trust(1, 2, p, target, 0, 0.5f, q);
    expect_floats("q", 1, q, (double[]){1}, NEAR);
    expect_double("the new epsilon", (double)epsilon, 0, NEAR);
}

TEST(critic_trust, random_answers)
{
    struct random r = random_start(6, RANDOM_TEST);
    for (int i = 0; i < 20; i++) {
        struct box b;
        float q[N_MOST], want[N_MOST], epsilon = 0.9f * random_float(&r), rate = random_float(&r);
        drawn(&b, &r, i);
        ref_critic_errors(&b.c);
        given("%d places, %d characters, epsilon %g, rate %g", b.c.N, b.c.V, (double)epsilon,
              (double)rate);
        nothing(N_MOST, q);
        float got = critic_trust(b.c.N, b.c.V, b.p, b.target, epsilon, rate, q);
        float answer = ref_critic_trust(b.c.N, b.c.V, b.p, b.target, epsilon, rate, want);
        near("q", b.c.N, q, want);
        expect_double("the new epsilon", (double)got, (double)answer, NEAR);
    }
}
