// losses: the losses a model can be trained with, by name.
//
//     cross-entropy  log(1 / p[target])
//     smooth         cross-entropy to a target spread by `weight` over all ids (Szegedy et al.
//                    2016, "Rethinking the Inception architecture", section 7)
//     focal          (1 - p[target])^weight times cross-entropy: what is known already counts less
//                    (Lin et al. 2017, "Focal loss for dense object detection", section 3)
//     z              cross-entropy + weight lse^2, lse = log sum_v exp(x[v]): keeps logits small
//                    (Chowdhery et al. 2022, "PaLM", section 5)
//     kl             (1 - weight) cross-entropy + weight KL(q || p), to the probabilities q of a
//                    teacher (Hinton et al. 2015, "Distilling the knowledge in a neural network")
//     own            loss_own, the learner's
#ifndef GPT_LOSSES_H
#define GPT_LOSSES_H

#include <stdint.h>

#include "error.h"

// loss_row returns the loss of one row in nats and writes its slopes.
//   x        (V)  logits
//   target   0 <= target < V
//   teacher  (V)  probabilities; NULL unless the loss needs them
//   slope    (V)  d loss / d x
typedef float loss_row(int V, const float *x, int32_t target, float weight, const float *teacher,
                       float *slope);

// struct loss_kind: one of them.
struct loss_kind {
    const char *name;
    float weight, least, most;  // the default and the range; most is 0: it has no weight
    int taught;                 // whether it needs a teacher
    loss_row *row;
};

// LOSSES_NAMES: their names, for --help.
#define LOSSES_NAMES "cross-entropy, smooth, focal, z, kl, own"

// losses_find returns the loss of that name.
//   ERR_VALUE  there is none
enum err losses_find(const char *name, const struct loss_kind **kind, struct error *e);

// losses_weight checks a weight for a loss; one below 0 becomes the loss's default.
//   ERR_VALUE  out of the loss's range, or it has none
enum err losses_weight(const struct loss_kind *kind, float *weight, struct error *e);

// losses_forward computes the rows' losses and their slopes.  A row with target -1 is passed over:
// its loss and its slopes are 0.
//   x        (N, V)  logits
//   target   (N)     -1 <= target[n] < V
//   teacher  (N, V)  NULL unless kind->taught
//   slope    (N, V)  kept for the backward
//   loss     (N)
void losses_forward(const struct loss_kind *kind, float weight, int N, int V, const float *x,
                    const int32_t *target, const float *teacher, float *slope, float *loss);

// losses_backward: dx[n,v] += dloss * slope[n,v].
void losses_backward(int N, int V, const float *slope, float dloss, float *dx);

#endif
