// sample: a token from its scores, as the options of a text say.
#ifndef GPT_SAMPLE_H
#define GPT_SAMPLE_H

#include <stdint.h>

#include "generate.h"
#include "random.h"

// struct sampling: how a token is chosen from its scores.  What is 0 does nothing, but for top_p.
struct sampling {
    float temperature;     // logits are divided by it; 0 takes the largest
    int top_k;             // only the k largest stay; 0 for all
    float top_p;           // of them the fewest that have this share of their probability; 1: all
    float min_p;           // of them those at least this share of the likeliest; 0: all
    float repeat_penalty;  // on logits of ids that came before; 1 or 0: none
    int repeat_last;       // of the ids, only so many of the last are looked at; 0: all
};

// sample_scores returns the logits (V) with the penalty for what is in ids[0..n): logits itself if
// there is none, else work.
const float *sample_scores(const struct sampling *s, int V, const float *logits, int n,
                           const int32_t *ids, float *work);

// sample returns a token id in [0, V), drawn after temperature, top-k, top-p and min-p, in this
// order.  At temperature 0 it is the likeliest, and nothing is drawn.
//   logits  (V)  finite
//   work    (V)  scratch
// Of equal logits the one with the smaller id counts as larger.
int sample(const struct sampling *s, int V, const float *logits, struct random *r,
           struct candidate *work);

#endif
