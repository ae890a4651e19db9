// rule_critic: slopes by tension point where backprop's do; a network that asks whether an answer
// is noise finds how much is, and is hurt less; tension knows what is new.
#include "rule_critic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "protocol.h"
#include "rule_backprop.h"
#include "taught.h"
#include "trials.h"

enum { V = 16, LENGTH = 6400, JUDGED = 1000 };

static struct lab_text chatter(size_t count, uint64_t seed)
{
    struct lab_text t = {count, malloc(count * sizeof *t.ids)};
    cr_assert(t.ids);
    check_chatter(V, count, seed, t.ids);
    return t;
}

static struct lab_data texts(size_t count)
{
    return (struct lab_data){.V = V, .train = chatter(count, 1), .val = chatter(JUDGED, 2)};
}

static void drop(struct lab_data *d)
{
    free(d->train.ids);
    free(d->val.ids);
}

// alike returns the cosine of the angle between two rows.
static double alike(size_t n, const float *a, const float *b)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

// cosines writes, for each of the three matrices, how alike the slopes by tension are to backprop's
// at the same weights.
static void cosines(const struct lab_learner *l, const struct lab_text *text, double *cosine)
{
    struct taught *t = l->state;
    struct net *n = t->net;
    size_t at[LAB_BATCH];
    for (size_t i = 0; i < LAB_BATCH; i++) at[i] = 100 + 37 * i;
    struct lab_places x = {text->ids, LAB_BATCH, at};
    float *slope = malloc(n->weights * sizeof *slope);
    cr_assert(slope);
    t->slopes(t, x);
    memcpy(slope, n->grad, n->weights * sizeof *slope);
    memset(n->grad, 0, n->weights * sizeof *slope);
    net_forward(n, x);
    taught_errors(t, x);
    net_backward(n, x);
    for (int k = 0; k <= n->shape.layers; k++)
        cosine[k] = alike((size_t)(n->db[k] - n->dw[k]), slope + (n->dw[k] - n->grad), n->dw[k]);
    free(slope);
}

Test(pc, slopes_point_where_backprop_does)
{
    struct lab_data d = texts(LENGTH);
    struct lab_learner l = lab_begin(&LAB_PC, V, LENGTH, 1);
    double cosine[NET_LAYERS + 1];
    for (int begun = 0; begun < 2; begun++) {
        cosines(&l, &d.train, cosine);
        for (int k = 0; k < 3; k++)
            cr_expect(cosine[k] >= 0.9, "matrix %d, after %zu examples: %g", k + 1, l.examples,
                      cosine[k]);
        memset(((struct taught *)l.state)->net->grad, 0,
               ((struct taught *)l.state)->net->weights * sizeof(float));
        lab_learn(&l, &d.train, LENGTH);
    }
    lab_end(&l);
    drop(&d);
}

Test(pc, learns_what_backprop_learns)
{
    struct lab_data d = texts(LENGTH);
    double pc = lab_run(&LAB_PC, &d, LENGTH, 1).bits, mlp = lab_run(&LAB_MLP, &d, LENGTH, 1).bits;
    cr_expect(mlp < 2 && pc < mlp + 0.5, "%g %g", pc, mlp);
    drop(&d);
}

Test(pc, tension_knows_what_is_new)
{
    struct lab_data d = texts(LENGTH);
    cr_expect(trial_novelty(&LAB_PC, &d, LENGTH, 100, 1) > 0.99);
    float none = 0;
    struct lab_learner l = lab_begin(&LAB_PC, V, 64, 1);
    none = LAB_PC.known(l.state, d.train.ids, 0);
    cr_expect_eq(none, 0, "where the text begins nothing has been told");
    lab_end(&l);
    drop(&d);
}

Test(critic, finds_how_much_is_noise_and_is_hurt_less)
{
    struct lab_data d = texts(20 * LENGTH);
    struct trial_noise mlp = trial_noise(&LAB_MLP, &d, 20 * LENGTH, 0.3, 1);
    struct trial_noise critic = trial_noise(&LAB_CRITIC, &d, 20 * LENGTH, 0.3, 1);
    double cost = mlp.noisy.bits - mlp.clean.bits, ours = critic.noisy.bits - mlp.clean.bits;
    cr_expect(cost > 0.1 && ours < 0.5 * cost, "%g %g", cost, ours);
    cr_expect(fabs(mlp.drawn - 0.3) < 0.01 && critic.drawn == mlp.drawn, "%g", mlp.drawn);
    cr_expect(isnan(mlp.taken), "backprop says nothing of noise");
    // It began with 0.1; one in ten of the text's own characters is noise as well.
    cr_expect(critic.taken > 0.15 && critic.taken < 0.42, "%g", critic.taken);
    drop(&d);
}
