#include "sample.h"

#include <string.h>

#include "ride.h"

// To sort all of a vocabulary of 50,000 takes a tenth of the time of a token.  So the candidates
// are first put into ranks by their weights' first bits, and only the ranks that count are sorted.
enum { RANKS = 256 };

const float *sample_scores(const struct sampling *s, int V, const float *logits, int n,
                           const int32_t *ids, float *work)
{
    if (s->repeat_penalty == 0 || s->repeat_penalty == 1) return logits;
    int last = s->repeat_last && s->repeat_last < n ? s->repeat_last : n;
    generate_penalize(V, logits, last, ids + (n - last), s->repeat_penalty, work);
    return work;
}

// rank_of is larger for larger weights of 0 … 1: the exponent, and one bit more.
static int rank_of(float p)
{
    uint32_t bits;
    memcpy(&bits, &p, sizeof bits);
    return (int)(bits >> 22);
}

// keep_likely keeps, in their order, all candidates that the filters may leave, and returns their
// number.  *top_p, of all, becomes the share of those that are left.
static int keep_likely(int n, struct candidate *c, int top_k, float *top_p, float min_p)
{
    int count[RANKS] = {0}, kept = 0, lowest = RANKS, seen = 0;
    double mass[RANKS] = {0}, all = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        int r = rank_of(c[i].p);
        count[r]++;
        mass[r] += (double)c[i].p;
        all += (double)c[i].p;
    }
    // The likeliest has weight 1.  A thousandth more than top_p: what follows rounds otherwise.
    double share = (double)*top_p * 1.001 * all;
    do {
        lowest--;
        seen += count[lowest];
        sum += mass[lowest];
    } while (lowest > 0 &&
             (seen == 0 || (top_k ? seen < top_k : sum < share && lowest > rank_of(min_p))));
    for (int i = 0; i < n; i++) {
        if (rank_of(c[i].p) >= lowest) c[kept++] = c[i];
    }
    if (!top_k) *top_p = sum > (double)*top_p * all ? (float)((double)*top_p * all / sum) : 1;
    return kept;
}

int sample(const struct sampling *s, int V, const float *logits, struct random *r,
           struct candidate *work)
{
    if (s->temperature == 0) return ride_argmax(V, logits);
    generate_weigh(V, logits, s->temperature, work);
    int n = V;
    // Where nothing is cut off nothing needs sorting.
    if ((s->top_k && s->top_k < V) || s->top_p < 1 || s->min_p > 0) {
        float top_p = s->top_p;
        n = keep_likely(V, work, s->top_k, &top_p, s->min_p);
        n = generate_top_k(n, work, s->top_k);
        n = generate_top_p(n, work, top_p);
        n = generate_min_p(n, work, s->min_p);
    }
    return generate_draw(n, work, random_float(r));
}
