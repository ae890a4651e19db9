#include "rule_grow.h"

#include <math.h>
#include <stdlib.h>

#include "grow.h"
#include "random.h"
#include "taught.h"
#include "widen.h"

enum { WINDOW = 8, LAYERS = 2, NARROW = 16, WIDE = 128, SPAN = 30000 };
// Chosen with --tune on Shakespeare, for what is reached in a tenth of the time that 128 units take
// and after a million.  RATE, of 0.003, 0.004 and, alike for all widths, 0.004, 0.006 and 0.01;
// SPAN, of 15000, 20000 and 30000: after a shorter one it is wide so soon that its lead is gone.
static const float RATE = 4e-3f, LEAST = 0.08f, LN2 = 0.69314718f;

// struct growing: a network being taught, and what tells when it should grow.  It is a struct
// taught, which comes first.
struct growing {
    struct taught taught;
    struct grow_progress progress;
    struct random random;
    int earlier;  // updates of the networks that this one has grown from
    double work;
};

static void *open_grow(const struct lab_setting *s)
{
    struct growing *g = calloc(1, sizeof *g);
    if (!g) die("out of memory: a network");
    struct net_shape shape = {.V = s->V, .window = WINDOW, .hidden = NARROW, .layers = LAYERS};
    g->taught = (struct taught){.net = net_new(&shape, s->seed), .steps = net_updates(s->examples)};
    g->progress = (struct grow_progress){.span = SPAN, .least = LEAST, .before = -1};
    g->random = random_start(s->seed, LAB_GROWN);
    return g;
}

// grown makes the network twice as wide, which then has a block of its own before it is judged.
// The optimizer begins anew: with moments of its own for old weights and none for new ones, Adam
// takes the new ones' first slopes for small and steps too far.
static void grown(struct growing *g)
{
    struct net *was = g->taught.net;
    g->taught.net = widen(was, 2 * was->shape.hidden, &g->random);
    g->earlier += was->step;
    g->progress.before = -1;
    net_free(was);
}

static void learn(void *state, struct lab_places x)
{
    struct growing *g = state;
    struct taught *t = &g->taught;
    struct net *n = t->net;
    int step = g->earlier + n->step - t->begin;
    // A narrow network bears larger steps.
    float rate = RATE * sqrtf((float)WIDE / (float)n->shape.hidden);
    net_forward(n, x);
    int flat = grow_plateau(&g->progress, x.N, taught_errors(t, x) / LN2);
    net_backward(n, x);
    net_update(n, net_rate(step, t->steps, rate));
    g->work += (double)x.N * (double)net_work(n);
    if (flat && n->shape.hidden < WIDE) grown(g);
}

static void again(void *state, size_t examples)
{
    struct growing *g = state;
    g->taught.begin = g->earlier + g->taught.net->step;
    g->taught.steps = net_updates(examples);
}

const struct net *grow_net(const void *state)
{
    return ((const struct growing *)state)->taught.net;
}

double grow_work(const void *state)
{
    return ((const struct growing *)state)->work;
}

const struct lab_rule LAB_GROW = {.name = "grow",
                                  .plain = "backprop, two layers of 16 that widen on plateaus",
                                  .open = open_grow,
                                  .learn = learn,
                                  .predict = taught_predict,
                                  .numbers = taught_numbers,
                                  .again = again,
                                  .close = taught_close};
