#include "evaluate.h"

#include "error.h"

// rows_of returns how many windows go through the model at once: enough to keep the kernels busy,
// and few enough that what the tape holds, about 18 C floats and a row of every head's map for each
// token and layer and V scores for each token, stays small beside a training step.
static size_t rows_of(const struct gpt_config *c)
{
    const size_t budget = 1 << 24;  // floats
    size_t T = (size_t)c->context, L = (size_t)c->layers;
    size_t token = L * (18 * (size_t)c->channels + (size_t)c->heads * T) + (size_t)c->vocab;
    size_t rows = budget / (token * T);
    return rows ? rows : 1;
}

// fill copies the window that begins at ids[begin] into one row; what the text does not fill is
// padding without a target.  Returns the number of targets.
static int fill(size_t n, const int32_t *ids, size_t begin, int T, int32_t *tokens, int32_t *target)
{
    int count = 0;
    for (int t = 0; t < T; t++) {
        size_t at = begin + (size_t)t;
        int inside = at + 1 < n;
        tokens[t] = inside ? ids[at] : ids[0];
        target[t] = inside ? ids[at + 1] : -1;
        count += inside;
    }
    return count;
}

double evaluate_loss(const struct gpt *m, struct tape *t, size_t n, const int32_t *ids, size_t most)
{
    CHECK(n >= 2, "n=%zu", n);
    int T = gpt_config(m)->context;
    size_t windows = (n - 2) / (size_t)T + 1, used = most && most < windows ? most : windows;
    size_t rows = rows_of(gpt_config(m));
    double sum = 0;
    size_t count = 0;
    for (size_t w = 0; w < used; w += rows) {
        int B = (int)(used - w < rows ? used - w : rows);
        tape_reset(t);
        size_t size = sizeof(int32_t) * (size_t)B * (size_t)T;
        int32_t *tokens = tape_alloc(t, size), *target = tape_alloc(t, size);
        for (int b = 0; b < B; b++) {
            size_t window = (w + (size_t)b) * windows / used;
            count += (size_t)fill(n, ids, window * (size_t)T, T, tokens + b * T, target + b * T);
        }
        sum += (double)*tape_data(t, gpt_loss(m, t, 0, B, T, tokens, target, NULL));
    }
    return sum / (double)count;
}

double bits_per_byte(double nats, size_t n, size_t bytes)
{
    const double ln2 = 0.69314718055994531;
    return nats * (double)n / (ln2 * (double)bytes);
}
