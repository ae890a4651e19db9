#include "sample.h"

#include "ride.h"

const float *sample_scores(const struct sampling *s, int V, const float *logits, int n,
                           const int32_t *ids, float *work)
{
    if (s->repeat_penalty == 0 || s->repeat_penalty == 1) return logits;
    int last = s->repeat_last && s->repeat_last < n ? s->repeat_last : n;
    generate_penalize(V, logits, last, ids + (n - last), s->repeat_penalty, work);
    return work;
}

int sample(const struct sampling *s, int V, const float *logits, struct random *r,
           struct candidate *work)
{
    if (s->temperature == 0) return ride_argmax(V, logits);
    generate_weigh(V, logits, s->temperature, work);
    int n = V;
    // Where nothing is cut off nothing needs sorting.
    if ((s->top_k && s->top_k < V) || s->top_p < 1 || s->min_p > 0) {
        n = generate_top_k(V, work, s->top_k);
        n = generate_top_p(n, work, s->top_p);
        n = generate_min_p(n, work, s->min_p);
    }
    return generate_draw(n, work, random_float(r));
}
