#include "bigram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "optim.h"
#include "progress.h"
#include "random.h"

static void *zeros(size_t n, size_t size)
{
    void *memory = calloc(n, size);
    if (!memory) die("out of memory: a bigram's table of %zu cells", n);
    return memory;
}

// pairs_of counts the pairs of neighbours in a part.
static int64_t *pairs_of(int V, const struct part_ids *part)
{
    int64_t *times = zeros((size_t)V * (size_t)V, sizeof *times);
    for (size_t i = 0; i + 1 < part->count; i++)
        times[(ptrdiff_t)part->ids[i] * V + part->ids[i + 1]]++;
    return times;
}

static enum err two(const struct part *p, const struct part_ids *part, struct error *e)
{
    if (part->count >= 2) return ERR_NONE;
    return error_set(e, ERR_VALUE, "%s: %zu tokens: expected at least 2", p->path, part->count);
}

enum err bigram_open(const struct bigram_options *o, struct bigram *b, struct error *e)
{
    struct bigram new = {0};
    const struct train_options t = {.data = o->data, .tokenizer = "chars"};
    enum err code = ngram_run_open(2, &t, &new.text, e);
    if (code) return code;
    code = two(&new.text.data.train, &new.text.train, e);
    if (!code) code = two(&new.text.data.val, &new.text.val, e);
    if (code) {
        ngram_run_close(&new.text);
        return code;
    }
    new.V = tokenizer_vocab(new.text.tokenizer);
    new.scores = zeros((size_t) new.V *(size_t) new.V, sizeof *new.scores);
    new.train = pairs_of(new.V, &new.text.train);
    new.val = pairs_of(new.V, &new.text.val);
    *b = new;
    return ERR_NONE;
}

void bigram_close(struct bigram *b)
{
    ngram_run_close(&b->text);
    free(b->scores);
    free(b->train);
    free(b->val);
    *b = (struct bigram){0};
}

// per_byte turns nats into bits and shares them out.
static double per_byte(double nats, const struct part_ids *part)
{
    return nats / log(2) / (double)part->bytes;
}

double bigram_bits(const struct bigram *b, const int64_t *times, const struct part_ids *part)
{
    double nats = log(b->V);
    float *slopes = zeros((size_t)b->V, sizeof *slopes);  // not looked at
    for (int before = 0; before < b->V; before++) {
        for (int after = 0; after < b->V; after++) {
            ptrdiff_t pair = (ptrdiff_t)before * b->V + after;
            if (!times[pair]) continue;
            const float *row = b->scores + (ptrdiff_t)before * b->V;
            nats += (double)times[pair] * gradient_surprise(NULL, b->V, row, after, 0, slopes);
        }
    }
    free(slopes);
    return per_byte(nats, part);
}

// counted_bits returns a part's surprise, in bits per byte, at shares of what was counted in train.
static double counted_bits(const struct bigram *b, const int64_t *times,
                           const struct part_ids *part)
{
    double nats = log(b->V);
    for (int before = 0; before < b->V; before++) {
        const int64_t *counted = b->train + (ptrdiff_t)before * b->V,
                      *asked = times + (ptrdiff_t)before * b->V;
        double all = 0;
        for (int after = 0; after < b->V; after++) all += (double)counted[after];
        for (int after = 0; after < b->V; after++) {
            if (asked[after]) nats -= (double)asked[after] * log((double)counted[after] / all);
        }
    }
    return per_byte(nats, part);
}

// draw picks pairs of neighbours from the text, each as likely as any other.
static void draw(struct random *r, const struct part_ids *text, size_t n, int32_t *before,
                 int32_t *after)
{
    for (size_t i = 0; i < n; i++) {
        const int32_t *place = text->ids + random_below(r, (uint32_t)(text->count - 1));
        before[i] = place[0];
        after[i] = place[1];
    }
}

static void trace_row(const struct bigram *b, int step, FILE *out)
{
    fprintf(out, "%d\t%.4f\t%.4f\n", step, bigram_bits(b, b->train, &b->text.train),
            bigram_bits(b, b->val, &b->text.val));
}

int bigram_train(struct bigram *b, const struct bigram_options *o, const struct row_loss *loss,
                 FILE *trace)
{
    const struct part_ids *text = &b->text.train;
    size_t n = (size_t)o->batch;
    int32_t *before = zeros(n, sizeof *before), *after = zeros(n, sizeof *after);
    float *g = zeros((size_t)b->V * (size_t)b->V, sizeof *g);
    const struct pairs batch = {n, before, after};
    struct random random = random_start(o->seed, RANDOM_SHUFFLE);
    double one_nat = per_byte((double)text->count, text);
    struct progress *p = progress_new(0, o->steps, (double)n, one_nat, (double)NAN);
    int finite = 1, shown = 0;
    if (trace) trace_row(b, 0, trace);
    for (int step = 1; step <= o->steps && finite; step++) {
        draw(&random, text, n, before, after);
        float lr = learning_rate(step - 1, 0, o->steps, o->lr, o->lr_end);
        double nats = gradient_step(loss, b->V, b->scores, &batch, lr, g);
        finite = isfinite(nats);
        progress_step(p, step, nats);
        // Further and further apart, as a logarithmic axis wants them.
        if (!trace || (step <= shown + shown / 20 && step < o->steps)) continue;
        trace_row(b, step, trace);
        shown = step;
    }
    progress_free(p);
    free(before);
    free(after);
    free(g);
    return finite;
}

// smoothed_bits is counted_bits at lesson 02's probabilities, which are never 0.
static double smoothed_bits(const struct bigram *b, const struct part_ids *part)
{
    return ngram_bits(b->text.model, 2, part->count, part->ids) / (double)part->bytes;
}

// uniform_bits is that of a model that knows nothing.
static double uniform_bits(const struct bigram *b, const struct part_ids *part)
{
    return per_byte((double)part->count * log(b->V), part);
}

static void table_row(const char *name, double train, double val, FILE *out)
{
    fprintf(out, "%-22s%10.4f%10.4f\n", name, train, val);
}

void bigram_table(const struct bigram *b, FILE *out)
{
    const struct part_ids *train = &b->text.train, *val = &b->text.val;
    fprintf(out, "%-22s%10s%10s\n", "bits/byte", "train", "val");
    table_row("all equally likely", uniform_bits(b, train), uniform_bits(b, val), out);
    table_row("by gradient", bigram_bits(b, b->train, train), bigram_bits(b, b->val, val), out);
    table_row("by counting, shares", counted_bits(b, b->train, train), counted_bits(b, b->val, val),
              out);
    table_row("by counting, smoothed", smoothed_bits(b, train), smoothed_bits(b, val), out);
}
