#include "generate.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mathf.h"
#include "ride.h"

// larger_first orders candidates for qsort: a total order, so every qsort gives the same.
static int larger_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->p != y->p) return x->p > y->p ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

// cut sorts the candidates and returns how many of the first ones stay: at most `most`, and no
// more than it takes to reach a share p of the total.  Sets *total to what these have.
static int cut(int V, struct candidate *c, int most, float p, float *total)
{
    qsort(c, (size_t)V, sizeof *c, larger_first);
    float enough = p * *total;
    int count = 0;
    for (*total = 0; count < most && (count == 0 || *total < enough); count++) {
        *total += c[count].p;
    }
    return count;
}

int sample(const struct sampling *s, int V, const float *logits, struct random *r,
           struct candidate *work)
{
    int32_t best = ride_argmax(V, logits);
    int count = V;
    if (s->temperature == 0) return best;
    float total = 0;
    for (int v = 0; v < V; v++) {
        work[v] = (struct candidate){mathf_exp((logits[v] - logits[best]) / s->temperature), v};
        total += work[v].p;
    }
    int most = s->top_k && s->top_k < V ? s->top_k : V;
    if (most < V || s->top_p < 1) count = cut(V, work, most, s->top_p, &total);
    float point = random_float(r) * total;
    for (int i = 0; i < count - 1; i++) {
        if (point < work[i].p) return work[i].id;
        point -= work[i].p;
    }
    // Rounding may leave a little of `point`; then the last one with any probability is meant.
    while (count > 1 && work[count - 1].p <= 0) count--;
    return work[count - 1].id;
}

const float *generate_next(const struct gpt *m, struct tape *t, int n, const int32_t *ids)
{
    CHECK(n >= 1, "n=%d", n);
    int context = gpt_config(m)->context, T = n < context ? n : context;
    tape_reset(t);
    int logits = gpt_forward(m, t, 0, 1, T, ids + (n - T));
    return tape_data(t, logits) + (ptrdiff_t)(T - 1) * gpt_config(m)->vocab;
}

// struct tail: what was generated and may not be written yet, because the stop text might be
// beginning in it.
struct tail {
    FILE *out;
    const char *stop;
    size_t stop_size, size, room;
    char *bytes;
};

static void tail_add(struct tail *t, const char *bytes, size_t size)
{
    if (t->size + size > t->room) {
        t->room = 2 * (t->size + size);
        t->bytes = realloc(t->bytes, t->room);
        if (!t->bytes) die("out of memory: %zu bytes of text", t->room);
    }
    memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

// tail_write writes what can no longer belong to the stop text.  Returns 1 when the stop text has
// come.
static int tail_write(struct tail *t)
{
    size_t done = 0;
    int stopped = 0;
    while (t->size - done >= (t->stop_size ? t->stop_size : 1) && !stopped) {
        stopped = t->stop_size && memcmp(t->bytes + done, t->stop, t->stop_size) == 0;
        done += !stopped;
    }
    fwrite(t->bytes, 1, done, t->out);
    fflush(t->out);
    memmove(t->bytes, t->bytes + done, t->size - done);
    t->size -= done;
    return stopped;
}

// struct writer: a text being generated.
struct writer {
    const struct gpt *model;
    const struct tokenizer *tokenizer;
    const struct generation *order;
    struct tape *tape;
    struct random random;
    struct candidate *work;  // (V)
    struct tail tail;
    int written;  // of the ids, so many are in the tail or out
    enum err code;
    struct error *e;
};

static int all_finite(int V, const float *x)
{
    int finite = 1;
    for (int v = 0; v < V; v++) finite &= isfinite(x[v]) != 0;
    return finite;
}

// write_ids writes the ids up to n that are not written yet.  Returns whether the text goes on.
static int write_ids(struct writer *w, int n, const int32_t *ids)
{
    while (w->written < n) {
        int32_t id = ids[w->written++];
        if (tokenizer_is_special(w->tokenizer, id)) return 0;
        size_t size;
        const char *bytes = tokenizer_bytes(w->tokenizer, id, &size);
        char *begun = NULL;
        // After a prompt of no text the first token begins one, which a space before it does not.
        if (w->written == 2 && !*w->order->prompt)
            bytes = begun = tokenizer_decode(w->tokenizer, 2, ids, &size);
        tail_add(&w->tail, bytes, size);
        free(begun);
        if (tail_write(&w->tail)) {
            w->tail.size = 0;
            return 0;
        }
        if (ferror(w->tail.out)) return 0;
    }
    return 1;
}

// scores_after is the ride_model of a writer.  It writes what was chosen since the last time, so
// that a reader sees each token as it comes.
static const float *scores_after(void *self, int n, const int32_t *ids)
{
    struct writer *w = self;
    if (!write_ids(w, n, ids)) return NULL;
    const float *logits = generate_next(w->model, w->tape, n, ids);
    if (all_finite(gpt_config(w->model)->vocab, logits)) return logits;
    w->code = error_set(w->e, ERR_FORMAT,
                        "the model scores no number: its weights are not finite, its training "
                        "has diverged");
    return NULL;
}

// write_on continues ids[0..n) until there are `room`, and returns how many there are then.
static int write_on(struct writer *w, int n, int room, int32_t *ids)
{
    int V = gpt_config(w->model)->vocab;
    const float *logits;
    w->written = n;
    if (w->order->sampling.temperature == 0) {
        n = ride_loop(V, scores_after, w, n, room, ids);
    } else {
        while (n < room && (logits = scores_after(w, n, ids)))
            ids[n++] = sample(&w->order->sampling, V, logits, &w->random, w->work);
    }
    write_ids(w, n, ids);
    if (w->tail.size) fwrite(w->tail.bytes, 1, w->tail.size, w->tail.out);
    return n;
}

enum err generate_text(const struct gpt *m, const struct tokenizer *tok, const struct generation *g,
                       FILE *out, int *count, struct error *e)
{
    int32_t *ids;
    size_t n;
    enum err code = tokenizer_encode(tok, strlen(g->prompt), g->prompt, &ids, &n, e);
    if (code) return error_in(e, code, "the prompt");
    if (n == 0 || n > INT32_MAX / 2) {
        free(ids);
        return error_set(e, ERR_VALUE, "the prompt has %zu tokens: expected at least one", n);
    }
    int32_t *all = realloc(ids, sizeof *ids * (n + (size_t)g->tokens));
    struct writer w = {
        .model = m,
        .tokenizer = tok,
        .order = g,
        .tape = tape_new(),
        .random = random_start(g->seed, RANDOM_GENERATE),
        .work = malloc(sizeof *w.work * (size_t)tokenizer_vocab(tok)),
        .tail = {.out = out, .stop = g->stop, .stop_size = g->stop ? strlen(g->stop) : 0},
        .e = e};
    if (!all || !w.work) die("out of memory: %d tokens", g->tokens);
    fputs(g->prompt, out);
    *count = write_on(&w, (int)n, (int)n + g->tokens, all) - (int)n;
    free(w.tail.bytes);
    free(w.work);
    tape_free(w.tape);
    free(all);
    return w.code;
}
